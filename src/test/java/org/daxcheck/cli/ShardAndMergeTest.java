package org.daxcheck.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.daxcheck.run.Home;
import org.daxcheck.selection.Selection;
import org.testng.annotations.AfterClass;
import org.testng.annotations.BeforeClass;
import org.testng.annotations.DataProvider;
import org.testng.annotations.Test;

/** Shards that are merged are the run that one machine does. */
public class ShardAndMergeTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int SHARDS = 3;

  private Path folder;
  private Path whole;

  @BeforeClass
  public void run() throws Exception {
    folder = Files.createTempDirectory("daxcheck-shards");
    whole = folder.resolve("whole");
    assertThat(run(whole).code()).isZero();
    for (int i = 1; i <= SHARDS; i++) {
      Finished.Said said = run(shard(i), "--shard", i + "/" + SHARDS);
      assertThat(said.code()).isZero();
    }
  }

  @AfterClass(alwaysRun = true)
  public void clean() throws Exception {
    Finished.delete(folder);
  }

  private static Finished.Said run(Path out, String... more) {
    List<String> words =
        List.of("--target", "model", "--suite", "quick", "--seed", "7", "--out", out.toString());
    return Finished.say(
        new RunCommand(),
        java.util.stream.Stream.concat(words.stream(), java.util.stream.Stream.of(more)).toArray());
  }

  private Path shard(int number) {
    return folder.resolve("shard" + number);
  }

  @Test
  public void theirResultIsThatOfOneRun() throws Exception {
    Path merged = folder.resolve("merged");
    // In any order.
    Finished.Said said =
        Finished.say(new MergeCommand(), shard(3), shard(1), shard(2), "--out", merged);
    assertThat(said.code()).isZero();
    JsonNode is = bare(merged);
    JsonNode was = bare(whole);
    was.fieldNames().forEachRemaining(f -> assertThat(is.path(f)).as(f).isEqualTo(was.path(f)));
    assertThat(is).hasSameSizeAs(was);
    assertThat(said.out()).contains("PASS: no divergence.");
    for (String file : List.of("results.ktap", "results.kselftest.ktap", "lava.txt")) {
      assertThat(untimed(merged.resolve(file))).as(file).isEqualTo(untimed(whole.resolve(file)));
    }
  }

  /** Without what tells of the time that passed. */
  private static JsonNode bare(Path run) throws Exception {
    ObjectNode root = (ObjectNode) JSON.readTree(run.resolve("run.json").toFile());
    root.remove(List.of("started", "timesMs"));
    root.path("cases").forEach(c -> ((ObjectNode) c).remove("ms"));
    return root;
  }

  private static String untimed(Path file) throws Exception {
    return Files.readString(file).replaceAll("\\d+(\\.\\d+)? ?(ms|s)\\b", "TIME");
  }

  @DataProvider
  public Object[][] wrong() {
    return new Object[][] {
      {List.of(1, 2), "shard 3/3 is missing"},
      {List.of(1, 1, 3), "are both shard 1/3"},
      {List.of(1, 0, 3), "is a whole run, no shard"},
      {List.of(1, 4, 3), "are of different runs: the seed is '7' and '8'"},
    };
  }

  @Test(dataProvider = "wrong")
  public void whatIsNoWholeIsRefused(List<Integer> numbers, String sentence) throws Exception {
    Path other = folder.resolve("other");
    if (!Files.exists(other)) {
      assertThat(
              Finished.say(
                      new RunCommand(),
                      "--target",
                      "model",
                      "--suite",
                      "quick",
                      "--seed",
                      "8",
                      "--out",
                      other,
                      "--shard",
                      "2/3")
                  .code())
          .isZero();
    }
    Object[] runs = numbers.stream().map(n -> n == 0 ? whole : n == 4 ? other : shard(n)).toArray();
    Finished.Said said = Finished.say(new MergeCommand(), runs);
    assertThat(said.code()).isEqualTo(2);
    assertThat(said.err()).contains(sentence).doesNotContain("Exception");
  }

  @Test
  public void aShardIsNoGateAndSaysWhoJudgesIt() throws Exception {
    Selection gate = Selection.suite("gate", Home.catalogue());
    Selection part = gate.only(org.daxcheck.suite.Shard.of("1/3"));
    assertThat(gate.gate()).isTrue();
    assertThat(part.gate()).isFalse();
    assertThat(part.restricted()).contains("merge");
    assertThat(gate.only(java.util.Optional.empty())).isEqualTo(gate);
  }

  @Test
  public void aShardWithoutASeedOrOfNothingIsRefused() {
    assertThat(Finished.say(new RunCommand(), "--shard", "1/3").err()).contains("needs --seed");
    assertThat(Finished.say(new RunCommand(), "--shard", "4/3", "--seed", "1").err())
        .contains("'4/3' is no part");
  }
}
