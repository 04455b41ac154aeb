package org.daxcheck.guest;

import java.nio.file.Path;
import java.util.Optional;

/**
 * Which QEMU guests run in, and what runs their code.
 *
 * @param file the QEMU, where it is one of the user's
 * @param accelerator what the user wants; empty for KVM where it is seen to run such guests, else
 *     emulation
 */
public record QemuChoice(Origin origin, Optional<Path> file, Optional<Accelerator> accelerator) {
  /** Where a QEMU comes from. */
  public enum Origin {
    /** Debian's backports, into the cache: the same one on every host. */
    FETCHED,
    /** This host has it installed. */
    HOST,
    /** The user names a file. */
    FILE
  }

  /** What stands for the first two on a command line. */
  private static final String FETCHED_WORD = "fetched";

  private static final String HOST_WORD = "host";

  /** The fetched QEMU, or what DAXCHECK_QEMU says, with emulation. */
  public static QemuChoice usual() {
    String word = System.getenv("DAXCHECK_QEMU");
    return of(word == null || word.isBlank() ? FETCHED_WORD : word);
  }

  /** What a word stands for, with emulation: {@code fetched}, {@code host}, or a path. */
  public static QemuChoice of(String word) {
    Origin origin =
        switch (word) {
          case FETCHED_WORD -> Origin.FETCHED;
          case HOST_WORD -> Origin.HOST;
          default -> Origin.FILE;
        };
    Optional<Path> file = origin == Origin.FILE ? Optional.of(Path.of(word)) : Optional.empty();
    return new QemuChoice(origin, file, Optional.of(Accelerator.TCG));
  }

  /** The same QEMU with another accelerator, or empty as in the record. */
  public QemuChoice with(Optional<Accelerator> wanted) {
    return new QemuChoice(origin, file, wanted);
  }
}
