package org.daxcheck.oracle;

import org.daxcheck.step.Observation;

/** Whether two observations show the device alike, whatever was logged between. */
final class SameDevice {
  private SameDevice() {}

  static boolean in(Observation a, Observation b) {
    return a.attributes().equals(b.attributes())
        && a.blocks().equals(b.blocks())
        && a.iomem().equals(b.iomem())
        && a.memTotalKib() == b.memTotalKib()
        && a.driver().equals(b.driver());
  }
}
