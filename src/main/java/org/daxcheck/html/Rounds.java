package org.daxcheck.html;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.daxcheck.model.State;
import org.daxcheck.oracle.Contradiction;
import org.daxcheck.oracle.Interleavings;
import org.daxcheck.oracle.Moment;
import org.daxcheck.oracle.PossibleAnswers;
import org.daxcheck.scenario.StepText;
import org.daxcheck.step.Observation;
import org.daxcheck.step.Result;
import org.daxcheck.step.Step;
import org.daxcheck.trace.Trace;

/**
 * The steps of several actors in a trace: for each line of the scenario how its rounds ended, and
 * pictures of those that are worth one. Times are in microseconds since the first call of the
 * round.
 */
final class Rounds {
  /** Pictures of one line: so many rounds against a rule, and so many others. */
  private static final int AGAINST = 12;

  private static final int OTHERS = 8;

  /** Lines of the kernel's log in one picture. */
  private static final int LOG = 60;

  /** Outcomes of one line, and answers that were never seen, beyond which only a number is told. */
  private static final int OUTCOMES = 40;

  private final Judged judged;
  private final StringTable strings;

  Rounds(Judged judged, StringTable strings) {
    this.judged = judged;
    this.strings = strings;
  }

  /** How often actors were answered so, and how often that was against a rule. */
  private record Tally(int rounds, int against) {
    Tally and(boolean isAgainst) {
      return new Tally(rounds + 1, against + (isAgainst ? 1 : 0));
    }
  }

  /** Writes every line of several actors that has one; returns how many pictures it wrote. */
  int into(ArrayNode lines) {
    Map<Integer, List<Integer>> byLine = new LinkedHashMap<>();
    List<Trace.Entry> entries = judged.trace().entries();
    for (int i = 0; i < entries.size(); i++) {
      Trace.Entry e = entries.get(i);
      if (e.phase() == Trace.Phase.SCENARIO && e.step().kind() == Step.Kind.ACTORS) {
        byLine.computeIfAbsent(e.line(), l -> new ArrayList<>()).add(i);
      }
    }
    int pictures = 0;
    for (Map.Entry<Integer, List<Integer>> line : byLine.entrySet()) {
      ObjectNode node = lines.addObject();
      node.put("line", line.getKey());
      node.put("rounds", line.getValue().size());
      outcomes(node, line.getValue());
      ArrayNode drawn = node.putArray("pictures");
      for (int round : worthAPicture(line.getValue())) {
        picture(drawn.addObject(), line.getValue().get(round), round + 1);
        pictures++;
      }
    }
    return pictures;
  }

  private Trace.Entry entry(int index) {
    return judged.trace().entries().get(index);
  }

  private String answers(int index) {
    return Interleavings.answers((Step.Actors) entry(index).step(), entry(index).reply().result());
  }

  private void outcomes(ObjectNode node, List<Integer> rounds) {
    Map<String, Tally> seen = new HashMap<>();
    for (int i : rounds) {
      Tally sofar = seen.getOrDefault(answers(i), new Tally(0, 0));
      seen.put(answers(i), sofar.and(judged.isAgainst(i)));
    }
    List<Map.Entry<String, Tally>> sorted = new ArrayList<>(seen.entrySet());
    sorted.sort(
        (a, b) ->
            a.getValue().against() != b.getValue().against()
                ? b.getValue().against() - a.getValue().against()
                : a.getValue().rounds() != b.getValue().rounds()
                    ? b.getValue().rounds() - a.getValue().rounds()
                    : a.getKey().compareTo(b.getKey()));
    node.put("distinct", sorted.size());
    ArrayNode table = node.putArray("outcomes");
    for (Map.Entry<String, Tally> e : sorted.subList(0, Math.min(OUTCOMES, sorted.size()))) {
      table
          .addArray()
          .add(strings.of(e.getKey()))
          .add(e.getValue().rounds())
          .add(e.getValue().against());
    }
    possible(rounds)
        .ifPresent(
            all -> {
              Set<String> never = new TreeSet<>(all);
              never.removeAll(seen.keySet());
              node.put("neverCount", never.size());
              ArrayNode list = node.putArray("never");
              never.stream().limit(OUTCOMES).forEach(a -> list.add(strings.of(a)));
            });
  }

  /** What the model allows in any of the rounds; empty where that cannot be listed. */
  private Optional<Set<String>> possible(List<Integer> rounds) {
    Set<List<State>> done = new HashSet<>();
    Set<String> all = new TreeSet<>();
    for (int i : rounds) {
      Optional<Moment> moment = judged.moment(i);
      if (moment.isEmpty()) {
        return Optional.empty();
      }
      if (done.add(moment.get().before())) {
        Optional<Set<String>> more =
            PossibleAnswers.of(
                judged.trace().header(), moment.get().before(), (Step.Actors) entry(i).step());
        if (more.isEmpty()) {
          return Optional.empty();
        }
        all.addAll(more.get());
      }
    }
    return Optional.of(all);
  }

  /** Which rounds get a picture: those against a rule, then one of each outcome, then others. */
  private Set<Integer> worthAPicture(List<Integer> rounds) {
    Set<Integer> chosen = new LinkedHashSet<>();
    Set<Integer> others = new LinkedHashSet<>();
    Set<String> known = new HashSet<>();
    for (int r = 0; r < rounds.size(); r++) {
      if (judged.isAgainst(rounds.get(r))) {
        if (chosen.size() < AGAINST) {
          chosen.add(r);
          known.add(answers(rounds.get(r)));
        }
      } else if (known.add(answers(rounds.get(r)))) {
        others.add(r);
      }
    }
    for (int r = 0; r < rounds.size() && others.size() < OTHERS; r++) {
      if (!judged.isAgainst(rounds.get(r))) {
        others.add(r);
      }
    }
    others.stream().limit(OTHERS).forEach(chosen::add);
    return chosen;
  }

  private void picture(ObjectNode node, int index, int round) {
    Trace.Entry entry = entry(index);
    Result result = entry.reply().result();
    Step.Actors actors = (Step.Actors) entry.step();
    boolean against = judged.isAgainst(index);
    node.put("entry", index);
    node.put("round", round);
    node.put("against", against);
    node.put("answers", strings.of(answers(index)));
    Set<Contradiction.Part> marked = new HashSet<>();
    if (against) {
      judged
          .moment(index)
          .ifPresent(m -> marked.addAll(Contradiction.of(judged.trace().header(), m, entry)));
    }
    long zero =
        result.actors().stream()
            .flatMap(a -> a.steps().stream())
            .mapToLong(Result::started)
            .min()
            .orElse(result.started());
    ArrayNode lanes = node.putArray("actors");
    for (Step.Actor actor : actors.actors()) {
      ArrayNode lane = lanes.addArray();
      lane.add(strings.of(actor.name()));
      result.actors().stream()
          .filter(r -> r.name().equals(actor.name()))
          .findFirst()
          .ifPresent(r -> lane(lane, actor, r, zero, marked));
    }
    log(node.putArray("log"), entry.reply().observation(), zero);
  }

  /** Each operation is {@code [text, answer, called, lasted, kind, marked]}. */
  private void lane(
      ArrayNode lane,
      Step.Actor actor,
      Result.ActorResult done,
      long zero,
      Set<Contradiction.Part> marked) {
    for (int i = 0; i < Math.min(done.steps().size(), actor.steps().size()); i++) {
      Step step = actor.steps().get(i);
      Result r = done.steps().get(i);
      boolean is = marked.contains(new Contradiction.Part(actor.name(), i));
      lane.addArray()
          .add(strings.of(StepText.of(step)))
          .add(strings.of(step.kind().idle() ? "" : ObservationText.result(step, r)))
          .add(micros(r.started() - zero))
          .add(micros(r.nanos()))
          .add(shape(step))
          .add(is ? 1 : 0);
    }
    if (done.stuck()) {
      lane.add(strings.of(actor.name() + " did not end in time"));
    }
  }

  /** How a step is drawn: 0 a bar, 1 time that passes, 2 a moment. */
  private static int shape(Step step) {
    return switch (step.kind()) {
      case SLEEP, AWAIT -> 1;
      case SIGNAL -> 2;
      case WRITE, READ, BIND, UNBIND, SET_POLICY, BLOCK_WRITE, PIN, UNPIN, UNLOAD, LOAD, FILL -> 0;
      case VERIFY, FREE, INJECT, REFUSE_ADD, OCCUPY, RESHAPE, NEIGHBOUR_WRITE -> 0;
      case DELAY, FAIL_NTH, LOOK, ACTORS -> 0;
    };
  }

  private void log(ArrayNode array, Observation seen, long zero) {
    for (Observation.LogLine l : seen.log().subList(0, Math.min(LOG, seen.log().size()))) {
      array
          .addArray()
          .add(l.level())
          .add(Math.round(l.micros() - zero / 1e3))
          .add(strings.of(l.text()));
    }
    if (seen.log().size() > LOG) {
      array.add(seen.log().size() - LOG);
    }
  }

  private static double micros(long nanos) {
    return Math.round(nanos / 100.0) / 10.0;
  }
}
