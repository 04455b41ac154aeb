package org.daxcheck.guest;

import java.util.Locale;

/** What runs a guest's code. */
public enum Accelerator {
  /** The processors of this host. */
  KVM,
  /** QEMU's emulation, with one thread for all processors. */
  TCG,
  /** QEMU's emulation, with a thread for each processor. */
  MTTCG;

  /** As QEMU calls it. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }
}
