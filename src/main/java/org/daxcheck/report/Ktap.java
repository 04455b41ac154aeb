package org.daxcheck.report;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.daxcheck.oracle.Divergence;
import org.daxcheck.oracle.Verdict;
import org.daxcheck.suite.GateResult;
import org.daxcheck.suite.Run;

/**
 * A run as KTAP version 1: a test for each target, and in it one for each scenario and topology.
 * Source: Documentation/dev-tools/ktap.rst; the kernel's kunit.py parse reads it.
 */
public final class Ktap {
  /** What ends kunit.py's reading of a console, wherever in a line it stands. */
  private static final Pattern ENDS_PARSING =
      Pattern.compile(
          "(List of all partitions|Kernel panic - not syncing: VFS|reboot: System halted)(:?)");

  private final RuleBook rules;
  private final List<String> lines = new ArrayList<>();

  private Ktap(RuleBook rules) {
    this.rules = rules;
  }

  /** The text of results.ktap. */
  public static String of(Run run, RuleBook rules) {
    Ktap ktap = new Ktap(rules);
    ktap.run(run);
    return String.join("\n", ktap.lines) + "\n";
  }

  private void run(Run run) {
    List<String> targets = RunSummary.targets(run);
    lines.add("KTAP version 1");
    if (targets.isEmpty() && run.complete()) {
      lines.add("1..0 # SKIP no target ran");
      return;
    }
    List<GateResult.Hole> holes = run.ruling().gate().map(GateResult.Gate::holes).orElse(List.of());
    int more = (run.complete() ? 0 : 1) + (holes.isEmpty() ? 0 : 1);
    lines.add("1.." + (targets.size() + more));
    lines.add("# " + clean(VerdictSentence.of(run, rules).toString()));
    for (int i = 0; i < targets.size(); i++) {
      target(run, targets.get(i), i + 1);
    }
    if (!holes.isEmpty()) {
      holes.forEach(h -> lines.add("# " + clean("not judged: " + Text.hole(h))));
      lines.add(
          "not ok "
              + (targets.size() + 1)
              + " gate-is-whole # ERROR "
              + Text.count(holes.size(), "hole", "holes"));
    }
    if (!run.complete()) {
      // Tests that are missing would otherwise not be missed.
      lines.add(
          "not ok " + (targets.size() + more) + " run-complete # ERROR the run is incomplete");
    }
  }

  private void target(Run run, String target, int number) {
    List<Run.Case> cases = RunSummary.cases(run, target);
    RunSummary.Counts counts = RunSummary.counts(run, target);
    if (cases.isEmpty()) {
      lines.add("not ok " + number + " " + name(target) + " # ERROR no scenario ran");
      return;
    }
    lines.add("  KTAP version 1");
    lines.add("  # Subtest: " + name(target));
    lines.add("  1.." + cases.size());
    run.targets().stream()
        .filter(t -> t.name().equals(target))
        .forEach(t -> diagnostic("kernel " + t.kernel() + ", dialect " + t.dialect()));
    for (int i = 0; i < cases.size(); i++) {
      aCase(run, cases.get(i), i + 1);
    }
    boolean ok =
        counts.errors() == 0
            && cases.stream()
                .filter(c -> c.verdict().status() == Verdict.Status.DIVERGENCE)
                .allMatch(c -> run.ruling().waives(target, c.name()));
    String skip = counts.skipped() == counts.total() ? " # SKIP every scenario was skipped" : "";
    lines.add((ok ? "ok " : "not ok ") + number + " " + name(target) + skip);
  }

  private void aCase(Run run, Run.Case c, int number) {
    Verdict verdict = c.verdict();
    verdict.divergences().forEach(d -> divergence(run, c, d));
    for (Verdict.Note n : verdict.notes()) {
      diagnostic(
          "note " + n.rule() + " line " + n.line() + " '" + Text.step(n.step()) + "': " + n.text());
    }
    List<GateResult.Waived> waived = run.ruling().of(c.target(), c.name());
    waived.forEach(w -> diagnostic(Text.waived(w)));
    run.ruling().retries(c.target(), c.name()).forEach(r -> diagnostic("retried: " + r.text()));
    boolean passes = run.ruling().waives(c.target(), c.name());
    String test = number + " " + name(Text.name(c));
    lines.add(
        "  "
            + switch (verdict.status()) {
              case PASS -> "ok " + test;
              // As kselftest has it: what is expected to fail does not fail the whole.
              case DIVERGENCE ->
                  passes
                      ? "ok "
                          + test
                          + " # XFAIL waived until "
                          + waived.get(0).waiver().expires()
                          + ": "
                          + clean(waived.get(0).waiver().reason()).replace(" # ", " - ")
                      : "not ok " + test;
              case SKIPPED -> "ok " + test + " # SKIP " + reason(verdict);
              case ERROR -> "not ok " + test + " # ERROR " + reason(verdict);
            });
  }

  private void divergence(Run run, Run.Case c, Divergence d) {
    RuleSentence rule = rules.text(d.rule());
    diagnostic(d.rule() + ": " + rule.sentence() + " (" + rule.citation() + ")");
    diagnostic(Text.divergence(c, d));
    rules.explanation(run, c, d).ifPresent(f -> diagnostic("explained: " + f));
  }

  private void diagnostic(String text) {
    lines.add("  # " + clean(text));
  }

  /** A reason behind a directive; a second directive in it would confuse readers. */
  private static String reason(Verdict verdict) {
    return clean(verdict.reason()).replace(" # ", " - ");
  }

  /** A test's name: no {@code #}, which would begin a directive. */
  private static String name(String name) {
    return clean(name).replace('#', '_');
  }

  static String clean(String text) {
    return ENDS_PARSING.matcher(Text.oneLine(text)).replaceAll(r -> r.group().replace(' ', '_'));
  }
}
