package org.daxcheck.html;

import com.fasterxml.jackson.databind.node.ArrayNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.daxcheck.model.Outcome;
import org.daxcheck.oracle.Account;
import org.daxcheck.oracle.Allowance;
import org.daxcheck.oracle.Oracle;
import org.daxcheck.oracle.Verdict;
import org.daxcheck.scenario.Catalogue;
import org.daxcheck.scenario.Parser;
import org.daxcheck.scenario.Scenario;
import org.daxcheck.scenario.ScenarioException;
import org.daxcheck.scenario.StepText;
import org.daxcheck.step.Observation;
import org.daxcheck.step.Step;
import org.daxcheck.trace.Trace;

/**
 * A trace as the rows of a table: step, result, what was seen, and what the model of today allows.
 * Each row is {@code [entry, phase, line, step, result, ms, allowed, seen, log...]}; texts are
 * numbers of {@link Strings}; phase counts as in {@link Trace.Phase}; a log line is {@code [level,
 * time and text]}. A row {@code [-1, n]} stands for n that were left out.
 */
final class StepRows {
  /** A trace of at most so many steps is shown whole. */
  private static final int WHOLE = 80;

  /** Of a longer one: so many at the beginning, around a divergence and at the end. */
  private static final int BEGIN = 30;

  private static final int AROUND = 4;
  private static final int END = 6;

  /** Longer ones are not judged again for the column of what is allowed. */
  private static final int JUDGED = 1_000;

  /** Log lines of a step; a kernel that breaks can say very much. */
  private static final int LOG = 120;

  /** Kernel log lines of this level (KERN_WARNING) or worse are shown of every step. */
  private static final int WARNING = 4;

  private final Trace trace;
  private final Map<Integer, Set<String>> broken;
  private final Map<Integer, String> allowed = new HashMap<>();
  private Set<String> brokenToday = Set.of();
  private boolean judgedToday;

  StepRows(Trace trace, Map<Integer, Set<String>> broken, Catalogue catalogue) {
    this.trace = trace;
    this.broken = broken;
    if (trace.entries().size() <= JUDGED) {
      judge(catalogue);
    }
  }

  private void judge(Catalogue catalogue) {
    Map<Integer, List<Outcome>> outcomes = new HashMap<>();
    Scenario scenario;
    try {
      scenario =
          Parser.tried(trace.header().scenario() + ".kmem", trace.header().source(), catalogue);
      Verdict verdict =
          Oracle.judge(
              trace,
              scenario,
              new Allowance(),
              a -> outcomes.put(a.entry(), a.ways().stream().map(Account.Way::outcome).toList()));
      brokenToday =
          verdict.divergences().stream()
              .map(d -> d.rule().toString())
              .collect(Collectors.toCollection(TreeSet::new));
      judgedToday = verdict.status() != Verdict.Status.ERROR;
    } catch (ScenarioException e) {
      // A scenario in the language of another version: its steps are shown without this column.
      return;
    }
    int told = 0;
    for (int i = 0; i < trace.entries().size(); i++) {
      Trace.Entry entry = trace.entries().get(i);
      String text =
          outcomes.getOrDefault(i, List.of()).stream()
              .map(o -> o.answer().toString())
              .distinct()
              .collect(Collectors.joining(" | "));
      if (entry.phase() == Trace.Phase.SCENARIO && !scenario.lines().isEmpty()) {
        Scenario.Line line = scenario.lines().get(told++ % scenario.lines().size());
        if (entry.step().kind().observesOnly()) {
          text = StepText.of(entry.step(), line.expected());
        } else if (entry.step().kind() == Step.Kind.ACTORS) {
          text = stated((Step.Actors) entry.step(), line);
        }
      } else if (entry.step().kind().observesOnly()) {
        text = "";
      }
      allowed.put(i, text);
    }
  }

  /** What the lines of actors state; what the model allows of them depends on their order. */
  private static String stated(Step.Actors actors, Scenario.Line line) {
    List<String> lines = new ArrayList<>();
    for (Scenario.ActorExpectation e : line.actorExpected()) {
      actors.actors().stream()
          .filter(a -> a.name().equals(e.actor()) && e.index() < a.steps().size())
          .findFirst()
          .filter(a -> !e.expected().isEmpty())
          .ifPresent(
              a ->
                  lines.add(a.name() + ": " + StepText.of(a.steps().get(e.index()), e.expected())));
    }
    return String.join("\n", lines);
  }

  /** True where the model of today names other rules for this trace than its run did. */
  boolean judgedOtherwise() {
    Set<String> then = new TreeSet<>();
    broken.values().forEach(then::addAll);
    return judgedToday && !then.equals(brokenToday);
  }

  /** Writes the rows; returns how many steps there are in all. */
  int into(ArrayNode rows, Strings strings) {
    List<Trace.Entry> entries = trace.entries();
    Sight sight = new Sight(trace.header());
    Observation last = trace.before();
    int left = 0;
    for (int i = 0; i < entries.size(); i++) {
      Trace.Entry e = entries.get(i);
      Observation now = e.reply().observation();
      if (!isShown(i)) {
        left++;
      } else {
        left = gap(rows, left);
        boolean here = broken.containsKey(i);
        ArrayNode row = rows.addArray();
        row.add(i).add(e.phase().ordinal()).add(e.line());
        row.add(strings.of(e.text()));
        row.add(
            strings.of(
                e.step().kind() == Step.Kind.LOOK
                    ? sight.look((Step.Look) e.step(), now)
                    : Sight.result(e.step(), e.reply().result())));
        row.add(Math.round(e.reply().result().nanos() / 1e5) / 10.0);
        row.add(strings.of(allowed.getOrDefault(i, "")));
        row.add(strings.of(here ? sight.whole(now) : sight.changes(last, now)));
        log(row, now, here, strings);
      }
      last = now;
    }
    gap(rows, left);
    return entries.size();
  }

  private static int gap(ArrayNode rows, int left) {
    if (left > 0) {
      rows.addArray().add(-1).add(left);
    }
    return 0;
  }

  private void log(ArrayNode row, Observation now, boolean whole, Strings strings) {
    List<Observation.LogLine> lines =
        now.log().stream().filter(l -> whole || !broken.isEmpty() || l.level() <= WARNING).toList();
    for (Observation.LogLine l : lines.subList(0, Math.min(LOG, lines.size()))) {
      row.addArray()
          .add(l.level())
          .add(strings.of(String.format(Locale.ROOT, "[%12.6f] %s", l.micros() / 1e6, l.text())));
    }
    if (lines.size() > LOG) {
      row.addArray()
          .add(WARNING)
          .add(strings.of("... and " + (lines.size() - LOG) + " lines more"));
    }
    if (now.logLost()) {
      row.addArray()
          .add(WARNING)
          .add(strings.of("the kernel overwrote lines before they were read"));
    }
  }

  private boolean isShown(int i) {
    int all = trace.entries().size();
    return all <= WHOLE
        || i < BEGIN
        || i >= all - END
        || broken.keySet().stream().anyMatch(b -> Math.abs(b - i) <= AROUND);
  }
}
