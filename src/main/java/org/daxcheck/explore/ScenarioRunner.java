package org.daxcheck.explore;

import java.util.Set;
import org.daxcheck.scenario.Scenario;
import org.daxcheck.suite.Run;

/** Where scenarios are tried: a kernel under test that is as it should be each time. */
public interface ScenarioRunner {
  /** Runs the scenario on a target of the topology and gives what the oracle says of it. */
  Run.Case run(Scenario scenario, String topology);

  /**
   * What was reached so far, as reports name it: kernel, QEMU, driver; empty before a first run.
   */
  String target();

  /**
   * The branches of the kernel that the scenario took when it was run last, by names; empty where
   * the kernel does not count them. It is asked once.
   */
  default Set<String> taken(Scenario scenario) {
    return Set.of();
  }

  /** Says that this scenario will be run soon, so that it may run ahead. */
  default void coming(Scenario scenario, String topology) {
    // It is run when its turn comes.
  }

  /** Says that the next scenario may need a fresh target of the topology. */
  void expect(String topology);
}
