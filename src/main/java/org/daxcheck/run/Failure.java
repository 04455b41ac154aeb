package org.daxcheck.run;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;
import org.daxcheck.io.IoReason;
import org.daxcheck.scenario.ScenarioException;

/** What ends a command, in one sentence for the user. */
public final class Failure extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** One with this sentence. */
  public Failure(String message) {
    super(message);
  }

  /** One with the sentence of its cause. */
  public Failure(Exception cause) {
    super(cause instanceof IOException e ? IoReason.sentence(e) : cause.getMessage(), cause);
  }

  /** One with every mistake of a file, each with its place. */
  public Failure(ScenarioException cause) {
    super(cause.report(), cause);
  }

  /**
   * The failure that an exception stands for or was caused by: a file that cannot be used is none
   * of the program's mistakes, wherever that is noticed. Empty for a mistake of the program.
   */
  public static Optional<Failure> in(Throwable e) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof Failure failure) {
        return Optional.of(failure);
      }
      if (cause instanceof UncheckedIOException unchecked) {
        return Optional.of(new Failure(unchecked.getCause()));
      }
      if (cause instanceof IOException io) {
        return Optional.of(new Failure(io));
      }
    }
    return Optional.empty();
  }
}
