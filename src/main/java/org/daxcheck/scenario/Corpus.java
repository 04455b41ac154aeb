package org.daxcheck.scenario;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.daxcheck.abi.Dialect;
import org.daxcheck.abi.RuleId;

/** Faults that real versions of the driver had, as suites/corpus.yaml lists them. */
public record Corpus(List<Fault> faults) {
  private static final Pattern ID = Pattern.compile("FAULT-[1-9][0-9]?");
  private static final List<String> NEEDED = List.of("id", "fault", "in", "rules");
  private static final List<String> FIELDS =
      List.of("id", "fault", "in", "rules", "scenarios", "not_from_outside", "drivers", "note");

  public Corpus {
    faults = List.copyOf(faults);
  }

  /**
   * A fault.
   *
   * @param id such as {@code FAULT-4}
   * @param fault what went wrong, a sentence
   * @param dialects those that had it; empty where it was in a version between them
   * @param rules what it breaks
   * @param scenarios names of those that would show it; empty where none can
   * @param notFromOutside why no scenario can show it; empty where one does
   * @param drivers files of qemu/faults that bring it back
   * @param note what to know beside it; empty where nothing
   */
  public record Fault(
      String id,
      String fault,
      Set<Dialect> dialects,
      List<RuleId> rules,
      List<String> scenarios,
      String notFromOutside,
      List<String> drivers,
      String note) {
    public Fault {
      dialects = Set.copyOf(dialects);
      rules = List.copyOf(rules);
      scenarios = List.copyOf(scenarios);
      drivers = List.copyOf(drivers);
    }
  }

  /** Reads a corpus. */
  public static Corpus load(Path file) throws ScenarioException {
    return read(file.toString(), Scenarios.text(file));
  }

  /** Reads a corpus from its text; {@code file} is for messages. */
  static Corpus read(String file, String text) throws ScenarioException {
    return new Corpus(YamlReader.read(file, text, Corpus::faults));
  }

  /** The fault of that id. */
  public Optional<Fault> fault(String id) {
    return faults.stream().filter(f -> f.id().equals(id)).findFirst();
  }

  /** The faults that break the rule. */
  public List<Fault> about(RuleId rule) {
    return faults.stream().filter(f -> f.rules().contains(rule)).toList();
  }

  private static List<Fault> faults(YamlReader in) throws IOException, ScenarioException {
    List<Fault> faults = new ArrayList<>();
    Set<String> ids = new HashSet<>();
    in.begin("faults", "- id:");
    in.list("a list of faults, '- id: ...'");
    while (in.more()) {
      faults.add(fault(in, ids));
    }
    return faults;
  }

  private static Fault fault(YamlReader in, Set<String> ids) throws IOException, ScenarioException {
    String id = "";
    String fault = "";
    Set<Dialect> dialects = EnumSet.noneOf(Dialect.class);
    List<RuleId> rules = new ArrayList<>();
    List<String> scenarios = new ArrayList<>();
    String notFromOutside = "";
    List<String> drivers = new ArrayList<>();
    String note = "";
    JsonLocation begin = in.expect(JsonToken.START_OBJECT, "a fault, 'id: ...'");
    Set<String> fields = new HashSet<>();
    while (in.moreFields()) {
      switch (in.field(FIELDS, fields)) {
        case "id" -> id = in.id(ID, "the id of a fault, such as FAULT-4", ids);
        case "fault" -> fault = in.text("a sentence");
        case "in" -> dialects.addAll(in.dialects());
        case "rules" -> rules.addAll(in.rules());
        case "scenarios" -> scenarios.addAll(in.texts("names of scenarios"));
        case "not_from_outside" -> notFromOutside = in.text("the reason, a sentence");
        case "drivers" -> drivers.addAll(in.texts("files of qemu/faults"));
        default -> note = in.text("a sentence");
      }
    }
    in.complete(begin, "fault", NEEDED, fields);
    if (scenarios.isEmpty() == notFromOutside.isEmpty()) {
      throw in.error(
          begin,
          "found "
              + (scenarios.isEmpty() ? "neither of" : "both")
              + " 'scenarios' and 'not_from_outside' in "
              + id
              + ", expected one of them");
    }
    return new Fault(id, fault, dialects, rules, scenarios, notFromOutside, drivers, note);
  }
}
