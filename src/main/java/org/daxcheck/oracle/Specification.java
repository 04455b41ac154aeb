package org.daxcheck.oracle;

import java.util.List;
import org.daxcheck.abi.Dialect;
import org.daxcheck.abi.RuleId;
import org.daxcheck.abi.Rules;
import org.daxcheck.model.Model;
import org.daxcheck.model.Outcome;
import org.daxcheck.model.State;
import org.daxcheck.scenario.Catalogue;
import org.daxcheck.step.Step;

/**
 * The model of a dialect, with no other rules in its outcomes than those that bind the dialect. The
 * catalogue says which do.
 */
public final class Specification {
  private final Model model;
  private final Dialect dialect;
  private final Catalogue catalogue = Catalogue.bundled();

  /** The specification that this model gives. */
  public Specification(Model model) {
    this.model = model;
    this.dialect = model.dialect();
  }

  /** Every outcome that the model leaves; a rule that does not bind is told as ROBUST-2. */
  public List<Outcome> outcomes(State state, Step step, boolean interrupted) {
    return model.outcomes(state, step, interrupted).stream()
        .map(o -> o.only(this::binds, Rules.ROBUST_2))
        .toList();
  }

  /** The dialect that it is the specification of. */
  Dialect dialect() {
    return dialect;
  }

  /** Whether the rule binds the dialect. */
  public boolean binds(RuleId rule) {
    return catalogue.binds(rule, dialect);
  }
}
