package org.daxcheck.guest;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What stands beside a thing of the cache, in {@code NAME.sha256}: how it was made, and the SHA-256
 * of its files in the form that {@code sha256sum -c} reads, from the folder of a file, or from
 * within a folder. {@code qemu/kmem-build} writes the same.
 *
 * @param how in words for the user
 * @param bytes of all its files
 * @param made when it was whole
 */
public record CacheSeal(String how, long bytes, Instant made) {
  private static final String SUFFIX = ".sha256";

  /** Longer than between two ticks of any kernel. */
  private static final Duration TICK = Duration.ofMillis(20);

  private static final Pattern SIZE =
      Pattern.compile("# (\\d+) bytes in (\\d+) files, made (\\S+)");

  /** Why a thing may not be used. */
  public enum Damage {
    NO_SEAL("has no SHA-256 beside it"),
    ALTERED("is cut or altered, its SHA-256 is not that of when it was made");

    private final String text;

    Damage(String text) {
      this.text = text;
    }

    /** In words that follow the thing's name. */
    public String text() {
      return text;
    }
  }

  /** The file of the seal of a thing. */
  public static Path of(Path thing) {
    return thing.resolveSibling(thing.getFileName() + SUFFIX);
  }

  /** Whether a file is the seal of another. */
  static boolean isSeal(Path file) {
    return file.getFileName().toString().endsWith(SUFFIX);
  }

  /**
   * Writes the seal of what lies at {@code part} and is moved to {@code thing} next: a thing that
   * has none was never whole.
   */
  public static void write(Path part, Path thing, String how) throws IOException {
    List<Path> files = files(part);
    List<String> lines = new ArrayList<>();
    lines.add("# " + how.replaceAll("\\s+", " "));
    long bytes = 0;
    for (Path file : files) {
      bytes += Files.size(file);
      String name = file.equals(part) ? thing.getFileName().toString() : inside(part, file);
      lines.add(sum(file) + "  " + name);
    }
    Instant now = Instant.now().truncatedTo(ChronoUnit.MICROS).plus(1, ChronoUnit.MICROS);
    lines.add(1, "# %d bytes in %d files, made %s".formatted(bytes, files.size(), now));
    Path fresh = of(thing).resolveSibling(of(thing).getFileName() + ".part");
    Files.write(fresh, lines);
    Files.move(
        fresh, of(thing), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  /** The head of the seal of a thing; empty where there is none that can be read. */
  static Optional<CacheSeal> read(Path thing) throws IOException {
    return head(thing).map(Head::seal);
  }

  private record Head(CacheSeal seal, long files) {}

  private static Optional<Head> head(Path thing) throws IOException {
    try (BufferedReader lines = Files.newBufferedReader(of(thing))) {
      String how = lines.readLine();
      String size = lines.readLine();
      Matcher matcher = SIZE.matcher(size == null ? "" : size);
      if (how == null || !how.startsWith("# ") || !matcher.matches()) {
        return Optional.empty();
      }
      return Optional.of(
          new Head(
              new CacheSeal(
                  how.substring(2),
                  Long.parseLong(matcher.group(1)),
                  Instant.parse(matcher.group(3))),
              Long.parseLong(matcher.group(2))));
    } catch (NoSuchFileException e) {
      return Optional.empty(); // made by a daxcheck that wrote none, or cut off
    }
  }

  /**
   * Whether a thing is as it was made. All of a file is read; of a folder only what is not as long
   * as it was, or was written to since: it may have thousands.
   *
   * @return what is wrong with it; empty where nothing is
   */
  public static Optional<Damage> damage(Path thing) throws IOException {
    Optional<Head> head = head(thing);
    if (head.isEmpty()) {
      return Optional.of(Damage.NO_SEAL);
    }
    List<Path> files = files(thing);
    if (Files.isDirectory(thing) && untouched(files, head.get())) {
      return Optional.empty();
    }
    List<String> wanted =
        Files.readAllLines(of(thing)).stream().filter(l -> !l.startsWith("#")).sorted().toList();
    List<String> found = new ArrayList<>();
    for (Path file : files) {
      String name = file.equals(thing) ? thing.getFileName().toString() : inside(thing, file);
      found.add(sum(file) + "  " + name);
    }
    return found.stream().sorted().toList().equals(wanted)
        ? Optional.empty()
        : Optional.of(Damage.ALTERED);
  }

  private static boolean untouched(List<Path> files, Head head) throws IOException {
    long bytes = 0;
    for (Path file : files) {
      bytes += Files.size(file);
      // That of modification can be set back, that of change cannot. It is that of a tick of the
      // kernel, and may be a little before what was written.
      FileTime changed = (FileTime) Files.getAttribute(file, "unix:ctime");
      if (changed.toInstant().isAfter(head.seal().made().minus(TICK))) {
        return false;
      }
    }
    return files.size() == head.files() && bytes == head.seal().bytes();
  }

  /** The thing itself, or all regular files below it. */
  private static List<Path> files(Path thing) throws IOException {
    if (!Files.isDirectory(thing)) {
      return List.of(thing);
    }
    try (Stream<Path> walk = Files.walk(thing)) {
      return walk.filter(Files::isRegularFile).sorted().toList();
    }
  }

  private static String inside(Path folder, Path file) {
    return "./" + folder.relativize(file);
  }

  private static String sum(Path file) throws IOException {
    MessageDigest digest = Cache.sha256();
    byte[] buffer = new byte[1 << 16];
    try (InputStream in = Files.newInputStream(file)) {
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        digest.update(buffer, 0, n);
      }
    }
    return HexFormat.of().formatHex(digest.digest());
  }
}
