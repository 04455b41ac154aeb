package org.daxcheck.scenario;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.daxcheck.abi.Dialect;
import org.daxcheck.abi.Grade;
import org.daxcheck.abi.RuleId;

/** The rules of the ABI as suites/rules.yaml lists them. */
public final class Catalogue {
  private final Map<RuleId, Rule> rules;

  private Catalogue(Map<RuleId, Rule> rules) {
    this.rules = Collections.unmodifiableMap(rules);
  }

  /**
   * A rule of the ABI.
   *
   * @param citations where it comes from, at least one place
   * @param dialects the dialects that it binds
   * @param grade how its outcome is judged: required, allowed or interesting
   * @param note what to know beside it, such as that it was inferred from code; empty where nothing
   * @param unjudged dialects that it binds and that no kernel can be had for to judge it on, each
   *     with the reason
   */
  public record Rule(
      RuleId id,
      String sentence,
      List<Citation> citations,
      Set<Dialect> dialects,
      Grade grade,
      String note,
      Map<Dialect, String> unjudged) {
    public Rule {
      unjudged = Map.copyOf(unjudged);
      citations = List.copyOf(citations);
      dialects = Collections.unmodifiableSet(EnumSet.copyOf(dialects));
    }
  }

  /** A place in a document: its words in quotes, or a clause. */
  public record Citation(String document, String clause) {
    @Override
    public String toString() {
      return document + ", " + clause;
    }
  }

  /** Reads a catalogue. */
  public static Catalogue load(Path file) throws ScenarioException {
    return read(file.toString(), Scenarios.text(file));
  }

  /**
   * The catalogue that this daxcheck was built with. It is the one place that says which rule binds
   * which dialect.
   */
  public static Catalogue bundled() {
    return Bundled.CATALOGUE;
  }

  private static final class Bundled {
    static final Catalogue CATALOGUE = read();

    private static Catalogue read() {
      try (InputStream in = Catalogue.class.getResourceAsStream("rules.yaml")) {
        String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
        return Catalogue.read("suites/rules.yaml", text);
      } catch (IOException | ScenarioException e) {
        throw new IllegalStateException("the rules that daxcheck was built with: " + e, e);
      }
    }
  }

  /** Whether the rule binds the dialect; false for a rule that the catalogue has not. */
  public boolean binds(RuleId rule, Dialect dialect) {
    return rule(rule).filter(r -> r.dialects().contains(dialect)).isPresent();
  }

  /** Reads a catalogue from its text; {@code file} is for messages. */
  static Catalogue read(String file, String text) throws ScenarioException {
    return new Catalogue(YamlReader.read(file, text, in -> new Reader(in).rules()));
  }

  /** The rule of that id, where the catalogue has it. */
  public Optional<Rule> rule(RuleId id) {
    return Optional.ofNullable(rules.get(id));
  }

  /** All rules in the order of the file. */
  public List<Rule> rules() {
    return List.copyOf(rules.values());
  }

  /** The groups of the rules, such as {@code ATTR}, in the order of the file. */
  public List<String> groups() {
    return rules.keySet().stream().map(RuleId::group).distinct().toList();
  }

  /** The end of a sentence about an unknown rule: the nearest ids, else the groups. */
  public String hint(RuleId unknown) {
    String near =
        Hint.ofSeveral(unknown.toString(), rules.keySet().stream().map(RuleId::toString).toList());
    return near.isEmpty() ? "; its groups are " + String.join(", ", groups()) : near;
  }

  private static final class Reader {
    private static final List<String> NEEDED = List.of("id", "rule", "cite", "dialects", "grade");
    private static final List<String> FIELDS =
        Stream.concat(NEEDED.stream(), Stream.of("note", "unjudged")).toList();
    private static final List<String> CITATION = List.of("document", "clause");
    private static final List<String> GRADES = List.of("required", "allowed", "interesting");

    private final YamlReader in;

    Reader(YamlReader in) {
      this.in = in;
    }

    Map<RuleId, Rule> rules() throws IOException, ScenarioException {
      Map<RuleId, Rule> rules = new LinkedHashMap<>();
      in.begin("rules", "- id:");
      in.list("a list of rules, '- id: ...'");
      while (in.more()) {
        Rule rule = rule(rules.keySet());
        rules.put(rule.id(), rule);
      }
      return rules;
    }

    private Rule rule(Set<RuleId> known) throws IOException, ScenarioException {
      RuleId id = null;
      String sentence = "";
      List<Citation> citations = new ArrayList<>();
      Set<Dialect> dialects = EnumSet.noneOf(Dialect.class);
      Grade grade = null;
      String note = "";
      Map<Dialect, String> unjudged = new EnumMap<>(Dialect.class);
      JsonLocation begin = in.expect(JsonToken.START_OBJECT, "a rule, 'id: ...'");
      Set<String> fields = new HashSet<>();
      while (in.moreFields()) {
        switch (in.field(FIELDS, fields)) {
          case "id" -> {
            id = in.rule();
            if (known.contains(id)) {
              throw in.error(in.here(), "found the rule " + id + " a second time; ids are unique");
            }
          }
          case "rule" -> sentence = in.text("a sentence");
          case "cite" -> {
            in.list("a list of citations, '- document: ...'");
            while (in.more()) {
              citations.add(citation());
            }
          }
          case "dialects" -> dialects.addAll(in.dialects());
          case "note" -> note = in.text("a sentence");
          case "unjudged" -> {
            in.expect(JsonToken.START_OBJECT, "dialects with reasons, such as '{v3: why}'");
            Set<String> named = new HashSet<>();
            while (in.moreFields()) {
              String dialect = in.field(YamlReader.dialectNames(), named);
              unjudged.put(YamlReader.dialect(dialect), in.text("the reason, a sentence"));
            }
          }
          default -> grade = Grade.valueOf(in.oneOf(GRADES).toUpperCase(Locale.ROOT));
        }
      }
      in.complete(begin, "rule", NEEDED, fields);
      if (citations.isEmpty() || dialects.isEmpty()) {
        String empty = citations.isEmpty() ? "cite" : "dialects";
        throw in.error(
            begin, "found an empty '" + empty + "' in " + id + ", expected at least one");
      }
      for (Dialect dialect : unjudged.keySet()) {
        if (!dialects.contains(dialect)) {
          throw in.error(
              begin, "found 'unjudged' of " + dialect + " in " + id + ", which does not bind it");
        }
      }
      return new Rule(id, sentence, citations, dialects, grade, note, unjudged);
    }

    private Citation citation() throws IOException, ScenarioException {
      String document = "";
      String clause = "";
      JsonLocation begin = in.expect(JsonToken.START_OBJECT, "a citation, 'document: ...'");
      Set<String> fields = new HashSet<>();
      while (in.moreFields()) {
        if (in.field(CITATION, fields).equals("document")) {
          document = in.text("the name of a document");
        } else {
          clause = in.text("quoted words or a clause");
        }
      }
      in.complete(begin, "citation", CITATION, fields);
      return new Citation(document, clause);
    }
  }
}
