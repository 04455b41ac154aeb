package org.daxcheck.suite;

import org.daxcheck.scenario.Scenario;

/** A scenario that is to run on a target of this source and topology. */
public record PlannedCase(Scenario scenario, String source, String topology) {
  /** Stable from run to run. */
  public String id() {
    return source + "/" + topology + "/" + scenario.name();
  }

  @Override
  public String toString() {
    return id();
  }
}
