package org.daxcheck.report;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.daxcheck.oracle.Divergence;
import org.daxcheck.suite.GateResult;
import org.daxcheck.suite.Run;

/** Forms of text that every report shares. */
public final class Text {
  private Text() {}

  /**
   * The name of a case below its target: the scenario and the topology. It never varies between
   * runs, for consumers take names as ids; a case that did not run has no topology.
   */
  public static String name(Run.Case c) {
    return c.name();
  }

  /**
   * The text in one line: its lines stand behind each other, and other control characters are shown
   * as {@code \t}, {@code \xHH}.
   */
  public static String oneLine(String text) {
    StringBuilder out = new StringBuilder();
    text.lines()
        .filter(l -> !l.isBlank())
        .collect(Collectors.joining("; "))
        .codePoints()
        .forEach(
            c -> {
              if (c == '\t') {
                out.append("\\t");
              } else if (isControl(c)) {
                out.append(String.format(Locale.ROOT, "\\x%02x", c));
              } else {
                out.appendCodePoint(c);
              }
            });
    return out.toString();
  }

  /** A step in one line; the lines of actors stand behind each other. */
  public static String step(String step) {
    return oneLine(step.strip());
  }

  /** True for what no report may contain: control characters, lone surrogates, non-characters. */
  static boolean isControl(int c) {
    return Character.isISOControl(c)
        || c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE
        || c == 0x2028
        || c == 0x2029
        || (c & 0xfffe) == 0xfffe;
  }

  /** The text cut to a width, with {@code ...} where something is missing. */
  static String clip(String text, int width) {
    return text.length() <= width
        ? text
        : text.substring(0, Math.max(0, width - 3)) + "...".substring(0, Math.min(3, width));
  }

  /** The text in lines of at most {@code width}; a longer word is broken. */
  public static List<String> wrap(String text, int width) {
    List<String> lines = new ArrayList<>();
    StringBuilder line = new StringBuilder();
    for (String word : text.split(" ", -1)) {
      if (!line.isEmpty() && line.length() + 1 + word.length() > width) {
        lines.add(line.toString());
        line.setLength(0);
      }
      line.append(line.isEmpty() ? "" : " ").append(word);
      while (line.length() > width) {
        lines.add(line.substring(0, width));
        line.delete(0, width);
      }
    }
    lines.add(line.toString());
    return lines;
  }

  /** Nanoseconds as seconds with a digit behind the point. */
  public static String seconds(long nanos) {
    return String.format(Locale.ROOT, "%.1f s", nanos / 1e9);
  }

  /** A number and its noun. */
  public static String count(int n, String one, String many) {
    return n + " " + (n == 1 ? one : many);
  }

  /** Several of them behind each other. */
  static String list(Collection<?> all) {
    return all.stream().map(Object::toString).collect(Collectors.joining(", "));
  }

  /** How often something was seen in a case, behind a blank; empty where it was once. */
  static String times(Divergence d) {
    return d.repeats() == 0 ? "" : " (" + (d.repeats() + 1) + " times)";
  }

  /** The head of a reproducer, which says what came of it. */
  public static String toReproduce(Divergence d, String how) {
    String came =
        d.reproduced()
            .map(r -> r.text().replaceFirst("(of \\d+)", "$1 in fresh guests"))
            .orElse("not run");
    return "to reproduce" + how + " (" + came + "):";
  }

  /** Where a case differs from what is allowed, and how, in a line. */
  public static String divergence(Run.Case c, Divergence d) {
    return d.in(c.scenario().file())
        + ": "
        + step(d.step())
        + ": "
        + d.aspect()
        + ": got "
        + oneLine(d.seen())
        + ", expected "
        + d.allowed()
        + times(d);
  }

  /** A rule that a case breaks, and its waiver, in a line. */
  static String waived(GateResult.Waived w) {
    String waiver =
        w.waiver().reason() + " (" + w.waiver().link() + ", " + w.waiver().place() + ")";
    if (w.expired()) {
      return w.rule() + ": the waiver expired on " + w.waiver().expires() + ": " + waiver;
    }
    return w.counts().isEmpty()
        ? w.rule() + " is waived until " + w.waiver().expires() + ": " + waiver
        : w.rule() + " is not waived, since " + w.counts() + "; the waiver: " + waiver;
  }

  /** A hole of a gate, in a line. */
  static String hole(GateResult.Hole h) {
    return h.target()
        + ", "
        + h.rule()
        + ": "
        + h.reason()
        + (h.scenarios().isEmpty() ? "" : "; " + String.join(", ", h.scenarios()));
  }
}
