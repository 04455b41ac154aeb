package org.daxcheck.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.daxcheck.abi.Errno;
import org.daxcheck.abi.TargetKind;
import org.daxcheck.abi.Word;
import org.daxcheck.step.Observation;
import org.daxcheck.step.Result;
import org.daxcheck.step.Step;
import org.testng.annotations.AfterMethod;
import org.testng.annotations.BeforeMethod;
import org.testng.annotations.DataProvider;
import org.testng.annotations.Test;

/** A trace survives its file, and a bad file is refused in one sentence that says where. */
public class TraceFileTest {
  private Path folder;
  private Path file;
  private Sample sample;

  @BeforeMethod
  public void build() throws IOException {
    folder = Files.createTempDirectory("trace");
    file = folder.resolve("t.jsonl");
    sample = Sample.of("qemu");
    sample
        .step(
            Trace.Phase.SETUP,
            0,
            "write online_movable",
            Step.Write.word(Word.ONLINE_MOVABLE),
            Result.ok(15),
            sample.online(
                "online_movable",
                "Movable",
                new Observation.LogLine(4, 77, "kmem: \"odd\" \t line")))
        .step(7, "read", new Step.Read(Step.Who.ROOT), Sample.full(), sample.unplugged())
        .step(
            8,
            "write online",
            Step.Write.word(Word.ONLINE),
            Result.error(Errno.EBUSY),
            sample.unplugged());
  }

  @AfterMethod
  public void clean() throws IOException {
    Files.deleteIfExists(file);
    Files.delete(folder);
  }

  @Test
  public void comesBackEqual() throws Exception {
    TraceFile.write(file, sample.trace());

    TraceFile.Loaded loaded = TraceFile.read(file, sample.parser());

    assertThat(loaded).isEqualTo(new TraceFile.Loaded(sample.trace(), true, ""));
  }

  @DataProvider
  static Object[][] versions() {
    return new Object[][] {{2}, {3}};
  }

  @Test(dataProvider = "versions")
  public void readsWhatAVersionBeforeWrote(int version) throws Exception {
    TraceFile.write(file, sample.trace());
    String now = Files.readString(file);
    String then =
        now.replace("\"daxcheckTrace\":4", "\"daxcheckTrace\":" + version)
            .replace(",\"missed\":false", "");
    if (version == 2) {
      then =
          then.replaceAll(",\"ueventsLost\":false", "")
              .replaceAll(",\"stuckIn\":(\\[\\]|\\[\\{[^}]*\\}\\])", "");
      assertThat(then).doesNotContain("stuckIn", "ueventsLost");
    }
    assertThat(then).doesNotContain("missed", ":4,\"header");
    Files.writeString(file, then);

    Trace loaded = TraceFile.read(file, sample.parser()).trace();

    assertThat(loaded.before()).isEqualTo(sample.trace().before());
    assertThat(loaded.entries()).hasSameSizeAs(sample.trace().entries());
    assertThat(loaded.entries().get(0)).isEqualTo(sample.trace().entries().get(0));
    assertThat(loaded.entries().get(1).reply().result().actors()).isNotEmpty();
  }

  @Test
  public void keepsWhatWasLostAndWhereAStepWasStuck() throws Exception {
    Observation seen = sample.unplugged();
    Observation lost = seen.after(seen.log(), true, seen.uevents(), true);
    Result.StuckIn where = new Result.StuckIn("D", List.of("a", "b"), 3, true);
    Result.ActorResult actor =
        new Result.ActorResult("P0", List.of(Result.ok(0).stuckIn(where)), true);
    Result late =
        new Result(-1, java.util.Optional.empty(), "", 1, 2, true, "", List.of(actor))
            .stuckIn(where)
            .missed(true);
    sample.step(9, "read", new Step.Read(Step.Who.ROOT), late, lost);
    TraceFile.write(file, sample.trace());
    assertThat(TraceFile.read(file, sample.parser()).trace()).isEqualTo(sample.trace());
  }

  @Test
  public void keepsEveryStepOfAnInterruptedRun() throws Exception {
    Trace trace = sample.trace();
    TraceFile.Writer writer = TraceFile.create(file, trace.header(), trace.before());
    writer.append(trace.entries().get(0));

    // Not closed: what an interrupted run leaves.
    TraceFile.Loaded loaded = TraceFile.read(file, sample.parser());
    writer.close();

    assertThat(loaded.trace().entries()).isEqualTo(trace.entries().subList(0, 1));
    assertThat(loaded.complete()).isFalse();
    assertThat(loaded.notice()).contains("ends after 1 steps");
  }

  @Test
  public void leavesOutALastLineThatIsCut() throws Exception {
    TraceFile.write(file, sample.trace());
    List<String> lines = lines();
    Files.writeString(
        file, String.join("\n", lines.subList(0, 3)) + "\n" + lines.get(3).substring(0, 40));

    TraceFile.Loaded loaded = TraceFile.read(file, sample.parser());

    assertThat(loaded.trace().entries()).isEqualTo(sample.trace().entries().subList(0, 2));
    assertThat(loaded.complete()).isFalse();
    assertThat(loaded.notice()).isEqualTo(file + ":4: the last line is cut off and was left out");
  }

  @Test
  public void neverOverwrites() throws Exception {
    TraceFile.write(file, sample.trace());
    byte[] before = Files.readAllBytes(file);

    assertThatThrownBy(() -> TraceFile.write(file, sample.trace()))
        .isInstanceOf(FileAlreadyExistsException.class);
    assertThat(Files.readAllBytes(file)).isEqualTo(before);
  }

  @DataProvider
  public Object[][] damages() {
    return new Object[][] {
      {1, "\"daxcheckTrace\":4", "\"daxcheckTrace\":5", ":1: trace version 5 is not known"},
      {1, "\"daxcheckTrace\":4", "\"daxcheckTrace\":1", ":1: trace version 1 is not known"},
      {1, "\"daxcheckTrace\":4,", "", ":1: this is not a trace of daxcheck"},
      {1, "\"dialect\":\"7.3\"", "\"dialect\":\"9\"", ":1: '9' is not a dialect"},
      {1, "\"kind\":\"guest\"", "\"kind\":\"toy\"", ":1: 'toy' is no kind of target"},
      {1, "\"bootPolicy\":\"offline\"", "\"bootPolicy\":\"x\"", ":1: 'x' is not a policy"},
      {2, "\"phase\":\"setup\"", "\"phase\":\"x\"", ":2: 'x' is not a phase"},
      {2, "\"line\":0,", "", ":2: this is not a line of a trace"},
      {2, "\"value\":15", "\"value\":\"15\"", ":2: this is not a line of a trace: at result.value"},
      {2, ",\"ueventsLost\":false", "", ":2: this is not a line of a trace: at observation"},
      {2, ",\"stuckIn\":\\[\\]", "", ":2: this is not a line of a trace: at result"},
      {2, "\"memTotalKib\"", "\"memTotal\"", ":2: this is not a line of a trace: at observation"},
      {3, "\"step\":\"read\"", "\"step\":\"rad\"", ":3: the step 'rad' cannot be read: no such"},
      {3, "{", "[", ":3: this is not JSON"},
      {4, "\\{.*", "7", ":4: this is not a JSON object"},
      {5, "3", "4", ":5: the line 'end' counts 4 entries, not 3"},
      {5, "$", "\n{}", ":6: nothing may follow"},
    };
  }

  @Test(dataProvider = "damages")
  public void refusesDamage(int line, String from, String to, String message) throws Exception {
    TraceFile.write(file, sample.trace());
    List<String> lines = lines();
    String old = lines.get(line - 1);
    String damaged = from.equals("{") ? old.replace(from, to) : old.replaceFirst(from, to);
    assertThat(damaged).isNotEqualTo(old);
    lines.set(line - 1, damaged);
    Files.writeString(file, String.join("\n", lines) + "\n");

    assertThatThrownBy(() -> TraceFile.read(file, sample.parser()))
        .isInstanceOf(TraceFileException.class)
        .hasMessageStartingWith(file + message)
        .message()
        .doesNotContain("\n", "org.daxcheck", "java.");
  }

  @DataProvider
  public Object[][] oldNames() {
    return new Object[][] {
      {"model", TargetKind.MODEL}, {"machine", TargetKind.MACHINE}, {"qemu", TargetKind.GUEST},
    };
  }

  @Test(dataProvider = "oldNames")
  public void readsFilesOfBeforeKindsWereKept(String name, TargetKind kind) throws Exception {
    sample = Sample.of(name);
    TraceFile.write(file, sample.trace());
    List<String> lines = lines();
    String old = lines.get(0).replaceFirst("\"kind\":\"\\w+\",", "");
    assertThat(old).isNotEqualTo(lines.get(0));
    lines.set(0, old);
    Files.writeString(file, String.join("\n", lines) + "\n");

    Trace read = TraceFile.read(file, sample.parser()).trace();
    assertThat(read.header().kind()).isEqualTo(kind);
    assertThat(read).isEqualTo(sample.trace());
  }

  @Test
  public void saysThatThereIsNoFile() {
    assertThatThrownBy(() -> TraceFile.read(file, sample.parser()))
        .isInstanceOf(TraceFileException.class)
        .hasMessage(file + ": there is no such trace file");
  }

  @Test
  public void refusesAnEmptyFile() throws Exception {
    Files.createFile(file);

    assertThatThrownBy(() -> TraceFile.read(file, sample.parser()))
        .isInstanceOf(TraceFileException.class)
        .hasMessageContaining(":1: the file has no complete first line");
  }

  private List<String> lines() throws IOException {
    return new java.util.ArrayList<>(
        List.of(Files.readString(file, StandardCharsets.US_ASCII).split("\n")));
  }
}
