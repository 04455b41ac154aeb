package org.daxcheck.target;

import java.util.List;
import org.daxcheck.step.Reply;

/** A target that cannot go on: dead, hung, out of reach, or talking nonsense. */
public final class TargetException extends Exception {
  private static final long serialVersionUID = 1L;

  /** What failed. */
  public enum Kind {
    /** The kernel under test: a panic, an oops, or a step that never returned. */
    KERNEL,
    /** Somebody else acted on the device. */
    INTERFERENCE,
    /** The kernel has not what the ABI is about: it was built without the kmem driver. */
    NOT_APPLICABLE,
    /** Anything else: no guest to be had, a lost connection, a dead QEMU, nonsense. */
    INFRASTRUCTURE
  }

  private final Kind kind;
  private final transient List<Reply> answered;

  /** A failure in one sentence, with the answers that came before it. */
  public TargetException(Kind kind, String message, List<Reply> answered, Throwable cause) {
    super(message, cause);
    this.kind = kind;
    this.answered = List.copyOf(answered);
  }

  /** A failure of the infrastructure in one sentence. */
  public TargetException(String message, Throwable cause) {
    this(Kind.INFRASTRUCTURE, message, List.of(), cause);
  }

  /** A failure of the infrastructure in one sentence. */
  public TargetException(String message) {
    this(Kind.INFRASTRUCTURE, message, List.of(), null);
  }

  /** What failed. */
  public Kind kind() {
    return kind;
  }

  /** The answers that came before the failure; nothing measured is lost. */
  public List<Reply> answered() {
    return answered == null ? List.of() : answered;
  }
}
