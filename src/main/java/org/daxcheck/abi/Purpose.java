package org.daxcheck.abi;

import java.util.Arrays;
import java.util.Optional;

/** Which scenarios a topology is there for, where a run has several topologies to choose from. */
public enum Purpose {
  /** Whatever it has enough ranges and blocks for. */
  EVERYTHING("everything that fits"),
  /** What brings memory into a kernel zone, from which its device comes back. */
  KERNEL_ZONES("kernel zones"),
  /** Elsewhere than here nothing of the kind can be seen. */
  NAMED("those that name it");

  private final String text;

  Purpose(String text) {
    this.text = text;
  }

  /** The words of the topology file. */
  public String text() {
    return text;
  }

  /** The purpose that these words name; empty if none. */
  public static Optional<Purpose> of(String text) {
    return Arrays.stream(values()).filter(p -> p.text.equals(text)).findFirst();
  }
}
