package org.daxcheck.scenario;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.daxcheck.step.Step;

/** The words of the language, for those who complete what is typed. */
public final class Vocabulary {
  private static final List<String> ACTORS = IntStream.range(0, 8).mapToObj(i -> "P" + i).toList();
  private static final List<String> WHO = List.of("as");

  private Vocabulary() {}

  /** The words that can come behind these in the line of a step; none where anything may. */
  public static List<String> after(List<String> words) {
    if (words.isEmpty()) {
      List<String> first = new ArrayList<>(StepParser.stepWords());
      ACTORS.forEach(a -> first.add(a + ":"));
      return first;
    }
    String last = words.get(words.size() - 1);
    boolean actor = StepParser.isActor(words.get(0).replaceFirst(":$", ""));
    if (actor && words.size() == 1) {
      return StepParser.actorWords();
    }
    String keyword = words.get(actor ? 1 : 0);
    List<String> behind = words.subList(actor ? 2 : 1, words.size());
    return StepParser.kindOf(keyword).map(k -> after(k, keyword, behind, last)).orElse(List.of());
  }

  private static List<String> after(
      Step.Kind kind, String keyword, List<String> behind, String last) {
    boolean first = behind.isEmpty();
    return switch (kind) {
      case WRITE -> first ? StepParser.WORDS : last.equals("as") ? nobody() : List.of("at", "as");
      case READ -> first ? WHO : last.equals("as") ? nobody() : List.of();
      case BIND -> first ? List.of("kmem", "device_dax") : List.of();
      case SET_POLICY -> first ? StepParser.POLICIES : List.of();
      case BLOCK_WRITE -> block(keyword.equals("blocks"), behind, last);
      case PIN -> first ? List.of("block") : place(last, behind.size() == 1, List.of());
      case AWAIT -> first ? StepParser.WORDS : behind.size() == 1 ? List.of("within") : List.of();
      case SIGNAL ->
          first
              ? ACTORS
              : behind.size() == 1
                  ? StepParser.signals()
                  : behind.size() == 2 ? List.of("after") : List.of();
      case INJECT ->
          first ? StepParser.injected() : behind.size() == 1 ? StepParser.errors() : List.of();
      case REFUSE_ADD ->
          switch (behind.size()) {
            case 0 -> List.of("add", StepText.NOTHING);
            case 1 -> List.of("of");
            case 2 -> List.of("range");
            case 3 -> StepParser.places();
            case 4 -> StepParser.errors();
            default -> List.of();
          };
      case OCCUPY ->
          first
              ? List.of("range", StepText.NOTHING)
              : behind.size() == 1 ? StepParser.places() : List.of();
      case RESHAPE -> first ? StepParser.shapes() : List.of();
      case NEIGHBOUR_WRITE ->
          first ? List.of("write") : behind.size() == 1 ? StepParser.WORDS : List.of();
      case DELAY -> first ? StepParser.delayed() : List.of();
      case FAIL_NTH ->
          switch (behind.size()) {
            case 0 -> StepParser.memories();
            case 1 -> List.of();
            case 2 -> List.of("of");
            case 3 -> StepParser.failing();
            default ->
                StepParser.kindOf(behind.get(3))
                    .map(k -> after(k, behind.get(3), behind.subList(4, behind.size()), last))
                    .orElse(List.of());
          };
      case ACTORS -> first ? List.of("within") : List.of();
      case UNBIND, UNPIN, UNLOAD, LOAD, SLEEP, FILL, VERIFY, FREE, LOOK -> List.of();
    };
  }

  private static List<String> block(boolean every, List<String> behind, String last) {
    if (behind.isEmpty() && !every) {
      return StepParser.places();
    }
    List<String> words = new ArrayList<>(StepParser.blockWords());
    return place(last, false, words);
  }

  /** Behind a place may stand the range that it is of. */
  private static List<String> place(String last, boolean mustBePlace, List<String> words) {
    if (mustBePlace || last.equals("range")) {
      return StepParser.places();
    }
    if (last.equals("of")) {
      return List.of("range");
    }
    if (words.contains(last)) {
      return List.of();
    }
    List<String> more = new ArrayList<>(words);
    more.add("of");
    return more;
  }

  private static List<String> nobody() {
    return List.of("nobody");
  }
}
