package org.daxcheck.oracle;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.daxcheck.model.Outcome;
import org.daxcheck.model.State;
import org.daxcheck.oracle.Linearization.Operation;

/**
 * The shortest part of a history that no order explains: the operations that contradict each other.
 * First come as few operations as had returned when the contradiction was there; then each is left
 * out that is not needed for it. What is left out may still have taken place, with whatever answer:
 * so nothing is blamed merely because what led to it was left out. Where an order does explain the
 * history, all of it is kept.
 */
final class ShortestPart {
  /** How much is known of an operation. */
  private enum Known {
    /** It took place, with this answer. */
    ANSWER,
    /** It took place, and gave what {@link #supposed} says. */
    SUPPOSED,
    /** Whether it took place before it returned is left open, and so is its answer. */
    MAYBE,
    /** The same of one that had not returned yet. */
    PENDING,
    /** It had not been called yet. */
    NOTHING
  }

  private final Linearization history;
  private final Specification specification;
  private final List<State> starts;
  private final Map<Operation, Known> known = new IdentityHashMap<>();

  /** What the operation that is supposed to give something else gives; empty for anything. */
  private String supposed = "";

  /** What the model lets that operation give, wherever it may come. */
  private final Set<String> offered = new TreeSet<>();

  ShortestPart(Linearization history, Specification specification, List<State> starts) {
    this.history = history;
    this.specification = specification;
    this.starts = starts;
    shorten();
  }

  /** The operations whose answers count, by the time of their calls. */
  List<Operation> operations() {
    return history.operations().stream()
        .filter(o -> known.get(o) == Known.ANSWER)
        .sorted(Comparator.comparingLong(Operation::called))
        .toList();
  }

  /** The part as a sentence; where it is a single operation, with what went on beside it. */
  String text() {
    List<Operation> told = operations();
    List<Operation> beside =
        told.size() > 1
            ? List.of()
            : history.operations().stream()
                .filter(o -> !told.contains(o) && Linearization.changes(o.step()))
                .filter(o -> told.stream().anyMatch(o::overlaps))
                .sorted(Comparator.comparingLong(Operation::called))
                .toList();
    return RaceText.of(told, beside, history.firstCall());
  }

  /**
   * What may be wrong in this part: for each of its operations what it gave, and what it might have
   * given so that an order explains the part. One for which there is no such thing is not at fault.
   */
  List<Symptom> symptoms() {
    List<Symptom> all = new ArrayList<>();
    for (Operation o : operations()) {
      known.put(o, Known.SUPPOSED);
      supposed = "";
      offered.clear();
      explained();
      Set<String> allowed = new LinkedHashSet<>();
      for (String answer : List.copyOf(offered)) {
        supposed = answer;
        if (explained()) {
          allowed.add(answer);
        }
      }
      known.put(o, Known.ANSWER);
      if (!allowed.isEmpty()) {
        all.add(
            new Symptom(o.step().kind(), Aspect.RESULT, allowed, Linearization.answer(o.result())));
      }
    }
    return all;
  }

  private void shorten() {
    List<Operation> byReturn =
        history.operations().stream()
            .sorted(Comparator.comparingLong(Operation::returned))
            .toList();
    int told = 1;
    while (told < byReturn.size() && isExplained(byReturn, told)) {
      told++;
    }
    if (isExplained(byReturn, told)) {
      return;
    }
    // The latest first: the beginning of the story is what a reader needs most.
    for (int i = told - 2; i >= 0; i--) {
      known.put(byReturn.get(i), Known.MAYBE);
      if (explained()) {
        known.put(byReturn.get(i), Known.ANSWER);
      }
    }
  }

  private boolean isExplained(List<Operation> byReturn, int returned) {
    long end = byReturn.get(returned - 1).returned();
    for (int i = 0; i < byReturn.size(); i++) {
      Operation o = byReturn.get(i);
      known.put(o, i < returned ? Known.ANSWER : o.called() <= end ? Known.PENDING : Known.NOTHING);
    }
    return explained();
  }

  private boolean explained() {
    List<List<Operation>> lists = history.lists();
    return starts.stream()
        .anyMatch(s -> explained(s, lists, new int[lists.size()], new HashSet<>()));
  }

  private boolean explained(
      State state, List<List<Operation>> lists, int[] at, Set<Linearization.Passed> visited) {
    if (!isMoreKnown(lists, at)) {
      return true;
    }
    if (!visited.add(new Linearization.Passed(Linearization.position(at), state))) {
      return false;
    }
    for (int a = 0; a < lists.size(); a++) {
      if (at[a] == lists.get(a).size()) {
        continue;
      }
      Operation next = lists.get(a).get(at[a]);
      Known of = known.get(next);
      // What is pending returned after every call of the part, so it needs no exception.
      if (of == Known.NOTHING || !Linearization.mayComeNext(next, lists, at, a)) {
        continue;
      }
      at[a]++;
      boolean explained =
          (of == Known.MAYBE || of == Known.PENDING) && explained(state, lists, at, visited);
      for (Outcome outcome : specification.outcomes(state, next.step(), next.interrupted())) {
        explained =
            explained || fits(outcome, next, of) && explained(outcome.next(), lists, at, visited);
      }
      at[a]--;
      if (explained) {
        return true;
      }
    }
    return false;
  }

  private boolean isMoreKnown(List<List<Operation>> lists, int[] at) {
    for (int a = 0; a < lists.size(); a++) {
      for (Operation o : lists.get(a).subList(at[a], lists.get(a).size())) {
        if (known.get(o) == Known.ANSWER || known.get(o) == Known.SUPPOSED) {
          return true;
        }
      }
    }
    return false;
  }

  private boolean fits(Outcome outcome, Operation of, Known known) {
    return switch (known) {
      case ANSWER -> Linearization.fits(outcome, of);
      case SUPPOSED -> {
        String answer = outcome.answer().toString();
        offered.add(answer);
        // With nothing supposed no way may end the search before it has gone them all.
        yield answer.equals(supposed);
      }
      case MAYBE, PENDING -> true;
      case NOTHING -> false;
    };
  }
}
