package org.daxcheck.selection;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.daxcheck.abi.Dialect;
import org.daxcheck.abi.DialectProperties;
import org.daxcheck.abi.Policy;
import org.daxcheck.explore.WalkScenarios;
import org.daxcheck.run.Failure;
import org.daxcheck.scenario.Catalogue;
import org.daxcheck.scenario.Scenario;
import org.daxcheck.scenario.ScenarioException;
import org.daxcheck.scenario.SuiteDefinition;
import org.daxcheck.target.ModelSource;
import org.daxcheck.target.TargetException;

/** Random walks of fixed seeds, which a suite asks for by {@code walks SEED COUNT TOPOLOGY}. */
public record RandomWalks(long seed, int count, String topology) {
  private static final String KIND = "walks";

  /** Steps of a walk. */
  private static final int LENGTH = 40;

  /** What the lines of a suite ask for. */
  public static List<RandomWalks> asked(List<SuiteDefinition.Generated> lines)
      throws ScenarioException {
    List<RandomWalks> all = new ArrayList<>();
    for (SuiteDefinition.Generated line : lines) {
      if (!line.kind().equals(KIND)) {
        continue;
      }
      List<SuiteDefinition.Argument> words = line.arguments();
      if (words.isEmpty() || !words.get(0).text().matches("[0-9]{1,9}")) {
        throw line.error(0, "the seed, a number");
      }
      if (words.size() < 2 || !words.get(1).text().matches("[1-9][0-9]{0,3}")) {
        throw line.error(1, "how many walks, from 1 to 9999");
      }
      if (words.size() < 3 || !words.get(2).text().matches("[a-z0-9-]+")) {
        throw line.error(2, "the name of a topology, such as cxl");
      }
      if (words.size() > 3) {
        throw line.error(3, "the end of the line");
      }
      all.add(
          new RandomWalks(
              Long.parseLong(words.get(0).text()),
              Integer.parseInt(words.get(1).text()),
              words.get(2).text()));
    }
    return all;
  }

  /**
   * The walks as scenarios of the dialect; none in a dialect without the attribute, or where only
   * another topology is wanted.
   */
  public List<Scenario> scenarios(
      Dialect dialect,
      Optional<String> only,
      Policy bootPolicy,
      ModelSource.Shapes shapes,
      Catalogue catalogue) {
    if (!DialectProperties.of(dialect).hasAttribute()
        || only.filter(t -> !t.equals(topology)).isPresent()) {
      return List.of();
    }
    try {
      return WalkScenarios.ofSeed(
          dialect, topology, shapes.of(topology), bootPolicy, catalogue, seed, count, LENGTH);
    } catch (TargetException e) {
      throw new Failure(e);
    }
  }
}
