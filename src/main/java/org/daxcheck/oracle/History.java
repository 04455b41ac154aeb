package org.daxcheck.oracle;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.daxcheck.abi.Errno;
import org.daxcheck.abi.Grade;
import org.daxcheck.abi.RuleId;
import org.daxcheck.model.Answer;
import org.daxcheck.model.Claims;
import org.daxcheck.model.Facet;
import org.daxcheck.model.Outcome;
import org.daxcheck.model.State;
import org.daxcheck.scenario.StepText;
import org.daxcheck.step.Result;
import org.daxcheck.step.Step;

/** What several actors did at once: operations with the time of their call and of their return. */
final class History {
  /**
   * One operation of an actor.
   *
   * @param interrupted true where a signal may have reached the actor
   */
  record Operation(String actor, Step step, Result result, boolean interrupted) {
    long called() {
      return result.started();
    }

    long returned() {
      return result.started() + result.nanos();
    }

    @Override
    public String toString() {
      return actor + ": " + StepText.of(step);
    }
  }

  private final Map<String, List<Operation>> byActor;
  private final List<String> stuck;

  private History(Map<String, List<Operation>> byActor, List<String> stuck) {
    this.byActor = byActor;
    this.stuck = stuck;
  }

  static History of(Step.Actors actors, Result result) {
    Set<String> signalled = new HashSet<>();
    for (Step.Actor actor : actors.actors()) {
      for (Step step : actor.steps()) {
        if (step instanceof Step.Signal signal) {
          signalled.add(signal.actor());
        }
      }
    }
    Map<String, List<Operation>> byActor = new LinkedHashMap<>();
    List<String> stuck = new ArrayList<>();
    for (Step.Actor actor : actors.actors()) {
      List<Operation> done = new ArrayList<>();
      for (Result.ActorResult r : result.actors()) {
        if (!r.name().equals(actor.name())) {
          continue;
        }
        if (r.stuck()) {
          stuck.add(actor.name());
        }
        for (int i = 0; i < Math.min(r.steps().size(), actor.steps().size()); i++) {
          Step step = actor.steps().get(i);
          boolean acts =
              !(step instanceof Step.Sleep
                  || step instanceof Step.Signal
                  || step instanceof Step.Await);
          if (acts) {
            Result did = r.steps().get(i);
            boolean hit = signalled.contains(actor.name()) || did.timeout();
            done.add(new Operation(actor.name(), step, did, hit));
          }
        }
      }
      byActor.put(actor.name(), done);
    }
    return new History(byActor, stuck);
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
  List<Outcome> explain(Specification model, State start) {
    Set<Outcome> ends = new LinkedHashSet<>();
    List<List<Operation>> lists = List.copyOf(byActor.values());
    int[] at = new int[lists.size()];
    search(
        model,
        start,
        lists,
        at,
        List.of(),
        Optional.empty(),
        Optional.empty(),
        false,
        false,
        ends,
        new HashSet<>());
    return List.copyOf(ends);
  }

  /** An operation that no order of the others explains, with the rule that its result breaks. */
  record Impossible(RuleId rule, String allowed) {}

  /**
   * Where no order explains the results: the operation whose own result fits no state on the way,
   * whatever the others did. A write comes before a read, which may merely show what it did. Empty
   * where every result could be, but not all together.
   */
  Optional<Impossible> impossible(Specification model, State start) {
    Map<Operation, List<Outcome>> unfit = new LinkedHashMap<>();
    Set<Operation> fit = new HashSet<>();
    List<List<Operation>> lists = List.copyOf(byActor.values());
    reach(model, start, lists, new int[lists.size()], unfit, fit, new HashSet<>());
    unfit.keySet().removeAll(fit);
    Optional<Operation> blamed =
        unfit.keySet().stream()
            .min(Comparator.comparing(o -> o.step() instanceof Step.Read ? 1 : 0));
    return blamed.map(
        o -> {
          List<Outcome> outcomes = unfit.get(o);
          String seen = o.result().errno().map(Errno::name).orElse("ok");
          RuleId own = outcomes.get(0).brokenBy(seen);
          RuleId rule = own;
          boolean wrongLength =
              seen.equals("ok") && outcomes.stream().anyMatch(x -> x.answer() instanceof Answer.Ok);
          if (wrongLength) {
            rule = Rule.LENGTH;
          } else if (o.step() instanceof Step.Read) {
            rule = Rule.READERS;
          } else if (!own.group().equals("WORD")) {
            // A bad word is bad in any company; the rest may be the others' doing.
            rule = together().filter(model::binds).orElse(own);
          }
          String allowed =
              outcomes.stream()
                  .map(x -> x.answer().toString())
                  .distinct()
                  .collect(Collectors.joining(" | "));
          return new Impossible(rule, o.actor() + ": " + StepText.of(o.step()) + " -> " + allowed);
        });
  }

  /** Goes every way, past results that do not fit. */
  private void reach(
      Specification model,
      State state,
      List<List<Operation>> lists,
      int[] at,
      Map<Operation, List<Outcome>> unfit,
      Set<Operation> fit,
      Set<Seen> visited) {
    List<Integer> position = java.util.Arrays.stream(at).boxed().toList();
    if (!visited.add(new Seen(position, state, List.of(), Optional.empty()))) {
      return;
    }
    for (int a = 0; a < lists.size(); a++) {
      if (at[a] == lists.get(a).size()
          || anyReturnedBefore(lists.get(a).get(at[a]), lists, at, a)) {
        continue;
      }
      Operation next = lists.get(a).get(at[a]);
      List<Outcome> outcomes = model.outcomes(state, next.step(), next.interrupted());
      List<Outcome> fitting = outcomes.stream().filter(o -> fits(o, next)).toList();
      if (fitting.isEmpty()) {
        List<Outcome> known = unfit.computeIfAbsent(next, n -> new ArrayList<>());
        known.addAll(outcomes);
      } else {
        fit.add(next);
      }
      at[a]++;
      for (Outcome o : fitting.isEmpty() ? outcomes : fitting) {
        reach(model, o.next(), lists, at, unfit, fit, visited);
      }
      at[a]--;
    }
  }

  /** What an operation may do. One whose actor was killed may never have come into the kernel. */
  private static List<Outcome> outcomes(Specification model, State state, Operation next) {
    return outcomes(model, state, next.step(), next.interrupted(), next.result());
  }

  /** The same of an operation that has no others beside it. */
  static List<Outcome> outcomes(
      Specification model, State state, Step step, boolean interrupted, Result result) {
    List<Outcome> all = model.outcomes(state, step, interrupted);
    if (result.killed().isEmpty()) {
      return all;
    }
    Outcome like =
        all.stream()
            .filter(o -> o.answer() instanceof Answer.Fails || o.next().equals(state))
            .findFirst()
            .orElse(all.get(0));
    List<Outcome> more = new ArrayList<>(all);
    more.add(nothing(like, Errno.EINTR, state));
    return more;
  }

  private static Outcome nothing(Outcome like, Errno errno, State state) {
    return new Outcome(
        new Answer.Fails(errno),
        state,
        Grade.ALLOWED,
        like.rule(),
        like.claims(),
        List.of(),
        false,
        Map.of(),
        List.of());
  }

  /**
   * Whether it wrote to a memory block that is gone while another actor is taking the memory away:
   * blocks go one by one, and long before the word changes. No rule says that they go at once.
   */
  private boolean goesAwayMeanwhile(Operation operation) {
    boolean gone =
        operation.step() instanceof Step.BlockWrite
            && operation
                .result()
                .errno()
                .filter(e -> e.equals(Errno.ENOENT) || e.equals(Errno.ENODEV))
                .isPresent();
    return gone
        && operations().stream()
            .filter(o -> o.step() instanceof Step.Write || o.step() instanceof Step.Unbind)
            .anyMatch(o -> o.called() < operation.returned() && operation.called() < o.returned());
  }

  private static boolean fits(Outcome outcome, Operation operation) {
    return !operation.result().killed().isEmpty()
        || outcome.answer().matches(operation.result())
        || wentAwayAfterOpen(outcome, operation);
  }

  /** A file that is removed between open and write or read answers ENODEV, not ENOENT. */
  private static boolean wentAwayAfterOpen(Outcome outcome, Operation operation) {
    return outcome.answer() instanceof Answer.Fails fails
        && fails.errno().equals(Errno.ENOENT)
        && operation.result().errno().filter(Errno.ENODEV::equals).isPresent();
  }

  /**
   * The rule that speaks of what these actors leave behind, where at least two of them change
   * something; empty where one does, whose own rules then speak.
   */
  private Optional<RuleId> together() {
    Set<String> who = new HashSet<>();
    Set<Class<?>> what = new HashSet<>();
    for (Operation o : operations()) {
      if (!(o.step() instanceof Step.Read)) {
        who.add(o.actor());
        what.add(o.step().getClass());
      }
    }
    if (who.size() < 2) {
      return Optional.empty();
    }
    boolean binding = what.contains(Step.Bind.class) || what.contains(Step.Unbind.class);
    if (binding) {
      return Optional.of(what.contains(Step.SetPolicy.class) ? Rule.POLICY_RACE : Rule.UNBIND_RACE);
    }
    return Optional.of(what.contains(Step.BlockWrite.class) ? Rule.BLOCK_RACE : Rule.WRITERS);
  }

  /** The rules about several actors; see suites/rules.yaml. */
  private static final class Rule {
    static final RuleId LENGTH = new RuleId("ATTR", 6);
    static final RuleId WRITERS = new RuleId("CONC", 1);
    static final RuleId READERS = new RuleId("CONC", 2);
    static final RuleId BLOCK_RACE = new RuleId("CONC", 3);
    static final RuleId UNBIND_RACE = new RuleId("CONC", 4);
    static final RuleId POLICY_RACE = new RuleId("CONC", 5);
  }

  /** An operation that had to be ended by its time limit though nothing may hold it up. */
  record Late(RuleId rule, Operation operation) {}

  /** Binds, unbinds and reads that ran into their limit: none of them waits for a pinned page. */
  List<Late> late() {
    List<Late> late = new ArrayList<>();
    for (Operation o : operations()) {
      if (o.result().timeout() && o.step() instanceof Step.Read) {
        late.add(new Late(Rule.READERS, o));
      } else if (o.result().timeout()
          && (o.step() instanceof Step.Bind || o.step() instanceof Step.Unbind)) {
        late.add(new Late(Rule.UNBIND_RACE, o));
      }
    }
    return late;
  }

  private record Seen(
      List<Integer> at, State state, List<String> logged, Optional<Claims> claims) {}

  private void search(
      Specification model,
      State state,
      List<List<Operation>> lists,
      int[] at,
      List<String> logged,
      Optional<Claims> claims,
      Optional<RuleId> log,
      boolean interesting,
      boolean warned,
      Set<Outcome> ends,
      Set<Seen> visited) {
    List<Integer> position = java.util.Arrays.stream(at).boxed().toList();
    if (!visited.add(new Seen(position, state, logged, claims))) {
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
      List<Outcome> may = new ArrayList<>(outcomes(model, state, next));
      if (goesAwayMeanwhile(next)) {
        Outcome like = model.outcomes(state, next.step(), false).get(0);
        may.add(nothing(like, next.result().errno().orElseThrow(), state));
      }
      for (Outcome outcome : may) {
        if (!fits(outcome, next)) {
          continue;
        }
        List<String> lines = new ArrayList<>(logged);
        lines.addAll(outcome.logged());
        Optional<RuleId> logRule =
            log.isPresent() || outcome.logged().isEmpty() ? log : outcome.claims().rule(Facet.LOG);
        boolean odd = interesting || outcome.grade() == Grade.INTERESTING;
        boolean warns = warned || outcome.mayWarn();
        // What must change nothing says nothing of what another operation may have changed.
        boolean quiet = outcome.claims().rule(Facet.UEVENTS).isPresent();
        Claims speaking = quiet ? claims.orElse(outcome.claims()) : outcome.claims();
        Optional<Claims> loudest = quiet ? claims : Optional.of(outcome.claims());
        at[a]++;
        if (isEnd(lists, at)) {
          // Where every operation must change nothing, no uevent may come of all of them.
          Claims left = loudest.isPresent() ? speaking.withoutUevents() : speaking;
          if (logRule.isPresent()) {
            left = left.by(logRule.get(), Facet.LOG);
          }
          Optional<RuleId> joint = together().filter(model::binds);
          if (joint.isPresent()) {
            left =
                left.by(
                    joint.get(),
                    Facet.VALUE,
                    Facet.BLOCKS,
                    Facet.ZONES,
                    Facet.IOMEM,
                    Facet.MEMTOTAL);
          }
          Outcome end =
              new Outcome(
                  outcome.answer(),
                  outcome.next(),
                  odd ? Grade.INTERESTING : outcome.grade(),
                  outcome.rule(),
                  left,
                  lines,
                  warns,
                  Map.of(),
                  List.of());
          ends.add(end);
        } else {
          search(
              model, outcome.next(), lists, at, lines, loudest, logRule, odd, warns, ends, visited);
        }
        at[a]--;
      }
    }
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

  // ---- the shortest part that no order explains

  /** How much is known of an operation in a part of a history. */
  private enum Known {
    /** It took place, with this answer. */
    ANSWER,
    /** Whether it took place before it returned is left open, and so is its answer. */
    MAYBE,
    /** The same of one that had not returned yet. */
    PENDING,
    /** It had not been called yet. */
    NOTHING
  }

  /**
   * The shortest part of this history that no order explains, as lines: the operations that
   * contradict each other, with call and return since the first call. First come as few operations
   * as had returned when the contradiction was there; then each is left out that is not needed for
   * it. What is left out may still have taken place, with whatever answer: so nothing is blamed
   * merely because what led to it was left out. Where an order does explain the history, all of it
   * is shown.
   */
  String shortest(Specification model, List<State> starts) {
    List<Operation> byReturn =
        operations().stream().sorted(Comparator.comparingLong(Operation::returned)).toList();
    Map<Operation, Known> part = new IdentityHashMap<>();
    int told = 1;
    while (told < byReturn.size() && explains(prefix(byReturn, told), model, starts)) {
      told++;
    }
    part.putAll(prefix(byReturn, told));
    if (!explains(part, model, starts)) {
      // The latest first: the beginning of the story is what a reader needs most.
      for (int i = told - 2; i >= 0; i--) {
        part.put(byReturn.get(i), Known.MAYBE);
        if (explains(part, model, starts)) {
          part.put(byReturn.get(i), Known.ANSWER);
        }
      }
    }
    return told(part);
  }

  private static Map<Operation, Known> prefix(List<Operation> byReturn, int returned) {
    Map<Operation, Known> part = new IdentityHashMap<>();
    long end = byReturn.get(returned - 1).returned();
    for (int i = 0; i < byReturn.size(); i++) {
      Operation o = byReturn.get(i);
      part.put(o, i < returned ? Known.ANSWER : o.called() <= end ? Known.PENDING : Known.NOTHING);
    }
    return part;
  }

  private boolean explains(Map<Operation, Known> part, Specification model, List<State> starts) {
    List<List<Operation>> lists = List.copyOf(byActor.values());
    return starts.stream()
        .anyMatch(s -> explains(part, model, s, lists, new int[lists.size()], new HashSet<>()));
  }

  private static boolean explains(
      Map<Operation, Known> part,
      Specification model,
      State state,
      List<List<Operation>> lists,
      int[] at,
      Set<Seen> visited) {
    boolean more = false;
    for (int a = 0; a < lists.size(); a++) {
      for (int i = at[a]; i < lists.get(a).size(); i++) {
        more |= part.get(lists.get(a).get(i)) == Known.ANSWER;
      }
    }
    if (!more) {
      return true;
    }
    List<Integer> position = java.util.Arrays.stream(at).boxed().toList();
    if (!visited.add(new Seen(position, state, List.of(), Optional.empty()))) {
      return false;
    }
    for (int a = 0; a < lists.size(); a++) {
      if (at[a] == lists.get(a).size()) {
        continue;
      }
      Operation next = lists.get(a).get(at[a]);
      // What is pending returned after every call of the part, so it needs no exception.
      if (part.get(next) == Known.NOTHING || anyReturnedBefore(next, lists, at, a)) {
        continue;
      }
      boolean open = part.get(next) != Known.ANSWER;
      at[a]++;
      boolean explained = open && explains(part, model, state, lists, at, visited);
      for (Outcome outcome : model.outcomes(state, next.step(), next.interrupted())) {
        explained =
            explained
                || (open || fits(outcome, next))
                    && explains(part, model, outcome.next(), lists, at, visited);
      }
      at[a]--;
      if (explained) {
        return true;
      }
    }
    return false;
  }

  /**
   * The part in lines, by the time of the calls; operations whose answers count for nothing last.
   */
  private String told(Map<Operation, Known> part) {
    List<Operation> kept =
        operations().stream()
            .filter(o -> part.get(o) == Known.ANSWER)
            .sorted(Comparator.comparingLong(Operation::called))
            .toList();
    long first = operations().stream().mapToLong(Operation::called).min().orElse(0);
    List<String> lines = new ArrayList<>();
    int width = kept.stream().mapToInt(o -> time(o, first).length()).max().orElse(0);
    for (Operation o : kept) {
      String time = time(o, first);
      lines.add(time + " ".repeat(width - time.length()) + "  " + o + " -> " + answer(o.result()));
    }
    int open = operations().size() - kept.size();
    if (open > 0) {
      lines.add(
          open + (open == 1 ? " other operation does" : " other operations do") + " not matter");
    }
    return String.join("\n", lines);
  }

  private static String time(Operation o, long first) {
    return micros(o.called() - first) + " to " + micros(o.returned() - first);
  }

  private static String micros(long nanos) {
    return nanos < 10_000_000
        ? Math.round(nanos / 1e3) + " us"
        : String.format(Locale.ROOT, "%.1f ms", nanos / 1e6);
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
