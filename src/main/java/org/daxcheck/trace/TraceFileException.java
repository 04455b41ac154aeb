package org.daxcheck.trace;

/** A trace file that cannot be used; the message has file:line and says what to do. */
public final class TraceFileException extends Exception {
  private static final long serialVersionUID = 1L;

  TraceFileException(String message, Throwable cause) {
    super(message, cause);
  }
}
