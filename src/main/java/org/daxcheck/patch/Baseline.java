package org.daxcheck.patch;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.daxcheck.oracle.Verdict.Status;
import org.daxcheck.report.FinishedRun;
import org.daxcheck.report.PastRun;
import org.daxcheck.suite.PlannedCase;

/**
 * A run on the driver without the patches.
 *
 * @param folder what the run left
 * @param seed that drew its times
 * @param complete whether every case was done
 * @param millis how long each case took, by {@link Comparison#key}
 */
public record Baseline(
    Path folder, PastRun run, long seed, boolean complete, Map<String, Long> millis) {
  public Baseline {
    millis = Map.copyOf(millis);
  }

  /**
   * Reads what a run left.
   *
   * @throws IOException with a sentence for the user where that is no run
   */
  public static Baseline read(Path folder) throws IOException {
    FinishedRun run = FinishedRun.read(folder);
    Map<String, Long> millis = new HashMap<>();
    run.cases()
        .forEach(
            c ->
                millis.put(
                    Comparison.key(c.scenario(), c.topology()), Math.round(c.nanos() / 1e6)));
    return new Baseline(folder, PastRun.of(run), run.seed(), run.complete(), millis);
  }

  /** Whether it is whole and nothing in it failed, so that it may stand for later runs. */
  public boolean isSound() {
    return complete && run.cases().stream().noneMatch(c -> c.status() == Status.ERROR);
  }

  /** Whether it has all these cases, none of which may fit by name alone. */
  public boolean has(Iterable<PlannedCase> cases) {
    Set<String> known = millis.keySet();
    for (PlannedCase c : cases) {
      if (!known.contains(Comparison.key(c.scenario().name(), c.topology()))) {
        return false;
      }
    }
    return true;
  }

  /** What it says of a case. */
  public Optional<PastRun.Case> find(String scenario, String topology) {
    return run.cases().stream()
        .filter(c -> c.scenario().equals(scenario) && c.topology().equals(topology))
        .findFirst();
  }
}
