package org.daxcheck.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.daxcheck.run.Failure;
import org.daxcheck.run.Home;
import org.daxcheck.scenario.Catalogue;
import org.daxcheck.scenario.Scenario;
import org.daxcheck.scenario.ScenarioException;
import org.daxcheck.scenario.Scenarios;
import org.daxcheck.scenario.SuiteDefinition;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "list",
    mixinStandardHelpOptions = true,
    description = "Lists the rules and the scenarios of each.")
final class ListCommand implements Callable<Integer> {
  @Option(
      names = "--suite",
      paramLabel = "NAME",
      description = "only the scenarios of smoke, gate or full")
  private String suite;

  @Option(
      names = "--faults",
      description = "instead the faults that real versions had, and what would show each")
  private boolean faults;

  @Override
  public Integer call() {
    if (faults) {
      Home.corpus().faults().forEach(ExplainCommand::print);
      return 0;
    }
    Catalogue catalogue = Home.catalogue();
    List<Scenario> scenarios;
    try {
      List<Path> files =
          suite == null
              ? List.of(Home.suites())
              : SuiteDefinition.load(Home.suites().resolve(suite + ".suite")).scenarios();
      scenarios = Scenarios.load(files, catalogue);
    } catch (ScenarioException e) {
      throw new Failure(e);
    }
    for (Catalogue.Rule rule : catalogue.rules()) {
      List<Scenario> about =
          scenarios.stream()
              .filter(s -> s.rules().stream().anyMatch(r -> r.rule().equals(rule.id())))
              .toList();
      if (suite != null && about.isEmpty()) {
        continue;
      }
      System.out.printf("%-10s %s%n", rule.id(), rule.sentence());
      for (Scenario s : about) {
        System.out.printf("           %s%n", Home.shown(Path.of(s.file())));
      }
    }
    System.out.printf("%d rules, %d scenarios%n", catalogue.rules().size(), scenarios.size());
    return 0;
  }
}
