package org.daxcheck.suite;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.lang.reflect.Field;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.daxcheck.abi.Dialect;
import org.daxcheck.abi.Policy;
import org.daxcheck.abi.RuleId;
import org.daxcheck.oracle.Oracle;
import org.daxcheck.scenario.Catalogue;
import org.daxcheck.scenario.Scenario;
import org.daxcheck.scenario.Scenarios;
import org.daxcheck.target.ModelTarget;
import org.testng.annotations.BeforeClass;
import org.testng.annotations.Test;

/** The catalogue, the model, the oracle and the scenarios speak of the same rules. */
public class RuleCoverageTest {
  private static final Path SUITES = Path.of(System.getProperty("daxcheck.home", "."), "suites");

  private Catalogue catalogue;
  private List<Scenario> scenarios;

  @BeforeClass
  public void load() throws Exception {
    catalogue = Catalogue.load(SUITES.resolve("rules.yaml"));
    scenarios = Scenarios.load(List.of(SUITES), catalogue);
  }

  @Test
  public void everyRuleOfTheModelIsInTheCatalogue() throws ReflectiveOperationException {
    List<RuleId> named = new ArrayList<>();
    JavaClass rules =
        new ClassFileImporter().importPackages("org.daxcheck.abi").get("org.daxcheck.abi.Rules");
    for (JavaField field : rules.getFields()) {
      Field f = field.reflect();
      f.setAccessible(true);
      named.add((RuleId) f.get(null));
      assertThat(field.getName()).isEqualTo(f.get(null).toString().replace('-', '_'));
    }
    assertThat(named).isNotEmpty().doesNotHaveDuplicates();
    assertThat(named).allSatisfy(r -> assertThat(catalogue.rule(r)).as(r.toString()).isPresent());
    assertThat(ids()).containsExactlyInAnyOrderElementsOf(named);
  }

  @Test
  public void everyRuleThatAVerdictNamesIsInTheCatalogue() throws Exception {
    Set<RuleId> named = new TreeSet<>();
    for (Dialect dialect : List.of(Dialect.LINUX_7_3, Dialect.V4)) {
      for (Scenario scenario : scenarios) {
        ModelTarget target =
            new ModelTarget(
                dialect,
                "cxl-ranges",
                ModelTarget.device(List.of(1, 2, 1)),
                dialect == Dialect.V4 ? Policy.OFFLINE : Policy.ONLINE_MOVABLE,
                new Random(5));
        if (Misfit.of(scenario, target).isEmpty()) {
          named.addAll(
              Oracle.judge(Session.open(target).run(scenario, TraceSink.NONE), scenario)
                  .judged()
                  .keySet());
        }
      }
    }
    assertThat(named).contains(RuleId.of("ROBUST-1"), RuleId.of("UNBIND-5"), RuleId.of("WORD-4"));
    assertThat(ids()).containsAll(named);
  }

  @Test
  public void theRulesThatDaxcheckWasBuiltWithAreThoseOfTheFile() {
    assertThat(Catalogue.bundled().rules()).isEqualTo(catalogue.rules());
  }

  @Test
  public void everyRuleOfAScenarioIsInTheCatalogue() {
    for (Scenario scenario : scenarios) {
      assertThat(scenario.rules()).as(scenario.file()).isNotEmpty();
      for (Scenario.Cited cited : scenario.rules()) {
        assertThat(catalogue.rule(cited.rule()))
            .as(scenario.file() + " names " + cited.rule())
            .isPresent();
        assertThat(cited.citation()).as(scenario.file()).isNotBlank();
      }
    }
  }

  @Test
  public void aScenarioIsAboutDialectsThatItsRuleBinds() {
    for (Scenario scenario : scenarios) {
      Catalogue.Rule rule = catalogue.rule(scenario.rule()).orElseThrow();
      assertThat(rule.dialects())
          .as(scenario.file() + " is about " + rule.id())
          .containsAll(scenario.needs().dialects());
    }
  }

  @Test
  public void theGroupsOfTheIssueHaveScenarios() {
    Set<String> groups = new TreeSet<>();
    scenarios.forEach(s -> groups.add(s.rule().group()));
    assertThat(groups)
        .contains("ATTR", "WORD", "TRANS", "REFUSE", "EFFECT", "POLICY", "UNBIND", "ATOMIC");
  }

  private List<RuleId> ids() {
    return catalogue.rules().stream().map(Catalogue.Rule::id).toList();
  }
}
