package org.daxcheck.suite;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.daxcheck.oracle.Divergence;
import org.daxcheck.oracle.Oracle;
import org.daxcheck.oracle.Verdict;
import org.daxcheck.scenario.Catalogue;
import org.daxcheck.scenario.Scenario;
import org.daxcheck.scenario.Scenarios;
import org.daxcheck.target.TargetException;
import org.testng.annotations.BeforeClass;
import org.testng.annotations.DataProvider;
import org.testng.annotations.Test;

/** The suites find every fault, and blame a rule that it breaks; a target without one is clean. */
public class FaultyTargetsTest {
  private static final Path SUITES = Path.of(System.getProperty("daxcheck.home", "."), "suites");
  private static final int SEEDS = 3;

  private List<Scenario> scenarios;

  @BeforeClass
  public void load() throws Exception {
    Catalogue catalogue = Catalogue.load(SUITES.resolve("rules.yaml"));
    scenarios = Scenarios.load(List.of(SUITES), catalogue);
  }

  @DataProvider
  public Object[][] faults() {
    return Faults.all().stream().map(f -> new Object[] {f}).toArray(Object[][]::new);
  }

  @Test(dataProvider = "faults")
  public void isFoundAndBlamed(FaultyTarget.Case fault) throws TargetException {
    Map<String, String> wrong = new TreeMap<>();
    int found = 0;
    Map<String, Integer> others = new TreeMap<>();
    for (Verdict v : verdicts(fault, wrong)) {
      if (!v.divergences().isEmpty()) {
        found++;
        for (Divergence d : v.divergences()) {
          if (!fault.breaks().contains(d.rule())) {
            others.merge(d.rule().toString(), 1, Integer::sum);
          }
        }
      }
    }
    System.out.println("FAULT " + fault + " found=" + found + " others=" + others + " " + wrong);
    assertThat(found).isPositive();
    assertThat(wrong).isEmpty();
  }

  private List<Verdict> verdicts(FaultyTarget.Case fault, Map<String, String> wrong)
      throws TargetException {
    List<Verdict> all = new ArrayList<>();
    for (Scenario scenario : scenarios) {
      for (int seed = 0; seed < SEEDS; seed++) {
        FaultyTarget target =
            new FaultyTarget(
                fault.fault().get(), fault.dialect(), fault.bootPolicy(), List.of(1, 2, 1), seed);
        if (Session.misfit(scenario, target).isPresent()) {
          continue;
        }
        Verdict verdict =
            Oracle.judge(Session.open(target).run(scenario, TraceSink.NONE), scenario);
        all.add(verdict);
        if (!verdict.divergences().isEmpty()) {
          Divergence first = verdict.divergences().get(0);
          if (!fault.breaks().contains(first.rule())) {
            wrong.put(
                scenario.file().replaceFirst(".*suites/", "") + ":" + first.line(),
                first.rule()
                    + " '"
                    + first.step()
                    + "': "
                    + first.allowed()
                    + " / "
                    + first.seen());
          }
        }
      }
    }
    return all;
  }
}
