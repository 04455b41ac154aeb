package org.daxcheck.explore;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.daxcheck.abi.Errno;
import org.daxcheck.abi.Grade;
import org.daxcheck.abi.Zone;
import org.daxcheck.model.BlockState;
import org.daxcheck.model.Model;
import org.daxcheck.model.Outcome;
import org.daxcheck.model.RangeState;
import org.daxcheck.model.ReturnValue;
import org.daxcheck.model.State;
import org.daxcheck.step.Step;

/**
 * Every state that the documents leave a device in after some steps. It tells before a step is done
 * whether the step could use up the target: leak memory until reboot, give memory to the kernel
 * that it need not return, or wait for somebody who never comes.
 */
final class ReachableStates {
  /** More states than this say too little about what comes next. */
  private static final int MOST_STATES = 32;

  private final Model model;
  private final boolean neighbour;
  private final boolean kernelZones;
  private final boolean leaks;
  private final Set<State> states;

  private ReachableStates(
      Model model, boolean neighbour, boolean kernelZones, boolean leaks, Set<State> states) {
    this.model = model;
    this.neighbour = neighbour;
    this.kernelZones = kernelZones;
    this.leaks = leaks;
    this.states = states;
  }

  /**
   * A device in this state.
   *
   * @param neighbour whether another device's memory is in use by the kernel; then the device's own
   *     may come into a kernel zone, since it can be had back
   * @param spends whether the target may be used up: by a leak, or by a kernel zone
   */
  static ReachableStates of(Model model, boolean neighbour, boolean spends, State state) {
    return new ReachableStates(model, neighbour, neighbour || spends, spends, Set.of(state));
  }

  /** The same, where memory may leak from now on, or not. */
  ReachableStates leaking(boolean may) {
    return new ReachableStates(model, neighbour, kernelZones, may, states);
  }

  /** One of the states; the same one for the same steps. */
  State likely() {
    return states.iterator().next();
  }

  /** True where this may be so in some of the states. */
  boolean may(Predicate<State> be) {
    return states.stream().anyMatch(be);
  }

  /** True where some block is held in some of the states. */
  boolean mayBePinned() {
    return may(s -> s.blocks().stream().anyMatch(BlockState::pinned));
  }

  /** What is known after the step; empty where it could use up the target. */
  Optional<ReachableStates> after(Step step) {
    Optional<Set<State>> next =
        step.kind() == Step.Kind.ACTORS
            ? new Orders((Step.Actors) step).from(states)
            : after(states, step, false);
    return next.filter(n -> n.size() <= MOST_STATES)
        .map(n -> new ReachableStates(model, neighbour, kernelZones, leaks, n));
  }

  private Optional<Set<State>> after(Set<State> from, Step step, boolean signalled) {
    Set<State> reached = new LinkedHashSet<>();
    for (State state : from) {
      if (!isSafe(state, step)) {
        return Optional.empty();
      }
      List<Outcome> all = model.outcomes(state, step, signalled);
      List<Outcome> usual = all.stream().filter(o -> o.grade() != Grade.INTERESTING).toList();
      for (Outcome outcome : usual.isEmpty() ? all : usual) {
        if (!signalled && waits(outcome) || harms(state, outcome.next())) {
          return Optional.empty();
        }
        reached.add(outcome.next());
      }
    }
    return Optional.of(reached);
  }

  /** False where it is not known what the step leaves, or it could use up the target. */
  private boolean isSafe(State state, Step step) {
    return switch (step.kind()) {
      case PIN -> canBePinned(state, (Step.Pin) step);
      case FILL -> !state.filled();
      // The memory of the other device, which is the kernel's, would leak.
      case UNLOAD -> !neighbour || leaks;
      case WRITE,
          READ,
          BIND,
          UNBIND,
          SET_POLICY,
          BLOCK_WRITE,
          UNPIN,
          LOAD,
          AWAIT,
          SLEEP,
          SIGNAL,
          VERIFY,
          FREE,
          INJECT,
          ACTORS,
          LOOK ->
          true;
      case REFUSE_ADD, OCCUPY, RESHAPE, NEIGHBOUR_WRITE, DELAY, FAIL_NTH -> false;
    };
  }

  /** What a held page holds up until a signal comes. */
  private static boolean waits(Outcome outcome) {
    return outcome.answer() instanceof ReturnValue.Fails fails && fails.errno().equals(Errno.EINTR);
  }

  private boolean harms(State before, State next) {
    boolean more =
        next.ranges().stream().filter(RangeState::leaked).count()
            > before.ranges().stream().filter(RangeState::leaked).count();
    return more && !leaks
        || !kernelZones && next.blocks().stream().anyMatch(b -> b.zones().contains(Zone.NORMAL));
  }

  /** A page can be held for sure only where user memory must come from the block's zone. */
  private static boolean canBePinned(State state, Step.Pin pin) {
    List<BlockState> meant =
        pin.block().in(state.blocksOfRanges()).stream().map(state.blocks()::get).toList();
    return !meant.isEmpty()
        && meant.stream()
            .allMatch(b -> b.isOnline() && b.zones().equals(Set.of(Zone.MOVABLE)) && !b.pinned());
  }

  /** Every order that the steps of several actors may be done in. */
  private final class Orders {
    private final List<Step.Actor> actors;
    private final Set<String> signalled;
    private final Map<List<Object>, Optional<Set<State>>> known = new HashMap<>();

    Orders(Step.Actors step) {
      actors = step.actors();
      signalled =
          step.acts().stream()
              .filter(s -> s.kind() == Step.Kind.SIGNAL)
              .map(s -> ((Step.Signal) s).actor())
              .collect(Collectors.toSet());
    }

    Optional<Set<State>> from(Set<State> states) {
      return go(actors.stream().map(a -> 0).toList(), states);
    }

    private Optional<Set<State>> go(List<Integer> done, Set<State> states) {
      List<Object> key = List.of(done, states);
      Optional<Set<State>> seen = known.get(key);
      if (seen != null) {
        return seen;
      }
      Optional<Set<State>> found = search(done, states);
      known.put(key, found);
      return found;
    }

    private Optional<Set<State>> search(List<Integer> done, Set<State> states) {
      Set<State> ends = new LinkedHashSet<>();
      boolean over = true;
      for (int i = 0; i < actors.size(); i++) {
        if (done.get(i) == actors.get(i).steps().size()) {
          continue;
        }
        over = false;
        Step step = actors.get(i).steps().get(done.get(i));
        Optional<Set<State>> next = after(states, step, signalled.contains(actors.get(i).name()));
        List<Integer> further = new ArrayList<>(done);
        further.set(i, done.get(i) + 1);
        Optional<Set<State>> end = next.flatMap(n -> go(further, n));
        if (end.isEmpty()) {
          return end;
        }
        ends.addAll(end.get());
      }
      return Optional.of(over ? states : ends);
    }
  }
}
