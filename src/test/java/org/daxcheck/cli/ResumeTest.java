package org.daxcheck.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.daxcheck.report.FinishedRun;
import org.daxcheck.run.RunFolder;
import org.testng.annotations.AfterClass;
import org.testng.annotations.BeforeClass;
import org.testng.annotations.Test;

/** A run that was killed loses nothing that it had judged, and can be gone on with. */
public class ResumeTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int JUDGED_BEFORE = 20;

  private Path folder;
  private Path whole;
  private Path killed;

  @BeforeClass
  public void kill() throws Exception {
    folder = Files.createTempDirectory("daxcheck-resume");
    whole = folder.resolve("whole");
    killed = folder.resolve("killed");
    String[] asked = {"--target", "model", "--suite", "quick", "--seed", "7", "--out"};
    assertThat(Finished.say(new RunCommand(), (Object[]) with(asked, whole.toString())).code())
        .isZero();
    Path err = folder.resolve("err");
    Process process =
        new ProcessBuilder(
                with(
                    new String[] {
                      Path.of(System.getProperty("java.home"), "bin/java").toString(),
                      "-Ddaxcheck.home=" + Finished.HOME,
                      "-cp",
                      System.getProperty("java.class.path"),
                      Main.class.getName(),
                      "run"
                    },
                    with(asked, killed.toString())))
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(err.toFile())
            .start();
    Path journal = killed.resolve(RunFolder.JOURNAL);
    while (process.isAlive() && lines(journal) <= JUDGED_BEFORE) {
      process.waitFor(2, TimeUnit.MILLISECONDS);
    }
    process.destroyForcibly().waitFor();
    assertThat(killed.resolve("run.json")).as(Files.readString(err)).doesNotExist();
    assertThat(lines(journal)).as(Files.readString(err)).isGreaterThan(JUDGED_BEFORE);
  }

  @AfterClass(alwaysRun = true)
  public void clean() throws Exception {
    Finished.delete(folder);
  }

  private static long lines(Path file) throws Exception {
    return Files.exists(file) ? Files.readString(file).lines().count() : 0;
  }

  private static String[] with(String[] words, String... more) {
    String[] all = java.util.Arrays.copyOf(words, words.length + more.length);
    System.arraycopy(more, 0, all, words.length, more.length);
    return all;
  }

  /** A copy of the killed run, with half a line at the end of its journal. */
  private Path copy(String name) throws Exception {
    Path copy = folder.resolve(name);
    Finished.delete(copy);
    try (var all = Files.walk(killed)) {
      for (Path path : all.toList()) {
        Files.copy(path, copy.resolve(killed.relativize(path).toString()));
      }
    }
    Files.writeString(
        copy.resolve(RunFolder.JOURNAL), "{\"targets\":[{\"na", StandardOpenOption.APPEND);
    return copy;
  }

  @Test
  public void whatWasJudgedIsReadJudgedAndCompared() throws Exception {
    Path run = copy("read");
    FinishedRun read = FinishedRun.read(run);
    assertThat(read.complete()).isFalse();
    assertThat(read.cases()).hasSizeGreaterThanOrEqualTo(JUDGED_BEFORE);
    Finished.Said judged = Finished.say(new JudgeCommand(), run, "--out", folder.resolve("judged"));
    assertThat(judged.code()).isEqualTo(2);
    assertThat(judged.flat())
        .contains("every verdict is as it was recorded", "the run is incomplete");
    assertThat(Finished.say(new ReportCommand(), run).code()).isZero();
    assertThat(run.resolve("report.html")).content().contains("the run is incomplete");
    Finished.Said compared = Finished.say(new DiffCommand(), whole, run);
    assertThat(compared.out()).contains(String.valueOf(read.cases().size()));
  }

  @Test
  public void theRestGivesTheResultOfAnUndisturbedRun() throws Exception {
    Path run = copy("resumed");
    Finished.Said said = Finished.say(new RunCommand(), "--resume", run);
    assertThat(said.code()).as(said.err()).isZero();
    assertThat(bare(run)).isEqualTo(bare(whole));
    assertThat(run.resolve(RunFolder.JOURNAL)).doesNotExist();
    Finished.Said again = Finished.say(new RunCommand(), "--resume", run);
    assertThat(again.code()).isEqualTo(2);
    assertThat(again.err()).contains("came to its end");
  }

  private static JsonNode bare(Path run) throws Exception {
    ObjectNode root = (ObjectNode) JSON.readTree(run.resolve("run.json").toFile());
    root.remove(List.of("started", "timesMs"));
    root.path("cases").forEach(c -> ((ObjectNode) c).remove("ms"));
    return root;
  }

  @Test
  public void aScenarioThatIsAnotherNowRunsAgain() throws Exception {
    Path run = copy("changed");
    String name = FinishedRun.read(run).cases().get(0).scenario();
    Path trace =
        run.resolve("traces").resolve(FinishedRun.read(run).cases().get(0).id() + ".jsonl");
    String text = Files.readString(trace);
    assertThat(text).contains("KMEM " + name + "\\n");
    Files.writeString(trace, text.replace("KMEM " + name + "\\n", "KMEM " + name + "\\n# was\\n"));
    Finished.Said said = Finished.say(new RunCommand(), "--resume", run);
    assertThat(said.code()).as(said.err()).isZero();
    assertThat(Files.readString(trace)).doesNotContain("# was");
    assertThat(bare(run)).isEqualTo(bare(whole));
  }

  @Test
  public void nothingElseIsSaidWithIt() throws Exception {
    Path run = copy("said");
    Finished.Said said = Finished.say(new RunCommand(), "--resume", run, "--seed", "8");
    assertThat(said.code()).isEqualTo(2);
    assertThat(said.err()).contains("--resume takes all from the run");
    assertThat(Finished.say(new RunCommand(), "--resume", folder.resolve("none")).err())
        .contains("no such run");
  }

  @Test
  public void aDamagedJournalIsToldWithItsLine() throws Exception {
    Path run = copy("damaged");
    Path journal = run.resolve(RunFolder.JOURNAL);
    List<String> lines = Files.readAllLines(journal);
    Files.writeString(journal, lines.get(0) + "\nnonsense\n");
    Finished.Said said = Finished.say(new RunCommand(), "--resume", run);
    assertThat(said.code()).isEqualTo(2);
    assertThat(said.err()).contains(RunFolder.JOURNAL + ":2: this is not JSON");
  }
}
