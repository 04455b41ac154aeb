package org.daxcheck.trace;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.daxcheck.abi.Dialect;
import org.daxcheck.abi.TargetKind;
import org.daxcheck.abi.Topologies;
import org.daxcheck.step.Device;
import org.daxcheck.step.Observation;
import org.daxcheck.step.Reply;
import org.daxcheck.step.Step;

/**
 * What one target did with one scenario: enough to be judged again without the target.
 *
 * @param before the observation before the first step
 * @param boot what the boot had left, where nobody had used the target yet
 */
public record Trace(
    Header header, Observation before, List<Entry> entries, Optional<Observation> boot) {
  /** A trace on a target that was in use before. */
  public Trace(Header header, Observation before, List<Entry> entries) {
    this(header, before, entries, Optional.empty());
  }

  public Trace {
    entries = List.copyOf(entries);
  }

  /**
   * Where the trace comes from.
   *
   * @param scenario the scenario's name
   * @param source the scenario's whole text at that time
   * @param target its name, such as {@code model} or {@code qemu}
   * @param kind what kind of system it is
   * @param kernel release of the kernel, or the model's name
   * @param topology the topology's name
   * @param bootPolicy the policy that the target was booted with, as text
   * @param baselineKib MemTotal in KiB with no block of the device present
   * @param hotremove false where kernel or driver lack CONFIG_MEMORY_HOTREMOVE
   */
  public record Header(
      String scenario,
      String source,
      String target,
      TargetKind kind,
      Dialect dialect,
      String kernel,
      String topology,
      String bootPolicy,
      Device device,
      long baselineKib,
      boolean hotremove) {
    /** True where the target does other work too, so that its log is not the device's alone. */
    public boolean isShared() {
      return kind == TargetKind.MACHINE;
    }

    /**
     * True where the kernel has other memory of the device's node for what it cannot move, so that
     * the device comes back from a kernel zone too.
     */
    public boolean kernelZoneReturns() {
      return Topologies.kernelZoneReturns(topology);
    }

    /** Where a trace comes from whose target is named after its kind; else of a guest. */
    public Header(
        String scenario,
        String source,
        String target,
        Dialect dialect,
        String kernel,
        String topology,
        String bootPolicy,
        Device device,
        long baselineKib,
        boolean hotremove) {
      this(
          scenario,
          source,
          target,
          TargetKind.of(target).orElse(TargetKind.GUEST),
          dialect,
          kernel,
          topology,
          bootPolicy,
          device,
          baselineKib,
          hotremove);
    }

    /** The same as of another dialect. */
    public Header as(Dialect other) {
      return new Header(
          scenario,
          source,
          target,
          kind,
          other,
          kernel,
          topology,
          bootPolicy,
          device,
          baselineKib,
          hotremove);
    }

    /** Where a trace of a guest with CONFIG_MEMORY_HOTREMOVE comes from. */
    public Header(
        String scenario,
        String source,
        String target,
        Dialect dialect,
        String kernel,
        String topology,
        String bootPolicy,
        Device device,
        long baselineKib) {
      this(
          scenario,
          source,
          target,
          dialect,
          kernel,
          topology,
          bootPolicy,
          device,
          baselineKib,
          true);
    }
  }

  /** Why a step was done. */
  public enum Phase {
    SETUP,
    SCENARIO,
    RESTORE
  }

  /**
   * A step and the target's answer.
   *
   * @param line the line of the scenario, 0 for steps of setup and restore
   * @param text the step as the scenario language writes it
   */
  public record Entry(Phase phase, int line, String text, Step step, Reply reply) {
    /**
     * The step as it took effect: without the failure where the allocation that was to fail was
     * never asked for.
     */
    public Step done() {
      boolean fails = step.kind() == Step.Kind.FAIL_NTH;
      return fails && reply.result().missed() ? ((Step.FailNth) step).step() : step;
    }
  }

  /**
   * What was observed by the last step up to an entry that did more than look, and by looks since:
   * what a look at the log or at uevents speaks of. The latest first.
   */
  public List<Observation> sinceAction(int index) {
    List<Observation> seen = new ArrayList<>();
    for (int i = index; i >= 0; i--) {
      seen.add(entries.get(i).reply().observation());
      if (!entries.get(i).step().kind().observesOnly()) {
        break;
      }
    }
    return seen;
  }
}
