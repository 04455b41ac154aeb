package org.daxcheck.html;

import java.util.Map;
import java.util.SortedSet;
import java.util.function.BiFunction;
import org.daxcheck.coverage.SourceCoverage;
import org.daxcheck.coverage.SourceCoverage.Branch;
import org.daxcheck.coverage.SourceCoverage.Line;
import org.daxcheck.coverage.SourceCoverage.Source;

/** A page of the sources of a kernel, each line with how often it ran and by which scenarios. */
public final class SourcePage {
  private static final String STYLE =
      """
      :root{color-scheme:light dark}
      body{font:14px/1.5 system-ui,sans-serif;margin:1rem}
      table{border-collapse:collapse;font:12px/1.5 monospace}
      td{padding:0 .7em;white-space:pre;vertical-align:top}
      td.n,td.c{text-align:right;opacity:.8}
      tr.no{background:#d7000026}tr.part{background:#d7960033}tr.yes{background:#00a04018}
      td.b{white-space:normal;min-width:14em}
      summary{cursor:pointer;font-weight:600;margin:.6em 0}
      td summary{font-weight:400;margin:0}
      .never{font-weight:700}
      """;

  private SourcePage() {}

  /**
   * The page.
   *
   * @param argument why a branch of a line of a source cannot be taken; empty where nothing is
   *     known
   */
  public static String of(SourceCoverage coverage, BiFunction<String, Integer, String> argument) {
    StringBuilder out = new StringBuilder();
    out.append("<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">")
        .append("<meta name=\"viewport\" content=\"width=device-width\">")
        .append("<title>daxcheck: what the kernel ran</title><style>")
        .append(STYLE)
        .append("</style></head><body><h1>What the kernel ran</h1><p>")
        .append(coverage.cases())
        .append(" cases. Open a count for the scenarios behind it.</p>");
    boolean first = true;
    for (Map.Entry<String, Source> e : coverage.sources().entrySet()) {
      Source s = e.getValue();
      out.append(first ? "<details open><summary>" : "<details><summary>")
          .append(Escape.html(e.getKey()))
          .append(s.lines().isEmpty() ? ": never loaded" : part(s))
          .append("</summary><table>");
      for (int n = 1; n <= s.text().size(); n++) {
        row(out, n, s, argument.apply(e.getKey(), n));
      }
      out.append("</table></details>\n");
      first = false;
    }
    return out.append("</body></html>\n").toString();
  }

  private static String part(Source s) {
    return ": %d of %d lines, %d of %d branches"
        .formatted(s.run(), s.lines().size(), s.taken(), s.branches());
  }

  private static void row(StringBuilder out, int number, Source source, String argument) {
    Line line = source.lines().get(number);
    String kind = "";
    if (line != null) {
      boolean part = line.branches().stream().anyMatch(b -> b.count() == 0);
      kind = line.count() == 0 ? "no" : part ? "part" : "yes";
    }
    out.append("<tr class=\"%s\"><td class=\"n\">%d</td><td class=\"c\">".formatted(kind, number));
    if (line != null) {
      counted(out, line.count(), line.by());
    }
    out.append("</td><td>").append(Escape.html(source.text().get(number - 1)));
    out.append("</td><td class=\"b\">");
    if (line != null) {
      branches(out, line);
      if (kind.equals("part") && !argument.isEmpty()) {
        out.append(" argued: ").append(Escape.html(argument));
      }
    }
    out.append("</td></tr>\n");
  }

  private static void branches(StringBuilder out, Line line) {
    for (Branch b : line.branches()) {
      if (b.count() == 0) {
        out.append("<span class=\"never\">never</span> ");
      } else {
        counted(out, b.count(), b.by());
      }
    }
  }

  private static void counted(StringBuilder out, long count, SortedSet<String> by) {
    if (count == 0) {
      out.append("0");
      return;
    }
    out.append("<details><summary>").append(count).append("</summary>");
    out.append(Escape.html(String.join(", ", by))).append("</details>");
  }
}
