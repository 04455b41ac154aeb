package org.daxcheck.abi;

import java.util.Arrays;
import java.util.Optional;

/**
 * The system's default for new memory blocks: the content of
 * /sys/devices/system/memory/auto_online_blocks, set at boot by memhp_default_state.
 */
public enum Policy {
  OFFLINE(Word.OFFLINE),
  ONLINE(Word.ONLINE),
  ONLINE_KERNEL(Word.ONLINE_KERNEL),
  ONLINE_MOVABLE(Word.ONLINE_MOVABLE);

  private final Word word;

  Policy(Word word) {
    this.word = word;
  }

  /** The state that a device takes when it is bound under this policy. */
  public Word word() {
    return word;
  }

  /** The policy as the kernel prints it, without the newline. */
  public String text() {
    return word.text();
  }

  /** The policy spelled exactly {@code text}, or empty. */
  public static Optional<Policy> of(String text) {
    return Arrays.stream(values()).filter(p -> p.text().equals(text)).findFirst();
  }

  @Override
  public String toString() {
    return text();
  }
}
