package org.daxcheck.suite;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.daxcheck.scenario.StepText;
import org.daxcheck.step.Observation;
import org.daxcheck.step.Reply;
import org.daxcheck.step.Step;
import org.daxcheck.trace.Trace;

/** Builds a trace step by step and hands each step on. */
final class TraceRecorder {
  private final Trace.Header header;
  private final Observation before;
  private final Optional<Observation> boot;
  private final TraceSink sink;
  private final List<Trace.Entry> entries = new ArrayList<>();

  TraceRecorder(
      Trace.Header header, Observation before, Optional<Observation> boot, TraceSink sink) {
    this.header = header;
    this.before = before;
    this.boot = boot;
    this.sink = sink;
    sink.begin(header, before, boot);
  }

  void add(Trace.Phase phase, int line, Step step, Reply reply) {
    add(new Trace.Entry(phase, line, StepText.of(step), step, reply));
  }

  void add(Trace.Entry entry) {
    entries.add(entry);
    sink.add(entry);
  }

  /** The steps that take back what was done and not taken back yet, what was done last first. */
  List<Step> open() {
    Deque<Step> open = new ArrayDeque<>();
    for (Trace.Entry entry : entries) {
      open.remove(entry.step());
      for (Step act : entry.step().acts()) {
        act.undo()
            .ifPresent(
                undo -> {
                  open.remove(undo);
                  open.push(undo);
                });
      }
    }
    return new ArrayList<>(open);
  }

  /** True where the target accepted what nothing takes back. */
  boolean isSpent() {
    return entries.stream()
        .filter(e -> e.reply().result().errno().isEmpty())
        .flatMap(e -> e.step().acts().stream())
        .anyMatch(s -> s.kind().lasts());
  }

  Trace trace() {
    return new Trace(header, before, entries, boot);
  }
}
