package org.daxcheck.report;

import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.daxcheck.abi.TargetKind;
import org.daxcheck.diff.Shape;
import org.daxcheck.suite.Run;
import org.daxcheck.trace.TraceFile;
import org.daxcheck.trace.TraceFileException;

/**
 * Which case of an earlier run a case is held against: that of its target and its name. Where the
 * hardware of the two runs has no name in common, as a lab's and a guest's have not, it is that of
 * the scenario whose device is laid out most alike.
 */
final class Counterparts {
  private final Run run;
  private final FinishedRun earlier;
  private final Map<String, Optional<String>> targets = new LinkedHashMap<>();
  private final Map<List<String>, List<FinishedRun.Case>> old;
  private final Set<String> elsewhere = new HashSet<>();
  private final Set<List<String>> scenarios = new HashSet<>();

  Counterparts(Run run, FinishedRun earlier) {
    this.run = run;
    this.earlier = earlier;
    this.old =
        earlier.cases().stream()
            .collect(Collectors.groupingBy(c -> List.of(c.target(), c.scenario())));
    for (String target : RunSummary.targets(run)) {
      Optional<String> then = then(target);
      targets.put(target, then);
      if (then.filter(t -> isElsewhere(target, t)).isPresent()) {
        elsewhere.add(target);
        RunSummary.cases(run, target)
            .forEach(c -> scenarios.add(List.of(then.get(), c.scenario().name())));
      }
    }
  }

  /** What the target of this name was called then; empty where none was like it. */
  Optional<String> target(String now) {
    return targets.getOrDefault(now, Optional.empty());
  }

  private Optional<String> then(String now) {
    Set<String> known = new HashSet<>();
    earlier.cases().forEach(c -> known.add(c.target()));
    if (known.contains(now)) {
      return Optional.of(now);
    }
    // A kernel is held against the only kernel, whatever it ran on.
    boolean kernel = run.isKernel(now);
    List<String> alike =
        known.stream()
            .filter(t -> earlier.isKernel(t) == kernel && !t.equals(TargetKind.MODEL.text()))
            .toList();
    return kernel && alike.size() == 1 ? Optional.of(alike.get(0)) : Optional.empty();
  }

  /** The earlier case; empty where there is none. */
  Optional<FinishedRun.Case> of(Run.Case now) {
    Optional<String> target = target(now.target());
    if (target.isEmpty()) {
      return Optional.empty();
    }
    List<FinishedRun.Case> all =
        old.getOrDefault(List.of(target.get(), now.scenario().name()), List.of());
    Optional<FinishedRun.Case> same =
        all.stream().filter(c -> c.topology().equals(now.topology())).findFirst();
    if (same.isPresent() || all.isEmpty() || !elsewhere.contains(now.target())) {
      return same;
    }
    if (all.size() == 1) {
      return Optional.of(all.get(0));
    }
    Optional<Shape> shape = now.trace().map(Shape::of);
    return all.stream().min(Comparator.comparing(c -> Shape.distance(shape, shape(c))));
  }

  /** True where the two ran on hardware of which none has the same name. */
  private boolean isElsewhere(String now, String then) {
    Set<String> here = new HashSet<>();
    RunSummary.cases(run, now).forEach(c -> here.add(c.topology()));
    Set<String> there = new HashSet<>();
    earlier.cases().stream()
        .filter(c -> c.target().equals(then))
        .forEach(c -> there.add(c.topology()));
    // What did not run has no topology.
    here.remove("");
    there.remove("");
    return !here.isEmpty() && !there.isEmpty() && Collections.disjoint(here, there);
  }

  /** True where a case of now stands for this one of then, by its scenario. */
  boolean isElsewhere(FinishedRun.Case then) {
    return scenarios.contains(List.of(then.target(), then.scenario()));
  }

  private static Optional<Shape> shape(FinishedRun.Case c) {
    try {
      return c.load().map(TraceFile.Loaded::trace).map(Shape::of);
    } catch (TraceFileException e) {
      // The nearest of those that can be read is taken; a baseline's verdicts need no traces.
      return Optional.empty();
    }
  }
}
