package org.daxcheck.oracle;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** Why there is no judgement, or none of the whole. What is decided by it, is decided by this. */
public enum Cause {
  /** Nothing was in the way. */
  NONE(Sort.NONE),

  /** The scenario needs the attribute, and the dialect has none. */
  NO_ATTRIBUTE(Sort.SKIP),
  /** The scenario is about other dialects. */
  OTHER_DIALECT(Sort.SKIP),
  /** The dialect keeps the policy of the boot, and the scenario wants another one. */
  FROZEN_POLICY(Sort.RULED_OUT),
  /** The dialect refuses every bind under the policy of the boot. */
  REFUSED_POLICY(Sort.RULED_OUT),
  /** The scenario begins with a word that the dialect has not. */
  NO_SUCH_WORD(Sort.RULED_OUT),
  /** The scenario names another topology. */
  OTHER_TOPOLOGY(Sort.SKIP),
  /** The device has fewer ranges than the scenario needs. */
  TOO_FEW_RANGES(Sort.SKIP),
  /** The device has fewer memory blocks than the scenario needs. */
  TOO_FEW_BLOCKS(Sort.SKIP),
  /** The kernel cannot be told to refuse memory blocks. */
  NO_INJECTOR(Sort.SKIP),
  /** The kernel cannot load the module that helps a scenario. */
  NO_HELPER(Sort.SKIP),
  /** The kernel cannot make an allocation fail. */
  NO_FAIL_NTH(Sort.SKIP),
  /** The scenario is about kernels that cannot remove memory, and this one can. */
  HAS_HOTREMOVE(Sort.SKIP),
  /** The kernel cannot remove memory. */
  NO_HOTREMOVE(Sort.SKIP),
  /** The scenario begins bound to kmem, and the device has no whole memory block to bind. */
  BIND_REFUSED(Sort.SKIP),
  /** The kernel keeps memory of the device, as it may, so that no scenario can begin. */
  HELD_BY_THE_KERNEL(Sort.SKIP),
  /** The scenario may not be run on this machine. */
  REFUSED_BY_MACHINE(Sort.SKIP),
  /** The kernel has no kmem driver at all: there is nothing to judge. */
  NO_DRIVER(Sort.SKIP),
  /** The driver did not bind the device at boot, nor by hand. */
  BOOT_FAILED(Sort.SKIP),

  /** The kernel died, or a step never returned. */
  KERNEL_DIED(Sort.ERROR),
  /** The scenario states behind an arrow what the model does not. */
  DISPUTED(Sort.ERROR),
  /** Somebody else acted on the device. */
  INTERFERENCE(Sort.ERROR),
  /** No target to be had, a lost connection, nonsense. */
  INFRASTRUCTURE(Sort.ERROR),
  /** What the scenario needs before it begins to test could not be had, such as a held page. */
  NO_STAGE(Sort.ERROR),
  /** Lines of the kernel's log, or uevents, were lost before they were read. */
  LOST(Sort.ERROR),
  /** What was seen leaves more states possible than can be followed. */
  TOO_MANY_STATES(Sort.ERROR),
  /** No document says what a step does. */
  UNSPECIFIED(Sort.ERROR),
  /** The trace cannot be judged: it is damaged, or of another version. */
  UNREADABLE(Sort.ERROR),
  /** The trace ends early, and nothing tells why. */
  CUT_SHORT(Sort.ERROR),

  /** A run of before causes were kept. */
  UNKNOWN(Sort.ANY);

  private enum Sort {
    NONE,
    SKIP,
    RULED_OUT,
    ERROR,
    ANY
  }

  private final Sort sort;

  Cause(Sort sort) {
    this.sort = sort;
  }

  /** True where the scenario does not fit the target. */
  public boolean isOfSkip() {
    return sort == Sort.SKIP || sort == Sort.RULED_OUT || sort == Sort.ANY;
  }

  /** True where something else than the kernel's ABI failed. */
  public boolean isOfError() {
    return sort == Sort.ERROR || sort == Sort.ANY;
  }

  /**
   * True where the dialect itself rules out that the scenario begins as it does, whatever the
   * kernel was built with and wherever it runs: another policy of the boot may let it.
   */
  public boolean isRuledOut() {
    return sort == Sort.RULED_OUT;
  }

  /** Who or what has to be looked at where a case ended with an error for this cause. */
  public enum Fault {
    /** The target itself: its kernel died, or kept what it should have given back. */
    TARGET("the target"),
    /** What the scenario's author wrote. */
    SCENARIO("the scenario"),
    /** Somebody else who acted on the machine. */
    INTERFERENCE("somebody else on the machine"),
    /** Guest, connection, disk: whatever carries the scenarios to the target. */
    INFRASTRUCTURE("the lab");

    private final String text;

    Fault(String text) {
      this.text = text;
    }

    /** Who it is, for users. */
    public String text() {
      return text;
    }
  }

  /** Whose fault it is where there is no judgement; that of the target where nothing tells. */
  public Fault fault() {
    return switch (this) {
      case DISPUTED, UNSPECIFIED, NO_STAGE, TOO_MANY_STATES -> Fault.SCENARIO;
      case INTERFERENCE -> Fault.INTERFERENCE;
      case INFRASTRUCTURE, LOST, UNREADABLE, CUT_SHORT -> Fault.INFRASTRUCTURE;
      case NONE, NO_ATTRIBUTE, OTHER_DIALECT, FROZEN_POLICY, REFUSED_POLICY -> Fault.TARGET;
      case NO_SUCH_WORD, OTHER_TOPOLOGY, TOO_FEW_RANGES, TOO_FEW_BLOCKS -> Fault.TARGET;
      case NO_INJECTOR, NO_HELPER, NO_FAIL_NTH -> Fault.TARGET;
      case HAS_HOTREMOVE, NO_HOTREMOVE, BIND_REFUSED -> Fault.TARGET;
      case HELD_BY_THE_KERNEL, REFUSED_BY_MACHINE, NO_DRIVER, BOOT_FAILED -> Fault.TARGET;
      case KERNEL_DIED, UNKNOWN -> Fault.TARGET;
    };
  }

  /** The cause as files write it. */
  public String text() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** The cause spelled exactly {@code text}, or empty. */
  public static Optional<Cause> of(String text) {
    return Arrays.stream(values()).filter(c -> c.text().equals(text)).findFirst();
  }
}
