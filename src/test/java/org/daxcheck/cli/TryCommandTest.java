package org.daxcheck.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.daxcheck.abi.Dialect;
import org.testng.annotations.AfterClass;
import org.testng.annotations.BeforeClass;
import org.testng.annotations.DataProvider;
import org.testng.annotations.Test;

/** Steps are tried on the model, from a script and from a pipe; and what was tried is run. */
public class TryCommandTest {
  private Path folder;

  @BeforeClass
  public void make() throws IOException {
    folder = Files.createTempDirectory("daxcheck-tried");
  }

  @AfterClass(alwaysRun = true)
  public void clean() throws IOException {
    Finished.delete(folder);
  }

  private static Finished.Said tried(Object... words) {
    return Finished.say(new TryCommand(), words);
  }

  @Test
  public void aScriptIsDoneAndEndsAsARunDoes() {
    Finished.Said said =
        tried("--model", "-e", "write online_movable; write online_kernel", "-e", "read");
    assertThat(said.code()).isZero();
    assertThat(said.flat())
        .contains(
            "model EBUSY (REFUSE-1) answer EBUSY verdict allowed", "read model online_movable")
        .doesNotContain("daxcheck>");
    assertThat(tried("--model", "-e", "read -> offline").code()).isEqualTo(2);
  }

  @Test
  public void theDeviceIsThatOfTheTopologyAndTheDialectTheOneAskedFor() {
    assertThat(tried("--model", "--topology", "cxl-ranges", "-e", "write online_movable").flat())
        .contains("memory2064,2066-2067,2069 absent -> online Movable");
    assertThat(tried("--model", "--dialect", "v4", "-e", "write online_movable").flat())
        .contains("hotplug unplugged -> online_movable");
  }

  @Test
  public void linesOfAPipeAreAnsweredWithoutAPrompt() {
    InputStream usual = System.in;
    System.setIn(
        new ByteArrayInputStream(
            "read\nwriet\nP0: read\nP1: read\n".getBytes(StandardCharsets.UTF_8)));
    try {
      Finished.Said said = tried("--model");
      assertThat(said.out())
          .contains("unplugged", "did you mean 'write'?", "P1 read")
          .doesNotContain("daxcheck>");
      assertThat(said.code()).isEqualTo(2);
    } finally {
      System.setIn(usual);
    }
  }

  @Test
  public void whatNamesNoRuleIsRunShownAndJudgedAgain() throws Exception {
    Path file = folder.resolve("mine.kmem");
    Files.writeString(file, "KMEM mine\nwrite online_movable -> ok\nwrite online -> EBUSY\n");
    Path run = Finished.run(folder.resolve("run"), Dialect.LINUX_7_3, 1, file.toString());
    assertThat(Finished.say(new ShowCommand(), run, "mine").flat())
        .startsWith("mine.cxl on model: PASS")
        .doesNotContain("cannot be read", "otherwise");
    Finished.Said judged = Finished.say(new JudgeCommand(), run, "--out", folder.resolve("judged"));
    assertThat(judged.out()).contains("every verdict is as it was recorded");
    assertThat(Finished.say(new DiffCommand(), run, run).code()).isZero();
    assertThat(Finished.say(new CoverageCommand(), run).out()).doesNotContain("mine");
    Path page = folder.resolve("page.html");
    assertThat(Finished.say(new ReportCommand(), run, "--out", page).code()).isZero();
    assertThat(Files.readString(page)).contains("mine");
  }

  @Test
  public void anArrowThatDoesNotHoldBreaksNoRule() throws Exception {
    Path file = folder.resolve("disputed.kmem");
    Files.writeString(file, "KMEM disputed\nwrite online_movable -> EBUSY\n");
    Path run = Finished.run(folder.resolve("disputed"), Dialect.LINUX_7_3, 1, file.toString());
    assertThat(Finished.say(new ShowCommand(), run).flat())
        .startsWith("ERROR model disputed.cxl")
        .contains(":2: 'write online_movable -> EBUSY' is against the model");
  }

  @DataProvider
  public Object[][] bad() {
    return new Object[][] {
      {new Object[] {"--model", "-e", "wriet"}, "-e: typed:1:1: found 'wriet'"},
      {
        new Object[] {"--model", "--topology", "nope", "-e", "read"}, "--topology 'nope' is unknown"
      },
      {new Object[] {"--model", "--dialect", "v9", "-e", "read"}, "--dialect 'v9' is unknown"},
      {new Object[] {"--policy", "nope", "-e", "read"}, "--policy 'nope' is unknown"},
    };
  }

  @Test(dataProvider = "bad")
  public void badInputIsOneSentence(Object[] words, String sentence) {
    Finished.Said said = tried(words);
    assertThat(said.code()).isEqualTo(2);
    assertThat(said.err()).contains(sentence).doesNotContain("\tat ");
    assertThat(said.out()).isEmpty();
  }
}
