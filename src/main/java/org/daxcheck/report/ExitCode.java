package org.daxcheck.report;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.daxcheck.oracle.Verdict.Status;
import org.daxcheck.suite.Run;

/**
 * How daxcheck ends. The first that fits counts: a divergence is a proof, whatever else went wrong;
 * an error or an interruption may hide one; and a target that judged nothing must never look like
 * one that passed, even where another target passed.
 */
public enum ExitCode {
  /** Every target judged something, and nothing is against a rule. */
  PASS(0, "pass"),
  /** At least one case is against a rule. */
  DIVERGENCE(1, "divergence"),
  /** No divergence, but a case ended with an error, or the run was interrupted. */
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
    Set<Status> seen =
        run.cases().stream().map(c -> c.verdict().status()).collect(Collectors.toSet());
    if (seen.contains(Status.DIVERGENCE)) {
      return DIVERGENCE;
    }
    if (seen.contains(Status.ERROR) || !run.complete()) {
      return ERROR;
    }
    List<String> targets = Tally.targets(run);
    if (targets.isEmpty()) {
      return NO_RESULTS;
    }
    ExitCode worst = PASS;
    for (String target : targets) {
      Tally.Counts counts = Tally.counts(run, target);
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
