package org.daxcheck.target;

import java.util.Optional;

/**
 * How often the models of a run may still do what is legal once in a while, and in which scenario.
 */
public final class Refusals {
  private int left;
  private Optional<String> only = Optional.empty();

  /** Those of a run: one. */
  public Refusals() {
    this(1);
  }

  private Refusals(int left) {
    this.left = left;
  }

  /** Those of a model that never does it. */
  public static Refusals none() {
    return new Refusals(0);
  }

  /** Keeps them for this scenario, so that no order of the cases changes what they meet. */
  public synchronized void keepFor(String scenario) {
    only = Optional.of(scenario);
  }

  /** Takes one; false where none is left for this scenario. */
  synchronized boolean take(String scenario) {
    if (left == 0 || only.filter(o -> !o.equals(scenario)).isPresent()) {
      return false;
    }
    left--;
    return true;
  }
}
