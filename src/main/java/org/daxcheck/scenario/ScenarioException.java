package org.daxcheck.scenario;

/** A scenario, suite or catalogue that cannot be used; the message has file:line:column. */
public final class ScenarioException extends Exception {
  private static final long serialVersionUID = 1L;

  /**
   * An error at a place of a file.
   *
   * @param line counted from 1
   * @param column counted from 1
   */
  public ScenarioException(String file, int line, int column, String message) {
    this(file, line, column, message, null);
  }

  /** An error at a place of a file, found by {@code cause}. */
  ScenarioException(String file, int line, int column, String message, Throwable cause) {
    super(file + ":" + line + ":" + column + ": " + message, cause);
  }

  /** An error of a file as a whole: it cannot be read, or there is none. */
  ScenarioException(String file, String message, Throwable cause) {
    super(file + ": " + message, cause);
  }
}
