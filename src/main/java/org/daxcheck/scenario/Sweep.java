package org.daxcheck.scenario;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.daxcheck.step.Step;

/**
 * The scenarios that a file stands for where it lets each allocation of a step fail: one for every
 * number, named by it, so that each can be run, judged and reproduced by itself. In the last one
 * nothing may fail: then no allocation of the step was left out.
 */
final class Sweep {
  private static final Pattern RANGE =
      Pattern.compile(
          "^(fail +\\w+ +)\\d+ *\\.\\. *\\d+( +of +[^>\\n]*?)( *->.*)?$", Pattern.MULTILINE);

  private Sweep() {}

  /** Reads a text as a scenario. */
  interface Reader {
    Scenario read(String text) throws ScenarioException;
  }

  /** True where the scenario stands for more than one. */
  static boolean is(Scenario scenario) {
    return step(scenario).isPresent();
  }

  /** What the scenario stands for, in the order of the numbers. */
  static List<Scenario> each(Scenario scenario, Reader reader) throws ScenarioException {
    Step.FailNth fail = step(scenario).orElseThrow();
    List<Scenario> all = new ArrayList<>();
    for (int n = fail.nth(); n <= fail.upTo(); n++) {
      String arrow = n == fail.upTo() ? " -> missed" : "$3";
      String text =
          RANGE
              .matcher(scenario.source())
              .replaceFirst("$1" + n + "$2" + arrow)
              .replaceFirst(
                  "(?m)^KMEM .*$", Matcher.quoteReplacement("KMEM " + scenario.name() + "-" + n));
      all.add(reader.read(text));
    }
    return all;
  }

  private static Optional<Step.FailNth> step(Scenario scenario) {
    return scenario.lines().stream()
        .map(Scenario.Line::step)
        .filter(s -> s.kind() == Step.Kind.FAIL_NTH)
        .map(s -> (Step.FailNth) s)
        .filter(f -> f.upTo() > f.nth())
        .findFirst();
  }
}
