package org.daxcheck.execution;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.daxcheck.abi.Dialect;
import org.daxcheck.oracle.Verdict.Status;
import org.daxcheck.report.FinishedRun;
import org.daxcheck.report.Rejudge;
import org.daxcheck.report.RunJournal;
import org.daxcheck.run.Failure;
import org.daxcheck.scenario.Catalogue;
import org.daxcheck.suite.GateResult;
import org.daxcheck.suite.PlannedCase;
import org.daxcheck.suite.Run;
import org.daxcheck.suite.RunInProgress;

/**
 * A run that did not come to its end, and is gone on with.
 *
 * @param sofar what it had judged
 * @param origin how it was begun
 */
public record Resumption(Path folder, FinishedRun sofar, RunJournal.Origin origin) {
  /** That of a folder. */
  public static Resumption of(Path folder) {
    try {
      FinishedRun run = FinishedRun.read(folder);
      if (run.complete()) {
        throw new Failure(folder + " came to its end; nothing of it is left to do");
      }
      return new Resumption(folder, FinishedRun.sofar(folder), RunJournal.origin(folder));
    } catch (IOException e) {
      throw new Failure(e);
    }
  }

  /**
   * The cases that need not run again, judged by their traces. What was skipped or failed runs
   * again, and so does a scenario whose text is another one now.
   */
  public Kept kept(List<PlannedCase> plan, Catalogue catalogue) {
    Map<String, PlannedCase> planned = new HashMap<>();
    plan.forEach(c -> planned.put(c.id(), c));
    Rejudge again = Rejudge.of(sofar, Optional.empty(), catalogue, c -> {});
    List<Run.Case> kept = new ArrayList<>();
    Map<String, Integer> taken = new TreeMap<>();
    for (int i = 0; i < again.cases().size(); i++) {
      Run.Case c = again.cases().get(i);
      PlannedCase now = planned.get(c.id());
      boolean judged =
          c.verdict().status() == Status.PASS || c.verdict().status() == Status.DIVERGENCE;
      if (now != null
          && judged
          && c.trace().isPresent()
          && c.trace().get().header().source().equals(now.scenario().source())) {
        kept.add(
            new Run.Case(
                now.scenario(), c.target(), c.topology(), c.verdict(), c.trace(), c.nanos()));
        taken.merge(c.target(), again.taken().get(i), Integer::sum);
      }
    }
    return new Kept(kept, taken);
  }

  /**
   * What need not run again.
   *
   * @param taken by target, how much of what a run may meet but a few times they took
   */
  public record Kept(List<Run.Case> cases, Map<String, Integer> taken) {}

  /** The dialect that a kernel had, so that the model can be of the same. */
  public Optional<Dialect> dialect() {
    return sofar.targets().stream()
        .filter(t -> t.kind().isKernel())
        .flatMap(t -> Dialect.of(t.dialect()).stream())
        .findFirst();
  }

  /** Nothing of before counts for another kernel or driver. */
  public void mustBeOf(List<Run.TargetInfo> met) {
    for (Run.TargetInfo now : met) {
      for (Run.TargetInfo was : sofar.targets()) {
        if (was.name().equals(now.name())
            && !(was.kernel().equals(now.kernel())
                && was.driver().equals(now.driver())
                && was.dialect().equals(now.dialect()))) {
          throw new Failure(
              "%s was %s, dialect %s, and is %s, dialect %s: run all of it anew"
                  .formatted(now.name(), was.kernel(), was.dialect(), now.kernel(), now.dialect()));
        }
      }
    }
  }

  /** What was measured before and now, as one. */
  public record Joined(
      List<PlannedCase> plan, List<Run.Case> kept, Resumption before, RunInProgress now)
      implements RunInProgress {
    @Override
    public List<Run.Case> done() {
      Map<String, Integer> place = new HashMap<>();
      plan.forEach(c -> place.put(c.id(), place.size()));
      return Stream.concat(kept.stream(), now.done().stream())
          .sorted(Comparator.comparing(c -> place.get(c.id())))
          .toList();
    }

    @Override
    public List<Run.TargetInfo> targets() {
      Map<String, Run.TargetInfo> all = new LinkedHashMap<>();
      Stream.concat(before.sofar().targets().stream(), now.targets().stream())
          .forEach(t -> all.merge(t.name(), t, (a, b) -> a.andOn(b.topologies())));
      return List.copyOf(all.values());
    }

    @Override
    public List<GateResult.Retry> retries() {
      return now.retries();
    }

    @Override
    public long kernelNanos() {
      return now.kernelNanos()
          + kept.stream()
              .flatMap(c -> c.trace().stream())
              .filter(t -> t.header().kind().isKernel())
              .flatMap(t -> t.entries().stream())
              .mapToLong(e -> e.reply().result().nanos())
              .sum();
    }

    @Override
    public long waitedNanos() {
      return now.waitedNanos();
    }
  }
}
