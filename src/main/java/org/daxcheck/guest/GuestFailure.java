package org.daxcheck.guest;

import java.util.List;

/**
 * How a guest ended, or why it can no longer be trusted.
 *
 * @param sentence what happened, for the user
 * @param lines lines of the console that show it; may be empty
 * @param fingerprint the top symbols of the kernel's stack joined by " < ", the same for the same
 *     defect; empty where the console shows no stack
 */
public record GuestFailure(Kind kind, String sentence, List<String> lines, String fingerprint) {
  public GuestFailure {
    lines = List.copyOf(lines);
  }

  /**
   * True where the kernel itself said that it is broken, which nothing but the kernel can cause.
   */
  public boolean isOfKernel() {
    return kind == Kind.PANIC || kind == Kind.OOPS;
  }

  /** The ways to end. */
  public enum Kind {
    /** The kernel gave up. */
    PANIC,
    /** The kernel reported a bug of its own and may run on, in an undefined state. */
    OOPS,
    /** Nothing happened for too long. */
    HANG,
    /** QEMU ended while the kernel had no complaint. */
    QEMU,
    /** The guest's init said that it could not make the guest ready. */
    INIT
  }
}
