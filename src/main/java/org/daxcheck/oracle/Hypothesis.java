package org.daxcheck.oracle;

import java.util.List;
import org.daxcheck.model.Outcome;

/** That the target was in a state, and that the step had this outcome; and what speaks against. */
record Hypothesis(Belief before, Outcome outcome, List<Mismatch> against) {}
