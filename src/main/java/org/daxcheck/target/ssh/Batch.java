package org.daxcheck.target.ssh;

import java.util.ArrayList;
import java.util.List;
import org.daxcheck.step.Step;

/** The steps of one request to the agent, and what must be known to read its answers. */
final class Batch {
  private final Script script;
  private final StringBuilder request;
  private final List<List<Integer>> numbers = new ArrayList<>();
  private final List<List<String>> heldBefore = new ArrayList<>();
  private int last;

  /**
   * The request of this number for these steps.
   *
   * @param before the number of the last line that was asked before: none is used twice, so that
   *     what comes late, or again, answers nothing
   */
  Batch(int id, int before, Script script, List<Step> steps) {
    this.script = script;
    this.last = before;
    this.request = new StringBuilder("batch ").append(id).append('\n');
    Step earlier = null;
    for (Step step : steps) {
      // Looks in a row are looks at one sight.
      boolean again =
          step.kind().observesOnly()
              && !Script.isScan(step)
              && earlier != null
              && earlier.kind().observesOnly();
      earlier = step;
      heldBefore.add(script.held());
      numbers.add(again ? List.of() : add(step));
    }
    request.append("end\n");
  }

  private List<Integer> add(Step step) {
    List<String> lines = script.lines(step);
    if (step.kind() == Step.Kind.ACTORS) {
      lines = List.of(String.join("\n", lines));
    }
    List<Integer> each = new ArrayList<>();
    for (String line : lines) {
      request.append(++last).append(' ').append(line).append('\n');
      each.add(last);
    }
    return each;
  }

  String request() {
    return request.toString();
  }

  /** The number of its last line. */
  int last() {
    return last;
  }

  /** The numbers of the lines that answer a step; none where it is a second look at one sight. */
  List<Integer> numbers(int step) {
    return numbers.get(step);
  }

  /** Only so many steps were answered, the last of them a pin that failed: no later one is held. */
  void endedAfter(int answered) {
    script.holdsOnly(heldBefore.get(answered - 1));
  }
}
