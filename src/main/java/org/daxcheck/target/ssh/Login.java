package org.daxcheck.target.ssh;

import com.jcraft.jsch.AgentIdentityRepository;
import com.jcraft.jsch.AgentProxyException;
import com.jcraft.jsch.ChannelDirectTCPIP;
import com.jcraft.jsch.IdentityRepository;
import com.jcraft.jsch.JSch;
import com.jcraft.jsch.JSchException;
import com.jcraft.jsch.Proxy;
import com.jcraft.jsch.SSHAgentConnector;
import com.jcraft.jsch.Session;
import com.jcraft.jsch.SocketFactory;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.daxcheck.target.TargetException;

/**
 * How a machine of somebody else is entered. Its host key must be known, and so must that of a host
 * on the way.
 *
 * @param identity the private key; else those of ssh-agent, or without one the usual files
 * @param knownHosts the known_hosts file
 * @param jump the host that the connection goes through
 */
public record Login(
    Address address, Optional<Path> identity, Path knownHosts, Optional<Address> jump) {
  private static final List<String> USUAL = List.of("id_ed25519", "id_ecdsa", "id_rsa");

  /** A new connection; what fails is told in a sentence with what to do. */
  public Connection connect() throws TargetException {
    try {
      return open();
    } catch (JSchException e) {
      throw new TargetException(sentence(e), e);
    }
  }

  /** The same as an endpoint, with the command that starts the agent. */
  public Endpoint endpoint(String agent) {
    Login login = this;
    return new Endpoint() {
      @Override
      public Connection connect() throws JSchException {
        return login.open();
      }

      @Override
      public String agent() {
        return agent;
      }

      @Override
      public Optional<String> death() {
        return Optional.empty();
      }

      @Override
      public String toString() {
        return address.toString();
      }
    };
  }

  private Connection open() throws JSchException {
    JSch jsch = new JSch();
    jsch.setKnownHosts(knownHosts.toString());
    identify(jsch);
    Optional<Session> through = Optional.empty();
    try {
      if (jump.isPresent()) {
        through = Optional.of(session(jsch, jump.get()));
        through.get().connect(Connection.CONNECT_MILLIS);
      }
      Session session = session(jsch, address);
      through.ifPresent(hop -> session.setProxy(new Hop(hop)));
      session.connect(Connection.CONNECT_MILLIS);
      return new Connection(session, through);
    } catch (JSchException e) {
      through.ifPresent(Session::disconnect);
      throw e;
    }
  }

  private static Session session(JSch jsch, Address to) throws JSchException {
    Session session = jsch.getSession(to.user(), to.host(), to.port());
    session.setConfig("StrictHostKeyChecking", "yes");
    session.setConfig("PreferredAuthentications", "publickey");
    session.setDaemonThread(true);
    return session;
  }

  private void identify(JSch jsch) throws JSchException {
    if (identity.isPresent()) {
      jsch.addIdentity(identity.get().toString());
      return;
    }
    Optional<IdentityRepository> agent = sshAgent();
    if (agent.isPresent()) {
      jsch.setIdentityRepository(agent.get());
      return;
    }
    for (String name : USUAL) {
      Path file = Path.of(System.getProperty("user.home", "."), ".ssh", name);
      if (Files.isReadable(file)) {
        jsch.addIdentity(file.toString());
      }
    }
  }

  private static Optional<IdentityRepository> sshAgent() {
    if (System.getenv("SSH_AUTH_SOCK") == null) {
      return Optional.empty();
    }
    try {
      IdentityRepository keys = new AgentIdentityRepository(new SSHAgentConnector());
      return keys.getIdentities().isEmpty() ? Optional.empty() : Optional.of(keys);
    } catch (AgentProxyException e) {
      // Without an agent that answers, the usual files are tried.
      return Optional.empty();
    }
  }

  /** Library words as a user's: what is wrong, and what to do. */
  private String sentence(JSchException e) {
    String message = e.getMessage() == null ? e.toString() : e.getMessage();
    String lower = message.toLowerCase(Locale.ROOT);
    String where = jump.map(j -> address + " (through " + j + ")").orElse(address.toString());
    if (lower.contains("hostkey has been changed")) {
      return where
          + ": its host key is another than the one in "
          + knownHosts
          + "; find out why before you go on";
    }
    if (lower.contains("hostkey") || lower.contains("host key")) {
      return where
          + ": its host key is not in "
          + knownHosts
          + "; connect once by ssh and compare the fingerprint, or name --known-hosts";
    }
    if (lower.contains("auth")) {
      return where
          + ": it refuses "
          + identity.map(i -> "the key " + i).orElse("the keys of ssh-agent and ~/.ssh")
          + "; name a key by --identity, without a passphrase, or give it to ssh-agent";
    }
    if (lower.contains("invalid privatekey")) {
      return identity.map(Path::toString).orElse("a key") + ": this is no private key";
    }
    return "no SSH connection to " + where + ": " + message;
  }

  /** A channel through another host. */
  private static final class Hop implements Proxy {
    private final Session through;
    private ChannelDirectTCPIP channel;
    private InputStream in;
    private OutputStream out;

    Hop(Session through) {
      this.through = through;
    }

    @Override
    public void connect(SocketFactory factory, String host, int port, int timeout)
        throws Exception {
      channel = (ChannelDirectTCPIP) through.openChannel("direct-tcpip");
      channel.setHost(host);
      channel.setPort(port);
      in = channel.getInputStream();
      out = channel.getOutputStream();
      channel.connect(timeout);
    }

    @Override
    public InputStream getInputStream() {
      return in;
    }

    @Override
    public OutputStream getOutputStream() {
      return out;
    }

    @Override
    public Socket getSocket() {
      return null;
    }

    @Override
    public void close() {
      try {
        in.close();
        out.close();
      } catch (IOException e) {
        // It is being given up anyway.
      }
      channel.disconnect();
    }
  }
}
