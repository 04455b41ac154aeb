package org.daxcheck.model;

/** A part of an observation that a rule can speak about. */
public enum Property {
  /** The attribute file is there or not. */
  PRESENCE("attribute file"),
  /** The other dialect's attribute file is absent. */
  NAME("attribute's name"),
  /** Mode and owner of the attribute file. */
  MODE("attribute's mode"),
  /** A read gives one word of the vocabulary and a newline. */
  FORM("attribute's form"),
  /** Which word a read gives. */
  VALUE("attribute"),
  /** Which blocks exist and their states. */
  BLOCKS("blocks"),
  /** The zones of online blocks. */
  ZONES("zones"),
  /** The device's lines of /proc/iomem. */
  IOMEM("iomem"),
  /** MemTotal against its baseline. */
  MEMTOTAL("memtotal"),
  /** The driver that the device is bound to. */
  DRIVER("driver"),
  /** The system's policy for new blocks. */
  POLICY("policy"),
  /** Lines that the kernel must log. */
  LOG("log"),
  /** Lines and taint bits that the kernel must not produce. */
  SPLAT("taint and log"),
  /** No uevent of a memory block at all. */
  UEVENTS("uevents"),
  /** Uevents of each memory block lead from its former state to its new one. */
  CHANGES("uevents of blocks"),
  /** The NUMA node of each block. */
  NODES("nodes"),
  /** Uevents of memory blocks that are not the device's. */
  FOREIGN("uevents of other blocks"),
  /** Uevents of the device itself: that it was bound or unbound. */
  DEVICE("uevents of the device"),
  /** The other dax devices, with their memory. */
  NEIGHBOURS("other devices");

  /** True where the facet is one of the attribute file. */
  boolean ofAttribute() {
    return switch (this) {
      case PRESENCE, NAME, MODE, FORM, VALUE -> true;
      default -> false;
    };
  }

  private final String text;

  Property(String text) {
    this.text = text;
  }

  /** The facet as reports print it. */
  public String text() {
    return text;
  }
}
