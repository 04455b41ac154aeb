package org.daxcheck.target.ssh;

import java.util.Optional;
import org.daxcheck.target.TargetException;

/**
 * A shell command that runs on a machine as long as its connection holds: its input stays open
 * until then, however this process ends.
 */
public final class LongCommand implements AutoCloseable {
  private final AgentChannel channel;

  private LongCommand(AgentChannel channel) {
    this.channel = channel;
  }

  /** Starts it on a connection of its own. */
  public static LongCommand start(Login login, String command) throws TargetException {
    return new LongCommand(AgentChannel.open(login.endpoint(command)));
  }

  /**
   * The next line that it says; empty where none came in time.
   *
   * @param millis how long to wait, in ms
   * @throws TargetException where it ended
   */
  public Optional<String> line(long millis) throws TargetException {
    return channel.receive(millis);
  }

  @Override
  public void close() {
    channel.close();
  }
}
