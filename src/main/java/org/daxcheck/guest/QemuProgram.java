package org.daxcheck.guest;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.daxcheck.io.IoReason;

/**
 * A QEMU that can be started.
 *
 * @param words how, before all options
 * @param identity differs between any two of them
 */
record QemuProgram(List<String> words, QemuVersion version, String identity) {
  private static final Duration LIMIT = Duration.ofSeconds(20);

  /** What each said to --version, asked once in a process. */
  private static final Map<List<String>, String> SAID = new ConcurrentHashMap<>();

  QemuProgram {
    words = List.copyOf(words);
  }

  /** The one that was chosen, fetched where it must be; for who holds the cache's lock. */
  static QemuProgram of(QemuChoice choice, Cache cache, Consumer<String> progress)
      throws GuestException {
    return switch (choice.origin()) {
      case FETCHED -> new FetchedQemu(cache, progress).program();
      case HOST ->
          of(
              List.of("qemu-system-x86_64"),
              "",
              "install qemu-system-x86, or leave out --qemu host: one is fetched then");
      case FILE -> ofFile(choice.file().orElseThrow());
    };
  }

  private static QemuProgram ofFile(Path file) throws GuestException {
    try {
      String stamp = " " + file + " " + Files.size(file) + " " + Files.getLastModifiedTime(file);
      return of(List.of(file.toAbsolutePath().toString()), stamp, "name another by --qemu");
    } catch (IOException e) {
      throw new GuestException(
          "--qemu "
              + file
              + ": cannot be read ("
              + IoReason.of(e)
              + "); name a QEMU for x86-64, host or fetched",
          e);
    }
  }

  /**
   * The one that these words start.
   *
   * @param stamp tells it from another one of the same version
   * @param remedy what to do where it does not start or is too old
   */
  static QemuProgram of(List<String> words, String stamp, String remedy) throws GuestException {
    String name = words.get(0);
    String said = SAID.get(words);
    if (said == null) {
      said = version(words, name, remedy);
      SAID.put(words, said);
    }
    QemuVersion version = QemuVersion.parse(name, said);
    if (!version.hasVolatileCxl()) {
      throw new GuestException(
          name
              + " is version "
              + version.text()
              + ", too old for volatile CXL memory, which needs QEMU 8.1 or newer; "
              + remedy);
    }
    return new QemuProgram(words, version, said.lines().findFirst().orElse("") + stamp);
  }

  private static String version(List<String> words, String name, String remedy)
      throws GuestException {
    List<String> all = new ArrayList<>(words);
    all.add("--version");
    String why;
    try {
      Command.Output output =
          Command.run(LIMIT, Path.of("/"), Map.of(), all.toArray(String[]::new));
      if (output.ok()) {
        return output.out();
      }
      why = output.complaint();
    } catch (GuestException e) {
      throw new GuestException(cannot(name, e.getMessage(), remedy), e);
    }
    throw new GuestException(cannot(name, why, remedy));
  }

  private static String cannot(String name, String why, String remedy) {
    return "cannot run QEMU as " + name + " (" + why + "); " + remedy;
  }
}
