package org.daxcheck.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import org.testng.annotations.AfterClass;
import org.testng.annotations.BeforeClass;
import org.testng.annotations.Test;

/** What stops at the first divergence, and what runs only that which failed. */
public class RunAgainTest {
  private Path folder;
  private Path scenarios;

  @BeforeClass
  public void make() throws Exception {
    folder = Files.createTempDirectory("daxcheck-again");
    scenarios = Files.createDirectory(folder.resolve("scenarios"));
    Path refuse = Finished.HOME.resolve("suites/refuse");
    // A line that no log has, so that the model diverges from it in one scenario of several.
    for (String name : new String[] {"offline-to-online-types", "online-movable-to-other-types"}) {
      Files.copy(refuse.resolve(name + ".kmem"), scenarios.resolve(name + ".kmem"));
    }
    Path wrong = scenarios.resolve("online-movable-to-other-types.kmem");
    Files.writeString(
        wrong, Files.readString(wrong).stripTrailing() + "\nlog -> \"no such line\"\n");
  }

  @AfterClass(alwaysRun = true)
  public void clean() throws Exception {
    Finished.delete(folder);
  }

  private JsonNode run(String out, Object... words) throws Exception {
    Object[] all = new Object[words.length + 4];
    System.arraycopy(words, 0, all, 4, words.length);
    all[0] = "--target";
    all[1] = "model";
    all[2] = "--out";
    all[3] = folder.resolve(out);
    Finished.say(new RunCommand(), all);
    return new ObjectMapper().readTree(folder.resolve(out + "/run.json").toFile());
  }

  @Test
  public void onlyWhatFailedRunsAgainWithItsSeed() throws Exception {
    JsonNode first = run("first", "--seed", "9", scenarios);
    assertThat(first.path("cases")).hasSize(2);
    JsonNode again = run("again", "--rerun-failed", folder.resolve("first"));
    assertThat(again.path("seed").asText()).isEqualTo("9");
    assertThat(again.path("cases")).hasSize(1);
    assertThat(again.path("cases").get(0).path("scenario").asText())
        .isEqualTo("online-movable-to-other-types");
    assertThat(again.path("gate").path("restricted").asText()).contains("only what failed");
  }

  @Test
  public void whereNothingFailedThereIsNothingToRun() throws Exception {
    run("fine", scenarios.resolve("offline-to-online-types.kmem"));
    Finished.Said said = Finished.say(new RunCommand(), "--rerun-failed", folder.resolve("fine"));
    assertThat(said.code()).isEqualTo(2);
    assertThat(said.err()).contains("nothing failed in");
    assertThat(
            Finished.say(
                    new RunCommand(), "--rerun-failed", folder.resolve("fine"), "--suite", "quick")
                .err())
        .contains("--rerun-failed takes what to run from the run");
  }

  @Test
  public void theFirstDivergenceEndsTheRunWhichIsIncomplete() throws Exception {
    JsonNode whole = run("whole", scenarios, Finished.HOME.resolve("suites/word"));
    JsonNode cut = run("cut", "--fail-fast", scenarios, Finished.HOME.resolve("suites/word"));
    assertThat(whole.path("complete").asBoolean()).isTrue();
    assertThat(cut.path("complete").asBoolean()).isFalse();
    assertThat(cut.path("exitCode").asInt()).isEqualTo(1);
    assertThat(cut.path("cases").size()).isLessThan(whole.path("cases").size());
    assertThat(cut.path("cases").get(cut.path("cases").size() - 1).path("status").asText())
        .isEqualTo("divergence");
  }
}
