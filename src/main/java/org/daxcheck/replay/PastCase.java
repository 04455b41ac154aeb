package org.daxcheck.replay;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.daxcheck.abi.RuleId;
import org.daxcheck.abi.TargetKind;
import org.daxcheck.oracle.Divergence;
import org.daxcheck.report.FinishedRun;
import org.daxcheck.show.CaseChoice;
import org.daxcheck.trace.Trace;
import org.daxcheck.trace.TraceFile;
import org.daxcheck.trace.TraceFileException;

/**
 * A case of a finished run that can be done again in a guest.
 *
 * @param name the case's name
 * @param divergence the one that is meant; empty where nothing diverged
 */
public record PastCase(String name, Optional<Divergence> divergence, Trace trace) {
  /**
   * The case that is meant: the first of those that fit and diverged, else the first that fits.
   *
   * @param wanted a scenario, a case, a glob, or a rule, whose divergence is then meant
   * @throws IllegalArgumentException with a sentence for the user where there is none
   */
  public static PastCase of(FinishedRun run, String wanted) throws TraceFileException {
    List<FinishedRun.Case> fitting = CaseChoice.of(run, wanted);
    FinishedRun.Case first =
        fitting.stream()
            .filter(c -> !c.verdict().divergences().isEmpty())
            .findFirst()
            .or(() -> fitting.stream().findFirst())
            .orElseThrow(
                () -> new IllegalArgumentException("'" + wanted + "' fits no case of this run"));
    boolean ofGuest =
        run.targets().stream()
            .anyMatch(t -> t.name().equals(first.target()) && t.kind() == TargetKind.GUEST);
    if (!ofGuest) {
      throw new IllegalArgumentException(
          first.name() + " did not run in a guest but on " + first.target() + "; do it there");
    }
    Trace trace =
        first
            .load()
            .map(TraceFile.Loaded::trace)
            .orElseThrow(() -> new IllegalArgumentException(first.name() + " has no trace"));
    Optional<RuleId> rule = RuleId.parse(wanted.toUpperCase(Locale.ROOT));
    List<Divergence> all = first.verdict().divergences();
    return new PastCase(
        first.name(),
        all.stream()
            .filter(d -> rule.isPresent() && d.rule().equals(rule.get()))
            .findFirst()
            .or(() -> all.stream().findFirst()),
        trace);
  }
}
