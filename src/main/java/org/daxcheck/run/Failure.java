package org.daxcheck.run;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
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
    super(cause.getMessage(), cause);
  }

  /** One with every mistake of a file, each with its place. */
  public Failure(ScenarioException cause) {
    super(cause.report(), cause);
  }

  /** What the kernel said, without the file's name, which messages of Java begin with. */
  public static String why(IOException e) {
    if (e instanceof AccessDeniedException) {
      return "Permission denied";
    }
    if (e instanceof NoSuchFileException) {
      return "No such file or directory";
    }
    return e instanceof FileSystemException f && f.getReason() != null
        ? f.getReason()
        : String.valueOf(e.getMessage());
  }
}
