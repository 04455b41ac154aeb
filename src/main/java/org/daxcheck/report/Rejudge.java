package org.daxcheck.report;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.daxcheck.abi.Dialect;
import org.daxcheck.abi.RuleId;
import org.daxcheck.oracle.Allowance;
import org.daxcheck.oracle.Cause;
import org.daxcheck.oracle.Divergence;
import org.daxcheck.oracle.Oracle;
import org.daxcheck.oracle.Verdict;
import org.daxcheck.oracle.Verdict.Status;
import org.daxcheck.scenario.Catalogue;
import org.daxcheck.scenario.Parser;
import org.daxcheck.scenario.Scenario;
import org.daxcheck.scenario.ScenarioException;
import org.daxcheck.suite.CompletenessResult;
import org.daxcheck.suite.Run;
import org.daxcheck.trace.Trace;
import org.daxcheck.trace.TraceFile;
import org.daxcheck.trace.TraceFileException;

/**
 * A finished run whose traces were judged again, by the oracle and the model of today. A trace
 * carries its scenario, so that it does not matter what became of the file.
 *
 * @param cases in the order of the run, each with its new verdict and its trace
 * @param complete for each case, whether its trace is whole
 * @param taken for each case, how much of what a run may meet but a few times it took
 * @param changes verdicts that are not as they were recorded
 * @param notices what the user should know, in sentences
 * @param unread how many traces could not be read; those cases are errors now
 */
public record Rejudge(
    List<Run.Case> cases,
    List<Boolean> complete,
    List<Integer> taken,
    List<Change> changes,
    List<String> notices,
    int unread) {
  public Rejudge {
    cases = List.copyOf(cases);
    complete = List.copyOf(complete);
    taken = List.copyOf(taken);
    changes = List.copyOf(changes);
    notices = List.copyOf(notices);
  }

  /** A case and its verdict then and now. */
  public record Change(String name, String target, Verdict before, Verdict now) {
    /** True where the status or the rules that are broken changed, not only what was judged. */
    public boolean isOfVerdict() {
      return before.status() != now.status() || !broken(before).equals(broken(now));
    }

    /** Both in a line. */
    @Override
    public String toString() {
      if (isOfVerdict()) {
        return words(before) + " -> " + words(now);
      }
      SortedSet<RuleId> more = judged(now);
      more.removeAll(judged(before));
      SortedSet<RuleId> fewer = judged(before);
      fewer.removeAll(judged(now));
      return (more.isEmpty() ? "" : "judges " + Text.list(more) + " too")
          + (more.isEmpty() || fewer.isEmpty() ? "" : ", ")
          + (fewer.isEmpty() ? "" : "no longer judges " + Text.list(fewer));
    }

    private static String words(Verdict v) {
      String broken = Text.list(broken(v));
      return v.status().name().toLowerCase(Locale.ROOT)
          + (broken.isEmpty() ? "" : " of " + broken)
          + (v.reason().isEmpty() ? "" : " (" + v.reason() + ")");
    }
  }

  /**
   * Judges all traces again; as traces of another dialect where one is given.
   *
   * @param done is told of each case, by any thread
   */
  public static Rejudge of(
      FinishedRun run, Optional<Dialect> as, Catalogue catalogue, Consumer<Run.Case> done) {
    Bench bench = new Bench(as, catalogue);
    List<Judged> alone =
        run.cases().parallelStream()
            .map(c -> bench.judge(c, new Allowance()))
            .peek(j -> done.accept(j.now()))
            .toList();
    // What a run has but a few times belongs to its first cases, whichever thread was faster.
    Map<String, Allowance> together = new HashMap<>();
    List<Judged> all = new ArrayList<>();
    for (int i = 0; i < alone.size(); i++) {
      FinishedRun.Case c = run.cases().get(i);
      Allowance left = together.computeIfAbsent(c.target(), t -> new Allowance());
      all.add(alone.get(i).taken() == 0 ? alone.get(i) : bench.judge(c, left));
    }
    return new Rejudge(
        all.stream().map(Judged::now).toList(),
        all.stream().map(Judged::whole).toList(),
        alone.stream().map(Judged::taken).toList(),
        all.stream().flatMap(j -> j.change().stream()).toList(),
        all.stream().flatMap(j -> j.notice().stream()).toList(),
        (int) all.stream().filter(Judged::unread).count());
  }

  /**
   * What the run proves of its targets by these verdicts. A claim that stood falls where a verdict
   * of its target changed; one that did not stand cannot be had from traces alone.
   */
  public List<CompletenessResult> claims(FinishedRun run, Optional<Dialect> as) {
    return run.claims().stream().map(c -> c.stands() ? again(c, as) : c).toList();
  }

  private CompletenessResult again(CompletenessResult c, Optional<Dialect> as) {
    if (as.isPresent()) {
      return c.fallen(
          "it was judged as dialect " + as.get() + ", which its tests were not made of");
    }
    List<String> others =
        changes.stream()
            .filter(x -> x.target().equals(c.target()) && x.isOfVerdict())
            .map(Change::name)
            .toList();
    return others.isEmpty()
        ? c
        : c.fallen("the verdict of " + Text.list(others) + " changed when it was judged again");
  }

  /**
   * One case.
   *
   * @param taken how much of the run's allowance it took
   */
  private record Judged(
      Run.Case now,
      boolean whole,
      Optional<Change> change,
      Optional<String> notice,
      boolean unread,
      int taken) {}

  private static SortedSet<RuleId> broken(Verdict v) {
    return v.divergences().stream()
        .map(Divergence::rule)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static SortedSet<RuleId> judged(Verdict v) {
    SortedSet<RuleId> judged = new TreeSet<>();
    v.judged()
        .forEach(
            (rule, times) -> {
              if (times > 0) {
                judged.add(rule);
              }
            });
    return judged;
  }

  /** Judges one case after the other. */
  private static final class Bench {
    private final Optional<Dialect> as;
    private final Catalogue catalogue;

    Bench(Optional<Dialect> as, Catalogue catalogue) {
      this.as = as;
      this.catalogue = catalogue;
    }

    Judged judge(FinishedRun.Case c, Allowance allowance) {
      Optional<String> notice = Optional.empty();
      boolean unread = false;
      Scenario scenario = bare(c, List.of());
      Optional<Trace> trace = Optional.empty();
      Verdict verdict = c.verdict();
      boolean whole = false;
      try {
        Optional<TraceFile.Loaded> loaded = c.load();
        if (loaded.isPresent()) {
          TraceFile.Loaded l = loaded.get();
          whole = l.complete();
          trace = Optional.of(as.map(d -> as(l.trace(), d)).orElse(l.trace()));
          Read read = scenario(c, trace.get());
          scenario = read.scenario();
          notice = read.notice();
          verdict = verdict(scenario, trace.get(), l, c.verdict(), allowance);
        }
      } catch (TraceFileException e) {
        verdict = Verdict.error(Cause.UNREADABLE, e.getMessage());
        notice = Optional.of(e.getMessage());
        unread = true;
      }
      Run.Case now = new Run.Case(scenario, c.target(), c.topology(), verdict, trace, c.nanos());
      boolean same =
          verdict.status() == c.verdict().status()
              && broken(verdict).equals(broken(c.verdict()))
              && judged(verdict).equals(judged(c.verdict()));
      return new Judged(
          now,
          whole,
          same
              ? Optional.empty()
              : Optional.of(new Change(c.name(), c.target(), c.verdict(), verdict)),
          notice,
          unread,
          allowance.taken());
    }

    private record Read(Scenario scenario, Optional<String> notice) {}

    private static Verdict verdict(
        Scenario scenario,
        Trace trace,
        TraceFile.Loaded loaded,
        Verdict recorded,
        Allowance allowance) {
      if (recorded.cause() == Cause.BOOT_FAILED) {
        // No scenario began; what the boot had left is all there is.
        Verdict boot = Oracle.judge(trace, scenario, allowance);
        return new Verdict(
            boot.divergences().isEmpty() ? Verdict.Status.PASS : Verdict.Status.DIVERGENCE,
            boot.divergences(),
            boot.notes(),
            boot.judged(),
            boot.divergences().isEmpty() ? Verdict.Why.NONE : recorded.why());
      }
      Dialect dialect = trace.header().dialect();
      Scenario.Needs needs = scenario.needs();
      if (needs.attribute() && dialect.attribute().isEmpty()) {
        return Verdict.skipped(Cause.NO_ATTRIBUTE, "dialect " + dialect + " has no attribute");
      }
      if (!needs.dialects().isEmpty() && !needs.dialects().contains(dialect)) {
        return Verdict.skipped(Cause.OTHER_DIALECT, "it is not about dialect " + dialect);
      }
      Verdict judged = Oracle.judge(trace, scenario, allowance);
      if (loaded.complete()) {
        return judged;
      }
      // What ended the trace, such as the kernel's death, stands behind its last step.
      List<Divergence> divergences = new ArrayList<>(judged.divergences());
      recorded.divergences().stream()
          .filter(d -> d.entry() >= trace.entries().size())
          .forEach(divergences::add);
      return new Verdict(
          divergences.isEmpty() ? Status.ERROR : Status.DIVERGENCE,
          divergences,
          judged.notes(),
          judged.judged(),
          recorded.cause() == Cause.NONE
              ? new Verdict.Why(Cause.CUT_SHORT, loaded.notice())
              : recorded.why());
    }

    private static Trace as(Trace t, Dialect dialect) {
      return new Trace(t.header().as(dialect), t.before(), t.entries());
    }

    /** The scenario as it was when it ran. */
    private Read scenario(FinishedRun.Case c, Trace trace) {
      try {
        return new Read(
            Parser.tried(c.file(), trace.header().source(), catalogue), Optional.empty());
      } catch (ScenarioException e) {
        return new Read(
            bare(
                c,
                trace.entries().stream()
                    .filter(x -> x.phase() == Trace.Phase.SCENARIO)
                    .map(x -> new Scenario.Line(x.line(), x.step(), List.of()))
                    .toList()),
            Optional.of(
                c.name()
                    + " is judged by its steps alone, its text cannot be read today: "
                    + e.getMessage()));
      }
    }

    /** What run.json tells of a scenario. */
    private static Scenario bare(FinishedRun.Case c, List<Scenario.Line> lines) {
      return new Scenario(
          c.scenario(),
          c.file(),
          List.of(),
          c.cited(),
          new Scenario.Needs(false, 1, 1, Set.of()),
          new Scenario.Start(Optional.empty(), Optional.empty(), Optional.empty()),
          false,
          lines,
          "");
    }
  }
}
