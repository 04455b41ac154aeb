package org.daxcheck.oracle;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;
import org.daxcheck.abi.Dialect;
import org.daxcheck.abi.Errno;
import org.daxcheck.abi.Grade;
import org.daxcheck.abi.Policy;
import org.daxcheck.abi.RuleId;
import org.daxcheck.model.Answer;
import org.daxcheck.model.Claims;
import org.daxcheck.model.Facet;
import org.daxcheck.model.Model;
import org.daxcheck.model.Outcome;
import org.daxcheck.model.State;
import org.daxcheck.scenario.Scenario;
import org.daxcheck.scenario.StepText;
import org.daxcheck.step.Observation;
import org.daxcheck.step.Result;
import org.daxcheck.step.Step;
import org.daxcheck.trace.Trace;

/**
 * Judges a trace: follows the set of states that the observations leave possible, and says where
 * the target did what no state allows. After a divergence it goes on with what was observed, beside
 * what should have been, so that one fault is told once.
 */
public final class Oracle {
  /** More states at once than any scenario needs; beyond, the likeliest are kept. */
  private static final int MOST_BELIEFS = 64;

  /** An accepted write returns its full length. */
  private static final RuleId LENGTH = new RuleId("ATTR", 6);

  /** A read gives one word and a newline. */
  private static final RuleId FORM = new RuleId("ATTR", 4);

  private final Trace trace;
  private final Scenario scenario;
  private final BiConsumer<Integer, List<Outcome>> hears;
  private final Specification model;
  private final Lens lens;
  private final Map<RuleId, Divergence> divergences = new LinkedHashMap<>();
  private final List<Verdict.Note> notes = new ArrayList<>();
  private final Map<RuleId, Integer> judged = new TreeMap<>();
  private List<Belief> beliefs;
  private Observation last;
  private int at;

  private Oracle(Trace trace, Scenario scenario, BiConsumer<Integer, List<Outcome>> hears) {
    this.trace = trace;
    this.scenario = scenario;
    this.hears = hears;
    this.model = new Specification(new Model(trace.header().dialect(), trace.header().hotremove()));
    this.lens = new Lens(trace);
    this.last = trace.before();
    Policy boot =
        Policy.of(trace.header().bootPolicy())
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "unknown boot policy '" + trace.header().bootPolicy() + "'"));
    this.beliefs =
        beginning(
            State.between(
                trace.header().dialect(), trace.header().device().blocksOfRanges(), boot));
  }

  /**
   * What the target may be in before the first step: what is seen, and, where nothing but the
   * attribute's word speaks against it, the state between scenarios. The wrong word is told at
   * once, so that nothing that follows from it is.
   */
  private List<Belief> beginning(State between) {
    Belief seen = Belief.of(lens.adopt(trace.before(), between));
    // What was logged and sent up to here belongs to the scenario before.
    Observation quiet = trace.before().after(List.of(), false, List.of());
    List<Mismatch> against =
        lens.compare(Belief.of(between), quiet, Claims.always(), quiet, List.of(), true, true);
    boolean onlyTheWord = against.size() == 1 && against.get(0).facet() == Facet.VALUE;
    if (!onlyTheWord) {
      return List.of(seen);
    }
    Mismatch word = against.get(0);
    divergences.put(
        word.rule(),
        new Divergence(
            word.rule(),
            0,
            0,
            "before the first step",
            word.facet().text(),
            word.allowed(),
            word.seen(),
            0));
    return List.of(Belief.of(between).knowing(against), seen);
  }

  /** The verdict on a trace of the scenario, whole or cut short. */
  public static Verdict judge(Trace trace, Scenario scenario) {
    return judge(trace, scenario, (entry, outcomes) -> {});
  }

  /**
   * The same verdict.
   *
   * @param hears is told for each entry, by its index, the outcomes that the model left for its
   *     step; none for a step of several actors
   */
  public static Verdict judge(
      Trace trace, Scenario scenario, BiConsumer<Integer, List<Outcome>> hears) {
    return new Oracle(trace, scenario, hears).run();
  }

  private Verdict run() {
    List<Scenario.Line> lines = scenario.lines();
    int all = lines.size() * scenario.repeats();
    int told = 0;
    for (at = 0; at < trace.entries().size(); at++) {
      Trace.Entry entry = trace.entries().get(at);
      Result result = entry.reply().result();
      if (entry.step() instanceof Step.Pin && result.errno().isPresent()) {
        return Verdict.error(
            Cause.NO_PIN,
            scenario.file()
                + ":"
                + entry.line()
                + ": could not hold a page as '"
                + entry.text()
                + "' asks ("
                + result.errno().get()
                + "); the rest of the scenario would prove nothing");
      }
      boolean asStated = divergences.isEmpty() && notes.isEmpty();
      List<Outcome> allowed = new ArrayList<>();
      if (entry.step() instanceof Step.Actors actors) {
        judgeActors(entry, actors);
      } else {
        allowed.addAll(judgeStep(entry, entry.step(), result, false));
      }
      hears.accept(at, List.copyOf(allowed));
      if (entry.phase() == Trace.Phase.SCENARIO && told < all) {
        Scenario.Line stated = lines.get(told++ % lines.size());
        // What a line states presumes that all before it went the usual way.
        if (asStated && divergences.isEmpty() && notes.isEmpty()) {
          new Stated(trace, at, stated, allowed)
              .check()
              .forEach(
                  text -> diverges(scenario.rule(), entry, "stated", text.allowed(), text.seen()));
        }
      }
      last = entry.reply().observation();
    }
    if (told == all) {
      // It went to its end: what it is about was put to the test.
      scenario.rules().stream()
          .map(Scenario.Cited::rule)
          .distinct()
          .forEach(rule -> judged.merge(rule, 1, Integer::sum));
    }
    Verdict.Status status = divergences.isEmpty() ? Verdict.Status.PASS : Verdict.Status.DIVERGENCE;
    return new Verdict(status, List.copyOf(divergences.values()), notes, judged);
  }

  // ---- one step

  private List<Outcome> judgeStep(
      Trace.Entry entry, Step step, Result result, boolean interrupted) {
    Observation seen = entry.reply().observation();
    checkTime(entry, step, result);
    List<Hypothesis> all = new ArrayList<>();
    List<Hypothesis> answered = new ArrayList<>();
    for (Belief belief : beliefs) {
      for (Outcome outcome : History.outcomes(model, belief.state(), step, interrupted, result)) {
        Hypothesis h = hypothesis(belief, outcome, seen);
        all.add(h);
        if (!result.killed().isEmpty() || answers(belief, outcome, result)) {
          answered.add(h);
        }
      }
    }
    List<Hypothesis> perfect = answered.stream().filter(h -> h.against().isEmpty()).toList();
    if (!perfect.isEmpty()) {
      accept(entry, perfect, seen);
    } else if (!answered.isEmpty()) {
      wrongObservation(entry, answered, seen);
    } else {
      wrongAnswer(entry, all, result, seen);
    }
    return all.stream().map(Hypothesis::outcome).toList();
  }

  /** A bind or an unbind that had to be ended by its limit waits for what it must not wait for. */
  private void checkTime(Trace.Entry entry, Step step, Result result) {
    boolean bounded = step instanceof Step.Bind || step instanceof Step.Unbind;
    if (!bounded || !result.timeout()) {
      return;
    }
    boolean pinned =
        beliefs.stream().anyMatch(b -> b.state().blocks().stream().anyMatch(x -> x.pinned()));
    diverges(
        new RuleId("UNBIND", pinned ? 7 : 3),
        entry,
        "result",
        "an end in bounded time",
        "no end before its limit of " + result.nanos() / 1_000_000_000 + " s");
  }

  private Hypothesis hypothesis(Belief belief, Outcome outcome, Observation seen) {
    return new Hypothesis(
        belief,
        outcome,
        lens.compare(
            belief.in(outcome.next()),
            seen,
            outcome.claims(),
            last,
            outcome.logged(),
            outcome.mayWarn(),
            mayReturn(outcome)));
  }

  /** A failed unplug gives back what it took, and several actors may undo each other's work. */
  private boolean mayReturn(Outcome outcome) {
    return outcome.answer() instanceof Answer.Fails
        || trace.entries().get(at).step() instanceof Step.Actors
        || trace.header().dialect() == Dialect.V3;
  }

  private static boolean answers(Belief belief, Outcome outcome, Result result) {
    if (outcome.answer().matches(result)) {
      return true;
    }
    // A read that gives the wrong word was told of when the attribute was first seen to.
    return outcome.answer() instanceof Answer.Data
        && result.errno().isEmpty()
        && result.data().strip().equals(belief.known().get(Facet.VALUE));
  }

  private void accept(Trace.Entry entry, List<Hypothesis> perfect, Observation seen) {
    Outcome first = perfect.get(0).outcome();
    count(first);
    if (perfect.stream().allMatch(h -> h.outcome().grade() == Grade.INTERESTING)) {
      notes.add(
          new Verdict.Note(
              first.rule(), entry.line(), entry.text(), answerText(entry.reply().result())));
    }
    believe(
        perfect.stream().map(h -> h.before().in(lens.refine(h.outcome().next(), seen))).toList());
  }

  private void wrongObservation(Trace.Entry entry, List<Hypothesis> answered, Observation seen) {
    Hypothesis best =
        answered.stream().min(Comparator.comparingInt(h -> h.against().size())).orElseThrow();
    count(best.outcome());
    Optional<RuleId> suspect = suspect(answered, seen);
    Map<RuleId, List<Mismatch>> byRule = new LinkedHashMap<>();
    for (Mismatch m : best.against()) {
      boolean health = m.facet() == Facet.SPLAT;
      RuleId own = root(m, best.against()).rule();
      byRule.computeIfAbsent(health ? own : suspect.orElse(own), r -> new ArrayList<>()).add(m);
    }
    byRule.forEach(
        (rule, group) ->
            diverges(
                rule,
                entry,
                join(group, m -> m.facet().text()),
                join(group, m -> m.facet().text() + " " + m.allowed()),
                join(group, m -> m.facet().text() + " " + m.seen())));
    State predicted = lens.refine(best.outcome().next(), seen);
    believe(
        List.of(
            best.before().in(predicted).knowing(best.against()),
            Belief.of(lens.adopt(seen, predicted))));
  }

  /** Blocks go with the driver, and their lines of iomem and part of MemTotal go with them. */
  private static Mismatch root(Mismatch of, List<Mismatch> all) {
    boolean follows =
        switch (of.facet()) {
          case PRESENCE, VALUE, BLOCKS, ZONES, IOMEM, MEMTOTAL, CHANGES -> true;
          default -> false;
        };
    boolean ofBlocks =
        switch (of.facet()) {
          case IOMEM, MEMTOTAL, CHANGES -> true;
          default -> false;
        };
    return all.stream()
        .filter(m -> follows && m.facet() == Facet.DRIVER || ofBlocks && m.facet() == Facet.BLOCKS)
        .max(Comparator.comparing(Mismatch::facet))
        .orElse(of);
  }

  private Optional<RuleId> suspect(List<Hypothesis> answered, Observation seen) {
    for (Hypothesis h : answered) {
      for (Outcome.Suspect suspect : h.outcome().suspects()) {
        boolean fits =
            lens.compare(
                    h.before().in(suspect.state()),
                    seen,
                    h.outcome().claims(),
                    last,
                    List.of(),
                    true,
                    true)
                .isEmpty();
        if (fits) {
          return Optional.of(suspect.rule());
        }
      }
    }
    return Optional.empty();
  }

  private void wrongAnswer(
      Trace.Entry entry, List<Hypothesis> all, Result result, Observation seen) {
    Outcome first = all.get(0).outcome();
    count(first);
    boolean wrongLength =
        result.errno().isEmpty()
            && all.stream().anyMatch(h -> h.outcome().answer() instanceof Answer.Ok);
    boolean malformed =
        result.errno().isEmpty()
            && first.answer() instanceof Answer.Data
            && Lens.word(result.data()).isEmpty();
    RuleId rule =
        wrongLength
            ? LENGTH
            : malformed ? FORM : first.brokenBy(result.errno().map(Errno::name).orElse("ok"));
    // What really happened: one of the outcomes, or nothing at all; else what is seen now.
    Set<Belief> explained = new LinkedHashSet<>();
    for (Hypothesis h : all) {
      if (h.against().isEmpty()) {
        explained.add(h.before().in(lens.refine(h.outcome().next(), seen)));
      }
    }
    Observation before = last;
    String changed = "";
    if (explained.isEmpty()) {
      Belief any = all.get(0).before();
      explained.add(Belief.of(lens.adopt(seen, any.state())));
      if (!SameDevice.in(before, seen)) {
        changed = ", and the device changed";
      }
    }
    diverges(
        rule,
        entry,
        "result",
        all.stream()
            .map(h -> h.outcome().answer().toString())
            .distinct()
            .collect(Collectors.joining(" | ")),
        answerText(result) + changed);
    believe(explained);
  }

  // ---- several actors

  private void judgeActors(Trace.Entry entry, Step.Actors actors) {
    History history = History.of(actors, entry.reply().result());
    for (String stuck : history.stuck()) {
      diverges(
          new RuleId("CONC", 3), entry, "result", "every actor ends", stuck + " cannot be ended");
    }
    for (History.Late late : history.late()) {
      diverges(
          late.rule(),
          entry,
          "result",
          late.operation().actor()
              + ": "
              + StepText.of(late.operation().step())
              + " returns in bounded time",
          "it did not return before the actors' time ran out");
    }
    if (history.operations().isEmpty()) {
      if (history.stuck().isEmpty()) {
        // Nobody did more than wait: nothing may have changed.
        judgeStep(entry, new Step.Sleep(0), Result.ok(0), false);
      } else {
        Observation seen = entry.reply().observation();
        believe(List.of(Belief.of(lens.adopt(seen, beliefs.get(0).state()))));
      }
      return;
    }
    if (history.operations().size() == 1 && history.stuck().isEmpty()) {
      History.Operation only = history.operations().get(0);
      judgeStep(entry, only.step(), only.result(), only.interrupted());
      return;
    }
    Observation seen = entry.reply().observation();
    List<Hypothesis> ends = new ArrayList<>();
    for (Belief belief : beliefs) {
      for (Outcome end : history.explain(model, belief.state())) {
        ends.add(hypothesis(belief, end, seen));
      }
    }
    List<Hypothesis> perfect = ends.stream().filter(h -> h.against().isEmpty()).toList();
    if (!perfect.isEmpty()) {
      accept(entry, perfect, seen);
    } else if (!ends.isEmpty()) {
      wrongObservation(entry, ends, seen);
    } else {
      Optional<History.Impossible> impossible =
          beliefs.stream().flatMap(b -> history.impossible(model, b.state()).stream()).findFirst();
      diverges(
          impossible.map(History.Impossible::rule).orElse(new RuleId("CONC", 1)),
          entry,
          impossible.isPresent() ? "result" : "history",
          impossible
              .map(History.Impossible::allowed)
              .orElse("some order of the operations explains their results"),
          history.shortest(model, beliefs.stream().map(Belief::state).toList()));
      believe(List.of(Belief.of(lens.adopt(seen, beliefs.get(0).state()))));
    }
  }

  // ---- bookkeeping

  private void believe(Iterable<Belief> next) {
    Set<Belief> distinct = new LinkedHashSet<>();
    next.forEach(distinct::add);
    beliefs = distinct.stream().limit(MOST_BELIEFS).toList();
  }

  private void count(Outcome outcome) {
    Set<RuleId> rules = new TreeSet<>();
    if (outcome.answer() instanceof Answer.Ok ok && ok.length() > 0) {
      rules.add(LENGTH);
    }
    rules.add(outcome.rule());
    for (Facet facet : Facet.values()) {
      outcome.claims().rule(facet).ifPresent(rules::add);
    }
    rules.addAll(outcome.wrongAnswers().values());
    outcome.suspects().forEach(s -> rules.add(s.rule()));
    rules.forEach(rule -> judged.merge(rule, 1, Integer::sum));
  }

  private void diverges(
      RuleId rule, Trace.Entry entry, String aspect, String allowed, String seen) {
    judged.merge(rule, 1, Integer::sum);
    divergences.merge(
        rule,
        new Divergence(rule, at, entry.line(), entry.text(), aspect, allowed, seen, 0),
        (old, again) ->
            new Divergence(
                old.rule(),
                old.entry(),
                old.line(),
                old.step(),
                old.aspect(),
                old.allowed(),
                old.seen(),
                old.repeats() + 1));
  }

  private static String answerText(Result result) {
    String text =
        result
            .errno()
            .map(Errno::toString)
            .orElseGet(() -> result.data().isEmpty() ? "ok" : Answer.quoted(result.data()));
    if (result.errno().isEmpty() && result.data().isEmpty() && result.value() > 0) {
      text = "ok, returned " + result.value();
    }
    return result.timeout() ? text + " after its time limit" : text;
  }

  private static String join(
      List<Mismatch> group, java.util.function.Function<Mismatch, String> part) {
    return group.stream().map(part).collect(Collectors.joining("; "));
  }
}
