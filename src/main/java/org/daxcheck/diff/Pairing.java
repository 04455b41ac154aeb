package org.daxcheck.diff;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.daxcheck.trace.Trace;
import org.daxcheck.trace.TraceFileException;

/**
 * Which cases are held against each other: those of one name. Columns whose hardware has no
 * topology in common with that of the others, such as a machine in a lab, are paired by scenario,
 * and within it by the layout of the device that is nearest.
 */
final class Pairing {
  /** The cases of one row, one for each column that has one. */
  record Row(String name, List<Optional<RunDiff.Result>> results) {}

  private final List<RunDiff.Side> sides;
  private final List<Set<Integer>> families = new ArrayList<>();

  private Pairing(List<RunDiff.Side> sides) {
    this.sides = sides;
  }

  static List<Row> of(List<RunDiff.Side> sides) {
    Pairing pairing = new Pairing(sides);
    pairing.families();
    return pairing.rows();
  }

  /** Columns whose hardware is named alike, directly or by way of others. */
  private void families() {
    List<Set<String>> names = new ArrayList<>();
    for (int i = 0; i < sides.size(); i++) {
      Set<Integer> family = new HashSet<>(Set.of(i));
      Set<String> topologies = new HashSet<>();
      sides.get(i).cases().forEach(r -> topologies.add(r.topology()));
      topologies.remove("");
      for (int f = names.size() - 1; f >= 0; f--) {
        if (!Collections.disjoint(names.get(f), topologies)) {
          family.addAll(families.remove(f));
          topologies.addAll(names.remove(f));
        }
      }
      families.add(family);
      names.add(topologies);
    }
    families.sort(Comparator.comparing(Collections::min));
  }

  private List<Row> rows() {
    // Scenario, family, topology: the results of each column.
    Map<String, List<Map<String, List<Optional<RunDiff.Result>>>>> all = new LinkedHashMap<>();
    for (int i = 0; i < sides.size(); i++) {
      int family = family(i);
      for (RunDiff.Result r : sides.get(i).cases()) {
        List<Optional<RunDiff.Result>> row =
            all.computeIfAbsent(r.scenario(), s -> maps())
                .get(family)
                .computeIfAbsent(r.topology(), t -> empty());
        // A case that was run again counts with the worse of its results.
        if (row.get(i).filter(known -> weight(known) >= weight(r)).isEmpty()) {
          row.set(i, Optional.of(r));
        }
      }
    }
    List<Row> rows = new ArrayList<>();
    all.values().forEach(scenario -> rows(scenario, rows));
    return rows;
  }

  private int family(int column) {
    for (int f = 0; f < families.size(); f++) {
      if (families.get(f).contains(column)) {
        return f;
      }
    }
    throw new IllegalStateException("column " + column + " is of no family");
  }

  private List<Map<String, List<Optional<RunDiff.Result>>>> maps() {
    List<Map<String, List<Optional<RunDiff.Result>>>> maps = new ArrayList<>();
    families.forEach(f -> maps.add(new LinkedHashMap<>()));
    return maps;
  }

  private List<Optional<RunDiff.Result>> empty() {
    return new ArrayList<>(Collections.nCopies(sides.size(), Optional.empty()));
  }

  /** The rows of one scenario. */
  private void rows(List<Map<String, List<Optional<RunDiff.Result>>>> families, List<Row> rows) {
    List<List<List<Optional<RunDiff.Result>>>> hardware = new ArrayList<>();
    for (Map<String, List<Optional<RunDiff.Result>>> family : families) {
      everywhere(family);
      if (!family.isEmpty()) {
        hardware.add(List.copyOf(family.values()));
      }
    }
    // The one with the most topologies has the rows; where several have, the first of them.
    List<List<Optional<RunDiff.Result>>> base =
        hardware.stream()
            .max(Comparator.comparing(h -> h.size() * sides.size() - hardware.indexOf(h)))
            .orElseThrow();
    List<List<Optional<RunDiff.Result>>> joined = new ArrayList<>();
    List<String> names = new ArrayList<>();
    base.forEach(
        b -> {
          joined.add(new ArrayList<>(b));
          names.add(name(b));
        });
    for (List<List<Optional<RunDiff.Result>>> other : hardware) {
      if (other == base) {
        continue;
      }
      Set<List<Optional<RunDiff.Result>>> taken = new LinkedHashSet<>();
      for (int i = 0; i < base.size(); i++) {
        List<Optional<RunDiff.Result>> nearest = nearest(base.get(i), other);
        taken.add(nearest);
        join(joined.get(i), nearest);
      }
      for (List<Optional<RunDiff.Result>> left : other) {
        if (!taken.contains(left)) {
          List<Optional<RunDiff.Result>> row = new ArrayList<>(left);
          join(row, nearest(left, base));
          joined.add(row);
          names.add(name(left));
        }
      }
    }
    for (int i = 0; i < joined.size(); i++) {
      rows.add(new Row(names.get(i), joined.get(i)));
    }
  }

  /** What a column did not begin has no topology: it is missing on each that others have. */
  private static void everywhere(Map<String, List<Optional<RunDiff.Result>>> family) {
    if (family.size() > 1 && family.containsKey("")) {
      List<Optional<RunDiff.Result>> nowhere = family.remove("");
      family.values().forEach(row -> join(row, nowhere));
    }
  }

  private static void join(
      List<Optional<RunDiff.Result>> row, List<Optional<RunDiff.Result>> more) {
    for (int i = 0; i < row.size(); i++) {
      if (row.get(i).isEmpty()) {
        row.set(i, more.get(i));
      }
    }
  }

  private static String name(List<Optional<RunDiff.Result>> row) {
    return row.stream()
        .flatMap(Optional::stream)
        .map(RunDiff.Result::name)
        .findFirst()
        .orElseThrow();
  }

  private static List<Optional<RunDiff.Result>> nearest(
      List<Optional<RunDiff.Result>> row, List<List<Optional<RunDiff.Result>>> others) {
    if (others.size() == 1) {
      return others.get(0);
    }
    Optional<Shape> mine = shape(row);
    return others.stream()
        .min(Comparator.comparing(o -> Shape.distance(mine, shape(o))))
        .orElseThrow();
  }

  private static Optional<Shape> shape(List<Optional<RunDiff.Result>> row) {
    return row.stream()
        .flatMap(Optional::stream)
        .map(Pairing::trace)
        .flatMap(Optional::stream)
        .findFirst()
        .map(Shape::of);
  }

  private static Optional<Trace> trace(RunDiff.Result result) {
    try {
      return result.trace().trace();
    } catch (TraceFileException e) {
      // That it cannot be read is told when it is to be compared.
      return Optional.empty();
    }
  }

  private static int weight(RunDiff.Result r) {
    return switch (r.verdict().status()) {
      case SKIPPED -> 0;
      case PASS -> 1;
      case ERROR -> 2;
      case DIVERGENCE -> 3;
    };
  }
}
