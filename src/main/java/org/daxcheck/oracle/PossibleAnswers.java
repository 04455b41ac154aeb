package org.daxcheck.oracle;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.daxcheck.abi.Dialect;
import org.daxcheck.model.Model;
import org.daxcheck.model.Outcome;
import org.daxcheck.model.ReturnValue;
import org.daxcheck.model.State;
import org.daxcheck.model.Unspecified;
import org.daxcheck.step.Result;
import org.daxcheck.step.Step;
import org.daxcheck.trace.Trace;

/**
 * What actors may be answered by the model, whichever way their operations interleave. An actor
 * goes on to its end, and what it waits for comes in time.
 */
public final class PossibleAnswers {
  /** More places in the search than that are not visited; then nothing is said. */
  private static final int MOST_PLACES = 20_000;

  private final Specification specification;
  private final Dialect dialect;
  private final Step.Actors actors;
  private final Set<String> signalled = new HashSet<>();
  private final Set<Place> visited = new HashSet<>();
  private final Set<String> found = new TreeSet<>();
  private boolean open;

  /** A place in the search: how far each actor is, with what answers. */
  private record Place(State state, List<List<String>> answers) {}

  private PossibleAnswers(Trace.Header header, Step.Actors actors) {
    this.dialect = header.dialect();
    this.specification =
        new Specification(
            new Model(header.dialect(), header.hotremove(), header.kernelZoneReturns()));
    this.actors = actors;
    for (Step.Actor actor : actors.actors()) {
      for (Step step : actor.steps()) {
        if (step.kind() == Step.Kind.SIGNAL) {
          Step.Signal signal = (Step.Signal) step;
          signalled.add(signal.actor());
          open |= signal.signal().equals("KILL");
        }
      }
    }
  }

  /**
   * Every set of answers, spelled as {@link Interleavings#answers} spells what was seen.
   *
   * @param before the states that the race may begin in
   * @return empty where they cannot be listed: an actor may be killed, or there are too many
   */
  public static Optional<Set<String>> of(
      Trace.Header header, Collection<State> before, Step.Actors actors) {
    PossibleAnswers all = new PossibleAnswers(header, actors);
    for (State state : before) {
      List<List<String>> none = new ArrayList<>();
      actors.actors().forEach(a -> none.add(List.of()));
      try {
        all.search(new Place(state, none), new int[none.size()]);
      } catch (Unspecified e) {
        // The model says nothing about a step on the way, so that not everything can be listed.
        all.open = true;
      }
    }
    return all.open ? Optional.empty() : Optional.of(all.found);
  }

  private void search(Place place, int[] at) {
    open |= visited.size() > MOST_PLACES;
    if (open || !visited.add(place)) {
      return;
    }
    boolean ended = true;
    for (int a = 0; a < at.length; a++) {
      Step.Actor actor = actors.actors().get(a);
      if (at[a] == actor.steps().size()) {
        continue;
      }
      ended = false;
      Step step = actor.steps().get(at[a]);
      at[a]++;
      for (Outcome outcome : outcomes(place.state(), actor, step)) {
        search(new Place(outcome.next(), with(place, a, answer(outcome.answer()))), at);
      }
      if (passes(step, place.state())) {
        search(new Place(place.state(), with(place, a, "ok")), at);
      }
      at[a]--;
    }
    if (ended) {
      found.add(Interleavings.answers(actors, place.answers()));
    }
  }

  private List<Outcome> outcomes(State state, Step.Actor actor, Step step) {
    return switch (step.kind()) {
      case SLEEP, SIGNAL, AWAIT -> List.of();
      case WRITE, READ, BIND, UNBIND, SET_POLICY, BLOCK_WRITE, PIN, UNPIN, UNLOAD, LOAD, FILL ->
          specification.outcomes(state, step, signalled.contains(actor.name()));
      case VERIFY, FREE, INJECT, REFUSE_ADD, OCCUPY, RESHAPE, NEIGHBOUR_WRITE, FAIL_NTH ->
          specification.outcomes(state, step, signalled.contains(actor.name()));
      case DELAY, LOOK, ACTORS ->
          specification.outcomes(state, step, signalled.contains(actor.name()));
    };
  }

  /** Whether a step that changes nothing may end in this state. */
  private boolean passes(Step step, State state) {
    return switch (step.kind()) {
      case SLEEP, SIGNAL -> true;
      case AWAIT ->
          dialect.attribute().isEmpty()
              || state.word().filter(((Step.Await) step).word()::equals).isPresent();
      case WRITE, READ, BIND, UNBIND, SET_POLICY, BLOCK_WRITE, PIN, UNPIN, UNLOAD, LOAD, FILL ->
          false;
      case VERIFY, FREE, INJECT, REFUSE_ADD, OCCUPY, RESHAPE, NEIGHBOUR_WRITE, FAIL_NTH -> false;
      case DELAY, LOOK, ACTORS -> false;
    };
  }

  private String answer(ReturnValue answer) {
    if (answer instanceof ReturnValue.FailsSomehow) {
      open = true;
    }
    return answer instanceof ReturnValue.Data data
        ? Linearization.answer(Result.data(data.text()))
        : answer.toString();
  }

  private static List<List<String>> with(Place place, int actor, String answer) {
    List<List<String>> all = new ArrayList<>(place.answers());
    List<String> own = new ArrayList<>(all.get(actor));
    own.add(answer);
    all.set(actor, List.copyOf(own));
    return List.copyOf(all);
  }
}
