package org.daxcheck.abi;

/** What the name of a topology says of it, where a model or an oracle has no more than the name. */
public final class Topologies {
  /** What the names of topologies begin with whose device comes back from a kernel zone. */
  private static final String KERNEL_ZONE = "cxl-kernel";

  private Topologies() {}

  /**
   * True where the kernel has other memory of the device's node for what it cannot move, so that
   * the device comes back from a kernel zone too. Source: qemu/topologies, key {@code kernel}.
   */
  public static boolean kernelZoneReturns(String topology) {
    return topology.startsWith(KERNEL_ZONE);
  }
}
