package org.daxcheck.run;

import java.io.IOException;
import java.nio.file.Files;
import java.util.Optional;
import org.daxcheck.io.IoReason;
import org.daxcheck.report.RunJournal;
import org.daxcheck.scenario.Catalogue;
import org.daxcheck.suite.Part;
import org.daxcheck.suite.PlannedCase;
import org.daxcheck.suite.Run;
import org.daxcheck.suite.RunInProgress;
import org.daxcheck.suite.RunListener;

/** Keeps each case of a run as soon as it is judged. */
public final class Keeper {
  private final RunFolder folder;
  private final RunJournal journal;

  private Keeper(RunFolder folder, RunJournal journal) {
    this.folder = folder;
    this.journal = journal;
  }

  /** Begins the journal of a run, or goes on with it. */
  public static Keeper of(
      RunFolder folder, Run run, RunJournal.Origin origin, boolean goesOn, Catalogue catalogue) {
    try {
      return new Keeper(
          folder,
          goesOn
              ? RunJournal.resume(folder.path(), Home.book(catalogue), folder::traceOf)
              : RunJournal.begin(
                  folder.path(), run, origin, Home.book(catalogue), folder::traceOf));
    } catch (IOException e) {
      throw new Failure("cannot write to " + folder.path() + ": " + IoReason.of(e));
    }
  }

  /** What adds each case that ends. */
  public RunListener listener(RunInProgress measured, Optional<Part> part) {
    return new RunListener() {
      @Override
      public void started(PlannedCase planned) {
        // It is kept when it is judged.
      }

      @Override
      public void finished(PlannedCase planned, Run.Case done) {
        try {
          journal.add(done, measured.targets(), part);
        } catch (IOException e) {
          throw new Failure("cannot write to " + folder.path() + ": " + IoReason.of(e));
        }
      }
    };
  }

  /** Ends it; what came to its end whole needs none beside its results. */
  public void close(boolean whole) {
    try {
      journal.close();
      if (whole) {
        Files.deleteIfExists(folder.path().resolve(RunJournal.FILE));
      }
    } catch (IOException e) {
      throw new Failure("cannot write to " + folder.path() + ": " + IoReason.of(e));
    }
  }
}
