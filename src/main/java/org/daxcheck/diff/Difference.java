package org.daxcheck.diff;

import java.util.Locale;

/**
 * What one aspect of a step was on each side, where it was not the same.
 *
 * @param left as text without times, numbers of memory blocks and addresses
 * @param right the same of the other side
 */
public record Difference(Aspect aspect, String left, String right) {
  /** What of a step's answer is compared. */
  public enum Aspect {
    RESULT,
    ATTRIBUTE,
    BLOCKS,
    IOMEM,
    /** MemTotal against the trace's own baseline. */
    MEMTOTAL,
    DRIVER,
    POLICY,
    /** Kernel log lines: errors, splats, and warnings of the driver. */
    LOG,
    /** Taint bits that were not set before the first step. */
    TAINT;

    /** The aspect as reports print it. */
    public String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }
}
