package org.daxcheck.show;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** Memory blocks by their numbers, those of one kind together. */
final class BlockList {
  private final SortedMap<Long, String> kinds = new TreeMap<>();

  /** Adds a block, with what is to be said of it. */
  void put(long number, String kind) {
    kinds.put(number, kind);
  }

  /** Such as {@code memory114-116 online Movable}; in the order of each kind's first block. */
  List<String> text() {
    Map<String, List<Long>> byKind = new LinkedHashMap<>();
    kinds.forEach(
        (number, kind) -> byKind.computeIfAbsent(kind, k -> new ArrayList<>()).add(number));
    List<String> parts = new ArrayList<>();
    byKind.forEach((kind, numbers) -> parts.add(numbers(numbers) + " " + kind));
    return parts;
  }

  private static String numbers(List<Long> numbers) {
    List<String> parts = new ArrayList<>();
    for (int i = 0, end; i < numbers.size(); i = end + 1) {
      end = i;
      while (end + 1 < numbers.size() && numbers.get(end + 1) == numbers.get(end) + 1) {
        end++;
      }
      parts.add(numbers.get(i) + (end > i ? "-" + numbers.get(end) : ""));
    }
    return "memory" + String.join(",", parts);
  }
}
