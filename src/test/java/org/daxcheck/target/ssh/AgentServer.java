package org.daxcheck.target.ssh;

import com.jcraft.jsch.JSch;
import com.jcraft.jsch.JSchException;
import com.jcraft.jsch.Session;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import org.apache.sshd.server.Environment;
import org.apache.sshd.server.ExitCallback;
import org.apache.sshd.server.SshServer;
import org.apache.sshd.server.auth.password.AcceptAllPasswordAuthenticator;
import org.apache.sshd.server.channel.ChannelSession;
import org.apache.sshd.server.command.Command;
import org.apache.sshd.server.keyprovider.SimpleGeneratorHostKeyProvider;

/** An SSH server in this process, on which a test plays the agent. */
final class AgentServer implements AutoCloseable {
  /** How long what was left may take to go, in ms. */
  private static final long GOES_MILLIS = 10_000;

  private static final String AGENT = "/agent";

  private final SshServer server;
  private volatile Agent agent;
  private volatile String beside = "";

  /** What the agent answers to a line of a request; an exception ends its channel. */
  interface Agent {
    void answer(String line, OutputStream out) throws IOException, InterruptedException;
  }

  AgentServer() throws IOException {
    server = SshServer.setUpDefaultServer();
    server.setHost("127.0.0.1");
    server.setPort(0);
    server.setKeyPairProvider(new SimpleGeneratorHostKeyProvider());
    server.setPasswordAuthenticator(AcceptAllPasswordAuthenticator.INSTANCE);
    server.setCommandFactory((channel, command) -> new Played(command.equals(AGENT)));
    server.start();
  }

  /** Who speaks on the channels that are opened from now on. */
  void speaks(Agent next) {
    agent = next;
  }

  /** What any other command prints, such as a look at the agent's process. */
  void saysBeside(String text) {
    beside = text;
  }

  /** True once no connection is left; waits for that. */
  boolean isLeftAlone() throws InterruptedException {
    long until = System.nanoTime() + Duration.ofMillis(GOES_MILLIS).toNanos();
    while (!server.getActiveSessions().isEmpty() && System.nanoTime() < until) {
      Thread.sleep(5);
    }
    return server.getActiveSessions().isEmpty();
  }

  /** Ends every connection, as a machine that loses its power does. */
  void dropAll() {
    server.getActiveSessions().forEach(s -> s.close(true));
  }

  /** Where it is. */
  Endpoint endpoint() {
    return new Endpoint() {
      @Override
      public Connection connect() throws JSchException {
        Session session = new JSch().getSession("root", "127.0.0.1", server.getPort());
        session.setPassword("x".getBytes(StandardCharsets.US_ASCII));
        session.setConfig("StrictHostKeyChecking", "no");
        session.setDaemonThread(true);
        session.connect(10_000);
        return new Connection(session, Optional.empty());
      }

      @Override
      public String agent() {
        return AGENT;
      }

      @Override
      public Optional<String> death() {
        return Optional.empty();
      }

      @Override
      public String toString() {
        return "root@127.0.0.1";
      }
    };
  }

  @Override
  public void close() throws IOException {
    server.stop(true);
  }

  private final class Played implements Command {
    private final boolean isAgent;
    private InputStream in;
    private OutputStream out;
    private ExitCallback exit;

    Played(boolean isAgent) {
      this.isAgent = isAgent;
    }

    @Override
    public void setInputStream(InputStream in) {
      this.in = in;
    }

    @Override
    public void setOutputStream(OutputStream out) {
      this.out = out;
    }

    @Override
    public void setErrorStream(OutputStream err) {
      // It never complains.
    }

    @Override
    public void setExitCallback(ExitCallback callback) {
      this.exit = callback;
    }

    @Override
    public void start(ChannelSession channel, Environment environment) {
      Agent speaks = agent;
      Thread thread = new Thread(() -> run(speaks), "agent of a test");
      thread.setDaemon(true);
      thread.start();
    }

    private void run(Agent speaks) {
      try (BufferedReader lines =
          new BufferedReader(new InputStreamReader(in, StandardCharsets.US_ASCII))) {
        if (!isAgent) {
          out.write(beside.getBytes(StandardCharsets.US_ASCII));
          out.flush();
          exit.onExit(0);
          return;
        }
        String line;
        while ((line = lines.readLine()) != null) {
          speaks.answer(line, out);
          out.flush();
        }
      } catch (IOException | InterruptedException e) {
        // Its part is over.
      }
      exit.onExit(0);
    }

    @Override
    public void destroy(ChannelSession channel) {
      // Its thread ends with its input.
    }
  }
}
