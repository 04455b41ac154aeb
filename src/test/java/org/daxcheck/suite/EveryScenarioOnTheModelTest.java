package org.daxcheck.suite;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.daxcheck.abi.Dialect;
import org.daxcheck.abi.Policy;
import org.daxcheck.abi.Topologies;
import org.daxcheck.model.Model;
import org.daxcheck.oracle.Oracle;
import org.daxcheck.oracle.Verdict;
import org.daxcheck.scenario.Catalogue;
import org.daxcheck.scenario.Scenario;
import org.daxcheck.scenario.Scenarios;
import org.daxcheck.target.ModelTarget;
import org.daxcheck.target.Target;
import org.daxcheck.target.TargetException;
import org.testng.annotations.DataProvider;
import org.testng.annotations.Test;

/** Every scenario agrees with the model, whichever allowed outcomes the model takes. */
public class EveryScenarioOnTheModelTest {
  private static final Path SUITES = Path.of(System.getProperty("daxcheck.home", "."), "suites");

  /** That of a guest first, the others for scenarios that want them. */
  private static final List<Policy> POLICIES =
      List.of(Policy.ONLINE_MOVABLE, Policy.OFFLINE, Policy.ONLINE, Policy.ONLINE_KERNEL);

  @DataProvider
  public Object[][] scenarios() throws Exception {
    Catalogue catalogue = Catalogue.load(SUITES.resolve("rules.yaml"));
    return Scenarios.load(List.of(SUITES), catalogue).stream()
        .map(s -> new Object[] {s})
        .toArray(Object[][]::new);
  }

  /** How many blocks each range has where the topology says something about it. */
  static List<Integer> shape(String topology) {
    return switch (topology) {
      case "cxl-small" -> List.of(0);
      case "cxl-large" -> List.of(128);
      case "cxl", "cxl-two", "cxl-memmap" -> List.of(2);
      default -> List.of(1, 2, 1);
    };
  }

  @Test(dataProvider = "scenarios")
  public void agrees(Scenario scenario) throws TargetException {
    List<String> disputes = new ArrayList<>();
    Set<Dialect> judged = EnumSet.noneOf(Dialect.class);
    Scenario.Needs needs = scenario.needs();
    boolean hotremove = !needs.features().contains(Scenario.Feature.NO_HOTREMOVE);
    String topology = needs.topology().orElse("cxl-ranges");
    List<Integer> shape = shape(topology);
    for (Dialect dialect : Dialect.values()) {
      for (Policy policy : POLICIES) {
        for (int seed = 0; seed < seeds(dialect, scenario); seed++) {
          Target target =
              new ModelTarget(
                  new Model(dialect, hotremove, Topologies.kernelZoneReturns(topology)),
                  topology,
                  ModelTarget.device(shape),
                  policy,
                  new Random(seed));
          if (judged.contains(dialect) && seed == 0 || Misfit.of(scenario, target).isPresent()) {
            break;
          }
          Verdict verdict =
              Oracle.judge(Session.open(target).run(scenario, TraceSink.NONE), scenario);
          judged.add(dialect);
          for (var d : verdict.divergences()) {
            disputes.add(
                dialect + " seed " + seed + ": " + scenario.file() + ":" + d.line() + " " + d);
          }
          if (verdict.status() == Verdict.Status.ERROR) {
            disputes.add(verdict.reason());
          }
        }
      }
    }
    assertThat(disputes).isEmpty();
    assertThat(judged).as("dialects that it was run on").isNotEmpty();
    assertThat(judged).as("dialects that it asks for").containsAll(needs.dialects());
  }

  /** Mainline has the most choices; a scenario of many rounds has many in each run. */
  private static int seeds(Dialect dialect, Scenario scenario) {
    int seeds = dialect == Dialect.LINUX_7_3 ? 12 : 4;
    return scenario.repeats() > 1 ? 2 : seeds;
  }
}
