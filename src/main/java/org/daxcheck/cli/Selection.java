package org.daxcheck.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.daxcheck.scenario.Catalogue;
import org.daxcheck.scenario.Scenario;
import org.daxcheck.scenario.ScenarioException;
import org.daxcheck.scenario.Scenarios;
import org.daxcheck.scenario.SuiteDefinition;

/**
 * What a command runs.
 *
 * @param name of the suite, or the files that were named
 * @param topologies where scenarios may run, in the order of choice
 */
record Selection(String name, List<Scenario> scenarios, List<String> topologies) {
  static final String SUITES = "quick, smoke, gate, full";

  /** Those of a suite. */
  static Selection suite(String name, Catalogue catalogue) {
    Path file = Home.suites().resolve(name + ".suite");
    if (!name.matches("[a-z0-9-]+") || !Files.isRegularFile(file)) {
      throw new Failure("--suite '" + name + "' is none of " + SUITES);
    }
    try {
      SuiteDefinition definition = SuiteDefinition.load(file);
      List<String> topologies =
          definition.topologies().isEmpty() ? List.of("cxl") : definition.topologies();
      return new Selection(
          name, Home.relative(Scenarios.load(definition.scenarios(), catalogue)), topologies);
    } catch (ScenarioException e) {
      throw new Failure(e);
    }
  }

  /** Those in these files and folders. */
  static Selection files(List<Path> files, Catalogue catalogue) {
    try {
      String name = String.join(" ", files.stream().map(Path::toString).toList());
      List<Scenario> scenarios = Home.relative(Scenarios.load(files, catalogue));
      Set<String> all = new LinkedHashSet<>(List.of("cxl", "cxl-ranges", "cxl-kernel"));
      scenarios.forEach(s -> s.needs().topology().ifPresent(all::add));
      return new Selection(name, scenarios, List.copyOf(all));
    } catch (ScenarioException e) {
      throw new Failure(e);
    }
  }

  /** The same on one topology only; on its own where that is null. */
  Selection on(String topology) {
    return topology == null ? this : new Selection(name, scenarios, List.of(topology));
  }
}
