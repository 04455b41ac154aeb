package org.daxcheck.guest;

import java.util.Optional;

/** Why there is no guest, in one sentence: what, where, and what to do about it. */
public final class GuestException extends Exception {
  private static final long serialVersionUID = 1L;

  private final transient GuestFailure death;
  private final boolean notApplicable;

  /** A failure before the guest ran. */
  public GuestException(String message) {
    this(message, (Throwable) null);
  }

  /** A failure before the guest ran, with its cause. */
  public GuestException(String message, Throwable cause) {
    super(message, cause);
    this.death = null;
    this.notApplicable = cause instanceof GuestException before && before.notApplicable;
  }

  private GuestException(String message, boolean notApplicable) {
    super(message);
    this.death = null;
    this.notApplicable = notApplicable;
  }

  /** That a kernel has not what a guest is made for, whatever is done. */
  static GuestException notApplicable(String message) {
    return new GuestException(message, true);
  }

  /** True where the kernel has not what a guest is made for. */
  public boolean isNotApplicable() {
    return notApplicable;
  }

  GuestException(String message, GuestFailure death) {
    super(message);
    this.death = death;
    this.notApplicable = false;
  }

  /** How the guest ended, where it had started. */
  public Optional<GuestFailure> death() {
    return Optional.ofNullable(death);
  }
}
