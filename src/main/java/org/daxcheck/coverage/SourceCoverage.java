package org.daxcheck.coverage;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.daxcheck.guest.GuestException;
import org.daxcheck.target.KernelCounts;

/**
 * Which lines and branches of a kernel's sources runs have taken, and by which scenarios.
 *
 * @param sources by path in the kernel's tree
 * @param cases of how many cases there are counts
 */
public record SourceCoverage(Map<String, Source> sources, int cases) {
  public SourceCoverage {
    sources = Collections.unmodifiableMap(new LinkedHashMap<>(sources));
  }

  /**
   * A source.
   *
   * @param text its lines
   * @param lines what has code, by number from 1
   */
  public record Source(List<String> text, SortedMap<Integer, Line> lines) {
    public Source {
      text = List.copyOf(text);
      lines = Collections.unmodifiableSortedMap(new TreeMap<>(lines));
    }

    /** How many lines with code were run. */
    public long run() {
      return lines.values().stream().filter(l -> l.count() > 0).count();
    }

    /** How many branches there are. */
    public long branches() {
      return lines.values().stream().mapToLong(l -> l.branches().size()).sum();
    }

    /** How many of them were taken. */
    public long taken() {
      return lines.values().stream()
          .flatMap(l -> l.branches().stream())
          .filter(b -> b.count() > 0)
          .count();
    }
  }

  /**
   * A line with code.
   *
   * @param count how often it ran in all
   * @param by the scenarios that ran it
   */
  public record Line(long count, SortedSet<String> by, List<Branch> branches) {
    public Line {
      by = Collections.unmodifiableSortedSet(new TreeSet<>(by));
      branches = List.copyOf(branches);
    }
  }

  /**
   * A branch that the compiler made of a line; a condition has two, or two for each of its parts.
   *
   * @param count how often it was taken in all
   * @param by the scenarios that took it
   */
  public record Branch(long count, SortedSet<String> by) {
    public Branch {
      by = Collections.unmodifiableSortedSet(new TreeSet<>(by));
    }
  }

  /**
   * That of runs on one and the same kernel.
   *
   * @param notes the folder of its notes
   * @param counts folders with counts, with the name of the scenario that each is of
   * @throws GuestException where gcov cannot read them
   */
  public static SourceCoverage of(Path notes, Map<Path, String> counts)
      throws IOException, GuestException {
    try (Gcov gcov = new Gcov(notes)) {
      Map<String, SortedMap<Integer, Line>> all = new TreeMap<>();
      for (Map.Entry<Path, String> of : counts.entrySet()) {
        gcov.read(of.getKey())
            .forEach(
                (source, lines) -> {
                  SortedMap<Integer, Line> sum = all.computeIfAbsent(source, s -> new TreeMap<>());
                  lines.forEach(
                      (n, line) -> sum.merge(n, line(line, of.getValue()), SourceCoverage::sum));
                });
      }
      Map<String, Source> sources = new LinkedHashMap<>();
      for (String source : gcov.sources()) {
        sources.put(
            source, new Source(gcov.text(source), all.getOrDefault(source, new TreeMap<>())));
      }
      return new SourceCoverage(sources, counts.size());
    }
  }

  /**
   * The folders with counts below that of a run, with the scenario that each is of.
   *
   * @param counts the run's folder of counts; its own notes are left out
   */
  public static Map<Path, String> folders(Path counts, Path notes) throws IOException {
    Map<Path, String> found = new TreeMap<>();
    try (Stream<Path> all = Files.walk(counts)) {
      all.filter(f -> f.toString().endsWith(KernelCounts.DATA))
          .map(Path::getParent)
          .filter(f -> !f.startsWith(notes))
          .forEach(f -> found.put(f, f.getFileName().toString()));
    }
    return found;
  }

  private static Line line(CountedLine line, String scenario) {
    return new Line(
        line.count(),
        by(line.count(), scenario),
        line.branches().stream().map(b -> new Branch(b, by(b, scenario))).toList());
  }

  private static SortedSet<String> by(long count, String scenario) {
    return count > 0 ? new TreeSet<>(List.of(scenario)) : new TreeSet<>();
  }

  private static Line sum(Line a, Line b) {
    List<Branch> branches = new ArrayList<>();
    for (int i = 0; i < Math.max(a.branches().size(), b.branches().size()); i++) {
      branches.add(
          i >= a.branches().size()
              ? b.branches().get(i)
              : i >= b.branches().size()
                  ? a.branches().get(i)
                  : new Branch(
                      a.branches().get(i).count() + b.branches().get(i).count(),
                      union(a.branches().get(i).by(), b.branches().get(i).by())));
    }
    return new Line(a.count() + b.count(), union(a.by(), b.by()), branches);
  }

  private static SortedSet<String> union(SortedSet<String> a, SortedSet<String> b) {
    SortedSet<String> both = new TreeSet<>(a);
    both.addAll(b);
    return both;
  }
}
