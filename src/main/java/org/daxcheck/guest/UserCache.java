package org.daxcheck.guest;

import java.nio.file.Path;

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
}
