package org.daxcheck.suite;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.daxcheck.abi.Dialect;
import org.daxcheck.abi.DialectProperties;
import org.daxcheck.abi.Policy;
import org.daxcheck.abi.RuleId;
import org.daxcheck.abi.Zone;
import org.daxcheck.model.Model;
import org.daxcheck.model.Reachable;
import org.daxcheck.model.State;
import org.daxcheck.model.Unspecified;
import org.daxcheck.scenario.Scenario;
import org.daxcheck.step.Step;
import org.daxcheck.target.TargetException;
import org.daxcheck.target.TargetSource;

/** Which scenarios run where, and in which order. */
public final class Plan {
  /** The topology whose device can be unplugged after it was in a kernel zone; see its file. */
  public static final String KERNEL_ZONE = "cxl-kernel";

  /** What is said of unmovable memory needs a device that gets some. */
  private static final RuleId UNMOVABLE = new RuleId("ATOMIC", 3);

  private Plan() {}

  /**
   * Every scenario on every source, each on the first topology that has enough ranges and blocks
   * (the first of all where none has, so that the skip is seen); those that use kernel zones on the
   * topologies that are for them, where one is among them. One that names its topology goes there;
   * those for scenarios that name them take others only where no other is given. By topology;
   * scenarios that use up their guest come last.
   */
  public static List<PlannedCase> of(
      List<Scenario> scenarios, List<String> topologies, List<TargetSource> sources)
      throws TargetException {
    List<Scenario> ordered = new ArrayList<>(scenarios);
    Map<Scenario, Integer> wear = new IdentityHashMap<>();
    scenarios.forEach(s -> wear.put(s, wear(s)));
    ordered.sort(Comparator.comparingInt(wear::get));
    List<PlannedCase> plan = new ArrayList<>();
    for (TargetSource source : sources) {
      for (String topology : topologies) {
        for (Scenario scenario : ordered) {
          if (topology.equals(best(scenario, wear.get(scenario), topologies, source))) {
            plan.add(new PlannedCase(scenario, source.name(), topology));
          }
        }
      }
    }
    return plan;
  }

  private static String best(
      Scenario scenario, int wear, List<String> topologies, TargetSource source)
      throws TargetException {
    Optional<String> named = scenario.needs().topology().filter(topologies::contains);
    if (named.isPresent()) {
      return named.get();
    }
    boolean kernelZone = wear == 1 && scenario.mainRule().filter(UNMOVABLE::equals).isEmpty();
    List<String> order = new ArrayList<>();
    List<String> forKernelZones = new ArrayList<>();
    for (String topology : topologies) {
      switch (source.purpose(topology)) {
        case EVERYTHING -> order.add(topology);
        case KERNEL_ZONES -> forKernelZones.add(topology);
        case NAMED -> {}
      }
    }
    order.addAll(kernelZone ? 0 : order.size(), forKernelZones);
    if (order.isEmpty()) {
      order.addAll(topologies);
    }
    for (String topology : order) {
      List<Integer> shape = source.shape(topology);
      int blocks = shape.stream().mapToInt(Integer::intValue).sum();
      if (shape.size() >= scenario.needs().ranges() && blocks >= scenario.needs().blocks()) {
        return topology;
      }
    }
    return order.get(0);
  }

  /** How likely a scenario leaves its guest unfit for the next: 0 not, 1 maybe, 2 for sure. */
  private static int wear(Scenario scenario) {
    return scenario.leaks() ? 2 : usesKernelZone(scenario) ? 1 : 0;
  }

  /**
   * Whether memory of the device may come into a kernel zone, whatever the kernel chooses and in
   * whatever order actors act; also where no document says what a step does.
   */
  static boolean usesKernelZone(Scenario scenario) {
    Set<Dialect> dialects = scenario.needs().dialects();
    return (dialects.isEmpty() ? Set.of(Dialect.LINUX_7_3) : dialects)
        .stream().anyMatch(d -> usesKernelZone(scenario, d));
  }

  private static boolean usesKernelZone(Scenario scenario, Dialect dialect) {
    Policy boot = Policy.ONLINE_MOVABLE;
    State between = State.between(dialect, List.of(2, 2, 2), boot);
    List<Step> lines = scenario.lines().stream().map(Scenario.Line::step).toList();
    List<Step> setup =
        Resting.setup(scenario.start(), DialectProperties.of(dialect), between.driver(), boot);
    try {
      return Reachable.may(
          new Model(dialect), between, setup, lines, scenario.repeats(), Plan::inKernelZone);
    } catch (Unspecified e) {
      return true;
    }
  }

  private static boolean inKernelZone(State state) {
    return state.blocks().stream().anyMatch(b -> b.zones().contains(Zone.NORMAL));
  }
}
