package org.daxcheck.machine;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.daxcheck.scenario.StepText;
import org.daxcheck.step.Step;

/**
 * A shortest word that two machines answer differently.
 *
 * @param word its steps from the state between scenarios
 * @param first what one machine gives for the last of them
 * @param second what the other gives
 */
public record Separation(List<Step> word, MealyOutput first, MealyOutput second) {
  public Separation {
    word = List.copyOf(word);
  }

  /** The separation of two machines; empty where they do the same. */
  public static Optional<Separation> of(Automaton first, Automaton second) {
    return first
        .separatedFrom(second)
        .map(w -> new Separation(w, last(first.outputs(w)), last(second.outputs(w))));
  }

  private static MealyOutput last(List<MealyOutput> outputs) {
    return outputs.get(outputs.size() - 1);
  }

  /**
   * The word as a scenario in which the model judges, with what both gave in a comment.
   *
   * @param rule the rule that it is about, with its citation
   */
  public String scenario(Automaton firstOf, Automaton secondOf, String rule) {
    List<String> lines = new ArrayList<>();
    lines.add("KMEM separating-word");
    lines.add("# A shortest word that tells two machines apart. Its last step gave");
    lines.add("#   " + firstOf.origin().inWords() + ": " + first);
    lines.add("#   " + secondOf.origin().inWords() + ": " + second);
    lines.add("rule: " + rule);
    lines.add("requires: topology " + firstOf.origin().topology());
    lines.add("");
    word.forEach(step -> lines.add(StepText.of(step)));
    return String.join("\n", lines) + "\n";
  }
}
