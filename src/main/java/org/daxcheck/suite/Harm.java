package org.daxcheck.suite;

import java.util.Optional;
import org.daxcheck.scenario.Scenario;
import org.daxcheck.step.Step;

/** What a scenario may do to a machine that cannot be thrown away afterwards. */
public final class Harm {
  private Harm() {}

  /** Why it is never run on such a machine; empty where it may be. */
  public static Optional<String> forbids(Scenario scenario) {
    return worst(scenario, Step.Hazard.NEVER);
  }

  /** Why the machine may need a boot afterwards; empty where it comes back by itself. */
  public static Optional<String> destroys(Scenario scenario) {
    if (scenario.leaks()) {
      return Optional.of("it leaks memory until the next boot");
    }
    Optional<String> step = worst(scenario, Step.Hazard.MAY_NEED_BOOT);
    if (step.isPresent()) {
      return step;
    }
    return Plan.usesKernelZone(scenario)
        ? Optional.of("it puts memory into a kernel zone, which may not come back")
        : Optional.empty();
  }

  /** What the first step with this hazard does; empty where there is none. */
  private static Optional<String> worst(Scenario scenario, Step.Hazard hazard) {
    return scenario.lines().stream()
        .flatMap(l -> l.step().acts().stream())
        .filter(s -> s.hazard() == hazard)
        .findFirst()
        .map(s -> does(s.kind()));
  }

  private static String does(Step.Kind kind) {
    return switch (kind) {
      case UNLOAD, LOAD -> "it unloads the kmem driver, which other devices of the machine use too";
      case INJECT -> "it makes the kernel refuse memory blocks, of other devices too";
      case REFUSE_ADD -> "it makes the kernel fail to add memory";
      case DELAY -> "it lets processors of the machine wait busily";
      case FAIL_NTH -> "it lets the kernel run out of memory";
      case OCCUPY -> "it takes physical addresses from the device";
      case RESHAPE -> "it may change or delete the device for good";
      case NEIGHBOUR_WRITE -> "it writes to another dax device of the machine";
      case WRITE,
          READ,
          BIND,
          UNBIND,
          SET_POLICY,
          BLOCK_WRITE,
          PIN,
          UNPIN,
          AWAIT,
          SLEEP,
          SIGNAL,
          FILL,
          VERIFY,
          FREE,
          ACTORS,
          LOOK ->
          "it may change more of the machine than the device";
    };
  }
}
