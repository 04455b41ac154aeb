package org.daxcheck.suite;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.daxcheck.abi.Dialect;
import org.daxcheck.abi.Policy;
import org.daxcheck.explore.Bench;
import org.daxcheck.explore.Explorer;
import org.daxcheck.explore.Journal;
import org.daxcheck.oracle.Divergence;
import org.daxcheck.oracle.Oracle;
import org.daxcheck.oracle.Verdict;
import org.daxcheck.scenario.Catalogue;
import org.daxcheck.scenario.Scenario;
import org.daxcheck.target.TargetException;
import org.daxcheck.trace.Trace;
import org.testng.annotations.AfterMethod;
import org.testng.annotations.BeforeClass;
import org.testng.annotations.BeforeMethod;
import org.testng.annotations.DataProvider;
import org.testng.annotations.Test;

/** Exploration finds faults that it was told nothing of, and nothing where there is none. */
public class ExplorerTest {
  private static final Path SUITES = Path.of(System.getProperty("daxcheck.home", "."), "suites");
  private static final List<Integer> SHAPE = List.of(1, 2, 1);
  private static final String TOPOLOGY = "cxl-ranges";

  private Catalogue catalogue;
  private Path folder;

  @BeforeClass
  public void load() throws Exception {
    catalogue = Catalogue.load(SUITES.resolve("rules.yaml"));
  }

  @BeforeMethod
  public void makeFolder() throws IOException {
    folder = Files.createTempDirectory("daxcheck-explore-test");
  }

  @AfterMethod
  public void removeFolder() throws IOException {
    try (var files = Files.walk(folder)) {
      for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  /** Targets with one fault, a fresh one for each scenario. */
  private static final class Faulty implements Bench {
    private final FaultyTarget.Case fault;
    private final List<String> ran = new ArrayList<>();

    Faulty(FaultyTarget.Case fault) {
      this.fault = fault;
    }

    @Override
    public Run.Case run(Scenario scenario, String topology) {
      ran.add(scenario.name());
      FaultyTarget target =
          new FaultyTarget(
              fault.fault().get(), fault.dialect(), fault.bootPolicy(), SHAPE, ran.size());
      try {
        Trace trace = Session.open(target).run(scenario, TraceSink.NONE);
        Verdict verdict = Oracle.judge(trace, scenario);
        return new Run.Case(scenario, "faulty", topology, verdict, Optional.of(trace), 1);
      } catch (TargetException e) {
        throw new IllegalStateException(e);
      }
    }

    @Override
    public String target() {
      return fault.name();
    }

    @Override
    public void expect(String topology) {
      // A target of the model is there at once.
    }
  }

  private Explorer explorer(Bench bench, Dialect dialect, Journal journal) {
    return new Explorer(
        bench,
        catalogue,
        Policy.ONLINE_MOVABLE,
        Map.of(TOPOLOGY, SHAPE),
        journal,
        folder,
        new Explorer.Listener() {
          @Override
          public void doing(String what) {
            // Nobody looks.
          }

          @Override
          public void broke(int walk, Divergence how) {
            assertThat(walk).isPositive();
          }

          @Override
          public void found(Journal.Found found, Run.Case last) {
            assertThat(last.verdict().divergences()).isNotEmpty();
          }
        });
  }

  private static Journal begin(long seed) {
    return Journal.begin(seed, 30, List.of(TOPOLOGY));
  }

  private static Explorer.Limits limits(long steps, int most) {
    return new Explorer.Limits(steps, () -> false, most);
  }

  private static FaultyTarget.Case none(Dialect dialect) {
    return new FaultyTarget.Case(
        "none", dialect, Policy.ONLINE_MOVABLE, () -> new FaultyTarget.Fault() {}, List.of());
  }

  @DataProvider
  public Object[][] dialects() {
    return new Object[][] {{Dialect.LINUX_7_3}, {Dialect.V4}, {Dialect.V3}};
  }

  @Test(dataProvider = "dialects")
  public void aTargetThatKeepsTheRulesPasses(Dialect dialect) throws Exception {
    Explorer explorer = explorer(new Faulty(none(dialect)), dialect, begin(1));
    explorer.explore(limits(3000, 1));
    assertThat(explorer.journal().found()).isEmpty();
    assertThat(explorer.journal().steps()).isGreaterThanOrEqualTo(3000);
    assertThat(explorer.journal().errors()).isZero();
  }

  @DataProvider
  public Object[][] faults() {
    return Faults.all().stream()
        .filter(f -> f.dialect() == Dialect.LINUX_7_3 && f.bootPolicy() == Policy.ONLINE_MOVABLE)
        .map(f -> new Object[] {f})
        .toArray(Object[][]::new);
  }

  @Test(dataProvider = "faults")
  public void aFaultIsFoundAndShrunkToAScenarioThatShowsIt(FaultyTarget.Case fault)
      throws Exception {
    Explorer explorer = explorer(new Faulty(fault), fault.dialect(), begin(7));
    explorer.explore(limits(6000, 1));
    List<Journal.Found> found = explorer.journal().found();
    System.out.println("EXP " + fault.name() + " " + found);
    assertThat(found).hasSize(1);
  }
}
