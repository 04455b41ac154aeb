package org.daxcheck.model;

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
}
