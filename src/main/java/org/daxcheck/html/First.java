package org.daxcheck.html;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.daxcheck.oracle.Verdict.Status;
import org.daxcheck.report.RootCause;
import org.daxcheck.report.RunDocument;
import org.daxcheck.report.Sighting;

/** What a reader should look at first. */
final class First {
  private First() {}

  /** The first case that ended with an error; empty where none did. */
  static Optional<RunDocument.Case> error(List<RunDocument.Case> cases) {
    return cases.stream().filter(c -> c.status() == Status.ERROR).findFirst();
  }

  /**
   * The divergence that shows the likeliest cause in the simplest way, waived ones last; empty
   * where nothing diverged.
   */
  static Optional<Sighting.InDocument> divergence(List<RunDocument.Case> cases) {
    return Stream.of(false, true)
        .map(waived -> cases.stream().filter(c -> c.isWaived() == waived).toList())
        .flatMap(some -> RootCause.of(Sighting.of(some)).stream().limit(1))
        .findFirst()
        .map(cause -> cause.own().get(0));
  }

  /** The same of runs side by side: of cases that end otherwise in another run, where there are. */
  static Optional<Sighting.InDocument> ofSeveral(List<ReportData.Row> rows) {
    return divergence(cases(rows.stream().filter(ReportData.Row::otherVerdict).toList()))
        .or(() -> divergence(cases(rows)));
  }

  private static List<RunDocument.Case> cases(List<ReportData.Row> rows) {
    return rows.stream().flatMap(r -> r.cases().stream()).filter(c -> c != null).toList();
  }
}
