package org.daxcheck.machine;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.daxcheck.step.Step;

/** Every answer so far, as a tree of words; a second answer to the same word must be the same. */
final class QueryCache {
  private final Node root = new Node();

  /** What a word led to, and the outputs of the words that go on from there. */
  private static final class Node {
    private final Map<Step, MealyOutput> outputs = new HashMap<>();
    private final Map<Step, Node> next = new HashMap<>();
  }

  /** A word whose last input was answered in two ways. */
  record Contradiction(List<Step> word, MealyOutput before, MealyOutput now) {}

  /** The outputs of the whole word, where they are known. */
  Optional<List<MealyOutput>> of(List<Step> word) {
    List<MealyOutput> outputs = new ArrayList<>();
    Node at = root;
    for (Step input : word) {
      MealyOutput output = at.outputs.get(input);
      if (output == null) {
        return Optional.empty();
      }
      outputs.add(output);
      at = at.next.get(input);
    }
    return Optional.of(outputs);
  }

  /** Keeps the outputs of a word; the first that contradicts one of before is given back. */
  Optional<Contradiction> add(List<Step> word, List<MealyOutput> outputs) {
    Node at = root;
    for (int i = 0; i < outputs.size(); i++) {
      MealyOutput before = at.outputs.putIfAbsent(word.get(i), outputs.get(i));
      if (before != null && !before.equals(outputs.get(i))) {
        return Optional.of(new Contradiction(word.subList(0, i + 1), before, outputs.get(i)));
      }
      at = at.next.computeIfAbsent(word.get(i), s -> new Node());
    }
    return Optional.empty();
  }
}
