package org.daxcheck.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.daxcheck.abi.Grade;
import org.daxcheck.abi.RuleId;

/**
 * One outcome of a step that the documents leave.
 *
 * @param answer what the caller gets
 * @param next the state after it
 * @param grade how the documents judge it
 * @param rule the rule that says so
 * @param claims which rule speaks about each facet of the observation after it
 * @param logged the lines that the kernel must log
 * @param mayWarn true where the dialect's own text announces a WARN here
 * @param never a state that this answer excludes, though {@link #next} leaves it open: that every
 *     block went offline where one was refused
 */
public record Outcome(
    ReturnValue answer,
    State next,
    Grade grade,
    RuleId rule,
    RuleOf claims,
    List<Logged> logged,
    boolean mayWarn,
    Optional<State> never) {

  public Outcome {
    logged = List.copyOf(logged);
  }

  /** An outcome that logs nothing. */
  public static Outcome of(
      ReturnValue answer, State next, Grade grade, RuleId rule, RuleOf claims) {
    return new Outcome(answer, next, grade, rule, claims, List.of(), false, Optional.empty());
  }

  /** The outcome in a dialect that not all its rules bind: others are replaced or left out. */
  public Outcome only(Predicate<RuleId> counts, RuleId otherwise) {
    RuleId bound = counts.test(rule) ? rule : otherwise;
    return new Outcome(
        answer, next, grade, bound, claims.only(counts, otherwise), logged, mayWarn, never);
  }

  /** The same outcome of a step that is done to every device, as to the driver's module. */
  Outcome ofEveryDevice() {
    return claiming(claims.without(Property.NEIGHBOURS).without(Property.FOREIGN));
  }

  /** The same outcome, with other rules for what is seen after it. */
  public Outcome claiming(RuleOf other) {
    return new Outcome(answer, next, grade, rule, other, logged, mayWarn, never);
  }

  Outcome citing(RuleId other) {
    return new Outcome(answer, next, grade, other, claims, logged, mayWarn, never);
  }

  /** The same outcome with these lines in the log besides. */
  public Outcome logging(List<Logged> lines) {
    List<Logged> more = new ArrayList<>(logged);
    more.addAll(lines);
    return new Outcome(answer, next, grade, rule, claims, more, mayWarn, never);
  }

  Outcome warning() {
    return new Outcome(answer, next, grade, rule, claims, logged, true, never);
  }

  Outcome leadingTo(State other) {
    return new Outcome(answer, other, grade, rule, claims, logged, mayWarn, never);
  }

  Outcome neverIn(State excluded) {
    return new Outcome(answer, next, grade, rule, claims, logged, mayWarn, Optional.of(excluded));
  }

  /** The same outcome as one among several. */
  public Outcome graded(Grade other) {
    return new Outcome(answer, next, other, rule, claims, logged, mayWarn, never);
  }
}
