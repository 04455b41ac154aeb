package org.daxcheck.suite;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.daxcheck.abi.Dialect;
import org.daxcheck.abi.Policy;
import org.daxcheck.abi.Purpose;
import org.daxcheck.scenario.Parser;
import org.daxcheck.scenario.Scenario;
import org.daxcheck.scenario.ScenarioException;
import org.daxcheck.target.ModelSource;
import org.daxcheck.target.TargetException;
import org.testng.annotations.Test;

public class PlanTest {
  private static final Map<String, List<Integer>> SHAPES =
      Map.of(
          "cxl-memmap",
          List.of(8, 8, 8, 8),
          "cxl-small",
          List.of(0),
          "cxl-unaligned",
          List.of(3, 2),
          "cxl",
          List.of(2),
          "cxl-ranges",
          List.of(1, 2, 1),
          "cxl-kernel",
          List.of(1, 1));

  private static final ModelSource.Shapes TOPOLOGIES =
      new ModelSource.Shapes() {
        @Override
        public List<Integer> of(String topology) {
          return SHAPES.get(topology);
        }

        @Override
        public Purpose purpose(String topology) {
          return switch (topology) {
            case "cxl", "cxl-ranges" -> Purpose.EVERYTHING;
            case "cxl-kernel" -> Purpose.KERNEL_ZONES;
            default -> Purpose.NAMED;
          };
        }
      };

  private static String topology(String needs, String... given) throws Exception {
    return plan(needs, given).get(0).topology();
  }

  private static List<PlannedCase> plan(String needs, String... given)
      throws ScenarioException, TargetException {
    Scenario scenario =
        Parser.parse(
            "x.kmem",
            "KMEM x\n# Why.\nrule: ATTR-1 (doc, x)\nrequires: " + needs + "\n\nread -> unplugged");
    ModelSource model = new ModelSource(Dialect.LINUX_7_3, Policy.ONLINE_MOVABLE, TOPOLOGIES, 1);
    return Plan.of(List.of(scenario), List.of(given), List.of(model));
  }

  @Test
  public void aScenarioRunsOnceAndOnTheTopologyThatItNames() throws Exception {
    String[] all = {"cxl-memmap", "cxl-small", "cxl-unaligned", "cxl", "cxl-ranges"};
    for (String named : all) {
      assertThat(plan("topology " + named, all))
          .extracting(PlannedCase::topology)
          .containsExactly(named);
    }
  }

  @Test
  public void specialTopologiesAreNotTakenForWhatNamesNone() throws Exception {
    String[] all = {"cxl-memmap", "cxl-unaligned", "cxl", "cxl-ranges"};
    assertThat(topology("attribute", all)).isEqualTo("cxl");
    assertThat(topology("ranges >= 2", all)).isEqualTo("cxl-ranges");
    assertThat(topology("ranges >= 4", all)).as("skipped there").isEqualTo("cxl");
  }

  @Test
  public void topologiesForKernelZonesAreTheLastChoiceOfAllOthers() throws Exception {
    assertThat(topology("ranges >= 2", "cxl-kernel", "cxl")).isEqualTo("cxl-kernel");
    assertThat(topology("attribute", "cxl-kernel", "cxl")).isEqualTo("cxl");
  }

  @Test
  public void aSpecialTopologyAloneTakesAll() throws Exception {
    assertThat(topology("ranges >= 4", "cxl-memmap")).isEqualTo("cxl-memmap");
    assertThat(topology("attribute", "cxl-small")).isEqualTo("cxl-small");
    assertThat(topology("topology cxl-small", "cxl-memmap")).isEqualTo("cxl-memmap");
  }
}
