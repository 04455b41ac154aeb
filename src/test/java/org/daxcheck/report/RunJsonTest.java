package org.daxcheck.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import org.daxcheck.abi.TargetKind;
import org.daxcheck.oracle.Cause;
import org.daxcheck.suite.Run;
import org.testng.annotations.DataProvider;
import org.testng.annotations.Test;

/** run.json is what its schema says, and the schema refuses what it is not. */
public class RunJsonTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  static JsonSchema schema() throws IOException {
    Path file = Path.of(System.getProperty("daxcheck.home", "."), "reports", "run.schema.json");
    return JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012)
        .getSchema(Files.readString(file));
  }

  private static JsonNode json(Run run) throws IOException {
    return JSON.readTree(RunJson.of(run, Runs.RULES, Runs.TRACES));
  }

  @DataProvider
  public Object[][] runs() {
    return new Object[][] {
      {Runs.mixed().run()}, {Runs.mixed().run(false)}, {new Runs().run()},
    };
  }

  @Test(dataProvider = "runs")
  public void fitsItsSchema(Run run) throws IOException {
    assertThat(schema().validate(json(run))).isEmpty();
  }

  @DataProvider
  public Object[][] damages() {
    return new Object[][] {
      {(Consumer<ObjectNode>) n -> n.remove("seed")},
      {(Consumer<ObjectNode>) n -> n.put("more", 1)},
      {(Consumer<ObjectNode>) n -> n.put("exitCode", 5)},
      {(Consumer<ObjectNode>) n -> n.put("daxcheckRun", 2)},
      {(Consumer<ObjectNode>) n -> ((ObjectNode) n.at("/cases/4")).put("status", "pass")},
      {(Consumer<ObjectNode>) n -> ((ObjectNode) n.at("/cases/4")).put("trace", "/abs")},
      {(Consumer<ObjectNode>) n -> ((ObjectNode) n.at("/cases/6")).put("reason", "")},
      {(Consumer<ObjectNode>) n -> ((ObjectNode) n.at("/cases/4/divergences/0")).put("rule", "x")},
      {(Consumer<ObjectNode>) n -> ((ObjectNode) n.at("/cases/4/divergences/0")).remove("seen")},
      {(Consumer<ObjectNode>) n -> ((ObjectNode) n.at("/timesMs")).put("boot", -1)},
    };
  }

  @Test(dataProvider = "damages")
  public void theSchemaRefusesDamage(Consumer<ObjectNode> damage) throws IOException {
    ObjectNode node = (ObjectNode) json(Runs.mixed().run());
    damage.accept(node);

    assertThat(schema().validate(node)).isNotEmpty();
  }

  /** What was not kept then counts as nothing that is known, so that no gate passes by it. */
  @Test
  public void aRunOfBeforeCausesAndKindsWereKeptCanBeRead() throws IOException {
    Run run =
        new Runs()
            .target("model")
            .target("qemu")
            .target("machine")
            .pass("qemu", "a", "ATTR-1")
            .diverge("qemu", "b", "REFUSE-1", "EINVAL")
            .skip("qemu", "c", "ATOMIC-2", Cause.FROZEN_POLICY, "dialect v4 keeps the policy")
            .error("qemu", "d", "UNBIND-3", "guest gone")
            .run();
    ObjectNode node = (ObjectNode) json(run);
    for (JsonNode c : node.path("cases")) {
      ((ObjectNode) c).remove("cause");
    }
    for (JsonNode t : node.path("targets")) {
      ((ObjectNode) t).remove(List.of("kind", "driver", "machine", "topologies"));
      ((ObjectNode) t).put("details", "QEMU 10.0, tcg, driver bad.ko, cxl");
    }
    assertThat(schema().validate(node)).isEmpty();
    Path file = Files.createTempFile("run", ".json");
    try {
      Files.writeString(file, node.toString());
      FinishedRun read = FinishedRun.read(file);
      assertThat(read.targets().stream().map(Run.TargetInfo::kind))
          .containsExactly(TargetKind.MODEL, TargetKind.GUEST, TargetKind.MACHINE);
      assertThat(read.targets().stream().map(Run.TargetInfo::driver)).containsOnly("bad.ko");
      assertThat(read.targets().get(1).details()).isEqualTo("QEMU 10.0, tcg, cxl, driver bad.ko");
      assertThat(read.cases().stream().map(c -> c.verdict().cause()))
          .containsExactly(Cause.NONE, Cause.NONE, Cause.UNKNOWN, Cause.UNKNOWN);
      assertThat(Cause.UNKNOWN.isRuledOut()).isFalse();
    } finally {
      Files.delete(file);
    }
  }

  @Test
  public void saysWhatHappened() throws IOException {
    JsonNode run = json(Runs.mixed().run());

    assertThat(run.at("/exitCode").asInt()).isEqualTo(1);
    assertThat(run.at("/seed").asText()).isEqualTo(Long.toString(Long.MAX_VALUE));
    assertThat(run.at("/timesMs/rest").asDouble()).isEqualTo(2100);
    assertThat(run.at("/counts").toString())
        .isEqualTo("{\"pass\":4,\"divergence\":2,\"skipped\":1,\"error\":1}");
    JsonNode refuse = run.at("/rules/2");
    assertThat(refuse.at("/rule").asText()).isEqualTo("REFUSE-1");
    assertThat(refuse.at("/targets/model/pass").asInt()).isEqualTo(2);
    assertThat(refuse.at("/targets/qemu/divergence").asInt()).isEqualTo(2);
    assertThat(run.at("/cases/4/divergences/0/seen").asText()).startsWith("EINVAL\0");
    assertThat(run.at("/cases/4/trace").asText()).isEqualTo("traces/qemu/type-change.cxl.jsonl");
    assertThat(run.at("/cases/6").has("trace")).isFalse();
  }
}
