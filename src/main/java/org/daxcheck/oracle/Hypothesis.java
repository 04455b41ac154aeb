package org.daxcheck.oracle;

import java.util.List;
import org.daxcheck.model.Outcome;

/**
 * That the target was in a state, and that the step had this outcome; and what speaks against.
 *
 * @param answered true where the caller got what the outcome gives
 */
record Hypothesis(
    PossibleState before, Outcome outcome, boolean answered, List<Discrepancy> against) {}
