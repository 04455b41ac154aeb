package org.daxcheck.execution;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import org.daxcheck.abi.Dialect;
import org.daxcheck.abi.Policy;
import org.daxcheck.lab.LabMachine;
import org.daxcheck.run.Failure;
import org.daxcheck.scenario.Catalogue;
import org.daxcheck.selection.CompleteSuites;
import org.daxcheck.selection.Selection;
import org.daxcheck.suite.MeasuredTimes;
import org.daxcheck.suite.Part;
import org.daxcheck.suite.Plan;
import org.daxcheck.suite.PlannedCase;
import org.daxcheck.suite.Shard;
import org.daxcheck.target.ModelSource;
import org.daxcheck.target.TargetException;
import org.daxcheck.target.TargetSource;

/**
 * What a run does, worked out before anything is made for it.
 *
 * @param whole all cases of the selection, of which a shard or a rerun does some
 * @param cases those that this run does, in their order
 * @param claims the complete suites that it can prove something by
 * @param times about how long cases take
 * @param part which part of the whole it is; empty where it is no shard
 */
record RunPlan(
    List<PlannedCase> whole,
    List<PlannedCase> cases,
    CompleteSuites claims,
    MeasuredTimes times,
    Optional<Part> part) {
  /** The name of the model among targets. */
  static final String MODEL = "model";

  /**
   * Where it runs.
   *
   * @param order the targets as the user named them, in the order of the cases
   * @param shapes knows the devices of topologies; its name is that of the real targets
   * @param lab true where the real target is a machine in a lab, which is its own topology
   * @param only the only topology, where one was named
   * @param dialect that generated tests are made for
   */
  record Where(
      List<String> order,
      TargetSource shapes,
      boolean lab,
      Optional<String> only,
      Dialect dialect,
      Policy bootPolicy) {}

  static RunPlan of(
      Selection selection,
      List<CompleteSuites.Asked> completes,
      Where where,
      Optional<Shard> shard,
      Optional<FailedCases> failed,
      Catalogue catalogue) {
    Selection.Made made =
        selection.made(
            completes,
            where.dialect(),
            where.lab() ? Optional.of(LabMachine.NAME) : where.only(),
            where.bootPolicy(),
            where.shapes()::shape,
            catalogue);
    List<TargetSource> sources = new ArrayList<>();
    for (String target : where.order()) {
      sources.add(
          target.equals(MODEL)
              ? new ModelSource(
                  where.dialect(), where.bootPolicy(), ModelSource.Shapes.like(where.shapes()), 0)
              : where.shapes());
    }
    List<PlannedCase> whole;
    try {
      whole =
          Plan.of(
              made.scenarios(),
              where.lab() ? List.of(LabMachine.NAME) : made.topologies(),
              sources);
    } catch (TargetException e) {
      throw new Failure(e);
    }
    MeasuredTimes times = PastTimes.known();
    List<PlannedCase> cases =
        shard
            .map(s -> s.part(whole, c -> made.complete().unit(c.scenario()), times::of))
            .orElse(whole)
            .stream()
            .filter(c -> failed.isEmpty() || failed.get().wants(c))
            .toList();
    return new RunPlan(
        whole,
        cases,
        made.complete().within(cases),
        times,
        shard.map(s -> placed(s, whole, cases)));
  }

  private static Part placed(Shard shard, List<PlannedCase> whole, List<PlannedCase> cases) {
    Map<String, Integer> places = new HashMap<>();
    for (int i = 0; i < whole.size(); i++) {
      places.put(whole.get(i).id(), i);
    }
    places.keySet().retainAll(cases.stream().map(PlannedCase::id).collect(Collectors.toSet()));
    return new Part(shard, places, whole.size());
  }

  /**
   * The scenario in which the model may do what is legal once in a run: one of the whole plan, so
   * that every shard and every order gives the same.
   */
  Optional<String> refusing(long seed) {
    return whole.stream()
        .map(c -> c.scenario().name())
        .min(Comparator.comparingLong(n -> new SplittableRandom(seed ^ n.hashCode()).nextLong()));
  }
}
