package org.daxcheck.diff;

import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.daxcheck.abi.RuleId;
import org.daxcheck.oracle.Cause;
import org.daxcheck.oracle.Divergence;
import org.daxcheck.oracle.Verdict.Status;
import org.daxcheck.trace.Trace;
import org.daxcheck.trace.TraceFileException;

/**
 * Compares a case of several columns. Kernels are held against each other step by step. The model
 * stands for all that it allows, and what it drew from that is no difference: a kernel differs from
 * it where the kernel diverged, and a model from another model where their dialects differ.
 */
final class CaseComparison {
  /** Where times are drawn anew in each run, steps cannot be held against each other. */
  private static final Pattern DRAWN =
      Pattern.compile("(?m)^repeat:|\\b[0-9]+(?:us|ms|s)\\.\\.[0-9]+(?:us|ms|s)\\b");

  private final List<RunDiff.Column> columns;

  CaseComparison(List<RunDiff.Column> columns) {
    this.columns = List.copyOf(columns);
  }

  RunDiff.CaseRow row(Pairing.Row row) {
    List<Optional<RunDiff.Result>> results = row.results();
    List<Integer> judged = places(i -> results.get(i).filter(RunDiff.Result::isJudged).isPresent());
    List<String> problems = new ArrayList<>();
    List<Optional<Trace>> traces = new ArrayList<>();
    boolean whole = judged.size() == results.size();
    for (int i = 0; i < results.size(); i++) {
      Optional<Trace> trace = Optional.empty();
      // One trace alone has nothing to be compared with.
      if (judged.size() > 1 && judged.contains(i)) {
        RunDiff.Result result = results.get(i).orElseThrow();
        try {
          trace = result.trace().trace();
          whole &= trace.isPresent() || result.verdict().cause() != Cause.NONE;
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
    List<Integer> compared = compared(traces);
    Collection<List<Integer>> alike = alike(compared, traces);
    Optional<RunDiff.FirstStep> first =
        drawn
            ? Optional.empty()
            : alike.stream()
                .map(places -> first(only(places, traces)))
                .flatMap(Optional::stream)
                .findFirst();
    boolean verdicts =
        judged.stream().map(i -> results.get(i).orElseThrow().outcome()).distinct().count() > 1;
    boolean skipped =
        results.stream()
            .allMatch(r -> r.filter(x -> x.verdict().status() == Status.SKIPPED).isPresent());
    RunDiff.Finding finding =
        first.isPresent() || verdicts
            ? RunDiff.Finding.DIFFERENT
            : skipped
                ? RunDiff.Finding.SKIPPED
                : whole && problems.isEmpty() ? RunDiff.Finding.SAME : RunDiff.Finding.UNKNOWN;
    return new RunDiff.CaseRow(
        row.name(),
        results,
        finding,
        first.isPresent() || !verdicts ? first : diverged(judged, results, traces),
        drawn,
        !drawn && alike.size() > 1,
        problems);
  }

  private List<Integer> places(Function<Integer, Boolean> wanted) {
    return IntStream.range(0, columns.size()).filter(wanted::apply).boxed().toList();
  }

  /** The columns whose steps are compared: the kernels, or a model of each dialect. */
  private List<Integer> compared(List<Optional<Trace>> traces) {
    List<Integer> kernels =
        places(i -> traces.get(i).isPresent() && columns.get(i).kind().isKernel());
    if (!kernels.isEmpty()) {
      return kernels;
    }
    Map<String, Integer> models = new LinkedHashMap<>();
    places(i -> traces.get(i).isPresent())
        .forEach(i -> models.putIfAbsent(columns.get(i).dialect(), i));
    return List.copyOf(models.values());
  }

  /** Those of one layout together: what others answer is about other blocks. */
  private static Collection<List<Integer>> alike(
      List<Integer> compared, List<Optional<Trace>> traces) {
    return compared.stream()
        .collect(
            Collectors.groupingBy(
                i -> Shape.of(traces.get(i).orElseThrow()),
                LinkedHashMap::new,
                Collectors.toList()))
        .values();
  }

  private static List<Optional<Trace>> only(List<Integer> places, List<Optional<Trace>> traces) {
    return IntStream.range(0, traces.size())
        .mapToObj(i -> places.contains(i) ? traces.get(i) : Optional.<Trace>empty())
        .toList();
  }

  /** Where a kernel diverged and another column did not: what was allowed, and what was seen. */
  private Optional<RunDiff.FirstStep> diverged(
      List<Integer> judged, List<Optional<RunDiff.Result>> results, List<Optional<Trace>> traces) {
    for (int i : judged) {
      List<Divergence> all = results.get(i).orElseThrow().verdict().divergences();
      if (!columns.get(i).kind().isKernel() || all.isEmpty()) {
        continue;
      }
      Divergence d = all.get(0);
      List<Optional<String>> values =
          IntStream.range(0, columns.size())
              .mapToObj(c -> value(c, d, judged, results.get(c)))
              .toList();
      Trace.Phase phase =
          traces
              .get(i)
              .filter(t -> d.entry() >= 0 && d.entry() < t.entries().size())
              .map(t -> t.entries().get(d.entry()).phase())
              .orElse(Trace.Phase.SCENARIO);
      return Optional.of(
          new RunDiff.FirstStep(
              d.entry(),
              phase,
              d.line(),
              d.step(),
              List.of(new RunDiff.AspectRow(d.aspect(), values))));
    }
    return Optional.empty();
  }

  private Optional<String> value(
      int column, Divergence d, List<Integer> judged, Optional<RunDiff.Result> result) {
    if (!judged.contains(column)) {
      return Optional.empty();
    }
    SortedSet<RuleId> broken = RunDiff.broken(result.orElseThrow());
    Optional<String> same =
        result.get().verdict().divergences().stream()
            .filter(o -> o.rule().equals(d.rule()) && o.line() == d.line())
            .map(Divergence::seen)
            .findFirst();
    boolean model = !columns.get(column).kind().isKernel();
    return same.isPresent() || !model || !broken.isEmpty() ? same : Optional.of(d.allowed());
  }

  /** The first step that is not the same in all traces that are there. */
  private static Optional<RunDiff.FirstStep> first(List<Optional<Trace>> traces) {
    List<Optional<Normal>> normals = traces.stream().map(t -> t.map(Normal::new)).toList();
    int longest =
        traces.stream().flatMap(Optional::stream).mapToInt(t -> t.entries().size()).max().orElse(0);
    for (int at = 0; at < longest; at++) {
      int index = at;
      List<Optional<Trace.Entry>> entries =
          traces.stream()
              .map(t -> t.filter(x -> index < x.entries().size()).map(x -> x.entries().get(index)))
              .toList();
      List<RunDiff.AspectRow> aspects = differing(traces, normals, entries);
      if (!aspects.isEmpty()) {
        Trace.Entry any = entries.stream().flatMap(Optional::stream).findFirst().orElseThrow();
        return Optional.of(new RunDiff.FirstStep(at, any.phase(), any.line(), any.text(), aspects));
      }
    }
    return Optional.empty();
  }

  private static List<RunDiff.AspectRow> differing(
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
      return List.of(new RunDiff.AspectRow("step", steps));
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
    List<RunDiff.AspectRow> rows = new ArrayList<>();
    values.forEach((aspect, row) -> rows.add(new RunDiff.AspectRow(aspect.text(), row)));
    return rows;
  }
}
