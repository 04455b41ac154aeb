package org.daxcheck.machine;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.daxcheck.abi.Dialect;
import org.daxcheck.abi.Policy;
import org.daxcheck.scenario.Parser;
import org.daxcheck.scenario.ScenarioException;
import org.daxcheck.scenario.StepText;
import org.daxcheck.step.Step;

/** A machine as a JSON file, a line for each transition. */
public final class MachineFile {
  /** The version of the format. */
  private static final int VERSION = 1;

  private static final JsonMapper JSON = JsonMapper.builder().build();

  private MachineFile() {}

  /** Writes the machine. */
  public static void write(Path file, Automaton machine) throws IOException {
    ObjectNode root = JSON.createObjectNode();
    root.put("daxcheckMachine", VERSION);
    root.put("who", machine.origin().who());
    root.put("dialect", machine.origin().dialect().text());
    root.put("topology", machine.origin().topology());
    ArrayNode blocks = root.putArray("blocksOfRanges");
    machine.origin().blocksOfRanges().forEach(blocks::add);
    root.put("bootPolicy", machine.origin().bootPolicy().text());
    root.put("alphabet", machine.origin().alphabet());
    root.put("states", machine.size());
    root.put("initialSight", machine.name(0));
    ArrayNode inputs = root.putArray("inputs");
    machine.inputs().forEach(i -> inputs.add(StepText.of(i)));
    StringBuilder text = new StringBuilder();
    String head = JSON.writerWithDefaultPrettyPrinter().writeValueAsString(root);
    text.append(head, 0, head.lastIndexOf('}')).append(",  \"transitions\" : [");
    String gap = "\n    ";
    for (Automaton.Transition t : machine.transitions()) {
      ObjectNode node = JSON.createObjectNode();
      node.put("from", t.from());
      node.put("input", StepText.of(t.input()));
      node.put("answer", t.output().answer());
      node.put("sight", t.output().sight());
      node.put("to", t.to());
      text.append(gap).append(JSON.writeValueAsString(node));
      gap = ",\n    ";
    }
    Files.writeString(file, text.append("\n  ]\n}\n").toString().replace("\n,  \"tr", ",\n  \"tr"));
  }

  /**
   * Reads a machine.
   *
   * @throws IOException where the file cannot be read or is no machine, in one sentence
   */
  public static Automaton read(Path file) throws IOException {
    JsonNode root = JSON.readTree(file.toFile());
    if (root == null || root.path("daxcheckMachine").asInt() != VERSION) {
      throw new IOException(file + " is no machine that './daxcheck learn' wrote");
    }
    List<Step> inputs = new ArrayList<>();
    List<Integer> blocks = new ArrayList<>();
    root.path("blocksOfRanges").forEach(n -> blocks.add(n.asInt()));
    try {
      for (JsonNode input : root.path("inputs")) {
        inputs.add(Parser.step(input.asText()));
      }
      int states = root.path("states").asInt();
      int[][] next = new int[states][inputs.size()];
      MealyOutput[][] outputs = new MealyOutput[states][inputs.size()];
      for (JsonNode t : root.path("transitions")) {
        int from = t.path("from").asInt();
        int input = inputs.indexOf(Parser.step(t.path("input").asText()));
        next[from][input] = t.path("to").asInt();
        outputs[from][input] = new MealyOutput(t.path("answer").asText(), t.path("sight").asText());
      }
      return new Automaton(
          new Automaton.Origin(
              root.path("who").asText(),
              Dialect.of(root.path("dialect").asText()).orElseThrow(),
              root.path("topology").asText(),
              blocks,
              Policy.of(root.path("bootPolicy").asText()).orElseThrow(),
              root.path("alphabet").asText()),
          inputs,
          root.path("initialSight").asText(),
          next,
          outputs);
    } catch (ScenarioException e) {
      throw new IOException(file + " is no whole machine: " + e.getMessage(), e);
    } catch (RuntimeException e) {
      throw new IOException(file + " is no whole machine: a member is missing or wrong", e);
    }
  }
}
