package org.daxcheck.cli;

import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import picocli.CommandLine;

/**
 * Programs of the host that a command line comes to use. The launcher, which installs them, asks
 * for them by the property {@value #ASKED}, so that the command line is read in one place.
 */
enum Need {
  /** A C compiler, for the agent of a machine. */
  AGENT,
  /** All that makes and boots guests, but for QEMU, which is fetched. */
  GUEST,
  /** A QEMU of the host's own. */
  QEMU,
  /** What puts patches into the driver. */
  PATCH,
  /** What builds a kernel from source. */
  KERNEL,
  /** What draws machines that were learned. */
  DOT;

  /** Set where not the command is wanted but what it needs. */
  static final String ASKED = "daxcheck.needs";

  /** A command that needs something of the host; what it says holds once its options are read. */
  interface Needing {
    Set<Need> needs();
  }

  /** What these words need; nothing where they are wrong or ask for help only. */
  static Set<Need> of(String... words) {
    CommandLine.ParseResult parsed;
    try {
      parsed = Main.line().parseArgs(words);
    } catch (CommandLine.ParameterException e) {
      // The command itself will say so.
      return Set.of();
    }
    Set<Need> needs = EnumSet.noneOf(Need.class);
    for (CommandLine.ParseResult p = parsed;
        p != null;
        p = p.hasSubcommand() ? p.subcommand() : null) {
      if (p.isUsageHelpRequested() || p.isVersionHelpRequested()) {
        return Set.of();
      }
      if (p.commandSpec().userObject() instanceof Needing n) {
        needs.addAll(n.needs());
      }
    }
    return needs;
  }

  /** As words of the launcher, with blanks between. */
  static String words(Set<Need> needs) {
    return needs.stream()
        .map(n -> n.name().toLowerCase(Locale.ROOT))
        .collect(Collectors.joining(" "));
  }
}
