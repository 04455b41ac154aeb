package org.daxcheck.guest;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.daxcheck.io.IoReason;

/**
 * The hardware that a user named: one of qemu/topologies by its name, or a file of the user's.
 *
 * @param name what cases on it are called by
 * @param file where it stands
 */
public record TopologyChoice(String name, Path file) {
  private static final String ENDING = ".topology";

  /** What is known of these by their names must not be taken for known of a file of the user's. */
  private static final String OURS = "cxl";

  /**
   * What the word stands for: a path where it has a slash or ends as such files do, else a name.
   *
   * @param home daxcheck's own folder
   * @param said what the user wrote
   * @throws GuestException with a sentence, where there is no such topology or it cannot be used
   */
  public static TopologyChoice of(Path home, String said) throws GuestException {
    Path folder = home.resolve("qemu/topologies");
    if (!said.contains("/") && !said.endsWith(ENDING)) {
      TopologyChoice known = new TopologyChoice(said, folder.resolve(said + ENDING));
      if (!Files.isRegularFile(known.file())) {
        throw new GuestException(
            "--topology '" + said + "' is unknown; expected a file, or one of " + names(folder));
      }
      Topology.read(known.file());
      return known;
    }
    Path file = Path.of(said);
    TopologyChoice own = new TopologyChoice(nameOf(file), file);
    Topology.read(file);
    if (!same(file, folder.resolve(own.name() + ENDING))) {
      checkName(file);
    }
    return own;
  }

  /**
   * Whether cases can be called by the name of such a file.
   *
   * @throws GuestException where they cannot
   */
  public static void checkName(Path file) throws GuestException {
    String name = nameOf(file);
    if (!name.matches("[A-Za-z0-9][A-Za-z0-9_-]*") || !file.toString().endsWith(ENDING)) {
      throw new GuestException(
          file + ": name it by letters, digits, - and _, such as lab1" + ENDING);
    }
    if (name.startsWith(OURS)) {
      throw new GuestException(
          file + ": names that begin with " + OURS + " are those of qemu/topologies; name it anew");
    }
  }

  private static String names(Path folder) throws GuestException {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .filter(f -> f.toString().endsWith(ENDING))
          .map(TopologyChoice::nameOf)
          .sorted()
          .collect(Collectors.joining(", "));
    } catch (IOException e) {
      throw new GuestException(folder + ": cannot be read: " + IoReason.of(e), e);
    }
  }

  private static boolean same(Path file, Path other) throws GuestException {
    try {
      return Files.exists(other) && Files.isSameFile(file, other);
    } catch (IOException e) {
      throw new GuestException(file + ": cannot be read: " + IoReason.of(e), e);
    }
  }

  static String nameOf(Path file) {
    String base = file.getFileName().toString();
    int dot = base.lastIndexOf('.');
    return dot > 0 ? base.substring(0, dot) : base;
  }
}
