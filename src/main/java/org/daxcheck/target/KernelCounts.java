package org.daxcheck.target;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;

/**
 * How often a kernel ran each part of the code that it counts.
 *
 * @param notes the folder with what tells which line a counter is of, and with the sources
 * @param data the counters by file: the path in the kernel's tree with {@code #} for each {@code
 *     /}, such as {@code drivers#dax#kmem.gcda}
 */
public record KernelCounts(Path notes, Map<String, byte[]> data) {
  /** What files of notes end with. */
  public static final String NOTE = ".gcno";

  /** What files of counters end with. */
  public static final String DATA = ".gcda";

  private static final int MOST_BYTES = 16 << 20;

  public KernelCounts {
    data = Collections.unmodifiableMap(new TreeMap<>(data));
  }

  /**
   * The notes of a folder, by the names that their counters have.
   *
   * @throws IOException where it cannot be read
   */
  public static SortedMap<String, Path> names(Path notes) throws IOException {
    SortedMap<String, Path> names = new TreeMap<>();
    try (Stream<Path> all = Files.walk(notes)) {
      for (Path note : all.filter(f -> f.toString().endsWith(NOTE)).toList()) {
        String path = notes.relativize(note).toString();
        names.put(path.replace('/', '#').replaceFirst(NOTE + "$", DATA), note);
      }
    }
    return names;
  }

  /**
   * Reads an archive of tar. Files are named by the path in the folder where the kernel was built;
   * those that there is no note of are left out, whatever they are called.
   *
   * @throws IOException where it is none, or larger than counters are
   */
  public static KernelCounts read(Path notes, byte[] archive) throws IOException {
    if (archive.length > MOST_BYTES) {
      throw new IOException("they have " + archive.length + " bytes");
    }
    Map<String, byte[]> data = new TreeMap<>();
    Set<String> names = names(notes).keySet();
    try (TarArchiveInputStream in = new TarArchiveInputStream(new ByteArrayInputStream(archive))) {
      for (TarArchiveEntry e = in.getNextEntry(); e != null; e = in.getNextEntry()) {
        String path = e.getName();
        Optional<String> name = names.stream().filter(n -> path.endsWith("#" + n)).findFirst();
        if (e.isFile() && name.isPresent()) {
          data.put(name.get(), in.readAllBytes());
        }
      }
    }
    if (data.isEmpty()) {
      throw new IOException("there are none");
    }
    return new KernelCounts(notes, data);
  }
}
