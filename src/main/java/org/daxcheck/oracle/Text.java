package org.daxcheck.oracle;

import java.util.ArrayList;
import java.util.List;

/** How values are spelled in verdicts. */
final class Text {
  private Text() {}

  /** One word for a list of equal ones, else every one with its index. */
  static String list(List<String> values) {
    if (values.isEmpty()) {
      return "none";
    }
    if (values.stream().distinct().count() == 1) {
      return values.size() == 1 ? values.get(0) : "all " + values.get(0);
    }
    List<String> parts = new ArrayList<>();
    for (int i = 0; i < values.size(); i++) {
      parts.add(i + ": " + values.get(i));
    }
    return String.join(", ", parts);
  }

  /** The text in quotes, with escapes. */
  static String quoted(String text) {
    return '"' + text.replace("\\", "\\\\").replace("\n", "\\n").replace("\"", "\\\"") + '"';
  }
}
