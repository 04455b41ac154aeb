package org.daxcheck.explore;

import java.util.List;
import org.daxcheck.scenario.Catalogue;
import org.daxcheck.scenario.Parser;
import org.daxcheck.scenario.Scenario;
import org.daxcheck.scenario.ScenarioException;
import org.daxcheck.scenario.StepText;
import org.daxcheck.step.Step;

/** Steps as the text of a scenario. */
final class ScenarioWriter {
  private static final int COLUMNS = 95;

  private ScenarioWriter() {}

  /**
   * The scenario of these steps.
   *
   * @param prose what it is about, a paragraph
   * @param rule the rule it is about, named by the first place that it comes from
   * @param requires what the target must have, as the language writes it
   * @param leaks whether they use up the target
   * @param rounds how often they are done, from the first to the last
   */
  static Scenario scenario(
      String name,
      String prose,
      Catalogue.Rule rule,
      String requires,
      boolean leaks,
      int rounds,
      List<Step> steps) {
    StringBuilder text = new StringBuilder("KMEM " + name + "\n");
    wrapped(prose, text);
    text.append("rule: ").append(rule.id()).append(" (").append(rule.citations().get(0));
    text.append(")\nrequires: ").append(requires).append('\n');
    if (rounds > 1) {
      text.append("repeat: ").append(rounds).append(" times\n");
    }
    text.append(leaks ? "leaks: until reboot\n\n" : "\n");
    boolean together = false;
    for (Step step : steps) {
      // Actors that act at once end where another kind of line, or a blank one, begins.
      text.append(together && step.kind() == Step.Kind.ACTORS ? "\n" : "");
      text.append(StepText.of(step)).append('\n');
      together = step.kind() == Step.Kind.ACTORS;
    }
    try {
      return Parser.parse(name + ".kmem", text.toString());
    } catch (ScenarioException e) {
      throw new IllegalStateException("a scenario of ours cannot be read: " + e.getMessage(), e);
    }
  }

  private static void wrapped(String prose, StringBuilder text) {
    int column = 0;
    for (String word : prose.strip().split("\\s+")) {
      if (column == 0 || column + 1 + word.length() > COLUMNS) {
        text.append(column == 0 ? "#" : "\n#");
        column = 1;
      }
      text.append(' ').append(word);
      column += 1 + word.length();
    }
    text.append('\n');
  }
}
