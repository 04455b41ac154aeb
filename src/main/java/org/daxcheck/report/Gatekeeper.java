package org.daxcheck.report;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.daxcheck.abi.Dialect;
import org.daxcheck.abi.DialectProperties;
import org.daxcheck.abi.RuleId;
import org.daxcheck.oracle.Cause;
import org.daxcheck.oracle.Divergence;
import org.daxcheck.oracle.Verdict;
import org.daxcheck.oracle.Verdict.Status;
import org.daxcheck.scenario.Scenario;
import org.daxcheck.scenario.Waivers;
import org.daxcheck.scenario.Waivers.Waiver;
import org.daxcheck.step.Payload;
import org.daxcheck.step.Step;
import org.daxcheck.suite.GateResult;
import org.daxcheck.suite.Run;
import org.daxcheck.trace.Trace;

/**
 * Works out what a run comes to: holes of its gate, waivers, what got worse since an earlier run,
 * and what was tried more than once.
 */
public final class Gatekeeper {
  /** What the attribute is; a kernel without it has nothing that the gate is about. */
  private static final RuleId ATTRIBUTE = new RuleId("ATTR", 1);

  /** How many reasons of one cause are told for a rule. */
  private static final int REASONS = 3;

  private final Asked asked;
  private final RuleBook book;

  private Gatekeeper(Asked asked, RuleBook book) {
    this.asked = asked;
    this.book = book;
  }

  /**
   * What is asked of a run.
   *
   * @param list the scenarios of which none may be skipped; empty where no such list was run
   * @param restricted why the run is no gate though it may look like one; empty where it is, or
   *     where nobody would take it for one
   * @param today the day that expiry is counted by, in UTC
   * @param retries what it took to get targets
   * @param judged how the run was judged again, where it was
   */
  public record Asked(
      Optional<List<Scenario>> list,
      String restricted,
      Waivers waivers,
      boolean strictWaivers,
      LocalDate today,
      Optional<Earlier> baseline,
      List<GateResult.Retry> retries,
      Optional<GateResult.Again> judged) {}

  /** An earlier run, and how the user named it. */
  public record Earlier(String name, FinishedRun run) {}

  /** The run with its ruling. */
  public static Run rule(Run run, Asked asked, RuleBook book) {
    return new Gatekeeper(asked, book).ruled(run);
  }

  private Run ruled(Run run) {
    List<GateResult.Waived> waived = waived(run);
    List<Waiver> needless = new ArrayList<>();
    List<Waiver> untried = new ArrayList<>();
    for (Waiver w : asked.waivers().waivers()) {
      if (waived.stream().noneMatch(x -> x.waiver().equals(w))) {
        (wasTried(run, w) ? needless : untried).add(w);
      }
    }
    Set<GateResult.Retry> retries = new LinkedHashSet<>(asked.retries());
    run.cases().forEach(c -> wayBack(c).ifPresent(retries::add));
    GateResult ruling =
        new GateResult(
            gate(run),
            waived,
            needless,
            untried,
            asked.strictWaivers(),
            Optional.empty(),
            List.copyOf(retries),
            asked.judged());
    return run.ruled(ruling.with(asked.baseline().map(b -> baseline(run, ruling, b))));
  }

  // ---- the gate

  private Optional<GateResult.Gate> gate(Run run) {
    if (asked.list().isEmpty()) {
      return asked.restricted().isEmpty()
          ? Optional.empty()
          : Optional.of(new GateResult.Gate(asked.restricted(), List.of()));
    }
    List<GateResult.Hole> holes = new ArrayList<>();
    if (asked.restricted().isEmpty()) {
      for (String target : RunSummary.targets(run)) {
        holes(run, target, asked.list().get(), holes);
      }
    }
    return Optional.of(new GateResult.Gate(asked.restricted(), holes));
  }

  private void holes(Run run, String target, List<Scenario> list, List<GateResult.Hole> holes) {
    Optional<Dialect> dialect =
        run.target(target).map(Run.TargetInfo::dialect).flatMap(Dialect::of);
    List<Run.Case> cases = RunSummary.cases(run, target);
    if (!cases.isEmpty() && cases.stream().allMatch(c -> c.verdict().cause() == Cause.NO_DRIVER)) {
      // A gate does not apply to it; that all was skipped is told, and is no pass.
      return;
    }
    if (dialect.isEmpty()) {
      holes.add(
          new GateResult.Hole(
              target, ATTRIBUTE, List.of(), "its dialect is unknown, so nothing can be judged"));
      return;
    }
    if (dialect.get().attribute().isEmpty()) {
      holes.add(
          new GateResult.Hole(
              target,
              ATTRIBUTE,
              list.stream().filter(s -> s.needs().attribute()).map(Scenario::name).toList(),
              "this kernel lacks the attribute, so the gate does not apply"));
    }
    Map<String, Run.Case> byScenario = new LinkedHashMap<>();
    cases.forEach(c -> byScenario.merge(c.scenario().name(), c, Gatekeeper::better));
    Set<RuleId> judged =
        cases.stream()
            .flatMap(c -> decided(c).stream())
            .collect(Collectors.toCollection(TreeSet::new));
    // By rule and cause, so that one cause is told once.
    Map<RuleId, Map<Silence, Told>> why = new TreeMap<>();
    for (Scenario s : list) {
      if (!s.needs().dialects().isEmpty() && !s.needs().dialects().contains(dialect.get())) {
        continue;
      }
      List<RuleId> binding =
          s.rules().stream()
              .map(Scenario.Cited::rule)
              .filter(r -> book.binds(r, dialect.get()))
              .filter(r -> book.unjudged(r, dialect.get()).isEmpty())
              .toList();
      Run.Case c = byScenario.get(s.name());
      Optional<Silence> silence = silence(c);
      for (RuleId rule : binding) {
        // What was skipped fails the gate even where another scenario judged the rule.
        boolean silent = silence.isPresent() && !isRuledOut(c);
        if (silent || !judged.contains(rule)) {
          why.computeIfAbsent(rule, r -> new LinkedHashMap<>())
              .computeIfAbsent(silence.orElse(Silence.NOTHING), r -> new Told())
              .add(s.name(), silence.isPresent() && c != null ? c.verdict().reason() : "");
        }
      }
    }
    why.forEach(
        (rule, reasons) ->
            reasons.forEach(
                (silence, told) ->
                    holes.add(
                        new GateResult.Hole(
                            target, rule, told.scenarios, told.reason(silence.words())))));
  }

  /** In which way a scenario judged nothing. */
  private record Silence(String words, Cause cause) {
    static final Silence NOT_RUN = new Silence("not run", Cause.NONE);
    static final Silence NOTHING = new Silence("ran, but decided nothing", Cause.NONE);
  }

  /** The scenarios of one silence, and what is said of them. */
  private static final class Told {
    private final List<String> scenarios = new ArrayList<>();
    private final Set<String> reasons = new LinkedHashSet<>();

    void add(String scenario, String reason) {
      scenarios.add(scenario);
      if (!reason.isEmpty()) {
        reasons.add(reason);
      }
    }

    String reason(String words) {
      int more = reasons.size() - REASONS;
      return words
          + (reasons.isEmpty() ? "" : ": ")
          + reasons.stream().limit(REASONS).collect(Collectors.joining("; "))
          + (more > 0 ? "; and " + more + " more" : "");
    }
  }

  /** Whether the rule may be judged elsewhere, since the dialect has no such beginning at all. */
  private static boolean isRuledOut(Run.Case c) {
    return c != null && c.verdict().status() == Status.SKIPPED && c.verdict().cause().isRuledOut();
  }

  private static Run.Case better(Run.Case a, Run.Case b) {
    return silence(a).isPresent() ? b : a;
  }

  /** Why a case judged nothing; empty where it judged. */
  private static Optional<Silence> silence(Run.Case c) {
    if (c == null) {
      return Optional.of(Silence.NOT_RUN);
    }
    return switch (c.verdict().status()) {
      case PASS -> Optional.empty();
      // Where the boot failed the scenario did not begin, whatever the boot broke.
      case DIVERGENCE ->
          c.verdict().cause() == Cause.BOOT_FAILED
              ? Optional.of(new Silence("skipped", Cause.BOOT_FAILED))
              : Optional.empty();
      case SKIPPED -> Optional.of(new Silence("skipped", c.verdict().cause()));
      case ERROR -> Optional.of(new Silence("error", c.verdict().cause()));
    };
  }

  /** The rules that a scenario is about and that decided in it, or that it breaks. */
  private static Set<RuleId> decided(Run.Case c) {
    Set<RuleId> decided = new TreeSet<>(broken(c.verdict()));
    if (silence(c).isEmpty()) {
      c.scenario().rules().stream()
          .map(Scenario.Cited::rule)
          .filter(r -> c.verdict().judged().getOrDefault(r, 0) > 0)
          .forEach(decided::add);
    }
    return decided;
  }

  private static SortedSet<RuleId> broken(Verdict v) {
    return v.divergences().stream()
        .map(Divergence::rule)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  // ---- waivers

  private List<GateResult.Waived> waived(Run run) {
    List<GateResult.Waived> all = new ArrayList<>();
    for (Run.Case c : run.cases()) {
      Optional<Run.TargetInfo> t = run.target(c.target());
      if (t.isEmpty() || c.verdict().divergences().isEmpty()) {
        continue;
      }
      Map<RuleId, Waiver> found = new TreeMap<>();
      for (RuleId rule : broken(c.verdict())) {
        // One that still holds goes before one that has expired.
        asked.waivers().waivers().stream()
            .filter(w -> w.covers(rule, c.scenario().name(), t.get().dialect(), t.get().kernel()))
            .min(Comparator.comparing(w -> w.isExpired(asked.today())))
            .ifPresent(w -> found.put(rule, w));
      }
      found.forEach(
          (rule, w) ->
              all.add(
                  new GateResult.Waived(
                      c.target(),
                      c.name(),
                      rule,
                      w,
                      w.isExpired(asked.today()),
                      counts(c, rule, found))));
    }
    return all;
  }

  /** Why a rule that a waiver covers counts all the same; empty where it does not. */
  private String counts(Run.Case c, RuleId rule, Map<RuleId, Waiver> found) {
    if (c.verdict().cause() != Cause.NONE) {
      return "the case did not come to its end: " + c.verdict().reason();
    }
    List<RuleId> others =
        broken(c.verdict()).stream()
            .filter(r -> !r.equals(rule))
            .filter(r -> !found.containsKey(r) || found.get(r).isExpired(asked.today()))
            .toList();
    return others.isEmpty() ? "" : "the case also breaks " + Text.list(others);
  }

  private boolean wasTried(Run run, Waiver w) {
    return run.cases().stream()
        .filter(c -> w.scenario().matches(c.scenario().name()))
        .filter(
            c -> run.target(c.target()).filter(t -> w.isFor(t.dialect(), t.kernel())).isPresent())
        .anyMatch(c -> c.verdict().judged().getOrDefault(w.rule(), 0) > 0);
  }

  // ---- retries

  /** The way back between scenarios may be refused and is tried again; a trace has each try. */
  private static Optional<GateResult.Retry> wayBack(Run.Case c) {
    List<Trace.Entry> unplugs =
        c.trace().stream()
            .flatMap(t -> t.entries().stream())
            .filter(e -> e.phase() == Trace.Phase.RESTORE)
            .filter(e -> isUnplug(e.step()))
            .toList();
    if (unplugs.size() < 2) {
      return Optional.empty();
    }
    String answers =
        unplugs.stream()
            .map(e -> e.reply().result().errno().map(Object::toString).orElse("ok"))
            .collect(Collectors.joining(", "));
    return Optional.of(
        new GateResult.Retry(
            c.target(),
            c.name(),
            "the way back was tried " + unplugs.size() + " times: " + answers));
  }

  private static boolean isUnplug(Step step) {
    return step.kind() == Step.Kind.WRITE
        && Arrays.stream(Dialect.values())
            .map(d -> DialectProperties.of(d).unplugWord())
            .anyMatch(word -> ((Step.Write) step).payload().equals(Payload.line(word)));
  }

  // ---- the baseline

  private static GateResult.Baseline baseline(Run run, GateResult ruling, Earlier earlier) {
    Counterparts counterparts = new Counterparts(run, earlier.run());
    List<GateResult.Worse> worse = new ArrayList<>();
    List<String> better = new ArrayList<>();
    int same = 0;
    Set<String> seen = new LinkedHashSet<>();
    for (Run.Case c : run.cases()) {
      FinishedRun.Case was = counterparts.of(c).orElse(null);
      String name = c.target() + " " + c.name();
      Verdict now = c.verdict();
      boolean waived = ruling.waives(c.target(), c.name());
      boolean diverges = now.status() == Status.DIVERGENCE && !waived;
      if (was == null) {
        if (diverges || now.status() == Status.ERROR) {
          worse.add(new GateResult.Worse(name + " is new and fails: " + word(now), diverges));
        }
        continue;
      }
      seen.add(was.id());
      SortedSet<RuleId> more = broken(now);
      more.removeAll(broken(was.verdict()));
      SortedSet<RuleId> fewer = broken(was.verdict());
      fewer.removeAll(broken(now));
      boolean judgedThere = was.verdict().status() != Status.ERROR && !isSkipped(was.verdict());
      if (diverges && !more.isEmpty()) {
        worse.add(
            new GateResult.Worse(
                name + " was " + word(was.verdict()) + ", and breaks " + Text.list(more) + " now",
                true));
      } else if (judgedThere && (isSkipped(now) || now.status() == Status.ERROR)) {
        worse.add(new GateResult.Worse(name + " was judged, and is not now: " + word(now), false));
      } else if (now.status() == Status.ERROR && isSkipped(was.verdict())) {
        worse.add(new GateResult.Worse(name + " was skipped, and fails now: " + word(now), false));
      } else if (!fewer.isEmpty() && now.status() != Status.ERROR && !isSkipped(now)) {
        better.add(name + " broke " + Text.list(fewer) + ", and does not now");
      } else if (!judgedThere && now.status() == Status.PASS) {
        better.add(name + " was " + word(was.verdict()) + ", and is judged now");
      } else {
        same++;
      }
    }
    earlier.run().cases().stream()
        .filter(was -> !seen.contains(was.id()) && !isSkipped(was.verdict()))
        .filter(was -> !counterparts.isElsewhere(was))
        .map(was -> was.target() + " " + was.name() + " was " + word(was.verdict()))
        .forEach(was -> worse.add(new GateResult.Worse(was + ", and is not run now", false)));
    rules(run, earlier.run(), counterparts, worse, better);
    return new GateResult.Baseline(earlier.name(), worse, better, same);
  }

  /** Rules that scenarios judged then and no scenario judges now, and the other way round. */
  private static void rules(
      Run run,
      FinishedRun earlier,
      Counterparts counterparts,
      List<GateResult.Worse> worse,
      List<String> better) {
    for (String target : RunSummary.targets(run)) {
      Set<RuleId> then = new TreeSet<>();
      earlier.cases().stream()
          .filter(c -> counterparts.target(target).equals(Optional.of(c.target())))
          .forEach(c -> then.addAll(judged(c.verdict())));
      Set<RuleId> now = new TreeSet<>();
      RunSummary.cases(run, target).forEach(c -> now.addAll(judged(c.verdict())));
      Set<RuleId> lost = new TreeSet<>(then);
      lost.removeAll(now);
      lost.forEach(
          r ->
              worse.add(
                  new GateResult.Worse(target + ": " + r + " was judged, and is not now", false)));
      now.removeAll(then);
      if (!then.isEmpty()) {
        now.forEach(r -> better.add(target + ": " + r + " was not judged, and is now"));
      }
    }
  }

  private static Set<RuleId> judged(Verdict v) {
    Set<RuleId> judged = new TreeSet<>(broken(v));
    v.judged().forEach((rule, times) -> judged.addAll(times > 0 ? List.of(rule) : List.of()));
    return judged;
  }

  private static boolean isSkipped(Verdict v) {
    return v.status() == Status.SKIPPED;
  }

  private static String word(Verdict v) {
    String word = v.status().name().toLowerCase(Locale.ROOT);
    return word
        + (broken(v).isEmpty() ? "" : " of " + Text.list(broken(v)))
        + (v.reason().isEmpty() ? "" : " (" + v.reason() + ")");
  }
}
