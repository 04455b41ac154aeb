package org.daxcheck.diff;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.daxcheck.abi.RuleId;
import org.daxcheck.abi.TargetKind;
import org.daxcheck.oracle.Divergence;
import org.daxcheck.oracle.Verdict;
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
  public record Column(
      String run, String target, TargetKind kind, String kernel, String dialect, String driver) {}

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

    /** True where it came to a verdict about the target. */
    public boolean isJudged() {
      return switch (verdict.status()) {
        case PASS, DIVERGENCE -> true;
        case SKIPPED, ERROR -> false;
      };
    }

    List<Object> outcome() {
      return List.of(verdict.status(), broken(this));
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

  /** What comes of a case that is held against others. */
  public enum Finding {
    /** All columns ran it, and nothing differs. */
    SAME,
    DIFFERENT,
    /** Some column did not run it to its end, or its trace cannot be read. */
    UNKNOWN,
    /** Every column skipped it, so there is nothing to compare. */
    SKIPPED
  }

  /**
   * The first step that was not the same in all columns that were compared.
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
   * @param name the aspect as reports print it; {@code step} where the step itself is not the same
   * @param values empty for a column that was not compared
   */
  public record AspectRow(String name, List<Optional<String>> values) {
    public AspectRow {
      values = List.copyOf(values);
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
   * @param apart true where devices are laid out otherwise in one column than in another, so that
   *     only their verdicts are compared
   * @param problems traces that could not be read, in sentences
   */
  public record CaseRow(
      String name,
      List<Optional<Result>> results,
      Finding finding,
      Optional<FirstStep> first,
      boolean drawn,
      boolean apart,
      List<String> problems) {
    public CaseRow {
      results = List.copyOf(results);
      problems = List.copyOf(problems);
    }

    /** True where two columns that judged it have another status, or other broken rules. */
    public boolean verdictsDiffer() {
      return results.stream()
              .flatMap(Optional::stream)
              .filter(Result::isJudged)
              .map(Result::outcome)
              .distinct()
              .count()
          > 1;
    }

    /** True where two columns that judged it differ: in the verdict, or in a step. */
    public boolean differs() {
      return finding == Finding.DIFFERENT;
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
    List<Column> columns = sides.stream().map(Side::column).toList();
    CaseComparison comparison = new CaseComparison(columns);
    List<CaseRow> cases =
        Pairing.of(sides).parallelStream()
            .filter(
                p ->
                    p.results().stream()
                        .flatMap(Optional::stream)
                        .anyMatch(r -> rules(r).stream().anyMatch(wanted)))
            .map(comparison::row)
            .toList();
    SortedSet<RuleId> rules = new TreeSet<>();
    cases.forEach(c -> rules.addAll(c.rules()));
    return new RunDiff(
        columns,
        rules.stream().filter(wanted).map(r -> row(r, sides.size(), cases)).toList(),
        cases);
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
                            .filter(Result::isJudged)
                            .map(r -> r.standing(rule))
                            .distinct()
                            .count()
                        > 1)
            .map(CaseRow::name)
            .toList();
    return new RuleRow(rule, cells, differing);
  }

  /** True where a case differs. */
  public boolean differs() {
    return cases.stream().anyMatch(CaseRow::differs);
  }

  /** How many cases have this finding. */
  public int count(Finding finding) {
    return (int) cases.stream().filter(c -> c.finding() == finding).count();
  }

  /** What comes of all of it: one that differs goes before one of which nothing is known. */
  public Finding finding() {
    return differs()
        ? Finding.DIFFERENT
        : count(Finding.UNKNOWN) > 0
            ? Finding.UNKNOWN
            : count(Finding.SAME) > 0 ? Finding.SAME : Finding.SKIPPED;
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
