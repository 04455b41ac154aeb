package org.daxcheck.explore;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.daxcheck.abi.Dialect;
import org.daxcheck.abi.Policy;
import org.daxcheck.abi.RuleId;
import org.daxcheck.abi.Topologies;
import org.daxcheck.model.Model;
import org.daxcheck.oracle.Divergence;
import org.daxcheck.scenario.Catalogue;
import org.daxcheck.scenario.Scenario;
import org.daxcheck.step.Step;

/** Walks as scenarios. */
public final class WalkScenarios {
  /** What a walk is about: nothing that it does may do harm. */
  private static final RuleId EVERYTHING = new RuleId("ROBUST", 1);

  private final Catalogue catalogue;
  private final long seed;

  WalkScenarios(Catalogue catalogue, long seed) {
    this.catalogue = catalogue;
    this.seed = seed;
  }

  /**
   * The first walks of a seed as scenarios, for suites.
   *
   * @param shape how many memory blocks each range of the topology has
   * @param length steps of a walk, those of actors counted one by one
   */
  public static List<Scenario> ofSeed(
      Dialect dialect,
      String topology,
      List<Integer> shape,
      Policy bootPolicy,
      Catalogue catalogue,
      long seed,
      int count,
      int length) {
    RandomWalker walker = walker(dialect, topology, shape, bootPolicy, seed, length);
    Catalogue.Rule rule = catalogue.rule(EVERYTHING).orElseThrow();
    List<Scenario> walks = new ArrayList<>();
    for (int i = 1; i <= count; i++) {
      List<Step> walk = walker.next();
      walks.add(
          ScenarioWriter.scenario(
              "walk-%s-%d-%d".formatted(topology, seed, i),
              "Walk %d of seed %d: steps drawn at random, none of which uses up the guest."
                  .formatted(i, seed),
              rule,
              "attribute, dialect " + dialect + ", topology " + topology + features(walk),
              spends(walk, walker),
              1,
              walk));
    }
    return walks;
  }

  /** A walker over a topology with ranges of so many memory blocks each. */
  static RandomWalker walker(
      Dialect dialect, String topology, List<Integer> shape, Policy policy, long seed, int length) {
    return new RandomWalker(
        new Model(dialect),
        shape,
        policy,
        Topologies.kernelZoneReturns(topology),
        true,
        seed,
        length);
  }

  /** A read, to learn which target this is. */
  Scenario first() {
    return ScenarioWriter.scenario(
        "explore-begins",
        "A read, to learn which target this is.",
        rule(EVERYTHING),
        "attribute",
        false,
        1,
        List.of(new Step.Read(Step.Who.ROOT)));
  }

  /** The walk of that number. */
  Scenario walk(int number, List<Step> steps, RandomWalker walker) {
    return scenario(
        "walk-%d-%d".formatted(seed, number),
        "Walk %d of seed %d.".formatted(number, seed),
        steps,
        walker);
  }

  /** A part of that walk, which may show what the whole showed. */
  Scenario part(int number, List<Step> steps, RandomWalker walker) {
    return scenario(
        "walk-%d-%d-shrinking".formatted(seed, number),
        "A part of walk %d.".formatted(number),
        steps,
        walker);
  }

  private Scenario scenario(String name, String prose, List<Step> steps, RandomWalker walker) {
    return ScenarioWriter.scenario(
        name,
        prose,
        rule(EVERYTHING),
        "attribute" + features(steps),
        spends(steps, walker),
        1,
        steps);
  }

  /**
   * Steps that broke a rule, as a scenario that stands for itself.
   *
   * @param ranges how many the target has
   * @param rounds how often the steps are done
   */
  Scenario found(
      String name,
      String prose,
      Divergence broken,
      int ranges,
      int rounds,
      List<Step> steps,
      RandomWalker walker) {
    return ScenarioWriter.scenario(
        name,
        prose,
        rule(broken.rule()),
        "attribute" + (ranges > 1 ? ", ranges >= " + ranges : "") + features(steps),
        spends(steps, walker),
        rounds,
        steps);
  }

  private static boolean spends(List<Step> steps, RandomWalker walker) {
    return walker.wear(steps) == RandomWalker.Wear.SPENDS;
  }

  /** What the steps need of a target, as the language writes it behind another part. */
  private static String features(List<Step> steps) {
    return steps.stream()
        .flatMap(s -> s.acts().stream())
        .flatMap(s -> Scenario.Feature.neededBy(s.kind()).stream())
        .distinct()
        .sorted()
        .map(f -> ", " + f.text())
        .collect(Collectors.joining());
  }

  private Catalogue.Rule rule(RuleId id) {
    return catalogue.rule(id).orElseThrow();
  }
}
