package org.daxcheck.execution;

import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.daxcheck.abi.Dialect;
import org.daxcheck.abi.Policy;
import org.daxcheck.guest.GuestSpec;
import org.daxcheck.lab.LabMachine;
import org.daxcheck.scenario.Catalogue;
import org.daxcheck.selection.CompleteSuites;
import org.daxcheck.selection.Selection;
import org.daxcheck.suite.Shard;

/**
 * What a run is asked to do; all of it was found to make sense.
 *
 * @param started when the run began, also where it is gone on with
 * @param begin when this part of it began, by {@link System#nanoTime}
 * @param completes complete test suites beside the selection
 * @param before the run that is gone on with
 * @param said the words behind {@code run}, to go on with it by
 * @param seed of the model's choices and the times of races
 */
public record RunRequest(
    Catalogue catalogue,
    Instant started,
    long begin,
    Selection selection,
    List<CompleteSuites.Asked> completes,
    GateStandard gate,
    Targets targets,
    Bounds bounds,
    Optional<Shard> shard,
    Optional<FailedCases> failed,
    Optional<Resumption> before,
    Optional<Path> out,
    List<String> said,
    long seed) {

  /**
   * On what it runs.
   *
   * @param named as the user named them: the model, qemu, or a machine
   * @param machine that of a lab, reached and not yet changed
   * @param topology the only one, where one was named
   * @param forced the dialect, where the user says it
   */
  public record Targets(
      List<String> named,
      Optional<LabMachine> machine,
      Guests guests,
      Optional<String> topology,
      Optional<Dialect> forced,
      Policy bootPolicy) {}

  /**
   * What guests are made of.
   *
   * @param spec not built yet
   * @param build builds what has to be compiled
   * @param named the dialect that a named driver has
   * @param anyDialect true where only a look at the running kernel tells its dialect
   * @param hotremove false where a driver without it was named
   */
  public record Guests(
      GuestSpec spec,
      UnaryOperator<GuestSpec> build,
      Optional<Dialect> named,
      boolean anyDialect,
      boolean hotremove) {}

  /**
   * How much of it.
   *
   * @param jobs guests at a time
   * @param failFast true where the first divergence ends it
   * @param keepGoing true where it goes on although every case spoils its guest
   * @param replays of so many broken rules the reproducer is run before it is printed
   */
  public record Bounds(int jobs, boolean failFast, boolean keepGoing, int replays) {}
}
