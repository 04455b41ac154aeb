package org.daxcheck.html;

import com.fasterxml.jackson.databind.node.ArrayNode;
import java.util.LinkedHashMap;
import java.util.Map;

/** The texts of a page, each kept once: steps and sights repeat a thousand times. */
final class StringTable {
  private final Map<String, Integer> known = new LinkedHashMap<>();

  StringTable() {
    // So that 0 is nothing.
    known.put("", 0);
  }

  /** The number of the text, made visible. */
  int of(String text) {
    String safe = Escape.visible(text);
    Integer number = known.get(safe);
    if (number == null) {
      number = known.size();
      known.put(safe, number);
    }
    return number;
  }

  /** Every text in the order of their numbers. */
  void into(ArrayNode array) {
    known.keySet().forEach(array::add);
  }
}
