package org.daxcheck.trace;

/** A trace file that cannot be used; the message has file:line and says what to do. */
public final class TraceFileException extends Exception {
  private static final long serialVersionUID = 1L;

  /** A trace that is there and cannot be used for what it was asked for. */
  public TraceFileException(String message) {
    super(message);
  }

  TraceFileException(String message, Throwable cause) {
    super(message, cause);
  }
}
