package org.daxcheck.html;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.Locale;

/**
 * The only ways by which a text comes into the page. What a kernel or a scenario says is data: it
 * may hold markup, control characters and half characters, and none of them may act.
 */
final class Escape {
  private static final JsonMapper JSON =
      JsonMapper.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();

  private Escape() {}

  /**
   * The text with what a reader cannot see or what would reorder the line shown as {@code \xHH} or
   * {@code \}{@code uHHHH}; line breaks and tabs stay.
   */
  static String visible(String text) {
    StringBuilder out = new StringBuilder(text.length());
    text.codePoints()
        .forEach(
            c -> {
              if (c == '\n' || c == '\t' || !hidden(c)) {
                out.appendCodePoint(c);
              } else {
                out.append(String.format(Locale.ROOT, c < 0x100 ? "\\x%02x" : "\\u%04x", c));
              }
            });
    return out.toString();
  }

  private static boolean hidden(int c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.UNASSIGNED ->
          true;
      default -> false;
    };
  }

  /** The text as content of an element or value of a quoted attribute. */
  static String html(String text) {
    StringBuilder out = new StringBuilder(text.length() + 16);
    visible(text)
        .codePoints()
        .forEach(
            c -> {
              switch (c) {
                case '&' -> out.append("&amp;");
                case '<' -> out.append("&lt;");
                case '>' -> out.append("&gt;");
                case '"' -> out.append("&quot;");
                case '\'' -> out.append("&#39;");
                case '`' -> out.append("&#96;");
                default -> out.appendCodePoint(c);
              }
            });
    return out.toString();
  }

  /**
   * The tree as JSON inside a script element: pure ASCII, and without any character that could end
   * the element or begin a comment in it.
   */
  static String json(JsonNode tree) {
    try {
      // Outside of strings JSON has none of these, so that all of them stand in strings.
      return JSON.writeValueAsString(tree)
          .replace("<", "\\u003c")
          .replace(">", "\\u003e")
          .replace("&", "\\u0026");
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a tree in memory cannot be written as JSON", e);
    }
  }
}
