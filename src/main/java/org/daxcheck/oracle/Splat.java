package org.daxcheck.oracle;

import java.util.regex.Pattern;

/**
 * Kernel log lines that mean that something is broken, whatever the rules of the ABI say. The words
 * stand alone: a line that merely has "oops" inside another word is none.
 */
public final class Splat {
  private static final Pattern LINE =
      Pattern.compile(
          "(?<![\\w-])(?:WARNING: |BUG: |BUG \\S+ \\([^)]*\\): |kernel BUG at |Oops: |Internal error: Oops"
              + "|general protection fault|UBSAN: |KASAN: |KFENCE: |KCSAN: "
              + "|INFO: task .* blocked for more than|INFO: rcu\\w* .*stall"
              + "|possible circular locking dependency|possible recursive locking"
              + "|inconsistent lock state|suspicious RCU usage|held lock freed"
              + "|refcount_t: |list_(?:add|del) corruption|soft lockup|hard LOCKUP"
              + "|Bad page (?:state|map)|scheduling while atomic"
              + "|sysfs: cannot create duplicate filename|Kernel panic"
              + "|kmemleak: unreferenced object)");

  /** Begins each line of the kernel's leak detector. */
  static final String OF_LEAKS = "kmemleak: ";

  /**
   * A WARN of the kmem driver itself, as older and newer kernels spell it; some add the condition
   * in brackets.
   */
  private static final Pattern WARN_OF_KMEM =
      Pattern.compile("WARNING: (?:\\[.*] )?(?:CPU: \\d+ PID: \\d+ at )?(?:\\S*/)?kmem\\.c:\\d+");

  private Splat() {}

  /** True where the line begins the report of a WARN of the kmem driver. */
  static boolean isWarnOfKmem(String line) {
    return WARN_OF_KMEM.matcher(line).find();
  }

  /** True where the line begins the report of memory that nothing points to any more. */
  static boolean isLeak(String line) {
    return line.startsWith(OF_LEAKS + "unreferenced object");
  }

  /** True where the line reports a broken kernel. */
  public static boolean isOne(String line) {
    return LINE.matcher(line).find();
  }
}
