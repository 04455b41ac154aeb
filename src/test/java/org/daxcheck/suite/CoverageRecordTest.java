package org.daxcheck.suite;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.daxcheck.abi.Dialect;
import org.daxcheck.report.Coverage;
import org.daxcheck.scenario.Catalogue;
import org.daxcheck.scenario.Scenario;
import org.daxcheck.scenario.Scenarios;
import org.testng.annotations.Test;

/**
 * Every rule was judged on a guest, in every dialect that it binds, by a scenario that is still
 * there and still about it. What cannot be is said in suites/rules.yaml, under unjudged.
 */
public class CoverageRecordTest {
  private static final Path HOME = Path.of(System.getProperty("daxcheck.home", "."));

  @Test
  public void everyRuleWasJudgedOnAGuest() throws Exception {
    Catalogue catalogue = Catalogue.load(HOME.resolve("suites/rules.yaml"));
    List<Scenario> scenarios = Scenarios.load(List.of(HOME.resolve("suites")), catalogue);
    List<String> missing = new ArrayList<>();
    try {
      Coverage record = Coverage.read(HOME.resolve("reports/coverage.yaml"));
      missing.addAll(missing(catalogue, scenarios, record));
    } catch (IOException e) {
      missing.add(e.getMessage());
    }
    assertThat(missing).as("rules that no run on a guest ever judged").isEmpty();
  }

  /** What the record lacks, a sentence each. */
  static List<String> missing(Catalogue catalogue, List<Scenario> scenarios, Coverage record) {
    List<String> missing = new ArrayList<>();
    for (Catalogue.Rule rule : catalogue.rules()) {
      for (Dialect dialect : rule.dialects()) {
        List<String> judged =
            record.marks().stream()
                .filter(m -> m.guest() && m.rule().equals(rule.id()) && m.dialect() == dialect)
                .flatMap(m -> Stream.concat(m.kept().stream(), m.broken().stream()))
                .toList();
        boolean known = scenarios.stream().anyMatch(s -> isAbout(s, rule, judged));
        boolean excused = rule.unjudged().containsKey(dialect);
        if (!known && !excused) {
          missing.add(
              rule.id()
                  + " on "
                  + dialect
                  + (judged.isEmpty()
                      ? " was never judged on a guest"
                      : " was judged by scenarios that are gone or no longer about it: " + judged));
        } else if (known && excused) {
          missing.add(rule.id() + " on " + dialect + " was judged; take it out of 'unjudged'");
        }
      }
    }
    return missing;
  }

  private static boolean isAbout(Scenario scenario, Catalogue.Rule rule, List<String> judged) {
    return judged.contains(scenario.name())
        && scenario.rules().stream().anyMatch(r -> r.rule().equals(rule.id()));
  }
}
