package org.daxcheck.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.daxcheck.abi.RuleId;
import org.testng.annotations.DataProvider;
import org.testng.annotations.Test;

/**
 * A scenario that is only tried may do without prose, rule and citation, and without nothing else.
 */
public class TriedTest {
  private static final Catalogue CATALOGUE = Catalogue.bundled();

  private static Scenario tried(String text) throws ScenarioException {
    return Parser.tried("x/mine.kmem", text, CATALOGUE);
  }

  @DataProvider
  public Object[][] bare() {
    return new Object[][] {
      {"KMEM mine\nread\n"},
      {"KMEM mine\n# Prose.\nread\n"},
      {"KMEM mine\nrule: REFUSE-1\nread\n"},
      {"KMEM mine\nrequires: blocks >= 2\n{ state = offline }\nread\n"},
    };
  }

  @Test(dataProvider = "bare")
  public void whatIsLeftOutMakesItCountForNoRule(String text) throws ScenarioException {
    Scenario scenario = tried(text);
    assertThat(scenario.rules()).isEmpty();
    assertThat(scenario.mainRule()).isEmpty();
    assertThat(scenario.group()).isEqualTo("TRIED");
    assertThat(scenario.lines()).hasSize(1);
    assertThatThrownBy(() -> Parser.parse("x/mine.kmem", text, CATALOGUE))
        .isInstanceOf(ScenarioException.class);
  }

  @Test
  public void aRuleWithItsCitationCounts() throws ScenarioException {
    Scenario scenario = tried("KMEM mine\nrule: REFUSE-1 (doc, clause)\nread\n");
    assertThat(scenario.mainRule()).contains(RuleId.of("REFUSE-1"));
    assertThat(scenario.group()).isEqualTo("REFUSE");
  }

  @DataProvider
  public Object[][] wrong() {
    return new Object[][] {
      {"KMEM other\nread\n", "expected the name of the file"},
      {"KMEM mine\n", "expected at least one step"},
      {"KMEM mine\nrule: NOPE-1\nread\n", "no rule NOPE-1"},
      {"KMEM mine\nrule: REFUSE-1 doc\nread\n", "expected the rule's citation"},
      {"KMEM mine\ninject online EBUSY\n", "add 'injector' to requires:"},
      {"KMEM mine\nread\nrule: REFUSE-1\n", "the order is rule:"},
    };
  }

  @Test(dataProvider = "wrong")
  public void theRestOfTheLanguageIsAsStrict(String text, String says) {
    assertThatThrownBy(() -> tried(text)).hasMessageContaining(says);
  }
}
