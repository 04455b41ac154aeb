package org.daxcheck.html;

import com.fasterxml.jackson.databind.node.ArrayNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.daxcheck.oracle.Moment;
import org.daxcheck.scenario.Scenario;
import org.daxcheck.scenario.StepText;
import org.daxcheck.step.Observation;
import org.daxcheck.step.Step;
import org.daxcheck.trace.Trace;

/**
 * A trace as the rows of a table: step, result, what was seen, and what the model of today allows.
 * Each row is {@code [entry, phase, line, step, result, ms, allowed, seen, log...]}; texts are
 * numbers of {@link StringTable}; phase counts as in {@link Trace.Phase}; a log line is {@code
 * [level, time and text]}. A row {@code [-1, n]} stands for n that were left out.
 */
final class StepRows {
  /** A trace of at most so many steps is shown whole. */
  private static final int WHOLE = 80;

  /** Of a longer one: so many at the beginning, around a divergence and at the end. */
  private static final int BEGIN = 30;

  private static final int AROUND = 4;
  private static final int END = 6;

  /** Log lines of a step; a kernel that breaks can say very much. */
  private static final int LOG = 120;

  /** Kernel log lines of this level (KERN_WARNING) or worse are shown of every step. */
  private static final int WARNING = 4;

  private final Trace trace;
  private final Judged judged;
  private final Map<Integer, String> allowed = new HashMap<>();
  private final List<Integer> shown = new ArrayList<>();

  StepRows(Judged judged) {
    this.trace = judged.trace();
    this.judged = judged;
    judged.scenario().ifPresent(this::allowed);
  }

  private void allowed(Scenario scenario) {
    int told = 0;
    for (int i = 0; i < trace.entries().size(); i++) {
      Trace.Entry entry = trace.entries().get(i);
      String text =
          judged.moment(i).map(Moment::outcomes).orElse(List.of()).stream()
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

  /** The entries of the rows that were written, in their order; -1 for those that were left out. */
  List<Integer> shown() {
    return shown;
  }

  /** Writes the rows; returns how many steps there are in all. */
  int into(ArrayNode rows, StringTable strings) {
    List<Trace.Entry> entries = trace.entries();
    ObservationText sight = new ObservationText(trace.header());
    Observation last = trace.before();
    int left = 0;
    for (int i = 0; i < entries.size(); i++) {
      Trace.Entry e = entries.get(i);
      Observation now = e.reply().observation();
      if (!isShown(i)) {
        left++;
      } else {
        left = gap(rows, left);
        boolean here = !judged.brokenIn(i).isEmpty();
        shown.add(i);
        ArrayNode row = rows.addArray();
        row.add(i).add(e.phase().ordinal()).add(e.line());
        row.add(strings.of(e.text()));
        row.add(
            strings.of(
                e.step().kind() == Step.Kind.LOOK
                    ? sight.look((Step.Look) e.step(), trace, i)
                    : ObservationText.result(e.step(), e.reply().result())));
        row.add(Math.round(e.reply().result().nanos() / 1e5) / 10.0);
        row.add(strings.of(allowed.getOrDefault(i, "")));
        String changed = sight.changes(last, now);
        row.add(strings.of(here && changed.isEmpty() ? "nothing changed" : changed));
        log(row, now, here, strings);
      }
      last = now;
    }
    gap(rows, left);
    return entries.size();
  }

  private int gap(ArrayNode rows, int left) {
    if (left > 0) {
      shown.add(-1);
      rows.addArray().add(-1).add(left);
    }
    return 0;
  }

  private void log(ArrayNode row, Observation now, boolean whole, StringTable strings) {
    List<Observation.LogLine> lines =
        now.log().stream()
            .filter(l -> whole || judged.anyBroken() || l.level() <= WARNING)
            .toList();
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
    return all <= WHOLE || i < BEGIN || i >= all - END || judged.isNearBroken(i, AROUND);
  }
}
