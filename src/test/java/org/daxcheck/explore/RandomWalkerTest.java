package org.daxcheck.explore;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.daxcheck.abi.Dialect;
import org.daxcheck.abi.Policy;
import org.daxcheck.abi.Zone;
import org.daxcheck.model.Model;
import org.daxcheck.scenario.Catalogue;
import org.daxcheck.scenario.Scenario;
import org.daxcheck.step.BlockRef;
import org.daxcheck.step.Step;
import org.testng.annotations.BeforeClass;
import org.testng.annotations.DataProvider;
import org.testng.annotations.Test;

/** Walks: the same for the same seed, of everything there is to do, harmless to the target. */
public class RandomWalkerTest {
  private static final RandomWalker.Wear NONE = RandomWalker.Wear.NONE;
  private static final RandomWalker.Wear SPENDS = RandomWalker.Wear.SPENDS;
  private static final RandomWalker.Wear HANGS = RandomWalker.Wear.HANGS;
  private static final Path SUITES = Path.of(System.getProperty("daxcheck.home", "."), "suites");
  private static final int WALKS = 30;
  private static final List<Integer> SHAPE = List.of(1, 2, 1);
  private static final Step UNPLUG = Step.Write.word(org.daxcheck.abi.Word.UNPLUGGED);
  private static final Step MOVABLE = Step.Write.word(org.daxcheck.abi.Word.ONLINE_MOVABLE);
  private static final Step PIN = new Step.Pin(BlockRef.ofDevice(BlockRef.Place.at(0)));

  private Catalogue catalogue;

  @BeforeClass
  public void load() throws Exception {
    catalogue = Catalogue.load(SUITES.resolve("rules.yaml"));
  }

  private static RandomWalker walker(Dialect dialect, boolean kernelZones, long seed) {
    return new RandomWalker(
        new Model(dialect), SHAPE, Policy.ONLINE_MOVABLE, kernelZones, true, seed, 40);
  }

  @Test
  public void aSeedDrawsTheSameWalksAndAnotherSeedOthers() {
    RandomWalker one = walker(Dialect.LINUX_7_3, true, 5);
    RandomWalker same = walker(Dialect.LINUX_7_3, true, 5);
    RandomWalker other = walker(Dialect.LINUX_7_3, true, 6);
    for (int i = 0; i < 5; i++) {
      List<Step> walk = one.next();
      assertThat(same.next()).isEqualTo(walk);
      assertThat(other.next()).isNotEqualTo(walk);
    }
  }

  @Test
  public void walksDoEverythingThatCanBeDone() {
    RandomWalker walker = walker(Dialect.LINUX_7_3, true, 1);
    TreeSet<String> kinds = new TreeSet<>();
    for (int i = 0; i < 40; i++) {
      walker.next().forEach(s -> kinds(s, kinds));
    }
    assertThat(kinds)
        .contains(
            "Actors",
            "Bind",
            "BlockWrite",
            "Fill",
            "Free",
            "Inject",
            "Load",
            "Pin",
            "Read",
            "SetPolicy",
            "Signal",
            "Sleep",
            "Unbind",
            "Unload",
            "Unpin",
            "Verify",
            "Write");
  }

  private static void kinds(Step step, TreeSet<String> kinds) {
    kinds.add(step.getClass().getSimpleName());
    if (step instanceof Step.Actors actors) {
      actors.actors().forEach(a -> a.steps().forEach(s -> kinds(s, kinds)));
    }
  }

  @Test
  public void aWalkLikeAnotherSharesStepsAndIsAsHarmless() {
    RandomWalker walker = walker(Dialect.LINUX_7_3, true, 2);
    int shared = 0;
    int spends = 0;
    for (int i = 0; i < WALKS; i++) {
      List<Step> walk = walker.next();
      List<Step> like = walker.like(walk);
      assertThat(like).isNotEqualTo(walk);
      assertThat(RandomWalker.count(like)).isBetween(40, 48);
      assertThat(walker.wear(like)).isNotEqualTo(HANGS);
      shared += like.stream().filter(walk::contains).count() > like.size() / 4 ? 1 : 0;
      spends += walker.wear(like) == SPENDS ? 1 : 0;
    }
    assertThat(shared).as("walks with a good part of the other's steps").isGreaterThan(WALKS / 2);
    assertThat(spends).as("walks that use up a target").isLessThan(WALKS / 2);
  }

  @DataProvider
  public Object[][] dialects() {
    return new Object[][] {{Dialect.LINUX_7_3}, {Dialect.V4}, {Dialect.V3}};
  }

  @Test(dataProvider = "dialects")
  public void everyWalkCanBeWrittenDownAndReadAgain(Dialect dialect) {
    for (long seed = 1; seed <= 10; seed++) {
      RandomWalker walker = walker(dialect, true, seed);
      List<Step> walk = walker.next();
      Scenario read =
          ScenarioWriter.scenario(
              "walk-1", "A walk.", catalogue.rules().get(0), "attribute, injector", false, 1, walk);
      assertThat(read.lines()).extracting(Scenario.Line::step).isEqualTo(walk);
      assertThat(RandomWalker.count(walk)).isBetween(40, 48);
      assertThat(walker.wear(walk)).isNotEqualTo(RandomWalker.Wear.HANGS);
    }
  }

  @Test
  public void everyRuleCanHeadASavedScenario() {
    assertThat(catalogue.rules())
        .allSatisfy(
            rule ->
                assertThat(
                        ScenarioWriter.scenario(
                                "found-1", "Found.", rule, "attribute", false, 1, List.of(MOVABLE))
                            .rule())
                    .isEqualTo(rule.id()));
  }

  @Test
  public void whatUsesUpTheTargetIsNotSafe() {
    RandomWalker walker = walker(Dialect.LINUX_7_3, false, 1);
    assertThat(walker.wear(List.of(MOVABLE, UNPLUG))).isEqualTo(NONE);
    assertThat(walker.wear(List.of(MOVABLE, new Step.Unbind()))).isEqualTo(SPENDS);
    assertThat(walker.wear(List.of(MOVABLE, new Step.Unload()))).isEqualTo(SPENDS);
    Step kernel = Step.Write.word(org.daxcheck.abi.Word.ONLINE_KERNEL);
    assertThat(walker.wear(List.of(kernel))).as("the kernel may keep it").isEqualTo(SPENDS);
    assertThat(walker(Dialect.LINUX_7_3, true, 1).wear(List.of(kernel))).isEqualTo(NONE);
    assertThat(walker.wear(List.of(MOVABLE, PIN, UNPLUG))).isEqualTo(HANGS);
    assertThat(walker.wear(List.of(MOVABLE, PIN, together(UNPLUG)))).isEqualTo(HANGS);
    assertThat(
            walker.wear(
                List.of(MOVABLE, PIN, together(UNPLUG, new Step.Signal("P0", "INT", 1000)))))
        .isEqualTo(NONE);
    assertThat(walker.wear(List.of(MOVABLE, PIN, new Step.Unpin(), UNPLUG))).isEqualTo(NONE);
    assertThat(walker.wear(List.of(PIN))).as("nothing to pin").isEqualTo(HANGS);
    assertThat(walker.wear(List.of(MOVABLE, together(UNPLUG, new Step.Unbind()))))
        .as("leaks in one order")
        .isEqualTo(SPENDS);
  }

  private static Step together(Step... steps) {
    return new Step.Actors(
        IntStream.range(0, steps.length)
            .mapToObj(i -> new Step.Actor("P" + i, List.of(steps[i])))
            .toList(),
        10_000);
  }

  @Test
  public void noWalkOnAShapeWithoutKernelZonesComesIntoOne() {
    RandomWalker walker = walker(Dialect.LINUX_7_3, false, 3);
    for (int i = 0; i < 20; i++) {
      ReachableStates known = walker.start(false);
      List<Step> walk = walker.next();
      if (walker.wear(walk) == SPENDS) {
        continue;
      }
      for (Step step : walk) {
        known = known.after(step).orElseThrow();
        assertThat(known.likely().blocks()).noneMatch(b -> b.zones().contains(Zone.NORMAL));
      }
    }
  }
}
