package org.daxcheck.suite;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.daxcheck.abi.Dialect;
import org.daxcheck.abi.Policy;
import org.daxcheck.explore.Explorer;
import org.daxcheck.explore.Journal;
import org.daxcheck.explore.ScenarioRunner;
import org.daxcheck.io.Trees;
import org.daxcheck.oracle.Divergence;
import org.daxcheck.oracle.Verdict;
import org.daxcheck.scenario.Catalogue;
import org.daxcheck.scenario.Scenario;
import org.daxcheck.step.Step;
import org.daxcheck.target.TargetException;
import org.daxcheck.trace.Trace;
import org.testng.annotations.AfterMethod;
import org.testng.annotations.BeforeClass;
import org.testng.annotations.BeforeMethod;
import org.testng.annotations.Test;

/** Exploration of a kernel that counts its branches is drawn to those that are deep. */
public class GuidedExplorerTest {
  private static final Path SUITES = Path.of(System.getProperty("daxcheck.home", "."), "suites");
  private static final List<Integer> SHAPE = List.of(1, 2, 1);
  private static final String TOPOLOGY = "cxl-ranges";
  private static final int LENGTH = 30;
  private static final int MOST_WALKS = 400;
  private static final List<Long> SEEDS = List.of(1L, 2L, 3L);

  /** Each of these behind the others takes one branch more; alone they take the first only. */
  private static final List<Predicate<Step>> DEEPER =
      List.of(
          is(Step.Kind.INJECT),
          is(Step.Kind.SET_POLICY),
          is(Step.Kind.FILL),
          is(Step.Kind.READ),
          is(Step.Kind.VERIFY));

  private static final String DEEPEST = "deep " + DEEPER.size();

  private Catalogue catalogue;
  private Path folder;

  private static Predicate<Step> is(Step.Kind kind) {
    return s -> s.kind() == kind;
  }

  @BeforeClass
  public void load() throws Exception {
    catalogue = Catalogue.load(SUITES.resolve("rules.yaml"));
  }

  @BeforeMethod
  public void makeFolder() throws IOException {
    folder = Files.createTempDirectory("daxcheck-guided");
  }

  @AfterMethod(alwaysRun = true)
  public void removeFolder() throws IOException {
    Trees.remove(folder);
  }

  /** A kernel that keeps the rules; which branches it takes depends on the steps alone. */
  private static final class Played implements ScenarioRunner {
    private final boolean counts;
    private final Set<String> reached = new HashSet<>();
    private final List<String> texts = new ArrayList<>();
    private Optional<Trace> answered = Optional.empty();
    private int walksToTheDeepest;

    Played(boolean counts) {
      this.counts = counts;
    }

    /** What it answers to the first scenario stands for all: only its branches are looked at. */
    @Override
    public Run.Case run(Scenario scenario, String topology) {
      texts.add(scenario.source());
      if (walksToTheDeepest == 0 && branches(scenario).contains(DEEPEST)) {
        // The first scenario is no walk: it asks which target this is.
        walksToTheDeepest = texts.size() - 1;
      }
      reached.addAll(branches(scenario));
      Trace trace = answered.orElseGet(() -> answer(scenario));
      answered = Optional.of(trace);
      return new Run.Case(
          scenario,
          "played",
          topology,
          new Verdict(Verdict.Status.PASS, List.of(), List.of(), Map.of()),
          answered,
          1);
    }

    private static Trace answer(Scenario scenario) {
      FaultyTarget target =
          new FaultyTarget(
              new FaultyTarget.Fault() {}, Dialect.LINUX_7_3, Policy.ONLINE_MOVABLE, SHAPE, 1);
      try {
        return Session.open(target).run(scenario, TraceSink.NONE);
      } catch (TargetException e) {
        throw new IllegalStateException(e);
      }
    }

    private static Set<String> branches(Scenario scenario) {
      Set<String> taken = new HashSet<>(Set.of("deep 0"));
      int depth = 0;
      for (Scenario.Line line : scenario.lines()) {
        if (depth < DEEPER.size() && DEEPER.get(depth).test(line.step())) {
          taken.add("deep " + ++depth);
        }
      }
      return taken;
    }

    @Override
    public Set<String> taken(Scenario scenario) {
      return counts ? branches(scenario) : Set.of();
    }

    @Override
    public String target() {
      return "played";
    }

    @Override
    public void expect(String topology) {
      // It is there at once.
    }
  }

  private Explorer explorer(Played kernel, Journal journal, Path into, boolean guided)
      throws IOException {
    return new Explorer(
        kernel,
        catalogue,
        Policy.ONLINE_MOVABLE,
        Map.of(TOPOLOGY, SHAPE),
        journal,
        into,
        guided,
        new Explorer.Listener() {
          @Override
          public void doing(String what) {
            // Nobody looks.
          }

          @Override
          public void broke(int walk, Divergence how, Run.Case done) {
            throw new IllegalStateException("this kernel keeps the rules: " + how);
          }

          @Override
          public void found(Journal.Found found, Run.Case last) {
            throw new IllegalStateException("this kernel keeps the rules: " + found);
          }
        });
  }

  private static Journal begin(long seed) {
    return Journal.begin(seed, LENGTH, List.of(TOPOLOGY));
  }

  private int walksToTheDeepest(long seed, boolean guided) throws Exception {
    Played kernel = new Played(true);
    Path into = Files.createDirectory(folder.resolve(seed + " " + guided));
    explorer(kernel, begin(seed), into, guided)
        .explore(
            new Explorer.Limits(
                Long.MAX_VALUE,
                () -> kernel.walksToTheDeepest > 0 || kernel.texts.size() > MOST_WALKS,
                1));
    return kernel.walksToTheDeepest > 0 ? kernel.walksToTheDeepest : MOST_WALKS;
  }

  @Test
  public void aDeepBranchIsReachedInFewerWalks() throws Exception {
    int guided = 0;
    int unguided = 0;
    for (long seed : SEEDS) {
      guided += walksToTheDeepest(seed, true);
      unguided += walksToTheDeepest(seed, false);
    }
    assertThat(guided).isLessThan(unguided / 2);
  }

  @Test
  public void whatTookNewBranchesIsKeptAndCounted() throws Exception {
    Played kernel = new Played(true);
    Explorer explorer = explorer(kernel, begin(1), folder, true);
    explorer.explore(new Explorer.Limits(20 * LENGTH, () -> false, 1));
    assertThat(explorer.branches()).isEqualTo(kernel.reached.size());
    Path corpus = folder.resolve("corpus");
    assertThat(Files.readAllLines(corpus.resolve("branches")))
        .containsExactlyInAnyOrderElementsOf(kernel.reached);
    assertThat(explorer.kept()).isBetween(1, explorer.journal().walks() - 1);
    try (Stream<Path> files = Files.list(corpus.resolve(TOPOLOGY))) {
      assertThat(files).hasSize(explorer.kept());
    }
  }

  @Test
  public void whoGoesOnHasTheCorpus() throws Exception {
    Played kernel = new Played(true);
    Explorer first = explorer(kernel, begin(1), folder, true);
    first.explore(new Explorer.Limits(20 * LENGTH, () -> false, 1));
    Played same = new Played(true);
    Explorer second = explorer(same, Journal.read(folder), folder, true);
    assertThat(second.branches()).isEqualTo(first.branches());
    assertThat(second.kept()).isEqualTo(first.kept());
    second.explore(new Explorer.Limits(40 * LENGTH, () -> false, 1));
    assertThat(same.texts.subList(1, same.texts.size())).doesNotContainAnyElementsOf(kernel.texts);
    kernel.reached.addAll(same.reached);
    assertThat(second.branches()).isEqualTo(kernel.reached.size());
  }

  @Test
  public void aKernelThatCountsNothingIsExploredAsByChanceAlone() throws Exception {
    Played silent = new Played(false);
    Explorer guided = explorer(silent, begin(3), folder, true);
    guided.explore(new Explorer.Limits(30 * LENGTH, () -> false, 1));
    assertThat(guided.branches()).isZero();
    assertThat(folder.resolve("corpus")).doesNotExist();
    Played counting = new Played(true);
    explorer(counting, begin(3), Files.createDirectory(folder.resolve("other")), false)
        .explore(new Explorer.Limits(30 * LENGTH, () -> false, 1));
    assertThat(counting.texts).isEqualTo(silent.texts);
  }
}
