package org.daxcheck.model;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.daxcheck.step.Step;

/**
 * Every state that steps may lead to, whatever the kernel chooses and in whatever order actors act.
 */
public final class Reachable {
  private final Model model;
  private final Predicate<State> is;
  private boolean found;

  private Reachable(Model model, Predicate<State> is) {
    this.model = model;
    this.is = is;
  }

  /**
   * Whether the steps may lead through a state that the predicate holds of, this one not counted.
   *
   * @param setup steps that are done once, before the others
   * @param rounds how often the steps are done, one round after the other; at least once
   * @throws Unspecified where no document says what a step does
   */
  public static boolean may(
      Model model,
      State from,
      List<Step> setup,
      List<Step> steps,
      int rounds,
      Predicate<State> is) {
    Reachable search = new Reachable(model, is);
    Set<State> states = Set.of(from);
    for (Step step : setup) {
      states = search.after(states, step);
    }
    Set<State> known = new HashSet<>();
    // A round that begins in no state which an earlier one did not begin in shows nothing new.
    for (int round = 0; round < rounds && !search.found && known.addAll(states); round++) {
      for (Step step : steps) {
        states = search.after(states, step);
        if (search.found) {
          return true;
        }
      }
    }
    return search.found;
  }

  private Set<State> after(Set<State> states, Step step) {
    Set<State> next = new LinkedHashSet<>();
    for (State state : states) {
      if (step.kind() == Step.Kind.ACTORS) {
        List<Step.Actor> actors = ((Step.Actors) step).actors();
        together(state, actors, new ArrayList<>(actors.stream().map(a -> 0).toList()), next);
      } else {
        next.addAll(outcomes(state, step, false));
      }
    }
    return next;
  }

  private Set<State> outcomes(State state, Step step, boolean signalled) {
    Set<State> next =
        model.outcomes(state, step, signalled).stream()
            .map(Outcome::next)
            .collect(Collectors.toCollection(LinkedHashSet::new));
    if (signalled) {
      // Whoever is killed before it comes into the kernel does nothing.
      next.add(state);
    }
    found |= next.stream().anyMatch(is);
    return next;
  }

  /** Adds the ends of every order of the actors' steps, from where each of them is. */
  private void together(State state, List<Step.Actor> actors, List<Integer> at, Set<State> ends) {
    together(state, actors, at, signalled(actors), ends, new HashSet<>());
  }

  private record Place(List<Integer> at, State state) {}

  private void together(
      State state,
      List<Step.Actor> actors,
      List<Integer> at,
      Set<String> signalled,
      Set<State> ends,
      Set<Place> visited) {
    if (found || !visited.add(new Place(List.copyOf(at), state))) {
      return;
    }
    boolean over = true;
    for (int a = 0; a < actors.size(); a++) {
      Step.Actor actor = actors.get(a);
      int i = at.get(a);
      if (i == actor.steps().size()) {
        continue;
      }
      over = false;
      at.set(a, i + 1);
      for (State next : outcomes(state, actor.steps().get(i), signalled.contains(actor.name()))) {
        together(next, actors, at, signalled, ends, visited);
      }
      at.set(a, i);
    }
    if (over) {
      ends.add(state);
    }
  }

  /** The actors that another one may signal. */
  private static Set<String> signalled(List<Step.Actor> actors) {
    return actors.stream()
        .flatMap(a -> a.steps().stream())
        .filter(s -> s.kind() == Step.Kind.SIGNAL)
        .map(s -> ((Step.Signal) s).actor())
        .collect(Collectors.toSet());
  }
}
