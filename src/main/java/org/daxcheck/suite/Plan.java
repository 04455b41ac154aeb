package org.daxcheck.suite;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.regex.Pattern;
import org.daxcheck.abi.Dialect;
import org.daxcheck.abi.Policy;
import org.daxcheck.abi.RuleId;
import org.daxcheck.abi.Zone;
import org.daxcheck.scenario.Scenario;
import org.daxcheck.step.Observation;
import org.daxcheck.target.ModelTarget;
import org.daxcheck.target.TargetException;
import org.daxcheck.target.TargetSource;
import org.daxcheck.trace.Trace;

/** Which scenarios run where, and in which order. */
public final class Plan {
  /** The topology whose device can be unplugged after it was in a kernel zone; see its file. */
  public static final String KERNEL_ZONE = "cxl-kernel";

  /** Made for the scenarios that name them: elsewhere than here nothing of the kind can be seen. */
  private static final Set<String> SPECIAL =
      Set.of(
          "cxl-many", "cxl-memmap", "cxl-memmap-ranges", "cxl-small", "cxl-two", "cxl-unaligned");

  /** What is said of unmovable memory needs a device that gets some. */
  private static final RuleId UNMOVABLE = new RuleId("ATOMIC", 3);

  /** Enough that a kernel's free choice of zones falls on each at least once. */
  private static final int SEEDS = 3;

  /** Without one of these words no memory comes into a kernel zone. */
  private static final Pattern ASKS_FOR_IT = Pattern.compile("\\bonline(?:_kernel)?\\b");

  private Plan() {}

  /**
   * Every scenario on every source, each on the first topology that has enough ranges and blocks
   * (the first of all where none has, so that the skip is seen); those that use kernel zones on the
   * topology that is made for them, where it is among them. One that names its topology goes there;
   * the special topologies take others only where no other topology is given. Grouped by topology;
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
    List<String> order = new ArrayList<>(topologies);
    if (!SPECIAL.containsAll(order)) {
      order.removeAll(SPECIAL);
    }
    boolean kernelZone = wear == 1 && !scenario.rule().equals(UNMOVABLE);
    if (order.remove(KERNEL_ZONE)) {
      order.add(kernelZone ? 0 : order.size(), KERNEL_ZONE);
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

  /** Whether memory of the device comes into a kernel zone; found by doing it on the model. */
  static boolean usesKernelZone(Scenario scenario) {
    if (!ASKS_FOR_IT.matcher(scenario.source()).find()) {
      return false;
    }
    for (int seed = 0; seed < SEEDS; seed++) {
      ModelTarget model =
          new ModelTarget(
              Dialect.LINUX_7_3,
              "plan",
              ModelTarget.device(List.of(2, 2, 2)),
              Policy.ONLINE_MOVABLE,
              new Random(seed));
      try {
        Trace trace = Session.open(model).run(scenario, TraceSink.NONE);
        if (trace.entries().stream().anyMatch(e -> inKernelZone(e.reply().observation()))) {
          return true;
        }
      } catch (TargetException e) {
        throw new IllegalStateException("the model cannot fail", e);
      }
    }
    return false;
  }

  private static boolean inKernelZone(Observation seen) {
    return seen.blocks().stream()
        .anyMatch(b -> b.state().equals("online") && b.zones().equals(Zone.NORMAL.text()));
  }
}
