package org.daxcheck.suite;

import java.util.Optional;
import java.util.stream.Stream;
import org.daxcheck.scenario.Scenario;
import org.daxcheck.step.Step;

/** What a scenario may do to a machine that cannot be thrown away afterwards. */
public final class Harm {
  private Harm() {}

  /** Why it is never run on such a machine; empty where it may be. */
  public static Optional<String> forbids(Scenario scenario) {
    return steps(scenario).anyMatch(s -> s instanceof Step.Unload || s instanceof Step.Load)
        ? Optional.of("it unloads the kmem driver, which other devices of the machine use too")
        : Optional.empty();
  }

  /** Why the machine may need a boot afterwards; empty where it comes back by itself. */
  public static Optional<String> destroys(Scenario scenario) {
    if (scenario.leaks()) {
      return Optional.of("it leaks memory until the next boot");
    }
    if (steps(scenario).anyMatch(Step.Inject.class::isInstance)) {
      return Optional.of("it makes the kernel refuse memory blocks, of other devices too");
    }
    return Plan.usesKernelZone(scenario)
        ? Optional.of("it puts memory into a kernel zone, which may not come back")
        : Optional.empty();
  }

  private static Stream<Step> steps(Scenario scenario) {
    return scenario.lines().stream()
        .map(Scenario.Line::step)
        .flatMap(
            s ->
                s instanceof Step.Actors actors
                    ? actors.actors().stream().flatMap(a -> a.steps().stream())
                    : Stream.of(s));
  }
}
