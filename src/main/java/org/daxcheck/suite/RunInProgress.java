package org.daxcheck.suite;

import java.util.List;

/** What a run has measured so far; any thread may ask at any time. */
public interface RunInProgress {
  /** The cases that are to run, in the order that reports keep. */
  List<PlannedCase> plan();

  /** What has been done so far. */
  List<Run.Case> done();

  /** The targets that took part so far. */
  List<Run.TargetInfo> targets();

  /** Time inside system calls of steps on targets that are no model, in ns. */
  long kernelNanos();

  /** What was tried more than once to get targets. */
  default List<GateResult.Retry> retries() {
    return List.of();
  }

  /** Time waited for targets to be ready, in ns. */
  long waitedNanos();
}
