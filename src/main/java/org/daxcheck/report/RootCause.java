package org.daxcheck.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.stream.Collectors;
import org.daxcheck.abi.RuleId;
import org.daxcheck.oracle.Divergence;
import org.daxcheck.oracle.Symptom;
import org.daxcheck.suite.Run;

/**
 * Divergences that likely have one cause: one step did them all, or calls of the same kind did the
 * same in place of the same. One cause is told by the divergence that shows it in the simplest way.
 *
 * @param rule the rule that the simplest divergence breaks
 * @param own the divergences that break this rule, the simplest first
 * @param others the other rules that the cause breaks, and the divergences that break each
 */
public record RootCause<T>(RuleId rule, List<T> own, Map<RuleId, List<T>> others) {
  /** A single caller before actors, a scenario about the rule before others, few steps first. */
  private static final Comparator<Sighting<?>> SIMPLEST =
      Comparator.comparing((Sighting<?> s) -> !s.finding().isEmpty())
          .thenComparing(Sighting::actors)
          .thenComparing(s -> !s.about())
          .thenComparing(Sighting::steps);

  /** Every rule that these break once, cause by cause. */
  public static Set<RuleId> rules(List<? extends RootCause<?>> causes) {
    Set<RuleId> rules = new LinkedHashSet<>();
    for (RootCause<?> cause : causes) {
      rules.add(cause.rule());
      rules.addAll(cause.others().keySet());
    }
    return rules;
  }

  /**
   * The rules as a sentence names them, such as {@code REFUSE-1 (likely the same cause: CONC-1),
   * WORD-2}. A rule that has a cause of its own is named by that alone.
   */
  public static String named(List<? extends RootCause<?>> causes) {
    Set<RuleId> own = causes.stream().map(RootCause::rule).collect(Collectors.toSet());
    return causes.stream()
        .map(
            c -> {
              List<RuleId> others =
                  c.others().keySet().stream().filter(r -> !own.contains(r)).toList();
              return others.isEmpty()
                  ? c.rule().toString()
                  : c.rule() + " (likely the same cause: " + Text.list(others) + ")";
            })
        .collect(Collectors.joining(", "));
  }

  /**
   * The causes of what kernels break and no waiver lets through; the model is no kernel.
   *
   * @param finding what explains that a case breaks a rule; empty where nothing does
   */
  public static List<RootCause<Sighting.InCase>> onKernels(
      Run run, BiFunction<Run.Case, Divergence, String> finding) {
    return of(
        Sighting.of(
            run.cases().stream()
                .filter(c -> run.isKernel(c.target()))
                .filter(c -> !run.ruling().waives(c.target(), c.name()))
                .toList(),
            finding));
  }

  /**
   * The causes of these divergences, the likeliest first: what no finding explains, then what needs
   * no actors, then what most divergences have. Each rule has one cause of its own at most.
   */
  public static <T> List<RootCause<T>> of(List<Sighting<T>> sightings) {
    List<List<Sighting<T>>> groups = new ArrayList<>(grouped(sightings));
    groups.forEach(g -> g.sort(SIMPLEST));
    groups.sort(
        Comparator.comparing((List<Sighting<T>> g) -> !g.get(0).finding().isEmpty())
            .thenComparing(g -> g.get(0).actors())
            .thenComparing(g -> -g.size())
            .thenComparing(g -> g.get(0).steps())
            .thenComparing(g -> g.get(0).rule()));
    Map<RuleId, RootCause<T>> causes = new LinkedHashMap<>();
    for (List<Sighting<T>> group : groups) {
      RuleId rule = group.get(0).rule();
      RootCause<T> cause =
          causes.computeIfAbsent(
              rule, r -> new RootCause<>(r, new ArrayList<>(), new LinkedHashMap<>()));
      for (Sighting<T> s : group) {
        (s.rule().equals(rule)
                ? cause.own
                : cause.others.computeIfAbsent(s.rule(), r -> new ArrayList<>()))
            .add(s.of());
      }
    }
    return List.copyOf(causes.values());
  }

  /** Whatever two divergences have in common joins them, and what is joined to either. */
  private static <T> List<List<Sighting<T>>> grouped(List<Sighting<T>> sightings) {
    int[] joined = new int[sightings.size()];
    Map<List<Object>, Integer> first = new HashMap<>();
    for (int i = 0; i < joined.length; i++) {
      joined[i] = i;
      for (List<Object> mark : marks(sightings.get(i))) {
        Integer other = first.putIfAbsent(mark, i);
        if (other != null) {
          joined[head(joined, i)] = head(joined, other);
        }
      }
    }
    Map<Integer, List<Sighting<T>>> all = new LinkedHashMap<>();
    for (int i = 0; i < joined.length; i++) {
      all.computeIfAbsent(head(joined, i), h -> new ArrayList<>()).add(sightings.get(i));
    }
    return List.copyOf(all.values());
  }

  private static int head(int[] joined, int of) {
    int at = of;
    while (joined[at] != at) {
      at = joined[at];
    }
    return at;
  }

  /** By what one is known to have the cause of another; a finding's is a cause of its own. */
  private static List<List<Object>> marks(Sighting<?> s) {
    List<List<Object>> marks = new ArrayList<>();
    marks.add(List.of(s.target(), s.finding(), s.place()));
    marks.add(List.of(s.target(), s.finding(), s.sight()));
    for (Symptom symptom : s.symptoms()) {
      for (String allowed : symptom.allowed()) {
        marks.add(
            List.of(
                s.target(),
                s.finding(),
                symptom.call(),
                symptom.aspect(),
                symptom.seen(),
                allowed));
      }
    }
    return marks;
  }
}
