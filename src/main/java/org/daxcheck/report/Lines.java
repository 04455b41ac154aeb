package org.daxcheck.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Lines of shell, some of which show what a divergence saw. */
final class Lines {
  /** Columns of a comment's text: in a mail, indented, it must not be wrapped again. */
  private static final int COMMENT = 66;

  private final List<Line> all = new ArrayList<>();

  /**
   * A line of shell.
   *
   * @param shown what it prints together with its neighbours that have the same; else empty
   */
  record Line(String text, Optional<Shown> shown) {}

  void add(String command) {
    all.add(new Line(command, Optional.empty()));
  }

  void add(Line line) {
    all.add(line);
  }

  void addAll(List<String> commands) {
    commands.forEach(this::add);
  }

  /** Commands that print what stands in {@code shown}. */
  void show(List<String> commands, Shown shown) {
    commands.forEach(c -> all.add(new Line(c, Optional.of(shown))));
  }

  void comment(String text) {
    Text.wrap(Text.oneLine(text), COMMENT).forEach(l -> add("# " + l));
  }

  /** The lines of others, set in. */
  void indented(Lines others) {
    others.all.forEach(l -> all.add(new Line("  " + l.text(), l.shown())));
  }

  List<Line> all() {
    return List.copyOf(all);
  }

  List<String> texts() {
    return all.stream().map(Line::text).toList();
  }
}
