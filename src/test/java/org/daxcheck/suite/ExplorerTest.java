package org.daxcheck.suite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.daxcheck.abi.Dialect;
import org.daxcheck.abi.Policy;
import org.daxcheck.explore.Explorer;
import org.daxcheck.explore.Journal;
import org.daxcheck.explore.ScenarioRunner;
import org.daxcheck.oracle.Cause;
import org.daxcheck.oracle.Divergence;
import org.daxcheck.oracle.Oracle;
import org.daxcheck.oracle.Verdict;
import org.daxcheck.scenario.Catalogue;
import org.daxcheck.scenario.Scenario;
import org.daxcheck.scenario.Scenarios;
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
  private static final int EVERY = 5;

  /** What walks of this seed do not come upon in so many steps. */
  private static final Set<String> RARE =
      Set.of(
          "failed unplug puts all into the attribute's zone",
          "bind under online leaves blocks offline");

  /** What hides behind chance keeps some steps that only made it likelier. */
  private static final int MOST_LEFT = 9;

  private static final int WAY_BACK = 9;

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
  private static class Faulty implements ScenarioRunner {
    private final FaultyTarget.Case fault;
    protected final List<String> ran = new ArrayList<>();
    private final List<String> texts = new ArrayList<>();

    Faulty(FaultyTarget.Case fault) {
      this.fault = fault;
    }

    @Override
    public Run.Case run(Scenario scenario, String topology) {
      ran.add(scenario.name());
      texts.add(scenario.source());
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

  private Explorer explorer(ScenarioRunner bench, Journal journal) throws IOException {
    return new Explorer(
        bench,
        catalogue,
        Policy.ONLINE_MOVABLE,
        Map.of(TOPOLOGY, SHAPE),
        journal,
        folder,
        true,
        new Explorer.Listener() {
          @Override
          public void doing(String what) {
            // Nobody looks.
          }

          @Override
          public void broke(int walk, Divergence how, Run.Case done) {
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
    Explorer explorer = explorer(new Faulty(none(dialect)), begin(1));
    explorer.explore(limits(3000, 1));
    assertThat(explorer.journal().found()).isEmpty();
    assertThat(explorer.journal().steps()).isGreaterThanOrEqualTo(3000);
    assertThat(explorer.journal().errors()).isZero();
  }

  /** Some faults of every kind; all of them would take a minute. */
  @DataProvider
  public Object[][] faults() {
    List<FaultyTarget.Case> all =
        Faults.all().stream()
            .filter(f -> f.dialect() == Dialect.LINUX_7_3)
            .filter(f -> f.bootPolicy() == Policy.ONLINE_MOVABLE)
            .filter(f -> !RARE.contains(f.name()))
            .toList();
    return IntStream.range(0, all.size())
        .filter(i -> i % EVERY == 0)
        .mapToObj(i -> new Object[] {all.get(i)})
        .toArray(Object[][]::new);
  }

  @Test(dataProvider = "faults")
  public void aFaultIsFoundAndShrunkToAScenarioThatShowsIt(FaultyTarget.Case fault)
      throws Exception {
    Explorer explorer = explorer(new Faulty(fault), begin(7));
    explorer.explore(limits(8000, 1));
    assertThat(explorer.journal().found()).as("found within 8000 steps").hasSize(1);
    Journal.Found found = explorer.journal().found().get(0);
    assertThat(found.minimal()).isTrue();
    assertThat(found.repeated()).as("runs of the saved scenario that show it").isPositive();
    assertThat(found.after()).isLessThanOrEqualTo(Math.max(MOST_LEFT, found.before() / 2));
    Scenario saved = Scenarios.load(List.of(folder.resolve(found.file())), catalogue).get(0);
    assertThat(saved.rule().toString()).isEqualTo(found.rule());
    assertThat(saved.lines().size()).isLessThanOrEqualTo(found.after() + WAY_BACK);
  }

  @Test
  public void noStepOfWhatIsLeftCanBeSpared() throws Exception {
    FaultyTarget.Case fault =
        Faults.all().stream()
            .filter(f -> f.name().equals("unplug removes a pinned page"))
            .findFirst()
            .orElseThrow();
    Explorer explorer = explorer(new Faulty(fault), begin(7));
    explorer.explore(limits(8000, 1));
    Journal.Found found = explorer.journal().found().get(0);
    String text = Files.readString(folder.resolve(found.file()));
    assertThat(text).contains("pin block").contains("write unplugged").contains("online");
  }

  @Test
  public void whatWasInterruptedGoesOnWhereItEnded() throws Exception {
    Faulty whole = new Faulty(none(Dialect.LINUX_7_3));
    explorer(whole, begin(3)).explore(limits(600, 1));
    Faulty first = new Faulty(none(Dialect.LINUX_7_3));
    explorer(first, begin(3)).explore(limits(200, 1));
    Faulty second = new Faulty(none(Dialect.LINUX_7_3));
    explorer(second, Journal.read(folder)).explore(limits(600, 1));
    List<String> both = new ArrayList<>(first.ran);
    // Whoever goes on looks first at which target it is.
    both.addAll(second.ran.subList(1, second.ran.size()));
    assertThat(both).isEqualTo(whole.ran);
    assertThat(second.texts.get(1)).isEqualTo(whole.texts.get(first.ran.size()));
  }

  @Test
  public void anotherTargetIsNotTakenForTheSame() throws Exception {
    explorer(new Faulty(none(Dialect.LINUX_7_3)), begin(3)).explore(limits(60, 1));
    Explorer other = explorer(new Faulty(none(Dialect.V4)), Journal.read(folder));
    assertThatThrownBy(() -> other.explore(limits(600, 1)))
        .isInstanceOf(Explorer.Stopped.class)
        .hasMessageContaining("dialect 7.3, this is")
        .hasMessageContaining("dialect v4");
  }

  @Test
  public void aTargetThatIsLostAgainAndAgainEndsIt() throws Exception {
    ScenarioRunner dead =
        new Faulty(none(Dialect.LINUX_7_3)) {
          @Override
          public Run.Case run(Scenario scenario, String topology) {
            Run.Case done = super.run(scenario, topology);
            return ran.size() == 1
                ? done
                : new Run.Case(
                    scenario,
                    "faulty",
                    topology,
                    Verdict.error(Cause.INFRASTRUCTURE, "no guest"),
                    Optional.empty(),
                    1);
          }
        };
    Explorer explorer = explorer(dead, begin(3));
    assertThatThrownBy(() -> explorer.explore(limits(600, 1)))
        .isInstanceOf(Explorer.Stopped.class)
        .hasMessage("3 walks in a row had no verdict, the last: no guest");
    assertThat(explorer.journal().walks()).as("kept").isEqualTo(2);
  }

  @Test
  public void aJournalThatCannotBeReadIsToldInASentence() throws Exception {
    assertThatThrownBy(() -> Journal.read(folder))
        .hasMessageStartingWith("no exploration to resume: there is no ");
    Files.writeString(folder.resolve(Journal.FILE), "{\"version\": 1, \"seed\": tomato}");
    assertThatThrownBy(() -> Journal.read(folder)).hasMessageContaining("cannot be understood");
    Files.writeString(folder.resolve(Journal.FILE), "{\"version\": 1}");
    assertThatThrownBy(() -> Journal.read(folder)).hasMessageContaining("cannot be understood");
  }
}
