package org.daxcheck.model;

/** That no document says what a step does in a state: nothing can be judged from there on. */
public final class Unspecified extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** The step and the state, in a sentence. */
  public Unspecified(String message) {
    super(message);
  }

  /** The same, with its cause. */
  public Unspecified(String message, Throwable cause) {
    super(message, cause);
  }
}
