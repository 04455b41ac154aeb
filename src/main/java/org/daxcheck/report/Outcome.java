package org.daxcheck.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.daxcheck.oracle.Verdict.Status;
import org.daxcheck.suite.GateResult;
import org.daxcheck.suite.Run;

/**
 * A line of those formats that know a name and a result. What is missing has a line too, so that it
 * is missed.
 *
 * @param target empty where it is about the run as a whole
 * @param name the same in every run
 * @param why in one line; empty for a pass that has nothing to tell
 * @param aCase empty where it is no case
 */
record Outcome(String target, String name, Result result, String why, Optional<Run.Case> aCase) {
  /** What came of it. */
  enum Result {
    PASS,
    FAIL,
    /** A failure that a waiver lets through. */
    WAIVED,
    SKIP,
    ERROR
  }

  /** All of a run, by target; what concerns it as a whole at the end. */
  static List<Outcome> of(Run run) {
    List<Outcome> all = new ArrayList<>();
    for (String target : RunSummary.targets(run)) {
      List<Run.Case> cases = RunSummary.cases(run, target);
      cases.forEach(c -> all.add(of(run, c)));
      if (cases.isEmpty()) {
        all.add(whole(target, "results", "no scenario ran"));
      }
    }
    List<GateResult.Hole> holes = run.ruling().gate().map(GateResult.Gate::holes).orElse(List.of());
    if (!holes.isEmpty()) {
      String more = holes.size() > 1 ? ", and " + (holes.size() - 1) + " more" : "";
      all.add(whole("", "gate-is-whole", Text.hole(holes.get(0)) + more));
    }
    if (!run.complete()) {
      all.add(whole("", "run-complete", "the run is incomplete"));
    }
    return all;
  }

  private static Outcome whole(String target, String name, String why) {
    return new Outcome(target, name, Result.ERROR, Text.oneLine(why), Optional.empty());
  }

  private static Outcome of(Run run, Run.Case c) {
    boolean waived = run.ruling().waives(c.target(), c.name());
    Result result =
        switch (c.verdict().status()) {
          case PASS -> Result.PASS;
          case SKIPPED -> Result.SKIP;
          case ERROR -> Result.ERROR;
          case DIVERGENCE -> waived ? Result.WAIVED : Result.FAIL;
        };
    List<String> why = new ArrayList<>();
    if (c.verdict().status() == Status.DIVERGENCE) {
      c.verdict().divergences().stream()
          .findFirst()
          .ifPresent(d -> why.add(d.rule() + ", " + Text.divergence(c, d)));
    }
    if (!c.verdict().reason().isEmpty()) {
      why.add(c.verdict().reason());
    }
    run.ruling().of(c.target(), c.name()).forEach(w -> why.add(Text.waived(w)));
    run.ruling().retries(c.target(), c.name()).forEach(r -> why.add("retried: " + r.text()));
    return new Outcome(
        c.target(), c.name(), result, Text.oneLine(String.join("; ", why)), Optional.of(c));
  }

  /** The name with nothing in it but letters, digits, {@code _}, {@code -} and dots. */
  static String id(String name) {
    return name.replaceAll("[^A-Za-z0-9_.-]", "_");
  }

  /** The result in lower case, as most formats write it. */
  String word() {
    return result.name().toLowerCase(Locale.ROOT);
  }
}
