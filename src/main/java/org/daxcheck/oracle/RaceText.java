package org.daxcheck.oracle;

import java.util.List;
import java.util.Locale;
import org.daxcheck.oracle.Linearization.Operation;
import org.daxcheck.step.Step;

/**
 * Operations of actors as one sentence: by the time of their calls, with call and return in one
 * unit since the first call of all, such as {@code P0 write unplugged (0..416 ms) got ok, meanwhile
 * P1 read (at 3 ms) saw offline}.
 */
final class RaceText {
  /** What lasted less is told in us. */
  private static final long SHORT_NANOS = 10_000_000;

  private final long first;
  private final String unit;
  private final double perNano;
  private final int digits;

  private RaceText(long first, boolean isShort, int digits) {
    this.first = first;
    this.unit = isShort ? "us" : "ms";
    this.perNano = isShort ? 1e-3 : 1e-6;
    this.digits = digits;
  }

  /**
   * The sentence.
   *
   * @param told by the time of their calls
   * @param beside what was going on beside a single one
   * @param first when the first of all operations was called, in ns
   */
  static String of(List<Operation> told, List<Operation> beside, long first) {
    long last = told.stream().mapToLong(Operation::returned).max().orElse(first);
    boolean isShort = last - first < SHORT_NANOS;
    int digits = 0;
    while (digits < (isShort ? 3 : 6) && !new RaceText(first, isShort, digits).keepsOrder(told)) {
      digits++;
    }
    RaceText text = new RaceText(first, isShort, digits);
    StringBuilder all = new StringBuilder();
    for (int i = 0; i < told.size(); i++) {
      Operation o = told.get(i);
      if (i > 0) {
        boolean after = told.subList(0, i).stream().allMatch(p -> p.returned() < o.called());
        all.append(after ? ", then " : ", meanwhile ");
      }
      all.append(text.of(o));
    }
    for (int i = 0; i < beside.size(); i++) {
      all.append(i == 0 ? ", beside " : ", ").append(text.called(beside.get(i)));
    }
    return all.toString();
  }

  /** Whether a reader sees by the times which operations came after the end of others. */
  private boolean keepsOrder(List<Operation> told) {
    return told.stream()
        .allMatch(
            o ->
                told.stream()
                    .filter(p -> p.returned() < o.called())
                    .allMatch(p -> ticks(p.returned()) < ticks(o.called())));
  }

  private String of(Operation o) {
    String gave = o.step().kind() == Step.Kind.READ && !o.result().data().isEmpty() ? "saw" : "got";
    return "%s %s %s".formatted(called(o), gave, Linearization.answer(o.result()));
  }

  private String called(Operation o) {
    String time =
        ticks(o.called()) == ticks(o.returned())
            ? "at " + time(o.called())
            : time(o.called()) + ".." + time(o.returned());
    return "%s (%s %s)".formatted(o, time, unit);
  }

  private long ticks(long nanos) {
    return Math.round((nanos - first) * perNano * Math.pow(10, digits));
  }

  private String time(long nanos) {
    return String.format(Locale.ROOT, "%." + digits + "f", ticks(nanos) / Math.pow(10, digits));
  }
}
