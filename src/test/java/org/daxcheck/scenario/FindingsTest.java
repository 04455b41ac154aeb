package org.daxcheck.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.daxcheck.abi.RuleId;
import org.testng.annotations.DataProvider;
import org.testng.annotations.Test;

/** Which divergences a finding explains. */
public class FindingsTest {
  private static final String GOOD =
      """
      - id: V4-1
        rule: UNBIND-5
        scenario: stale-*
        dialects: [v4]
        driver: "*v4*.ko"
        why: It trusts its word.
        source: v4-patch
        status: version defect
      - {id: LOCK-1, rule: ROBUST-1, scenario: "*", dialects: ["7.3"], seen: "*lock order*kn->active*",
         why: A., source: b, status: kernel bug}
      - {id: STOCK-1, rule: ATTR-4, scenario: "*", kernel: 7.3.*, why: A., source: b,
         status: kernel bug}
      """;

  @DataProvider
  static Object[][] sights() {
    return new Object[][] {
      {"UNBIND-5", "stale-online", "v4", "any", "/x/v4.ko", "V4-1"},
      {"UNBIND-5", "stale-online", "7.3", "any", "/x/v4.ko", ""},
      {"UNBIND-5", "unstale-online", "v4", "any", "/x/v4.ko", ""},
      {"UNBIND-6", "stale-online", "v4", "any", "/x/v4.ko", ""},
      {"UNBIND-5", "stale-online", "v4", "any", "", ""},
      {"ATTR-4", "whatever", "7.3", "7.3.4 (deb)", "", "STOCK-1"},
      {"ATTR-4", "whatever", "v5", "7.3.4", "bad.ko", "STOCK-1"},
      {"ATTR-4", "whatever", "7.3", "17.3.4", "", ""},
      {"ATTR-4", "whatever", "7.3", "7x3.4", "", ""},
    };
  }

  @Test
  public void ofTwoReportsOfTheKernelOneIsExplained() throws ScenarioException {
    Findings findings = Findings.read("f.yaml", GOOD);
    assertThat(findings.explaining(robust("lock order, a under kn->active, in f")).map(f -> f.id()))
        .hasValue("LOCK-1");
    assertThat(findings.explaining(robust("lock order, a under b, in f"))).isEmpty();
  }

  private static Findings.Seen robust(String seen) {
    return new Findings.Seen(RuleId.of("ROBUST-1"), "any", "7.3", "7.3.4", "", seen);
  }

  @Test(dataProvider = "sights")
  public void explainsWhatFits(
      String rule, String scenario, String dialect, String kernel, String driver, String id)
      throws ScenarioException {
    Findings.Seen seen = new Findings.Seen(RuleId.of(rule), scenario, dialect, kernel, driver, "");
    assertThat(Findings.read("f.yaml", GOOD).explaining(seen).map(Findings.Finding::id).orElse(""))
        .isEqualTo(id);
  }

  @DataProvider
  static Object[][] errors() {
    return new Object[][] {
      {"id: V4-1", "id: v4", "1:7: found 'v4', expected the id of a finding, such as V4-2"},
      {"STOCK-1", "V4-1", "11:8: found V4-1 a second time; ids are unique"},
      {
        "version defect",
        "bug",
        "8:11: found 'bug', expected kernel bug, documented or version defect"
      },
      {
        "kernel: 7.3.*, ",
        "",
        "11:3: found STOCK-1 without 'dialects', 'kernel' and 'driver'; say where it is explained"
      },
      {"  source: v4-patch\n", "", "1:3: found a finding without 'source'; add it"},
    };
  }

  @Test(dataProvider = "errors")
  public void anErrorIsToldWithItsPlace(String good, String bad, String error) {
    assertThat(GOOD).contains(good);
    assertThatThrownBy(() -> Findings.read("f.yaml", GOOD.replace(good, bad)))
        .isInstanceOf(ScenarioException.class)
        .hasMessageStartingWith("f.yaml:" + error);
  }

  @Test
  public void noFindingsAreFine() throws ScenarioException {
    assertThat(Findings.read("f.yaml", "# None.\n[]\n")).isEqualTo(Findings.none());
  }
}
