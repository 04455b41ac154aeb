package org.daxcheck.abi;

import java.util.Map;

/**
 * An error number by its name, such as {@code EBUSY}; an unknown one is spelled as the agent gave
 * it, such as {@code E531}.
 */
public record Errno(String name) implements Comparable<Errno> {
  public static final Errno EINTR = new Errno("EINTR");
  public static final Errno EACCES = new Errno("EACCES");
  public static final Errno EBUSY = new Errno("EBUSY");
  public static final Errno EEXIST = new Errno("EEXIST");
  public static final Errno EINVAL = new Errno("EINVAL");
  public static final Errno ENODEV = new Errno("ENODEV");
  public static final Errno ENOENT = new Errno("ENOENT");
  public static final Errno ENOMEM = new Errno("ENOMEM");
  public static final Errno ENOSPC = new Errno("ENOSPC");
  public static final Errno ENXIO = new Errno("ENXIO");

  private static final Map<String, Integer> NUMBERS =
      Map.ofEntries(
          Map.entry("EPERM", 1),
          Map.entry("ENOENT", 2),
          Map.entry("EINTR", 4),
          Map.entry("EIO", 5),
          Map.entry("ENXIO", 6),
          Map.entry("EAGAIN", 11),
          Map.entry("ENOMEM", 12),
          Map.entry("EACCES", 13),
          Map.entry("EFAULT", 14),
          Map.entry("EBUSY", 16),
          Map.entry("EEXIST", 17),
          Map.entry("ENODEV", 19),
          Map.entry("EINVAL", 22),
          Map.entry("ENOSPC", 28),
          Map.entry("EOPNOTSUPP", 95),
          Map.entry("ETIMEDOUT", 110));

  /**
   * True for a name in the shape of an error number, {@code E} and upper-case letters or digits.
   */
  public static boolean looksLikeOne(String text) {
    return text.matches("E[A-Z0-9]+");
  }

  /** The number of this error on x86 Linux, positive; -1 where daxcheck does not know it. */
  public int number() {
    return NUMBERS.getOrDefault(name, -1);
  }

  @Override
  public int compareTo(Errno other) {
    return name.compareTo(other.name);
  }

  @Override
  public String toString() {
    return name;
  }
}
