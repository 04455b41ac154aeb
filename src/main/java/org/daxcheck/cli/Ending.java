package org.daxcheck.cli;

import java.time.Instant;
import java.util.List;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.daxcheck.run.Results;
import org.daxcheck.run.RunFolder;
import org.daxcheck.scenario.Catalogue;
import org.daxcheck.suite.Claim;
import org.daxcheck.suite.Measured;
import org.daxcheck.suite.Run;

/** The results of a run, of which an interrupt is told to the user. */
final class Ending {
  private final Results results;

  Ending(
      RunFolder folder,
      Measured measured,
      Catalogue catalogue,
      String suite,
      Instant started,
      long begin,
      long seed,
      Function<Run, List<Claim>> claims) {
    this(folder, measured, catalogue, suite, started, begin, seed, claims, run -> run);
  }

  /** The same, with what the run comes to beyond its cases. */
  Ending(
      RunFolder folder,
      Measured measured,
      Catalogue catalogue,
      String suite,
      Instant started,
      long begin,
      long seed,
      Function<Run, List<Claim>> claims,
      UnaryOperator<Run> ruling) {
    results = new Results(folder, measured, catalogue, suite, started, begin, seed, claims, ruling);
  }

  /** The whole run; its files are written, save for the page, which takes longer. */
  Run finished() {
    return results.finished();
  }

  /** The run as it is, without a file of it. */
  Run given() {
    return results.given();
  }

  /** The run as it is now; without some of its cases it is none that is complete. */
  Run sofar() {
    return results.sofar();
  }

  /** Writes the page of the finished run. */
  void page() {
    results.page();
  }

  /** What there is so far; its files are written, marked as incomplete. */
  void interrupted() {
    results.interrupted().ifPresent(told -> System.err.println("daxcheck: " + told));
  }
}
