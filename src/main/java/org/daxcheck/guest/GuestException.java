package org.daxcheck.guest;

import java.util.Optional;

/** Why there is no guest, in one sentence: what, where, and what to do about it. */
public final class GuestException extends Exception {
  private static final long serialVersionUID = 1L;

  private final transient Death death;

  /** A failure before the guest ran. */
  public GuestException(String message) {
    this(message, (Throwable) null);
  }

  /** A failure before the guest ran, with its cause. */
  public GuestException(String message, Throwable cause) {
    super(message, cause);
    this.death = null;
  }

  GuestException(String message, Death death) {
    super(message);
    this.death = death;
  }

  /** How the guest ended, where it had started. */
  public Optional<Death> death() {
    return Optional.ofNullable(death);
  }
}
