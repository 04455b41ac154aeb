package org.daxcheck.guest;

import java.io.IOException;
import java.nio.file.Path;
import java.util.function.Consumer;

/** The user's cache folder, for those who keep something of their own in it. */
public final class UserCache {
  private UserCache() {}

  /**
   * A folder in it, made where it is missing. Names that end in {@code .part} are removed at the
   * next chance.
   */
  public static Path folder(String name) throws GuestException {
    return Cache.ofUser().folder(name);
  }

  /** Has what the user must know of the cache told, such as that a damaged driver is made anew. */
  public static void hear(Consumer<String> listener) {
    Cache.hear(listener);
  }

  /** Notes that this process uses a thing of it, until it ends; nothing where it is elsewhere. */
  public static void use(Path thing) throws IOException {
    Path root = Cache.rootOfUser();
    if (thing.startsWith(root)) {
      new Cache(root).use(root.relativize(thing).toString());
    }
  }
}
