package org.daxcheck.target;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;

/**
 * How often a kernel ran each part of the code that it counts.
 *
 * @param notes the folder with what tells which line a counter is of, and with the sources
 * @param data the counters by file, such as {@code kmem.gcda}
 */
public record KernelCounts(Path notes, Map<String, byte[]> data) {
  private static final int MOST_BYTES = 16 << 20;

  public KernelCounts {
    data = Collections.unmodifiableMap(new TreeMap<>(data));
  }

  /**
   * Reads an archive of tar, in which paths count for nothing.
   *
   * @throws IOException where it is none, or larger than counters are
   */
  public static KernelCounts read(Path notes, byte[] archive) throws IOException {
    if (archive.length > MOST_BYTES) {
      throw new IOException("they have " + archive.length + " bytes");
    }
    Map<String, byte[]> data = new TreeMap<>();
    try (TarArchiveInputStream in = new TarArchiveInputStream(new ByteArrayInputStream(archive))) {
      for (TarArchiveEntry e = in.getNextEntry(); e != null; e = in.getNextEntry()) {
        String name = e.getName().replaceFirst(".*/", "");
        if (e.isFile() && name.matches("[A-Za-z0-9_-]+\\.gcda")) {
          data.put(name, in.readAllBytes());
        }
      }
    }
    if (data.isEmpty()) {
      throw new IOException("there are none");
    }
    return new KernelCounts(notes, data);
  }
}
