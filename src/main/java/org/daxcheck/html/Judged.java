package org.daxcheck.html;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.daxcheck.oracle.Allowance;
import org.daxcheck.oracle.Moment;
import org.daxcheck.oracle.Oracle;
import org.daxcheck.oracle.Verdict;
import org.daxcheck.scenario.Catalogue;
import org.daxcheck.scenario.Parser;
import org.daxcheck.scenario.Scenario;
import org.daxcheck.scenario.ScenarioException;
import org.daxcheck.trace.Trace;

/**
 * A trace judged once more by the model of today, for what the page shows beside it. The verdict is
 * the run's.
 */
final class Judged {
  /** Longer traces are not judged again. */
  private static final int MOST = 1_000;

  private final Trace trace;
  private final Map<Integer, Set<String>> broken;
  private final Map<Integer, Moment> moments = new HashMap<>();
  private Optional<Scenario> scenario = Optional.empty();
  private Set<String> brokenToday = Set.of();
  private boolean whole;

  /**
   * @param broken the rules that the run found broken, by the index of the entry
   */
  Judged(Trace trace, Map<Integer, Set<String>> broken, Catalogue catalogue) {
    this.trace = trace;
    this.broken = broken;
    if (trace.entries().size() <= MOST) {
      judge(catalogue);
    }
  }

  private void judge(Catalogue catalogue) {
    try {
      Scenario parsed =
          Parser.tried(trace.header().scenario() + ".kmem", trace.header().source(), catalogue);
      scenario = Optional.of(parsed);
      Verdict verdict =
          Oracle.judge(trace, parsed, new Allowance(), a -> moments.put(a.entry(), Moment.of(a)));
      brokenToday =
          verdict.divergences().stream()
              .map(d -> d.rule().toString())
              .collect(Collectors.toCollection(TreeSet::new));
      whole = verdict.status() != Verdict.Status.ERROR;
    } catch (ScenarioException e) {
      // A scenario in the language of another version: it is shown without what the model says.
      moments.clear();
    }
  }

  Trace trace() {
    return trace;
  }

  /** The scenario; empty where this version cannot read it, or the trace is too long. */
  Optional<Scenario> scenario() {
    return scenario;
  }

  /** What was possible when the entry was judged; empty where it was not. */
  Optional<Moment> moment(int entry) {
    return Optional.ofNullable(moments.get(entry));
  }

  /** The rules that the run found broken in this entry. */
  Set<String> brokenIn(int entry) {
    return broken.getOrDefault(entry, Set.of());
  }

  /** True where the run found a rule broken in any entry. */
  boolean anyBroken() {
    return !broken.isEmpty();
  }

  /** True where the run or the model of today finds the entry against a rule. */
  boolean isAgainst(int entry) {
    return broken.containsKey(entry) || moment(entry).filter(Moment::broken).isPresent();
  }

  /** True where a rule was broken at most so many entries away. */
  boolean isNearBroken(int entry, int entries) {
    return broken.keySet().stream().anyMatch(b -> Math.abs(b - entry) <= entries);
  }

  /** True where the model of today names other rules for this trace than its run did. */
  boolean otherwise() {
    Set<String> then = new TreeSet<>();
    broken.values().forEach(then::addAll);
    return whole && !then.equals(brokenToday);
  }
}
