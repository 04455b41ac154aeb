package org.daxcheck.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.daxcheck.step.Device;

/**
 * A line that the kernel must log during a step, once.
 *
 * @param level as in syslog: 3 is an error, 4 a warning
 * @param range index of the range that it is about: the line then begins with the range's number
 *     and addresses; empty for a line about the whole device
 * @param bare true where no device's name stands in front, as in the text of a WARN
 * @param text the rest of the line, whole
 */
public record Logged(int level, Optional<Integer> range, boolean bare, String text) {
  /** KERN_ERR. */
  public static final int ERROR = 3;

  /** KERN_WARNING. */
  public static final int WARNING = 4;

  private static final int INFORMATION = 6;

  /** The whole line, as the kernel prints it of this device. */
  public String on(Device device) {
    String front = bare ? "" : "kmem " + device.name() + ": ";
    if (range.isEmpty()) {
      return front + text;
    }
    Device.Range r = device.ranges().get(range.get());
    long start = r.firstBlock() * device.blockSize();
    long end = start + r.blocks() * device.blockSize() - 1;
    return "%smapping%d: 0x%x-0x%x %s".formatted(front, range.get(), start, end, text);
  }

  static Logged error(String text) {
    return new Logged(ERROR, Optional.empty(), false, text);
  }

  static Logged warning(int range, String text) {
    return new Logged(WARNING, Optional.of(range), false, text);
  }

  /**
   * What a bind to kmem says of a device whose ranges are not whole blocks: of each range that
   * holds none, and how much of all is cut. Source: kmem.c 7.3, dev_dax_kmem_probe; older kernels
   * do not say how much.
   */
  public static List<Logged> ofAlignment(Device device) {
    List<Logged> lines = new ArrayList<>();
    long cut = 0;
    for (int i = 0; i < device.ranges().size(); i++) {
      Device.Range range = device.ranges().get(i);
      long size = range.end() - range.start() + 1;
      cut += size - range.blocks() * device.blockSize();
      if (range.blocks() == 0) {
        lines.add(
            new Logged(
                INFORMATION,
                Optional.empty(),
                false,
                "mapping%d: 0x%x-0x%x too small after alignment"
                    .formatted(i, range.start(), range.end())));
      }
    }
    if (cut > 0) {
      lines.add(
          new Logged(
              WARNING,
              Optional.empty(),
              false,
              "DAX region truncated by " + size(cut) + " due to alignment"));
    }
    return lines;
  }

  /** A size as the kernel prints it: three digits and a unit, each 1024 of the one before. */
  private static String size(long bytes) {
    String[] units = {"B", "KiB", "MiB", "GiB", "TiB"};
    int unit = 0;
    double value = bytes;
    while (value >= 1024 && unit < units.length - 1) {
      value /= 1024;
      unit++;
    }
    int digits = unit == 0 || value >= 100 ? 0 : value >= 10 ? 1 : 2;
    return String.format(Locale.ROOT, "%." + digits + "f %s", value, units[unit]);
  }
}
