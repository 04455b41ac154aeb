package org.daxcheck.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.daxcheck.io.IoReason;
import org.daxcheck.suite.Provenance;

/** What this program judges by, to be kept in its results. */
public final class Origin {
  private Origin() {}

  /**
   * What judges now: this program, its suites, its commit.
   *
   * @param command the words behind {@code run}
   * @param module the SHA-256 of the driver that took the place of the kernel's own, or nothing
   * @throws Failure where its own files cannot be read
   */
  public static Provenance now(List<String> command, String module) {
    try {
      return new Provenance(
          command,
          commit(),
          Fingerprint.ofProgram(),
          new Fingerprint().add(Home.suites()).text(),
          module);
    } catch (IOException e) {
      throw new Failure("cannot read daxcheck's own files: " + IoReason.of(e));
    }
  }

  /** The commit of the checkout; empty where it is none, or there is no git. */
  private static String commit() throws IOException {
    Path folder = Home.folder().resolve(".git");
    if (!Files.isDirectory(folder)) {
      return "";
    }
    String head = Files.readString(folder.resolve("HEAD")).strip();
    Path ref = folder.resolve(head.replaceFirst("^ref: ", ""));
    return head.startsWith("ref: ")
        ? Files.isRegularFile(ref) ? Files.readString(ref).strip() : ""
        : head;
  }
}
