package org.daxcheck.replay;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.daxcheck.abi.Policy;
import org.daxcheck.guest.GuestScript;
import org.daxcheck.guest.GuestSpec;
import org.daxcheck.oracle.Divergence;
import org.daxcheck.oracle.Reproduced;
import org.daxcheck.report.Reproducer;
import org.daxcheck.report.Reproduction;
import org.daxcheck.target.TargetException;
import org.daxcheck.trace.Trace;

/**
 * Runs reproducers, each time in a fresh guest, to see whether they show what the divergence saw.
 * Several threads may use it.
 */
public final class Replay {
  /** How long one run may take behind the boot, in s. */
  public static final int LIMIT_SECONDS = 60;

  /** How often commands are done over in one guest where doing them once never shows it. */
  public static final int OVER = 12;

  private final GuestSpec spec;
  private final Path consoles;
  private final AtomicInteger guests = new AtomicInteger();

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
   * @param printed what each run printed, or why it ended
   */
  public record Tried(Reproduced result, List<String> printed) {
    public Tried {
      printed = List.copyOf(printed);
    }
  }

  /**
   * Runs the reproducer of a divergence: its commands once in each guest, and where no guest showed
   * it, several times over, since a driver may do wrong only what it has done before.
   *
   * @param times in how many guests, at least one
   * @throws TargetException where there was no guest to run it in, which tells nothing of it
   */
  public Tried run(Trace trace, Divergence divergence, int times) throws TargetException {
    Reproduction reproduction = Reproducer.reproduction(trace, divergence);
    Tried once = run(trace.header(), reproduction, times, 1);
    if (once.result().worked() > 0 || reproduction.kills()) {
      return once;
    }
    Tried over = run(trace.header(), reproduction, times, OVER);
    return over.result().worked() > 0 ? over : once;
  }

  private Tried run(Trace.Header header, Reproduction reproduction, int times, int over)
      throws TargetException {
    List<String> printed = new ArrayList<>();
    int worked = 0;
    String why = "";
    for (int i = 0; i < times; i++) {
      Optional<String> missing;
      try {
        Path console = consoles.resolve("replay-" + guests.incrementAndGet() + ".log");
        String output =
            GuestScript.run(
                guest(spec, header, console),
                reproduction.script(over),
                over * LIMIT_SECONDS * 1000L);
        printed.add(output);
        missing = reproduction.missing(output);
      } catch (TargetException e) {
        if (e.kind() != TargetException.Kind.KERNEL) {
          throw e;
        }
        printed.add(e.getMessage());
        missing = reproduction.kills() ? Optional.empty() : Optional.of(e.getMessage());
      }
      worked += missing.isEmpty() ? 1 : 0;
      why = missing.orElse(why);
    }
    return new Tried(new Reproduced(worked, times, over, why), printed);
  }

  /** The guest in which a trace came into being. */
  public static GuestSpec guest(GuestSpec spec, Trace.Header header, Path console) {
    Path hardware = spec.topologyFile(header.topology());
    return Policy.of(header.bootPolicy())
        .map(spec::withBootPolicy)
        .orElse(spec)
        .at(hardware, console);
  }
}
