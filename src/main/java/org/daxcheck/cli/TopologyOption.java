package org.daxcheck.cli;

import java.util.Optional;
import org.daxcheck.guest.GuestException;
import org.daxcheck.guest.TopologyChoice;
import org.daxcheck.run.Failure;
import org.daxcheck.run.Home;
import picocli.CommandLine.Option;

/** On which hardware. */
final class TopologyOption {
  @Option(
      names = "--topology",
      paramLabel = "NAME|FILE",
      description =
          "this hardware alone: a name of qemu/topologies, or a file of that kind, such as 'twin'"
              + " writes; else cxl, and for a run what its scenarios need")
  private String said;

  /** What was named; empty where nothing was. */
  Optional<TopologyChoice> chosen() {
    return said == null ? Optional.empty() : Optional.of(known(said));
  }

  /** What was named, or else the usual one. */
  TopologyChoice orUsual() {
    return chosen().orElseGet(() -> known("cxl"));
  }

  private static TopologyChoice known(String said) {
    try {
      return TopologyChoice.of(Home.folder(), said);
    } catch (GuestException e) {
      throw new Failure(e);
    }
  }
}
