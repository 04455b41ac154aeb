package org.daxcheck.guest;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Version of the QEMU on this machine. */
public record QemuVersion(int major, int minor, String text) {
  private static final Pattern VERSION =
      Pattern.compile("version (\\d+)\\.(\\d+)(\\S*)(?: \\(([^)]*)\\))?");

  /** Asks the QEMU that guests run in; DAXCHECK_QEMU names another than the one in PATH. */
  public static QemuVersion ofHost() throws GuestException {
    Command.Output output;
    try {
      output = Command.run(Duration.ofSeconds(20), Path.of("/"), Map.of(), program(), "--version");
    } catch (GuestException e) {
      throw new GuestException(missing(e.getMessage()), e);
    }
    if (!output.ok()) {
      throw new GuestException(missing(output.complaint()));
    }
    return parse(output.out());
  }

  static QemuVersion parse(String text) throws GuestException {
    Matcher matcher = VERSION.matcher(text);
    if (!matcher.find()) {
      throw new GuestException(program() + " --version does not say a version: " + text.strip());
    }
    return new QemuVersion(
        Integer.parseInt(matcher.group(1)),
        Integer.parseInt(matcher.group(2)),
        matcher.group(1) + "." + matcher.group(2) + matcher.group(3));
  }

  /** Whether it has volatile memory on cxl-type3, new in 8.1. */
  public boolean hasVolatileCxl() {
    return major > 8 || major == 8 && minor >= 1;
  }

  static String program() {
    return System.getenv().getOrDefault("DAXCHECK_QEMU", "qemu-system-x86_64");
  }

  void require() throws GuestException {
    if (!hasVolatileCxl()) {
      throw new GuestException(
          program()
              + " is version "
              + text
              + ", too old for volatile CXL memory; install QEMU 8.1 or newer (on Debian 12 from"
              + " bookworm-backports), or name another by DAXCHECK_QEMU");
    }
  }

  private static String missing(String why) {
    return "cannot run QEMU as "
        + program()
        + " ("
        + why
        + "); install qemu-system-x86, or name another by DAXCHECK_QEMU";
  }
}
