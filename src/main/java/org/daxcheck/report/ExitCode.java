package org.daxcheck.report;

import java.util.List;
import org.daxcheck.oracle.Verdict.Status;
import org.daxcheck.suite.GateResult;
import org.daxcheck.suite.Run;

/**
 * How daxcheck ends. The first that fits counts: a divergence is a proof, whatever else went wrong;
 * an error or an interruption may hide one; and a target that judged nothing must never look like
 * one that passed, even where another target passed. Against a baseline only what got worse counts.
 */
public enum ExitCode {
  /** Every target judged something, and nothing is against a rule. */
  PASS(0, "pass"),
  /** At least one case is against a rule, and no waiver lets it through. */
  DIVERGENCE(1, "divergence"),
  /**
   * No divergence, but a case ended with an error, the run was interrupted, or a gate left a rule
   * unjudged.
   */
  ERROR(2, "error"),
  /** A target has no case at all, or there is no target. */
  NO_RESULTS(3, "no results"),
  /** Every case of a target was skipped. */
  ALL_SKIPPED(4, "all skipped");

  private final int code;
  private final String text;

  ExitCode(int code, String text) {
    this.code = code;
    this.text = text;
  }

  /** The process's exit code. */
  public int code() {
    return code;
  }

  /** The exit code in words. */
  public String text() {
    return text;
  }

  /** The exit code of a run. */
  public static ExitCode of(Run run) {
    GateResult ruling = run.ruling();
    if (ruling.baseline().isPresent()) {
      List<GateResult.Worse> worse = ruling.baseline().get().worse();
      if (worse.stream().anyMatch(GateResult.Worse::diverges)) {
        return DIVERGENCE;
      }
      if (!worse.isEmpty() || !run.complete()) {
        return ERROR;
      }
    } else {
      boolean diverged =
          run.cases().stream()
              .filter(c -> c.verdict().status() == Status.DIVERGENCE)
              .anyMatch(c -> !ruling.waives(c.target(), c.name()));
      if (diverged) {
        return DIVERGENCE;
      }
      boolean error = run.cases().stream().anyMatch(c -> c.verdict().status() == Status.ERROR);
      boolean hole = ruling.gate().filter(g -> !g.holes().isEmpty()).isPresent();
      if (error || hole || !run.complete()) {
        return ERROR;
      }
    }
    if (ruling.strictWaivers() && !ruling.needless().isEmpty()) {
      return ERROR;
    }
    List<String> targets = RunSummary.targets(run);
    if (targets.isEmpty()) {
      return NO_RESULTS;
    }
    ExitCode worst = PASS;
    for (String target : targets) {
      RunSummary.Counts counts = RunSummary.counts(run, target);
      if (counts.total() == 0) {
        return NO_RESULTS;
      }
      if (counts.skipped() == counts.total()) {
        worst = ALL_SKIPPED;
      }
    }
    return worst;
  }
}
