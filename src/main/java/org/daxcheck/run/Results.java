package org.daxcheck.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.daxcheck.html.Headline;
import org.daxcheck.html.HtmlReport;
import org.daxcheck.html.PageContext;
import org.daxcheck.io.IoReason;
import org.daxcheck.mutant.KillMatrix;
import org.daxcheck.report.Coverage;
import org.daxcheck.report.ReportFile;
import org.daxcheck.scenario.Catalogue;
import org.daxcheck.suite.CompletenessResult;
import org.daxcheck.suite.Run;
import org.daxcheck.suite.RunInProgress;

/** The results of a run, written once: at its end or when it is interrupted. */
public final class Results {
  private final RunFolder folder;
  private final RunInProgress measured;
  private final Catalogue catalogue;
  private final String suite;
  private final Instant started;
  private final long begin;
  private final long seed;
  private final Function<Run, List<CompletenessResult>> claims;
  private final UnaryOperator<Run> ruling;
  private boolean written;

  /**
   * Results to come.
   *
   * @param suite its name, or the files that were named
   * @param begin when the run began, by {@link System#nanoTime}
   * @param seed that draws the times of races
   * @param claims what the run proves beyond its cases
   */
  public Results(
      RunFolder folder,
      RunInProgress measured,
      Catalogue catalogue,
      String suite,
      Instant started,
      long begin,
      long seed,
      Function<Run, List<CompletenessResult>> claims) {
    this(folder, measured, catalogue, suite, started, begin, seed, claims, run -> run);
  }

  /** The same, with what the run comes to beyond its cases. */
  public Results(
      RunFolder folder,
      RunInProgress measured,
      Catalogue catalogue,
      String suite,
      Instant started,
      long begin,
      long seed,
      Function<Run, List<CompletenessResult>> claims,
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
  public synchronized Run finished() {
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
  public synchronized Run given() {
    written = true;
    return run(false);
  }

  /** The run as it is now; without some of its cases it is none that is complete. */
  public synchronized Run sofar() {
    return run(measured.done().size() == measured.plan().size());
  }

  /** Writes the page of the finished run. */
  public void page() {
    page(folder.path().resolve("report.html"), List.of(folder.path()), catalogue);
  }

  /**
   * Writes what there is so far, marked as incomplete.
   *
   * @return what to tell the user; empty where the results were written before
   */
  public synchronized Optional<String> interrupted() {
    if (written) {
      return Optional.empty();
    }
    // Where only reproducers were left to be run, nothing is missing.
    Run run = sofar();
    written = true;
    write(run, folder, catalogue);
    return Optional.of(
        "interrupted; %d of %d cases were judged, results in %s"
            .formatted(run.cases().size(), measured.plan().size(), Home.shown(folder.path())));
  }

  private Run run(boolean complete) {
    Run bare =
        new Run(
            Version.TEXT,
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
  public static void write(Run run, RunFolder folder, Catalogue catalogue) {
    files(run, folder, catalogue);
    page(folder.path().resolve("report.html"), List.of(folder.path()), catalogue);
  }

  /** Writes the page of runs that together come to one verdict. */
  public static void page(Path file, List<Path> runs, Catalogue catalogue, Headline headline) {
    try {
      HtmlReport.write(file, runs, shelf(catalogue), headline);
    } catch (IOException e) {
      throw new Failure("cannot write " + file + ": " + IoReason.of(e));
    }
  }

  /** Writes the page of runs whose files are there. */
  public static void page(Path file, List<Path> runs, Catalogue catalogue) {
    try {
      HtmlReport.write(file, runs, shelf(catalogue));
    } catch (IOException e) {
      throw new Failure("cannot write " + file + ": " + IoReason.of(e));
    }
  }

  /** Writes the files of a run, save for the page. */
  public static void files(Run run, RunFolder folder, Catalogue catalogue) {
    var texts = Home.book(catalogue);
    try {
      ReportFile.write(folder.path(), run, texts, folder::traceOf);
    } catch (IOException e) {
      throw new Failure("cannot write results into " + folder.path() + ": " + IoReason.of(e));
    }
  }

  /**
   * What a page shows beside its runs: the rules, and the committed records that are there.
   *
   * @throws IOException where a record cannot be read
   */
  public static PageContext shelf(Catalogue catalogue) throws IOException {
    Path coverage = Home.folder().resolve("reports/coverage.yaml");
    Path kills = Home.folder().resolve("reports/kill-matrix.yaml");
    return new PageContext(
        Version.TEXT,
        catalogue,
        Files.exists(coverage) ? Optional.of(Coverage.read(coverage)) : Optional.empty(),
        Files.exists(kills) ? Optional.of(KillMatrix.read(kills)) : Optional.empty());
  }
}
