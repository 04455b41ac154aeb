package org.daxcheck.patch;

import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.daxcheck.guest.GuestSpec;
import org.daxcheck.report.Progress;
import org.daxcheck.run.Results;
import org.daxcheck.run.RunFolder;
import org.daxcheck.scenario.Catalogue;
import org.daxcheck.suite.ParallelRunner;
import org.daxcheck.suite.PlannedCase;
import org.daxcheck.suite.Run;
import org.daxcheck.suite.RunListener;
import org.daxcheck.target.TargetSource;

/**
 * Runs the cases on one driver.
 *
 * @param jobs how many guests run at a time
 * @param told takes what is to be told to the user where the run is interrupted
 */
record Measurement(
    Lab lab, Catalogue catalogue, int jobs, Progress progress, Consumer<String> told) {
  /**
   * Runs all.
   *
   * @param into folder for the results
   * @param millis about how long cases take, by {@link Comparison#key}; others are guessed
   * @param partDone hears of each part that is through: 0 the first, 1 the rest
   */
  Run run(
      GuestSpec guest,
      Work work,
      Path into,
      long seed,
      Map<String, Long> millis,
      RunListener listener,
      Consumer<Integer> partDone) {
    Instant started = Instant.now();
    long from = System.nanoTime();
    RunFolder folder = RunFolder.below(into);
    List<TargetSource> sources =
        IntStream.rangeClosed(1, Math.min(jobs, Math.max(1, work.all().size())))
            .mapToObj(i -> lab.targets(guest, folder.path().resolve("console/" + i)))
            .toList();
    ParallelRunner lanes =
        new ParallelRunner(
            sources,
            List.of(work.first(), work.rest()),
            listener,
            folder::sink,
            seed,
            c -> millis.getOrDefault(key(c), ParallelRunner.guess(c)));
    Results results =
        new Results(folder, lanes, catalogue, work.suite(), started, from, seed, run -> List.of());
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  progress.close();
                  results.interrupted().ifPresent(told);
                },
                "interrupted run"));
    try (lanes) {
      lanes.run(partDone);
    }
    return results.finished();
  }

  private static String key(PlannedCase c) {
    return Comparison.key(c.scenario().name(), c.topology());
  }
}
