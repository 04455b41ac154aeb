package org.daxcheck.oracle;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.daxcheck.step.Result;
import org.daxcheck.step.Step;
import org.daxcheck.trace.Trace;

/**
 * What the rounds of one race were like: a line of actors that a scenario repeats.
 *
 * @param line the line of the scenario
 * @param rounds how often it was done
 * @param distinct how many of the rounds differ in the order of their calls and returns, or in
 *     their answers
 * @param outcomes what the actors were answered, and in how many rounds, the most frequent first
 */
public record Interleavings(int line, int rounds, int distinct, List<Outcome> outcomes) {
  public Interleavings {
    outcomes = List.copyOf(outcomes);
  }

  /** Answers of all actors, such as {@code P0 ok, P1 EBUSY}, and in how many rounds. */
  public record Outcome(String answers, int rounds) {}

  private record Event(long nanos, int actor, int step, boolean isReturn) {
    static final Comparator<Event> ORDER =
        Comparator.comparingLong(Event::nanos)
            .thenComparingInt(Event::actor)
            .thenComparingInt(Event::step)
            .thenComparing(Event::isReturn);

    String name() {
      return (isReturn ? "r" : "c") + actor + "." + step;
    }
  }

  /**
   * The races of a trace, in the order of their lines; none where no line of actors is repeated.
   */
  public static List<Interleavings> of(Trace trace) {
    Map<Integer, List<Trace.Entry>> byLine = new LinkedHashMap<>();
    for (Trace.Entry e : trace.entries()) {
      if (e.phase() == Trace.Phase.SCENARIO && e.step().kind() == Step.Kind.ACTORS) {
        byLine.computeIfAbsent(e.line(), l -> new ArrayList<>()).add(e);
      }
    }
    return byLine.values().stream().filter(r -> r.size() > 1).map(Interleavings::of).toList();
  }

  private static Interleavings of(List<Trace.Entry> rounds) {
    Set<List<String>> signatures = new HashSet<>();
    Map<String, Integer> answers = new HashMap<>();
    for (Trace.Entry round : rounds) {
      Step.Actors actors = (Step.Actors) round.step();
      String answer = answers(actors, round.reply().result());
      List<String> signature = new ArrayList<>(order(actors, round.reply().result()));
      signature.add(answer);
      signatures.add(signature);
      answers.merge(answer, 1, Integer::sum);
    }
    List<Outcome> outcomes =
        answers.entrySet().stream()
            .map(e -> new Outcome(e.getKey(), e.getValue()))
            .sorted(
                Comparator.comparingInt((Outcome o) -> -o.rounds()).thenComparing(Outcome::answers))
            .toList();
    return new Interleavings(rounds.get(0).line(), rounds.size(), signatures.size(), outcomes);
  }

  /** Every call and return in the order of their times; at the same time, that of the actors. */
  private static List<String> order(Step.Actors actors, Result result) {
    List<Event> events = new ArrayList<>();
    for (int a = 0; a < actors.actors().size(); a++) {
      List<Result> done = done(actors.actors().get(a), result);
      for (int i = 0; i < done.size(); i++) {
        if (actors.actors().get(a).steps().get(i).kind() != Step.Kind.SLEEP) {
          Result r = done.get(i);
          events.add(new Event(r.started(), a, i, false));
          events.add(new Event(r.started() + r.nanos(), a, i, true));
        }
      }
    }
    return events.stream().sorted(Event.ORDER).map(Event::name).toList();
  }

  /** What the actors were answered, such as {@code P0 ok, P1 EBUSY}. */
  public static String answers(Step.Actors actors, Result result) {
    List<List<String>> all = new ArrayList<>();
    for (Step.Actor actor : actors.actors()) {
      all.add(done(actor, result).stream().map(Linearization::answer).toList());
    }
    return answers(actors, all);
  }

  /** The same of answers of each actor, step by step; those that are missing were not done. */
  static String answers(Step.Actors actors, List<List<String>> answers) {
    List<String> all = new ArrayList<>();
    for (int a = 0; a < actors.actors().size(); a++) {
      Step.Actor actor = actors.actors().get(a);
      List<String> own = new ArrayList<>();
      for (int i = 0; i < answers.get(a).size(); i++) {
        if (!saysNothing(actor.steps().get(i))) {
          own.add(answers.get(a).get(i));
        }
      }
      boolean silent = actor.steps().stream().allMatch(Interleavings::saysNothing);
      if (!silent) {
        all.add(actor.name() + " " + (own.isEmpty() ? "nothing" : shortened(own)));
      }
    }
    return String.join(", ", all);
  }

  private static boolean saysNothing(Step step) {
    return step.kind() == Step.Kind.SLEEP || step.kind() == Step.Kind.SIGNAL;
  }

  /** Equal answers in a row are counted. */
  private static String shortened(List<String> answers) {
    List<String> out = new ArrayList<>();
    for (int i = 0, same; i < answers.size(); i += same) {
      same = 1;
      while (i + same < answers.size() && answers.get(i + same).equals(answers.get(i))) {
        same++;
      }
      out.add(same == 1 ? answers.get(i) : same + " x " + answers.get(i));
    }
    return String.join(" then ", out);
  }

  private static List<Result> done(Step.Actor actor, Result result) {
    return result.actors().stream()
        .filter(r -> r.name().equals(actor.name()))
        .findFirst()
        .map(r -> r.steps().subList(0, Math.min(r.steps().size(), actor.steps().size())))
        .orElse(List.of());
  }
}
