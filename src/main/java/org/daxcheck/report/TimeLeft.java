package org.daxcheck.report;

import java.util.Optional;
import java.util.function.LongSupplier;

/** How long a run goes on, by how long its cases took so far beside what they were thought to. */
final class TimeLeft {
  private static final long NANOS_OF_SECOND = 1_000_000_000;

  /** With less done than this part of the whole a guess is worth nothing. */
  private static final double LEAST_DONE = 0.1;

  private final LongSupplier clock;
  private final long begun;
  private final long whole;
  private long done;

  /**
   * Begins now.
   *
   * @param whole how long all cases were thought to take, in ms
   * @param clock in ns
   */
  TimeLeft(long whole, LongSupplier clock) {
    this.whole = whole;
    this.clock = clock;
    this.begun = clock.getAsLong();
  }

  /** A case is over that was thought to take so long, in ms. */
  void done(long millis) {
    done += millis;
  }

  /** Such as {@code about 40 s left}; empty at the beginning and at the end. */
  Optional<String> text() {
    if (done < whole * LEAST_DONE || done >= whole) {
      return Optional.empty();
    }
    double part = (double) done / whole;
    double seconds = (clock.getAsLong() - begun) * (1 - part) / part / NANOS_OF_SECOND;
    // To the next ten: more would be more than is known.
    long tens = (long) Math.ceil(seconds / 10) * 10;
    return Optional.of(
        "about " + (tens < 120 ? tens + " s" : Math.round(tens / 60.0) + " min") + " left");
  }
}
