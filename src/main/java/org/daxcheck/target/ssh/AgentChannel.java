package org.daxcheck.target.ssh;

import com.jcraft.jsch.ChannelExec;
import com.jcraft.jsch.JSch;
import com.jcraft.jsch.JSchException;
import com.jcraft.jsch.Session;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.daxcheck.target.TargetException;

/** One SSH channel to an agent: lines out, lines in, every wait bounded. */
final class AgentChannel implements AutoCloseable {
  private static final int CONNECT_MILLIS = 30_000;

  private static final long SHELL_POLL_MILLIS = 10;

  /** What the reader puts behind the last line. */
  private static final String END = "\u0000end";

  private final Endpoint endpoint;
  private final Session session;
  private final ChannelExec channel;
  private final OutputStream out;
  private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();

  private AgentChannel(Endpoint endpoint, Session session, ChannelExec channel, OutputStream out) {
    this.endpoint = endpoint;
    this.session = session;
    this.channel = channel;
    this.out = out;
  }

  static AgentChannel open(Endpoint endpoint) throws TargetException {
    Session session = null;
    try {
      session = connect(endpoint);
      ChannelExec channel = (ChannelExec) session.openChannel("exec");
      channel.setCommand(endpoint.agent());
      OutputStream out = channel.getOutputStream();
      BufferedReader in =
          new BufferedReader(
              new InputStreamReader(channel.getInputStream(), StandardCharsets.US_ASCII));
      channel.connect(CONNECT_MILLIS);
      AgentChannel opened = new AgentChannel(endpoint, session, channel, out);
      Thread reader = new Thread(() -> opened.read(in), "agent " + endpoint);
      reader.setDaemon(true);
      reader.start();
      return opened;
    } catch (JSchException | IOException e) {
      if (session != null) {
        session.disconnect();
      }
      String why =
          endpoint.death().get().orElse("no SSH connection to " + endpoint + ": " + e.getMessage());
      throw new TargetException(why, e);
    }
  }

  private static Session connect(Endpoint endpoint) throws JSchException {
    JSch jsch = new JSch();
    jsch.addIdentity("guest", endpoint.privateKey(), null, null);
    String known = "[%s]:%d %s%n".formatted(endpoint.host(), endpoint.port(), endpoint.hostKey());
    jsch.setKnownHosts(new ByteArrayInputStream(known.getBytes(StandardCharsets.US_ASCII)));
    Session session = jsch.getSession(endpoint.user(), endpoint.host(), endpoint.port());
    session.setConfig("StrictHostKeyChecking", "yes");
    session.setConfig("server_host_key", endpoint.hostKey().split(" ", 2)[0]);
    session.setConfig("PreferredAuthentications", "publickey");
    // The cheapest of the good ones: the other side may be an emulated processor.
    session.setConfig("kex", "curve25519-sha256,curve25519-sha256@libssh.org");
    session.setDaemonThread(true);
    session.connect(CONNECT_MILLIS);
    return session;
  }

  /**
   * What a command in the machine left: its exit code, -1 where it took too long, and its output.
   */
  record Output(int exit, byte[] out) {}

  /** Runs a shell command beside the agent, with these bytes as its input. */
  Output shell(String command, byte[] input, long limitMillis) throws TargetException {
    ChannelExec beside = null;
    try {
      beside = (ChannelExec) session.openChannel("exec");
      beside.setCommand(command);
      ByteArrayOutputStream printed = new ByteArrayOutputStream();
      beside.setInputStream(new ByteArrayInputStream(input));
      beside.setOutputStream(printed);
      beside.connect(CONNECT_MILLIS);
      long end = System.nanoTime() + limitMillis * 1_000_000;
      while (!beside.isClosed()) {
        if (System.nanoTime() > end || !session.isConnected()) {
          break;
        }
        Thread.sleep(SHELL_POLL_MILLIS);
      }
      return new Output(beside.isClosed() ? beside.getExitStatus() : -1, printed.toByteArray());
    } catch (JSchException e) {
      throw new TargetException(
          death().orElse("'" + command + "' cannot be run in the machine: " + e.getMessage()), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new TargetException("interrupted while a command ran in the machine", e);
    } finally {
      if (beside != null) {
        beside.disconnect();
      }
    }
  }

  /** Whether a second connection can be made: the machine lives though the agent is silent. */
  boolean machineAnswers() {
    try {
      connect(endpoint).disconnect();
      return true;
    } catch (JSchException e) {
      // That it cannot be reached is the observation that was asked for.
      return false;
    }
  }

  Optional<String> death() {
    return endpoint.death().get();
  }

  private void read(BufferedReader in) {
    try (in) {
      String line;
      while ((line = in.readLine()) != null) {
        lines.add(line);
      }
      lines.add(END);
    } catch (IOException e) {
      lines.add(END + ": " + e.getMessage());
    }
  }

  void send(String request) throws TargetException {
    try {
      out.write(request.getBytes(StandardCharsets.US_ASCII));
      out.flush();
    } catch (IOException e) {
      throw new TargetException(
          death().orElse("the connection to the agent was lost: " + e.getMessage()), e);
    }
  }

  /**
   * The next line; empty where none came in time.
   *
   * @throws TargetException where the connection ended
   */
  Optional<String> receive(long millis) throws TargetException {
    try {
      String line = lines.poll(millis, TimeUnit.MILLISECONDS);
      if (line != null && line.startsWith(END)) {
        lines.add(line);
        throw new TargetException(
            death().orElse("the connection to the agent was lost" + line.substring(END.length())));
      }
      return Optional.ofNullable(line);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new TargetException("interrupted while waiting for the agent", e);
    }
  }

  @Override
  public void close() {
    channel.disconnect();
    session.disconnect();
  }
}
