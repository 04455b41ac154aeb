package org.daxcheck.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Iterator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.daxcheck.abi.Dialect;
import org.daxcheck.abi.Grade;
import org.daxcheck.abi.RuleId;
import org.testng.annotations.DataProvider;
import org.testng.annotations.Test;

public class CatalogueTest {
  private static final String GOOD =
      """
      # The rules.
      - id: ATTR-1
        rule: The attribute exists exactly while the device is bound to kmem.
        cite:
          - document: sysfs-bus-dax
            clause: '"Only applies to dax_kmem devices."'
          - document: drivers/dax/kmem.c
            clause: dax_kmem_driver.dev_groups
        dialects: ["7.3", v4, v3]
        grade: required
      - id: TRANS-5
        rule: May be refused.
        cite: [{document: a, clause: b}]
        dialects: [7.3]
        grade: interesting
        note: Measured.
      """;

  /** A catalogue of rules with these ids. */
  static Catalogue catalogue(String... ids) throws ScenarioException {
    String text =
        Arrays.stream(ids)
            .map(
                id ->
                    "- {id: "
                        + id
                        + ", rule: R, cite: [{document: a, clause: b}],"
                        + " dialects: [v4], grade: required}\n")
            .collect(Collectors.joining());
    return Catalogue.read("rules.yaml", text);
  }

  @Test
  public void readsRulesInTheirOrder() throws ScenarioException {
    Catalogue catalogue = Catalogue.read("rules.yaml", GOOD);
    assertThat(catalogue.rules())
        .extracting(rule -> rule.id().toString())
        .containsExactly("ATTR-1", "TRANS-5");
    assertThat(catalogue.groups()).containsExactly("ATTR", "TRANS");

    Catalogue.Rule rule = catalogue.rule(RuleId.of("ATTR-1")).orElseThrow();
    assertThat(rule.sentence())
        .isEqualTo("The attribute exists exactly while the device is bound to kmem.");
    assertThat(rule.citations())
        .containsExactly(
            new Catalogue.Citation("sysfs-bus-dax", "\"Only applies to dax_kmem devices.\""),
            new Catalogue.Citation("drivers/dax/kmem.c", "dax_kmem_driver.dev_groups"));
    assertThat(rule.dialects()).containsExactly(Dialect.V3, Dialect.V4, Dialect.LINUX_7_3);
    assertThat(rule.grade()).isEqualTo(Grade.REQUIRED);
    assertThat(rule.note()).isEmpty();
    assertThat(catalogue.rule(RuleId.of("TRANS-5")).orElseThrow().note()).isEqualTo("Measured.");
    assertThat(catalogue.rule(RuleId.of("TRANS-5")).orElseThrow().dialects())
        .containsExactly(Dialect.LINUX_7_3);
    assertThat(catalogue.rule(RuleId.of("ATTR-2"))).isEmpty();
  }

  /** A text of the good catalogue, what stands there instead, and the error. */
  @DataProvider
  static Iterator<Object[]> errors() {
    return Stream.of(
            row(
                "id: ATTR-1",
                "id: attr 1",
                "2:7: found 'attr 1', expected the id of a rule, such" + " as REFUSE-1"),
            row(
                "id: TRANS-5",
                "id: ATTR-1",
                "11:7: found the rule ATTR-1 a second time; ids are" + " unique"),
            row(
                "grade: required",
                "grade: requierd",
                "10:10: found 'requierd', expected required,"
                    + " allowed or interesting; did you mean 'required'?"),
            row(
                "grade: required",
                "grade: forbidden",
                "10:10: found 'forbidden', expected" + " required, allowed or interesting"),
            row(
                "v4, v3",
                "v5, v3",
                "9:21: found 'v5', expected v3, v4, 7.3 or absent; did you" + " mean 'v3'?"),
            row(
                "[7.3]",
                "[]",
                "11:3: found an empty 'dialects' in TRANS-5, expected at least" + " one"),
            row(
                "[7.3]",
                "7.3",
                "14:13: found a text, expected a list of dialects, such as [v4," + " \"7.3\"]"),
            row(
                "[{document: a, clause: b}]",
                "[]",
                "11:3: found an empty 'cite' in TRANS-5," + " expected at least one"),
            row(
                "[{document: a, clause: b}]",
                "[{document: a}]",
                "13:10: found a citation without" + " 'clause'; add it"),
            row("rule: May be refused.", "rule:", "12:8: found nothing, expected a sentence"),
            row("rule: May be refused.", "rule: [a]", "12:9: found a list, expected a sentence"),
            row(
                "rule: May be refused.",
                "rul: a",
                "12:3: found 'rul', expected id, rule, cite,"
                    + " dialects, grade, note or unjudged; did you mean 'rule'?"),
            row("rule: May be refused.", "id: A-1", "12:3: found 'id' twice; keep one"),
            row("  rule: May be refused.\n", "", "11:3: found a rule without 'rule'; add it"),
            row(
                "- id: TRANS-5",
                "- TRANS-5\n- id: TRANS-5",
                "11:3: found a text, expected a rule," + " 'id: ...'"),
            row(GOOD, "rules: x", "1:1: found fields, expected a list of rules, '- id: ...'"),
            row(GOOD, "", "1:1: found no rules, expected '- id:'"))
        .iterator();
  }

  @Test(dataProvider = "errors")
  public void anErrorIsToldWithItsPlace(String good, String bad, String error) {
    assertThat(GOOD).contains(good);
    assertThatThrownBy(() -> Catalogue.read("rules.yaml", GOOD.replace(good, bad)))
        .isInstanceOf(ScenarioException.class)
        .hasMessage("rules.yaml:" + error);
  }

  @Test
  public void whatIsNoYamlIsToldInOneLineWithItsPlace() {
    assertThatThrownBy(() -> Catalogue.read("rules.yaml", GOOD.replace("[7.3]", "[7.3}")))
        .isInstanceOf(ScenarioException.class)
        .hasMessageMatching("rules\\.yaml:1[45]:\\d+: found no YAML: .+")
        .hasCauseInstanceOf(com.fasterxml.jackson.core.JsonProcessingException.class);
  }

  @Test
  public void aMissingOrBrokenFileIsTold() throws IOException {
    Path folder = Files.createTempDirectory("catalogue");
    Path file = folder.resolve("rules.yaml");
    try {
      assertThatThrownBy(() -> Catalogue.load(file)).hasMessage(file + ": no such file");
      Files.write(file, new byte[] {(byte) 0xff});
      assertThatThrownBy(() -> Catalogue.load(file))
          .hasMessage(file + ": found bytes that are not UTF-8 text");
    } finally {
      Files.deleteIfExists(file);
      Files.delete(folder);
    }
  }

  private static Object[] row(Object... cells) {
    return cells;
  }
}
