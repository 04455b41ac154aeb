package org.daxcheck.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.daxcheck.execution.GateStandard;
import org.daxcheck.report.Colours;
import org.daxcheck.report.ExitCode;
import org.daxcheck.report.FinishedRun;
import org.daxcheck.report.MergedRun;
import org.daxcheck.report.Rejudge;
import org.daxcheck.report.TextReport;
import org.daxcheck.run.Failure;
import org.daxcheck.run.Home;
import org.daxcheck.run.RunFolder;
import org.daxcheck.scenario.Catalogue;
import org.daxcheck.suite.Run;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "merge",
    mixinStandardHelpOptions = true,
    description =
        "Makes one run of the shards that 'run --shard' left, and judges it as if one machine had"
            + " run all of it, its gate included.",
    footer = {"", "Exit codes are those of a run."})
final class MergeCommand implements Callable<Integer> {
  @Parameters(
      paramLabel = "RUN",
      arity = "1..*",
      description = "the folders of all shards, or their run.json")
  private List<Path> named;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "folder for the results; a new one below reports/out where none is given")
  private Path out;

  @Mixin private GateOptions gateOptions;

  @Override
  public Integer call() {
    RunFolder.check(out);
    Instant now = Instant.now();
    Catalogue catalogue = Home.catalogue();
    GateStandard gate = gateOptions.read(catalogue, now);
    FinishedRun whole;
    try {
      List<FinishedRun> shards = new ArrayList<>();
      for (Path run : named) {
        shards.add(FinishedRun.read(run));
      }
      whole = MergedRun.of(shards);
      if (out != null) {
        shards.forEach(s -> JudgeCommand.keepApart(s.folder(), out.toAbsolutePath().normalize()));
      }
    } catch (IOException e) {
      throw new Failure(e);
    }
    Rejudge again = JudgeCommand.judged(whole, Optional.empty(), catalogue);
    if (again.unread() > 0) {
      throw new Failure("a trace cannot be read: " + again.notices().get(0));
    }
    RunFolder folder = RunFolder.make(out, now);
    Run run =
        JudgeCommand.write(
            whole,
            Optional.empty(),
            again,
            folder,
            gate.asked(JudgeCommand.selection(whole, catalogue), whole.retries(), Optional.empty()),
            catalogue);
    again.changes().stream()
        .filter(Rejudge.Change::isOfVerdict)
        .forEach(c -> System.err.println("daxcheck: " + c.target() + " " + c.name() + ": " + c));
    System.out.print(
        TextReport.of(run, Home.book(catalogue), Colours.of(Home.isTerminal(1), System.getenv()))
            + "results in "
            + Home.shown(folder.path())
            + "\n");
    System.out.flush();
    folder.replaced();
    folder.close();
    return ExitCode.of(run).code();
  }
}
