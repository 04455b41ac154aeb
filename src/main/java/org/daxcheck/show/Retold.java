package org.daxcheck.show;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.daxcheck.oracle.Account;
import org.daxcheck.oracle.Allowance;
import org.daxcheck.oracle.Divergence;
import org.daxcheck.oracle.Oracle;
import org.daxcheck.oracle.Verdict;
import org.daxcheck.report.FinishedRun;
import org.daxcheck.scenario.Catalogue;
import org.daxcheck.scenario.Parser;
import org.daxcheck.scenario.Scenario;
import org.daxcheck.scenario.ScenarioException;
import org.daxcheck.trace.Trace;
import org.daxcheck.trace.TraceFile;
import org.daxcheck.trace.TraceFileException;

/** A case of a finished run, judged once more to hear how its verdict comes about. */
public final class Retold {
  private Retold() {}

  /**
   * The case with its trace; empty where it has none, as one that was skipped.
   *
   * @throws TraceFileException where the trace cannot be read
   */
  public static Optional<ShownCase.Told> of(FinishedRun.Case c, Catalogue catalogue)
      throws TraceFileException {
    Optional<TraceFile.Loaded> loaded = c.load();
    if (loaded.isEmpty()) {
      return Optional.empty();
    }
    Trace trace = loaded.get().trace();
    List<String> notices = new ArrayList<>();
    if (!loaded.get().complete()) {
      notices.add(loaded.get().notice());
    }
    Map<Integer, Account> accounts = new HashMap<>();
    try {
      Scenario scenario = Parser.tried(c.file(), trace.header().source(), catalogue);
      // What a run has but a few times may have been used up by the cases before.
      boolean same =
          judge(trace, scenario, new Allowance(), c.verdict(), accounts)
              || judge(trace, scenario, new Allowance(Allowance.PER_RUN), c.verdict(), accounts);
      if (!same) {
        notices.add("the model of today judges this trace otherwise; './daxcheck judge' tells how");
      }
    } catch (ScenarioException e) {
      notices.add("its scenario cannot be read today, so it is not judged: " + e.getMessage());
    }
    return Optional.of(
        new ShownCase.Told(
            c.name() + " on " + c.target(), c.file(), trace, c.verdict(), accounts, notices));
  }

  /** Judges it; true where the same rules are broken as the run says. */
  private static boolean judge(
      Trace trace,
      Scenario scenario,
      Allowance allowance,
      Verdict recorded,
      Map<Integer, Account> accounts) {
    accounts.clear();
    Verdict now = Oracle.judge(trace, scenario, allowance, a -> accounts.put(a.entry(), a));
    int steps = trace.entries().size();
    return broken(now, steps).equals(broken(recorded, steps));
  }

  private static Set<String> broken(Verdict verdict, int steps) {
    return verdict.divergences().stream()
        .filter(d -> d.entry() < steps)
        .map(Divergence::rule)
        .map(Object::toString)
        .collect(Collectors.toCollection(TreeSet::new));
  }
}
