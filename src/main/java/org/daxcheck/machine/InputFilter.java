package org.daxcheck.machine;

import org.daxcheck.abi.Dialect;
import org.daxcheck.abi.DialectProperties;
import org.daxcheck.abi.DialectProperties.UnbindKind;
import org.daxcheck.abi.Policy;
import org.daxcheck.abi.Topologies;
import org.daxcheck.abi.Word;
import org.daxcheck.step.Observation;
import org.daxcheck.step.Step;

/**
 * Keeps inputs from a kernel that would use the guest up or have several outcomes. It decides by
 * what was seen last and nothing else, so a kernel behind it is again a machine: an input that is
 * kept back changes nothing and is answered "not asked".
 *
 * @param dialect the dialect of the kernel
 * @param bootPolicy the policy that it was booted with
 * @param kernelZones true where memory may go into a kernel zone, since it can be had back there
 */
public record InputFilter(Dialect dialect, Policy bootPolicy, boolean kernelZones) {
  /** The guard for a topology. */
  public static InputFilter of(Dialect dialect, Policy bootPolicy, String topology) {
    return new InputFilter(dialect, bootPolicy, Topologies.kernelZoneReturns(topology));
  }

  /** Whether the input may reach a kernel that was seen like this. */
  public boolean lets(Step input, Observation seen) {
    return switch (input.kind()) {
      case UNBIND -> !leaks(seen);
      case WRITE -> {
        String word = ((Step.Write) input).payload().text().strip();
        yield kernelZones || !asksForKernelZone(word) || !reads(seen, Word.UNPLUGGED);
      }
      case BIND ->
          kernelZones || !asksForKernelZone(seen.policy()) && !asksForKernelZone(bootPolicy.text());
      case READ,
          SET_POLICY,
          BLOCK_WRITE,
          PIN,
          UNPIN,
          UNLOAD,
          LOAD,
          AWAIT,
          SLEEP,
          SIGNAL,
          FILL,
          VERIFY,
          FREE,
          INJECT,
          ACTORS,
          LOOK ->
          true;
      // What they leave is not seen, so a kernel that was asked is no machine any more.
      case REFUSE_ADD, OCCUPY, RESHAPE, NEIGHBOUR_WRITE, DELAY, FAIL_NTH -> false;
    };
  }

  /**
   * Memory that stays until reboot: online blocks, or where the word counts, what is not offline.
   */
  private boolean leaks(Observation seen) {
    boolean online = seen.blocks().stream().anyMatch(b -> !b.state().equals(Word.OFFLINE.text()));
    boolean byWord =
        DialectProperties.of(dialect).unbind() != UnbindKind.REMOVE_OFFLINE_RANGES
            && !seen.blocks().isEmpty()
            && !reads(seen, Word.OFFLINE);
    return online || byWord;
  }

  private boolean reads(Observation seen, Word word) {
    return seen.attribute(dialect.attribute())
        .filter(a -> a.text().strip().equals(word.text()))
        .isPresent();
  }

  private static boolean asksForKernelZone(String word) {
    return word.equals(Word.ONLINE.text()) || word.equals(Word.ONLINE_KERNEL.text());
  }
}
