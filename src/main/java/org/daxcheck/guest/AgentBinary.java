package org.daxcheck.guest;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** The agent as a program, compiled once. */
public final class AgentBinary {
  private AgentBinary() {}

  /**
   * The static program for x86_64.
   *
   * @param home daxcheck's own folder
   * @throws GuestException where it cannot be compiled
   */
  public static byte[] of(Path home, Consumer<String> progress) throws GuestException {
    Cache cache = Cache.ofUser();
    Cache.Lock lock = cache.lock(progress);
    try {
      return of(cache, progress, home);
    } finally {
      lock.close();
    }
  }

  static byte[] of(Cache cache, Consumer<String> progress, Path home) throws GuestException {
    Path source = home.resolve("qemu/agent/agent.c");
    byte[] text = Cache.read(source, "the agent's source");
    Path built =
        cache.once(
            "agent/" + Cache.hash(List.of(text)),
            part -> {
              progress.accept("compiling the agent");
              Command.Output output =
                  Command.run(
                      Duration.ofMinutes(2),
                      part.getParent(),
                      Map.of(),
                      "gcc",
                      "-O2",
                      "-static",
                      "-Wall",
                      "-Wextra",
                      "-Werror",
                      "-o",
                      part.toString(),
                      source.toAbsolutePath().toString());
              if (!output.ok()) {
                throw new GuestException(
                    source
                        + ": does not compile ("
                        + output.complaint()
                        + "); install gcc and libc6-dev");
              }
            });
    return Cache.read(built, "the compiled agent");
  }
}
