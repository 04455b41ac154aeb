package org.daxcheck.cli;

/** What ends a command, in one sentence for the user. */
final class Failure extends RuntimeException {
  private static final long serialVersionUID = 1L;

  Failure(String message) {
    super(message);
  }

  Failure(Exception cause) {
    super(cause.getMessage(), cause);
  }
}
