package org.daxcheck.oracle;

import java.util.List;
import java.util.Optional;
import org.daxcheck.abi.RuleId;

/**
 * One thing that a target did against a rule.
 *
 * @param rule the rule that it breaks
 * @param entry index of the trace's entry; {@link #BOOT} for what the boot did
 * @param line the line of the scenario, 0 for steps of setup and restore
 * @param step the step as the scenario language writes it
 * @param aspects what differed, at least one
 * @param allowed the only outcomes that are allowed, as a sentence's end: {@code EBUSY}
 * @param seen what was seen instead
 * @param repeats how many more times the same was seen in the same trace
 * @param symptoms what calls did in it; none where nobody knows
 * @param reproduced what came of its reproducer; empty where that was not run
 */
public record Divergence(
    RuleId rule,
    int entry,
    int line,
    String step,
    List<Aspect> aspects,
    String allowed,
    String seen,
    int repeats,
    List<Symptom> symptoms,
    Optional<Reproduced> reproduced) {
  /** In place of an entry: the boot's own bind, which came before all of them. */
  public static final int BOOT = -1;

  public Divergence {
    aspects = List.copyOf(aspects);
    symptoms = List.copyOf(symptoms);
  }

  /** One whose reproducer was not run. */
  public Divergence(
      RuleId rule,
      int entry,
      int line,
      String step,
      List<Aspect> aspects,
      String allowed,
      String seen,
      int repeats,
      List<Symptom> symptoms) {
    this(rule, entry, line, step, aspects, allowed, seen, repeats, symptoms, Optional.empty());
  }

  /** One of which no more is known than what it says. */
  public Divergence(
      RuleId rule,
      int entry,
      int line,
      String step,
      List<Aspect> aspects,
      String allowed,
      String seen,
      int repeats) {
    this(rule, entry, line, step, aspects, allowed, seen, repeats, List.of());
  }

  /** The same in a single aspect. */
  public Divergence(
      RuleId rule,
      int entry,
      int line,
      String step,
      Aspect aspect,
      String allowed,
      String seen,
      int repeats) {
    this(rule, entry, line, step, List.of(aspect), allowed, seen, repeats, List.of());
  }

  /** What differed, in words: {@code result}, {@code blocks; iomem}. */
  public String aspect() {
    return Aspect.text(aspects);
  }

  /** The same, its reproducer run. */
  public Divergence with(Reproduced tried) {
    return new Divergence(
        rule, entry, line, step, aspects, allowed, seen, repeats, symptoms, Optional.of(tried));
  }

  /** The same, with something else seen. */
  public Divergence seeing(String other) {
    return new Divergence(rule, entry, line, step, aspects, allowed, other, repeats, symptoms);
  }

  /** The same, seen once more. */
  Divergence again() {
    return new Divergence(rule, entry, line, step, aspects, allowed, seen, repeats + 1, symptoms);
  }

  /** The place in the scenario's file; the file alone for a step of setup and restore. */
  public String in(String file) {
    return line == 0 ? file : file + ":" + line;
  }
}
