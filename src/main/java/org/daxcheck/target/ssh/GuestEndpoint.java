package org.daxcheck.target.ssh;

import com.jcraft.jsch.JSch;
import com.jcraft.jsch.JSchException;
import com.jcraft.jsch.Session;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * A machine of our own making, whose keys we know.
 *
 * @param privateKey the user's key, in a form that JSch reads
 * @param hostKey the host's key as in known_hosts, without the host: {@code ssh-ed25519 AAAA...}
 * @param why why the machine is dead, in a sentence; empty while it lives
 */
public record GuestEndpoint(
    String host,
    int port,
    String user,
    byte[] privateKey,
    String hostKey,
    String agent,
    Supplier<Optional<String>> why)
    implements Endpoint {
  public GuestEndpoint {
    privateKey = privateKey.clone();
  }

  @Override
  public byte[] privateKey() {
    return privateKey.clone();
  }

  @Override
  public Optional<String> death() {
    return why.get();
  }

  @Override
  public Connection connect() throws JSchException {
    JSch jsch = new JSch();
    jsch.addIdentity("guest", privateKey, null, null);
    String known = "[%s]:%d %s%n".formatted(host, port, hostKey);
    jsch.setKnownHosts(new ByteArrayInputStream(known.getBytes(StandardCharsets.US_ASCII)));
    Session session = jsch.getSession(user, host, port);
    session.setConfig("StrictHostKeyChecking", "yes");
    session.setConfig("server_host_key", hostKey.split(" ", 2)[0]);
    session.setConfig("PreferredAuthentications", "publickey");
    // The cheapest of the good ones: the other side may be an emulated processor.
    session.setConfig("kex", "curve25519-sha256,curve25519-sha256@libssh.org");
    session.setDaemonThread(true);
    session.connect(Connection.CONNECT_MILLIS);
    return new Connection(session, Optional.empty());
  }

  @Override
  public String toString() {
    return user + "@" + host + ":" + port;
  }
}
