package org.daxcheck.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.testng.annotations.Test;

/** The files below suites/: all can be read and are in form. */
public class SuitesTest {
  private static final Path SUITES = Path.of(System.getProperty("daxcheck.home", "."), "suites");

  @Test
  public void theExampleOfTheReferenceIsInForm() throws IOException, ScenarioException {
    String reference = Files.readString(SUITES.resolve("README.md"));
    Matcher example = Pattern.compile("(?s)```\n(KMEM (\\S+)\n.*?)```").matcher(reference);
    assertThat(example.find()).isTrue();
    assertThat(Formatter.format(example.group(2) + ".kmem", example.group(1)))
        .isEqualTo(example.group(1));
  }

  @Test
  public void everyScenarioIsInForm() throws ScenarioException {
    for (Path file : Scenarios.below(SUITES)) {
      String text = Scenarios.text(file);
      assertThat(Formatter.format(file.toString(), text)).as(file.toString()).isEqualTo(text);
    }
  }

  /** What is only tried may leave out a part of this. */
  @Test
  public void everyScenarioHasItsProseItsRuleAndItsCitation() throws ScenarioException {
    Catalogue catalogue = Catalogue.load(SUITES.resolve("rules.yaml"));
    assertThat(Scenarios.load(java.util.List.of(SUITES), catalogue))
        .isNotEmpty()
        .allSatisfy(
            s -> {
              assertThat(s.prose()).as(s.file()).isNotEmpty();
              assertThat(s.rules()).as(s.file()).isNotEmpty();
              assertThat(s.rules()).allSatisfy(r -> assertThat(r.citation()).contains(", "));
            });
  }
}
