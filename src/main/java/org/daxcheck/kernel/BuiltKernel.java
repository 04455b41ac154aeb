package org.daxcheck.kernel;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.daxcheck.guest.GuestException;
import org.daxcheck.guest.KernelChoice;
import org.daxcheck.io.IoReason;

/**
 * A kernel that was built, in the cache.
 *
 * @param folder with bzImage, System.map, config and modules/RELEASE
 * @param made what it is made of, such as {@code linux-source 7.3.4-1, config small}
 * @param release as uname -r says
 * @param words for its command line, such as {@code kasan_multi_shot}
 * @param unset what of the config could not be set, such as {@code CONFIG_X: asked for y, is n}
 * @param notes what the user should know of how it was made, such as warnings of the compiler
 */
public record BuiltKernel(
    Path folder,
    String made,
    String release,
    List<String> words,
    List<String> unset,
    List<String> notes) {
  public BuiltKernel {
    words = List.copyOf(words);
    unset = List.copyOf(unset);
    notes = List.copyOf(notes);
  }

  /** Reads what a build left. */
  static BuiltKernel read(Path folder, List<String> notes) throws GuestException {
    try {
      List<String> about = Files.readAllLines(folder.resolve("about"));
      return new BuiltKernel(
          folder,
          value(about, "source") + ", config " + value(about, "config"),
          value(about, "release"),
          values(about, "boot"),
          Files.readAllLines(folder.resolve("unset")),
          notes);
    } catch (IOException e) {
      throw new GuestException(folder + ": the kernel in it cannot be read: " + IoReason.of(e), e);
    }
  }

  private static String value(List<String> about, String key) throws IOException {
    return values(about, key).stream()
        .findFirst()
        .orElseThrow(() -> new IOException("it does not say its " + key));
  }

  private static List<String> values(List<String> about, String key) {
    return about.stream()
        .filter(l -> l.startsWith(key + ": "))
        .map(l -> l.substring(key.length() + 2))
        .toList();
  }

  /** The kernel as a guest boots it. */
  public KernelChoice choice() {
    return new KernelChoice.Built(folder, made, words);
  }

  /**
   * Its kmem driver; empty where that is built in.
   *
   * @throws GuestException where the folder cannot be read
   */
  public Optional<Path> kmem() throws GuestException {
    try (Stream<Path> files = Files.walk(folder.resolve("modules"))) {
      return files.filter(f -> f.endsWith("drivers/dax/kmem.ko")).findFirst();
    } catch (IOException e) {
      throw new GuestException(folder + ": its modules cannot be read: " + IoReason.of(e), e);
    }
  }
}
