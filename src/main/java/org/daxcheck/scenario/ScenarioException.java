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
    super(file + ":" + line + ":" + column + ": " + message);
  }
}
