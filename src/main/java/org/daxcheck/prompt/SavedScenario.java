package org.daxcheck.prompt;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.daxcheck.model.RangeState;
import org.daxcheck.oracle.Account;
import org.daxcheck.scenario.Expected;
import org.daxcheck.scenario.Scenario;
import org.daxcheck.scenario.StepText;
import org.daxcheck.step.Step;
import org.daxcheck.trace.Trace;

/** What was tried as the text of a scenario; its rule and citation are for its author to add. */
final class SavedScenario {
  private SavedScenario() {}

  static String of(String name, Attempt attempt) {
    Trace.Header header = attempt.trace().header();
    List<String> text = new ArrayList<>();
    text.add("KMEM " + name);
    text.add("# Tried on " + header.kernel() + ", topology " + header.topology() + ".");
    text.addAll(needs(attempt));
    if (isSpent(attempt)) {
      text.add("leaks: until reboot");
    }
    text.add("");
    boolean actors = false;
    for (Scenario.Line line : attempt.lines()) {
      boolean several = line.step().kind() == Step.Kind.ACTORS;
      if (several && actors) {
        // Without a line between them two groups would be one.
        text.add("");
      }
      text.addAll(several ? actors(line) : List.of(line(line)));
      actors = several;
    }
    return String.join("\n", text) + "\n";
  }

  private static String line(Scenario.Line line) {
    String step = StepText.of(line.step());
    // A look says nothing without its arrow.
    return line.step().kind().observesOnly() && line.expected().isEmpty()
        ? "# " + step
        : step + arrow(line.step(), line.expected());
  }

  private static List<String> actors(Scenario.Line line) {
    Step.Actors actors = (Step.Actors) line.step();
    List<String> lines = new ArrayList<>();
    if (actors.limitMillis() != StepText.ACTORS_LIMIT_MILLIS) {
      StepText.of(actors).lines().limit(1).forEach(lines::add);
    }
    for (Step.Actor actor : actors.actors()) {
      for (int i = 0; i < actor.steps().size(); i++) {
        Step step = actor.steps().get(i);
        int at = i;
        List<Expected> expected =
            line.actorExpected().stream()
                .filter(e -> e.actor().equals(actor.name()) && e.index() == at)
                .findFirst()
                .map(Scenario.ActorExpectation::expected)
                .orElse(List.of());
        lines.add(actor.name() + ": " + StepText.of(step) + arrow(step, expected));
      }
    }
    return lines;
  }

  private static String arrow(Step step, List<Expected> expected) {
    return expected.isEmpty() ? "" : "  -> " + StepText.of(step, expected);
  }

  private static List<String> needs(Attempt attempt) {
    Set<String> topologies = new TreeSet<>();
    Set<Scenario.Feature> features = EnumSet.noneOf(Scenario.Feature.class);
    for (Scenario.Line line : attempt.lines()) {
      for (Step act : line.step().acts()) {
        Scenario.Feature.neededBy(act.kind()).ifPresent(features::add);
        if (act.kind() == Step.Kind.NEIGHBOUR_WRITE) {
          topologies.add("topology " + attempt.trace().header().topology());
        }
      }
    }
    if (!attempt.trace().header().hotremove()) {
      features.add(Scenario.Feature.NO_HOTREMOVE);
    }
    List<String> needs = new ArrayList<>(topologies);
    features.forEach(f -> needs.add(f.text()));
    return needs.isEmpty() ? List.of() : List.of("requires: " + String.join(", ", needs));
  }

  /** Whether the device may be left as nothing brings it back. */
  private static boolean isSpent(Attempt attempt) {
    boolean lasts =
        attempt.trace().entries().stream()
            .filter(e -> e.reply().result().errno().isEmpty())
            .flatMap(e -> e.step().acts().stream())
            .anyMatch(s -> s.kind().lasts());
    Optional<Account> last = attempt.last();
    return lasts
        || last.stream()
            .flatMap(a -> a.after().stream())
            .anyMatch(s -> s.ranges().stream().anyMatch(RangeState::leaked));
  }
}
