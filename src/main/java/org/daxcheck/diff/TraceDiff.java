package org.daxcheck.diff;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.daxcheck.trace.Trace;

/**
 * Two traces of one scenario, lined up step by step.
 *
 * @param left what the left side is, such as {@code model 7.3}
 * @param right what the right side is
 * @param steps every step of either side in order
 */
public record TraceDiff(String left, String right, List<StepDiff> steps) {
  private static final int WIDTH = 100;
  private static final int LABEL = 30;
  private static final int SIDE = (WIDTH - LABEL - 5) / 2;

  public TraceDiff {
    steps = List.copyOf(steps);
  }

  /** On which side a step was done. */
  public enum Side {
    BOTH,
    LEFT,
    RIGHT
  }

  /**
   * A step and how its answers differ; a step of one side has no differences.
   *
   * @param line the line of the scenario, 0 for steps of setup and restore
   * @param text the step as the scenario language writes it
   * @param result what both, or the one side, returned; the left side's where they differ
   */
  public record StepDiff(
      Trace.Phase phase,
      int line,
      String text,
      Side side,
      String result,
      List<Difference> differences) {
    public StepDiff {
      differences = List.copyOf(differences);
    }

    /** True where both sides did the step and answered alike. */
    public boolean same() {
      return side == Side.BOTH && differences.isEmpty();
    }
  }

  /** Lines up two traces; throws IllegalArgumentException where they are of two scenarios. */
  public static TraceDiff of(Trace left, Trace right) {
    if (!left.header().scenario().equals(right.header().scenario())) {
      throw new IllegalArgumentException(
          "these are traces of two scenarios, '"
              + left.header().scenario()
              + "' and '"
              + right.header().scenario()
              + "'; compare traces of one");
    }
    return new TraceDiff(name(left), name(right), lineUp(left, right));
  }

  /** The first step that is not the same on both sides. */
  public Optional<StepDiff> first() {
    return steps.stream().filter(s -> !s.same()).findFirst();
  }

  /** The traces side by side, at most 100 columns wide, with a newline behind each line. */
  public String text() {
    List<String> lines = new ArrayList<>();
    row(lines, "", " ", left, " ", right);
    lines.add("-".repeat(WIDTH));
    List<Difference> before = List.of();
    for (StepDiff step : steps) {
      String label =
          (step.line() == 0 ? "    " : String.format(Locale.ROOT, "%3d ", step.line()))
              + step.text();
      String leftSide = step.side() == Side.RIGHT ? "(not done)" : step.result();
      String rightSide = step.side() == Side.LEFT ? "(not done)" : step.result();
      Optional<Difference> result =
          step.differences().stream()
              .filter(d -> d.aspect() == Difference.Aspect.RESULT)
              .findFirst();
      if (result.isPresent()) {
        rightSide = result.get().right();
      }
      String sign = step.side() == Side.BOTH && result.isEmpty() ? "=" : "!";
      row(lines, label, sign, leftSide, "|", rightSide);
      List<String> still = new ArrayList<>();
      for (Difference d : step.differences()) {
        if (d.aspect() == Difference.Aspect.RESULT) {
          continue;
        }
        if (before.contains(d)) {
          still.add(d.aspect().text());
        } else {
          row(lines, "      " + d.aspect().text(), "!", d.left(), "|", d.right());
        }
      }
      if (!still.isEmpty()) {
        row(lines, "      still differing", "!", String.join(", ", still), "|", "");
      }
      before = step.differences();
    }
    lines.add("-".repeat(WIDTH));
    long differ = steps.stream().filter(s -> !s.same()).count();
    lines.add(
        first()
            .map(
                s ->
                    differ
                        + " of "
                        + steps.size()
                        + " steps differ, the first at "
                        + (s.line() == 0
                            ? s.phase().name().toLowerCase(Locale.ROOT)
                            : "line " + s.line()))
            .orElse("all " + steps.size() + " steps are the same"));
    return String.join("\n", lines) + "\n";
  }

  private static String name(Trace t) {
    return t.header().target() + " " + t.header().kernel() + " (" + t.header().dialect() + ")";
  }

  /** The longest common subsequence of the steps: what one side alone did stands between. */
  private static List<StepDiff> lineUp(Trace left, Trace right) {
    List<Trace.Entry> a = left.entries();
    List<Trace.Entry> b = right.entries();
    int[][] common = new int[a.size() + 1][b.size() + 1];
    for (int i = a.size() - 1; i >= 0; i--) {
      for (int j = b.size() - 1; j >= 0; j--) {
        common[i][j] =
            sameStep(a.get(i), b.get(j))
                ? common[i + 1][j + 1] + 1
                : Math.max(common[i + 1][j], common[i][j + 1]);
      }
    }
    Normal leftSide = new Normal(left);
    Normal rightSide = new Normal(right);
    List<StepDiff> steps = new ArrayList<>();
    int i = 0;
    int j = 0;
    while (i < a.size() || j < b.size()) {
      if (i < a.size() && j < b.size() && sameStep(a.get(i), b.get(j))) {
        steps.add(both(leftSide, a.get(i++), rightSide, b.get(j++)));
      } else if (j == b.size() || i < a.size() && common[i + 1][j] >= common[i][j + 1]) {
        steps.add(alone(Side.LEFT, leftSide, a.get(i++)));
      } else {
        steps.add(alone(Side.RIGHT, rightSide, b.get(j++)));
      }
    }
    return steps;
  }

  private static boolean sameStep(Trace.Entry a, Trace.Entry b) {
    return a.phase() == b.phase() && a.line() == b.line() && a.text().equals(b.text());
  }

  private static StepDiff both(Normal left, Trace.Entry a, Normal right, Trace.Entry b) {
    List<Difference> differences = new ArrayList<>();
    for (Difference.Aspect aspect : Difference.Aspect.values()) {
      String l = left.text(aspect, a);
      String r = right.text(aspect, b);
      if (!l.equals(r)) {
        differences.add(new Difference(aspect, l, r));
      }
    }
    return new StepDiff(
        a.phase(),
        a.line(),
        a.text(),
        Side.BOTH,
        left.text(Difference.Aspect.RESULT, a),
        differences);
  }

  private static StepDiff alone(Side side, Normal normal, Trace.Entry e) {
    return new StepDiff(
        e.phase(), e.line(), e.text(), side, normal.text(Difference.Aspect.RESULT, e), List.of());
  }

  private static void row(
      List<String> lines, String label, String sign, String left, String bar, String right) {
    List<String> labels = chunks(label, LABEL);
    List<String> lefts = chunks(left, SIDE);
    List<String> rights = chunks(right, SIDE);
    int height = Math.max(labels.size(), Math.max(lefts.size(), rights.size()));
    for (int i = 0; i < height; i++) {
      String line =
          pad(at(labels, i), LABEL)
              + (i == 0 ? sign : " ")
              + " "
              + pad(at(lefts, i), SIDE)
              + " "
              + bar
              + " "
              + at(rights, i);
      lines.add(line.stripTrailing());
    }
  }

  /** The text in pieces of at most {@code width}, one below the other. */
  private static List<String> chunks(String text, int width) {
    List<String> pieces = new ArrayList<>();
    for (String line : text.replaceAll("[\\p{Cntrl}&&[^\n]]", "?").split("\n", -1)) {
      String rest = line;
      while (rest.length() > width) {
        int space = rest.lastIndexOf(' ', width);
        int end = space > width / 2 ? space : width;
        pieces.add(rest.substring(0, end));
        rest = rest.substring(end).stripLeading();
      }
      pieces.add(rest);
    }
    return pieces;
  }

  private static String at(List<String> list, int i) {
    return i < list.size() ? list.get(i) : "";
  }

  private static String pad(String text, int width) {
    return text + " ".repeat(Math.max(0, width - text.length()));
  }
}
