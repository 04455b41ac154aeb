package org.daxcheck.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.daxcheck.abi.Dialect;
import org.daxcheck.abi.RuleId;
import org.testng.annotations.DataProvider;
import org.testng.annotations.Test;

/** The faults of real versions: rules, scenarios and drivers that are named are there. */
public class CorpusTest {
  private static final Path HOME = Path.of(System.getProperty("daxcheck.home", "."));
  private static final String GOOD =
      """
      - id: FAULT-1
        fault: It broke.
        in: [v3, v4]
        rules: [ATTR-1]
        scenarios: [a, b]
        drivers: [x.sed]
        note: Seldom.
      - {id: FAULT-2, fault: Other., in: [], rules: [], not_from_outside: Why.}
      """;

  @Test
  public void readsFaults() throws ScenarioException {
    Corpus corpus = Corpus.read("c.yaml", GOOD);
    Corpus.Fault fault = corpus.fault("FAULT-1").orElseThrow();
    assertThat(fault.dialects()).containsExactlyInAnyOrder(Dialect.V3, Dialect.V4);
    assertThat(fault.scenarios()).containsExactly("a", "b");
    assertThat(fault.drivers()).containsExactly("x.sed");
    assertThat(corpus.about(RuleId.of("ATTR-1"))).containsExactly(fault);
    assertThat(corpus.fault("FAULT-2").orElseThrow().notFromOutside()).isEqualTo("Why.");
    assertThat(corpus.fault("FAULT-3")).isEmpty();
  }

  @DataProvider
  static Object[][] errors() {
    return new Object[][] {
      {"FAULT-2", "FAULT-1", "8:8: found FAULT-1 a second time; ids are unique"},
      {"FAULT-2", "F-2", "8:8: found 'F-2', expected the id of a fault, such as FAULT-4"},
      {"[ATTR-1]", "[A1]", "4:11: found 'A1', expected the id of a rule, such as REFUSE-1"},
      {"  rules: [ATTR-1]\n", "", "1:3: found a fault without 'rules'; add it"},
      {
        "  scenarios: [a, b]\n",
        "",
        "1:3: found neither of 'scenarios' and 'not_from_outside' in FAULT-1, expected one of them"
      },
      {"note:", "not:", "7:3: found 'not', expected id, fault, in, rules, scenarios,"},
      {"v3, v4", "v5", "3:8: found 'v5', expected v3, v4, 7.3 or absent; did you mean 'v3'?"},
    };
  }

  @Test(dataProvider = "errors")
  public void anErrorIsToldWithItsPlace(String good, String bad, String error) {
    assertThat(GOOD).contains(good);
    assertThatThrownBy(() -> Corpus.read("c.yaml", GOOD.replace(good, bad)))
        .isInstanceOf(ScenarioException.class)
        .hasMessageStartingWith("c.yaml:" + error);
  }

  @Test
  public void theCorpusHasEveryFault() throws ScenarioException {
    assertThat(corpus().faults())
        .extracting(Corpus.Fault::id)
        .containsExactlyElementsOf(
            IntStream.rangeClosed(1, 21).mapToObj(i -> "FAULT-" + i).toList());
  }

  @Test
  public void itsRulesAndDriversAreThere() throws ScenarioException {
    Catalogue catalogue = catalogue();
    for (Corpus.Fault fault : corpus().faults()) {
      for (RuleId rule : fault.rules()) {
        assertThat(catalogue.rule(rule)).as(fault.id() + " names " + rule).isPresent();
      }
      for (String driver : fault.drivers()) {
        assertThat(HOME.resolve("qemu/faults").resolve(driver)).as(fault.id()).isRegularFile();
      }
    }
  }

  @Test
  public void itsScenariosAreThere() throws ScenarioException {
    Set<String> names =
        Scenarios.load(List.of(HOME.resolve("suites")), catalogue()).stream()
            .map(Scenario::name)
            .collect(Collectors.toSet());
    List<String> missing = new ArrayList<>();
    for (Corpus.Fault fault : corpus().faults()) {
      fault.scenarios().stream()
          .filter(name -> !names.contains(name))
          .forEach(name -> missing.add(fault.id() + ": " + name));
    }
    assertThat(missing).as("scenarios that the corpus names and that are not there").isEmpty();
  }

  @Test
  public void theFindingsAreAboutRulesAndScenariosThatAreThere() throws ScenarioException {
    Path file = HOME.resolve("suites/findings.yaml");
    assertThat(Files.isRegularFile(file)).isTrue();
    var scenarios = Scenarios.load(List.of(HOME.resolve("suites")), catalogue());
    for (Findings.Finding f : Findings.load(file).findings()) {
      assertThat(catalogue().rule(f.rule())).as(f.id() + " names " + f.rule()).isPresent();
      assertThat(scenarios).as(f.id()).anyMatch(s -> f.scenario().matches(s.name()));
    }
  }

  private static Corpus corpus() throws ScenarioException {
    return Corpus.load(HOME.resolve("suites/corpus.yaml"));
  }

  private static Catalogue catalogue() throws ScenarioException {
    return Catalogue.load(HOME.resolve("suites/rules.yaml"));
  }
}
