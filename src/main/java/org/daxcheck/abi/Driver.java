package org.daxcheck.abi;

import java.util.Arrays;
import java.util.Optional;

/** The driver of the dax bus that a device is bound to. */
public enum Driver {
  KMEM("kmem"),
  DEVICE_DAX("device_dax"),
  NONE("none");

  private final String text;

  Driver(String text) {
    this.text = text;
  }

  /** The driver's name below /sys/bus/dax/drivers, or {@code none}. */
  public String text() {
    return text;
  }

  /** The driver spelled exactly {@code text}, or empty. */
  public static Optional<Driver> of(String text) {
    return Arrays.stream(values()).filter(d -> d.text.equals(text)).findFirst();
  }

  @Override
  public String toString() {
    return text;
  }
}
