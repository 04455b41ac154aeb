package org.daxcheck.abi;

/** Where the pages of an online memory block live; {@code valid_zones} of the block names it. */
public enum Zone {
  NORMAL("Normal"),
  MOVABLE("Movable");

  private final String text;

  Zone(String text) {
    this.text = text;
  }

  /** The zone as the kernel prints it. */
  public String text() {
    return text;
  }

  @Override
  public String toString() {
    return text;
  }
}
