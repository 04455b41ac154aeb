package org.daxcheck.suite;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.daxcheck.scenario.StepText;
import org.daxcheck.step.Observation;
import org.daxcheck.step.Reply;
import org.daxcheck.step.Step;
import org.daxcheck.trace.Trace;

/** Builds a trace step by step and hands each step on. */
final class TraceRecorder {
  private final Trace.Header header;
  private final Observation before;
  private final TraceSink sink;
  private final List<Trace.Entry> entries = new ArrayList<>();

  TraceRecorder(Trace.Header header, Observation before, TraceSink sink) {
    this.header = header;
    this.before = before;
    this.sink = sink;
    sink.begin(header, before);
  }

  void add(Trace.Phase phase, int line, Step step, Reply reply) {
    Trace.Entry entry = new Trace.Entry(phase, line, StepText.of(step), step, reply);
    entries.add(entry);
    sink.add(entry);
  }

  /** Whether a step of this kind was done and none that undoes it came after. */
  boolean isOpen(Predicate<Step> does, Predicate<Step> undoes) {
    for (int i = entries.size() - 1; i >= 0; i--) {
      Step step = entries.get(i).step();
      if (undoes.test(step)) {
        return false;
      }
      if (does.test(step)) {
        return true;
      }
    }
    return false;
  }

  Trace trace() {
    return new Trace(header, before, entries);
  }
}
