package org.daxcheck.cli;

import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import org.daxcheck.execution.GateStandard;
import org.daxcheck.scenario.Catalogue;
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

  /** Reads the files that are named, so that what is wrong in them is told before a run. */
  GateStandard read(Catalogue catalogue, Instant now) {
    return GateStandard.read(
        Optional.ofNullable(waivers), strict, Optional.ofNullable(baseline), catalogue, now);
  }
}
