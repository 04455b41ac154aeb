package org.daxcheck.abi;

import java.util.Arrays;
import java.util.Optional;

/** A version of the ABI as one patch series or kernel has it. */
public enum Dialect {
  V3("v3", "hotplug"),
  V4("v4", "hotplug"),
  LINUX_7_3("7.3", "state"),
  ABSENT("absent", "");

  private final String text;
  private final String attribute;

  Dialect(String text, String attribute) {
    this.text = text;
    this.attribute = attribute;
  }

  /** The dialect as users write it. */
  public String text() {
    return text;
  }

  /** The attribute's file name below the device; empty where the dialect has none. */
  public String attribute() {
    return attribute;
  }

  /** The dialect spelled exactly {@code text}, or empty. */
  public static Optional<Dialect> of(String text) {
    return Arrays.stream(values()).filter(d -> d.text.equals(text)).findFirst();
  }

  @Override
  public String toString() {
    return text;
  }
}
