package org.daxcheck.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.LocalDate;
import org.daxcheck.abi.RuleId;
import org.testng.annotations.BeforeClass;
import org.testng.annotations.DataProvider;
import org.testng.annotations.Test;

/** Waivers say what they are for, why, and until when; or they are refused with their place. */
public class WaiversTest {
  private static final String GOOD =
      """
      - rule: UNBIND-3
        scenario: online-*
        dialects: [v4, "7.3"]
        kernel: ">= 7.3, < 7.4"
        reason: The leak is known.
        link: https://bugs.example.org/1
        expires: 2027-03-31
      """;

  private Catalogue catalogue;

  @BeforeClass
  public void load() throws Exception {
    catalogue =
        Catalogue.load(Path.of(System.getProperty("daxcheck.home", "."), "suites", "rules.yaml"));
  }

  private Waivers.Waiver good() throws ScenarioException {
    return Waivers.read("w.yaml", GOOD, catalogue).waivers().get(0);
  }

  @DataProvider
  static Object[][] sights() {
    return new Object[][] {
      {"UNBIND-3", "online-leaks", "7.3", "7.3.4+deb13-amd64 (linux-image)", true},
      {"UNBIND-3", "online-leaks", "7.3", "7.3.0", true},
      {"UNBIND-3", "online-leaks", "7.3", "7.4.0-rc1", true},
      {"UNBIND-3", "online-leaks", "7.3", "7.4.0", false},
      {"UNBIND-3", "online-leaks", "7.3", "7.3.0-rc7", false},
      {"UNBIND-3", "online-leaks", "7.3", "model of 7.3", false},
      {"UNBIND-3", "online-leaks", "v3", "7.3.4", false},
      {"UNBIND-3", "unload-while-online", "7.3", "7.3.4", false},
      {"UNBIND-4", "online-leaks", "7.3", "7.3.4", false},
    };
  }

  @Test(dataProvider = "sights")
  public void coversWhatFits(
      String rule, String scenario, String dialect, String kernel, boolean covered)
      throws ScenarioException {
    assertThat(good().covers(RuleId.of(rule), scenario, dialect, kernel)).isEqualTo(covered);
  }

  @Test
  public void itsLastDayBelongsToIt() throws ScenarioException {
    assertThat(good().isExpired(LocalDate.parse("2027-03-31"))).isFalse();
    assertThat(good().isExpired(LocalDate.parse("2027-04-01"))).isTrue();
    assertThat(good().place()).isEqualTo("w.yaml:1");
  }

  @DataProvider
  static Object[][] errors() {
    return new Object[][] {
      {"rule: UNBIND-3", "rule: UNBOUND-3", "1:9: found no rule UNBOUND-3 in the catalogue"},
      {"rule: UNBIND-3", "rule: 7", "1:9: found '7', expected the id of a rule"},
      {"reason:", "reasons:", "5:3: found 'reasons', expected rule, scenario, dialects"},
      {"2027-03-31", "2027-02-30", "7:12: found '2027-02-30', expected the last day"},
      {"2027-03-31", "never", "7:12: found 'never', expected the last day"},
      {"https://bugs.example.org/1", "see mail", "6:9: found 'see mail', expected an address"},
      {">= 7.3, < 7.4", "7.3 - 7.4", "4:11: found '7.3 - 7.4', expected bounds"},
      {"[v4, \"7.3\"]", "[v5]", "3:14: found 'v5', expected v3, v4, 7.3 or absent"},
      {"  reason: The leak is known.\n", "", "1:3: found a waiver without 'reason'; add it"},
      {"  link: https://bugs.example.org/1\n", "", "1:3: found a waiver without 'link'; add it"},
      {"  expires: 2027-03-31\n", "", "1:3: found a waiver without 'expires'; add it"},
      {
        "  dialects: [v4, \"7.3\"]\n  kernel: \">= 7.3, < 7.4\"\n",
        "",
        "1:3: found a waiver without 'dialects' and 'kernel'; say which kernels it is for"
      },
      {GOOD, "rule: UNBIND-3", "1:1: found fields, expected a list of waivers"},
    };
  }

  @Test(dataProvider = "errors")
  public void anErrorIsToldWithItsPlace(String good, String bad, String error) {
    assertThat(GOOD).contains(good);
    assertThatThrownBy(() -> Waivers.read("w.yaml", GOOD.replace(good, bad), catalogue))
        .isInstanceOf(ScenarioException.class)
        .hasMessageStartingWith("w.yaml:" + error);
  }
}
