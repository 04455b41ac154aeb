package org.daxcheck.suite;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.daxcheck.abi.Dialect;
import org.daxcheck.abi.Policy;
import org.daxcheck.oracle.Oracle;
import org.daxcheck.oracle.Verdict;
import org.daxcheck.scenario.Catalogue;
import org.daxcheck.scenario.Scenario;
import org.daxcheck.scenario.Scenarios;
import org.daxcheck.target.ModelTarget;
import org.daxcheck.target.TargetException;
import org.testng.SkipException;
import org.testng.annotations.DataProvider;
import org.testng.annotations.Test;

/** Every scenario agrees with the model, whichever allowed outcomes the model takes. */
public class EveryScenarioOnTheModelTest {
  private static final Path SUITES = Path.of(System.getProperty("daxcheck.home", "."), "suites");
  private static final int SEEDS = 12;

  @DataProvider
  public Object[][] scenarios() throws Exception {
    Catalogue catalogue = Catalogue.load(SUITES.resolve("rules.yaml"));
    return Scenarios.load(List.of(SUITES), catalogue).stream()
        .map(s -> new Object[] {s})
        .toArray(Object[][]::new);
  }

  @Test(dataProvider = "scenarios")
  public void agrees(Scenario scenario) throws TargetException {
    List<String> disputes = new ArrayList<>();
    int judged = 0;
    Set<Dialect> wanted = scenario.needs().dialects();
    if (wanted.equals(Set.of(Dialect.V3))) {
      throw new SkipException("dialect v3 has no model yet");
    }
    boolean mainline = wanted.isEmpty() || wanted.contains(Dialect.LINUX_7_3);
    for (Dialect dialect : List.of(mainline ? Dialect.LINUX_7_3 : Dialect.V4)) {
      for (int seed = 0; seed < SEEDS; seed++) {
        ModelTarget target =
            new ModelTarget(
                dialect,
                "cxl-ranges",
                ModelTarget.device(List.of(1, 2, 1)),
                Policy.ONLINE_MOVABLE,
                new Random(seed));
        if (Session.misfit(scenario, target).isPresent()) {
          continue;
        }
        Verdict verdict =
            Oracle.judge(Session.open(target).run(scenario, TraceSink.NONE), scenario);
        judged++;
        for (var d : verdict.divergences()) {
          disputes.add(
              dialect + " seed " + seed + ": " + scenario.file() + ":" + d.line() + " " + d);
        }
        if (verdict.status() == Verdict.Status.ERROR) {
          disputes.add(verdict.reason());
        }
      }
    }
    assertThat(disputes).isEmpty();
    assertThat(judged).as("runs on a dialect that the scenario is about").isPositive();
  }
}
