package org.daxcheck.oracle;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.daxcheck.abi.Errno;
import org.daxcheck.abi.Grade;
import org.daxcheck.abi.RuleId;
import org.daxcheck.abi.Rules;
import org.daxcheck.model.Logged;
import org.daxcheck.model.Outcome;
import org.daxcheck.model.Property;
import org.daxcheck.model.ReturnValue;
import org.daxcheck.model.RuleOf;
import org.daxcheck.model.State;
import org.daxcheck.scenario.StepText;
import org.daxcheck.step.Result;
import org.daxcheck.step.Step;

/** What several actors did at once: operations with the time of their call and of their return. */
final class Linearization {
  /**
   * One operation of an actor.
   *
   * @param interrupted true where a signal may have reached the actor
   * @param entered true where it was in the kernel for sure when a signal killed its actor
   */
  record Operation(String actor, Step step, Result result, boolean interrupted, boolean entered) {
    long called() {
      return result.started();
    }

    long returned() {
      return result.started() + result.nanos();
    }

    /** Whether both were under way at some moment. */
    boolean overlaps(Operation other) {
      return called() < other.returned() && other.called() < returned();
    }

    @Override
    public String toString() {
      return actor + " " + StepText.of(step);
    }
  }

  /** So long after its call an operation has come into the kernel, in ns. */
  private static final long ENTERED_NANOS = 100_000_000;

  /** So long one must have waited before it is told what for, in ns. */
  private static final long WAITED_NANOS = 1_000_000_000;

  private final Map<String, List<Operation>> byActor;
  private final List<String> stuck;
  private final Map<String, List<Long>> signals;

  private Linearization(
      Map<String, List<Operation>> byActor, List<String> stuck, Map<String, List<Long>> signals) {
    this.byActor = byActor;
    this.stuck = stuck;
    this.signals = signals;
  }

  static Linearization of(Step.Actors actors, Result result) {
    Map<String, List<Long>> signals = signals(actors, result);
    Map<String, List<Operation>> byActor = new LinkedHashMap<>();
    List<String> stuck = new ArrayList<>();
    for (Step.Actor actor : actors.actors()) {
      List<Operation> done = new ArrayList<>();
      List<Long> hits = signals.get(actor.name());
      for (Result.ActorResult r : result.actors()) {
        if (!r.name().equals(actor.name())) {
          continue;
        }
        if (r.stuck()) {
          stuck.add(actor.name());
        }
        for (int i = 0; i < Math.min(r.steps().size(), actor.steps().size()); i++) {
          Step step = actor.steps().get(i);
          if (acts(step)) {
            Result did = r.steps().get(i);
            boolean hit = hits != null || did.timeout();
            boolean entered =
                did.timeout()
                    || hits != null
                        && !hits.isEmpty()
                        && hits.stream().allMatch(t -> t - did.started() > ENTERED_NANOS);
            done.add(new Operation(actor.name(), step, did, hit, entered));
          }
        }
      }
      byActor.put(actor.name(), done);
    }
    return new Linearization(byActor, stuck, signals);
  }

  /** When each actor that somebody means to signal was sent a signal; none where it was not. */
  private static Map<String, List<Long>> signals(Step.Actors actors, Result result) {
    Map<String, List<Long>> signals = new HashMap<>();
    for (Step.Actor actor : actors.actors()) {
      List<Result> done =
          result.actors().stream()
              .filter(r -> r.name().equals(actor.name()))
              .findFirst()
              .map(Result.ActorResult::steps)
              .orElse(List.of());
      for (int i = 0; i < actor.steps().size(); i++) {
        if (actor.steps().get(i).kind() == Step.Kind.SIGNAL) {
          Step.Signal signal = (Step.Signal) actor.steps().get(i);
          List<Long> times = signals.computeIfAbsent(signal.actor(), n -> new ArrayList<>());
          if (i < done.size() && done.get(i).errno().isEmpty()) {
            times.add(done.get(i).started());
          }
        }
      }
    }
    return signals;
  }

  /** Whether a step does more than pass time. */
  private static boolean acts(Step step) {
    return switch (step.kind()) {
      case SLEEP, SIGNAL, AWAIT, LOOK -> false;
      case WRITE, READ, BIND, UNBIND, SET_POLICY, BLOCK_WRITE, PIN, UNPIN, UNLOAD, LOAD -> true;
      case FILL, VERIFY, FREE, INJECT, REFUSE_ADD, OCCUPY, RESHAPE, NEIGHBOUR_WRITE -> true;
      case DELAY, FAIL_NTH -> true;
      case ACTORS -> throw new IllegalArgumentException("an actor has no actors");
    };
  }

  List<Operation> operations() {
    return byActor.values().stream().flatMap(List::stream).toList();
  }

  /** Actors that could not be ended. */
  List<String> stuck() {
    return stuck;
  }

  /**
   * The ends that some order of the operations leads to: each is the outcome of the last operation
   * of an order in which every result is allowed, and no operation comes before one that had
   * returned when it was called.
   */
  List<Outcome> explain(Specification specification, State start) {
    Set<Outcome> ends = new LinkedHashSet<>();
    List<List<Operation>> lists = List.copyOf(byActor.values());
    Way begin =
        new Way(start, List.of(), Optional.empty(), Optional.empty(), Optional.empty(), false);
    search(specification, begin, lists, new int[lists.size()], ends, new HashSet<>());
    return List.copyOf(ends);
  }

  /** An operation that no order of the others explains, with the rule that its result breaks. */
  record Impossible(RuleId rule, String allowed) {}

  /**
   * Where no order explains the results: the operation whose own result fits no state on the way,
   * whatever the others did. A write comes before a read, which may merely show what it did. Empty
   * where every result could be, but not all together.
   */
  Optional<Impossible> impossible(
      Specification specification, Blame blame, State start, boolean unplugFailed) {
    Map<Operation, List<Candidate>> unfit = new LinkedHashMap<>();
    Set<Operation> fit = new HashSet<>();
    List<List<Operation>> lists = List.copyOf(byActor.values());
    reach(specification, start, lists, new int[lists.size()], unfit, fit, new HashSet<>());
    unfit.keySet().removeAll(fit);
    Optional<Operation> blamed =
        unfit.keySet().stream()
            .min(Comparator.comparing(o -> o.step().kind() == Step.Kind.READ ? 1 : 0));
    return blamed.map(
        o -> {
          List<Candidate> candidates = unfit.get(o);
          List<Outcome> outcomes = candidates.stream().map(Candidate::outcome).toList();
          Optional<Errno> seen = o.result().errno();
          RuleId own =
              blame.wrongAnswer(
                  candidates.get(0).from(), o.step(), outcomes.get(0), seen, unplugFailed);
          RuleId rule = own;
          boolean wrongLength =
              seen.isEmpty()
                  && outcomes.stream().anyMatch(x -> x.answer() instanceof ReturnValue.Ok);
          if (wrongLength) {
            rule = Rules.ATTR_6;
          } else if (o.step().kind() == Step.Kind.READ) {
            rule = Rules.CONC_2;
          } else if (!own.group().equals("WORD")) {
            // A bad word is bad in any company; the rest may be the others' doing.
            rule = together().filter(specification::binds).orElse(own);
          }
          String allowed =
              outcomes.stream()
                  .map(x -> x.answer().toString())
                  .distinct()
                  .collect(Collectors.joining(" | "));
          return new Impossible(rule, o + " -> " + allowed);
        });
  }

  /** What an operation may do from a state. */
  private record Candidate(State from, Outcome outcome) {}

  /** A place in the search, where all that was done so far is not told apart. */
  record Passed(List<Integer> at, State state) {}

  /** Goes every way, past results that do not fit. */
  private void reach(
      Specification specification,
      State state,
      List<List<Operation>> lists,
      int[] at,
      Map<Operation, List<Candidate>> unfit,
      Set<Operation> fit,
      Set<Passed> visited) {
    if (!visited.add(new Passed(position(at), state))) {
      return;
    }
    for (int a = 0; a < lists.size(); a++) {
      if (at[a] == lists.get(a).size()
          || anyReturnedBefore(lists.get(a).get(at[a]), lists, at, a)) {
        continue;
      }
      Operation next = lists.get(a).get(at[a]);
      List<Outcome> outcomes = specification.outcomes(state, next.step(), next.interrupted());
      List<Outcome> fitting = outcomes.stream().filter(o -> fits(o, next)).toList();
      if (fitting.isEmpty()) {
        List<Candidate> known = unfit.computeIfAbsent(next, n -> new ArrayList<>());
        outcomes.forEach(o -> known.add(new Candidate(state, o)));
      } else {
        fit.add(next);
      }
      at[a]++;
      for (Outcome o : fitting.isEmpty() ? outcomes : fitting) {
        reach(specification, o.next(), lists, at, unfit, fit, visited);
      }
      at[a]--;
    }
  }

  /**
   * What a step may do that has no others beside it. One whose actor was killed may never have come
   * into the kernel, unless it was there for sure.
   */
  static List<Outcome> outcomes(
      Specification specification,
      State state,
      Step step,
      boolean interrupted,
      Result result,
      boolean entered) {
    List<Outcome> all = specification.outcomes(state, step, interrupted);
    if (result.killed().isEmpty() || entered) {
      return all;
    }
    List<Outcome> more = new ArrayList<>(all);
    more.add(nothing(all, Errno.EINTR, state));
    return more;
  }

  /** An outcome in which nothing happens, told by the rules of one that changes nothing. */
  private static Outcome nothing(List<Outcome> all, Errno errno, State state) {
    Outcome like =
        all.stream()
            .filter(o -> o.answer().isError() || o.next().equals(state))
            .findFirst()
            .orElse(all.get(0));
    return Outcome.of(
        new ReturnValue.Fails(errno), state, Grade.ALLOWED, like.rule(), like.claims());
  }

  /**
   * What an operation may do beside the others. Nothing, where a signal met it while it waited for
   * another one, which had come before and was still there: no document says that a waiter must go
   * on.
   */
  private List<Outcome> outcomes(Specification specification, State state, Operation next) {
    List<Outcome> may =
        new ArrayList<>(
            outcomes(
                specification,
                state,
                next.step(),
                next.interrupted(),
                next.result(),
                next.entered()));
    if (goesAwayMeanwhile(next)) {
      may.add(nothing(may, next.result().errno().orElseThrow(), state));
    }
    if (gaveUp(next)) {
      may.add(nothing(may, Errno.EINTR, state));
    }
    return may;
  }

  private boolean gaveUp(Operation operation) {
    return operation.interrupted()
        && operation.result().errno().filter(Errno.EINTR::equals).isPresent()
        && changes(operation.step())
        && operations().stream()
            .anyMatch(
                o ->
                    !o.actor().equals(operation.actor())
                        && changes(o.step())
                        && o.called() < operation.called()
                        && o.returned() > operation.returned());
  }

  /** Whether an operation may hold the locks that others wait for. */
  static boolean changes(Step step) {
    return switch (step.kind()) {
      case WRITE, BIND, UNBIND, BLOCK_WRITE, UNLOAD, LOAD, RESHAPE, NEIGHBOUR_WRITE -> true;
      case FAIL_NTH -> changes(((Step.FailNth) step).step());
      case READ, SET_POLICY, PIN, UNPIN, AWAIT, SLEEP, SIGNAL, FILL, VERIFY, FREE -> false;
      case INJECT, REFUSE_ADD, OCCUPY, DELAY, LOOK, ACTORS -> false;
    };
  }

  /**
   * Whether it wrote to a memory block that is gone while another actor is taking the memory away:
   * blocks go one by one, and long before the word changes. No rule says that they go at once.
   */
  private boolean goesAwayMeanwhile(Operation operation) {
    boolean gone =
        operation.step().kind() == Step.Kind.BLOCK_WRITE
            && operation
                .result()
                .errno()
                .filter(e -> e.equals(Errno.ENOENT) || e.equals(Errno.ENODEV))
                .isPresent();
    return gone
        && operations().stream().filter(o -> takesMemory(o.step())).anyMatch(operation::overlaps);
  }

  private static boolean takesMemory(Step step) {
    return switch (step.kind()) {
      case WRITE, UNBIND, UNLOAD -> true;
      case FAIL_NTH -> takesMemory(((Step.FailNth) step).step());
      case READ, BIND, SET_POLICY, BLOCK_WRITE, PIN, UNPIN, LOAD, AWAIT, SLEEP, SIGNAL -> false;
      case FILL, VERIFY, FREE, INJECT, REFUSE_ADD, OCCUPY, RESHAPE, NEIGHBOUR_WRITE -> false;
      case DELAY, LOOK, ACTORS -> false;
    };
  }

  static boolean fits(Outcome outcome, Operation operation) {
    return !operation.result().killed().isEmpty()
        || outcome.answer().matches(operation.result())
        || wentAwayAfterOpen(outcome, operation);
  }

  /** A file that is removed between open and write or read answers ENODEV, not ENOENT. */
  private static boolean wentAwayAfterOpen(Outcome outcome, Operation operation) {
    return outcome.answer() instanceof ReturnValue.Fails fails
        && fails.errno().equals(Errno.ENOENT)
        && operation.result().errno().filter(Errno.ENODEV::equals).isPresent();
  }

  /**
   * The rule that speaks of what these actors leave behind, where at least two of them change
   * something; empty where one does, whose own rules then speak.
   */
  private Optional<RuleId> together() {
    Set<String> who = new HashSet<>();
    Set<Step.Kind> what = EnumSet.noneOf(Step.Kind.class);
    for (Operation o : operations()) {
      if (o.step().kind() != Step.Kind.READ) {
        who.add(o.actor());
        what.add(o.step().kind());
      }
    }
    if (who.size() < 2) {
      return Optional.empty();
    }
    if (what.contains(Step.Kind.BIND) || what.contains(Step.Kind.UNBIND)) {
      return Optional.of(what.contains(Step.Kind.SET_POLICY) ? Rules.CONC_5 : Rules.CONC_4);
    }
    return Optional.of(what.contains(Step.Kind.BLOCK_WRITE) ? Rules.CONC_3 : Rules.CONC_1);
  }

  /** An operation that took longer than it may: because of its own, or of another one. */
  record Late(RuleId rule, Operation operation, String seen) {}

  /** Operations that ran into their limit, or waited for one of another device. */
  List<Late> late() {
    List<Late> late = new ArrayList<>();
    for (Operation o : operations()) {
      Optional<RuleId> rule = o.result().timeout() ? endless(o) : Optional.empty();
      rule.ifPresent(
          r ->
              late.add(
                  new Late(
                      r,
                      o,
                      "%s did not return within %d ms".formatted(o, millis(o.result().nanos())))));
      if (rule.isEmpty()) {
        mustNotWait(o).flatMap(r -> heldUp(o, r)).ifPresent(late::add);
      }
    }
    return late;
  }

  /** The rule against an operation that did not end; empty where it may wait for a page. */
  private Optional<RuleId> endless(Operation o) {
    return switch (o.step().kind()) {
      case READ -> Optional.of(Rules.CONC_2);
      case BIND, UNBIND, UNLOAD, LOAD -> Optional.of(Rules.CONC_4);
      case SET_POLICY, RESHAPE -> Optional.of(Rules.ROBUST_1);
      case NEIGHBOUR_WRITE -> Optional.of(Rules.CONC_6);
      // It may wait, but a signal ends that.
      case WRITE -> wasSignalled(o) ? Optional.of(Rules.ATOMIC_2) : Optional.empty();
      case BLOCK_WRITE, PIN, UNPIN, AWAIT, SLEEP, SIGNAL, FILL, VERIFY -> Optional.empty();
      case DELAY -> Optional.empty();
      case FREE, INJECT, REFUSE_ADD, OCCUPY, FAIL_NTH, LOOK, ACTORS -> Optional.empty();
    };
  }

  private boolean wasSignalled(Operation o) {
    return signals.getOrDefault(o.actor(), List.of()).stream()
        .anyMatch(t -> t - o.called() > ENTERED_NANOS && o.returned() - t > WAITED_NANOS);
  }

  /** The rule by which an operation does not wait for a write that is under way. */
  private static Optional<RuleId> mustNotWait(Operation o) {
    return switch (o.step().kind()) {
      case NEIGHBOUR_WRITE -> Optional.of(Rules.CONC_6);
      // Only the word itself is EINVAL, and it is judged before the lock.
      case WRITE ->
          o.result().errno().filter(Errno.EINVAL::equals).isPresent()
              ? Optional.of(Rules.WORD_5)
              : Optional.empty();
      // They may wait for the lock of the device, or of all memory hotplug.
      case READ, BIND, UNBIND, UNLOAD, LOAD, SET_POLICY, BLOCK_WRITE, RESHAPE -> Optional.empty();
      case PIN, UNPIN, AWAIT, SLEEP, SIGNAL, FILL, VERIFY, FREE -> Optional.empty();
      case DELAY -> Optional.empty();
      case INJECT, REFUSE_ADD, OCCUPY, FAIL_NTH, LOOK, ACTORS -> Optional.empty();
    };
  }

  /** Whether an operation came back only when a write to this device had. */
  private Optional<Late> heldUp(Operation o, RuleId rule) {
    return operations().stream()
        .filter(w -> w != o && w.step().kind() == Step.Kind.WRITE)
        // Who lets go of the lock may come back after the one that waited for it.
        .filter(w -> w.returned() - o.called() > WAITED_NANOS)
        .filter(w -> o.returned() > w.returned() - ENTERED_NANOS)
        .findFirst()
        .map(
            w ->
                new Late(
                    rule,
                    o,
                    "%s waited %d ms, until %s had returned"
                        .formatted(o, millis(o.returned() - o.called()), w)));
  }

  /**
   * All that the search over orders depends on behind a place in it.
   *
   * @param logged what was logged, in a fixed order
   * @param claims those of the operation that changed most
   * @param log the rule about what was logged
   * @param odd the outcome that is legal but unusual, where there was one
   * @param warned true where a WARN was announced
   */
  private record Way(
      State state,
      List<Logged> logged,
      Optional<RuleOf> claims,
      Optional<RuleId> log,
      Optional<Odd> odd,
      boolean warned) {}

  /** An outcome that is legal but unusual. */
  private record Odd(RuleId rule, ReturnValue answer) {}

  private record Seen(List<Integer> at, Way way) {}

  static List<Integer> position(int[] at) {
    return Arrays.stream(at).boxed().toList();
  }

  private void search(
      Specification specification,
      Way way,
      List<List<Operation>> lists,
      int[] at,
      Set<Outcome> ends,
      Set<Seen> visited) {
    if (!visited.add(new Seen(position(at), way))) {
      return;
    }
    for (int a = 0; a < lists.size(); a++) {
      if (at[a] == lists.get(a).size()) {
        continue;
      }
      Operation next = lists.get(a).get(at[a]);
      if (anyReturnedBefore(next, lists, at, a)) {
        continue;
      }
      for (Outcome outcome : outcomes(specification, way.state(), next)) {
        if (!fits(outcome, next)) {
          continue;
        }
        at[a]++;
        Way further = further(way, outcome);
        if (isEnd(lists, at)) {
          ends.add(end(specification, further, outcome));
        } else {
          search(specification, further, lists, at, ends, visited);
        }
        at[a]--;
      }
    }
  }

  private static Way further(Way way, Outcome outcome) {
    List<Logged> lines = new ArrayList<>(way.logged());
    lines.addAll(outcome.logged());
    lines.sort(Comparator.comparing(Logged::toString));
    Optional<RuleId> log =
        way.log().isPresent() || outcome.logged().isEmpty()
            ? way.log()
            : outcome.claims().rule(Property.LOG);
    // What must change nothing says nothing of what another operation may have changed.
    boolean quiet = outcome.claims().rule(Property.UEVENTS).isPresent();
    return new Way(
        outcome.next(),
        lines,
        quiet ? way.claims() : Optional.of(outcome.claims()),
        log,
        outcome.grade() == Grade.INTERESTING && way.odd().isEmpty()
            ? Optional.of(new Odd(outcome.rule(), outcome.answer()))
            : way.odd(),
        way.warned() || outcome.mayWarn());
  }

  private Outcome end(Specification specification, Way way, Outcome last) {
    // Where every operation must change nothing, no uevent may come of all of them.
    RuleOf left = way.claims().map(RuleOf::withoutUevents).orElse(last.claims());
    if (way.log().isPresent()) {
      left = left.by(way.log().get(), Property.LOG);
    }
    Optional<RuleId> joint = together().filter(specification::binds);
    if (joint.isPresent()) {
      left =
          left.by(
              joint.get(),
              Property.VALUE,
              Property.BLOCKS,
              Property.ZONES,
              Property.IOMEM,
              Property.MEMTOTAL);
    }
    if (operations().stream().anyMatch(o -> o.step().kind() == Step.Kind.NEIGHBOUR_WRITE)) {
      left = left.without(Property.NEIGHBOURS).without(Property.FOREIGN);
    }
    return new Outcome(
        way.odd().map(Odd::answer).orElse(last.answer()),
        way.state(),
        way.odd().isPresent() ? Grade.INTERESTING : last.grade(),
        way.odd().map(Odd::rule).orElse(last.rule()),
        left,
        way.logged(),
        way.warned(),
        Optional.empty());
  }

  private static boolean anyReturnedBefore(
      Operation next, List<List<Operation>> lists, int[] at, int self) {
    for (int a = 0; a < lists.size(); a++) {
      if (a != self
          && at[a] < lists.get(a).size()
          && lists.get(a).get(at[a]).returned() < next.called()) {
        return true;
      }
    }
    return false;
  }

  private static boolean isEnd(List<List<Operation>> lists, int[] at) {
    for (int a = 0; a < lists.size(); a++) {
      if (at[a] < lists.get(a).size()) {
        return false;
      }
    }
    return true;
  }

  // ---- for the shortest part that no order explains

  /** The operations of each actor, in its order. */
  List<List<Operation>> lists() {
    return List.copyOf(byActor.values());
  }

  /** When the first of all operations was called, in ns; 0 where there is none. */
  long firstCall() {
    return operations().stream().mapToLong(Operation::called).min().orElse(0);
  }

  static boolean mayComeNext(Operation next, List<List<Operation>> lists, int[] at, int self) {
    return !anyReturnedBefore(next, lists, at, self);
  }

  private static long millis(long nanos) {
    return Math.round(nanos / 1e6);
  }

  /** What an operation gave, in a word. */
  static String answer(Result result) {
    if (!result.killed().isEmpty()) {
      return "killed by SIG" + result.killed();
    }
    String text =
        result
            .errno()
            .map(Errno::toString)
            .orElseGet(
                () ->
                    result.data().isEmpty()
                        ? "ok"
                        : result.data().matches("[a-z_]+\n")
                            ? result.data().strip()
                            : Text.quoted(result.data()));
    return result.timeout() ? text + " after its time limit" : text;
  }
}
