package org.daxcheck.report;

import java.util.Map;

/** Colours of a terminal, or none. */
public enum Colours {
  ON,
  OFF;

  /**
   * Colours only on a terminal, and not where NO_COLOR is set and not empty (no-color.org) or the
   * terminal is {@code dumb}.
   */
  public static Colours of(boolean terminal, Map<String, String> environment) {
    boolean refused =
        !environment.getOrDefault("NO_COLOR", "").isEmpty()
            || "dumb".equals(environment.get("TERM"));
    return terminal && !refused ? ON : OFF;
  }

  /** The text in this style. */
  public String bold(String text) {
    return paint("1", text);
  }

  /** The text in this style. */
  public String red(String text) {
    return paint("31", text);
  }

  /** The text in this style. */
  public String green(String text) {
    return paint("32", text);
  }

  /** The text in this style. */
  public String yellow(String text) {
    return paint("33", text);
  }

  /** The text in the colour of an outcome. */
  public String of(ExitCode exit, String text) {
    return switch (exit) {
      case PASS -> green(text);
      case DIVERGENCE, ERROR -> red(text);
      case NO_RESULTS, ALL_SKIPPED -> yellow(text);
    };
  }

  private String paint(String code, String text) {
    return this == OFF || text.isEmpty() ? text : "\033[" + code + "m" + text + "\033[0m";
  }
}
