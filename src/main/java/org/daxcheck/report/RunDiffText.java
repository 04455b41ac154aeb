package org.daxcheck.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.daxcheck.diff.RunDiff;
import org.daxcheck.oracle.Verdict.Status;
import org.daxcheck.trace.Trace;

/** Finished runs side by side, for a terminal. */
public final class RunDiffText {
  /** Below this no table fits; such a terminal wraps. */
  private static final int NARROWEST = 40;

  private static final int RULE_WIDTH = 11;
  private static final int DIFFERS_WIDTH = 12;

  /** How many cases that one column lacks are named; the JSON form has them all. */
  private static final int NAMED = 8;

  /** Which rules and cases are shown. */
  public enum Show {
    /** Every rule, and the cases that differ. */
    USUAL,
    CHANGED,
    UNCHANGED,
    ALL
  }

  private final RunDiff diff;
  private final RuleBook rules;
  private final Show show;
  private final int width;
  private final Colours colours;
  private final List<String> lines = new ArrayList<>();

  private RunDiffText(RunDiff diff, RuleBook rules, Show show, int width, Colours colours) {
    this.diff = diff;
    this.rules = rules;
    this.show = show;
    this.width = Math.max(NARROWEST, width);
    this.colours = colours;
  }

  /**
   * The text with its last newline.
   *
   * @param width columns of the terminal
   */
  public static String of(RunDiff diff, RuleBook rules, Show show, int width, Colours colours) {
    RunDiffText text = new RunDiffText(diff, rules, show, width, colours);
    text.legend();
    text.table();
    text.differing();
    text.same();
    text.unknown();
    text.missing();
    text.end();
    return String.join("\n", text.lines) + "\n";
  }

  /** The letters of a column: A to Z, then AA. */
  static String id(int column) {
    String last = Character.toString('A' + column % 26);
    return column < 26 ? last : id(column / 26 - 1) + last;
  }

  private void legend() {
    for (int i = 0; i < diff.columns().size(); i++) {
      RunDiff.Column c = diff.columns().get(i);
      wrapped(
          "  " + id(i) + "  ",
          c.run()
              + ", "
              + c.target()
              + ": "
              + c.kernel()
              + ", dialect "
              + c.dialect()
              + (c.driver().isEmpty() ? "" : ", driver " + c.driver()));
    }
    paired();
  }

  /** Which topologies are held against others, where their names are not the same. */
  private void paired() {
    Map<Map<String, List<Integer>>, Integer> all = new LinkedHashMap<>();
    for (RunDiff.CaseRow row : diff.cases()) {
      Map<String, List<Integer>> by = new LinkedHashMap<>();
      for (int i = 0; i < row.results().size(); i++) {
        int column = i;
        row.results()
            .get(i)
            .map(RunDiff.Result::topology)
            .filter(t -> !t.isEmpty())
            .ifPresent(t -> by.computeIfAbsent(t, x -> new ArrayList<>()).add(column));
      }
      if (by.size() > 1) {
        all.merge(by, 1, Integer::sum);
      }
    }
    all.forEach(
        (by, cases) ->
            wrapped(
                "  paired by scenario: ",
                by.entrySet().stream()
                        .map(e -> e.getKey() + " of " + ids(e.getValue()))
                        .collect(Collectors.joining(", "))
                    + ", in "
                    + Text.count(cases, "case", "cases")));
  }

  private void table() {
    List<RunDiff.RuleRow> rows =
        diff.rules().stream()
            .filter(r -> show != Show.CHANGED || r.differs())
            .filter(r -> show != Show.UNCHANGED || !r.differs())
            .toList();
    if (rows.isEmpty()) {
      return;
    }
    put("");
    wrapped("", "Each cell: cases that judged the rule / those of them against it. -: none.");
    int cell = 3;
    for (RunDiff.RuleRow row : rows) {
      cell = Math.max(cell, row.cells().stream().mapToInt(c -> cell(c).length()).max().orElse(0));
    }
    int each = cell + 2;
    int fit = Math.max(1, (width - RULE_WIDTH - DIFFERS_WIDTH) / each);
    int columns = diff.columns().size();
    for (int from = 0; from < columns; from += fit) {
      int to = Math.min(columns, from + fit);
      int left = width - RULE_WIDTH - DIFFERS_WIDTH - each * (to - from);
      int sentence = left < 24 ? 0 : Math.min(left, 60);
      StringBuilder head = new StringBuilder(pad("rule", RULE_WIDTH + sentence));
      for (int i = from; i < to; i++) {
        head.append(padLeft(id(i), each));
      }
      if (from > 0) {
        put("");
      }
      put(colours.bold(head + "  differs in"));
      for (RunDiff.RuleRow row : rows) {
        put(line(row, from, to, each, sentence));
      }
    }
  }

  private String line(RunDiff.RuleRow row, int from, int to, int each, int sentence) {
    StringBuilder line = new StringBuilder(pad(row.rule().toString(), RULE_WIDTH));
    if (sentence > 0) {
      String text = Text.oneLine(rules.text(row.rule()).sentence());
      line.append(pad(Text.clip(text, sentence - 1), sentence));
    }
    for (int i = from; i < to; i++) {
      RunDiff.RuleCell c = row.cells().get(i);
      String text = padLeft(cell(c), each);
      line.append(c.against() > 0 ? colours.red(text) : text);
    }
    if (row.differs()) {
      line.append("  ").append(colours.yellow(Text.count(row.differing().size(), "case", "cases")));
    }
    return line.toString();
  }

  private static String cell(RunDiff.RuleCell c) {
    return c.judged() == 0 ? "-" : c.judged() + "/" + c.against();
  }

  /** Cases that differ in the same way stand together. */
  private void differing() {
    List<RunDiff.CaseRow> rows = diff.cases().stream().filter(RunDiff.CaseRow::differs).toList();
    if (rows.isEmpty() || show == Show.UNCHANGED) {
      return;
    }
    put("");
    put(colours.bold("Cases that differ: " + rows.size() + " of " + diff.cases().size()));
    Map<List<String>, List<RunDiff.CaseRow>> alike = new LinkedHashMap<>();
    for (RunDiff.CaseRow row : rows) {
      alike.computeIfAbsent(body(row), b -> new ArrayList<>()).add(row);
    }
    alike.forEach(
        (body, same) -> {
          put("");
          wrapped(
              "  ",
              same.stream()
                  .map(r -> r.name() + r.first().map(RunDiffText::where).orElse(""))
                  .collect(Collectors.joining(", ")));
          body.forEach(this::put);
        });
  }

  private static String where(RunDiff.FirstStep first) {
    return first.line() == 0 ? "" : ":" + first.line();
  }

  private List<String> body(RunDiff.CaseRow row) {
    List<String> body = new ArrayList<>();
    values(
        body,
        "    ",
        row.results().stream().map(r -> r.map(RunDiffText::verdict)).toList(),
        Function.identity());
    row.first()
        .ifPresent(
            first -> {
              String phase =
                  first.phase() == Trace.Phase.SCENARIO
                      ? ""
                      : " (" + first.phase().name().toLowerCase(Locale.ROOT) + ")";
              wrapped(body, "    first differing step: ", Text.step(first.step()) + phase);
              for (RunDiff.AspectRow a : first.aspects()) {
                values(body, "      " + pad(a.name(), 10), a.values(), Text::step);
              }
            });
    return body;
  }

  private static String verdict(RunDiff.Result r) {
    Status status = r.verdict().status();
    String word = status.name().toLowerCase(Locale.ROOT);
    if (status == Status.DIVERGENCE) {
      return word
          + ": "
          + RunDiff.broken(r).stream().map(Object::toString).collect(Collectors.joining(", "));
    }
    return r.verdict().reason().isEmpty() ? word : word + ": " + r.verdict().reason();
  }

  /** A line for each value, with the columns that have it in front. */
  private void values(
      List<String> to, String label, List<Optional<String>> values, Function<String, String> form) {
    Map<String, List<Integer>> byValue = new LinkedHashMap<>();
    for (int i = 0; i < values.size(); i++) {
      int column = i;
      values.get(i).ifPresent(v -> byValue.computeIfAbsent(v, k -> new ArrayList<>()).add(column));
    }
    int ids = byValue.values().stream().mapToInt(columns -> ids(columns).length()).max().orElse(0);
    String head = label;
    for (Map.Entry<String, List<Integer>> e : byValue.entrySet()) {
      wrapped(to, head + pad(ids(e.getValue()), ids) + "  ", form.apply(e.getKey()));
      head = " ".repeat(label.length());
    }
  }

  private static String ids(List<Integer> columns) {
    return columns.stream().map(RunDiffText::id).collect(Collectors.joining(" "));
  }

  private void same() {
    if (show != Show.UNCHANGED && show != Show.ALL) {
      return;
    }
    Map<String, List<String>> byVerdict = new LinkedHashMap<>();
    diff.cases().stream()
        .filter(c -> c.finding() == RunDiff.Finding.SAME)
        .forEach(
            c ->
                byVerdict
                    .computeIfAbsent(verdict(c.any()), v -> new ArrayList<>())
                    .add(c.name() + (c.drawn() ? " (times drawn)" : "")));
    byVerdict.forEach(
        (verdict, names) -> {
          put("");
          int at = lines.size();
          wrapped("The same, " + names.size() + " x ", verdict);
          lines.set(at, colours.bold(lines.get(at)));
          wrapped("  ", String.join(", ", names));
        });
  }

  /** Of what is nothing known, and why; what a column did not run at all comes behind it. */
  private void unknown() {
    Map<List<String>, List<String>> alike = new LinkedHashMap<>();
    diff.cases().stream()
        .filter(c -> c.finding() == RunDiff.Finding.UNKNOWN)
        .filter(c -> c.missing().isEmpty() && c.problems().isEmpty())
        .forEach(c -> alike.computeIfAbsent(body(c), b -> new ArrayList<>()).add(c.name()));
    if (alike.isEmpty() || show == Show.UNCHANGED) {
      return;
    }
    put("");
    put(colours.bold("Not judged everywhere, so unknown"));
    alike.forEach(
        (body, names) -> {
          wrapped("  ", named(names));
          body.forEach(this::put);
        });
  }

  private static String named(List<String> names) {
    String more = names.size() > NAMED ? ", and " + (names.size() - NAMED) + " more" : "";
    return Text.count(names.size(), "case", "cases")
        + ": "
        + names.stream().limit(NAMED).collect(Collectors.joining(", "))
        + more;
  }

  private void missing() {
    Map<List<Integer>, List<String>> byColumns = new LinkedHashMap<>();
    diff.cases().stream()
        .filter(c -> !c.missing().isEmpty())
        .forEach(c -> byColumns.computeIfAbsent(c.missing(), m -> new ArrayList<>()).add(c.name()));
    if (byColumns.isEmpty()) {
      return;
    }
    put("");
    put(colours.bold("Not run there"));
    byColumns.forEach((columns, names) -> wrapped("  " + ids(columns) + "  ", named(names)));
  }

  private void end() {
    for (String problem : diff.problems()) {
      put("");
      wrapped("not compared: ", problem);
    }
    put("");
    int at = lines.size();
    wrapped("", sentence());
    for (int i = at; i < lines.size(); i++) {
      lines.set(
          i,
          diff.finding() == RunDiff.Finding.SAME
              ? colours.green(lines.get(i))
              : colours.red(lines.get(i)));
    }
  }

  private String sentence() {
    int differing = diff.count(RunDiff.Finding.DIFFERENT);
    int same = diff.count(RunDiff.Finding.SAME);
    int unknown = diff.count(RunDiff.Finding.UNKNOWN);
    int skipped = diff.count(RunDiff.Finding.SKIPPED);
    String of = " of " + Text.count(diff.cases().size(), "case", "cases");
    String first =
        switch (diff.finding()) {
          case DIFFERENT ->
              "DIFFERENT: " + differing + of + (differing == 1 ? " differs" : " differ");
          case UNKNOWN -> "UNKNOWN: " + unknown + of + " cannot be compared, none differs";
          case SAME -> "SAME: none" + of + " differs";
          case SKIPPED -> "UNKNOWN: every run skipped all" + of;
        };
    List<String> more = new ArrayList<>();
    if (same > 0 && diff.finding() != RunDiff.Finding.SAME) {
      more.add(same + (same == 1 ? " is" : " are") + " the same");
    }
    if (unknown > 0 && diff.finding() != RunDiff.Finding.UNKNOWN) {
      more.add(unknown + " cannot be compared");
    }
    if (skipped > 0 && diff.finding() != RunDiff.Finding.SKIPPED) {
      more.add(skipped + (skipped == 1 ? " was" : " were") + " skipped by every run");
    }
    long drawn = diff.cases().stream().filter(RunDiff.CaseRow::drawn).count();
    if (drawn > 0) {
      more.add("of " + drawn + " that draw their times anew only the verdicts were compared");
    }
    long apart = diff.cases().stream().filter(RunDiff.CaseRow::apart).count();
    if (apart > 0) {
      more.add("of " + apart + " on devices of other blocks or ranges only the verdicts were");
    }
    return first + (more.isEmpty() ? "." : "; " + String.join("; ", more) + ".");
  }

  private void wrapped(String label, String text) {
    wrapped(lines, label, text);
  }

  private void wrapped(List<String> to, String label, String text) {
    String head = label;
    int left = Math.max(20, width - label.length());
    for (String part : Text.wrap(Text.oneLine(text), left)) {
      to.add((head + part).stripTrailing());
      head = " ".repeat(label.length());
    }
  }

  private void put(String line) {
    lines.add(line.stripTrailing());
  }

  private static String pad(String text, int width) {
    return text + " ".repeat(Math.max(0, width - text.length()));
  }

  private static String padLeft(String text, int width) {
    return " ".repeat(Math.max(0, width - text.length())) + text;
  }

  /** The names of the columns in the JSON form. */
  static List<String> ids(int columns) {
    return IntStream.range(0, columns).mapToObj(RunDiffText::id).toList();
  }
}
