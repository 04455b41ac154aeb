package org.daxcheck.html;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.daxcheck.report.ExitCode;
import org.daxcheck.suite.FaultyRuns;
import org.testng.annotations.AfterClass;
import org.testng.annotations.BeforeClass;
import org.testng.annotations.Test;

/** The first words of the page: they never say more than the run does. */
public class PageHeaderTest {
  private Path folder;
  private Path run;
  private ObjectNode json;

  @BeforeClass
  public void make() throws Exception {
    folder = Files.createTempDirectory("daxcheck-head");
    run =
        FaultyRuns.write(
            folder,
            FaultyRuns.run(
                FaultyRuns.scenarios("word/bad-word-while-online.kmem"),
                List.of("bad word is ENOENT"),
                t -> t));
    json = (ObjectNode) new ObjectMapper().readTree(folder.resolve("run.json").toFile());
  }

  @AfterClass(alwaysRun = true)
  public void end() throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  private String head(Consumer<ObjectNode> change) throws Exception {
    ObjectNode changed = json.deepCopy();
    change.accept(changed);
    Files.writeString(folder.resolve("run.json"), changed.toString());
    String page =
        HtmlReport.of(
            List.of(run),
            new PageContext("1", FaultyRuns.catalogue(), Optional.empty(), Optional.empty()));
    return page.substring(page.indexOf("<h1"), page.indexOf("class=\"cards\""));
  }

  private static void waive(ObjectNode json) {
    json.path("cases")
        .forEach(
            c -> {
              if (c.path("divergences").size() > 0) {
                ((ObjectNode) c).put("waived", true);
              }
            });
    json.put("outcome", "pass");
  }

  @Test
  public void aDivergenceNamesItsRules() throws Exception {
    assertThat(head(j -> {}))
        .contains(
            "DIVERGENCE: 1 rule is broken", "Broken: <a href=\"#WORD-2\">", "--target faulty");
  }

  @Test
  public void aWaivedDivergenceIsToldAsOne() throws Exception {
    assertThat(head(PageHeaderTest::waive))
        .contains("PASS: no divergence but waived ones. 1 case is waived.</h1>", "Waived: <a href")
        .doesNotContain("Broken:");
  }

  @Test
  public void aHoleInAGateIsTold() throws Exception {
    assertThat(
            head(
                j -> {
                  waive(j);
                  j.put("outcome", "error");
                  ObjectNode gate = j.putObject("gate").put("isOne", true).put("restricted", "");
                  ObjectNode hole = gate.putArray("holes").addObject();
                  hole.put("target", "qemu").put("rule", "ATOMIC-2").put("reason", "no <range>");
                  hole.putArray("scenarios");
                }))
        .contains(
            "GATE INCOMPLETE: no divergence but waived ones, and 1 rule could not be checked.</h1>")
        .contains("ATOMIC-2</a> was not judged on qemu: no &lt;range&gt;");
  }

  @Test
  public void aBaselineIsTold() throws Exception {
    assertThat(
            head(
                j -> {
                  j.put("outcome", "pass");
                  ObjectNode b = j.putObject("baseline").put("run", "before").put("same", 3);
                  b.putArray("worse");
                  b.putArray("better");
                }))
        .contains("PASS: nothing got worse than in before", "Broken: <a href=\"#WORD-2\">");
  }

  @Test
  public void whatTwoRunsComeToStandsOnTop() throws Exception {
    Files.writeString(folder.resolve("run.json"), json.toString());
    Path page = folder.resolve("two.html");
    HtmlReport.write(
        page,
        List.of(run, run),
        new PageContext("1", FaultyRuns.catalogue(), Optional.empty(), Optional.empty()),
        new Headline(ExitCode.DIVERGENCE, "FAIL: 1 rule lost: WORD-2."));
    String text = Files.readString(page);
    assertThat(text)
        .contains("<title>daxcheck: FAIL: 1 rule lost: WORD-2.</title>")
        .containsPattern("<h1 class=\"verdict bad\">.*</span> FAIL: 1 rule lost: WORD-2.</h1>");
    assertThat(text).as("what the page says of any two runs").contains("between these runs");
  }

  @Test
  public void anInterruptedRunSaysSo() throws Exception {
    assertThat(head(j -> j.put("complete", false))).contains(" The run is incomplete.</h1>");
  }

  @Test
  public void anOutcomeThatIsUnknownIsNeverAPass() throws Exception {
    assertThatThrownBy(() -> head(j -> j.put("outcome", "splendid")))
        .hasMessageContaining("the run is damaged: outcome: 'splendid' is none that is known");
  }
}
