package org.daxcheck.target;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

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

  /** Of a file; the line with the sum of all is none. */
  private static final Pattern FILE = Pattern.compile(" *(\\d{1,8}) (.*" + DATA + ")");

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
     * Reads files of counters: a line with the size in bytes and the path in the folder where the
     * kernel was built for each, an empty line, and all of them in that order. Those that there is
     * no note of are left out, whatever they are called.
     *
     * @throws IOException where it is none of this, or larger than counters are
     */
    public KernelCounts read(byte[] counters) throws IOException {
      if (counters.length > MOST_BYTES) {
        throw new IOException("they have " + counters.length + " bytes");
      }
      String text = new String(counters, StandardCharsets.ISO_8859_1);
      int end = text.indexOf("\n\n");
      int at = end + 2;
      Map<String, byte[]> data = new TreeMap<>();
      for (String line : text.substring(0, Math.max(0, end)).split("\n")) {
        Matcher file = FILE.matcher(line);
        if (!file.matches()) {
          continue;
        }
        int size = Integer.parseInt(file.group(1));
        if (size > counters.length - at) {
          throw new IOException("they end too soon");
        }
        String path = file.group(2).replace('/', '#');
        Optional<String> name =
            names.keySet().stream().filter(n -> path.endsWith("#" + n)).findFirst();
        if (name.isPresent()) {
          data.put(name.get(), Arrays.copyOfRange(counters, at, at + size));
        }
        at += size;
      }
      if (data.isEmpty()) {
        throw new IOException("there are none");
      }
      return new KernelCounts(folder, data);
    }
  }
}
