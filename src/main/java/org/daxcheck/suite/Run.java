package org.daxcheck.suite;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.daxcheck.abi.TargetKind;
import org.daxcheck.oracle.Verdict;
import org.daxcheck.scenario.Scenario;
import org.daxcheck.trace.Trace;

/**
 * A finished or interrupted run, as reports show it.
 *
 * @param suite name of the suite, or the scenario files given
 * @param seed seed of the model's choices and of the times of races
 * @param complete false where cases are missing, such as when it was interrupted
 * @param claims what generated parts prove of a target as a whole
 * @param ruling what it comes to beyond its cases
 * @param part which part of a whole run it is; empty where it is whole
 * @param made what it was made by; empty where that is not kept
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
    List<CompletenessResult> claims,
    GateResult ruling,
    Optional<Part> part,
    Optional<Provenance> made) {
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
      List<CompletenessResult> claims) {
    this(
        version,
        suite,
        started,
        seed,
        complete,
        targets,
        cases,
        times,
        claims,
        GateResult.NONE,
        Optional.empty(),
        Optional.empty());
  }

  /** The same run with this ruling. */
  public Run ruled(GateResult other) {
    return new Run(
        version, suite, started, seed, complete, targets, cases, times, claims, other, part, made);
  }

  /** The same run with these claims. */
  public Run claiming(List<CompletenessResult> other) {
    return new Run(
        version, suite, started, seed, complete, targets, cases, times, other, ruling, part, made);
  }

  /** The same run, made by this. */
  public Run madeBy(Provenance provenance) {
    return new Run(
        version,
        suite,
        started,
        seed,
        complete,
        targets,
        cases,
        times,
        claims,
        ruling,
        part,
        Optional.of(provenance));
  }

  /** The same run with these cases, in which nothing was judged anew. */
  public Run with(List<Case> others) {
    return new Run(
        version, suite, started, seed, complete, targets, others, times, claims, ruling, part,
        made);
  }

  /** The same run as a part of another, or as a whole one. */
  public Run as(Optional<Part> other) {
    return new Run(
        version, suite, started, seed, complete, targets, cases, times, claims, ruling, other,
        made);
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

  /**
   * A target of the run, such as {@code qemu}.
   *
   * @param dialect as text
   * @param driver the file of the driver that took the place of the kernel's own; empty where none
   *     did
   * @param machine what it runs on, in words: for a guest the version of QEMU and more
   * @param topologies those that it was seen on
   */
  public record TargetInfo(
      String name,
      TargetKind kind,
      String kernel,
      String dialect,
      String driver,
      String machine,
      List<String> topologies) {
    public TargetInfo {
      topologies = List.copyOf(topologies);
    }

    /** What a reader wants to know besides kernel and dialect. */
    public String details() {
      List<String> all = new ArrayList<>();
      all.add(machine);
      all.add(driver.isEmpty() ? "" : "driver " + driver);
      all.addAll(topologies);
      return all.stream().filter(d -> !d.isEmpty()).collect(Collectors.joining(", "));
    }

    /** The same, seen on these topologies too. */
    public TargetInfo andOn(List<String> others) {
      List<String> all = Stream.concat(topologies.stream(), others.stream()).distinct().toList();
      return new TargetInfo(name, kind, kernel, dialect, driver, machine, all);
    }

    /** The same as one of another dialect. */
    public TargetInfo as(String other) {
      return new TargetInfo(name, kind, kernel, other, driver, machine, topologies);
    }

    /** The same, with no word of the driver's file. */
    public TargetInfo withoutDriver() {
      return new TargetInfo(name, kind, kernel, dialect, "", machine, topologies);
    }
  }

  /** What is known of the target of this name; empty where it was never reached. */
  public Optional<TargetInfo> target(String name) {
    return targets.stream().filter(t -> t.name().equals(name)).findFirst();
  }

  /** True where the target of this name is known to be a kernel, not the model. */
  public boolean isKernel(String name) {
    return target(name).filter(t -> t.kind().isKernel()).isPresent();
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

    /** The same case, with what came of reproducers. */
    public Case with(Verdict told) {
      return new Case(scenario, target, topology, told, trace, nanos);
    }

    /** As the plan has it; no two cases of a run have the same. */
    public String id() {
      return new PlannedCase(scenario, target, topology).id();
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
