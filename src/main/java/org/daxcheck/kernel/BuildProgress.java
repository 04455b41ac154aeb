package org.daxcheck.kernel;

import java.util.Locale;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How far a build is, how fast it goes, and when it will be done. */
final class BuildProgress {
  private static final Pattern OBJECTS = Pattern.compile("objects (\\d{1,7}) of (\\d{1,7})");
  private static final double SECOND = 1e9;

  /** So many seconds go by before a rate says something. */
  private static final double SETTLED = 3;

  private final LongSupplier clock;
  private long begin = -1;

  /** Progress by a clock, in ns. */
  BuildProgress(LongSupplier clock) {
    this.clock = clock;
  }

  /** True for a line that says how far a build is, and no more. */
  static boolean isOne(String line) {
    return OBJECTS.matcher(line).matches();
  }

  /** What to show for a line of the program that builds; empty where it is about something else. */
  Optional<String> of(String line) {
    Matcher m = OBJECTS.matcher(line);
    if (!m.matches()) {
      return Optional.empty();
    }
    long now = clock.getAsLong();
    begin = begin < 0 ? now : begin;
    int done = Integer.parseInt(m.group(1));
    int all = Integer.parseInt(m.group(2));
    String text = "building the kernel: %d of about %d objects".formatted(done, all);
    double seconds = (now - begin) / SECOND;
    if (seconds < SETTLED || done == 0) {
      return Optional.of(text);
    }
    double rate = done / seconds;
    return Optional.of(
        text
            + String.format(Locale.ROOT, ", %.1f a second, ", rate)
            + (done < all ? left((all - done) / rate) : "more than was thought"));
  }

  private static String left(double seconds) {
    return seconds < 60
        ? "about %d s left".formatted(Math.round(seconds))
        : "about %d min left".formatted(Math.round(seconds / 60));
  }
}
