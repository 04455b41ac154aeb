package org.daxcheck.suite;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.daxcheck.report.Coverage;
import org.daxcheck.scenario.Catalogue;
import org.daxcheck.scenario.Scenario;
import org.daxcheck.scenario.Scenarios;
import org.testng.annotations.AfterClass;
import org.testng.annotations.BeforeClass;
import org.testng.annotations.Test;

/** What {@link CoverageRecordTest} asks of the record, asked of samples. */
public class CoverageSampleTest {
  private static final String RULES =
      """
      - {id: ATTR-1, rule: R, cite: [{document: a, clause: b}], dialects: [v4, "7.3"],
         grade: required}
      - {id: ATTR-2, rule: R, cite: [{document: a, clause: b}], dialects: [v4],
         grade: required, unjudged: {v4: no kernel has it}}
      """;
  private static final String WHOLE =
      """
      ATTR-1:
        "v4":
          guest:
            - {kernel: k, driver: d, date: "2026-11-22", broken: [there]}
        "7.3":
          guest:
            - {kernel: k, date: "2026-11-22", kept: [gone, there]}
      """;

  private Path folder;
  private Catalogue catalogue;
  private List<Scenario> scenarios;

  @BeforeClass
  public void load() throws Exception {
    folder = Files.createTempDirectory("coverage");
    Path rules = Files.writeString(folder.resolve("rules.yaml"), RULES);
    Path scenario =
        Files.writeString(
            folder.resolve("there.kmem"),
            "KMEM there\n# Says so.\nrule: ATTR-1 (a, b)\n\nattribute  -> present\n");
    catalogue = Catalogue.load(rules);
    scenarios = Scenarios.load(List.of(scenario), catalogue);
  }

  @AfterClass(alwaysRun = true)
  public void remove() throws Exception {
    for (String name : List.of("rules.yaml", "there.kmem", "record.yaml")) {
      Files.deleteIfExists(folder.resolve(name));
    }
    Files.delete(folder);
  }

  @Test
  public void aWholeRecordLacksNothing() throws Exception {
    assertThat(missing(WHOLE)).isEmpty();
  }

  @Test
  public void theModelIsNoGuest() throws Exception {
    assertThat(missing(WHOLE.replace("guest", "model")))
        .containsExactly(
            "ATTR-1 on v4 was never judged on a guest",
            "ATTR-1 on 7.3 was never judged on a guest");
  }

  @Test
  public void aScenarioThatIsGoneIsTold() throws Exception {
    assertThat(missing(WHOLE.replace("[gone, there]", "[gone]")))
        .containsExactly(
            "ATTR-1 on 7.3 was judged by scenarios that are gone or no longer about it: [gone]");
  }

  @Test
  public void anExcuseThatIsNotNeededIsTold() throws Exception {
    List<String> missing = missing(WHOLE + WHOLE.replace("ATTR-1", "ATTR-2"));
    assertThat(missing).as("no scenario here is about ATTR-2").isEmpty();
    Path excused = folder.resolve("rules.yaml");
    Files.writeString(excused, RULES.replace("required}", "required, unjudged: {v4: why}}"));
    try {
      Coverage record = read(WHOLE);
      assertThat(CoverageRecordTest.missing(Catalogue.load(excused), scenarios, record))
          .containsExactly("ATTR-1 on v4 was judged; take it out of 'unjudged'");
    } finally {
      Files.writeString(excused, RULES);
    }
  }

  private List<String> missing(String record) throws Exception {
    return CoverageRecordTest.missing(catalogue, scenarios, read(record));
  }

  private Coverage read(String record) throws Exception {
    return Coverage.read(Files.writeString(folder.resolve("record.yaml"), record));
  }
}
