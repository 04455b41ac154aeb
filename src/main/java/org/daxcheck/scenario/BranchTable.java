package org.daxcheck.scenario;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/** Branches of the driver and the scenarios that take them, as reports/branches.yaml lists them. */
public record BranchTable(List<Branch> branches) {
  private static final Pattern NAME =
      Pattern.compile("(if|loop|choice|build|case|label) [0-9a-f]{8}( ([2-9]|[1-9][0-9]+))?");
  private static final List<String> FIELDS = List.of("function", "branch", "asks", "ways");
  private static final List<String> WAYS = List.of("yes", "no", "round", "end", "none", "reached");
  private static final List<String> WAY = List.of("scenarios", "why_not");

  public BranchTable {
    branches = List.copyOf(branches);
  }

  /**
   * A branch.
   *
   * @param function it stands in
   * @param name its kind and the hash of its condition, such as {@code if 1234abcd}; behind them
   *     which one, where the function has several of it
   * @param asks what it asks, in our words
   * @param ways what may come of it
   */
  public record Branch(String function, String name, String asks, Map<String, Way> ways) {
    public Branch {
      ways = Collections.unmodifiableMap(new LinkedHashMap<>(ways));
    }
  }

  /**
   * A way out of a branch.
   *
   * @param scenarios names of those that take it; empty where none does
   * @param whyNot why none does; empty where one does
   */
  public record Way(List<String> scenarios, String whyNot) {
    public Way {
      scenarios = List.copyOf(scenarios);
    }
  }

  /** Reads a table. */
  public static BranchTable load(Path file) throws ScenarioException {
    return read(file.toString(), Scenarios.text(file));
  }

  /** Reads a table from its text; {@code file} is for messages. */
  public static BranchTable read(String file, String text) throws ScenarioException {
    return new BranchTable(YamlReader.read(file, text, BranchTable::branches));
  }

  private static List<Branch> branches(YamlReader in) throws IOException, ScenarioException {
    List<Branch> branches = new ArrayList<>();
    Set<String> known = new HashSet<>();
    in.begin("branches", "- function:");
    in.list("a list of branches, '- function: ...'");
    while (in.more()) {
      JsonLocation begin = in.expect(JsonToken.START_OBJECT, "a branch, 'function: ...'");
      Branch branch = branch(in, begin);
      if (!known.add(branch.function() + " " + branch.name())) {
        throw in.error(
            begin, "found '" + branch.name() + "' of " + branch.function() + " a second time");
      }
      branches.add(branch);
    }
    return branches;
  }

  private static Branch branch(YamlReader in, JsonLocation begin)
      throws IOException, ScenarioException {
    String function = "";
    String name = "";
    String asks = "";
    Map<String, Way> ways = new LinkedHashMap<>();
    Set<String> fields = new HashSet<>();
    while (in.moreFields()) {
      switch (in.field(FIELDS, fields)) {
        case "function" -> function = in.text("the name of a function");
        case "branch" -> name = in.id(NAME, "a branch, such as 'if 1234abcd'", new HashSet<>());
        case "asks" -> asks = in.text("what it asks");
        default -> {
          in.expect(JsonToken.START_OBJECT, "ways, such as 'yes: ...'");
          Set<String> named = new HashSet<>();
          while (in.moreFields()) {
            ways.put(in.field(WAYS, named), way(in));
          }
        }
      }
    }
    in.complete(begin, "branch", FIELDS, fields);
    return new Branch(function, name, asks, ways);
  }

  private static Way way(YamlReader in) throws IOException, ScenarioException {
    List<String> scenarios = new ArrayList<>();
    String whyNot = "";
    JsonLocation begin = in.expect(JsonToken.START_OBJECT, "'scenarios: [...]' or 'why_not: ...'");
    Set<String> fields = new HashSet<>();
    while (in.moreFields()) {
      if (in.field(WAY, fields).equals("scenarios")) {
        scenarios.addAll(in.texts("names of scenarios"));
      } else {
        whyNot = in.text("the reason, a sentence");
      }
    }
    if (scenarios.isEmpty() == whyNot.isEmpty()) {
      throw in.error(
          begin,
          "found "
              + (scenarios.isEmpty() ? "neither of" : "both")
              + " 'scenarios' and 'why_not', expected one of them");
    }
    return new Way(scenarios, whyNot);
  }
}
