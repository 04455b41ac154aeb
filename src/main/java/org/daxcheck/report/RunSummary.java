package org.daxcheck.report;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.daxcheck.abi.Dialect;
import org.daxcheck.abi.RuleId;
import org.daxcheck.oracle.Divergence;
import org.daxcheck.oracle.Verdict.Status;
import org.daxcheck.scenario.Scenario;
import org.daxcheck.suite.Run;

/** What a run adds up to, by target and by rule. */
final class RunSummary {
  private RunSummary() {}

  /** Cases by their status. */
  record Counts(int passed, int diverged, int skipped, int errors) {
    int total() {
      return passed + diverged + skipped + errors;
    }
  }

  /** The names of the run's targets, in its order. */
  static List<String> targets(Run run) {
    Set<String> names = new LinkedHashSet<>();
    run.targets().forEach(t -> names.add(t.name()));
    run.cases().forEach(c -> names.add(c.target()));
    return List.copyOf(names);
  }

  /** The cases of one target, in the run's order. */
  static List<Run.Case> cases(Run run, String target) {
    return run.cases().stream().filter(c -> c.target().equals(target)).toList();
  }

  /** The cases of one status, in the run's order. */
  static List<Run.Case> cases(Run run, Status status) {
    return run.cases().stream().filter(c -> c.verdict().status() == status).toList();
  }

  static Counts counts(Run run) {
    return count(run.cases().stream().map(c -> c.verdict().status()).toList());
  }

  static Counts counts(Run run, String target) {
    return count(cases(run, target).stream().map(c -> c.verdict().status()).toList());
  }

  /** How one target kept one rule, counted in cases. */
  static Counts counts(Run run, String target, RuleId rule) {
    return count(cases(run, target).stream().map(c -> of(c, rule)).filter(s -> s != null).toList());
  }

  /**
   * How a case bears on a rule: as a pass only where the rule decided about an outcome, for a
   * scenario that names a rule but never meets it proves nothing. Null where it does not bear on
   * it.
   */
  static Status of(Run.Case c, RuleId rule) {
    if (c.verdict().divergences().stream().anyMatch(d -> d.rule().equals(rule))) {
      return Status.DIVERGENCE;
    }
    boolean about = c.scenario().rules().stream().anyMatch(r -> r.rule().equals(rule));
    return switch (c.verdict().status()) {
      case SKIPPED -> about ? Status.SKIPPED : null;
      case ERROR -> about ? Status.ERROR : null;
      case PASS, DIVERGENCE -> c.verdict().judged().getOrDefault(rule, 0) > 0 ? Status.PASS : null;
    };
  }

  /** Every rule that a scenario of the run names or that decided about an outcome. */
  static SortedSet<RuleId> rules(Run run) {
    SortedSet<RuleId> rules = new TreeSet<>();
    for (Run.Case c : run.cases()) {
      c.scenario().rules().forEach(r -> rules.add(r.rule()));
      rules.addAll(c.verdict().judged().keySet());
      c.verdict().divergences().forEach(d -> rules.add(d.rule()));
    }
    return rules;
  }

  /**
   * The rules that a scenario names, that scenarios which ran on the target name, and that decided
   * about no outcome there: holes that a green line would hide.
   */
  static SortedSet<RuleId> neverJudged(Run run, String target) {
    SortedSet<RuleId> named = new TreeSet<>();
    for (Run.Case c : cases(run, target)) {
      if (c.verdict().status() == Status.PASS || c.verdict().status() == Status.DIVERGENCE) {
        c.scenario().rules().stream().map(Scenario.Cited::rule).forEach(named::add);
      }
    }
    for (Run.Case c : cases(run, target)) {
      c.verdict().divergences().forEach(d -> named.remove(d.rule()));
      c.verdict()
          .judged()
          .forEach(
              (rule, times) -> {
                if (times > 0) {
                  named.remove(rule);
                }
              });
    }
    return named;
  }

  /**
   * How many cases two targets have in common (one scenario and topology each) that bear on the
   * rule, and in how many of them one broke the rule and the other kept it.
   */
  record Difference(int common, int differ) {}

  static Difference difference(Run run, String left, String right, RuleId rule) {
    Map<List<String>, Status> byKey = new HashMap<>();
    for (Run.Case c : cases(run, left)) {
      Status status = of(c, rule);
      if (status == Status.PASS || status == Status.DIVERGENCE) {
        // A case that was run again counts with the worse of its results.
        byKey.merge(key(c), status, (a, b) -> a == Status.DIVERGENCE ? a : b);
      }
    }
    Map<List<String>, Status> others = new HashMap<>();
    for (Run.Case c : cases(run, right)) {
      Status status = of(c, rule);
      if (status == Status.PASS || status == Status.DIVERGENCE) {
        others.merge(key(c), status, (a, b) -> a == Status.DIVERGENCE ? a : b);
      }
    }
    List<List<String>> common = new ArrayList<>(byKey.keySet());
    common.retainAll(others.keySet());
    int differ = (int) common.stream().filter(k -> byKey.get(k) != others.get(k)).count();
    return new Difference(common.size(), differ);
  }

  /** Divergences of all cases: those that a finding explains, and the others. */
  record Explained(int explained, int unexplained) {
    int total() {
      return explained + unexplained;
    }
  }

  static Explained explained(Run run, RuleBook book) {
    int explained = 0;
    int all = 0;
    for (Run.Case c : run.cases()) {
      for (Divergence d : c.verdict().divergences()) {
        all++;
        explained += book.explanation(run, c, d).isPresent() ? 1 : 0;
      }
    }
    return new Explained(explained, all - explained);
  }

  /** Why nothing judged a rule on a target: in words, the rules of each reason. */
  record Judged(int bound, int judged, SortedMap<String, SortedSet<RuleId>> missing) {}

  /**
   * How many of the rules that bind a target's dialect were judged there by a scenario about them;
   * empty where the dialect is unknown.
   */
  static Optional<Judged> judged(Run run, RuleBook book, Run.TargetInfo target) {
    Optional<Dialect> dialect = Dialect.of(target.dialect());
    if (dialect.isEmpty()) {
      return Optional.empty();
    }
    List<PastRun.Case> cases =
        PastRun.of(run).cases().stream().filter(c -> c.target().equals(target.name())).toList();
    SortedMap<String, SortedSet<RuleId>> missing = new TreeMap<>();
    int bound = 0;
    int judged = 0;
    for (RuleId rule : book.rules()) {
      if (!book.binds(rule, dialect.get())) {
        continue;
      }
      bound++;
      if (cases.stream().anyMatch(c -> c.judges(rule) || c.broken().contains(rule))) {
        judged++;
      } else {
        missing.computeIfAbsent(reason(cases, rule), r -> new TreeSet<>()).add(rule);
      }
    }
    return Optional.of(new Judged(bound, judged, missing));
  }

  private static String reason(List<PastRun.Case> cases, RuleId rule) {
    List<PastRun.Case> about = cases.stream().filter(c -> c.cited().contains(rule)).toList();
    return about.stream()
        .filter(c -> c.status() == Status.ERROR)
        .findFirst()
        .map(c -> "error: " + c.reason())
        .or(
            () ->
                about.stream()
                    .filter(c -> c.status() == Status.SKIPPED)
                    .findFirst()
                    .map(c -> "skipped: " + c.reason()))
        .orElse(about.isEmpty() ? "no scenario in this selection" : "ran, but decided nothing");
  }

  private static List<String> key(Run.Case c) {
    return List.of(c.scenario().name(), c.topology());
  }

  private static Counts count(List<Status> statuses) {
    int[] n = new int[Status.values().length];
    statuses.forEach(s -> n[s.ordinal()]++);
    return new Counts(
        n[Status.PASS.ordinal()],
        n[Status.DIVERGENCE.ordinal()],
        n[Status.SKIPPED.ordinal()],
        n[Status.ERROR.ordinal()]);
  }
}
