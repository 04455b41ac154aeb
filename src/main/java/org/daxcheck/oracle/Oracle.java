package org.daxcheck.oracle;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.daxcheck.abi.DialectProperties;
import org.daxcheck.abi.Driver;
import org.daxcheck.abi.Errno;
import org.daxcheck.abi.Grade;
import org.daxcheck.abi.Policy;
import org.daxcheck.abi.RuleId;
import org.daxcheck.abi.Rules;
import org.daxcheck.abi.Word;
import org.daxcheck.model.BlockState;
import org.daxcheck.model.Model;
import org.daxcheck.model.Outcome;
import org.daxcheck.model.Property;
import org.daxcheck.model.ReturnValue;
import org.daxcheck.model.RuleOf;
import org.daxcheck.model.State;
import org.daxcheck.model.Unspecified;
import org.daxcheck.scenario.Expected;
import org.daxcheck.scenario.Scenario;
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
  /** More states at once than any scenario comes near; beyond, nothing can be said. */
  private static final int MOST_BELIEFS = 2_000;

  private final Trace trace;
  private final Scenario scenario;
  private final Allowance allowance;
  private final Witness witness;
  private final DialectProperties properties;
  private final Specification specification;
  private final Blame blame;
  private final ObservationCheck lens;
  private final Course course;
  private final Tested tested;
  private final Map<Fault, Divergence> divergences = new LinkedHashMap<>();

  /** What of the kernel's reports was told of the step at hand, by their fingerprints. */
  private final Set<String> reported = new HashSet<>();

  private final List<Verdict.Note> notes = new ArrayList<>();
  private List<PossibleState> beliefs;
  private Observation last;
  private boolean unplugFailed;
  private boolean odd;
  private boolean broken;
  private int at;

  /**
   * What is told once for a trace: a rule that is broken, or a report of the kernel.
   *
   * @param report its fingerprint; empty for anything else
   */
  private record Fault(RuleId rule, String report) {}

  private Oracle(Trace trace, Scenario scenario, Allowance allowance, Witness witness) {
    this.trace = trace;
    this.scenario = scenario;
    this.allowance = allowance;
    this.witness = witness;
    Trace.Header header = trace.header();
    this.properties = DialectProperties.of(header.dialect());
    this.specification =
        new Specification(
            new Model(header.dialect(), header.hotremove(), header.kernelZoneReturns()));
    this.blame = new Blame(specification);
    this.lens = new ObservationCheck(trace);
    this.course = new Course(specification, lens);
    this.tested = new Tested(blame, header.device());
    this.last = trace.before();
    Policy boot =
        Policy.of(header.bootPolicy())
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "unknown boot policy '" + header.bootPolicy() + "'"));
    State between = State.between(header.dialect(), header.device().blocksOfRanges(), boot);
    this.beliefs = beginning(lens.withOccupied(between, trace.before()));
  }

  /**
   * What the target may be in before the first step: what is seen, and, where nothing but the
   * attribute's word speaks against it, the state between scenarios. The wrong word is told at
   * once, so that nothing that follows from it is.
   */
  private List<PossibleState> beginning(State between) {
    PossibleState seen = PossibleState.of(lens.adopt(trace.before(), between));
    // What was logged and sent up to here belongs to the scenario before.
    Observation quiet = trace.before().after(List.of(), false, List.of());
    List<Discrepancy> against =
        lens.compare(
            PossibleState.of(between),
            quiet,
            quiet,
            ObservationCheck.Expected.ofTheDevice(RuleOf.always()));
    boolean onlyTheWord = against.size() == 1 && against.get(0).facet() == Property.VALUE;
    if (!onlyTheWord) {
      return List.of(seen);
    }
    Discrepancy word = against.get(0);
    divergences.put(
        new Fault(word.rule(), ""),
        new Divergence(
            word.rule(),
            0,
            0,
            "before the first step",
            Aspect.of(word.facet()),
            word.allowed(),
            word.seen(),
            0));
    return List.of(PossibleState.of(between).knowing(against), seen);
  }

  /** The verdict on a trace of the scenario, whole or cut short, of a run that has no other. */
  public static Verdict judge(Trace trace, Scenario scenario) {
    return judge(trace, scenario, new Allowance());
  }

  /** The verdict on a trace of the scenario, whole or cut short, in a run with this allowance. */
  public static Verdict judge(Trace trace, Scenario scenario, Allowance allowance) {
    return judge(trace, scenario, allowance, Witness.NONE);
  }

  /** The same verdict, with somebody who hears how it came about. */
  public static Verdict judge(
      Trace trace, Scenario scenario, Allowance allowance, Witness witness) {
    Oracle oracle = new Oracle(trace, scenario, allowance, witness);
    try {
      return oracle.run();
    } catch (Unspecified e) {
      return oracle.nothingMore(Cause.UNSPECIFIED, e.getMessage());
    }
  }

  /** From here on nothing can be judged; what was found before stays. */
  private Verdict nothingMore(Cause cause, String why) {
    String where =
        at < trace.entries().size()
            ? scenario.file() + ":" + trace.entries().get(at).line() + ": "
            : scenario.file() + ": ";
    return without(new Verdict.Why(cause, where + why));
  }

  /** The verdict where something was in the way of a judgement of the whole. */
  private Verdict without(Verdict.Why why) {
    return divergences.isEmpty()
        ? Verdict.error(why.cause(), why.text())
        : new Verdict(
            Verdict.Status.DIVERGENCE,
            List.copyOf(divergences.values()),
            notes,
            tested.times(),
            why);
  }

  /** The target did what the model allows, and the scenario's author does not. */
  private String dispute(
      Trace.Entry entry, Scenario.Line stated, ExpectationCheck.Failure failure) {
    if (stated.expected().contains(new Expected.Missed())) {
      return "%s:%d: '%s' failed too, so there are more; let more fail"
          .formatted(scenario.file(), entry.line(), entry.text());
    }
    return "%s:%d: '%s -> %s' is against the model, which allows %s. Mend the arrow, or dispute %s"
        .formatted(
            scenario.file(),
            entry.line(),
            entry.text(),
            failure.allowed(),
            failure.seen() + (trace.header().kind().isKernel() ? ", as the kernel did" : ""),
            scenario.rules().isEmpty() ? "the model" : "rule " + scenario.rule());
  }

  private Verdict run() {
    List<Scenario.Line> lines = scenario.lines();
    int all = lines.size() * scenario.repeats();
    int told = 0;
    String lost = "";
    String disputed = "";
    boolean starved = false;
    boolean staged = true;
    trace.boot().ifPresent(this::judgeBoot);
    for (at = 0; at < trace.entries().size(); at++) {
      Trace.Entry entry = trace.entries().get(at);
      Result result = entry.reply().result();
      if (setsTheStage(entry.done().kind()) && result.errno().isPresent()) {
        if (course.isLeft()) {
          // After a refusal that is legal the rest does not fit; it was not put to the test.
          break;
        }
        return nothingMore(
            Cause.NO_STAGE,
            "'%s' was not possible (%s); the rest of the scenario would prove nothing"
                .formatted(entry.text(), result.errno().get()));
      }
      if (entry.phase() == Trace.Phase.SCENARIO && told == 0) {
        staged = isStaged();
      }
      boolean asStated = divergences.isEmpty() && disputed.isEmpty() && !course.isLeft();
      List<State> before = beliefs.stream().map(PossibleState::state).toList();
      odd = false;
      broken = false;
      reported.clear();
      boolean several = entry.done().kind() == Step.Kind.ACTORS;
      List<Hypothesis> weighed =
          several
              ? judgeActors(entry, (Step.Actors) entry.done())
              : judgeStep(entry, entry.done(), result, false, false);
      tellReports(entry, weighed);
      if (beliefs.size() > MOST_BELIEFS) {
        return nothingMore(
            Cause.TOO_MANY_STATES,
            "what was seen leaves more than " + MOST_BELIEFS + " states possible; too many");
      }
      remember(entry, before);
      witness.hears(account(at, before, weighed));
      if (entry.phase() == Trace.Phase.SCENARIO && told < all) {
        Scenario.Line stated = lines.get(told++ % lines.size());
        // What a line states presumes that all before it went the usual way.
        if (asStated && divergences.isEmpty() && !course.isLeft()) {
          List<Outcome> allowed = several ? List.of() : outcomes(weighed);
          for (ExpectationCheck.Failure failure :
              new ExpectationCheck(trace, at, stated, allowed).check()) {
            if (failure.disputed() || scenario.mainRule().isEmpty()) {
              disputed = disputed.isEmpty() ? dispute(entry, stated, failure) : disputed;
            } else {
              diverges(
                  scenario.rule(),
                  entry,
                  Aspect.STATED,
                  failure.allowed(),
                  failure.seen(),
                  List.of());
            }
          }
        }
      }
      last = entry.reply().observation();
      starved |= entry.done().kind() == Step.Kind.FAIL_NTH;
      // A uevent that found no memory is lost by the kernel itself, once.
      boolean eventsLost = last.ueventsLost() && !starved;
      starved &= !last.ueventsLost();
      if (lost.isEmpty() && (last.logLost() || eventsLost)) {
        lost = (last.logLost() ? "the kernel's log" : "uevents") + " of '" + entry.text() + "'";
      }
    }
    if (!disputed.isEmpty() && !staged) {
      // Whoever wrote the lines is not to blame for what they meet elsewhere.
      return nothingMore(
          Cause.NO_STAGE, "the device was not in the state that the scenario begins in");
    }
    if (!disputed.isEmpty()) {
      return without(new Verdict.Why(Cause.DISPUTED, disputed));
    }
    if (divergences.isEmpty() && !lost.isEmpty()) {
      return nothingMore(
          Cause.LOST,
          lost + " came faster than they could be read, and some are lost; what they said is open");
    }
    if (told == all && !course.wasLeft()) {
      // It went to its end: what it is about was put to the test.
      scenario.rules().stream().map(Scenario.Cited::rule).distinct().forEach(tested::add);
    }
    Verdict.Status status = divergences.isEmpty() ? Verdict.Status.PASS : Verdict.Status.DIVERGENCE;
    return new Verdict(status, List.copyOf(divergences.values()), notes, tested.times());
  }

  /**
   * The boot's own bind, under the policy of the boot. Its log and its uevents came before anybody
   * listened.
   */
  private void judgeBoot(Observation boot) {
    Trace.Header header = trace.header();
    Policy policy = Policy.of(header.bootPolicy()).orElseThrow();
    State unbound =
        lens.withOccupied(State.unbound(header.device().blocksOfRanges(), policy), boot);
    Observation quiet = boot.after(List.of(), false, List.of());
    List<Discrepancy> best = List.of();
    List<Hypothesis> weighed = new ArrayList<>();
    boolean first = true;
    for (Outcome o : specification.outcomes(unbound, new Step.Bind(Driver.KMEM), false)) {
      tested.add(o.rule());
      RuleOf claims = o.claims().by(o.rule(), Property.DRIVER);
      List<Discrepancy> against =
          lens.compare(
              PossibleState.of(o.next()),
              quiet,
              quiet,
              ObservationCheck.Expected.ofTheDevice(claims));
      weighed.add(new Hypothesis(PossibleState.of(unbound), o, true, against));
      best = first || against.size() < best.size() ? against : best;
      first = false;
    }
    witness.hears(account(Divergence.BOOT, List.of(unbound), weighed));
    Map<RuleId, List<Discrepancy>> byRule = new LinkedHashMap<>();
    for (Discrepancy m : best) {
      byRule.computeIfAbsent(root(m, best).rule(), r -> new ArrayList<>()).add(m);
    }
    byRule.forEach(
        (rule, group) ->
            divergences.put(
                new Fault(rule, ""),
                new Divergence(
                    rule,
                    Divergence.BOOT,
                    0,
                    "the boot's bind",
                    aspects(group),
                    join(group, m -> m.facet().text() + " " + m.allowed()),
                    join(group, m -> m.facet().text() + " " + m.seen()),
                    0)));
  }

  /** True where the device may be in the state that the scenario begins in. */
  private boolean isStaged() {
    Scenario.Start start = scenario.start();
    Driver driver = start.driver().orElse(Driver.KMEM);
    if (!properties.hasAttribute() || !trace.header().hotremove()) {
      return true;
    }
    Word word = start.state().orElse(Word.UNPLUGGED);
    return beliefs.stream()
        .map(PossibleState::state)
        .anyMatch(
            s ->
                s.driver() == driver
                    && (driver != Driver.KMEM
                        || s.word().filter(word::equals).isPresent()
                            && word
                                == Word.UNPLUGGED
                                == s.blocks().stream().noneMatch(b -> b.exists())));
  }

  /** Steps that only make what the scenario needs; where one fails, nothing was shown. */
  private static boolean setsTheStage(Step.Kind kind) {
    return switch (kind) {
      case PIN, INJECT, REFUSE_ADD, OCCUPY, DELAY -> true;
      case WRITE, READ, BIND, UNBIND, SET_POLICY, BLOCK_WRITE, UNPIN, UNLOAD, LOAD -> false;
      case AWAIT, SLEEP, SIGNAL, FILL, VERIFY, FREE, RESHAPE, NEIGHBOUR_WRITE -> false;
      case FAIL_NTH, LOOK, ACTORS -> false;
    };
  }

  /** Keeps what later steps are judged by: whether an unplug failed, and the course. */
  private void remember(Trace.Entry entry, List<State> before) {
    List<State> after = beliefs.stream().map(PossibleState::state).toList();
    boolean wordStays = words(before).equals(words(after));
    unplugFailed = wordStays && (unplugFailed || failsToUnplug(entry) && !odd);
    course.follow(entry.done(), odd, before, after, entry.reply().observation());
  }

  private static Set<Optional<Word>> words(List<State> states) {
    return states.stream().map(State::word).collect(Collectors.toSet());
  }

  private boolean failsToUnplug(Trace.Entry entry) {
    Result result = entry.reply().result();
    if (entry.done().kind() != Step.Kind.ACTORS) {
      return isUnplug(entry.done()) && result.errno().isPresent();
    }
    return Linearization.of((Step.Actors) entry.done(), result).operations().stream()
        .anyMatch(
            o ->
                isUnplug(o.step())
                    && (o.result().errno().isPresent() || !o.result().killed().isEmpty()));
  }

  private boolean isUnplug(Step step) {
    if (step.kind() == Step.Kind.FAIL_NTH) {
      return isUnplug(((Step.FailNth) step).step());
    }
    return step.kind() == Step.Kind.WRITE
        && ((Step.Write) step).payload().text().strip().equals(properties.unplugWord());
  }

  // ---- one step

  private List<Hypothesis> judgeStep(
      Trace.Entry entry, Step step, Result result, boolean interrupted, boolean entered) {
    Observation seen = entry.reply().observation();
    checkTime(entry, step, result);
    List<Hypothesis> all = new ArrayList<>();
    List<Hypothesis> answered = new ArrayList<>();
    for (PossibleState belief : beliefs) {
      for (Outcome outcome :
          Linearization.outcomes(
              specification, belief.state(), step, interrupted, result, entered)) {
        boolean fits = !result.killed().isEmpty() || answers(belief, outcome, result);
        Hypothesis h = hypothesis(belief, outcome, fits, seen);
        all.add(h);
        if (fits) {
          answered.add(h);
        }
      }
    }
    List<Hypothesis> perfect = answered.stream().filter(h -> h.against().isEmpty()).toList();
    if (!perfect.isEmpty()) {
      accept(entry, Optional.of(step), perfect, seen);
    } else if (!answered.isEmpty()) {
      wrongObservation(entry, Optional.of(step), answered, seen);
    } else {
      wrongAnswer(entry, step, all, result, seen);
    }
    return all;
  }

  private static List<Outcome> outcomes(List<Hypothesis> weighed) {
    return weighed.stream().map(Hypothesis::outcome).toList();
  }

  private Account account(int entry, List<State> before, List<Hypothesis> weighed) {
    return new Account(
        entry,
        before,
        weighed.stream()
            .map(h -> new Account.Way(h.before().state(), h.outcome(), h.answered(), h.against()))
            .toList(),
        beliefs.stream().map(PossibleState::state).toList(),
        broken);
  }

  /** A bind or an unbind that had to be ended by its limit waits for what it must not wait for. */
  private void checkTime(Trace.Entry entry, Step step, Result result) {
    if (!result.timeout()) {
      return;
    }
    boolean pinned =
        beliefs.stream().anyMatch(b -> b.state().blocks().stream().anyMatch(BlockState::pinned));
    // One that was at work and came back is slow, as emulated memory is; with a page held it tries
    // again and again.
    if (!pinned && result.stuckIn().filter(Result.StuckIn::works).isPresent()) {
      return;
    }
    String where = result.stuckIn().map(s -> ": " + s).orElse("");
    late(step, pinned)
        .ifPresent(
            rule ->
                diverges(
                    rule,
                    entry,
                    Aspect.RESULT,
                    "an end in bounded time",
                    "no end before its limit of " + result.nanos() / 1_000_000_000 + " s" + where,
                    List.of()));
  }

  /** The rule that a step breaks which does not end; empty for one that may wait for a signal. */
  private static Optional<RuleId> late(Step step, boolean pinned) {
    return switch (step.kind()) {
      case UNBIND, UNLOAD -> Optional.of(pinned ? Rules.UNBIND_7 : Rules.UNBIND_3);
      case BIND, LOAD, READ, SET_POLICY, RESHAPE -> Optional.of(Rules.ROBUST_1);
      case WRITE, BLOCK_WRITE, NEIGHBOUR_WRITE, PIN, UNPIN, AWAIT, SLEEP -> Optional.empty();
      case SIGNAL, FILL, VERIFY, FREE, INJECT, REFUSE_ADD, OCCUPY -> Optional.empty();
      case DELAY -> Optional.empty();
      case FAIL_NTH -> late(((Step.FailNth) step).step(), pinned);
      case LOOK, ACTORS -> Optional.empty();
    };
  }

  private Hypothesis hypothesis(
      PossibleState belief, Outcome outcome, boolean answered, Observation seen) {
    Trace.Entry entry = trace.entries().get(at);
    Step.Kind kind = entry.done().kind();
    boolean killed =
        entry.reply().result().actors().stream()
            .flatMap(a -> a.steps().stream())
            .anyMatch(r -> !r.killed().isEmpty());
    List<Discrepancy> against =
        new ArrayList<>(
            lens.compare(
                belief.in(outcome.next()),
                seen,
                last,
                new ObservationCheck.Expected(
                    outcome.claims(),
                    outcome.logged(),
                    outcome.mayWarn(),
                    mayReturn(outcome, kind),
                    killed,
                    Optional.of(kind))));
    List<BlockState> blocks = lens.refine(outcome.next(), seen).blocks();
    Optional<RuleId> rule = outcome.claims().rule(Property.BLOCKS);
    if (rule.isPresent() && outcome.never().filter(n -> n.blocks().equals(blocks)).isPresent()) {
      against.add(
          new Discrepancy(
              Property.BLOCKS,
              rule.get(),
              "one that was refused stays online",
              "all went offline"));
    }
    return new Hypothesis(belief, outcome, answered, against);
  }

  /** A failed unplug gives back what it took, and several actors may undo each other's work. */
  private boolean mayReturn(Outcome outcome, Step.Kind kind) {
    return outcome.answer().isError() || kind == Step.Kind.ACTORS || !properties.atomic();
  }

  private static boolean answers(PossibleState belief, Outcome outcome, Result result) {
    if (outcome.answer().matches(result)) {
      return true;
    }
    // A read that gives the wrong word was told of when the attribute was first seen to.
    return outcome.answer() instanceof ReturnValue.Data
        && result.errno().isEmpty()
        && result.data().strip().equals(belief.known().get(Property.VALUE));
  }

  private void accept(
      Trace.Entry entry, Optional<Step> step, List<Hypothesis> perfect, Observation seen) {
    Outcome first = perfect.get(0).outcome();
    count(step, perfect.get(0), seen);
    if (perfect.stream().allMatch(h -> h.outcome().grade() == Grade.INTERESTING)) {
      odd = true;
      String answer = answerText(entry.reply().result());
      // What the documents leave open may be so each time; what is legal once may not.
      boolean open = first.rule().equals(Rules.WORD_6) || first.answer() instanceof ReturnValue.Ok;
      if (open || allowance.take()) {
        notes.add(new Verdict.Note(first.rule(), entry.line(), entry.text(), answer));
      } else {
        diverges(
            first.rule(),
            entry,
            Aspect.RESULT,
            "ok; a run may be refused " + Allowance.PER_RUN + " times where nothing is in the way",
            answer + ", once more",
            List.of());
      }
    }
    believe(
        perfect.stream().map(h -> h.before().in(lens.refine(h.outcome().next(), seen))).toList());
  }

  private void wrongObservation(
      Trace.Entry entry, Optional<Step> step, List<Hypothesis> answered, Observation seen) {
    Hypothesis best =
        answered.stream().min(Comparator.comparingInt(h -> h.against().size())).orElseThrow();
    count(step, best, seen);
    Optional<RuleId> suspect = step.flatMap(s -> suspect(s, answered, seen));
    Map<RuleId, List<Discrepancy>> byRule = new LinkedHashMap<>();
    for (Discrepancy m : best.against()) {
      boolean ofItself = m.facet() == Property.SPLAT || m.facet() == Property.FOREIGN;
      RuleId own = root(m, best.against()).rule();
      byRule.computeIfAbsent(ofItself ? own : suspect.orElse(own), r -> new ArrayList<>()).add(m);
    }
    byRule.forEach(
        (rule, group) ->
            diverges(
                new Fault(rule, report(group, best, seen)),
                entry,
                aspects(group),
                join(group, m -> m.facet().text() + " " + m.allowed()),
                join(group, m -> m.facet().text() + " " + m.seen()),
                symptoms(entry.done(), group)));
    State predicted = lens.refine(best.outcome().next(), seen);
    believe(
        List.of(
            best.before().in(predicted).knowing(best.against()),
            PossibleState.of(lens.adopt(seen, predicted))));
  }

  /** Blocks go with the driver, and their lines of iomem and part of MemTotal go with them. */
  private static Discrepancy root(Discrepancy of, List<Discrepancy> all) {
    boolean follows =
        switch (of.facet()) {
          case PRESENCE, VALUE, BLOCKS, ZONES, IOMEM, MEMTOTAL, CHANGES, DEVICE -> true;
          case NAME, MODE, FORM, DRIVER, POLICY, LOG, SPLAT, UEVENTS, NODES -> false;
          case FOREIGN, NEIGHBOURS -> false;
        };
    boolean ofBlocks =
        switch (of.facet()) {
          case IOMEM, MEMTOTAL, CHANGES -> true;
          case PRESENCE, NAME, MODE, FORM, VALUE, BLOCKS, ZONES, DRIVER, POLICY, LOG -> false;
          case SPLAT, UEVENTS, FOREIGN, DEVICE, NODES, NEIGHBOURS -> false;
        };
    return all.stream()
        .filter(
            m ->
                follows && m.facet() == Property.DRIVER || ofBlocks && m.facet() == Property.BLOCKS)
        .max(Comparator.comparing(Discrepancy::facet))
        .orElse(of);
  }

  private Optional<RuleId> suspect(Step step, List<Hypothesis> answered, Observation seen) {
    for (Hypothesis h : answered) {
      for (Blame.Suspect suspect : blame.suspects(h.before().state(), step, h.outcome())) {
        boolean fits =
            lens.compare(
                    h.before().in(suspect.state()),
                    seen,
                    last,
                    ObservationCheck.Expected.ofTheDevice(h.outcome().claims()))
                .isEmpty();
        if (fits) {
          return Optional.of(suspect.rule());
        }
      }
    }
    return Optional.empty();
  }

  private void wrongAnswer(
      Trace.Entry entry, Step step, List<Hypothesis> all, Result result, Observation seen) {
    Hypothesis likeliest = all.get(0);
    Outcome first = likeliest.outcome();
    count(Optional.of(step), likeliest, seen);
    boolean wrongLength =
        result.errno().isEmpty()
            && all.stream().anyMatch(h -> h.outcome().answer() instanceof ReturnValue.Ok);
    boolean malformed =
        result.errno().isEmpty()
            && first.answer() instanceof ReturnValue.Data
            && ObservationCheck.word(result.data()).isEmpty();
    RuleId rule =
        wrongLength
            ? Rules.ATTR_6
            : malformed
                ? Rules.ATTR_4
                : blame.wrongAnswer(
                    likeliest.before().state(), step, first, result.errno(), unplugFailed);
    // What really happened: one of the outcomes, or nothing at all; else what is seen now.
    Set<PossibleState> explained = new LinkedHashSet<>();
    for (Hypothesis h : all) {
      if (h.against().isEmpty()) {
        explained.add(h.before().in(lens.refine(h.outcome().next(), seen)));
      }
    }
    Observation before = last;
    String changed = "";
    if (explained.isEmpty()) {
      explained.add(PossibleState.of(lens.adopt(seen, likeliest.before().state())));
      if (!SameDevice.in(before, seen)) {
        changed = ", and the device changed";
      }
    }
    Set<String> allowed =
        all.stream()
            .map(h -> h.outcome().answer().toString())
            .collect(Collectors.toCollection(LinkedHashSet::new));
    diverges(
        rule,
        entry,
        Aspect.RESULT,
        String.join(" | ", allowed),
        answerText(result) + changed,
        List.of(new Symptom(step.kind(), Aspect.RESULT, allowed, Linearization.answer(result))));
    believe(explained);
  }

  // ---- several actors

  private List<Hypothesis> judgeActors(Trace.Entry entry, Step.Actors actors) {
    Linearization history = Linearization.of(actors, entry.reply().result());
    for (String stuck : history.stuck()) {
      diverges(
          Rules.CONC_3,
          entry,
          Aspect.RESULT,
          "every actor ends",
          stuck + " cannot be ended",
          List.of());
    }
    for (Linearization.Late late : history.late()) {
      diverges(
          late.rule(),
          entry,
          Aspect.RESULT,
          late.operation() + " returns in bounded time",
          late.seen(),
          List.of());
    }
    Observation seen = entry.reply().observation();
    if (history.operations().isEmpty()) {
      if (history.stuck().isEmpty()) {
        // Nobody did more than wait: nothing may have changed.
        return judgeStep(entry, new Step.Sleep(0), Result.ok(0), false, false);
      }
      believe(List.of(PossibleState.of(lens.adopt(seen, beliefs.get(0).state()))));
      return List.of();
    }
    if (history.operations().size() == 1 && history.stuck().isEmpty()) {
      Linearization.Operation only = history.operations().get(0);
      return judgeStep(entry, only.step(), only.result(), only.interrupted(), only.entered());
    }
    List<Hypothesis> ends = new ArrayList<>();
    for (PossibleState belief : beliefs) {
      for (Outcome end : history.explain(specification, belief.state())) {
        ends.add(hypothesis(belief, end, true, seen));
      }
    }
    List<Hypothesis> perfect = ends.stream().filter(h -> h.against().isEmpty()).toList();
    if (!perfect.isEmpty()) {
      accept(entry, Optional.empty(), perfect, seen);
    } else if (!ends.isEmpty()) {
      wrongObservation(entry, Optional.empty(), ends, seen);
    } else {
      Optional<Linearization.Impossible> impossible =
          beliefs.stream()
              .flatMap(
                  b -> history.impossible(specification, blame, b.state(), unplugFailed).stream())
              .findFirst();
      ShortestPart part =
          new ShortestPart(
              history, specification, beliefs.stream().map(PossibleState::state).toList());
      diverges(
          impossible.map(Linearization.Impossible::rule).orElse(Rules.CONC_1),
          entry,
          impossible.isPresent() ? Aspect.RESULT : Aspect.HISTORY,
          impossible
              .map(Linearization.Impossible::allowed)
              .orElse("results that some order of the calls explains"),
          part.text(),
          part.symptoms());
      believe(List.of(PossibleState.of(lens.adopt(seen, beliefs.get(0).state()))));
    }
    return ends;
  }

  // ---- bookkeeping

  private void believe(Iterable<PossibleState> next) {
    Set<PossibleState> distinct = new LinkedHashSet<>();
    next.forEach(distinct::add);
    beliefs = List.copyOf(distinct);
  }

  private void count(Optional<Step> step, Hypothesis h, Observation seen) {
    tested.count(step, h.before().state(), h.outcome(), last, seen, unplugFailed);
  }

  /** The fingerprint of the kernel's report that these are about; empty where it is none. */
  private String report(List<Discrepancy> group, Hypothesis best, Observation seen) {
    if (group.stream().anyMatch(m -> m.facet() != Property.SPLAT)) {
      return "";
    }
    Optional<String> first =
        ObservationCheck.reports(seen, best.outcome().mayWarn()).stream()
            .map(KernelReport::fingerprint)
            .findFirst();
    first.ifPresent(reported::add);
    return first.orElse("");
  }

  /** Each report of the kernel that was not told yet, whatever else was wrong with the step. */
  private void tellReports(Trace.Entry entry, List<Hypothesis> weighed) {
    boolean mayWarn = weighed.stream().anyMatch(h -> h.outcome().mayWarn());
    String facet = Property.SPLAT.text();
    for (KernelReport r : ObservationCheck.reports(entry.reply().observation(), mayWarn)) {
      if (reported.add(r.fingerprint())) {
        diverges(
            new Fault(Rules.ROBUST_1, r.fingerprint()),
            entry,
            List.of(Aspect.SPLAT),
            facet + " " + ObservationCheck.QUIET,
            facet + " " + r.text(),
            symptoms(
                entry.done(),
                List.of(
                    new Discrepancy(
                        Property.SPLAT, Rules.ROBUST_1, ObservationCheck.QUIET, r.text()))));
      }
    }
  }

  private void diverges(
      RuleId rule,
      Trace.Entry entry,
      Aspect aspect,
      String allowed,
      String seen,
      List<Symptom> symptoms) {
    diverges(new Fault(rule, ""), entry, List.of(aspect), allowed, seen, symptoms);
  }

  private void diverges(
      Fault fault,
      Trace.Entry entry,
      List<Aspect> aspects,
      String allowed,
      String seen,
      List<Symptom> symptoms) {
    tested.add(fault.rule());
    broken = true;
    divergences.merge(
        fault,
        new Divergence(
            fault.rule(), at, entry.line(), entry.text(), aspects, allowed, seen, 0, symptoms),
        (old, again) -> old.again());
  }

  private static List<Aspect> aspects(List<Discrepancy> group) {
    return group.stream().map(m -> Aspect.of(m.facet())).toList();
  }

  /** What was seen amiss behind a step; of several actors any that changes something may do it. */
  private static List<Symptom> symptoms(Step step, List<Discrepancy> group) {
    return step.acts().stream()
        .map(Step::kind)
        .filter(k -> k != Step.Kind.READ && !k.idle())
        .distinct()
        .flatMap(
            k ->
                group.stream()
                    .map(m -> new Symptom(k, Aspect.of(m.facet()), Set.of(m.allowed()), m.seen())))
        .toList();
  }

  private static String answerText(Result result) {
    String text =
        result
            .errno()
            .map(Errno::toString)
            .orElseGet(() -> result.data().isEmpty() ? "ok" : ReturnValue.quoted(result.data()));
    if (result.errno().isEmpty() && result.data().isEmpty() && result.value() > 0) {
      text = "ok, returned " + result.value();
    }
    return result.timeout() ? text + " after its time limit" : text;
  }

  private static String join(List<Discrepancy> group, Function<Discrepancy, String> part) {
    return group.stream().map(part).collect(Collectors.joining("; "));
  }
}
