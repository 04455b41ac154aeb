package org.daxcheck.cli;

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
import org.daxcheck.suite.Ruling;
import picocli.CommandLine.Option;

/** What a run is held against. */
final class GateOptions {
  @Option(
      names = "--waivers",
      paramLabel = "FILE",
      description = "divergences that do not count until a day, see reports/README.md")
  private Path waivers;

  @Option(names = "--strict-waivers", description = "a waiver that is no longer needed is an error")
  private boolean strict;

  @Option(
      names = "--baseline",
      paramLabel = "RUN",
      description = "fails only on what got worse than in this finished run")
  private Path baseline;

  /** The files, read. */
  record Read(
      Waivers waivers, boolean strict, LocalDate today, Optional<Gatekeeper.Earlier> baseline) {
    /** What is asked of a run of this selection. */
    Gatekeeper.Asked asked(
        Selection selection, List<Ruling.Retry> retries, Optional<Ruling.Again> judged) {
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
  }

  /** Reads the files that are named, so that what is wrong in them is told before a run. */
  Read read(Catalogue catalogue, Instant now) {
    if (strict && waivers == null) {
      throw new Failure("--strict-waivers needs --waivers FILE");
    }
    try {
      Optional<Gatekeeper.Earlier> earlier = Optional.empty();
      if (baseline != null) {
        earlier =
            Optional.of(new Gatekeeper.Earlier(baseline.toString(), FinishedRun.read(baseline)));
      }
      return new Read(
          waivers == null ? Waivers.none() : Waivers.load(waivers, catalogue),
          strict,
          LocalDate.ofInstant(now, ZoneOffset.UTC),
          earlier);
    } catch (ScenarioException | IOException e) {
      throw new Failure(e);
    }
  }

  /** Whether the suite of that name is there today. */
  static boolean isSuite(String name) {
    return name.matches("[a-z0-9-]+")
        && Files.isRegularFile(Home.suites().resolve(name + ".suite"));
  }
}
