package org.daxcheck.report;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.daxcheck.abi.TargetKind;
import org.daxcheck.oracle.Aspect;
import org.daxcheck.oracle.Cause;
import org.daxcheck.oracle.Divergence;
import org.daxcheck.oracle.Verdict;
import org.daxcheck.scenario.Scenario;
import org.daxcheck.suite.CompletenessResult;
import org.daxcheck.suite.GateResult;
import org.daxcheck.suite.Part;
import org.daxcheck.suite.Provenance;
import org.daxcheck.suite.Run;
import org.daxcheck.suite.Shard;

/** Turns what a file says into a run; it knows the folder, for traces. */
final class RunReader {
  private static final Pattern OLD_DRIVER = Pattern.compile("(?:^|, )driver ([^,]+)");

  private final Path folder;

  private RunReader(Path folder) {
    this.folder = folder;
  }

  /** Reads a run with a reader of its folder. */
  interface Reading {
    FinishedRun by(RunReader reader) throws IOException;
  }

  /** A run, or a sentence with the file that has what makes no sense. */
  static FinishedRun of(Path file, Path folder, Reading reading) throws IOException {
    try {
      return reading.by(new RunReader(folder));
    } catch (IllegalArgumentException e) {
      throw new IOException(file + ": the run is damaged: " + e.getMessage(), e);
    }
  }

  FinishedRun run(RunDocument d) {
    return new FinishedRun(
        folder,
        d.version(),
        d.started(),
        d.suite(),
        seed(d.seed()),
        d.complete(),
        d.exitCode(),
        d.targets().stream().map(RunReader::target).toList(),
        d.cases().stream().map(this::aCase).toList(),
        new Run.Times(
            nanos(d.timesMs().boot()), nanos(d.timesMs().kernel()), nanos(d.timesMs().total())),
        d.claims().stream()
            .map(
                c ->
                    new CompletenessResult(
                        c.target(), c.what(), c.proves(), c.assumes(), c.stands(), c.why()))
            .toList(),
        d.retries().stream()
            .map(r -> new GateResult.Retry(r.target(), r.name(), r.text()))
            .toList(),
        d.shard().map(s -> part(s, d.cases())),
        d.made()
            .map(
                m -> new Provenance(m.command(), m.commit(), m.program(), m.suites(), m.module())));
  }

  /** A run of which nothing is known but its journal. */
  FinishedRun run(RunJournal.Read journal) {
    RunJournal.Head head = journal.head();
    return new FinishedRun(
        folder,
        head.version(),
        head.started(),
        head.suite(),
        seed(head.seed()),
        head.complete(),
        ExitCode.ERROR.code(),
        journal.targets().stream().map(RunJournal.Met::info).toList(),
        journal.cases().stream().map(this::aCase).toList(),
        new Run.Times(0, 0, 0),
        List.of(),
        List.of(),
        head.shard().map(s -> part(s, journal.cases())),
        Optional.empty());
  }

  private static long seed(String text) {
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("its seed '" + text + "' is no number", e);
    }
  }

  private static Part part(RunDocument.Shard shard, List<RunDocument.Case> cases) {
    String text = shard.number() + "/" + shard.count();
    Map<String, Integer> places = new TreeMap<>();
    for (RunDocument.Case c : cases) {
      c.place().ifPresent(p -> places.put(c.target() + "/" + c.topology() + "/" + c.scenario(), p));
    }
    return new Part(
        Shard.of(text).orElseThrow(() -> new IllegalArgumentException("no shard: " + text)),
        places,
        shard.cases());
  }

  private static Run.TargetInfo target(RunDocument.Target t) {
    if (t.kind().isEmpty()) {
      return ofOld(t);
    }
    return new Run.TargetInfo(
        t.name(),
        t.kind().get(),
        t.kernel(),
        t.dialect(),
        t.driver().orElse(""),
        t.machine().orElse(""),
        t.topologies());
  }

  /**
   * Runs of before kinds were kept have all of it in one text, with a driver that took the place of
   * the kernel's own behind "driver "; and there were three names of targets.
   */
  private static Run.TargetInfo ofOld(RunDocument.Target t) {
    Matcher driver = OLD_DRIVER.matcher(t.details());
    return new Run.TargetInfo(
        t.name(),
        TargetKind.of(t.name()).orElse(TargetKind.GUEST),
        t.kernel(),
        t.dialect(),
        driver.find() ? driver.group(1).strip() : "",
        driver.replaceAll(""),
        List.of());
  }

  private FinishedRun.Case aCase(RunDocument.Case c) {
    return new FinishedRun.Case(
        c.scenario(),
        c.file(),
        c.target(),
        c.topology(),
        c.rules().stream().map(r -> new Scenario.Cited(r.rule(), r.citation())).toList(),
        verdict(c),
        nanos(c.ms()),
        c.trace().map(t -> trace(c, t)));
  }

  /** A run.json from elsewhere must not make us read other files. */
  private Path trace(RunDocument.Case c, String named) {
    Path file = folder.resolve(named).normalize();
    if (!file.startsWith(folder)) {
      throw new IllegalArgumentException(
          "the trace of " + c.scenario() + " is outside of the run's folder");
    }
    return file;
  }

  private static Verdict verdict(RunDocument.Case c) {
    List<Divergence> divergences = c.divergences().stream().map(RunReader::divergence).toList();
    List<Verdict.Note> notes =
        c.notes().stream()
            .map(n -> new Verdict.Note(n.rule(), n.line(), n.step(), n.text()))
            .toList();
    return new Verdict(c.status(), divergences, notes, c.judged(), why(c));
  }

  private static Divergence divergence(RunDocument.Divergence d) {
    Divergence bare =
        new Divergence(
            d.rule(),
            d.entry(),
            d.line(),
            d.step(),
            Aspect.parse(d.aspect()),
            d.allowed(),
            d.seen(),
            d.repeats(),
            d.symptoms());
    return d.reproduced().map(r -> bare.with(r.outcome())).orElse(bare);
  }

  /** What was not kept then counts as nothing that is known. */
  private static Verdict.Why why(RunDocument.Case c) {
    Cause otherwise =
        switch (c.status()) {
          case PASS -> Cause.NONE;
          case DIVERGENCE -> c.reason().isEmpty() ? Cause.NONE : Cause.UNKNOWN;
          case SKIPPED, ERROR -> Cause.UNKNOWN;
        };
    return new Verdict.Why(c.cause().orElse(otherwise), c.reason());
  }

  private static long nanos(double millis) {
    return Math.round(millis * 1e6);
  }
}
