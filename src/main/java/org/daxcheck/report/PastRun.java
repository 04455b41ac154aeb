package org.daxcheck.report;

import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.daxcheck.abi.Dialect;
import org.daxcheck.abi.RuleId;
import org.daxcheck.abi.TargetKind;
import org.daxcheck.oracle.Divergence;
import org.daxcheck.oracle.Verdict;
import org.daxcheck.oracle.Verdict.Status;
import org.daxcheck.scenario.Scenario;
import org.daxcheck.suite.Run;

/** Of a run, that which tells how well the rules are covered. */
public record PastRun(Instant started, List<Target> targets, List<Case> cases) {
  public PastRun {
    targets = List.copyOf(targets);
    cases = List.copyOf(cases);
  }

  /**
   * A target.
   *
   * @param dialect as text
   * @param driver the driver that took the place of the kernel's own; empty where none did
   */
  public record Target(String name, TargetKind kind, String kernel, String dialect, String driver) {
    /** True where a kernel ran, not the model. */
    public boolean isGuest() {
      return kind.isKernel();
    }

    Optional<Dialect> knownDialect() {
      return Dialect.of(dialect);
    }
  }

  /**
   * A scenario on a target.
   *
   * @param reason why it was skipped or failed
   * @param cited the rules that the scenario is about
   * @param judged how often each rule decided, whether the scenario is about it or not
   * @param broken the rules that were broken
   */
  public record Case(
      String scenario,
      String target,
      String topology,
      Status status,
      String reason,
      Set<RuleId> cited,
      Map<RuleId, Integer> judged,
      Set<RuleId> broken) {

    /** Whether the scenario is about the rule and the rule decided. */
    boolean judges(RuleId rule) {
      return cited.contains(rule) && judged.getOrDefault(rule, 0) > 0;
    }
  }

  /** That of a run that just ended. */
  public static PastRun of(Run run) {
    List<Case> cases =
        run.cases().stream()
            .map(
                c ->
                    aCase(
                        c.scenario().name(),
                        c.target(),
                        c.topology(),
                        c.scenario().rules(),
                        c.verdict()))
            .toList();
    return new PastRun(run.started(), targets(run.targets()), cases);
  }

  /** That of a run that its folder tells. */
  public static PastRun of(FinishedRun run) {
    List<Case> cases =
        run.cases().stream()
            .map(c -> aCase(c.scenario(), c.target(), c.topology(), c.cited(), c.verdict()))
            .toList();
    return new PastRun(run.started(), targets(run.targets()), cases);
  }

  private static List<Target> targets(List<Run.TargetInfo> all) {
    return all.stream()
        .map(t -> new Target(t.name(), t.kind(), t.kernel(), t.dialect(), t.driver()))
        .toList();
  }

  private static Case aCase(
      String scenario,
      String target,
      String topology,
      List<Scenario.Cited> rules,
      Verdict verdict) {
    Set<RuleId> cited = new LinkedHashSet<>();
    rules.stream().map(Scenario.Cited::rule).forEach(cited::add);
    Set<RuleId> broken = new LinkedHashSet<>();
    verdict.divergences().stream().map(Divergence::rule).forEach(broken::add);
    return new Case(
        scenario,
        target,
        topology,
        verdict.status(),
        verdict.reason(),
        cited,
        verdict.judged(),
        broken);
  }

  /** The target of a case, where it was ever reached. */
  Optional<Target> target(Case c) {
    return targets.stream().filter(t -> t.name().equals(c.target())).findFirst();
  }
}
