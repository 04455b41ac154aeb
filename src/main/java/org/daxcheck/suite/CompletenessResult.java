package org.daxcheck.suite;

import java.util.List;

/**
 * What a generated part of a run proves of a target as a whole, beyond its single scenarios.
 *
 * @param target the target's name
 * @param what what was done, with its numbers
 * @param proves what follows where it stands
 * @param assumes what it presumes, one sentence each
 * @param stands true where all of it ran and gave what the model gives
 * @param why why it does not stand; empty where it does
 */
public record CompletenessResult(
    String target, String what, String proves, List<String> assumes, boolean stands, String why) {
  public CompletenessResult {
    assumes = List.copyOf(assumes);
  }

  /** The same where it does not stand any more. */
  public CompletenessResult fallen(String because) {
    return new CompletenessResult(target, what, proves, assumes, false, because);
  }
}
