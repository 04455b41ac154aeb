package org.daxcheck.patch;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.daxcheck.abi.RuleId;
import org.daxcheck.abi.TargetKind;
import org.daxcheck.oracle.Verdict.Status;
import org.daxcheck.report.PastRun;

/** Builds runs by hand. */
final class Pasts {
  static final String TARGET = "qemu";

  private final String dialect;
  private final List<PastRun.Case> cases = new ArrayList<>();

  private Pasts(String dialect) {
    this.dialect = dialect;
  }

  static Pasts of(String dialect) {
    return new Pasts(dialect);
  }

  /** A case about a rule that it judges and that holds. */
  Pasts pass(String scenario, String rule) {
    return add(scenario, rule, Status.PASS, "");
  }

  /** A case about a rule that breaks these. */
  Pasts broken(String scenario, String rule, String... broken) {
    return add(scenario, rule, Status.DIVERGENCE, "", broken);
  }

  Pasts skipped(String scenario, String rule) {
    return add(scenario, rule, Status.SKIPPED, "the kernel has no attribute");
  }

  Pasts error(String scenario, String rule) {
    return add(scenario, rule, Status.ERROR, "the connection is lost");
  }

  private Pasts add(String scenario, String rule, Status status, String reason, String... broken) {
    boolean judged = status == Status.PASS || status == Status.DIVERGENCE;
    cases.add(
        new PastRun.Case(
            scenario,
            TARGET,
            "cxl",
            status,
            reason,
            Set.of(RuleId.of(rule)),
            judged ? Map.of(RuleId.of(rule), 3) : Map.of(),
            Stream.of(broken).map(RuleId::of).collect(Collectors.toSet())));
    return this;
  }

  PastRun run() {
    return new PastRun(
        Instant.parse("2026-11-21T22:00:00Z"),
        List.of(new PastRun.Target(TARGET, TargetKind.GUEST, "7.3.4", dialect, "")),
        cases);
  }
}
