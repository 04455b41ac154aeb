package org.daxcheck.lab;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import org.daxcheck.target.TargetException;
import org.daxcheck.target.ssh.Connection;

/** Commands on a machine, as root. */
final class MachineShell implements AutoCloseable {
  private static final long COMMAND_MILLIS = 60_000;

  private final LabMachine.Wish wish;
  private Connection connection;

  private MachineShell(LabMachine.Wish wish, Connection connection) {
    this.wish = wish;
    this.connection = connection;
  }

  /**
   * Logs in.
   *
   * @throws TargetException with a sentence, where the machine or root cannot be reached
   */
  static MachineShell open(LabMachine.Wish wish) throws TargetException {
    MachineShell shell = new MachineShell(wish, wish.login().connect());
    try {
      if (wish.sudo()) {
        Connection.Output may = shell.run(root(wish, "true"), new byte[0]);
        if (may.exit() != 0) {
          throw wrong(wish, "sudo does not work without a password: " + text(may.err()).strip());
        }
      }
      return shell;
    } catch (TargetException e) {
      shell.close();
      throw e;
    }
  }

  /** The command as one that root runs. */
  static String root(LabMachine.Wish wish, String command) {
    return wish.sudo() ? "sudo -n " + command : command;
  }

  /** A failure of this machine. */
  static TargetException wrong(LabMachine.Wish wish, String sentence) {
    return new TargetException(wish.login().address() + ": " + sentence);
  }

  /** A script of ours, as it is stored. */
  static byte[] bytes(String script) {
    try (InputStream in = MachineShell.class.getResourceAsStream(script)) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A script of ours, as text. */
  static String script(String name) {
    return text(bytes(name));
  }

  static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  private Connection.Output run(String command, byte[] input) throws TargetException {
    return connection.run(command, input, COMMAND_MILLIS);
  }

  /** Runs a line of shell. */
  Connection.Output sh(String line, byte[] input) throws TargetException {
    return run(root(wish, "sh -c " + Survey.quoted(line)), input);
  }

  /**
   * Runs a script of ours.
   *
   * @param words its arguments, as words for a shell
   * @param limitMillis how long it may take, in ms
   */
  Connection.Output script(String name, String words, long limitMillis) throws TargetException {
    return connection.run(root(wish, "sh -s -- " + words), bytes(name), limitMillis);
  }

  /** Runs a line of shell on the connection at hand, or on a new one where that was lost. */
  Connection.Output again(String line) throws TargetException {
    try {
      Connection.Output said = sh(line, new byte[0]);
      if (said.exit() != -1) {
        return said;
      }
    } catch (TargetException e) {
      // A new connection may do better; where it does not, that is what is told.
      connection.close();
    }
    connection = wish.login().connect();
    return sh(line, new byte[0]);
  }

  /** What the machine says of itself, and of this device; empty for none. */
  Survey survey(String device) throws TargetException {
    String words = device.isEmpty() ? "" : Survey.quoted(device);
    return Survey.of(text(script("survey.sh", words, COMMAND_MILLIS).out()));
  }

  @Override
  public void close() {
    connection.close();
  }
}
