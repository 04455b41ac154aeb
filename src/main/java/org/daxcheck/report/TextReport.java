package org.daxcheck.report;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.daxcheck.abi.RuleId;
import org.daxcheck.oracle.Divergence;
import org.daxcheck.oracle.Interleavings;
import org.daxcheck.oracle.Splat;
import org.daxcheck.oracle.Verdict;
import org.daxcheck.oracle.Verdict.Status;
import org.daxcheck.scenario.Waivers;
import org.daxcheck.suite.CompletenessResult;
import org.daxcheck.suite.GateResult;
import org.daxcheck.suite.Run;
import org.daxcheck.trace.Trace;

/**
 * What the user reads at the end of a run, in at most 100 columns (shell commands may be wider).
 */
public final class TextReport {
  private static final int WIDTH = 100;
  private static final RuleId ROBUST = new RuleId("ROBUST", 1);
  private static final int RULE_WIDTH = 12;
  private static final int DIFFERENCE_WIDTH = 15;

  /** How many places of one divergence are named; run.json has them all. */
  private static final int PLACES = 6;

  /** How many ways to break one rule are shown; run.json has them all. */
  private static final int SIGHTS = 3;

  /** How many outcomes of a race are shown; run.json has them all. */
  private static final int OUTCOMES = 6;

  private final Run run;
  private final RuleBook rules;
  private final Colours colours;
  private final List<String> targets;

  /** As many cases, named one by one, as are told without what nobody asked for. */
  private static final int FEW = 12;

  private final List<String> lines = new ArrayList<>();

  private TextReport(Run run, RuleBook rules, Colours colours) {
    this.run = run;
    this.rules = rules;
    this.colours = colours;
    this.targets = RunSummary.targets(run);
  }

  /** The report with its last newline. */
  public static String of(Run run, RuleBook rules, Colours colours) {
    TextReport report = new TextReport(run, rules, colours);
    // First for who opens a file, last for who looks at a terminal.
    report.verdict();
    report.put("");
    report.head();
    boolean judged = run.cases().stream().anyMatch(c -> c.verdict().status() != Status.ERROR);
    if (judged) {
      report.tables();
    }
    report.divergences();
    report.notes();
    report.errors();
    report.skips();
    report.races();
    report.claims();
    report.waivers();
    report.retries();
    if (judged && !report.few()) {
      report.holes();
      report.coverage();
    }
    report.gate();
    report.baseline();
    report.end();
    return String.join("\n", report.lines) + "\n";
  }

  /** Its end: waivers, retries, the gate, what got worse, the verdict. */
  public static String ending(Run run, RuleBook rules, Colours colours) {
    TextReport report = new TextReport(run, rules, colours);
    report.waivers();
    report.retries();
    report.gate();
    report.baseline();
    report.verdict();
    return String.join("\n", report.lines) + "\n";
  }

  private void head() {
    put("daxcheck " + run.version() + ", " + run.suite() + ", seed " + run.seed());
    for (Run.TargetInfo t : run.targets()) {
      String details = t.details().isEmpty() ? "" : ", " + t.details();
      wrapped("  " + t.name() + ": ", t.kernel() + ", dialect " + t.dialect() + details);
    }
  }

  /** True where somebody named a few scenarios, and wants to hear of nothing else. */
  private boolean few() {
    return run.cases().size() <= FEW && run.ruling().gate().filter(g -> !g.isOne()).isPresent();
  }

  /** The rules of the table: of a few scenarios those that they are about, and what was broken. */
  private SortedSet<RuleId> told() {
    SortedSet<RuleId> all = RunSummary.rules(run);
    if (few()) {
      Set<RuleId> about = new HashSet<>();
      for (Run.Case c : run.cases()) {
        c.scenario().rules().forEach(r -> about.add(r.rule()));
        c.verdict().divergences().forEach(d -> about.add(d.rule()));
      }
      all.retainAll(about);
    }
    return all;
  }

  private void tables() {
    SortedSet<RuleId> all = told();
    if (all.isEmpty()) {
      return;
    }
    boolean errors = !RunSummary.cases(run, Status.ERROR).isEmpty();
    Map<String, Integer> widths = new LinkedHashMap<>();
    for (String target : targets) {
      int width = target.length();
      for (RuleId rule : all) {
        width = Math.max(width, cell(RunSummary.counts(run, target, rule), errors).length());
      }
      widths.put(target, Math.min(width, 20));
    }
    boolean compare = targets.size() == 2;
    int left =
        WIDTH
            - RULE_WIDTH
            - widths.values().stream().mapToInt(w -> w + 2).sum()
            - (compare ? DIFFERENCE_WIDTH : 0);
    int sentence = left < 12 ? 0 : left;
    put("");
    put(
        "Each cell: scenarios that kept the rule / broke it / were skipped"
            + (errors ? " / failed" : "")
            + ".");
    String group = "";
    for (RuleId rule : all) {
      if (!rule.group().equals(group)) {
        group = rule.group();
        StringBuilder title = new StringBuilder(pad(group, RULE_WIDTH + sentence));
        widths.forEach((t, w) -> title.append("  ").append(padLeft(Text.clip(t, w), w)));
        put("");
        put(colours.bold(title + (compare ? "  difference" : "")));
      }
      row(rule, widths, sentence, errors, compare);
    }
    int others = RunSummary.rules(run).size() - all.size();
    if (others > 0) {
      put("  " + Text.count(others, "other rule", "other rules") + " kept; report.html has them");
    }
  }

  private void row(
      RuleId rule, Map<String, Integer> widths, int sentence, boolean errors, boolean compare) {
    StringBuilder row = new StringBuilder(pad("  " + rule, RULE_WIDTH));
    if (sentence > 0) {
      row.append(pad(Text.clip(oneLine(rules.text(rule).sentence()), sentence - 1), sentence));
    }
    widths.forEach(
        (target, width) -> {
          RunSummary.Counts counts = RunSummary.counts(run, target, rule);
          String cell = padLeft(cell(counts, errors), width);
          row.append("  ")
              .append(
                  counts.diverged() > 0
                      ? colours.red(cell)
                      : counts.errors() > 0 ? colours.yellow(cell) : cell);
        });
    if (compare) {
      RunSummary.Difference d = RunSummary.difference(run, targets.get(0), targets.get(1), rule);
      row.append("  ")
          .append(
              d.common() == 0
                  ? "-"
                  : d.differ() == 0 ? "none" : colours.red(d.differ() + " of " + d.common()));
    }
    put(row.toString());
  }

  private static String cell(RunSummary.Counts c, boolean errors) {
    if (c.total() == 0) {
      return "-";
    }
    return c.passed()
        + " / "
        + c.diverged()
        + " / "
        + c.skipped()
        + (errors ? " / " + c.errors() : "");
  }

  /** The same thing seen in several places. */
  private record Sight(
      String target, String step, String aspect, String allowed, String seen, String explained) {}

  private void divergences() {
    RootCause.of(Sighting.of(run, rules, run.cases())).forEach(this::cause);
  }

  private void cause(RootCause<Sighting.InCase> cause) {
    Map<Sight, List<Sighting.InCase>> sights = new LinkedHashMap<>();
    cause.own().forEach(p -> sights.computeIfAbsent(sight(p), s -> new ArrayList<>()).add(p));
    put("");
    String label = "DIVERGENCE " + cause.rule() + "  ";
    int at = lines.size();
    wrapped(label, rules.text(cause.rule()).sentence());
    lines.set(at, colours.red(colours.bold(label)) + lines.get(at).substring(label.length()));
    wrapped("  source:  ", rules.text(cause.rule()).citation());
    sights.entrySet().stream().limit(SIGHTS).forEach(e -> sight(e.getKey(), e.getValue()));
    if (sights.size() > SIGHTS) {
      put("");
      put("  and in " + (sights.size() - SIGHTS) + " other ways; run.json has them all");
    }
    if (!cause.others().isEmpty()) {
      put("");
      put("  likely the same cause:");
      cause.others().forEach(this::consequence);
    }
  }

  /** A rule that the cause breaks as well; how, is told by the simplest that it breaks. */
  private void consequence(RuleId rule, List<Sighting.InCase> places) {
    String label = "    " + rule + "  ";
    wrapped(label, rules.text(rule).sentence());
    wrapped(" ".repeat(label.length()), where(places));
  }

  private Sight sight(Sighting.InCase place) {
    Divergence d = place.divergence();
    return new Sight(
        place.aCase().target(),
        d.step(),
        d.aspect(),
        d.allowed(),
        d.seen(),
        rules.explanation(run, place.aCase(), d).map(Object::toString).orElse(""));
  }

  private static String where(List<Sighting.InCase> places) {
    long scenarios = places.stream().map(p -> p.aCase().scenario().name()).distinct().count();
    String others = places.size() > PLACES ? ", and " + (places.size() - PLACES) + " more" : "";
    return "on "
        + Text.list(places.stream().map(p -> p.aCase().target()).distinct().toList())
        + " in "
        + Text.count((int) scenarios, "scenario", "scenarios")
        + ": "
        + places.stream()
            .limit(PLACES)
            .map(Sighting.InCase::place)
            .collect(Collectors.joining(", "))
        + others;
  }

  private void sight(Sight sight, List<Sighting.InCase> places) {
    put("");
    wrapped("  step:    ", Text.step(sight.step()) + "  [" + sight.aspect() + "]");
    wrapped("  expected: ", sight.allowed());
    int repeats = places.stream().mapToInt(p -> p.divergence().repeats()).sum();
    String more = repeats > 0 ? " (" + (repeats + places.size()) + " times)" : "";
    wrapped("  got:     ", sight.seen() + more);
    if (repeats > 0) {
      places.forEach(this::laterLogs);
    }
    places.stream()
        .map(p -> LoggedReport.of(p.aCase(), p.divergence()))
        .filter(l -> !l.isEmpty())
        .findFirst()
        .ifPresent(
            all -> {
              put("  the kernel's report:");
              all.forEach(l -> put("    " + l));
            });
    if (!sight.explained().isEmpty()) {
      wrapped("  explained: ", sight.explained());
    }
    wrapped("  where:   ", where(places));
    // The simplest is the one to try by hand.
    places.stream()
        .filter(p -> p.aCase().trace().isPresent())
        .findFirst()
        .ifPresent(
            p -> {
              wrapped("  ", Text.toReproduce(p.divergence(), ""));
              p.commands().forEach(l -> put("    " + l));
            });
  }

  /** Log lines of later steps that speak of a broken kernel, each with the step that it is of. */
  private void laterLogs(Sighting.InCase place) {
    Divergence d = place.divergence();
    if (!d.rule().equals(ROBUST) || d.repeats() == 0 || place.aCase().trace().isEmpty()) {
      return;
    }
    List<Trace.Entry> entries = place.aCase().trace().get().entries();
    entries.stream()
        .skip(d.entry() + 1L)
        .forEach(
            e ->
                e.reply().observation().log().stream()
                    .filter(l -> Splat.isOne(l.text()))
                    .findFirst()
                    .ifPresent(
                        l ->
                            wrapped(
                                "  also:    ",
                                "line "
                                    + e.line()
                                    + ", "
                                    + Text.step(e.text())
                                    + ": "
                                    + l.text())));
  }

  /** A text and the cases that gave it. */
  private void grouped(String title, Map<String, List<String>> byText) {
    if (byText.isEmpty()) {
      return;
    }
    put("");
    put(colours.bold(title));
    byText.forEach(
        (text, names) -> {
          wrapped("  ", text);
          String more = names.size() > PLACES ? ", and " + (names.size() - PLACES) + " more" : "";
          wrapped(
              "    ",
              Text.count(names.size(), "case", "cases")
                  + ": "
                  + names.stream().limit(PLACES).collect(Collectors.joining(", "))
                  + more);
        });
  }

  private void notes() {
    Map<String, List<String>> byText = new LinkedHashMap<>();
    for (Run.Case c : run.cases()) {
      for (Verdict.Note n : c.verdict().notes()) {
        byText
            .computeIfAbsent(
                n.rule() + " on " + c.target() + ": " + Text.step(n.step()) + ": " + n.text(),
                t -> new ArrayList<>())
            .add(c.scenario().file() + ":" + n.line());
      }
    }
    grouped("Notes: legal, but worth knowing", byText);
  }

  private void errors() {
    grouped("Errors (no verdict)", reasons(Status.ERROR));
  }

  private void skips() {
    grouped("Skipped", reasons(Status.SKIPPED));
  }

  private Map<String, List<String>> reasons(Status status) {
    Map<String, List<String>> byReason = new LinkedHashMap<>();
    for (Run.Case c : RunSummary.cases(run, status)) {
      byReason
          .computeIfAbsent(
              c.target() + whose(c.verdict()) + ": " + c.verdict().reason(), t -> new ArrayList<>())
          .add(Text.name(c));
    }
    return byReason;
  }

  /** Who has to look at an error, in brackets; nothing for what is none. */
  private static String whose(Verdict verdict) {
    return verdict.status() == Status.ERROR
        ? " (to be looked for in " + verdict.cause().fault().text() + ")"
        : "";
  }

  private void holes() {
    for (String target : targets) {
      SortedSet<RuleId> never = RunSummary.neverJudged(run, target);
      if (!never.isEmpty()) {
        put("");
        wrapped(
            "On " + target + " never exercised: ",
            never.stream().map(RuleId::toString).collect(Collectors.joining(", ")));
      }
    }
  }

  private void races() {
    boolean first = true;
    for (Run.Case c : run.cases()) {
      List<Interleavings> races = c.trace().map(Interleavings::of).orElse(List.of());
      for (Interleavings race : races) {
        if (first) {
          put("");
          put(colours.bold("Races"));
          first = false;
        }
        race(c, race, races.size() > 1);
      }
    }
  }

  private void race(Run.Case c, Interleavings race, boolean several) {
    List<String> parts =
        new ArrayList<>(
            race.outcomes().stream()
                .limit(OUTCOMES)
                .map(o -> o.answers() + ": " + o.rounds())
                .toList());
    if (race.outcomes().size() > OUTCOMES) {
      parts.add("and " + (race.outcomes().size() - OUTCOMES) + " other outcomes");
    }
    wrapped(
        "  ",
        c.target()
            + " "
            + Text.name(c)
            + (several ? " line " + race.line() : "")
            + ": "
            + race.rounds()
            + " rounds, "
            + Text.count(race.distinct(), "interleaving", "interleavings")
            + "; "
            + String.join("; ", parts));
  }

  private void claims() {
    if (run.claims().isEmpty()) {
      return;
    }
    put("");
    put(colours.bold("Complete suites"));
    for (CompletenessResult claim : run.claims()) {
      wrapped("  " + claim.target() + ": ", claim.what());
      int at = lines.size();
      if (claim.stands()) {
        wrapped("    proven: ", claim.proves());
      } else {
        wrapped("    not proven: ", claim.why());
      }
      for (int i = at; i < lines.size(); i++) {
        lines.set(i, claim.stands() ? colours.green(lines.get(i)) : colours.yellow(lines.get(i)));
      }
      wrapped("    assuming: ", String.join("; ", claim.assumes()));
    }
  }

  private void coverage() {
    boolean first = true;
    for (Run.TargetInfo t : run.targets()) {
      Optional<RunSummary.Judged> judged = RunSummary.judged(run, rules, t);
      if (judged.isEmpty()) {
        continue;
      }
      if (first) {
        put("");
        put(colours.bold("Rules that were checked by a scenario about them"));
        first = false;
      }
      put(
          "  "
              + t.name()
              + ": "
              + judged.get().judged()
              + " of the "
              + judged.get().bound()
              + " that bind "
              + t.dialect());
      judged
          .get()
          .missing()
          .forEach(
              (reason, missing) ->
                  wrapped(
                      "    ",
                      reason
                          + ": "
                          + missing.stream()
                              .map(RuleId::toString)
                              .collect(Collectors.joining(", "))));
    }
  }

  private void waivers() {
    Map<String, List<String>> byText = new LinkedHashMap<>();
    for (GateResult.Waived w : run.ruling().waived()) {
      byText
          .computeIfAbsent(w.target() + ": " + Text.waived(w), t -> new ArrayList<>())
          .add(w.name());
    }
    grouped("Waivers: the verdicts stay as they are", byText);
    if (!run.ruling().needless().isEmpty() || !run.ruling().untried().isEmpty()) {
      put("");
    }
    for (Waivers.Waiver w : run.ruling().needless()) {
      wrapped(
          "  no longer needed: ",
          "the waiver for "
              + w.rule()
              + " in "
              + w.scenario()
              + " ("
              + w.place()
              + "): the rule was"
              + " judged, and kept");
    }
    for (Waivers.Waiver w : run.ruling().untried()) {
      wrapped(
          "  not tried: ",
          "the waiver for "
              + w.rule()
              + " in "
              + w.scenario()
              + " ("
              + w.place()
              + "): "
              + (run.cases().stream().anyMatch(c -> w.scenario().matches(c.scenario().name()))
                  ? "the rule was not judged where it holds"
                  : "no scenario of this run has such a name"));
    }
  }

  private void retries() {
    Map<String, List<String>> byText = new LinkedHashMap<>();
    for (GateResult.Retry r : run.ruling().retries()) {
      byText.computeIfAbsent(r.target() + ": " + r.text(), t -> new ArrayList<>()).add(r.name());
    }
    if (byText.isEmpty()) {
      return;
    }
    put("");
    put(colours.bold("Tried more than once"));
    byText.forEach(
        (text, names) -> {
          wrapped("  ", text);
          if (!names.get(0).isEmpty()) {
            wrapped("    ", String.join(", ", names));
          }
        });
  }

  private void gate() {
    if (run.ruling().gate().isEmpty()) {
      return;
    }
    GateResult.Gate gate = run.ruling().gate().get();
    put("");
    if (!gate.isOne()) {
      wrapped("Not a gate run: ", gate.restricted());
      return;
    }
    if (gate.holes().isEmpty()) {
      put("Gate complete: every rule was checked.");
      return;
    }
    put(colours.bold("Gate incomplete. Rules that were not checked:"));
    Map<String, SortedSet<RuleId>> rulesOf = new LinkedHashMap<>();
    Map<String, SortedSet<String>> scenariosOf = new LinkedHashMap<>();
    for (GateResult.Hole h : gate.holes()) {
      String why = h.target() + ": " + h.reason();
      rulesOf.computeIfAbsent(why, w -> new TreeSet<>()).add(h.rule());
      scenariosOf.computeIfAbsent(why, w -> new TreeSet<>()).addAll(h.scenarios());
    }
    rulesOf.forEach(
        (why, found) -> {
          wrapped("  ", why);
          wrapped("    rules: ", Text.list(found));
          SortedSet<String> names = scenariosOf.get(why);
          if (!names.isEmpty()) {
            String more =
                names.size() > 2 * PLACES ? ", and " + (names.size() - 2 * PLACES) + " more" : "";
            wrapped(
                "    scenarios: ",
                names.stream().limit(2 * PLACES).collect(Collectors.joining(", ")) + more);
          }
        });
  }

  private void baseline() {
    if (run.ruling().baseline().isEmpty()) {
      return;
    }
    GateResult.Baseline b = run.ruling().baseline().get();
    put("");
    put(colours.bold("Against " + b.run()));
    b.worse().forEach(w -> wrapped("  worse:  ", w.what()));
    b.better().forEach(w -> wrapped("  better: ", w));
    put("  as before: " + Text.count(b.same(), "case", "cases"));
  }

  private void end() {
    Run.Times t = run.times();
    put("");
    put(
        "Time: boot "
            + Text.seconds(t.boot())
            + ", steps in the kernel "
            + Text.seconds(t.kernel())
            // Of several guests at a time the parts are more than the whole.
            + (t.boot() + t.kernel() > t.total()
                ? ", on several guests at a time; total "
                : ", other " + Text.seconds(t.total() - t.boot() - t.kernel()) + ", total ")
            + Text.seconds(t.total()));
    for (String target : targets) {
      RunSummary.Counts c = RunSummary.counts(run, target);
      wrapped(
          target + ": ",
          Text.count(c.total(), "case", "cases")
              + ", "
              + c.passed()
              + " passed, "
              + c.diverged()
              + " diverged, "
              + c.skipped()
              + " skipped, "
              + Text.count(c.errors(), "error", "errors"));
    }
    if (!run.complete()) {
      put("The run is incomplete: cases are missing.");
    }
    verdict();
  }

  private void verdict() {
    ExitCode exit = ExitCode.of(run);
    int at = lines.size();
    wrapped("", VerdictSentence.of(run, rules).toString());
    for (int i = at; i < lines.size(); i++) {
      lines.set(i, colours.of(exit, lines.get(i)));
    }
  }

  /** A label and text behind it, broken so that its further lines stand below its first. */
  private void wrapped(String label, String text) {
    List<String> parts = Text.wrap(oneLine(text), Math.max(20, WIDTH - label.length()));
    for (int i = 0; i < parts.size(); i++) {
      put((i == 0 ? label : " ".repeat(label.length())) + parts.get(i));
    }
  }

  private void put(String line) {
    lines.add(line.stripTrailing());
  }

  private static String oneLine(String text) {
    return Text.oneLine(text);
  }

  private static String pad(String text, int width) {
    return text + " ".repeat(Math.max(0, width - text.length()));
  }

  private static String padLeft(String text, int width) {
    return " ".repeat(Math.max(0, width - text.length())) + text;
  }
}
