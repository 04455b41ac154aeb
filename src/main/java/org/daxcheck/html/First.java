package org.daxcheck.html;

import java.util.List;
import java.util.Optional;
import org.daxcheck.oracle.Verdict.Status;
import org.daxcheck.report.RunDocument;

/** Which case of a run a reader should look at first. */
final class First {
  private First() {}

  /** The first case of the status that nothing explains; else the first; empty where none is. */
  static Optional<RunDocument.Case> of(List<RunDocument.Case> cases, Status status) {
    List<RunDocument.Case> fitting = cases.stream().filter(c -> c.status() == status).toList();
    return fitting.stream()
        .filter(c -> !isKnown(c))
        .findFirst()
        .or(() -> fitting.stream().findFirst());
  }

  /**
   * The first case that diverged: of those that end otherwise in another run, where there are such.
   */
  static Optional<RunDocument.Case> divergence(List<ReportData.Row> rows) {
    return of(cases(rows.stream().filter(ReportData.Row::otherVerdict).toList()), Status.DIVERGENCE)
        .or(() -> of(cases(rows), Status.DIVERGENCE));
  }

  private static List<RunDocument.Case> cases(List<ReportData.Row> rows) {
    return rows.stream().flatMap(r -> r.cases().stream()).filter(c -> c != null).toList();
  }

  private static boolean isKnown(RunDocument.Case c) {
    return c.isWaived()
        || !c.divergences().isEmpty() && c.divergences().get(0).explained().isPresent();
  }
}
