package org.daxcheck.suite;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.daxcheck.oracle.Verdict;
import org.daxcheck.scenario.Scenario;
import org.daxcheck.trace.Trace;

/**
 * A finished or interrupted run, as reports show it.
 *
 * @param suite name of the suite, or the scenario files given
 * @param seed seed of the model's choices and of the times of races
 * @param complete false where the run was interrupted
 * @param claims what generated parts prove of a target as a whole
 * @param ruling what it comes to beyond its cases
 */
public record Run(
    String version,
    String suite,
    Instant started,
    long seed,
    boolean complete,
    List<TargetInfo> targets,
    List<Case> cases,
    Times times,
    List<Claim> claims,
    Ruling ruling) {
  public Run {
    targets = List.copyOf(targets);
    cases = List.copyOf(cases);
    claims = List.copyOf(claims);
  }

  /** A run that nothing is asked of beyond its cases. */
  public Run(
      String version,
      String suite,
      Instant started,
      long seed,
      boolean complete,
      List<TargetInfo> targets,
      List<Case> cases,
      Times times,
      List<Claim> claims) {
    this(version, suite, started, seed, complete, targets, cases, times, claims, Ruling.NONE);
  }

  /** The same run with this ruling. */
  public Run ruled(Ruling other) {
    return new Run(version, suite, started, seed, complete, targets, cases, times, claims, other);
  }

  /** A run that claims nothing beyond its cases. */
  public Run(
      String version,
      String suite,
      Instant started,
      long seed,
      boolean complete,
      List<TargetInfo> targets,
      List<Case> cases,
      Times times) {
    this(version, suite, started, seed, complete, targets, cases, times, List.of());
  }

  /** A target of the run, such as {@code qemu} with its kernel and QEMU version. */
  public record TargetInfo(String name, String kernel, String dialect, String details) {
    private static final Pattern DRIVER = Pattern.compile("(?:^|, )driver ([^,]+)");

    /** The driver that took the place of the kernel's own; empty where none did. */
    public String driver() {
      Matcher m = DRIVER.matcher(details);
      return m.find() ? m.group(1).strip() : "";
    }
  }

  /**
   * One scenario on one target.
   *
   * @param topology empty where it did not run
   * @param trace empty where it did not run
   * @param nanos wall time in ns
   */
  public record Case(
      Scenario scenario,
      String target,
      String topology,
      Verdict verdict,
      Optional<Trace> trace,
      long nanos) {
    /** The same case as one of another target, such as a driver with a patch. */
    public Case under(String name) {
      return new Case(scenario, name, topology, verdict, trace, nanos);
    }

    /** The name that a case has in every report: the scenario, a dot, the topology. */
    public String name() {
      return topology.isEmpty() ? scenario.name() : scenario.name() + "." + topology;
    }
  }

  /**
   * Where the time went, in ns of wall time.
   *
   * @param boot waiting for guests to be ready
   * @param kernel inside the system calls of the steps, as the guest's agent measured
   * @param total the whole run from start to end
   */
  public record Times(long boot, long kernel, long total) {}
}
