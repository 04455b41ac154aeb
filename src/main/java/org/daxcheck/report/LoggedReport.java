package org.daxcheck.report;

import java.util.List;
import org.daxcheck.oracle.Divergence;
import org.daxcheck.oracle.KernelReport;
import org.daxcheck.step.Observation;
import org.daxcheck.suite.Run;

/** What the kernel itself logged of a divergence: who mends it needs all of it. */
final class LoggedReport {
  private LoggedReport() {}

  /**
   * The lines of the kernel's report that a divergence is about, as they were logged; none where it
   * is about something else, or where its title is all there is.
   */
  static List<String> of(Run.Case c, Divergence d) {
    if (d.entry() < 0 || c.trace().isEmpty()) {
      return List.of();
    }
    Observation seen = c.trace().get().entries().get(d.entry()).reply().observation();
    return KernelReport.in(seen.log()).stream()
        .filter(r -> r.lines().size() > 1 && d.seen().contains(r.text()))
        .findFirst()
        .map(r -> r.lines().stream().map(Observation.LogLine::text).toList())
        .orElse(List.of());
  }
}
