package org.daxcheck.oracle;

import org.daxcheck.abi.RuleId;
import org.daxcheck.model.Property;

/**
 * A facet of an observation that is not as a state says, and the rule that speaks about it.
 *
 * @param allowed what the state says of it
 * @param seen what was seen instead
 */
public record Discrepancy(Property facet, RuleId rule, String allowed, String seen) {}
