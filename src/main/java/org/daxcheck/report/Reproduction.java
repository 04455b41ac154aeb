package org.daxcheck.report;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A reproducer as something to be run: its script, and whether an output shows the divergence. */
public final class Reproduction {
  private static final String MARK = "@daxcheck ";
  private static final String END = MARK + "end";

  private final List<String> script = new ArrayList<>();
  private final List<Shown> shown = new ArrayList<>();

  private final List<String> plain;
  private final int before;
  private final boolean kills;

  /**
   * A reproduction.
   *
   * @param kills true where the kernel did not come back from the last step
   */
  Reproduction(Lines lines, boolean kills) {
    this.kills = kills;
    this.plain = lines.texts();
    this.before = lines.before();
    Optional<Shown> open = Optional.empty();
    for (Lines.Line line : lines.all()) {
      if (open.isPresent() && !open.equals(line.shown())) {
        script.add("echo; echo '" + END + "'");
      }
      if (line.shown().isPresent() && !open.equals(line.shown())) {
        script.add("echo; echo '" + MARK + shown.size() + "'");
        shown.add(line.shown().get());
      }
      open = line.shown();
      script.add(line.text());
    }
    if (open.isPresent()) {
      script.add("echo; echo '" + END + "'");
    }
  }

  /**
   * Its commands as POSIX shell, between lines that say which of them show what.
   *
   * @param over how often they are done, one after the other
   */
  public String script(int over) {
    return ("(\n" + String.join("\n", script) + "\n)\n").repeat(over);
  }

  /** The commands that come before the step that diverged; with rounds, before the first. */
  public List<String> before() {
    return plain.subList(0, before);
  }

  /** That step, and what shows what came of it. */
  public List<String> rest() {
    return plain.subList(before, plain.size());
  }

  /** True where the kernel is to die of it. */
  public boolean kills() {
    return kills;
  }

  /**
   * What the output of the script lacks of what the divergence saw, in words; empty where it shows
   * everything. Where the script has rounds, one of them must show all, and the last is told.
   */
  public Optional<String> missing(String output) {
    Map<Integer, Optional<String>> round = new HashMap<>();
    StringBuilder part = new StringBuilder();
    int at = -1;
    for (String line : output.lines().toList()) {
      if (line.equals(END) && at >= 0) {
        round.put(at, shown.get(at).missing(part.toString()));
        at = -1;
        if (round.size() == shown.size() && round.values().stream().allMatch(Optional::isEmpty)) {
          return Optional.empty();
        }
      } else if (line.startsWith(MARK) && line.substring(MARK.length()).matches("\\d{1,4}")) {
        at = Integer.parseInt(line.substring(MARK.length()));
        if (at == 0) {
          round.clear();
        }
        part.setLength(0);
      } else {
        part.append(line).append('\n');
      }
    }
    if (round.size() < shown.size()) {
      return Optional.of("it did not come to its end");
    }
    return Optional.of(
        round.values().stream().flatMap(Optional::stream).findFirst().orElse("the kernel lives"));
  }
}
