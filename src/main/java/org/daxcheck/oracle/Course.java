package org.daxcheck.oracle;

import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.daxcheck.abi.Grade;
import org.daxcheck.model.Outcome;
import org.daxcheck.model.State;
import org.daxcheck.step.Observation;
import org.daxcheck.step.Step;

/**
 * The course of events that a scenario's arrows presume: the usual one. What is legal but unusual
 * leaves it; the arrows count again as soon as the device is where the usual course would have it.
 */
final class Course {
  private final Specification specification;
  private final ObservationCheck lens;
  private Optional<Set<State>> usual = Optional.empty();
  private boolean wasLeft;

  Course(Specification specification, ObservationCheck lens) {
    this.specification = specification;
    this.lens = lens;
  }

  /** True while the device may be elsewhere than the arrows presume. */
  boolean isLeft() {
    return usual.isPresent();
  }

  /** True where some line was done while the course was left. */
  boolean wasLeft() {
    return wasLeft;
  }

  /**
   * Follows a step.
   *
   * @param odd true where all that the target can have done in it is legal but unusual
   */
  void follow(
      Step step, boolean odd, Collection<State> before, Collection<State> after, Observation seen) {
    if (usual.isEmpty() && !odd) {
      return;
    }
    // What several actors would have done is not followed.
    Set<State> next =
        step.kind() == Step.Kind.ACTORS
            ? Set.of()
            : next(usual.map(u -> (Collection<State>) u).orElse(before), step, seen);
    boolean back = after.stream().map(Course::plain).anyMatch(next::contains);
    usual = back ? Optional.empty() : Optional.of(next);
    wasLeft |= !back;
  }

  private Set<State> next(Collection<State> from, Step step, Observation seen) {
    Set<State> next = new HashSet<>();
    for (State state : from) {
      List<Outcome> all = specification.outcomes(state, step, false);
      List<Outcome> likely = all.stream().filter(o -> o.grade() != Grade.INTERESTING).toList();
      (likely.isEmpty() ? all : likely).forEach(o -> next.add(plain(lens.refine(o.next(), seen))));
    }
    return next;
  }

  /** The state without what was refused before, which is the difference that is made up for. */
  private static State plain(State state) {
    State.Hidden h = state.hidden();
    return state.withHidden(new State.Hidden(false, h.failing(), h.adding(), h.filled()));
  }
}
