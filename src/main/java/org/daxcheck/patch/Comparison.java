package org.daxcheck.patch;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.daxcheck.abi.RuleId;
import org.daxcheck.oracle.Verdict.Status;
import org.daxcheck.report.ExitCode;
import org.daxcheck.report.PastRun;

/**
 * What a patch changed: the same cases on the driver without it and with it.
 *
 * @param lost rules that held without the patch, or were not judged, and are broken with it
 * @param worse rules that are broken in either case, and with the patch in more cases
 * @param gained rules that were broken and hold in the same cases now
 * @param still rules that are broken with the patch as they were without
 * @param changed cases whose verdict is another one now
 * @param unjudged rules that scenarios about them judged, of which none can now
 * @param dialects the dialect without and with the patch, where they differ
 * @param dead why no guest with the patch can be had, though one without it can; empty else
 * @param cases how many cases were compared
 */
public record Comparison(
    List<RuleChange> lost,
    List<RuleChange> worse,
    List<RuleChange> gained,
    List<RuleChange> still,
    List<CaseChange> changed,
    List<RuleId> unjudged,
    Optional<DialectChange> dialects,
    Optional<String> dead,
    int cases) {
  public Comparison {
    lost = List.copyOf(lost);
    worse = List.copyOf(worse);
    gained = List.copyOf(gained);
    still = List.copyOf(still);
    changed = List.copyOf(changed);
    unjudged = List.copyOf(unjudged);
  }

  /**
   * A rule and the cases that break it, by {@link Comparison#key}.
   *
   * @param judgedBefore whether the rule decided anything without the patch
   */
  public record RuleChange(
      RuleId rule, List<String> before, List<String> now, boolean judgedBefore) {
    public RuleChange {
      before = List.copyOf(before);
      now = List.copyOf(now);
    }
  }

  /**
   * A case with another verdict.
   *
   * @param reason why it was skipped or failed, with the patch or else without
   */
  public record CaseChange(String key, Status before, Status now, String reason) {}

  /** Two dialects, as text. */
  public record DialectChange(String before, String now) {}

  /** The name of a case: the scenario, a dot, the topology. */
  public static String key(String scenario, String topology) {
    return scenario + "." + topology;
  }

  private static String key(PastRun.Case c) {
    return key(c.scenario(), c.topology());
  }

  /** Compares the cases that both runs have, on the target of that name. */
  public static Comparison of(PastRun before, PastRun now, String target) {
    Map<String, PastRun.Case> old = cases(before, target);
    Map<String, PastRun.Case> fresh = cases(now, target);
    old.keySet().retainAll(fresh.keySet());
    fresh.keySet().retainAll(old.keySet());
    SortedMap<RuleId, List<String>> brokenBefore = broken(old);
    SortedMap<RuleId, List<String>> brokenNow = broken(fresh);
    List<RuleChange> lost = new ArrayList<>();
    List<RuleChange> worse = new ArrayList<>();
    List<RuleChange> gained = new ArrayList<>();
    List<RuleChange> still = new ArrayList<>();
    Set<RuleId> rules = new TreeSet<>(brokenBefore.keySet());
    rules.addAll(brokenNow.keySet());
    for (RuleId rule : rules) {
      List<String> was = brokenBefore.getOrDefault(rule, List.of());
      List<String> is = brokenNow.getOrDefault(rule, List.of());
      boolean judged =
          !was.isEmpty()
              || old.values().stream().anyMatch(c -> c.judged().getOrDefault(rule, 0) > 0);
      RuleChange change = new RuleChange(rule, was, is, judged);
      if (was.isEmpty()) {
        lost.add(change);
      } else if (!is.isEmpty()) {
        (was.containsAll(is) ? still : worse).add(change);
      } else if (was.stream().allMatch(k -> isJudged(fresh.get(k)))) {
        gained.add(change);
      }
    }
    List<CaseChange> changed = new ArrayList<>();
    fresh.forEach(
        (key, c) -> {
          PastRun.Case was = old.get(key);
          if (was.status() != c.status()) {
            String reason = c.reason().isEmpty() ? was.reason() : c.reason();
            changed.add(new CaseChange(key, was.status(), c.status(), reason));
          }
        });
    return new Comparison(
        lost,
        worse,
        gained,
        still,
        changed,
        unjudged(old, fresh),
        dialects(before, now, target),
        Optional.empty(),
        fresh.size());
  }

  /** The same, where it was found that the patch keeps every guest from getting ready. */
  public Comparison withDead(String why) {
    return new Comparison(
        lost, worse, gained, still, changed, unjudged, dialects, Optional.of(why), cases);
  }

  private static Map<String, PastRun.Case> cases(PastRun run, String target) {
    Map<String, PastRun.Case> cases = new LinkedHashMap<>();
    run.cases().stream().filter(c -> c.target().equals(target)).forEach(c -> cases.put(key(c), c));
    return cases;
  }

  private static SortedMap<RuleId, List<String>> broken(Map<String, PastRun.Case> cases) {
    SortedMap<RuleId, List<String>> broken = new TreeMap<>();
    cases.forEach(
        (key, c) ->
            c.broken().forEach(r -> broken.computeIfAbsent(r, x -> new ArrayList<>()).add(key)));
    return broken;
  }

  private static boolean isJudged(PastRun.Case c) {
    return c.status() == Status.PASS || c.status() == Status.DIVERGENCE;
  }

  /** Rules that cases about them were judged by, all of which are skipped or fail now. */
  private static List<RuleId> unjudged(
      Map<String, PastRun.Case> old, Map<String, PastRun.Case> fresh) {
    Set<RuleId> rules = new TreeSet<>();
    old.values().stream().filter(Comparison::isJudged).forEach(c -> rules.addAll(c.cited()));
    fresh.values().stream().filter(Comparison::isJudged).forEach(c -> rules.removeAll(c.cited()));
    return List.copyOf(rules);
  }

  private static Optional<DialectChange> dialects(PastRun before, PastRun now, String target) {
    Optional<String> was = dialect(before, target);
    Optional<String> is = dialect(now, target);
    return was.isPresent() && is.isPresent() && !was.equals(is)
        ? Optional.of(new DialectChange(was.get(), is.get()))
        : Optional.empty();
  }

  private static Optional<String> dialect(PastRun run, String target) {
    return run.targets().stream()
        .filter(t -> t.name().equals(target))
        .map(PastRun.Target::dialect)
        .findFirst();
  }

  /** Cases that were judged without the patch and are skipped with it. */
  public List<CaseChange> silent() {
    return judgedBefore().filter(c -> c.now() == Status.SKIPPED).toList();
  }

  /** Cases that were judged without the patch and failed with it. */
  public List<CaseChange> failed() {
    return judgedBefore().filter(c -> c.now() == Status.ERROR).toList();
  }

  private Stream<CaseChange> judgedBefore() {
    return changed.stream()
        .filter(c -> c.before() == Status.PASS || c.before() == Status.DIVERGENCE);
  }

  /** Whether the patch takes something away: a rule, a judgement, a dialect, or the kernel. */
  public boolean takesAway() {
    return !lost.isEmpty()
        || !worse.isEmpty()
        || !silent().isEmpty()
        || dialects.isPresent()
        || dead.isPresent();
  }

  /**
   * Divergence where the patch takes something away; else an error where a case could not be judged
   * with the patch, or where there was nothing to compare.
   */
  public ExitCode exit(PastRun now) {
    if (takesAway()) {
      return ExitCode.DIVERGENCE;
    }
    if (now.cases().stream().anyMatch(c -> c.status() == Status.ERROR)) {
      return ExitCode.ERROR;
    }
    if (cases == 0) {
      return ExitCode.NO_RESULTS;
    }
    return now.cases().stream().noneMatch(Comparison::isJudged)
        ? ExitCode.ALL_SKIPPED
        : ExitCode.PASS;
  }
}
