package org.daxcheck.show;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.daxcheck.report.Text;
import org.daxcheck.scenario.StepText;
import org.daxcheck.step.Result;
import org.daxcheck.step.Step;

/**
 * What several actors did, a line an operation: a bar from its call to its return, on one axis of
 * time for all. Two calls or returns at different times never share a column, where there is room:
 * bars overlap in the picture exactly where the operations did.
 */
final class Timeline {
  private static final int LABEL = 34;
  private static final int LEAST = 16;

  private final List<Operation> operations = new ArrayList<>();
  private final List<Long> events;
  private final List<String> stuck;

  private record Operation(String actor, Step step, Result result) {
    long called() {
      return result.started();
    }

    long returned() {
      return result.started() + result.nanos();
    }

    String label() {
      return actor + " " + StepText.of(step);
    }

    String answer() {
      return AnswerText.of(step, result) + "  " + AnswerText.time(result.nanos());
    }
  }

  private Timeline(Step.Actors actors, Result result) {
    TreeSet<Long> times = new TreeSet<>();
    stuck =
        result.actors().stream()
            .filter(Result.ActorResult::stuck)
            .map(Result.ActorResult::name)
            .toList();
    for (Step.Actor actor : actors.actors()) {
      for (Result.ActorResult r : result.actors()) {
        int done = Math.min(r.steps().size(), actor.steps().size());
        for (int i = 0; r.name().equals(actor.name()) && i < done; i++) {
          Operation o = new Operation(actor.name(), actor.steps().get(i), r.steps().get(i));
          operations.add(o);
          times.add(o.called());
          times.add(o.returned());
        }
      }
    }
    events = List.copyOf(times);
  }

  /** The lines of a race, at most so wide where that leaves room for the bars. */
  static List<String> of(Step.Actors actors, Result result, int width) {
    return new Timeline(actors, result).lines(actors, width);
  }

  private List<String> lines(Step.Actors actors, int width) {
    List<String> lines = new ArrayList<>();
    if (operations.isEmpty()) {
      actors
          .actors()
          .forEach(
              a ->
                  a.steps()
                      .forEach(s -> lines.add(a.name() + " " + StepText.of(s) + "  not done")));
      return lines;
    }
    int label =
        operations.stream().mapToInt(o -> Math.min(LABEL, o.label().length())).max().orElse(0);
    int answer = operations.stream().mapToInt(o -> o.answer().length()).max().orElse(0);
    int bars = Math.max(LEAST, width - label - answer - 4);
    String end = AnswerText.time(events.get(events.size() - 1) - events.get(0));
    lines.add(" ".repeat(label + 2) + "0" + " ".repeat(Math.max(1, bars - 1 - end.length())) + end);
    for (Operation o : operations) {
      String line =
          pad(clip(o.label()), label) + "  " + pad(bar(o, bars), bars) + "  " + o.answer();
      lines.add(line);
    }
    notDone(actors, lines);
    stuck.forEach(s -> lines.add(s + " could not be ended"));
    if (events.size() > bars) {
      lines.add(
          "the picture is too narrow for "
              + events.size()
              + " calls and returns; a wider one tells their order");
    }
    return lines;
  }

  private void notDone(Step.Actors actors, List<String> lines) {
    for (Step.Actor actor : actors.actors()) {
      long done = operations.stream().filter(o -> o.actor().equals(actor.name())).count();
      actor.steps().stream()
          .skip(done)
          .forEach(s -> lines.add(actor.name() + " " + StepText.of(s) + "  not done"));
    }
  }

  private String bar(Operation o, int width) {
    int from = column(o.called(), width);
    int to = column(o.returned(), width);
    String shape =
        switch (o.step().kind()) {
          case SLEEP -> ".".repeat(to - from + 1);
          case SIGNAL -> "!";
          case WRITE,
              READ,
              BIND,
              UNBIND,
              SET_POLICY,
              BLOCK_WRITE,
              PIN,
              UNPIN,
              UNLOAD,
              LOAD,
              AWAIT ->
              closed(to - from);
          case FILL, VERIFY, FREE, INJECT, REFUSE_ADD, OCCUPY, RESHAPE, NEIGHBOUR_WRITE ->
              closed(to - from);
          case DELAY, FAIL_NTH, LOOK, ACTORS -> closed(to - from);
        };
    return " ".repeat(from) + shape;
  }

  private static String closed(int columns) {
    return columns == 0 ? "|" : "[" + "=".repeat(columns - 1) + "]";
  }

  /** Every event has a column of its own; what is left over is divided by time. */
  private int column(long time, int width) {
    long first = events.get(0);
    long all = Math.max(1, events.get(events.size() - 1) - first);
    int last = width - 1;
    if (events.size() > width) {
      return (int) Math.round((double) (time - first) / all * last);
    }
    int rank = events.indexOf(time);
    return rank + (int) ((double) (time - first) / all * (last - (events.size() - 1)));
  }

  private static String clip(String text) {
    String line = Text.oneLine(text);
    return line.length() <= LABEL ? line : line.substring(0, LABEL - 3) + "...";
  }

  private static String pad(String text, int width) {
    return text + " ".repeat(Math.max(0, width - text.length()));
  }
}
