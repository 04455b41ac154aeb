package org.daxcheck.target.ssh;

import com.jcraft.jsch.ChannelExec;
import com.jcraft.jsch.JSchException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.daxcheck.io.IoReason;
import org.daxcheck.target.TargetException;

/** One SSH channel to an agent: lines out, lines in, every wait bounded. */
final class AgentChannel implements AutoCloseable {
  /** What the reader puts behind the last line. */
  private static final String END = "\u0000end";

  /** More than any answer has, in characters; what is longer comes from somebody else. */
  static final int LONGEST = 16 << 20;

  /** How long a look from beside may take, in ms. */
  private static final long BESIDE_MILLIS = 10_000;

  private final Endpoint endpoint;
  private final Connection connection;
  private final ChannelExec channel;
  private final OutputStream out;
  private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();

  private AgentChannel(
      Endpoint endpoint, Connection connection, ChannelExec channel, OutputStream out) {
    this.endpoint = endpoint;
    this.connection = connection;
    this.channel = channel;
    this.out = out;
  }

  static AgentChannel open(Endpoint endpoint) throws TargetException {
    Connection connection = null;
    try {
      connection = endpoint.connect();
      ChannelExec channel = connection.exec();
      channel.setCommand(endpoint.agent());
      OutputStream out = channel.getOutputStream();
      BufferedReader in =
          new BufferedReader(
              new InputStreamReader(channel.getInputStream(), StandardCharsets.US_ASCII));
      channel.connect(Connection.CONNECT_MILLIS);
      AgentChannel opened = new AgentChannel(endpoint, connection, channel, out);
      Thread reader = new Thread(() -> opened.read(in), "agent " + endpoint);
      reader.setDaemon(true);
      reader.start();
      return opened;
    } catch (JSchException | IOException e) {
      if (connection != null) {
        connection.close();
      }
      String why = e instanceof IOException io ? IoReason.of(io) : e.getMessage();
      throw new TargetException(
          endpoint.death().orElse("no SSH connection to " + endpoint + ": " + why), e);
    }
  }

  /** Runs a shell command beside the agent, with these bytes as its input. */
  Connection.Output shell(String command, byte[] input, long limitMillis) throws TargetException {
    try {
      return connection.run(command, input, limitMillis);
    } catch (TargetException e) {
      throw new TargetException(death().orElse(e.getMessage()), e);
    }
  }

  /** What a command prints on a connection of its own; empty where there is none to be had. */
  Optional<String> beside(String command) {
    try (Connection another = endpoint.connect()) {
      byte[] said = another.run(command, new byte[0], BESIDE_MILLIS).out();
      return Optional.of(new String(said, StandardCharsets.ISO_8859_1));
    } catch (JSchException | TargetException e) {
      // That it cannot be reached is the observation that was asked for.
      return Optional.empty();
    }
  }

  /** False once the connection has ended. */
  boolean connected() {
    return connection.connected();
  }

  Optional<String> death() {
    return endpoint.death();
  }

  private void read(BufferedReader in) {
    try (in) {
      StringBuilder line = new StringBuilder();
      int c;
      while ((c = in.read()) != -1) {
        if (c != '\n') {
          line.append((char) c);
          if (line.length() > LONGEST) {
            lines.add(END + ": a line of the agent has no end");
            return;
          }
          continue;
        }
        lines.add(line.toString());
        line.setLength(0);
      }
      // A line that was cut off is no answer, whatever it looks like.
      lines.add(END + (line.isEmpty() ? "" : " within a line"));
    } catch (IOException e) {
      lines.add(END + ": " + IoReason.of(e));
    }
  }

  void send(String request) throws TargetException {
    try {
      out.write(request.getBytes(StandardCharsets.US_ASCII));
      out.flush();
    } catch (IOException e) {
      throw new TargetException(
          death().orElse("the connection to the agent was lost: " + IoReason.of(e)), e);
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

  /** Ends what is sent, so that the agent ends by itself; what it answers can still be read. */
  void finish() {
    try {
      out.close();
    } catch (IOException e) {
      // Where the connection is gone the agent has seen the end already.
      lines.add(END + ": " + IoReason.of(e));
    }
  }

  @Override
  public void close() {
    channel.disconnect();
    connection.close();
  }
}
