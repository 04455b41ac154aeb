package org.daxcheck.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
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
 * @param logged texts that must each stand in a kernel log line of the step
 * @param mayWarn true where the dialect's own text announces a WARN here
 * @param wrongAnswers the rule to name instead of {@link #rule} where the caller got this error (or
 *     {@code ok})
 * @param suspects states that a known fault would lead to, each with the rule it breaks
 */
public record Outcome(
    Answer answer,
    State next,
    Grade grade,
    RuleId rule,
    Claims claims,
    List<String> logged,
    boolean mayWarn,
    Map<String, RuleId> wrongAnswers,
    List<Suspect> suspects) {

  /** Key of {@link #wrongAnswers} for every error that has no key of its own. */
  static final String ANY_ERRNO = "any errno";

  public Outcome {
    logged = List.copyOf(logged);
    wrongAnswers = Map.copyOf(wrongAnswers);
    suspects = List.copyOf(suspects);
  }

  /** A state that would betray a known fault. */
  public record Suspect(State state, RuleId rule) {}

  static Outcome of(Answer answer, State next, Grade grade, RuleId rule, Claims claims) {
    return new Outcome(answer, next, grade, rule, claims, List.of(), false, Map.of(), List.of());
  }

  /** The rule that a wrong answer breaks; {@code seen} is {@code ok} or an error's name. */
  public RuleId brokenBy(String seen) {
    RuleId otherwise = seen.equals("ok") ? rule : wrongAnswers.getOrDefault(ANY_ERRNO, rule);
    return wrongAnswers.getOrDefault(seen, otherwise);
  }

  /** The outcome in a dialect that not all its rules bind: others are replaced or left out. */
  public Outcome only(java.util.function.Predicate<RuleId> counts, RuleId otherwise) {
    Map<String, RuleId> wrong = new TreeMap<>();
    wrongAnswers.forEach((seen, r) -> wrong.put(seen, counts.test(r) ? r : otherwise));
    return new Outcome(
        answer,
        next,
        grade,
        counts.test(rule) ? rule : otherwise,
        claims.only(counts, otherwise),
        logged,
        mayWarn,
        wrong,
        suspects.stream().filter(s -> counts.test(s.rule())).toList());
  }

  /** The same outcome of a step that is done to every device, as to the driver's module. */
  Outcome ofEveryDevice() {
    return new Outcome(
        answer,
        next,
        grade,
        rule,
        claims.without(Facet.NEIGHBOURS),
        logged,
        mayWarn,
        wrongAnswers,
        suspects);
  }

  Outcome logging(String... texts) {
    return new Outcome(
        answer, next, grade, rule, claims, List.of(texts), mayWarn, wrongAnswers, suspects);
  }

  Outcome warning() {
    return new Outcome(answer, next, grade, rule, claims, logged, true, wrongAnswers, suspects);
  }

  Outcome butIf(String wrongAnswer, RuleId other) {
    Map<String, RuleId> more = new TreeMap<>(wrongAnswers);
    more.put(wrongAnswer, other);
    return new Outcome(answer, next, grade, rule, claims, logged, mayWarn, more, suspects);
  }

  Outcome suspecting(State state, RuleId broken) {
    List<Suspect> more = new ArrayList<>(suspects);
    more.add(new Suspect(state, broken));
    return new Outcome(answer, next, grade, rule, claims, logged, mayWarn, wrongAnswers, more);
  }

  /** The same outcome as one among several. */
  Outcome graded(Grade other) {
    return new Outcome(answer, next, other, rule, claims, logged, mayWarn, wrongAnswers, suspects);
  }
}
