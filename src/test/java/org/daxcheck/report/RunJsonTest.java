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
import java.util.function.Consumer;
import org.daxcheck.suite.Run;
import org.testng.annotations.DataProvider;
import org.testng.annotations.Test;

/** run.json is what its schema says, and the schema refuses what it is not. */
public class RunJsonTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  static JsonSchema schema() throws IOException {
    Path file = Path.of(System.getProperty("daxcheck.home"), "reports", "run.schema.json");
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
