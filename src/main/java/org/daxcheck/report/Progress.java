package org.daxcheck.report;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.LongSupplier;
import org.daxcheck.abi.RuleId;
import org.daxcheck.oracle.Verdict.Status;
import org.daxcheck.suite.Run;

/**
 * How far a run is: on a terminal one line that is drawn again and again, elsewhere one line for
 * each target when it is through, and a sign of life a minute. Each rule that is broken is named
 * when it is first seen. Any thread may call it.
 */
public final class Progress implements AutoCloseable {
  private static final String ERASE = "\r\033[K";

  /** How long a log stays silent at most while something is going on, in ns. */
  private static final long SILENCE = 60_000_000_000L;

  private final PrintStream out;
  private final boolean terminal;
  private final int width;
  private final Map<String, Counter> counters = new HashMap<>();
  private final Set<String> order = new LinkedHashSet<>();
  private final Set<String> named = new HashSet<>();
  private final LongSupplier clock;
  private Optional<TimeLeft> left = Optional.empty();
  private boolean drawn;
  private long spoken;

  private static final class Counter {
    int expected;
    int done;
    int diverged;
    int errors;
    int skipped;
  }

  /**
   * Progress on a stream.
   *
   * @param out usually standard error
   * @param columns the width of the terminal
   */
  public Progress(PrintStream out, boolean terminal, int columns) {
    this(out, terminal, columns, System::nanoTime);
  }

  /** The same with a clock, in ns. */
  Progress(PrintStream out, boolean terminal, int columns, LongSupplier clock) {
    this.clock = clock;
    this.spoken = clock.getAsLong();
    this.out = out;
    this.terminal = terminal;
    this.width = Math.max(20, columns - 1);
  }

  /** A target is going to do so many cases. */
  public synchronized void expect(String target, int cases) {
    counter(target).expected += cases;
  }

  /** Cases take about so long, in ms; from then on the time that is left is told. */
  public synchronized void takes(long millis) {
    left = Optional.of(new TimeLeft(millis, clock));
  }

  /** A case is over that was thought to take so long, in ms; what it breaks is told. */
  public synchronized void end(Run.Case c, long millis) {
    left.ifPresent(l -> l.done(millis));
    Set<RuleId> broken = new TreeSet<>();
    c.verdict().divergences().forEach(d -> broken.add(d.rule()));
    broken.removeIf(r -> !named.add(c.target() + " " + r));
    if (!broken.isEmpty()) {
      say("divergence on " + c.target() + ": " + Text.list(broken) + " in " + Text.name(c));
    }
    end(c);
  }

  /** What is happening now, such as {@code qemu: waiting for the guest}. */
  public synchronized void doing(String text) {
    draw(text);
  }

  /** A case begins. */
  public synchronized void begin(String target, String scenario) {
    draw(state(target) + "  " + scenario);
  }

  /** A case is over. */
  public synchronized void end(Run.Case c) {
    Counter counter = counter(c.target());
    counter.done++;
    Status status = c.verdict().status();
    if (status == Status.DIVERGENCE) {
      counter.diverged++;
    } else if (status == Status.ERROR) {
      counter.errors++;
    } else if (status == Status.SKIPPED) {
      counter.skipped++;
    }
    if (!terminal && counter.done == counter.expected) {
      out.println(state(c.target()));
      out.flush();
      spoken = clock.getAsLong();
      order.remove(c.target());
    } else {
      draw(state(c.target()) + "  " + Text.name(c));
    }
  }

  /** A line that stays, such as a warning; the live line goes on below it. */
  public synchronized void say(String text) {
    erase();
    out.println(Text.oneLine(text));
    out.flush();
    spoken = clock.getAsLong();
  }

  /** Clears the live line, so that the report can follow. */
  @Override
  public synchronized void close() {
    erase();
    if (!terminal) {
      // An interrupted run has targets that are not through.
      order.stream().filter(t -> counter(t).done > 0).forEach(t -> out.println(state(t)));
      order.clear();
    }
    out.flush();
  }

  private Counter counter(String target) {
    order.add(target);
    return counters.computeIfAbsent(target, t -> new Counter());
  }

  private String state(String target) {
    Counter c = counter(target);
    List<String> parts = new ArrayList<>();
    parts.add(target + " " + c.done + "/" + Math.max(c.expected, c.done));
    if (c.diverged > 0) {
      parts.add(c.diverged + " diverged");
    }
    if (c.errors > 0) {
      parts.add(Text.count(c.errors, "error", "errors"));
    }
    if (c.skipped > 0) {
      parts.add(c.skipped + " skipped");
    }
    left.flatMap(TimeLeft::text).ifPresent(parts::add);
    return String.join(", ", parts);
  }

  private void draw(String text) {
    if (terminal) {
      out.print(ERASE + Text.clip(Text.oneLine(text), width));
      out.flush();
      drawn = true;
    } else if (clock.getAsLong() - spoken >= SILENCE) {
      out.println(Text.oneLine(text));
      out.flush();
      spoken = clock.getAsLong();
    }
  }

  private void erase() {
    if (drawn) {
      out.print(ERASE);
      drawn = false;
    }
  }
}
