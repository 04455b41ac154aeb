package org.daxcheck.scenario;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.daxcheck.abi.Dialect;
import org.daxcheck.abi.RuleId;
import org.daxcheck.io.IoReason;

/** Reads a YAML file token by token, since only tokens know their place in the file. */
final class YamlReader {
  private final String file;
  private final JsonParser yaml;

  private YamlReader(String file, JsonParser yaml) {
    this.file = file;
    this.yaml = yaml;
  }

  /** Turns the tokens of a file into something. */
  interface Body<T> {
    T read(YamlReader in) throws IOException, ScenarioException;
  }

  /** Reads a file's text; {@code file} is for messages. */
  static <T> T read(String file, String text, Body<T> body) throws ScenarioException {
    try (JsonParser yaml = new YAMLFactory().createParser(text)) {
      return body.read(new YamlReader(file, yaml));
    } catch (ScenarioException e) {
      throw e.in(text.lines().toList());
    } catch (JsonProcessingException e) {
      JsonLocation at = e.getLocation() == null ? JsonLocation.NA : e.getLocation();
      String problem = e.getOriginalMessage().lines().findFirst().orElse("");
      throw new ScenarioException(
              file,
              Math.max(1, at.getLineNr()),
              Math.max(1, at.getColumnNr()),
              "found no YAML: " + problem,
              e)
          .in(text.lines().toList());
    } catch (IOException e) {
      throw new ScenarioException(file, "cannot be read: " + IoReason.of(e), e);
    }
  }

  /** Goes to the list that is the whole file. */
  void begin(String what, String begin) throws IOException, ScenarioException {
    if (yaml.nextToken() == null) {
      throw new ScenarioException(file, 1, 1, "found no " + what + ", expected '" + begin + "'");
    }
  }

  /** Takes the start of a list, here. */
  void list(String expected) throws IOException, ScenarioException {
    expect(JsonToken.START_ARRAY, expected);
  }

  /** Moves on in a list; false at its end. */
  boolean more() throws IOException {
    return yaml.nextToken() != JsonToken.END_ARRAY;
  }

  /** Moves on in fields; false at their end. */
  boolean moreFields() throws IOException {
    return yaml.nextToken() != JsonToken.END_OBJECT;
  }

  /** A list of texts. */
  List<String> texts(String expected) throws IOException, ScenarioException {
    List<String> texts = new ArrayList<>();
    list(expected);
    while (more()) {
      texts.add(text(expected));
    }
    return texts;
  }

  /** A list of dialects. */
  Set<Dialect> dialects() throws IOException, ScenarioException {
    Set<Dialect> dialects = EnumSet.noneOf(Dialect.class);
    list("a list of dialects, such as [v4, \"7.3\"]");
    while (more()) {
      dialects.add(dialect(oneOf(dialectNames())));
    }
    return dialects;
  }

  static List<String> dialectNames() {
    return Arrays.stream(Dialect.values()).map(Dialect::text).toList();
  }

  static Dialect dialect(String text) {
    return Dialect.of(text).orElseThrow();
  }

  /** The id of a rule. */
  RuleId rule() throws IOException, ScenarioException {
    String text = text("the id of a rule, such as REFUSE-1");
    return RuleId.parse(text)
        .orElseThrow(
            () ->
                error(here(), "found '" + text + "', expected the id of a rule, such as REFUSE-1"));
  }

  /** An id of this form that was not there before; it is added. */
  String id(Pattern form, String expected, Set<String> known)
      throws IOException, ScenarioException {
    String text = text(expected);
    if (!form.matcher(text).matches()) {
      throw error(here(), "found '" + text + "', expected " + expected);
    }
    if (!known.add(text)) {
      throw error(here(), "found " + text + " a second time; ids are unique");
    }
    return text;
  }

  /** A list of ids of rules. */
  List<RuleId> rules() throws IOException, ScenarioException {
    List<RuleId> rules = new ArrayList<>();
    list("a list of rules, such as [ATTR-1]");
    while (more()) {
      rules.add(rule());
    }
    return rules;
  }

  /** Takes a field's name and moves to its value. */
  String field(List<String> known, Set<String> seen) throws IOException, ScenarioException {
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

  void complete(JsonLocation begin, String what, List<String> fields, Set<String> seen)
      throws ScenarioException {
    for (String field : fields) {
      if (!seen.contains(field)) {
        throw error(begin, "found a " + what + " without '" + field + "'; add it");
      }
    }
  }

  String oneOf(List<String> known) throws IOException, ScenarioException {
    String text = text(Lexer.or(known));
    if (!known.contains(text)) {
      throw error(
          here(), "found '" + text + "', expected " + Lexer.or(known) + Hint.of(text, known));
    }
    return text;
  }

  String text(String expected) throws IOException, ScenarioException {
    boolean scalar = yaml.currentToken().isScalarValue();
    String text = scalar ? yaml.getText().strip() : "";
    if (text.isEmpty() || yaml.currentToken() == JsonToken.VALUE_NULL) {
      throw error(here(), "found " + shown(yaml.currentToken()) + ", expected " + expected);
    }
    return text;
  }

  JsonLocation expect(JsonToken token, String expected) throws ScenarioException {
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

  JsonLocation here() {
    return yaml.currentTokenLocation();
  }

  ScenarioException error(JsonLocation at, String message) {
    return new ScenarioException(file, at.getLineNr(), at.getColumnNr(), message);
  }
}
