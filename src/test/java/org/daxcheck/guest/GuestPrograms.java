package org.daxcheck.guest;

import java.io.IOException;
import java.util.List;

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
    try {
      return Userland.tar(
          Userland.files(new Userland(cache, text -> {}, choice).packages(), choice));
    } finally {
      lock.close();
    }
  }
}
