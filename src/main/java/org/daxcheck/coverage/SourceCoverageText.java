package org.daxcheck.coverage;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.daxcheck.coverage.SourceCoverage.Line;
import org.daxcheck.coverage.SourceCoverage.Source;

/** What was taken of a kernel's sources, for a terminal. */
public final class SourceCoverageText {
  private SourceCoverageText() {}

  /** How much of each source was run, a line each. */
  public static String table(SourceCoverage coverage) {
    StringBuilder out = new StringBuilder();
    coverage.sources().forEach((name, source) -> out.append(row(name, source)));
    return out.toString();
  }

  private static String row(String name, Source source) {
    String what =
        source.lines().isEmpty()
            ? "never loaded"
            : part(source.run(), source.lines().size())
                + " of lines, "
                + part(source.taken(), source.branches())
                + " of branches";
    return "%-28s %s%n".formatted(name, what);
  }

  /**
   * How much of a function was run, and what of it never was.
   *
   * @param argument why a branch of a line cannot be taken; empty where nothing is known
   */
  public static String function(
      KernelCode.Function function, Source source, IntFunction<String> argument) {
    Source part = source.only(function);
    String place =
        "%s, %s:%d-%d%n"
            .formatted(function.name(), function.source(), function.first(), function.last());
    return place + row(" ", part) + missing(function.source(), part, argument);
  }

  private static String part(long some, long all) {
    String share = all == 0 ? "" : String.format(Locale.ROOT, " (%5.1f %%)", 100.0 * some / all);
    return "%4d of %4d%s".formatted(some, all, share);
  }

  /**
   * The lines of a source that were never run, and its branches that were never taken.
   *
   * @param argument why a branch of a line cannot be taken; empty where nothing is known
   */
  public static String missing(String name, Source source, IntFunction<String> argument) {
    List<String> lines = new ArrayList<>();
    for (Map.Entry<Integer, Line> e : source.lines().entrySet()) {
      List<Integer> never =
          IntStream.range(0, e.getValue().branches().size())
              .filter(i -> e.getValue().branches().get(i).count() == 0)
              .mapToObj(i -> i + 1)
              .toList();
      boolean dead = e.getValue().count() == 0;
      if (!dead && never.isEmpty()) {
        continue;
      }
      String text =
          e.getKey() <= source.text().size() ? source.text().get(e.getKey() - 1).strip() : "";
      String what =
          dead
              ? "never run"
              : "branch "
                  + String.join(", ", never.stream().map(String::valueOf).toList())
                  + " of "
                  + e.getValue().branches().size()
                  + " never taken";
      lines.add("  %s:%d: %s: %s".formatted(name, e.getKey(), what, text));
      String why = argument.apply(e.getKey());
      if (!why.isEmpty()) {
        lines.add("    argued: " + why);
      }
    }
    return lines.isEmpty() ? "" : String.join("\n", lines) + "\n";
  }
}
