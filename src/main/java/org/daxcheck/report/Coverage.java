package org.daxcheck.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.daxcheck.abi.Dialect;
import org.daxcheck.abi.RuleId;
import org.daxcheck.io.IoReason;
import org.daxcheck.oracle.Verdict.Status;

/**
 * Which rules were judged, for each dialect, on the model and on guests. A rule counts as judged by
 * a scenario that is about it and in which it decided about an outcome.
 */
public final class Coverage {
  private static final ObjectMapper YAML = new YAMLMapper();

  /** Columns of a cell: four dialects, twice each, and the rule fit into 100. */
  private static final int CELL = 10;

  private final List<Mark> marks;

  private Coverage(List<Mark> marks) {
    this.marks = marks.stream().sorted(Mark.ORDER).toList();
  }

  /**
   * How a rule fared on one kernel.
   *
   * @param guest true on a kernel, false on the model
   * @param driver the driver that took the place of the kernel's own; empty where none did
   * @param date that of the last run
   * @param kept scenarios about the rule in which it was judged and kept
   * @param broken scenarios in which it was broken
   * @param silent scenarios about the rule that could not judge it: skipped, or failed
   * @param passing scenarios that judged it without being about it
   */
  public record Mark(
      RuleId rule,
      Dialect dialect,
      boolean guest,
      String kernel,
      String driver,
      LocalDate date,
      SortedSet<String> kept,
      SortedSet<String> broken,
      SortedSet<String> silent,
      SortedSet<String> passing) {
    private static final Comparator<Mark> ORDER =
        Comparator.comparing(Mark::rule)
            .thenComparing(Mark::dialect)
            .thenComparing(Mark::guest)
            .thenComparing(Mark::kernel)
            .thenComparing(Mark::driver);

    boolean judged() {
      return !kept.isEmpty() || !broken.isEmpty();
    }

    String target() {
      return guest ? "guest" : "model";
    }
  }

  private record Place(PastRun.Target target, String scenario, String topology) {}

  private record Last(PastRun.Target target, PastRun.Case aCase, LocalDate date) {}

  private record Key(RuleId rule, Dialect dialect, boolean guest, String kernel, String driver) {}

  /** The coverage by these runs; where several did the same scenario, the last counts. */
  public static Coverage of(Collection<PastRun> runs) {
    Map<Place, Last> last = new LinkedHashMap<>();
    for (PastRun run : runs.stream().sorted(Comparator.comparing(PastRun::started)).toList()) {
      LocalDate date = LocalDate.ofInstant(run.started(), ZoneOffset.UTC);
      for (PastRun.Case c : run.cases()) {
        run.target(c)
            .ifPresent(
                t -> {
                  Place place = new Place(t, c.scenario(), c.topology());
                  // What was judged once is not taken back by a run that could not.
                  if (judging(c) || !last.containsKey(place) || !judging(last.get(place).aCase())) {
                    last.put(place, new Last(t, c, date));
                  }
                });
      }
    }
    Map<Key, Mark> marks = new LinkedHashMap<>();
    last.values().forEach(l -> mark(marks, l));
    return new Coverage(List.copyOf(marks.values()));
  }

  private static boolean judging(PastRun.Case c) {
    return c.status() == Status.PASS || c.status() == Status.DIVERGENCE;
  }

  private static void mark(Map<Key, Mark> marks, Last last) {
    PastRun.Target t = last.target();
    PastRun.Case c = last.aCase();
    if (t.knownDialect().isEmpty()) {
      return;
    }
    Set<RuleId> rules = new TreeSet<>(c.cited());
    rules.addAll(c.judged().keySet());
    rules.addAll(c.broken());
    for (RuleId rule : rules) {
      Dialect dialect = t.knownDialect().get();
      Key key = new Key(rule, dialect, t.isGuest(), t.kernel(), t.driver());
      Mark mark =
          marks.merge(
              key,
              empty(key, last.date()),
              (old, fresh) -> old.date().isAfter(fresh.date()) ? old : dated(old, fresh.date()));
      if (c.broken().contains(rule)) {
        mark.broken().add(c.scenario());
        mark.kept().remove(c.scenario());
      } else if (c.judges(rule)) {
        if (!mark.broken().contains(c.scenario())) {
          mark.kept().add(c.scenario());
        }
      } else if (c.cited().contains(rule)) {
        mark.silent().add(c.scenario());
      } else if (c.judged().getOrDefault(rule, 0) > 0) {
        mark.passing().add(c.scenario());
      }
    }
  }

  private static Mark empty(Key k, LocalDate date) {
    return new Mark(
        k.rule(),
        k.dialect(),
        k.guest(),
        k.kernel(),
        k.driver(),
        date,
        new TreeSet<>(),
        new TreeSet<>(),
        new TreeSet<>(),
        new TreeSet<>());
  }

  private static Mark dated(Mark m, LocalDate date) {
    return new Mark(
        m.rule(),
        m.dialect(),
        m.guest(),
        m.kernel(),
        m.driver(),
        date,
        m.kept(),
        m.broken(),
        m.silent(),
        m.passing());
  }

  /** Every mark, by rule, dialect, target and kernel. */
  public List<Mark> marks() {
    return marks;
  }

  /** What the kernels and the model made of one rule, a line for each. */
  public List<String> verdicts(RuleId rule) {
    return marks.stream()
        .filter(m -> m.rule().equals(rule))
        .filter(m -> m.judged() || !m.passing().isEmpty())
        .map(Coverage::verdict)
        .toList();
  }

  private static String verdict(Mark m) {
    int judged = m.kept().size() + m.broken().size();
    return m.target()
        + " "
        + m.dialect()
        + ", "
        + m.kernel()
        + (m.driver().isEmpty() ? "" : ", driver " + m.driver())
        + ", "
        + m.date()
        + ": judged by "
        + Text.count(judged, "scenario", "scenarios")
        + " about it"
        + (m.passing().isEmpty() ? "" : " and in passing by " + m.passing().size())
        + ", broken in "
        + m.broken().size()
        + (m.broken().isEmpty() ? "" : " (" + String.join(", ", m.broken()) + ")");
  }

  /** The dialects that something ran on. */
  public Set<Dialect> dialects() {
    Set<Dialect> found = EnumSet.noneOf(Dialect.class);
    marks.forEach(m -> found.add(m.dialect()));
    return found;
  }

  private List<Mark> marks(RuleId rule, Dialect dialect, boolean guest) {
    return marks.stream()
        .filter(m -> m.rule().equals(rule) && m.dialect() == dialect && m.guest() == guest)
        .toList();
  }

  boolean judged(RuleId rule, Dialect dialect, boolean guest) {
    return marks(rule, dialect, guest).stream().anyMatch(Mark::judged);
  }

  /**
   * A rule that binds a dialect and that nothing judged there.
   *
   * @param reason why not
   */
  public record Hole(RuleId rule, Dialect dialect, String reason) {}

  /** The rules that bind a dialect which something ran on, and that no guest ever judged. */
  public List<Hole> holes(RuleBook book) {
    List<Hole> holes = new ArrayList<>();
    for (Dialect dialect : dialects()) {
      for (RuleId rule : book.rules()) {
        if (book.binds(rule, dialect)
            && !judged(rule, dialect, true)
            && book.unjudged(rule, dialect).isEmpty()) {
          boolean tried = marks(rule, dialect, true).stream().anyMatch(m -> !m.silent().isEmpty());
          holes.add(new Hole(rule, dialect, tried ? "skipped or failed" : "no scenario ran"));
        }
      }
    }
    return holes;
  }

  /**
   * A cell of the table: {@code n/a} where the rule does not bind the dialect, {@code -} where
   * nothing judged it, {@code broken}, or how many of the scenarios about it judged it.
   */
  String cell(RuleBook book, RuleId rule, Dialect dialect, boolean guest) {
    if (!book.binds(rule, dialect)) {
      return "n/a";
    }
    Set<String> judging = new TreeSet<>();
    Set<String> about = new TreeSet<>();
    for (Mark m : marks(rule, dialect, guest)) {
      if (!m.broken().isEmpty()) {
        return "broken";
      }
      judging.addAll(m.kept());
      about.addAll(m.kept());
      about.addAll(m.silent());
    }
    return judging.isEmpty() ? "-" : judging.size() + "/" + about.size();
  }

  /** The table, at most 100 columns wide, with what no guest ever judged below it. */
  public String table(RuleBook book) {
    List<String> lines = new ArrayList<>();
    Set<Dialect> dialects = dialects();
    lines.add(
        "Each cell: scenarios that judged the rule / scenarios about it that were run. "
            + "-: none judged it.");
    StringBuilder top = new StringBuilder(" ".repeat(12));
    StringBuilder below = new StringBuilder(pad("rule", 12));
    for (Dialect d : dialects) {
      top.append(pad(d.text(), 2 * CELL));
      below.append(pad("model", CELL)).append(pad("guest", CELL));
    }
    lines.add(top.toString().stripTrailing());
    lines.add(below.toString().stripTrailing());
    for (RuleId rule : book.rules()) {
      StringBuilder row = new StringBuilder(pad(rule.toString(), 12));
      for (Dialect d : dialects) {
        for (boolean guest : new boolean[] {false, true}) {
          row.append(pad(cell(book, rule, d, guest), CELL));
        }
      }
      lines.add(row.toString().stripTrailing());
    }
    Map<String, List<String>> holes = new LinkedHashMap<>();
    holes(book)
        .forEach(
            h ->
                holes
                    .computeIfAbsent(h.dialect() + ", " + h.reason(), k -> new ArrayList<>())
                    .add(h.rule().toString()));
    lines.add("");
    if (holes.isEmpty()) {
      lines.add("Every rule that binds these dialects was judged on a guest.");
    }
    holes.forEach(
        (where, rules) ->
            lines.addAll(
                Text.wrap(
                    "No guest ever judged (" + where + "): " + String.join(", ", rules), 100)));
    for (Dialect d : dialects) {
      for (RuleId rule : book.rules()) {
        if (book.binds(rule, d)) {
          book.unjudged(rule, d)
              .ifPresent(
                  why ->
                      lines.addAll(Text.wrap(rule + " is not judged on " + d + ": " + why, 100)));
        }
      }
    }
    return String.join("\n", lines) + "\n";
  }

  // ---- the record

  /** The text of reports/coverage.yaml; two records of the same runs are the same. */
  public String record() {
    StringBuilder out = new StringBuilder();
    out.append(
        "# Which rules were judged: rule, dialect, target; for each kernel the scenarios.\n");
    out.append("# Written by ./daxcheck coverage --write FILE; do not edit.\n");
    RuleId rule = null;
    Dialect dialect = null;
    String target = "";
    for (Mark m : marks) {
      if (!m.judged()) {
        continue;
      }
      if (!m.rule().equals(rule)) {
        out.append(m.rule()).append(":\n");
        dialect = null;
      }
      if (m.dialect() != dialect) {
        out.append("  \"").append(m.dialect()).append("\":\n");
        target = "";
      }
      if (!m.target().equals(target)) {
        out.append("    ").append(m.target()).append(":\n");
      }
      rule = m.rule();
      dialect = m.dialect();
      target = m.target();
      out.append("      - kernel: ").append(quoted(m.kernel())).append('\n');
      if (!m.driver().isEmpty()) {
        out.append("        driver: ").append(quoted(m.driver())).append('\n');
      }
      out.append("        date: \"").append(m.date()).append("\"\n");
      scenarios(out, "kept", m.kept());
      scenarios(out, "broken", m.broken());
    }
    return out.toString();
  }

  private static void scenarios(StringBuilder out, String name, Set<String> scenarios) {
    if (!scenarios.isEmpty()) {
      out.append("        ").append(name).append(":\n");
      scenarios.forEach(s -> out.append("          - ").append(s).append('\n'));
    }
  }

  private static String quoted(String text) {
    return '"' + Text.oneLine(text).replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }

  /**
   * Reads a record.
   *
   * @throws IOException with a sentence for the user where it is none
   */
  public static Coverage read(Path file) throws IOException {
    if (!Files.isRegularFile(file)) {
      throw new IOException(
          "there is no " + file + "; './daxcheck coverage --write' makes it from finished runs");
    }
    try {
      List<Mark> marks = new ArrayList<>();
      Map<String, JsonNode> rules = fields(YAML.readTree(Files.readString(file)));
      rules.forEach(
          (rule, dialects) ->
              fields(dialects)
                  .forEach(
                      (dialect, targets) ->
                          fields(targets)
                              .forEach(
                                  (target, kernels) ->
                                      kernels.forEach(
                                          k -> marks.add(mark(rule, dialect, target, k))))));
      return new Coverage(marks);
    } catch (JsonProcessingException e) {
      throw new IOException(file + " is no record of coverage: " + IoReason.of(e), e);
    } catch (IllegalArgumentException | java.time.DateTimeException e) {
      throw new IOException(file + " is no record of coverage: " + e.getMessage(), e);
    }
  }

  private static Map<String, JsonNode> fields(JsonNode node) {
    Map<String, JsonNode> fields = new TreeMap<>();
    node.properties().forEach(f -> fields.put(f.getKey(), f.getValue()));
    return fields;
  }

  private static Mark mark(String rule, String dialect, String target, JsonNode node) {
    Key key =
        new Key(
            RuleId.of(rule),
            Dialect.of(dialect)
                .orElseThrow(() -> new IllegalArgumentException("no dialect: '" + dialect + "'")),
            target.equals("guest"),
            node.path("kernel").asText(),
            node.path("driver").asText());
    Mark mark = empty(key, LocalDate.parse(node.path("date").asText()));
    node.path("kept").forEach(s -> mark.kept().add(s.asText()));
    node.path("broken").forEach(s -> mark.broken().add(s.asText()));
    return mark;
  }

  private static String pad(String text, int width) {
    return text + " ".repeat(Math.max(1, width - text.length()));
  }
}
