package org.daxcheck.guest;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.daxcheck.io.IoReason;
import org.daxcheck.io.Trees;

/** A guest as a person uses it: by the ssh client of the host. */
public final class GuestShell {
  private static final long POLL_MILLIS = 200;

  private final Guest guest;
  private final List<String> command;

  private GuestShell(Guest guest, List<String> command) {
    this.guest = guest;
    this.command = List.copyOf(command);
  }

  /** A folder for keys and console that goes when it is closed, or when this process ends. */
  public static final class Folder implements AutoCloseable {
    private final Path path;
    private final Runnable ending = this::close;

    /** Takes over an existing folder. */
    public Folder(Path path) {
      this.path = path;
      AtExit.add(ending);
    }

    @Override
    public void close() {
      AtExit.remove(ending);
      try {
        Trees.remove(path);
      } catch (IOException e) {
        // What cannot be removed is a folder of temporary files; the guest itself has ended.
        path.toFile().deleteOnExit();
      }
    }
  }

  /** Writes the guest's keys to the folder, for ssh to read. */
  public static GuestShell of(Guest guest, Folder folder) throws GuestException {
    Path key = folder.path.resolve("key");
    Path known = folder.path.resolve("known_hosts");
    try {
      Files.createFile(
          key, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      Files.write(key, guest.userPrivateKey());
      Files.writeString(known, guest.knownHostsLine() + "\n");
    } catch (IOException e) {
      throw new GuestException("cannot write the guest's keys: " + IoReason.of(e), e);
    }
    return new GuestShell(
        guest,
        List.of(
            "ssh",
            "-F",
            "none",
            "-i",
            key.toString(),
            "-o",
            "IdentitiesOnly=yes",
            "-o",
            "UserKnownHostsFile=" + known,
            "-o",
            "StrictHostKeyChecking=yes",
            "-p",
            Integer.toString(guest.port()),
            guest.user() + "@" + guest.host()));
  }

  /** The words that open a shell in the guest. */
  public List<String> command() {
    return command;
  }

  /** Opens a shell, or runs a command, on this process's terminal; gives its exit code. */
  public int run(List<String> words) throws GuestException {
    List<String> all = new ArrayList<>(command);
    all.addAll(words);
    try {
      return new ProcessBuilder(all).inheritIO().start().waitFor();
    } catch (IOException e) {
      throw new GuestException("cannot start ssh; install openssh-client: " + IoReason.of(e), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new GuestException("interrupted", e);
    }
  }

  /** Returns when the guest has ended. */
  public void untilDead() throws GuestException {
    try {
      while (guest.alive()) {
        Thread.sleep(POLL_MILLIS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new GuestException("interrupted", e);
    }
  }
}
