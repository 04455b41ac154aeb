package org.daxcheck.target.ssh;

import com.jcraft.jsch.JSchException;
import java.util.Optional;

/** Where a target is reached, and how; {@link #toString} is user, host and port. */
public interface Endpoint {
  /** A new connection, its host key checked. */
  Connection connect() throws JSchException;

  /** The command that starts the agent. */
  String agent();

  /** Why the machine is dead, in a sentence, where that is known; empty while it lives. */
  Optional<String> death();
}
