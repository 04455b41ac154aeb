package org.daxcheck.prompt;

import java.util.ArrayList;
import java.util.List;

/** Makes steps of what is typed: {@code ;} parts them, and lines of actors make one step. */
final class Lines {
  private final List<String> actors = new ArrayList<>();

  /** The parts of a line, those in quotes kept whole. */
  static List<String> parts(String line) {
    List<String> parts = new ArrayList<>();
    StringBuilder part = new StringBuilder();
    boolean quoted = false;
    for (int i = 0; i < line.length(); i++) {
      char c = line.charAt(i);
      if (quoted && c == '\\' && i + 1 < line.length()) {
        part.append(c).append(line.charAt(++i));
        continue;
      }
      quoted ^= c == '"';
      if (c == ';' && !quoted) {
        parts.add(part.toString().strip());
        part.setLength(0);
      } else {
        part.append(c);
      }
    }
    parts.add(part.toString().strip());
    return parts;
  }

  /** The steps and commands that are complete with this part, in their order. */
  List<String> complete(String part) {
    if (part.matches("P[0-7]\\s*:.*|actors\\b.*")) {
      actors.add(part);
      return List.of();
    }
    List<String> complete = new ArrayList<>(end());
    if (!part.isEmpty() && !part.startsWith("#")) {
      complete.add(part);
    }
    return complete;
  }

  /** The step of the actors whose lines came; none where none did. */
  List<String> end() {
    if (actors.isEmpty()) {
      return List.of();
    }
    String step = String.join("\n", actors);
    actors.clear();
    return List.of(step);
  }

  /** True while lines of actors wait for more. */
  boolean isOpen() {
    return !actors.isEmpty();
  }
}
