package org.daxcheck.guest;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/** Programs of Debian for a guest that plays a machine, with the libraries that they need. */
public final class GuestPrograms {
  private GuestPrograms() {}

  /**
   * The programs as an archive for the guest's root; packages are fetched once.
   *
   * @param name of what is fetched, in the cache
   * @param programs their paths in the packages
   */
  public static byte[] tar(String name, List<String> packages, List<String> programs)
      throws GuestException, IOException {
    Userland.Choice choice = new Userland.Choice("apt/" + name, packages, programs);
    Cache cache = Cache.ofUser();
    Cache.Lock lock = cache.lock(text -> {});
    Map<String, byte[]> files;
    try {
      files = Userland.files(new Userland(cache, text -> {}, choice).packages(), choice);
    } finally {
      lock.close();
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (TarArchiveOutputStream tar = new TarArchiveOutputStream(bytes)) {
      for (Map.Entry<String, byte[]> file : files.entrySet()) {
        TarArchiveEntry entry = new TarArchiveEntry(file.getKey());
        entry.setSize(file.getValue().length);
        entry.setMode(0100755);
        tar.putArchiveEntry(entry);
        tar.write(file.getValue());
        tar.closeArchiveEntry();
      }
    }
    return bytes.toByteArray();
  }
}
