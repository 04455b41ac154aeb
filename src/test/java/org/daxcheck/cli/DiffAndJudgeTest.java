package org.daxcheck.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.daxcheck.abi.Dialect;
import org.testng.annotations.AfterClass;
import org.testng.annotations.BeforeClass;
import org.testng.annotations.DataProvider;
import org.testng.annotations.Test;

/** Finished runs are compared, and judged again, without a guest. */
public class DiffAndJudgeTest {
  private static final String[] FILES = {
    "word/offline-while-offline.kmem",
    "refuse/online-movable-to-other-types.kmem",
    "unbind/from-unplugged.kmem"
  };

  private Path folder;
  private Path first;
  private Path second;
  private Path v4;

  @BeforeClass
  public void make() throws Exception {
    folder = Files.createTempDirectory("daxcheck-finished");
    first = Finished.run(folder.resolve("first"), Dialect.LINUX_7_3, 1, FILES);
    second = Finished.run(folder.resolve("second"), Dialect.LINUX_7_3, 1, FILES);
    v4 = Finished.run(folder.resolve("v4"), Dialect.V4, 1, FILES);
  }

  @AfterClass(alwaysRun = true)
  public void clean() throws IOException {
    Finished.delete(folder);
  }

  /** A copy of the first run, with a text in one of its files exchanged. */
  private Path changed(String name, String file, String from, String to) throws IOException {
    Path copy = folder.resolve(name);
    Finished.delete(copy);
    try (var all = Files.walk(first)) {
      for (Path path : all.toList()) {
        Files.copy(path, copy.resolve(first.relativize(path).toString()));
      }
    }
    Path at = copy.resolve(file);
    String text = Files.readString(at);
    assertThat(text).contains(from);
    Files.writeString(at, text.replace(from, to));
    return copy;
  }

  private static String trace(String scenario) {
    return "traces/model/cxl/" + scenario + ".jsonl";
  }

  @Test
  public void theSameTwiceIsTheSame() {
    Finished.Said said = Finished.say(new DiffCommand(), first, second);
    assertThat(said.code()).isZero();
    assertThat(said.out()).contains("SAME: none of 3 cases differs.", "REFUSE-1");
    assertThat(said.out().lines()).allMatch(l -> l.length() <= 100);
  }

  @Test
  public void whatAnotherDialectSkipsIsUnknown() throws Exception {
    Finished.Said said = Finished.say(new DiffCommand(), first, second, v4, "--json", "--all");
    assertThat(said.code()).as("v4 skips one").isEqualTo(2);
    JsonNode json = new ObjectMapper().readTree(said.out());
    assertThat(json.path("columns")).hasSize(3);
    assertThat(json.path("finding").asText()).isEqualTo("unknown");
    assertThat(json.at("/counts/unknown").asInt()).isEqualTo(1);
    assertThat(json.at("/counts/same").asInt()).isEqualTo(2);
    assertThat(json.path("cases")).hasSize(3).allMatch(c -> c.path("verdicts").size() == 3);
    assertThat(Finished.say(new DiffCommand(), first, v4, "--changed").out())
        .contains("offline-while-offline.cxl", "skipped: v4 fixes the policy at boot")
        .doesNotContain("TRANS-3  ");
    assertThat(Finished.say(new DiffCommand(), first, v4, "--unchanged").out())
        .contains("TRANS-3")
        .doesNotContain("Cases that differ");
  }

  /** The run as one of a kernel. */
  private static Path asKernel(Path run) throws IOException {
    Path json = run.resolve("run.json");
    String text = Files.readString(json);
    assertThat(text).contains("\"kind\" : \"model\"");
    Files.writeString(json, text.replace("\"kind\" : \"model\"", "\"kind\" : \"guest\""));
    return run;
  }

  @Test
  public void aChangedAnswerIsFoundAtItsStep() throws Exception {
    Path other = changed("busy", trace("online-movable-to-other-types"), "\"EBUSY\"", "\"EINVAL\"");
    assertThat(Finished.say(new DiffCommand(), first, other).code())
        .as("what a model drew is no difference")
        .isZero();
    asKernel(other);
    assertThat(Finished.say(new DiffCommand(), first, other).code())
        .as("a kernel differs from the model where it diverged")
        .isZero();
    Path kernel = asKernel(changed("kernel", trace("from-unplugged"), "{\"end\"", "{\"end\""));
    Finished.Said said = Finished.say(new DiffCommand(), kernel, other, "--rule", "REFUSE");
    assertThat(said.code()).isEqualTo(1);
    assertThat(said.out())
        .contains(
            "online-movable-to-other-types.cxl:",
            "first differing step: write online",
            "A  EBUSY",
            "B  EINVAL",
            "DIFFERENT: 1 of 1 case differs.")
        .doesNotContain("UNBIND-1");
  }

  @DataProvider
  public Object[][] badRuns() throws IOException {
    return new Object[][] {
      {List.of(first), "alone has one target; name a second run to compare it with"},
      {List.of(first, "/nonexistent"), "/nonexistent: no such run; name its folder"},
      {List.of(first, folder), folder + " has no run.json"},
      {
        List.of(
            first, changed("version", "run.json", "\"daxcheckRun\" : 1", "\"daxcheckRun\" : 7")),
        "run.json: its version is 7, only 1 is known; use the daxcheck that wrote it"
      },
      {
        List.of(first, changed("status", "run.json", "\"pass\",", "\"fine\",")),
        "run.json: the run is damaged: "
      },
      {
        List.of(
            first,
            changed("outside", "run.json", "\"trace\" : \"traces/", "\"trace\" : \"../first/")),
        "is outside of the run's folder"
      },
      {List.of(first, second, "--rule", "FOO-1"), "--rule 'FOO-1' is no rule and no group"},
      {List.of(first, second, "--rule", "CONC-5"), "no scenario in common about CONC-5"},
      {List.of(first, second, "--all", "--changed"), "mutually exclusive"},
    };
  }

  @Test(dataProvider = "badRuns")
  public void badInputIsOneSentence(List<Object> words, String sentence) {
    Finished.Said said = Finished.say(new DiffCommand(), words.toArray());
    assertThat(said.code()).isEqualTo(2);
    assertThat(said.err()).contains(sentence);
    assertThat(said.out()).isEmpty();
  }

  @Test
  public void aTraceThatIsGoneCannotMakeRunsTheSame() throws Exception {
    Path other = changed("gone", "run.json", "from-unplugged.jsonl", "lost.jsonl");
    Finished.Said said = Finished.say(new DiffCommand(), first, other);
    assertThat(said.code()).isEqualTo(2);
    assertThat(said.flat())
        .contains(
            "lost.jsonl: there is no such trace file",
            "UNKNOWN: 1 of 3 cases cannot be compared, none differs");
  }

  @Test
  public void aTraceThatWasCutOffIsNoDifference() throws Exception {
    Path other = changed("cut-diff", trace("from-unplugged"), "{\"end\":12}\n", "");
    Finished.Said said = Finished.say(new DiffCommand(), first, other);
    assertThat(said.code()).isEqualTo(2);
    assertThat(said.flat())
        .contains("not compared: ", "without its last line", "UNKNOWN: 1 of 3 cases");
  }

  @Test
  public void aPatchIsItsUnpatchedAndItsPatchedRun() throws Exception {
    Path patch = folder.resolve("patch");
    Finished.delete(patch);
    Files.createDirectories(patch);
    Files.writeString(patch.resolve("patch.json"), "{\"daxcheckPatch\" : 1}\n");
    Files.move(changed("u", "run.json", "\"some\"", "\"some\""), patch.resolve("unpatched"));
    Files.move(changed("p", "run.json", "\"some\"", "\"some\""), patch.resolve("patched"));
    Finished.Said said = Finished.say(new DiffCommand(), patch);
    assertThat(said.code()).as(said.err()).isZero();
    assertThat(said.out())
        .contains("A  " + patch + "/unpatched, model", "B  " + patch + "/patched, model");
  }

  @Test
  public void judgingAgainChangesNothing() throws Exception {
    byte[] before = Files.readAllBytes(first.resolve("run.json"));
    Path out = folder.resolve("again");
    Finished.Said said = Finished.say(new JudgeCommand(), first, "--out", out);
    assertThat(said.code()).as(said.err()).isZero();
    assertThat(said.out()).contains("3 traces judged again; every verdict is as it was recorded.");
    assertThat(Files.readAllBytes(first.resolve("run.json"))).isEqualTo(before);
    assertThat(Finished.say(new DiffCommand(), first, out).code()).isZero();
  }

  @Test
  public void aWrongVerdictIsFound() throws Exception {
    Path other =
        changed("einval", trace("online-movable-to-other-types"), "\"EBUSY\"", "\"EINVAL\"");
    Path out = folder.resolve("found");
    Finished.Said said = Finished.say(new JudgeCommand(), other, "--out", out);
    assertThat(said.code()).isEqualTo(1);
    assertThat(said.out())
        .contains("1 verdict is another than recorded", "pass -> divergence of REFUSE-1");
    assertThat(Files.readString(out.resolve("run.json"))).contains("\"outcome\" : \"divergence\"");
  }

  /** Allure's results of the same cases are named as those of a run, so that it has a history. */
  @Test
  public void allureHasTheNewVerdicts() throws Exception {
    Path other =
        changed("allure", trace("online-movable-to-other-types"), "\"EBUSY\"", "\"EINVAL\"");
    Path out = folder.resolve("allure-judged");
    Finished.say(new JudgeCommand(), other, "--out", out);
    List<JsonNode> results = new ArrayList<>();
    try (var files = Files.list(out.resolve("allure-results"))) {
      for (Path file : files.toList()) {
        assertThat(file.toString()).endsWith("-result.json");
        results.add(new ObjectMapper().readTree(file.toFile()));
      }
    }
    assertThat(results)
        .extracting(r -> r.path("historyId").asText() + " " + r.path("status").asText())
        .containsExactlyInAnyOrder(
            "model/cxl/offline-while-offline passed",
            "model/cxl/online-movable-to-other-types failed",
            "model/cxl/from-unplugged passed");
    assertThat(results)
        .filteredOn(r -> r.path("status").asText().equals("failed"))
        .allSatisfy(
            r ->
                assertThat(r.at("/statusDetails/message").asText())
                    .startsWith("suites/refuse/online-movable-to-other-types.kmem:"));
  }

  private static final String CLAIM =
      "\"claims\" : [ { \"target\" : \"model\", \"what\" : \"3 tests\", \"proves\" : \"much\","
          + " \"assumes\" : [ \"little\" ], \"stands\" : true, \"why\" : \"\" } ],";

  @Test
  public void aClaimStandsOrFallsWithItsVerdicts() throws Exception {
    Path proven = changed("proven", "run.json", "\"cases\" : [", CLAIM + "\"cases\" : [");
    Path out = folder.resolve("proven-judged");
    Finished.say(new JudgeCommand(), proven, "--out", out);
    JsonNode claim = new ObjectMapper().readTree(out.resolve("run.json").toFile()).at("/claims/0");
    assertThat(claim.path("proves").asText()).isEqualTo("much");
    assertThat(claim.path("stands").asBoolean()).isTrue();
    Finished.say(new JudgeCommand(), proven, "--dialect", "v4", "--out", out);
    claim = new ObjectMapper().readTree(out.resolve("run.json").toFile()).at("/claims/0");
    assertThat(claim.path("stands").asBoolean()).isFalse();
    assertThat(claim.path("why").asText()).contains("dialect v4");
    Path file = proven.resolve(trace("online-movable-to-other-types"));
    Files.writeString(file, Files.readString(file).replace("\"EBUSY\"", "\"EINVAL\""));
    Finished.say(new JudgeCommand(), proven, "--out", out);
    claim = new ObjectMapper().readTree(out.resolve("run.json").toFile()).at("/claims/0");
    assertThat(claim.path("stands").asBoolean()).isFalse();
    assertThat(claim.path("why").asText()).contains("online-movable-to-other-types.cxl");
  }

  @Test
  public void asAnotherDialectTheAttributeHasAnotherName() {
    Finished.Said said =
        Finished.say(
            new JudgeCommand(), first, "--dialect", "v4", "--out", folder.resolve("as-v4"));
    assertThat(said.code()).isEqualTo(1);
    assertThat(said.out()).contains("pass -> divergence of ATTR-1, ATTR-2");
  }

  @Test
  public void aTraceThatWasCutOffProvesNothing() throws Exception {
    Path other = changed("cut", trace("from-unplugged"), "{\"end\":12}\n", "{\"phase");
    Finished.Said said =
        Finished.say(new JudgeCommand(), other, "--out", folder.resolve("cut-judged"));
    assertThat(said.code()).isEqualTo(2);
    assertThat(said.flat()).contains("pass -> error", "the last line is cut off and was left out");
  }

  @Test
  public void whatIsNoScenarioAnyMoreIsJudgedByItsSteps() throws Exception {
    Path other = changed("renamed", trace("from-unplugged"), "UNBIND-1 (", "GONE-1 (");
    Finished.Said said =
        Finished.say(new JudgeCommand(), other, "--out", folder.resolve("renamed-judged"));
    assertThat(said.code()).isZero();
    assertThat(said.out())
        .contains("from-unplugged.cxl is judged by its steps alone", "no rule GONE-1");
  }

  @Test
  public void theOldRunIsNeverOverwritten() {
    for (Path out : List.of(first, first.resolve("traces"), first.resolve("before-2"), folder)) {
      Finished.Said said = Finished.say(new JudgeCommand(), first, "--out", out);
      assertThat(said.code()).isEqualTo(2);
      assertThat(said.err())
          .containsAnyOf("would overwrite a run that is read", "holds something that is no run");
    }
    assertThat(first.resolve(trace("from-unplugged"))).exists();
  }
}
