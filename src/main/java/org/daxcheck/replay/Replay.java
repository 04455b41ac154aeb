package org.daxcheck.replay;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.daxcheck.abi.Policy;
import org.daxcheck.guest.GuestScript;
import org.daxcheck.guest.GuestSpec;
import org.daxcheck.oracle.Divergence;
import org.daxcheck.report.Reproducer;
import org.daxcheck.report.Reproduction;
import org.daxcheck.target.TargetException;
import org.daxcheck.trace.Trace;

/**
 * Runs reproducers, each time in a fresh guest, to see whether they show what the divergence saw.
 */
public final class Replay {
  /** How long one run may take, in ms: emulation is slow, and rounds are many. */
  private static final long LIMIT_MILLIS = 300_000;

  private final GuestSpec spec;
  private final Path consoles;
  private int guests;

  /**
   * Runs in guests like this one.
   *
   * @param spec with the kernel and the driver of the run; its topology, boot policy and console
   *     are replaced
   * @param consoles the folder for the serial consoles
   */
  public Replay(GuestSpec spec, Path consoles) {
    this.spec = spec;
    this.consoles = consoles;
  }

  /**
   * What came of it.
   *
   * @param worked how often the reproducer showed the divergence
   * @param times how often it was run
   * @param printed what each run printed, or why it ended
   */
  public record Tried(int worked, int times, List<String> printed) {
    public Tried {
      printed = List.copyOf(printed);
    }

    @Override
    public String toString() {
      return "worked " + worked + " of " + times;
    }
  }

  /**
   * Runs the reproducer of a divergence.
   *
   * @throws TargetException where there was no guest to run it in, which tells nothing of it
   */
  public Tried run(Trace trace, Divergence divergence, int times) throws TargetException {
    Reproduction reproduction = Reproducer.reproduction(trace, divergence);
    List<String> printed = new ArrayList<>();
    int worked = 0;
    for (int i = 0; i < times; i++) {
      Path console = consoles.resolve("replay-" + ++guests + ".log");
      try {
        String output = GuestScript.run(guest(trace, console), reproduction.script(), LIMIT_MILLIS);
        printed.add(output);
        worked += reproduction.isShownBy(output) ? 1 : 0;
      } catch (TargetException e) {
        if (e.kind() != TargetException.Kind.KERNEL) {
          throw e;
        }
        printed.add(e.getMessage());
        worked += reproduction.kills() ? 1 : 0;
      }
    }
    return new Tried(worked, times, printed);
  }

  private GuestSpec guest(Trace trace, Path console) {
    Path hardware = spec.topologyFile(trace.header().topology());
    return Policy.of(trace.header().bootPolicy())
        .map(spec::withBootPolicy)
        .orElse(spec)
        .at(hardware, console);
  }
}
