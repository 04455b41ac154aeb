package org.daxcheck.oracle;

import java.util.List;
import org.daxcheck.model.Outcome;
import org.daxcheck.model.State;

/**
 * How one step was judged.
 *
 * @param entry index of the trace's entry; {@link Divergence#BOOT} for the boot's own bind
 * @param before the states that the target may have been in
 * @param ways what it may have done from them, and what ended each; of several actors, the ends of
 *     the orders that explain their answers, none for a state from which no order does
 * @param after the states that it may be in now; after a divergence also what is seen of it
 * @param broken true where a rule of the model was broken in this very step
 */
public record Account(
    int entry, List<State> before, List<Way> ways, List<State> after, boolean broken) {
  public Account {
    before = List.copyOf(before);
    ways = List.copyOf(ways);
    after = List.copyOf(after);
  }

  /**
   * One thing that the target may have done.
   *
   * @param answered true where the caller got what the outcome gives
   * @param against what of the observation is not as the outcome leaves it
   */
  public record Way(State from, Outcome outcome, boolean answered, List<Discrepancy> against) {
    public Way {
      against = List.copyOf(against);
    }

    /** True where neither the answer nor the observation speaks against it. */
    public boolean isLeft() {
      return answered && against.isEmpty();
    }
  }

  /** The ways from one of the states. */
  public List<Way> from(State state) {
    return ways.stream().filter(w -> w.from().equals(state)).toList();
  }
}
