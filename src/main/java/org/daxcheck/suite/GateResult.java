package org.daxcheck.suite;

import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import org.daxcheck.abi.RuleId;
import org.daxcheck.scenario.Waivers.Waiver;

/**
 * What a run comes to beyond its cases. The verdicts themselves stay as they are.
 *
 * @param gate what a list in which nothing may be skipped says; empty where no list was run
 * @param waived divergences that a waiver covers, also where it has expired
 * @param needless waivers whose rule was judged where they hold, and kept
 * @param untried waivers whose rule was not judged where they hold
 * @param strictWaivers true where a needless waiver is an error
 * @param baseline the comparison with an earlier run, where one was given
 * @param retries what was tried more than once, for whatever reason
 * @param judged how the run was judged again, where it was
 */
public record GateResult(
    Optional<Gate> gate,
    List<Waived> waived,
    List<Waiver> needless,
    List<Waiver> untried,
    boolean strictWaivers,
    Optional<Baseline> baseline,
    List<Retry> retries,
    Optional<Again> judged) {
  /** Nothing beyond the cases. */
  public static final GateResult NONE =
      new GateResult(
          Optional.empty(),
          List.of(),
          List.of(),
          List.of(),
          false,
          Optional.empty(),
          List.of(),
          Optional.empty());

  public GateResult {
    waived = List.copyOf(waived);
    needless = List.copyOf(needless);
    untried = List.copyOf(untried);
    retries = List.copyOf(retries);
  }

  /** The same, compared with an earlier run. */
  public GateResult with(Optional<Baseline> compared) {
    return new GateResult(
        gate, waived, needless, untried, strictWaivers, compared, retries, judged);
  }

  /**
   * A list in which nothing may be skipped.
   *
   * @param restricted why the run is no gate, such as {@code only topology cxl}; empty where it is
   * @param holes what could not be judged; a gate with one has not passed
   */
  public record Gate(String restricted, List<Hole> holes) {
    public Gate {
      holes = List.copyOf(holes);
    }

    /** True where it was run as a whole. */
    public boolean isOne() {
      return restricted.isEmpty();
    }
  }

  /**
   * A rule that binds the target's dialect, that the list covers, and that was not judged.
   *
   * @param scenarios those that should have judged it and did not
   * @param reason why not
   */
  public record Hole(String target, RuleId rule, List<String> scenarios, String reason) {
    public Hole {
      scenarios = List.copyOf(scenarios);
    }
  }

  /**
   * A rule that a case breaks, and the waiver for it.
   *
   * @param name of the case
   * @param expired true where the waiver has expired: the divergence counts
   * @param counts why the divergence counts although the waiver holds; empty where it does not
   */
  public record Waived(
      String target, String name, RuleId rule, Waiver waiver, boolean expired, String counts) {
    /** True where the divergence does not count. */
    public boolean holds() {
      return !expired && counts.isEmpty();
    }
  }

  /**
   * Against an earlier run.
   *
   * @param run how the user named it
   * @param better in sentences
   * @param same how many cases came out as there
   */
  public record Baseline(String run, List<Worse> worse, List<String> better, int same) {
    public Baseline {
      worse = List.copyOf(worse);
      better = List.copyOf(better);
    }
  }

  /**
   * What got worse.
   *
   * @param diverges true where a rule is broken now; false where something is no longer judged
   */
  public record Worse(String what, boolean diverges) {}

  /**
   * What was tried more than once.
   *
   * @param name of the case; empty where it is none, such as a boot
   * @param text how often, and what became of the tries before the last
   */
  public record Retry(String target, String name, String text) {}

  /**
   * How an earlier run was judged again.
   *
   * @param version of daxcheck that judged it first
   * @param dialect as which it was judged; empty where as what it was found to be
   */
  public record Again(LocalDate on, String version, String dialect) {}

  /** True where every divergence of the case is waived. */
  public boolean waives(String target, String name) {
    List<Waived> of = of(target, name);
    return !of.isEmpty() && of.stream().allMatch(Waived::holds);
  }

  /** The waivers that bear on a case. */
  public List<Waived> of(String target, String name) {
    return waived.stream().filter(w -> w.target().equals(target) && w.name().equals(name)).toList();
  }

  /** What of a case was tried more than once. */
  public List<Retry> retries(String target, String name) {
    return retries.stream()
        .filter(r -> r.target().equals(target) && r.name().equals(name))
        .toList();
  }
}
