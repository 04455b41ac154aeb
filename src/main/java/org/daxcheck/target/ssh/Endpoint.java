package org.daxcheck.target.ssh;

import java.util.Optional;
import java.util.function.Supplier;

/**
 * Where a target is reached, and how.
 *
 * @param privateKey the user's key, in a form that JSch reads
 * @param hostKey the host's key as in known_hosts, without the host: {@code ssh-ed25519 AAAA...}
 * @param agent the command that starts the agent
 * @param death why the machine is dead, in a sentence, where that is known; empty while it lives
 */
public record Endpoint(
    String host,
    int port,
    String user,
    byte[] privateKey,
    String hostKey,
    String agent,
    Supplier<Optional<String>> death) {
  public Endpoint {
    privateKey = privateKey.clone();
  }

  @Override
  public byte[] privateKey() {
    return privateKey.clone();
  }

  @Override
  public String toString() {
    return user + "@" + host + ":" + port;
  }
}
