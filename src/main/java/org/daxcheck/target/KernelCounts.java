package org.daxcheck.target;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
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

  /** The notes of a kernel, found once. */
  public static final class Notes {
    private final Path folder;
    private final SortedMap<String, Path> names = new TreeMap<>();

    /**
     * Those of a folder.
     *
     * @throws IOException where it cannot be read
     */
    public Notes(Path folder) throws IOException {
      this.folder = folder;
      try (Stream<Path> all = Files.walk(folder)) {
        for (Path note : all.filter(f -> f.toString().endsWith(NOTE)).toList()) {
          String path = folder.relativize(note).toString();
          names.put(path.replace('/', '#').replaceFirst(NOTE + "$", DATA), note);
        }
      }
    }

    /** By the names that their counters have. */
    public SortedMap<String, Path> names() {
      return Collections.unmodifiableSortedMap(names);
    }

    /** The source that a note is of, as a path in the kernel's tree. */
    public String source(Path note) {
      return folder.relativize(note).toString().replaceFirst(NOTE + "$", ".c");
    }

    /**
     * Reads an archive of tar. Files are named by the path in the folder where the kernel was
     * built; those that there is no note of are left out, whatever they are called.
     *
     * @throws IOException where it is none, or larger than counters are
     */
    public KernelCounts read(byte[] archive) throws IOException {
      if (archive.length > MOST_BYTES) {
        throw new IOException("they have " + archive.length + " bytes");
      }
      Map<String, byte[]> data = new TreeMap<>();
      try (TarArchiveInputStream in =
          new TarArchiveInputStream(new ByteArrayInputStream(archive))) {
        for (TarArchiveEntry e = in.getNextEntry(); e != null; e = in.getNextEntry()) {
          String path = e.getName();
          Optional<String> name =
              names.keySet().stream().filter(n -> path.endsWith("#" + n)).findFirst();
          if (e.isFile() && name.isPresent()) {
            data.put(name.get(), in.readAllBytes());
          }
        }
      }
      if (data.isEmpty()) {
        throw new IOException("there are none");
      }
      return new KernelCounts(folder, data);
    }
  }
}
