package org.daxcheck.scenario;

import java.util.ArrayList;
import java.util.List;

/** The mistakes of files, of which the first few are told. */
final class Mistakes {
  private final List<ScenarioException> all = new ArrayList<>();

  boolean isEmpty() {
    return all.isEmpty();
  }

  /**
   * Keeps a mistake.
   *
   * @throws ScenarioException with the mistakes so far where there are enough of them
   */
  void add(ScenarioException mistake) throws ScenarioException {
    all.add(mistake);
    if (all.stream().mapToInt(e -> e.mistakes().size()).sum() >= ScenarioException.MOST) {
      throw ScenarioException.of(all);
    }
  }

  /** Throws them where there are any. */
  void end() throws ScenarioException {
    if (!all.isEmpty()) {
      throw ScenarioException.of(all);
    }
  }
}
