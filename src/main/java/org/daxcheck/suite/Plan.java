package org.daxcheck.suite;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.daxcheck.abi.Word;
import org.daxcheck.scenario.Scenario;
import org.daxcheck.step.Step;
import org.daxcheck.target.TargetException;
import org.daxcheck.target.TargetSource;

/** Which scenarios run where, and in which order. */
public final class Plan {
  private Plan() {}

  /**
   * Every scenario on every source, each on the first topology that has enough ranges and blocks
   * (the first of all where none has, so that the skip is seen). Grouped by topology; scenarios
   * that use up their guest come last.
   */
  public static List<PlannedCase> of(
      List<Scenario> scenarios, List<String> topologies, List<TargetSource> sources)
      throws TargetException {
    List<Scenario> ordered = new ArrayList<>(scenarios);
    ordered.sort(Comparator.comparingInt(Plan::wear));
    List<PlannedCase> plan = new ArrayList<>();
    for (TargetSource source : sources) {
      for (String topology : topologies) {
        for (Scenario scenario : ordered) {
          if (topology.equals(best(scenario, topologies, source))) {
            plan.add(new PlannedCase(scenario, source.name(), topology));
          }
        }
      }
    }
    return plan;
  }

  private static String best(Scenario scenario, List<String> topologies, TargetSource source)
      throws TargetException {
    for (String topology : topologies) {
      List<Integer> shape = source.shape(topology);
      int blocks = shape.stream().mapToInt(Integer::intValue).sum();
      if (shape.size() >= scenario.needs().ranges() && blocks >= scenario.needs().blocks()) {
        return topology;
      }
    }
    return topologies.get(0);
  }

  /** How likely a scenario leaves its guest unfit for the next: 0 not, 1 maybe, 2 for sure. */
  private static int wear(Scenario scenario) {
    if (scenario.leaks()) {
      return 2;
    }
    boolean kernelZone =
        scenario.start().state().filter(Plan::mayUseKernelZone).isPresent()
            || scenario.lines().stream().anyMatch(l -> mayUseKernelZone(l.step()));
    return kernelZone ? 1 : 0;
  }

  private static boolean mayUseKernelZone(Word word) {
    return word == Word.ONLINE || word == Word.ONLINE_KERNEL;
  }

  private static boolean mayUseKernelZone(Step step) {
    if (step instanceof Step.SetPolicy set) {
      return mayUseKernelZone(set.policy().word());
    }
    if (step instanceof Step.BlockWrite write) {
      return Word.of(write.word()).filter(Plan::mayUseKernelZone).isPresent();
    }
    return step instanceof Step.Write write
        && Word.of(write.payload().text().strip()).filter(Plan::mayUseKernelZone).isPresent();
  }
}
