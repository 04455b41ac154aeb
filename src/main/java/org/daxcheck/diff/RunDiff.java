package org.daxcheck.diff;

import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.daxcheck.abi.RuleId;
import org.daxcheck.oracle.Divergence;
import org.daxcheck.oracle.Verdict;
import org.daxcheck.oracle.Verdict.Status;
import org.daxcheck.trace.Trace;
import org.daxcheck.trace.TraceFileException;

/**
 * Any number of finished runs side by side. Every list of a row has an element for each column, in
 * their order.
 *
 * @param columns a run on a target each
 * @param rules every rule that a case is about, that decided or that was broken, in their order
 * @param cases every case of any column, in the order of the first column that has it
 */
public record RunDiff(List<Column> columns, List<RuleRow> rules, List<CaseRow> cases) {
  /** Where times are drawn anew in each run, steps cannot be held against each other. */
  private static final Pattern DRAWN =
      Pattern.compile("(?m)^repeat:|\\b[0-9]+(?:us|ms|s)\\.\\.[0-9]+(?:us|ms|s)\\b");

  public RunDiff {
    columns = List.copyOf(columns);
    rules = List.copyOf(rules);
    cases = List.copyOf(cases);
  }

  /**
   * What a column is.
   *
   * @param run how the user named the run
   * @param kernel its release, or the model's name
   * @param dialect as text, as the run has it
   * @param driver the driver that took the place of the kernel's own; empty where none did
   */
  public record Column(String run, String target, String kernel, String dialect, String driver) {}

  /** A column and its cases. */
  public record Side(Column column, List<Result> cases) {
    public Side {
      cases = List.copyOf(cases);
    }
  }

  /** Where a trace comes from; it is asked for once, and not kept. */
  public interface TraceSource {
    /** The trace; empty where the case has none. */
    Optional<Trace> trace() throws TraceFileException;
  }

  /**
   * A case as a finished run tells it.
   *
   * @param cited the rules that the scenario is about
   */
  public record Result(
      String scenario,
      String topology,
      String file,
      Set<RuleId> cited,
      Verdict verdict,
      TraceSource trace) {
    public Result {
      cited = Set.copyOf(cited);
    }

    /** The name that a case has in every report: the scenario, a dot, the topology. */
    public String name() {
      return topology.isEmpty() ? scenario : scenario + "." + topology;
    }

    private Standing standing(RuleId rule) {
      boolean broken = verdict.divergences().stream().anyMatch(d -> d.rule().equals(rule));
      return broken
          ? Standing.BROKEN
          : verdict.judged().getOrDefault(rule, 0) > 0 ? Standing.KEPT : Standing.NOT_JUDGED;
    }
  }

  /** How a case bears on a rule. */
  public enum Standing {
    KEPT,
    BROKEN,
    NOT_JUDGED
  }

  /**
   * A rule in one column.
   *
   * @param judged cases in which it decided or was broken
   * @param against those of them in which it was broken
   */
  public record RuleCell(int judged, int against) {}

  /**
   * A rule in all columns.
   *
   * @param differing names of the cases that differ, and in which the rule stands otherwise in one
   *     column than in another
   */
  public record RuleRow(RuleId rule, List<RuleCell> cells, List<String> differing) {
    public RuleRow {
      cells = List.copyOf(cells);
      differing = List.copyOf(differing);
    }

    /** True where it stands otherwise in one column than in another. */
    public boolean differs() {
      return !differing.isEmpty();
    }
  }

  /**
   * The first step that was not the same in all columns that have a trace.
   *
   * @param line the line of the scenario, 0 for steps of setup and restore
   * @param step the step as the scenario language writes it; where not all did the same step, that
   *     of the first column that did one
   * @param aspects what differed
   */
  public record FirstStep(
      int index, Trace.Phase phase, int line, String step, List<AspectRow> aspects) {
    public FirstStep {
      aspects = List.copyOf(aspects);
    }
  }

  /**
   * An aspect of a step in all columns.
   *
   * @param aspect empty where the step itself is not the same; the values are the steps then
   * @param values empty for a column without a trace
   */
  public record AspectRow(Optional<Difference.Aspect> aspect, List<Optional<String>> values) {
    public AspectRow {
      values = List.copyOf(values);
    }

    /** The aspect as reports print it. */
    public String name() {
      return aspect.map(Difference.Aspect::text).orElse("step");
    }
  }

  /**
   * A case in all columns.
   *
   * @param results empty for a column that did not run it
   * @param first the first step that differs; empty where none does or where there are no two
   *     traces to compare
   * @param drawn true where the scenario draws its times anew in each run, so that traces are not
   *     compared
   * @param problems traces that could not be read, in sentences
   */
  public record CaseRow(
      String name,
      List<Optional<Result>> results,
      Optional<FirstStep> first,
      boolean drawn,
      List<String> problems) {
    public CaseRow {
      results = List.copyOf(results);
      problems = List.copyOf(problems);
    }

    /** True where two columns have another status, or another set of broken rules. */
    public boolean verdictsDiffer() {
      return results.stream().flatMap(Optional::stream).map(CaseRow::outcome).distinct().count()
          > 1;
    }

    /** True where two columns that ran it differ: in the verdict, or in a step. */
    public boolean differs() {
      return first.isPresent() || verdictsDiffer();
    }

    /** The places of the columns that did not run it. */
    public List<Integer> missing() {
      return IntStream.range(0, results.size())
          .filter(i -> results.get(i).isEmpty())
          .boxed()
          .toList();
    }

    /** The rules that it is about, that decided in it or that it breaks, in any column. */
    public SortedSet<RuleId> rules() {
      SortedSet<RuleId> rules = new TreeSet<>();
      results.stream().flatMap(Optional::stream).forEach(r -> rules.addAll(RunDiff.rules(r)));
      return rules;
    }

    /** The case of the first column that ran it. */
    public Result any() {
      return results.stream().flatMap(Optional::stream).findFirst().orElseThrow();
    }

    private static List<Object> outcome(Result r) {
      return List.of(r.verdict().status(), broken(r));
    }
  }

  /** The rules that a case breaks. */
  public static SortedSet<RuleId> broken(Result result) {
    SortedSet<RuleId> broken = new TreeSet<>();
    result.verdict().divergences().stream().map(Divergence::rule).forEach(broken::add);
    return broken;
  }

  private static SortedSet<RuleId> rules(Result r) {
    SortedSet<RuleId> rules = broken(r);
    rules.addAll(r.cited());
    r.verdict()
        .judged()
        .forEach(
            (rule, times) -> {
              if (times > 0) {
                rules.add(rule);
              }
            });
    return rules;
  }

  /** Compares every case of these runs. */
  public static RunDiff of(List<Side> sides) {
    return of(sides, r -> true);
  }

  /**
   * Compares.
   *
   * @param wanted the rules to look at; cases that bear on none of them are left out
   */
  public static RunDiff of(List<Side> sides, Predicate<RuleId> wanted) {
    Map<String, List<Optional<Result>>> byName = new LinkedHashMap<>();
    for (int i = 0; i < sides.size(); i++) {
      for (Result r : sides.get(i).cases()) {
        List<Optional<Result>> row =
            byName.computeIfAbsent(
                r.name(),
                n ->
                    new ArrayList<>(java.util.Collections.nCopies(sides.size(), Optional.empty())));
        // A case that was run again counts with the worse of its results.
        Optional<Result> known = row.get(i);
        if (known.isEmpty() || weight(r) > weight(known.get())) {
          row.set(i, Optional.of(r));
        }
      }
    }
    List<CaseRow> cases =
        byName.entrySet().parallelStream()
            .filter(
                e ->
                    e.getValue().stream()
                        .flatMap(Optional::stream)
                        .anyMatch(r -> rules(r).stream().anyMatch(wanted)))
            .map(e -> row(sides, e.getKey(), e.getValue()))
            .toList();
    SortedSet<RuleId> rules = new TreeSet<>();
    cases.forEach(c -> rules.addAll(c.rules()));
    return new RunDiff(
        sides.stream().map(Side::column).toList(),
        rules.stream().filter(wanted).map(r -> row(r, sides.size(), cases)).toList(),
        cases);
  }

  private static int weight(Result r) {
    return switch (r.verdict().status()) {
      case SKIPPED -> 0;
      case PASS -> 1;
      case ERROR -> 2;
      case DIVERGENCE -> 3;
    };
  }

  private static RuleRow row(RuleId rule, int columns, List<CaseRow> cases) {
    List<RuleCell> cells = new ArrayList<>();
    for (int i = 0; i < columns; i++) {
      int judged = 0;
      int against = 0;
      for (CaseRow c : cases) {
        Standing s = c.results().get(i).map(r -> r.standing(rule)).orElse(Standing.NOT_JUDGED);
        judged += s == Standing.NOT_JUDGED ? 0 : 1;
        against += s == Standing.BROKEN ? 1 : 0;
      }
      cells.add(new RuleCell(judged, against));
    }
    List<String> differing =
        cases.stream()
            .filter(CaseRow::differs)
            .filter(
                c ->
                    c.results().stream()
                            .flatMap(Optional::stream)
                            .map(r -> r.standing(rule))
                            .distinct()
                            .count()
                        > 1)
            .map(CaseRow::name)
            .toList();
    return new RuleRow(rule, cells, differing);
  }

  private static CaseRow row(List<Side> sides, String name, List<Optional<Result>> results) {
    List<String> problems = new ArrayList<>();
    List<Optional<Trace>> traces = new ArrayList<>();
    // One trace alone has nothing to be compared with.
    boolean compare =
        results.stream().flatMap(Optional::stream).filter(r -> !isSkipped(r)).count() > 1;
    for (int i = 0; i < sides.size(); i++) {
      Optional<Trace> trace = Optional.empty();
      Optional<Result> result = results.get(i);
      if (compare && result.isPresent()) {
        try {
          trace = result.get().trace().trace();
        } catch (TraceFileException e) {
          problems.add(e.getMessage());
        }
      }
      traces.add(trace);
    }
    boolean drawn =
        traces.stream()
            .flatMap(Optional::stream)
            .anyMatch(t -> DRAWN.matcher(t.header().source()).find());
    boolean enough = traces.stream().filter(Optional::isPresent).count() > 1;
    return new CaseRow(
        name, results, enough && !drawn ? first(traces) : Optional.empty(), drawn, problems);
  }

  private static boolean isSkipped(Result r) {
    return r.verdict().status() == Status.SKIPPED;
  }

  /** The first step that is not the same in all traces that are there. */
  static Optional<FirstStep> first(List<Optional<Trace>> traces) {
    List<Optional<Normal>> normals = traces.stream().map(t -> t.map(Normal::new)).toList();
    int longest =
        traces.stream().flatMap(Optional::stream).mapToInt(t -> t.entries().size()).max().orElse(0);
    for (int at = 0; at < longest; at++) {
      int index = at;
      List<Optional<Trace.Entry>> entries =
          traces.stream()
              .map(t -> t.filter(x -> index < x.entries().size()).map(x -> x.entries().get(index)))
              .toList();
      List<AspectRow> aspects = differing(traces, normals, entries);
      if (!aspects.isEmpty()) {
        Trace.Entry any = entries.stream().flatMap(Optional::stream).findFirst().orElseThrow();
        return Optional.of(new FirstStep(at, any.phase(), any.line(), any.text(), aspects));
      }
    }
    return Optional.empty();
  }

  private static List<AspectRow> differing(
      List<Optional<Trace>> traces,
      List<Optional<Normal>> normals,
      List<Optional<Trace.Entry>> entries) {
    List<Optional<String>> steps = new ArrayList<>();
    Set<List<Object>> done = new HashSet<>();
    for (int i = 0; i < traces.size(); i++) {
      if (traces.get(i).isEmpty()) {
        steps.add(Optional.empty());
        continue;
      }
      Optional<Trace.Entry> e = entries.get(i);
      steps.add(Optional.of(e.map(Trace.Entry::text).orElse("(not done)")));
      done.add(e.<List<Object>>map(x -> List.of(x.phase(), x.text())).orElse(List.of()));
    }
    if (done.size() > 1) {
      return List.of(new AspectRow(Optional.empty(), steps));
    }
    Map<Difference.Aspect, List<Optional<String>>> values = new EnumMap<>(Difference.Aspect.class);
    for (Difference.Aspect aspect : Difference.Aspect.values()) {
      List<Optional<String>> row = new ArrayList<>();
      for (int i = 0; i < traces.size(); i++) {
        Optional<Trace.Entry> e = entries.get(i);
        row.add(normals.get(i).flatMap(n -> e.map(x -> n.text(aspect, x))));
      }
      if (row.stream().flatMap(Optional::stream).distinct().count() > 1) {
        values.put(aspect, row);
      }
    }
    List<AspectRow> rows = new ArrayList<>();
    values.forEach((aspect, row) -> rows.add(new AspectRow(Optional.of(aspect), row)));
    return rows;
  }

  /** True where a case differs. */
  public boolean differs() {
    return cases.stream().anyMatch(CaseRow::differs);
  }

  /** How many cases two columns or more have. */
  public int common() {
    return (int) cases.stream().filter(c -> columns.size() - c.missing().size() > 1).count();
  }

  /** Traces that could not be read, in sentences, each once. */
  public List<String> problems() {
    Set<String> all = new LinkedHashSet<>();
    cases.stream().map(CaseRow::problems).flatMap(Collection::stream).forEach(all::add);
    return all.stream().filter(Objects::nonNull).toList();
  }
}
