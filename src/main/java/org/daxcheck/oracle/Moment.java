package org.daxcheck.oracle;

import java.util.List;
import org.daxcheck.model.Outcome;
import org.daxcheck.model.State;

/**
 * What the oracle held possible when it judged an entry of a trace.
 *
 * @param before the states that the target could be in before the step
 * @param outcomes what the model left for the step from any of them; of several actors, the ends
 *     that some order of their operations leads to, none where no order explains their results
 * @param broken true where a rule of the model was broken in this very step
 */
public record Moment(List<State> before, List<Outcome> outcomes, boolean broken) {
  public Moment {
    before = List.copyOf(before);
    outcomes = List.copyOf(outcomes);
  }

  /** That of an account of how a step was judged. */
  public static Moment of(Account account) {
    return new Moment(
        account.before(),
        account.ways().stream().map(Account.Way::outcome).toList(),
        account.broken());
  }
}
