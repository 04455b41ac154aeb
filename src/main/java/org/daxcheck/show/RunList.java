package org.daxcheck.show;

import java.util.List;
import java.util.stream.Collectors;
import org.daxcheck.oracle.Verdict;
import org.daxcheck.report.Colours;
import org.daxcheck.report.FinishedRun;
import org.daxcheck.report.Text;

/** A finished run for people: a line a case. */
public final class RunList {
  private static final int VERDICT = "DIVERGENCE".length();

  private RunList() {}

  /** The lines, each with a newline behind it: verdict, target, case, and what is to be said. */
  public static String of(FinishedRun run, int width, Colours colours) {
    int target = widest(run.cases().stream().map(FinishedRun.Case::target).toList());
    StringBuilder text = new StringBuilder();
    for (FinishedRun.Case c : run.cases()) {
      String word = c.verdict().status().name();
      String more = more(c.verdict());
      String line =
          " ".repeat(VERDICT - word.length() + 2)
              + c.target()
              + " ".repeat(target - c.target().length() + 2)
              + c.name()
              + (more.isEmpty() ? "" : "  " + more);
      int room = Math.max(20, width - word.length());
      line = Text.oneLine(line);
      text.append(painted(c.verdict().status(), word, colours))
          .append(line.length() <= room ? line : line.substring(0, room - 3) + "...")
          .append('\n');
    }
    return text.toString();
  }

  private static int widest(List<String> names) {
    return names.stream().mapToInt(String::length).max().orElse(0);
  }

  private static String more(Verdict verdict) {
    return verdict.divergences().isEmpty()
        ? verdict.reason()
        : verdict.divergences().stream()
            .map(d -> d.rule().toString())
            .distinct()
            .collect(Collectors.joining(", "));
  }

  static String painted(Verdict.Status status, String word, Colours colours) {
    return switch (status) {
      case PASS -> colours.green(word);
      case DIVERGENCE, ERROR -> colours.red(word);
      case SKIPPED -> colours.yellow(word);
    };
  }
}
