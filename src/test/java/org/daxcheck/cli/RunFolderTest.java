package org.daxcheck.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.stream.Stream;
import org.daxcheck.run.Failure;
import org.daxcheck.run.RunFolder;
import org.testng.annotations.AfterMethod;
import org.testng.annotations.BeforeMethod;
import org.testng.annotations.Test;

/** A folder for results is ours alone, and nothing in it is lost before there is a new run. */
public class RunFolderTest {
  private Path folder;

  @BeforeMethod
  public void make() throws Exception {
    folder = Files.createTempDirectory("daxcheck-folder");
  }

  @AfterMethod(alwaysRun = true)
  public void clean() throws Exception {
    Finished.delete(folder);
  }

  private static RunFolder made(Path path) {
    return RunFolder.make(path, Instant.now());
  }

  @Test
  public void whatIsNoRunOfOursIsRefusedAndLeftAsItIs() throws Exception {
    Path foreign = Files.createDirectories(folder.resolve("foreign"));
    Files.createDirectories(foreign.resolve("traces"));
    Files.writeString(foreign.resolve("report.html"), "mine");
    Files.writeString(foreign.resolve("run.json"), "{\"another\": \"tool\"}");
    assertThatThrownBy(() -> made(foreign))
        .isInstanceOf(Failure.class)
        .hasMessageContaining("holds something that is no run of daxcheck");
    assertThat(names(foreign)).containsExactlyInAnyOrder("traces", "report.html", "run.json");
  }

  @Test
  public void whatIsNoFolderIsRefusedInASentence() throws Exception {
    Path file = Files.writeString(folder.resolve("file"), "");
    assertThatThrownBy(() -> RunFolder.check(file)).hasMessageContaining("is a file");
    assertThatThrownBy(() -> RunFolder.check(Path.of(""))).hasMessageContaining("names no folder");
    assertThatThrownBy(() -> made(file.resolve("below")))
        .isInstanceOf(Failure.class)
        .hasMessageContaining("cannot write to");
  }

  @Test
  public void twoCannotWriteIntoOne() {
    try (RunFolder first = made(folder)) {
      assertThatThrownBy(() -> made(folder))
          .isInstanceOf(Failure.class)
          .hasMessageContaining("is in use by another daxcheck");
      assertThat(first.path()).isEqualTo(folder);
    }
    made(folder).close();
  }

  @Test
  public void aRunOfBeforeIsKeptUntilThereIsANewOne() throws Exception {
    Path run = Files.createDirectory(folder.resolve("run"));
    Files.writeString(run.resolve("run.json"), "{\"daxcheckRun\": 1}");
    Files.createDirectories(run.resolve("traces"));
    Files.writeString(run.resolve("notes.txt"), "mine");
    try (RunFolder second = made(run)) {
      assertThat(second.path()).isEqualTo(run);
      assertThat(names(run)).containsExactlyInAnyOrder("before", "notes.txt", ".daxcheck");
      assertThat(run.resolve("before/run.json")).exists();
      Files.writeString(run.resolve("run.json"), "{\"daxcheckRun\": 1}");
    }
    // That one was killed: nothing of either is lost by a third.
    try (RunFolder third = made(run)) {
      assertThat(run.resolve("before/run.json")).exists();
      assertThat(run.resolve("before-2/run.json")).exists();
      third.replaced();
    }
    assertThat(names(run)).containsExactlyInAnyOrder("notes.txt", ".daxcheck");
  }

  @Test
  public void aWrongTopologyIsToldBeforeTheFolderIsTouched() throws Exception {
    Path run = Files.createDirectory(folder.resolve("run"));
    Files.writeString(run.resolve("run.json"), "{\"daxcheckRun\": 1}");
    Finished.Said said =
        Finished.say(
            new RunCommand(),
            "--target",
            "model",
            "--suite",
            "quick",
            "--topology",
            "nope",
            "--out",
            run);
    assertThat(said.code()).isEqualTo(2);
    assertThat(said.err()).contains("no such topology");
    assertThat(names(run)).containsExactly("run.json");
  }

  @Test
  public void aLinkToTheRunThatIsJudgedIsNoOtherFolder() throws Exception {
    Path run =
        Finished.run(
            folder.resolve("run"),
            org.daxcheck.abi.Dialect.LINUX_7_3,
            1,
            "unbind/from-unplugged.kmem");
    Path link = Files.createSymbolicLink(folder.resolve("link"), run);
    Finished.Said said = Finished.say(new JudgeCommand(), run, "--out", link);
    assertThat(said.code()).isEqualTo(2);
    assertThat(said.err()).contains("would overwrite a run that is read");
    String before = Files.readString(run.resolve("run.json"));
    Path inside = Files.createSymbolicLink(folder.resolve("inside"), run.resolve("judged"));
    Files.createDirectory(run.resolve("judged"));
    assertThat(Finished.say(new JudgeCommand(), run, "--out", inside).code()).isZero();
    assertThat(run.resolve("judged/run.json")).exists();
    assertThat(run.resolve("run.json")).hasContent(before);
    Path traces = Files.createSymbolicLink(folder.resolve("traces"), run.resolve("traces"));
    assertThat(Finished.say(new JudgeCommand(), run, "--out", traces.resolve("x")).err())
        .contains("would overwrite a run that is read");
  }

  @Test
  public void aFolderThatGoesAwayMeanwhileIsTold() throws Exception {
    Path run = folder.resolve("run");
    try (RunFolder held = made(run)) {
      assertThat(held.lost()).isEmpty();
      Files.move(run, folder.resolve("moved"));
      Files.createDirectories(run.resolve("traces"));
      assertThat(held.lost()).contains(run + " was removed or moved while the run went on");
    }
  }

  private static String[] names(Path of) throws Exception {
    try (Stream<Path> all = Files.list(of)) {
      return all.map(p -> p.getFileName().toString()).toArray(String[]::new);
    }
  }
}
