package org.daxcheck.html;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.daxcheck.abi.Dialect;
import org.daxcheck.abi.RuleId;
import org.daxcheck.diff.RunDiff;
import org.daxcheck.mutant.KillMatrix;
import org.daxcheck.report.Coverage;
import org.daxcheck.report.RootCause;
import org.daxcheck.report.RunDocument;
import org.daxcheck.report.Sighting;
import org.daxcheck.scenario.Catalogue;
import org.daxcheck.trace.Trace;
import org.daxcheck.trace.TraceFileException;

/** Everything that the page's script shows, as one tree. Texts in it are visible ones. */
final class ReportData {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Rows of steps in one page; beyond, only cases that diverged or differ have theirs. */
  private static final int MOST_ROWS = 60_000;

  private final List<PastFolder> runs;
  private final List<String> names;
  private final PageContext shelf;
  private final StringTable strings = new StringTable();
  private final List<Column> columns = new ArrayList<>();
  private final ObjectNode root = JSON.createObjectNode();
  private final Set<String> unreadable = new TreeSet<>();
  private final List<String> judgedOtherwise = new ArrayList<>();
  private final Optional<Sighting.InDocument> first;
  private int rowsLeft = MOST_ROWS;
  private boolean stepsLeftOut;

  /**
   * A run on one of its targets.
   *
   * @param kernel true where the target is known to be a kernel, not the model
   */
  record Column(
      int run,
      String label,
      String target,
      boolean kernel,
      Optional<RunDocument.Target> info,
      Transitions machine) {}

  /**
   * A case of every column.
   *
   * @param cases the case in each column, null where it has none
   * @param otherVerdict true where two columns have another status, or other broken rules
   * @param compared the same step by step, where there are two to compare
   */
  record Row(
      String name,
      List<RunDocument.Case> cases,
      boolean otherVerdict,
      Optional<RunDiff.CaseRow> compared) {
    boolean differs() {
      return otherVerdict || compared.filter(RunDiff.CaseRow::differs).isPresent();
    }
  }

  private final List<Row> rows = new ArrayList<>();

  ReportData(List<PastFolder> runs, PageContext shelf) throws IOException {
    this.runs = runs;
    this.names = RunNames.of(runs.stream().map(PastFolder::folder).toList());
    this.shelf = shelf;
    columns();
    rows();
    first = runs.size() == 1 ? First.divergence(runs.get(0).json().cases()) : First.ofSeveral(rows);
    root.put("runs", runs.size());
    cases();
    causes(root.putArray("causes"));
    columnsInto(root.putArray("columns"));
    rules(root.putObject("rules"));
    matrix(root.putArray("matrix"));
    claims(root.putArray("claims"));
    consoles(root.putArray("consoles"));
    shelf.coverage().ifPresent(c -> coverage(root.putObject("coverage"), c));
    shelf.kills().ifPresent(k -> kills(root.putObject("kills"), k));
    strings.into(root.putArray("strings"));
  }

  ObjectNode tree() {
    return root;
  }

  /** What each run is called, no two alike. */
  List<String> names() {
    return names;
  }

  /** What is shown first; empty where nothing diverged. */
  Optional<Sighting.InDocument> first() {
    return first;
  }

  List<Column> columnList() {
    return columns;
  }

  List<Row> rowList() {
    return rows;
  }

  /** What a reader must know of the page itself, in sentences. */
  List<String> notices() {
    List<String> notices = new ArrayList<>();
    if (!unreadable.isEmpty()) {
      notices.add(
          unreadable.size()
              + (unreadable.size() == 1 ? " trace" : " traces")
              + " could not be read and are missing in the state machine and the step tables; the"
              + " first: "
              + unreadable.iterator().next());
    }
    if (!judgedOtherwise.isEmpty()) {
      notices.add(
          "The verdicts here are those of the run. The model of the daxcheck that made this page"
              + " names other rules in "
              + judgedOtherwise.size()
              + (judgedOtherwise.size() == 1 ? " case" : " cases")
              + ": "
              + String.join(", ", judgedOtherwise.subList(0, Math.min(5, judgedOtherwise.size())))
              + (judgedOtherwise.size() > 5 ? ", ..." : "")
              + ".");
    }
    if (stepsLeftOut) {
      notices.add(
          "The steps of cases that passed and do not differ are left out to keep this page small;"
              + " the trace files have them.");
    }
    return notices;
  }

  private void columns() {
    for (int i = 0; i < runs.size(); i++) {
      RunDocument json = runs.get(i).json();
      Map<String, Optional<RunDocument.Target>> targets = new LinkedHashMap<>();
      json.targets().forEach(t -> targets.put(t.name(), Optional.of(t)));
      json.cases().forEach(c -> targets.putIfAbsent(c.target(), Optional.empty()));
      for (Map.Entry<String, Optional<RunDocument.Target>> t : targets.entrySet()) {
        String label =
            runs.size() == 1
                ? t.getKey()
                : targets.size() == 1 ? names.get(i) : names.get(i) + " " + t.getKey();
        boolean kernel = runs.get(i).finished().isKernel(t.getKey());
        columns.add(new Column(i, label, t.getKey(), kernel, t.getValue(), new Transitions()));
      }
    }
  }

  private void rows() {
    Map<String, List<RunDocument.Case>> byName = new LinkedHashMap<>();
    Map<String, Map<Integer, RunDocument.Case>> withoutTopology = new HashMap<>();
    for (int i = 0; i < columns.size(); i++) {
      for (RunDocument.Case c : casesOf(columns.get(i))) {
        if (c.topology().isEmpty()) {
          withoutTopology.computeIfAbsent(c.scenario(), s -> new HashMap<>()).put(i, c);
        }
        List<RunDocument.Case> row =
            byName.computeIfAbsent(c.name(), n -> new ArrayList<>(empty()));
        if (row.get(i) == null || weight(c) > weight(row.get(i))) {
          row.set(i, c);
        }
      }
    }
    // One that was skipped before it had a topology stands beside those that have one.
    Set<String> scenarios = new TreeSet<>();
    byName.forEach(
        (name, cases) -> {
          RunDocument.Case any = any(cases);
          if (!any.topology().isEmpty()) {
            String scenario = any.scenario();
            scenarios.add(scenario);
            withoutTopology
                .getOrDefault(scenario, Map.of())
                .forEach(
                    (i, c) -> {
                      if (cases.get(i) == null) {
                        cases.set(i, c);
                      }
                    });
          }
        });
    Map<String, RunDiff.CaseRow> compared = compared();
    byName.forEach(
        (name, cases) -> {
          RunDocument.Case any = any(cases);
          if (!any.topology().isEmpty() || !scenarios.contains(any.scenario())) {
            rows.add(new Row(name, cases, differs(cases), Optional.ofNullable(compared.get(name))));
          }
        });
  }

  /** Every case by its name, compared step by step; none where there is but one column. */
  private Map<String, RunDiff.CaseRow> compared() {
    Map<String, RunDiff.CaseRow> byName = new HashMap<>();
    if (columns.size() > 1) {
      List<RunDiff.Side> sides = new ArrayList<>();
      for (int i = 0; i < runs.size(); i++) {
        sides.addAll(runs.get(i).finished().sides(names.get(i)));
      }
      RunDiff.of(sides).cases().forEach(c -> byName.put(c.name(), c));
    }
    return byName;
  }

  private <T> List<T> empty() {
    List<T> none = new ArrayList<>();
    columns.forEach(c -> none.add(null));
    return none;
  }

  private List<RunDocument.Case> casesOf(Column column) {
    return runs.get(column.run()).json().cases().stream()
        .filter(c -> c.target().equals(column.target()))
        .toList();
  }

  private static RunDocument.Case any(List<RunDocument.Case> cases) {
    return cases.stream().filter(c -> c != null).findFirst().orElseThrow();
  }

  private static int weight(RunDocument.Case c) {
    return switch (c.status()) {
      case SKIPPED -> 0;
      case PASS -> 1;
      case ERROR -> 2;
      case DIVERGENCE -> 3;
    };
  }

  /** Whether two columns that ran it have another status, or another set of broken rules. */
  private static boolean differs(List<RunDocument.Case> cases) {
    return cases.stream()
            .filter(c -> c != null)
            .map(c -> List.of(c.status(), broken(c)))
            .distinct()
            .count()
        > 1;
  }

  private static Set<String> broken(RunDocument.Case c) {
    Set<String> rules = new TreeSet<>();
    c.divergences().forEach(d -> rules.add(d.rule().toString()));
    return rules;
  }

  private void cases() throws IOException {
    ArrayNode all = root.putArray("rows");
    ArrayNode divergences = root.putArray("divergences");
    for (Row row : rows) {
      ObjectNode node = all.addObject();
      RunDocument.Case any = any(row.cases());
      node.put("name", strings.of(row.name()));
      node.put("scenario", strings.of(any.scenario()));
      node.put("topology", strings.of(any.topology()));
      node.put("file", strings.of(any.file()));
      node.put("differs", row.differs());
      node.put("otherVerdict", row.otherVerdict());
      row.compared().ifPresent(c -> first(node, c));
      Set<String> about = new TreeSet<>();
      Set<String> judged = new TreeSet<>();
      ArrayNode cells = node.putArray("cells");
      for (int i = 0; i < columns.size(); i++) {
        RunDocument.Case c = row.cases().get(i);
        if (c == null) {
          cells.add(0);
          continue;
        }
        c.rules().forEach(r -> about.add(r.rule().toString()));
        c.judged()
            .forEach(
                (rule, times) -> {
                  if (times > 0) {
                    judged.add(rule.toString());
                  }
                });
        judged.addAll(broken(c));
        aCase(cells.addObject(), node, row, i, c, divergences, all.size() - 1);
      }
      ArrayNode cited = node.putArray("about");
      about.forEach(r -> cited.add(Escape.visible(r)));
      ArrayNode others = node.putArray("judged");
      judged.stream().filter(r -> !about.contains(r)).forEach(r -> others.add(Escape.visible(r)));
    }
  }

  private void first(ObjectNode node, RunDiff.CaseRow compared) {
    node.put("drawn", compared.drawn());
    if (compared.first().isEmpty()) {
      return;
    }
    RunDiff.FirstStep first = compared.first().get();
    ObjectNode step = node.putObject("first");
    step.put("index", first.index());
    step.put("line", first.line());
    step.put("step", strings.of(first.step()));
    ArrayNode aspects = step.putArray("aspects");
    for (RunDiff.AspectRow aspect : first.aspects()) {
      ArrayNode values = aspects.addArray().add(aspect.name());
      aspect.values().forEach(v -> values.add(v.map(strings::of).orElse(-1)));
    }
  }

  private void aCase(
      ObjectNode cell,
      ObjectNode rowNode,
      Row row,
      int column,
      RunDocument.Case c,
      ArrayNode divergences,
      int rowIndex) {
    cell.put("status", c.status().name().toLowerCase(Locale.ROOT));
    cell.put("reason", strings.of(c.reason()));
    cell.put("ms", Math.round(c.ms()));
    c.trace().ifPresent(t -> cell.put("trace", strings.of(t)));
    Map<Integer, Set<String>> broken = new TreeMap<>();
    ArrayNode own = cell.putArray("divergences");
    for (RunDocument.Divergence d : c.divergences()) {
      broken.computeIfAbsent(d.entry(), e -> new TreeSet<>()).add(d.rule().toString());
      if (first.filter(f -> f.aCase() == c && f.divergence() == d).isPresent()) {
        root.put("first", divergences.size());
      }
      own.add(divergences.size());
      divergence(divergences.addObject(), d, column, rowIndex);
    }
    cell.put("waived", c.isWaived());
    if (!c.waivers().isEmpty()) {
      ArrayNode waivers = cell.putArray("waivers");
      c.waivers().forEach(w -> waivers.add(strings.of(waiver(w))));
    }
    if (!c.notes().isEmpty()) {
      ArrayNode notes = cell.putArray("notes");
      for (RunDocument.Note n : c.notes()) {
        notes.add(strings.of(n.rule() + ", line " + n.line() + ", " + n.step() + ": " + n.text()));
      }
    }
    if (!c.races().isEmpty()) {
      ArrayNode races = cell.putArray("races");
      c.races().forEach(r -> races.add(strings.of(race(r))));
    }
    try {
      Optional<Trace> trace = runs.get(columns.get(column).run()).trace(c);
      if (trace.isPresent()) {
        columns.get(column).machine().add(trace.get(), broken);
        rowNode.put("source", strings.of(trace.get().header().source()));
        steps(cell, row, column, trace.get(), broken);
      }
    } catch (TraceFileException e) {
      unreadable.add(e.getMessage());
    }
  }

  private void steps(
      ObjectNode cell, Row row, int column, Trace trace, Map<Integer, Set<String>> broken) {
    if (broken.isEmpty() && !row.differs() && rowsLeft <= 0) {
      stepsLeftOut = true;
      return;
    }
    Judged judged = new Judged(trace, broken, shelf.catalogue());
    StepRows steps = new StepRows(judged);
    ArrayNode table = cell.putArray("steps");
    cell.put("all", steps.into(table, strings));
    rowsLeft -= table.size();
    ArrayNode rounds = cell.putArray("rounds");
    rowsLeft -= new Rounds(judged, strings).into(rounds);
    if (rounds.isEmpty()) {
      cell.remove("rounds");
    }
    new BlockGrid(judged).into(cell.putObject("grid"), steps.shown(), strings);
    if (judged.otherwise()) {
      judgedOtherwise.add(
          row.name() + (columns.size() > 1 ? " on " + columns.get(column).label() : ""));
    }
  }

  private static String waiver(RunDocument.UsedWaiver w) {
    return (w.expired()
            ? "Expired waiver for "
            : w.counts().isEmpty() ? "Waiver for " : "Waiver that does not help for ")
        + "%s until %s: %s (%s, %s)"
            .formatted(w.rule(), w.expires(), w.reason(), w.link(), w.place())
        + (w.counts().isEmpty() ? "" : "; " + w.counts());
  }

  private static String race(RunDocument.Race r) {
    String outcomes =
        r.outcomes().stream()
            .limit(8)
            .map(o -> o.answers() + ": " + o.rounds())
            .collect(Collectors.joining("; "));
    int more = r.outcomes().size() - 8;
    return "line %d: %d rounds, %d interleavings; %s"
            .formatted(r.line(), r.rounds(), r.interleavings(), outcomes)
        + (more > 0 ? "; and " + more + " other outcomes" : "");
  }

  private void divergence(ObjectNode node, RunDocument.Divergence d, int column, int row) {
    node.put("row", row);
    node.put("column", column);
    node.put("rule", d.rule().toString());
    node.put("entry", d.entry());
    node.put("line", d.line());
    node.put("step", strings.of(d.step()));
    node.put("aspect", strings.of(d.aspect()));
    node.put("allowed", strings.of(d.allowed()));
    node.put("seen", strings.of(d.seen()));
    node.put("repeats", d.repeats());
    d.explained()
        .ifPresent(
            e ->
                node.put(
                    "explained",
                    strings.of(
                        "%s (%s): %s Source: %s"
                            .formatted(e.finding(), e.status(), e.why(), e.source()))));
    node.put("reproduce", strings.of(String.join("\n", d.reproduce())));
    node.put(
        "reproduced", strings.of(d.reproduced().map(r -> r.outcome().text()).orElse("not run")));
  }

  /** The rules that are broken, by causes: {@code [rule, other rule of its cause, ...]}. */
  private void causes(ArrayNode array) {
    List<RunDocument.Case> all = columns.stream().flatMap(c -> casesOf(c).stream()).toList();
    for (RootCause<?> cause : RootCause.of(Sighting.of(all))) {
      ArrayNode rules = array.addArray().add(cause.rule().toString());
      cause.others().keySet().forEach(r -> rules.add(r.toString()));
    }
  }

  private void columnsInto(ArrayNode array) {
    for (Column c : columns) {
      ObjectNode node = array.addObject();
      node.put("label", Escape.visible(c.label()));
      node.put("run", c.run());
      node.put("target", Escape.visible(c.target()));
      node.put("kernel", said(c, RunDocument.Target::kernel));
      node.put("dialect", said(c, RunDocument.Target::dialect));
      node.put("details", said(c, RunDocument.Target::details));
      ArrayNode missing = node.putArray("missing");
      c.info()
          .flatMap(RunDocument.Target::coverage)
          .ifPresent(
              all ->
                  all.missing()
                      .forEach(
                          m ->
                              missing
                                  .addArray()
                                  .add(m.rule().toString())
                                  .add(strings.of(m.reason()))));
      c.machine().into(node.putObject("machine"));
    }
  }

  private static String said(Column c, Function<RunDocument.Target, String> what) {
    return Escape.visible(c.info().map(what).orElse(""));
  }

  /** What is known of every rule: by the catalogue of today, else by the runs. */
  private void rules(ObjectNode node) {
    for (Catalogue.Rule rule : shelf.catalogue().rules()) {
      ObjectNode r = node.putObject(rule.id().toString());
      r.put("sentence", Escape.visible(rule.sentence()));
      ArrayNode cites = r.putArray("cites");
      rule.citations()
          .forEach(
              c ->
                  cites
                      .addArray()
                      .add(Escape.visible(c.document()))
                      .add(Escape.visible(c.clause())));
      r.put("note", Escape.visible(rule.note()));
      r.put("grade", rule.grade().text());
      ArrayNode dialects = r.putArray("dialects");
      for (Dialect d : Dialect.values()) {
        if (rule.dialects().contains(d)) {
          dialects.add(d.text());
        }
      }
    }
    for (PastFolder run : runs) {
      for (RunDocument.Rule rule : run.json().rules()) {
        String id = rule.rule().toString();
        if (!node.has(id)) {
          ObjectNode r = node.putObject(id);
          r.put("sentence", Escape.visible(rule.sentence()));
          r.putArray("cites").addArray().add("").add(Escape.visible(rule.citation()));
          r.put("note", "");
          r.put("grade", "");
          r.putArray("dialects");
        }
      }
    }
  }

  /** The table rule by column: {@code [rule, [pass, divergence, skipped, error] or 0, ...]}. */
  private void matrix(ArrayNode array) {
    Map<RuleId, List<RunDocument.Counts>> table = new TreeMap<>();
    for (int i = 0; i < columns.size(); i++) {
      for (RunDocument.Rule rule : runs.get(columns.get(i).run()).json().rules()) {
        table
            .computeIfAbsent(rule.rule(), r -> empty())
            .set(i, rule.targets().get(columns.get(i).target()));
      }
    }
    table.forEach(
        (rule, cells) -> {
          ArrayNode row = array.addArray();
          row.add(rule.toString());
          for (RunDocument.Counts cell : cells) {
            if (cell == null) {
              row.add(0);
            } else {
              row.addArray()
                  .add(cell.pass())
                  .add(cell.divergence())
                  .add(cell.skipped())
                  .add(cell.error());
            }
          }
        });
  }

  private void claims(ArrayNode array) {
    for (int i = 0; i < runs.size(); i++) {
      for (RunDocument.Claim claim : runs.get(i).json().claims()) {
        ObjectNode node = array.addObject();
        String target = claim.target();
        node.put("target", Escape.visible(runs.size() == 1 ? target : names.get(i) + " " + target));
        node.put("what", Escape.visible(claim.what()));
        node.put("proves", Escape.visible(claim.proves()));
        node.put("why", Escape.visible(claim.why()));
        node.put("stands", claim.stands());
        ArrayNode assumes = node.putArray("assumes");
        claim.assumes().forEach(a -> assumes.add(Escape.visible(a)));
      }
    }
  }

  private void consoles(ArrayNode array) throws IOException {
    for (int i = 0; i < runs.size(); i++) {
      for (PastFolder.Console console : runs.get(i).consoles()) {
        ObjectNode node = array.addObject();
        String prefix = runs.size() == 1 ? "" : names.get(i) + "/";
        node.put("name", Escape.visible(prefix + "console/" + console.name()));
        node.put("left", console.left());
        node.put("text", strings.of(String.join("\n", console.lines())));
      }
    }
  }

  /** The record of what was judged: {@code [rule, [judged, broken, kernels] or 0 or -1, ...]}. */
  private void coverage(ObjectNode node, Coverage coverage) {
    List<Dialect> dialects = List.copyOf(coverage.dialects());
    ArrayNode heads = node.putArray("columns");
    for (Dialect d : dialects) {
      heads.add("model " + d.text()).add("guest " + d.text());
    }
    ArrayNode table = node.putArray("rows");
    for (Catalogue.Rule rule : shelf.catalogue().rules()) {
      ArrayNode row = table.addArray();
      row.add(rule.id().toString());
      for (Dialect d : dialects) {
        for (boolean guest : new boolean[] {false, true}) {
          if (rule.dialects().contains(d)) {
            mark(row, coverage, rule, d, guest);
          } else {
            row.add(-1);
          }
        }
      }
    }
  }

  private void mark(
      ArrayNode row, Coverage coverage, Catalogue.Rule rule, Dialect dialect, boolean guest) {
    Set<String> kept = new TreeSet<>();
    Set<String> broken = new TreeSet<>();
    Set<String> kernels = new TreeSet<>();
    for (Coverage.Mark m : coverage.marks()) {
      if (m.rule().equals(rule.id()) && m.dialect() == dialect && m.guest() == guest) {
        kept.addAll(m.kept());
        broken.addAll(m.broken());
        kernels.add(m.kernel() + (m.driver().isEmpty() ? "" : ", driver " + m.driver()));
      }
    }
    if (kept.isEmpty() && broken.isEmpty()) {
      String why = rule.unjudged().getOrDefault(dialect, "");
      row.addArray().add(0).add(0).add(strings.of(guest ? why : ""));
    } else {
      row.addArray()
          .add(kept.size())
          .add(broken.size())
          .add(strings.of(String.join("; ", kernels)));
    }
  }

  private void kills(ObjectNode node, KillMatrix kills) {
    node.put("kernel", Escape.visible(kills.kernel()));
    node.put("date", Escape.visible(kills.date()));
    node.put("summary", Escape.visible(kills.summary().strip()));
    ArrayNode table = node.putArray("faults");
    for (KillMatrix.Row f : kills.faults()) {
      ObjectNode row = table.addObject();
      row.put("fault", Escape.visible(f.fault()));
      row.put("verdict", Escape.visible(f.verdict()));
      row.put("named", Escape.visible(f.named()));
      row.put("reason", Escape.visible(f.reason()));
      row.put("upstream", Escape.visible(String.valueOf(f.upstream())));
      row.put("scenarios", Escape.visible(String.join(", ", f.scenarios())));
      ArrayNode breaks = row.putArray("breaks");
      f.breaks().forEach(r -> breaks.add(Escape.visible(r)));
      ArrayNode rules = row.putArray("rules");
      f.rules().forEach(r -> rules.add(Escape.visible(r)));
    }
  }
}
