package org.daxcheck.target.ssh;

import com.jcraft.jsch.ChannelExec;
import com.jcraft.jsch.JSchException;
import com.jcraft.jsch.Session;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.util.Optional;
import org.daxcheck.target.TargetException;

/** An SSH connection, and the one to the host that it goes through, where there is one. */
public final class Connection implements AutoCloseable {
  static final int CONNECT_MILLIS = 30_000;

  private static final long POLL_MILLIS = 10;

  private final Session session;
  private final Optional<Session> through;

  Connection(Session session, Optional<Session> through) {
    this.session = session;
    this.through = through;
  }

  /**
   * What a command left.
   *
   * @param exit its exit code, -1 where it took too long or the connection was lost
   * @param out what it printed
   * @param err what it complained of
   */
  public record Output(int exit, byte[] out, byte[] err) {}

  /** False once it has ended. */
  boolean connected() {
    return session.isConnected();
  }

  ChannelExec exec() throws JSchException {
    return (ChannelExec) session.openChannel("exec");
  }

  /**
   * Runs a shell command, with these bytes as its input.
   *
   * @param limitMillis how long it may take, in ms
   * @throws TargetException where it cannot be run
   */
  public Output run(String command, byte[] input, long limitMillis) throws TargetException {
    ChannelExec channel = null;
    try {
      channel = exec();
      channel.setCommand(command);
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      ByteArrayOutputStream err = new ByteArrayOutputStream();
      channel.setInputStream(new ByteArrayInputStream(input));
      channel.setOutputStream(out);
      channel.setErrStream(err);
      channel.connect(CONNECT_MILLIS);
      long end = System.nanoTime() + limitMillis * 1_000_000;
      while (!channel.isClosed() && System.nanoTime() <= end && session.isConnected()) {
        Thread.sleep(POLL_MILLIS);
      }
      return new Output(
          channel.isClosed() ? channel.getExitStatus() : -1, out.toByteArray(), err.toByteArray());
    } catch (JSchException e) {
      throw new TargetException(
          "'" + command + "' cannot be run in the machine: " + e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new TargetException("interrupted while a command ran in the machine", e);
    } finally {
      if (channel != null) {
        channel.disconnect();
      }
    }
  }

  @Override
  public void close() {
    session.disconnect();
    through.ifPresent(Session::disconnect);
  }
}
