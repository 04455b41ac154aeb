package org.daxcheck.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.daxcheck.abi.Dialect;
import org.daxcheck.execution.GateStandard;
import org.daxcheck.report.Colours;
import org.daxcheck.report.ExitCode;
import org.daxcheck.report.FinishedRun;
import org.daxcheck.report.Gatekeeper;
import org.daxcheck.report.Progress;
import org.daxcheck.report.Rejudge;
import org.daxcheck.report.Text;
import org.daxcheck.report.TextReport;
import org.daxcheck.run.Failure;
import org.daxcheck.run.Home;
import org.daxcheck.run.Origin;
import org.daxcheck.run.Results;
import org.daxcheck.run.RunFolder;
import org.daxcheck.run.Version;
import org.daxcheck.scenario.Catalogue;
import org.daxcheck.selection.Selection;
import org.daxcheck.suite.AllureResults;
import org.daxcheck.suite.GateResult;
import org.daxcheck.suite.Part;
import org.daxcheck.suite.PlannedCase;
import org.daxcheck.suite.Run;
import org.daxcheck.suite.TraceSink;
import org.daxcheck.trace.Trace;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "judge",
    mixinStandardHelpOptions = true,
    description =
        "Judges the traces of a finished run again, by the model of today or as another dialect, and"
            + " says which verdicts changed. The run itself stays as it is.",
    footer = {"", "Exit codes are those of a run."})
final class JudgeCommand implements Callable<Integer> {
  /** How many cases and notes of a kind are named; run.json has them all. */
  private static final int NAMED = 12;

  @Parameters(paramLabel = "RUN", description = "the folder of a run, or its run.json")
  private Path named;

  @Option(
      names = "--dialect",
      paramLabel = "v3|v4|7.3|absent",
      description = "judges as this dialect; else as the one that the run found")
  private String dialect;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "folder for the results; a new one below reports/out where none is given")
  private Path out;

  @Mixin private GateOptions gateOptions;

  @Override
  public Integer call() {
    Instant now = Instant.now();
    Catalogue catalogue = Home.catalogue();
    Home.book(catalogue);
    GateStandard gate = gateOptions.read(catalogue, now);
    Optional<Dialect> as = Optional.ofNullable(dialect).map(JudgeCommand::dialect);
    FinishedRun old;
    try {
      old = FinishedRun.read(named);
    } catch (IOException e) {
      throw new Failure(e);
    }
    if (out != null) {
      keepApart(old.folder(), out.toAbsolutePath().normalize());
    }
    RunFolder.check(out);
    Rejudge again = judged(old, as, catalogue);
    if (again.unread() > 0 && again.cases().stream().allMatch(c -> c.trace().isEmpty())) {
      throw new Failure("no trace can be read: " + again.notices().get(0));
    }
    RunFolder folder = RunFolder.make(out, now);
    GateResult.Again judgedAgain =
        new GateResult.Again(
            LocalDate.ofInstant(now, ZoneOffset.UTC),
            old.version(),
            as.map(Dialect::text).orElse(""));
    Run run =
        write(
            old,
            as,
            again,
            folder,
            gate.asked(selection(old, catalogue), old.retries(), Optional.of(judgedAgain)),
            catalogue);
    folder.replaced();
    folder.close();
    System.out.print(text(again, run, folder, catalogue));
    System.out.flush();
    return ExitCode.of(run).code();
  }

  /** Writes a run that was judged again: its traces, its results and its page. */
  static Run write(
      FinishedRun old,
      Optional<Dialect> as,
      Rejudge again,
      RunFolder folder,
      Gatekeeper.Asked asked,
      Catalogue catalogue) {
    for (int i = 0; i < again.cases().size(); i++) {
      keep(folder, again.cases().get(i), again.complete().get(i));
    }
    Run bare =
        new Run(
                Version.TEXT,
                old.suite(),
                old.started(),
                old.seed(),
                old.complete(),
                old.targets().stream().map(t -> as.map(d -> t.as(d.text())).orElse(t)).toList(),
                again.cases(),
                old.times(),
                again.claims(old, as))
            .as(old.part());
    Run known = old.made().map(m -> bare.madeBy(Origin.now(m.command(), m.module()))).orElse(bare);
    Run run = Gatekeeper.rule(known, asked, Home.book(catalogue));
    AllureResults.write(folder.path().resolve("allure-results"), run);
    Results.write(run, folder, catalogue);
    return run;
  }

  static Rejudge judged(FinishedRun old, Optional<Dialect> as, Catalogue catalogue) {
    try (Progress progress = new Progress(System.err, Home.isTerminal(2), Home.columns())) {
      old.cases().stream()
          .collect(Collectors.groupingBy(FinishedRun.Case::target, Collectors.counting()))
          .forEach((target, cases) -> progress.expect(target, cases.intValue()));
      return Rejudge.of(old, as, catalogue, progress::end);
    }
  }

  /** The list that the run was of, as it is today. */
  static Selection selection(FinishedRun old, Catalogue catalogue) {
    return GateStandard.isSuite(old.suite())
        ? Selection.suite(old.suite(), catalogue).only(old.part().map(Part::shard))
        : new Selection(old.suite(), List.of(), List.of(), List.of(), false, "");
  }

  private static Dialect dialect(String text) {
    return Dialect.of(text)
        .orElseThrow(
            () -> new Failure("--dialect '" + text + "' is unknown; expected v3, v4, 7.3, absent"));
  }

  /**
   * A folder that is written to must not be the run that is judged, nor what the one has of the
   * other.
   */
  static void keepApart(Path run, Path fresh) {
    if (meet(real(run), real(fresh)) || meet(real(fresh), real(run))) {
      throw new Failure(
          "--out "
              + Home.shown(fresh)
              + " would overwrite a run that is read; name another folder");
    }
  }

  private static boolean meet(Path outer, Path inner) {
    return inner.equals(outer)
        || inner.startsWith(outer)
            && RunFolder.takes(outer.relativize(inner).getName(0).toString());
  }

  /** Where a path leads, links followed as far as it is there. */
  private static Path real(Path path) {
    try {
      return path.toRealPath();
    } catch (IOException e) {
      Path parent = path.toAbsolutePath().getParent();
      return parent == null ? path : real(parent).resolve(path.getFileName());
    }
  }

  private static void keep(RunFolder folder, Run.Case c, boolean whole) {
    if (c.trace().isEmpty()) {
      return;
    }
    Trace trace = c.trace().get();
    TraceSink sink = folder.sink(new PlannedCase(c.scenario(), c.target(), c.topology()));
    sink.begin(trace.header(), trace.before(), trace.boot());
    trace.entries().forEach(sink::add);
    sink.end(whole);
  }

  private static String text(Rejudge again, Run run, RunFolder folder, Catalogue catalogue) {
    List<String> lines = new ArrayList<>();
    long judged = run.cases().stream().filter(c -> c.trace().isPresent()).count();
    List<Rejudge.Change> verdicts =
        again.changes().stream().filter(Rejudge.Change::isOfVerdict).toList();
    List<Rejudge.Change> others = again.changes().stream().filter(c -> !c.isOfVerdict()).toList();
    lines.add(
        Text.count((int) judged, "trace", "traces")
            + " judged again; "
            + (verdicts.isEmpty()
                ? "every verdict is as it was recorded."
                : Text.count(verdicts.size(), "verdict is", "verdicts are")
                    + " another than recorded:"));
    grouped(lines, verdicts);
    if (!others.isEmpty()) {
      lines.add("");
      lines.add(
          "The same verdict, but by other rules, in "
              + Text.count(others.size(), "case:", "cases:"));
      grouped(lines, others);
    }
    if (!again.notices().isEmpty()) {
      lines.add("");
    }
    again.notices().stream()
        .limit(NAMED)
        .forEach(n -> lines.addAll(Text.wrap(Text.oneLine("note: " + n), Home.columns())));
    if (again.notices().size() > NAMED) {
      lines.add("and " + (again.notices().size() - NAMED) + " notes more; run.json has them");
    }
    return String.join("\n", lines)
        + "\n\n"
        + TextReport.ending(
            run, Home.book(catalogue), Colours.of(Home.isTerminal(1), System.getenv()))
        + "results in "
        + Home.shown(folder.path())
        + "\n";
  }

  private static void grouped(List<String> lines, List<Rejudge.Change> changes) {
    Map<String, List<String>> alike = new LinkedHashMap<>();
    changes.forEach(
        c -> alike.computeIfAbsent(c.target() + ": " + c, t -> new ArrayList<>()).add(c.name()));
    alike.forEach(
        (change, names) -> {
          String more = names.size() > NAMED ? ", and " + (names.size() - NAMED) + " more" : "";
          String cases = String.join(", ", names.stream().limit(NAMED).toList()) + more;
          int width = Home.columns();
          Text.wrap(Text.oneLine(change), width - 2).forEach(l -> lines.add("  " + l));
          Text.wrap(cases, width - 4).forEach(l -> lines.add("    " + l));
        });
  }
}
