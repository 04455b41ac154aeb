package org.daxcheck.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.daxcheck.html.Headline;
import org.daxcheck.html.HtmlReport;
import org.daxcheck.report.ReportFile;
import org.daxcheck.scenario.Catalogue;
import org.daxcheck.suite.Claim;
import org.daxcheck.suite.Measured;
import org.daxcheck.suite.Run;

/** Writes the results once, at the end of a run or when it is interrupted. */
final class Ending {
  private final RunFolder folder;
  private final Measured measured;
  private final Catalogue catalogue;
  private final String suite;
  private final Instant started;
  private final long begin;
  private final long seed;
  private final Function<Run, List<Claim>> claims;
  private final UnaryOperator<Run> ruling;
  private boolean written;

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
    this.ruling = ruling;
    this.folder = folder;
    this.measured = measured;
    this.catalogue = catalogue;
    this.suite = suite;
    this.started = started;
    this.begin = begin;
    this.seed = seed;
    this.claims = claims;
  }

  /** The whole run; its files are written, save for the page, which takes longer. */
  synchronized Run finished() {
    Run run = sofar();
    if (!written) {
      written = true;
      files(run, folder, catalogue);
      if (run.complete()) {
        folder.replaced();
      }
    }
    return run;
  }

  /** The run as it is, without a file of it. */
  synchronized Run given() {
    written = true;
    return run(false);
  }

  /** The run as it is now; without some of its cases it is none that is complete. */
  synchronized Run sofar() {
    return run(measured.done().size() == measured.plan().size());
  }

  /** Writes the page of the finished run. */
  void page() {
    page(folder.path().resolve("report.html"), List.of(folder.path()), catalogue);
  }

  /** What there is so far; its files are written, marked as incomplete. */
  synchronized void interrupted() {
    if (written) {
      return;
    }
    Run run = run(false);
    written = true;
    write(run, folder, catalogue);
    System.err.printf(
        "daxcheck: interrupted; %d of %d cases were judged, results in %s%n",
        run.cases().size(), measured.plan().size(), Home.shown(folder.path()));
  }

  private Run run(boolean complete) {
    Run bare =
        new Run(
            Main.VERSION,
            suite,
            started,
            seed,
            complete,
            measured.targets(),
            measured.done(),
            new Run.Times(
                measured.waitedNanos(), measured.kernelNanos(), System.nanoTime() - begin));
    return ruling.apply(bare.claiming(claims.apply(bare)));
  }

  /** Writes the files of a run, its page last, for it is made from the others. */
  static void write(Run run, RunFolder folder, Catalogue catalogue) {
    files(run, folder, catalogue);
    page(folder.path().resolve("report.html"), List.of(folder.path()), catalogue);
  }

  /** Writes the page of runs that together come to one verdict. */
  static void page(Path file, List<Path> runs, Catalogue catalogue, Headline headline) {
    try {
      HtmlReport.write(file, runs, ReportCommand.shelf(catalogue), headline);
    } catch (IOException e) {
      throw new Failure("cannot write results: " + e.getMessage());
    }
  }

  /** Writes the page of runs whose files are there. */
  static void page(Path file, List<Path> runs, Catalogue catalogue) {
    try {
      HtmlReport.write(file, runs, ReportCommand.shelf(catalogue));
    } catch (IOException e) {
      throw new Failure("cannot write results: " + e.getMessage());
    }
  }

  static void files(Run run, RunFolder folder, Catalogue catalogue) {
    var texts = Home.book(catalogue);
    try {
      ReportFile.write(folder.path(), run, texts, folder::traceOf);
    } catch (IOException e) {
      throw new Failure("cannot write results: " + e.getMessage());
    }
  }
}
