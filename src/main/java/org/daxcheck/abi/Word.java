package org.daxcheck.abi;

import java.util.Arrays;
import java.util.Optional;

/**
 * A word of the device's attribute: the state of the whole device. Source: sysfs-bus-dax, "Reading
 * returns the current state; the writable states mirror the per-block ABI".
 */
public enum Word {
  UNPLUGGED("unplugged"),
  OFFLINE("offline"),
  ONLINE("online"),
  ONLINE_KERNEL("online_kernel"),
  ONLINE_MOVABLE("online_movable");

  private final String text;

  Word(String text) {
    this.text = text;
  }

  /** The word as the kernel prints it, without the newline. */
  public String text() {
    return text;
  }

  /** True for the three words that mean memory in use. */
  public boolean isOnline() {
    return this == ONLINE || this == ONLINE_KERNEL || this == ONLINE_MOVABLE;
  }

  /** The word spelled exactly {@code text}, or empty. */
  public static Optional<Word> of(String text) {
    return Arrays.stream(values()).filter(w -> w.text.equals(text)).findFirst();
  }

  @Override
  public String toString() {
    return text;
  }
}
