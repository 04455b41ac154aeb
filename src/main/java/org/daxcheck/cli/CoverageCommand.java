package org.daxcheck.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.daxcheck.execution.PastTimes;
import org.daxcheck.io.IoReason;
import org.daxcheck.report.Coverage;
import org.daxcheck.report.PastRun;
import org.daxcheck.report.RuleBook;
import org.daxcheck.run.Failure;
import org.daxcheck.run.Home;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "coverage",
    mixinStandardHelpOptions = true,
    description = "Shows which rules finished runs have judged, by dialect, on model and guest.",
    footer = {
      "",
      "Exit code 1 where a rule that binds a dialect which was run was never judged on a guest."
    })
final class CoverageCommand implements Callable<Integer> {
  @Parameters(
      paramLabel = "RUN",
      description = "folders of runs, or their run.json; all below reports/out where none is given")
  private List<Path> named = new ArrayList<>();

  @Option(
      names = "--write",
      paramLabel = "FILE",
      description = "writes the record of what was judged, such as reports/coverage.yaml")
  private Path file;

  @Option(
      names = "--times",
      paramLabel = "FILE",
      description =
          "writes how long each case of these runs took on a guest, such as reports/times.yaml")
  private Path times;

  @Override
  public Integer call() {
    RuleBook book = Home.book(Home.catalogue());
    List<PastRun> runs = named.isEmpty() ? PastRuns.all() : PastRuns.of(named);
    if (runs.isEmpty()) {
      throw new Failure("no run yet; ./daxcheck run makes one");
    }
    Coverage coverage = Coverage.of(runs);
    if (file != null) {
      try {
        Files.writeString(file, coverage.record());
      } catch (IOException e) {
        throw new Failure("cannot write " + file + ": " + IoReason.of(e));
      }
    }
    if (times != null) {
      try {
        Files.writeString(times, PastTimes.of(named).text());
      } catch (IOException e) {
        throw new Failure("cannot write " + times + ": " + IoReason.of(e));
      }
    }
    System.out.print(coverage.table(book));
    System.out.flush();
    return coverage.holes(book).isEmpty() ? 0 : 1;
  }
}
