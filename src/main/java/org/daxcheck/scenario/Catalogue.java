package org.daxcheck.scenario;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
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
   */
  public record Rule(
      RuleId id,
      String sentence,
      List<Citation> citations,
      Set<Dialect> dialects,
      Grade grade,
      String note) {
    public Rule {
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

  /** Reads a catalogue from its text; {@code file} is for messages. */
  static Catalogue read(String file, String text) throws ScenarioException {
    try (JsonParser yaml = new YAMLFactory().createParser(text)) {
      return new Catalogue(new Reader(file, yaml).rules());
    } catch (JsonProcessingException e) {
      JsonLocation at = e.getLocation() == null ? JsonLocation.NA : e.getLocation();
      String problem = e.getOriginalMessage().lines().findFirst().orElse("");
      throw new ScenarioException(
          file,
          Math.max(1, at.getLineNr()),
          Math.max(1, at.getColumnNr()),
          "found no YAML: " + problem,
          e);
    } catch (IOException e) {
      throw new ScenarioException(file, "cannot be read: " + e.getMessage(), e);
    }
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

  /** Reads token by token, since only tokens know their place in the file. */
  private static final class Reader {
    private static final List<String> NEEDED = List.of("id", "rule", "cite", "dialects", "grade");
    private static final List<String> FIELDS =
        Stream.concat(NEEDED.stream(), Stream.of("note")).toList();
    private static final List<String> CITATION = List.of("document", "clause");
    private static final List<String> GRADES = List.of("required", "allowed", "interesting");

    private final String file;
    private final JsonParser yaml;

    Reader(String file, JsonParser yaml) {
      this.file = file;
      this.yaml = yaml;
    }

    Map<RuleId, Rule> rules() throws IOException, ScenarioException {
      Map<RuleId, Rule> rules = new LinkedHashMap<>();
      if (yaml.nextToken() == null) {
        throw new ScenarioException(file, 1, 1, "found no rules, expected '- id:'");
      }
      expect(JsonToken.START_ARRAY, "a list of rules, '- id: ...'");
      while (yaml.nextToken() != JsonToken.END_ARRAY) {
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
      JsonLocation begin = expect(JsonToken.START_OBJECT, "a rule, 'id: ...'");
      Set<String> fields = new HashSet<>();
      while (yaml.nextToken() != JsonToken.END_OBJECT) {
        switch (field(FIELDS, fields)) {
          case "id" -> id = id(known);
          case "rule" -> sentence = text("a sentence");
          case "cite" -> {
            expect(JsonToken.START_ARRAY, "a list of citations, '- document: ...'");
            while (yaml.nextToken() != JsonToken.END_ARRAY) {
              citations.add(citation());
            }
          }
          case "dialects" -> {
            expect(JsonToken.START_ARRAY, "a list of dialects, such as [v4, \"7.3\"]");
            while (yaml.nextToken() != JsonToken.END_ARRAY) {
              List<String> all = Arrays.stream(Dialect.values()).map(Dialect::text).toList();
              dialects.add(Dialect.of(oneOf(all)).orElseThrow());
            }
          }
          case "note" -> note = text("a sentence");
          default -> grade = Grade.valueOf(oneOf(GRADES).toUpperCase(Locale.ROOT));
        }
      }
      complete(begin, "rule", NEEDED, fields);
      if (citations.isEmpty() || dialects.isEmpty()) {
        String empty = citations.isEmpty() ? "cite" : "dialects";
        throw error(begin, "found an empty '" + empty + "' in " + id + ", expected at least one");
      }
      return new Rule(id, sentence, citations, dialects, grade, note);
    }

    private RuleId id(Set<RuleId> known) throws IOException, ScenarioException {
      String text = text("the id of a rule, such as REFUSE-1");
      RuleId id =
          RuleId.parse(text)
              .orElseThrow(
                  () ->
                      error(
                          here(),
                          "found '" + text + "', expected the id of a rule, such as REFUSE-1"));
      if (known.contains(id)) {
        throw error(here(), "found the rule " + id + " a second time; ids are unique");
      }
      return id;
    }

    private Citation citation() throws IOException, ScenarioException {
      String document = "";
      String clause = "";
      JsonLocation begin = expect(JsonToken.START_OBJECT, "a citation, 'document: ...'");
      Set<String> fields = new HashSet<>();
      while (yaml.nextToken() != JsonToken.END_OBJECT) {
        if (field(CITATION, fields).equals("document")) {
          document = text("the name of a document");
        } else {
          clause = text("quoted words or a clause");
        }
      }
      complete(begin, "citation", CITATION, fields);
      return new Citation(document, clause);
    }

    /** Takes a field's name and moves to its value. */
    private String field(List<String> known, Set<String> seen)
        throws IOException, ScenarioException {
      String name = yaml.currentName();
      if (!known.contains(name)) {
        throw error(
            here(), "found '" + name + "', expected " + Lexer.or(known) + Hint.of(name, known));
      }
      if (!seen.add(name)) {
        throw error(here(), "found '" + name + "' twice; keep one");
      }
      yaml.nextToken();
      return name;
    }

    private void complete(JsonLocation begin, String what, List<String> fields, Set<String> seen)
        throws ScenarioException {
      for (String field : fields) {
        if (!seen.contains(field)) {
          throw error(begin, "found a " + what + " without '" + field + "'; add it");
        }
      }
    }

    private String oneOf(List<String> known) throws IOException, ScenarioException {
      String text = text(Lexer.or(known));
      if (!known.contains(text)) {
        throw error(
            here(), "found '" + text + "', expected " + Lexer.or(known) + Hint.of(text, known));
      }
      return text;
    }

    private String text(String expected) throws IOException, ScenarioException {
      boolean scalar = yaml.currentToken().isScalarValue();
      String text = scalar ? yaml.getText().strip() : "";
      if (text.isEmpty() || yaml.currentToken() == JsonToken.VALUE_NULL) {
        throw error(here(), "found " + shown(yaml.currentToken()) + ", expected " + expected);
      }
      return text;
    }

    private JsonLocation expect(JsonToken token, String expected) throws ScenarioException {
      if (yaml.currentToken() != token) {
        throw error(here(), "found " + shown(yaml.currentToken()) + ", expected " + expected);
      }
      return here();
    }

    private static String shown(JsonToken token) {
      return switch (token) {
        case START_OBJECT -> "fields";
        case START_ARRAY -> "a list";
        case VALUE_NULL -> "nothing";
        default -> "a text";
      };
    }

    private JsonLocation here() {
      return yaml.currentTokenLocation();
    }

    private ScenarioException error(JsonLocation at, String message) {
      return new ScenarioException(file, at.getLineNr(), at.getColumnNr(), message);
    }
  }
}
