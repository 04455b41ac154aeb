package org.daxcheck.guest;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Version of a QEMU.
 *
 * @param text as it says it, such as {@code 11.1.3}
 */
public record QemuVersion(int major, int minor, String text) {
  private static final Pattern VERSION = Pattern.compile("version (\\d+)\\.(\\d+)(\\S*)");

  static QemuVersion parse(String program, String text) throws GuestException {
    Matcher matcher = VERSION.matcher(text);
    if (!matcher.find()) {
      throw new GuestException(program + " --version does not say a version: " + text.strip());
    }
    return new QemuVersion(
        Integer.parseInt(matcher.group(1)),
        Integer.parseInt(matcher.group(2)),
        matcher.group(1) + "." + matcher.group(2) + matcher.group(3));
  }

  /** Whether it has volatile memory on cxl-type3, new in 8.1. */
  boolean hasVolatileCxl() {
    return isAtLeast(8, 1);
  }

  /**
   * Whether CXL memory of one device is memory to its processors, new in 11.1. Before that each
   * access went to a device of QEMU.
   */
  boolean mapsCxlDirectly() {
    return isAtLeast(11, 1);
  }

  private boolean isAtLeast(int wantedMajor, int wantedMinor) {
    return major > wantedMajor || major == wantedMajor && minor >= wantedMinor;
  }
}
