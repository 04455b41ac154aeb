package org.daxcheck.execution;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import org.daxcheck.report.FinishedRun;
import org.daxcheck.report.Gatekeeper;
import org.daxcheck.run.Failure;
import org.daxcheck.run.Home;
import org.daxcheck.scenario.Catalogue;
import org.daxcheck.scenario.ScenarioException;
import org.daxcheck.scenario.Waivers;
import org.daxcheck.selection.Selection;
import org.daxcheck.suite.GateResult;

/**
 * What a run is held against.
 *
 * @param strict true where a waiver that is no longer needed is an error
 * @param today the day on which waivers must still hold
 * @param baseline the earlier run, where one was named
 */
public record GateStandard(
    Waivers waivers, boolean strict, LocalDate today, Optional<Gatekeeper.Earlier> baseline) {

  /**
   * Reads the files that are named, so that what is wrong in them is told before a run.
   *
   * @param waivers empty where there are none
   * @param baseline the earlier run's folder, where one was named
   */
  public static GateStandard read(
      Optional<Path> waivers,
      boolean strict,
      Optional<Path> baseline,
      Catalogue catalogue,
      Instant now) {
    if (strict && waivers.isEmpty()) {
      throw new Failure("--strict-waivers needs --waivers FILE");
    }
    try {
      Optional<Gatekeeper.Earlier> earlier = Optional.empty();
      if (baseline.isPresent()) {
        earlier =
            Optional.of(
                new Gatekeeper.Earlier(
                    baseline.get().toString(), FinishedRun.read(baseline.get())));
      }
      return new GateStandard(
          waivers.isEmpty() ? Waivers.none() : Waivers.load(waivers.get(), catalogue),
          strict,
          LocalDate.ofInstant(now, ZoneOffset.UTC),
          earlier);
    } catch (ScenarioException e) {
      throw new Failure(e);
    } catch (IOException e) {
      throw new Failure(e);
    }
  }

  /** What is asked of a run of this selection. */
  public Gatekeeper.Asked asked(
      Selection selection, List<GateResult.Retry> retries, Optional<GateResult.Again> judged) {
    return new Gatekeeper.Asked(
        selection.gate() ? Optional.of(selection.scenarios()) : Optional.empty(),
        selection.restricted(),
        waivers,
        strict,
        today,
        baseline,
        retries,
        judged);
  }

  /** Whether the suite of that name is there today. */
  public static boolean isSuite(String name) {
    return name.matches("[a-z0-9-]+")
        && Files.isRegularFile(Home.suites().resolve(name + ".suite"));
  }
}
