package org.daxcheck.target;

import java.util.List;
import org.daxcheck.step.Reply;

/** A target that cannot go on: dead, hung, out of reach, or talking nonsense. */
public final class TargetException extends Exception {
  private static final long serialVersionUID = 1L;

  private final transient List<Reply> answered;

  /** A failure in one sentence, with the answers that came before it. */
  public TargetException(String message, List<Reply> answered, Throwable cause) {
    super(message, cause);
    this.answered = List.copyOf(answered);
  }

  /** A failure in one sentence. */
  public TargetException(String message, Throwable cause) {
    this(message, List.of(), cause);
  }

  /** A failure in one sentence. */
  public TargetException(String message) {
    this(message, List.of(), null);
  }

  /** The answers that came before the failure; nothing measured is lost. */
  public List<Reply> answered() {
    return answered == null ? List.of() : answered;
  }
}
