package org.daxcheck.guest;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.daxcheck.io.IoReason;

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
    Path folder = home.resolve("qemu/agent");
    List<Path> sources = sources(folder);
    List<byte[]> texts = new ArrayList<>();
    for (Path source : sources) {
      texts.add(Cache.read(source, "the agent's source"));
    }
    List<String> words =
        new ArrayList<>(List.of("gcc", "-O2", "-static", "-Wall", "-Wextra", "-Werror", "-o"));
    Path built =
        cache.once(
            "agent/" + Cache.hash(texts),
            "the agent, compiled from qemu/agent",
            part -> {
              progress.accept("compiling the agent");
              words.add(part.toString());
              sources.stream()
                  .map(s -> s.toAbsolutePath().toString())
                  .filter(s -> s.endsWith(".c"))
                  .forEach(words::add);
              Command.Output output =
                  Command.run(
                      Duration.ofMinutes(2),
                      part.getParent(),
                      Map.of(),
                      words.toArray(String[]::new));
              if (!output.ok()) {
                throw new GuestException(
                    folder
                        + ": does not compile ("
                        + output.complaint()
                        + "); install gcc and libc6-dev");
              }
            });
    return Cache.read(built, "the compiled agent");
  }

  /** Its files of C, headers among them, in the order of their names. */
  private static List<Path> sources(Path folder) throws GuestException {
    try (Stream<Path> all = Files.list(folder)) {
      return all.filter(f -> f.getFileName().toString().matches(".*\\.[ch]")).sorted().toList();
    } catch (IOException e) {
      throw new GuestException(
          folder + ": the agent's source cannot be read: " + IoReason.of(e), e);
    }
  }
}
