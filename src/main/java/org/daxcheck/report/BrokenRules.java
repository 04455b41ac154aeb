package org.daxcheck.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.daxcheck.abi.RuleId;
import org.daxcheck.oracle.Divergence;
import org.daxcheck.suite.Run;

/** The rules that kernels of a run break, each by the divergences that break it. */
public final class BrokenRules {
  private BrokenRules() {}

  /** A divergence and the case that it is of. */
  public record Place(Run.Case aCase, Divergence divergence) {}

  /**
   * What is not waived, by rule, the shortest way to each first: that one stands for the rule. The
   * model is no kernel.
   */
  public static SortedMap<RuleId, List<Place>> of(Run run) {
    SortedMap<RuleId, List<Place>> broken = new TreeMap<>();
    run.cases().stream()
        .filter(c -> run.isKernel(c.target()))
        .filter(c -> !run.ruling().waives(c.target(), c.name()))
        .flatMap(c -> c.verdict().divergences().stream().map(d -> new Place(c, d)))
        .sorted(Comparator.comparing(p -> p.divergence().entry()))
        .forEach(p -> broken.computeIfAbsent(p.divergence().rule(), r -> new ArrayList<>()).add(p));
    return broken;
  }
}
