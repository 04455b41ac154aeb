package org.daxcheck.show;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.daxcheck.abi.RuleId;
import org.daxcheck.report.FinishedRun;
import org.daxcheck.scenario.Glob;

/** Which cases of a run somebody means: by name, glob or rule. */
public final class CaseChoice {
  private CaseChoice() {}

  /**
   * The cases that are meant, in the order of the run; none where nothing fits. Of a rule those
   * that break it, or where none does, those that are about it.
   */
  public static List<FinishedRun.Case> of(FinishedRun run, String text) {
    Optional<RuleId> rule = RuleId.parse(text.toUpperCase(Locale.ROOT));
    if (rule.isEmpty()) {
      Glob glob = new Glob(text);
      return run.cases().stream()
          .filter(c -> glob.matches(c.scenario()) || glob.matches(c.name()) || glob.matches(c.id()))
          .toList();
    }
    List<FinishedRun.Case> breaking =
        run.cases().stream()
            .filter(
                c -> c.verdict().divergences().stream().anyMatch(d -> d.rule().equals(rule.get())))
            .toList();
    return breaking.isEmpty()
        ? run.cases().stream()
            .filter(c -> c.cited().stream().anyMatch(r -> r.rule().equals(rule.get())))
            .toList()
        : breaking;
  }
}
