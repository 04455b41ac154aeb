package org.daxcheck.scenario;

import java.util.List;
import java.util.stream.Collectors;

/**
 * What keeps a scenario, suite or catalogue from being used: one mistake or several, each with
 * file:line:column. The message is that of the first.
 */
public final class ScenarioException extends Exception {
  private static final long serialVersionUID = 1L;

  /** So many mistakes are told at once; more are no help. */
  static final int MOST = 10;

  private final transient List<Mistake> mistakes;

  /**
   * One mistake.
   *
   * @param text what is wrong, with its place
   * @param line the line of the file, counted from 1; 0 where it is of the file as a whole
   * @param column counted from 1
   * @param source that line; empty where it is not known
   */
  record Mistake(String text, int line, int column, String source) {
    private static final int INDENT = 4;

    private static final int SHOWN = 100;

    /** The sentence, and below it the line with a caret under the column. */
    private String withCaret() {
      if (source.isBlank() || column > Math.min(SHOWN, source.length() + 1)) {
        return text;
      }
      String indent = " ".repeat(INDENT);
      String shown = source.replaceAll("\\p{Cntrl}", " ");
      return text
          + "\n"
          + indent
          + (shown.length() <= SHOWN ? shown : shown.substring(0, SHOWN) + "...")
          + "\n"
          + indent
          + " ".repeat(column - 1)
          + "^";
    }
  }

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
    this(
        List.of(new Mistake(file + ":" + line + ":" + column + ": " + message, line, column, "")),
        cause);
  }

  /** An error of a file as a whole: it cannot be read, or there is none. */
  ScenarioException(String file, String message, Throwable cause) {
    this(List.of(new Mistake(file + ": " + message, 0, 0, "")), cause);
  }

  private ScenarioException(List<Mistake> mistakes, Throwable cause) {
    super(mistakes.get(0).text(), cause);
    this.mistakes = mistakes;
  }

  /** The first mistakes of all of these. */
  static ScenarioException of(List<ScenarioException> all) {
    return new ScenarioException(
        all.stream().flatMap(e -> e.mistakes.stream()).limit(MOST).toList(), all.get(0).getCause());
  }

  List<Mistake> mistakes() {
    return mistakes;
  }

  /** The same, with the lines of the file that they are all in. */
  ScenarioException in(List<String> source) {
    return new ScenarioException(
        mistakes.stream()
            .map(
                m ->
                    m.line() < 1 || m.line() > source.size()
                        ? m
                        : new Mistake(m.text(), m.line(), m.column(), source.get(m.line() - 1)))
            .toList(),
        getCause());
  }

  /** Every mistake, each with its line and a caret under the column. */
  public String report() {
    return mistakes.stream().map(Mistake::withCaret).collect(Collectors.joining("\n"))
        + (mistakes.size() < MOST ? "" : "\nThese are the first " + MOST + "; there may be more.");
  }
}
