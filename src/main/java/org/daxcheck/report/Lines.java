package org.daxcheck.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Lines of shell, some of which show what a divergence saw. */
final class Lines {
  /** Columns of a comment's text: in a mail, indented, it must not be wrapped again. */
  private static final int COMMENT = 66;

  private final List<Line> all = new ArrayList<>();
  private int before = -1;

  /**
   * A line of shell.
   *
   * @param shown what it prints together with its neighbours that have the same; else empty
   */
  record Line(String text, Optional<Shown> shown) {}

  void add(String command) {
    all.add(new Line(command, Optional.empty()));
  }

  /** These lines, and what they know of where the step that diverged begins. */
  void addAll(Lines others) {
    before = others.before < 0 ? before : all.size() + others.before;
    all.addAll(others.all);
  }

  /** The step that diverged begins here. */
  void here() {
    before = all.size();
  }

  /** How many lines come before the step that diverged; all where none was named. */
  int before() {
    return before < 0 ? all.size() : before;
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
