package org.daxcheck.suite;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One of several runs that together run a plan.
 *
 * @param number from 1
 * @param count how many there are
 */
public record Shard(int number, int count) {
  /** The most there may be. */
  public static final int MOST = 64;

  private static final Pattern TEXT = Pattern.compile("([1-9][0-9]?)/([1-9][0-9]?)");

  /** What a boot costs, and a case that uses up its guest costs one more, in ms. */
  private static final long BOOT_MILLIS = 4_000;

  /** That of a text such as {@code 2/3}; empty where it is none. */
  public static Optional<Shard> of(String text) {
    Matcher m = TEXT.matcher(text);
    if (!m.matches()) {
      return Optional.empty();
    }
    Shard shard = new Shard(Integer.parseInt(m.group(1)), Integer.parseInt(m.group(2)));
    return shard.number <= shard.count && shard.count <= MOST
        ? Optional.of(shard)
        : Optional.empty();
  }

  /**
   * What this shard runs of the plan, in the plan's order. It follows from the plan and the times
   * alone, so that every machine divides it alike. A scenario is in one shard on all its targets.
   *
   * @param unit the name of what must stay together, beyond that; empty where nothing must
   * @param millis about how long a case takes, in ms
   */
  public List<PlannedCase> part(
      List<PlannedCase> plan,
      Function<PlannedCase, Optional<String>> unit,
      ToLongFunction<PlannedCase> millis) {
    Map<String, List<PlannedCase>> units = new LinkedHashMap<>();
    for (PlannedCase c : plan) {
      String name = unit.apply(c).orElse(c.topology() + "/" + c.scenario().name());
      units.computeIfAbsent(name, n -> new ArrayList<>()).add(c);
    }
    List<List<PlannedCase>> longestFirst = new ArrayList<>(units.values());
    longestFirst.sort(
        Comparator.comparingLong((List<PlannedCase> u) -> cost(u, millis)).reversed());
    List<Share> shares = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      shares.add(new Share());
    }
    for (List<PlannedCase> u : longestFirst) {
      long cost = cost(u, millis);
      Collections.min(shares, Comparator.comparingLong(s -> s.with(u, cost))).add(u, cost);
    }
    return plan.stream().filter(shares.get(number - 1).cases::contains).toList();
  }

  private static long cost(List<PlannedCase> unit, ToLongFunction<PlannedCase> millis) {
    return unit.stream()
        .mapToLong(c -> millis.applyAsLong(c) + (c.scenario().leaks() ? BOOT_MILLIS : 0))
        .sum();
  }

  private static final class Share {
    private final Set<PlannedCase> cases = new HashSet<>();
    private final Set<String> topologies = new HashSet<>();
    private long millis;

    long with(List<PlannedCase> unit, long cost) {
      long boots =
          unit.stream()
              .map(PlannedCase::topology)
              .distinct()
              .filter(t -> !topologies.contains(t))
              .count();
      return millis + cost + boots * BOOT_MILLIS;
    }

    void add(List<PlannedCase> unit, long cost) {
      millis = with(unit, cost);
      unit.forEach(c -> topologies.add(c.topology()));
      cases.addAll(unit);
    }
  }

  @Override
  public String toString() {
    return number + "/" + count;
  }
}
