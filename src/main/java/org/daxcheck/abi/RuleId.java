package org.daxcheck.abi;

import java.util.Comparator;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The stable name of a rule: its group and its number, such as {@code REFUSE-1}. */
public record RuleId(String group, int number) implements Comparable<RuleId> {
  private static final Pattern FORM = Pattern.compile("([A-Z]+)-([1-9][0-9]?)");
  private static final Comparator<RuleId> ORDER =
      Comparator.comparing(RuleId::group).thenComparingInt(RuleId::number);

  /** The rule spelled {@code text}, or empty where the text has not the form of a rule. */
  public static Optional<RuleId> parse(String text) {
    Matcher m = FORM.matcher(text);
    return m.matches()
        ? Optional.of(new RuleId(m.group(1), Integer.parseInt(m.group(2))))
        : Optional.empty();
  }

  /** The rule spelled {@code text}; throws IllegalArgumentException where it is none. */
  public static RuleId of(String text) {
    return parse(text)
        .orElseThrow(() -> new IllegalArgumentException("not a rule id: '" + text + "'"));
  }

  @Override
  public int compareTo(RuleId other) {
    return ORDER.compare(this, other);
  }

  @Override
  public String toString() {
    return group + "-" + number;
  }
}
