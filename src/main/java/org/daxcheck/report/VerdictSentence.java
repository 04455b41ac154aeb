package org.daxcheck.report;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.daxcheck.oracle.Verdict.Status;
import org.daxcheck.suite.Run;

/**
 * The verdict on a run in a sentence or two. Whatever tells it, a report, the page, KTAP or JUnit
 * XML, takes it from here.
 *
 * @param label the outcome in capitals
 * @param text what it comes to, with its period
 */
public record VerdictSentence(String label, String text) {
  @Override
  public String toString() {
    return label + ": " + text;
  }

  /** The verdict on a run. */
  public static VerdictSentence of(Run run, RuleBook rules) {
    return of(Documented.outline(run, rules));
  }

  /** The verdict on a run that was written. */
  public static VerdictSentence of(RunDocument run) {
    return switch (run.outcome()) {
      case PASS -> new VerdictSentence("PASS", pass(run));
      case DIVERGENCE -> new VerdictSentence("DIVERGENCE", divergence(run) + cut(run));
      case ERROR -> error(run);
      case NO_RESULTS -> new VerdictSentence("NO RESULTS", unjudged(run, List::isEmpty) + cut(run));
      case ALL_SKIPPED ->
          new VerdictSentence("ALL SKIPPED", unjudged(run, c -> !c.isEmpty()) + cut(run));
    };
  }

  private static String cut(RunDocument run) {
    return run.complete() ? "" : " The run is incomplete.";
  }

  private static String pass(RunDocument run) {
    int waived = (int) run.cases().stream().filter(RunDocument.Case::isWaived).count();
    String let = waived == 0 ? "" : " " + Text.count(waived, "case is", "cases are") + " waived.";
    if (run.baseline().isPresent()) {
      int failed = run.counts().divergence() + run.counts().error();
      return "nothing got worse than in "
          + run.baseline().get().run()
          + (failed == 0
              ? "."
              : ", where "
                  + Text.count(failed, "case that fails", "cases that fail")
                  + " failed as well.")
          + let;
    }
    return (waived == 0 ? "no divergence." : "no divergence but waived ones.") + let;
  }

  private static String divergence(RunDocument run) {
    if (run.baseline().isPresent()) {
      return worse(run.baseline().get());
    }
    List<RunDocument.Case> counting = run.cases().stream().filter(c -> !c.isWaived()).toList();
    List<RootCause<Sighting.InDocument>> causes = RootCause.of(Sighting.of(counting));
    return Text.count(RootCause.rules(causes).size(), "rule is", "rules are")
        + " broken: "
        + RootCause.named(causes)
        + "."
        + explained(run.divergences())
        + expired(run);
  }

  private static String worse(RunDocument.Baseline baseline) {
    return Text.count(baseline.worse().size(), "thing", "things")
        + " got worse than in "
        + baseline.run()
        + ".";
  }

  private static String explained(RunDocument.Explained e) {
    return e.explained() == 0
        ? ""
        : " Of "
            + Text.count(e.explained() + e.unexplained(), "divergence ", "divergences ")
            + e.explained()
            + (e.explained() == 1 ? " is explained, " : " are explained, ")
            + e.unexplained()
            + (e.unexplained() == 1 ? " is not." : " are not.");
  }

  private static String expired(RunDocument run) {
    SortedSet<String> days = new TreeSet<>();
    run.cases().stream()
        .flatMap(c -> c.waivers().stream())
        .filter(RunDocument.UsedWaiver::expired)
        .forEach(w -> days.add("for " + w.rule() + " expired on " + w.expires()));
    return days.isEmpty() ? "" : " The waiver " + String.join(", that ", days) + ".";
  }

  private static VerdictSentence error(RunDocument run) {
    String label = "ERROR";
    if (run.baseline().filter(b -> !b.worse().isEmpty()).isPresent()) {
      return new VerdictSentence(label, "no new divergence, but " + worse(run.baseline().get()));
    }
    int holes =
        (int)
            run.gate().stream()
                .flatMap(g -> g.holes().stream())
                .map(RunDocument.Hole::rule)
                .distinct()
                .count();
    boolean waived = run.cases().stream().anyMatch(RunDocument.Case::isWaived);
    String kept = waived ? "no divergence but waived ones, and " : "no divergence, but ";
    if (holes > 0 && run.baseline().isEmpty()) {
      return new VerdictSentence(
          "GATE INCOMPLETE", kept + Text.count(holes, "rule", "rules") + " could not be checked.");
    }
    int needless =
        run.waivers()
            .filter(RunDocument.Waivers::strict)
            .map(w -> w.noLongerNeeded().size())
            .orElse(0);
    if (run.complete() && run.counts().error() == 0 && needless > 0) {
      return new VerdictSentence(
          label, kept + Text.count(needless, "waiver is", "waivers are") + " no longer needed.");
    }
    return new VerdictSentence(
        label,
        kept + (run.complete() ? "not everything could be checked." : "the run is incomplete."));
  }

  /** Of the targets whose cases are such: that nothing was checked there. */
  private static String unjudged(RunDocument run, Predicate<List<RunDocument.Case>> such) {
    Map<String, List<RunDocument.Case>> byTarget = new LinkedHashMap<>();
    run.targets().forEach(t -> byTarget.put(t.name(), List.of()));
    run.cases().stream()
        .collect(Collectors.groupingBy(RunDocument.Case::target))
        .forEach(byTarget::put);
    String named =
        byTarget.entrySet().stream()
            .filter(e -> such.test(e.getValue()))
            .filter(e -> e.getValue().stream().allMatch(c -> c.status() == Status.SKIPPED))
            .map(Map.Entry::getKey)
            .collect(Collectors.joining(", "));
    return named.isEmpty() ? "no target ran." : "nothing was checked on " + named + ".";
  }
}
