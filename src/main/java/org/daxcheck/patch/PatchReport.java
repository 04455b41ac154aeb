package org.daxcheck.patch;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.daxcheck.abi.RuleId;
import org.daxcheck.oracle.Divergence;
import org.daxcheck.report.Colours;
import org.daxcheck.report.ExitCode;
import org.daxcheck.report.RootCause;
import org.daxcheck.report.RuleBook;
import org.daxcheck.report.RuleSentence;
import org.daxcheck.report.Sighting;
import org.daxcheck.report.Text;
import org.daxcheck.suite.Run;

/**
 * What the user reads of a patch, the verdict first, in at most 100 columns (shell commands may be
 * wider).
 */
public final class PatchReport {
  private static final int WIDTH = 100;

  /** How many cases of one kind are named; the runs' own files have them all. */
  private static final int PLACES = 6;

  private final PatchVerdict all;
  private final RuleBook rules;
  private final Colours colours;
  private final List<String> lines = new ArrayList<>();

  private PatchReport(PatchVerdict all, RuleBook rules, Colours colours) {
    this.all = all;
    this.rules = rules;
    this.colours = colours;
  }

  /**
   * The report with its last newline.
   *
   * @param unpatched where the run without the patch is, as the user would write it
   */
  public static String of(PatchVerdict all, RuleBook rules, String unpatched, Colours colours) {
    PatchReport report = new PatchReport(all, rules, colours);
    report.verdict();
    report.head(unpatched);
    report.changes();
    report.cases();
    report.end();
    return String.join("\n", report.lines) + "\n";
  }

  private void verdict() {
    ExitCode exit = all.exit();
    wrapped("", all.sentence());
    lines.replaceAll(line -> colours.of(exit, line));
    put("");
  }

  private void head(String unpatched) {
    put("daxcheck " + all.version() + ", patch, " + all.patched().suite());
    for (PatchFile p : all.patches()) {
      wrapped("  patch:     ", p.file() + p.subject().map(s -> ", \"" + s + "\"").orElse(""));
    }
    all.tree().ifPresent(t -> wrapped("  tree:      ", t + ", as it was built"));
    all.target()
        .ifPresent(
            t ->
                wrapped(
                    "  patched:   ", t.kernel() + ", dialect " + t.dialect() + ", " + t.details()));
    String measured = all.baseline().run().started().toString().substring(0, 16).replace('T', ' ');
    all.baseline().run().targets().stream()
        .findFirst()
        .filter(t -> all.target().filter(n -> n.kernel().equals(t.kernel())).isEmpty())
        .ifPresent(t -> wrapped("  unpatched: ", t.kernel() + ", dialect " + t.dialect()));
    wrapped(
        "  unpatched: ",
        all.kept()
            ? "measured " + measured + " UTC in " + unpatched + "; --fresh measures again"
            : "measured just now, in " + unpatched);
    all.notes().forEach(n -> wrapped("  note:      ", n));
  }

  private void changes() {
    Comparison c = all.comparison();
    c.dead()
        .ifPresent(
            why -> {
              put("");
              wrapped("NO GUEST WITH THE PATCH  ", why);
              wrapped("  ", "A guest with the unpatched driver got ready just now.");
            });
    c.dialects()
        .ifPresent(
            d -> {
              put("");
              wrapped(
                  "DIALECT ",
                  d.before()
                      + " without the patch, "
                      + d.now()
                      + " with it: the ABI itself is another one, and the rules of dialect "
                      + d.now()
                      + " are what was judged.");
            });
    broken("LOST", c.lost());
    broken("WORSE", c.worse());
    if (!c.silent().isEmpty()) {
      put("");
      put(colours.red(colours.bold("NO LONGER JUDGED")) + "  with the patch these are skipped");
      byReason(c.silent());
      if (!c.unjudged().isEmpty()) {
        wrapped("  ", "so nothing judges any more: " + join(c.unjudged()));
      }
    }
    if (!c.failed().isEmpty() && c.dead().isEmpty()) {
      put("");
      put(colours.yellow(colours.bold("ERRORS")) + "  (no verdict)");
      byReason(c.failed());
    }
    for (Comparison.RuleChange r : c.gained()) {
      put("");
      title("GAINED " + r.rule() + "  ", rules.text(r.rule()).sentence(), Style.GREEN);
      wrapped("  ", "broken without the patch in " + some(r.before()) + "; these keep it now");
    }
    for (Comparison.RuleChange r : c.still()) {
      put("");
      title("ALREADY BROKEN " + r.rule() + "  ", rules.text(r.rule()).sentence(), Style.YELLOW);
      wrapped("  ", "without the patch too, in " + some(r.now()));
    }
  }

  private void broken(String label, List<Comparison.RuleChange> changes) {
    Map<RuleId, Comparison.RuleChange> byRule = new HashMap<>();
    changes.forEach(r -> byRule.put(r.rule(), r));
    for (RootCause<Sighting.InCase> cause : all.causes(changes)) {
      broken(label, byRule.get(cause.rule()), cause.own().get(0));
      if (!cause.others().isEmpty()) {
        put("  likely the same cause:");
      }
      for (RuleId other : cause.others().keySet()) {
        wrapped("    " + other + "  ", rules.text(other).sentence());
        wrapped("    " + " ".repeat(other.toString().length() + 2), where(byRule.get(other)));
      }
    }
  }

  private void broken(String label, Comparison.RuleChange r, Sighting.InCase sight) {
    RuleSentence text = rules.text(r.rule());
    put("");
    title(label + " " + r.rule() + "  ", text.sentence(), Style.RED);
    wrapped("  source:  ", text.citation());
    Divergence d = sight.divergence();
    wrapped("  step:    ", Text.step(d.step()) + "  [" + d.aspect() + "]");
    wrapped("  expected: ", d.allowed());
    wrapped("  got:     ", d.seen());
    wrapped("  first:   ", sight.place());
    wrapped("  where:   ", where(r));
    List<String> commands = sight.commands();
    if (!commands.isEmpty()) {
      wrapped("  ", Text.toReproduce(d, ""));
      commands.forEach(l -> put("    " + l));
    }
  }

  private static String where(Comparison.RuleChange r) {
    return some(r.now())
        + (r.before().isEmpty()
            ? r.judgedBefore() ? "; held without the patch" : "; not judged without the patch"
            : "; without the patch in " + some(r.before()));
  }

  private void byReason(List<Comparison.CaseChange> changes) {
    Map<String, List<String>> byReason = new LinkedHashMap<>();
    changes.forEach(c -> byReason.computeIfAbsent(c.reason(), r -> new ArrayList<>()).add(c.key()));
    byReason.forEach((reason, keys) -> wrapped("  ", reason + ": " + some(keys)));
  }

  private void cases() {
    Map<String, List<String>> kinds = new LinkedHashMap<>();
    for (Comparison.CaseChange c : all.comparison().changed()) {
      kinds
          .computeIfAbsent(word(c.before()) + " -> " + word(c.now()), k -> new ArrayList<>())
          .add(c.key());
    }
    if (!kinds.isEmpty()) {
      put("");
      put(colours.bold("Cases with another verdict (without -> with the patch)"));
      kinds.forEach((kind, keys) -> wrapped("  ", kind + ": " + some(keys)));
    }
  }

  private static String word(Enum<?> status) {
    return status.name().toLowerCase(Locale.ROOT);
  }

  private void end() {
    Run.Times t = all.patched().times();
    put("");
    put(
        "Time: with the patch "
            + Text.seconds(t.total())
            + (all.quickNanos() > 0 ? ", quick part done at " + Text.seconds(all.quickNanos()) : "")
            + ", together "
            + Text.seconds(all.totalNanos())
            + "; "
            + all.comparison().cases()
            + " of "
            + all.planned()
            + " cases compared");
  }

  private static String some(List<String> keys) {
    return Text.count(keys.size(), "case", "cases")
        + ": "
        + String.join(", ", keys.subList(0, Math.min(PLACES, keys.size())))
        + (keys.size() > PLACES ? ", and " + (keys.size() - PLACES) + " more" : "");
  }

  private static String join(List<?> things) {
    return String.join(", ", things.stream().map(Object::toString).toList());
  }

  private enum Style {
    RED,
    YELLOW,
    GREEN
  }

  private void title(String label, String text, Style style) {
    int at = lines.size();
    wrapped(label, text);
    String bold = colours.bold(label);
    String painted =
        switch (style) {
          case RED -> colours.red(bold);
          case YELLOW -> colours.yellow(bold);
          case GREEN -> colours.green(bold);
        };
    lines.set(at, painted + lines.get(at).substring(label.length()));
  }

  private void wrapped(String label, String text) {
    String head = label;
    for (String line : Text.wrap(Text.oneLine(text), WIDTH - label.length())) {
      put(head + line);
      head = " ".repeat(label.length());
    }
  }

  private void put(String line) {
    lines.add(line.stripTrailing());
  }
}
