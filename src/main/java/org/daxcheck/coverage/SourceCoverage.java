package org.daxcheck.coverage;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.daxcheck.guest.GuestException;
import org.daxcheck.io.IoReason;
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
   * @param lines what has code, by number from 1; empty where the kernel never loaded it
   * @param functions in the order of the notes
   */
  public record Source(
      List<String> text, SortedMap<Integer, Line> lines, List<KernelCode.Function> functions) {
    public Source {
      text = List.copyOf(text);
      lines = Collections.unmodifiableSortedMap(new TreeMap<>(lines));
      functions = List.copyOf(functions);
    }

    /** The part of it that is this function. */
    public Source only(KernelCode.Function function) {
      return new Source(
          text, lines.subMap(function.first(), function.last() + 1), List.of(function));
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
   * @throws GuestException where they cannot be read
   */
  public static SourceCoverage of(Path notes, Map<Path, String> counts)
      throws IOException, GuestException {
    Adding adding = new Adding(new KernelCode(notes));
    for (Map.Entry<Path, String> of : counts.entrySet()) {
      try {
        adding.add(data(of.getKey()), of.getValue());
      } catch (IOException e) {
        throw new GuestException(of.getKey() + ": the counts cannot be read: " + IoReason.of(e), e);
      }
    }
    try (Gcov gcov = new Gcov(notes)) {
      return new SourceCoverage(adding.sources(gcov), counts.size());
    }
  }

  private static Map<String, byte[]> data(Path folder) throws IOException {
    Map<String, byte[]> data = new TreeMap<>();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.filter(f -> f.toString().endsWith(KernelCounts.DATA)).toList()) {
        data.put(file.getFileName().toString(), Files.readAllBytes(file));
      }
    }
    return data;
  }

  /** Adds the counts of cases up, so that gcov is asked once, and keeps which case ran what. */
  private static final class Adding {
    private final KernelCode code;
    private final Map<String, byte[]> sums = new TreeMap<>();
    private final Map<String, Map<Integer, SortedSet<String>>> lines = new HashMap<>();
    private final Map<KernelCode.Branch, SortedSet<String>> branches = new HashMap<>();

    Adding(KernelCode code) {
      this.code = code;
    }

    void add(Map<String, byte[]> data, String scenario) throws IOException {
      KernelCode.Ran ran = code.ran(data);
      ran.lines()
          .forEach(
              (source, all) -> {
                Map<Integer, SortedSet<String>> by =
                    lines.computeIfAbsent(source, s -> new HashMap<>());
                all.forEach(n -> by.computeIfAbsent(n, x -> new TreeSet<>()).add(scenario));
              });
      ran.branches().forEach(b -> branches.computeIfAbsent(b, x -> new TreeSet<>()).add(scenario));
      for (Map.Entry<String, byte[]> file : data.entrySet()) {
        byte[] sum = sums.putIfAbsent(file.getKey(), file.getValue());
        if (sum != null) {
          GcovRecords.add(sum, file.getValue());
        }
      }
    }

    Map<String, Source> sources(Gcov gcov) throws IOException, GuestException {
      Map<String, SortedMap<Integer, CountedLine>> counted =
          sums.isEmpty() ? Map.of() : gcov.read(sums);
      Map<String, Source> sources = new LinkedHashMap<>();
      for (String source : gcov.sources()) {
        SortedMap<Integer, Line> all = new TreeMap<>();
        counted
            .getOrDefault(source, new TreeMap<>())
            .forEach((n, line) -> all.put(n, line(source, n, line)));
        List<KernelCode.Function> functions =
            code.functions().stream().filter(f -> f.source().equals(source)).toList();
        sources.put(source, new Source(gcov.text(source), all, functions));
      }
      return sources;
    }

    private Line line(String source, int number, CountedLine line) {
      List<Branch> all = new ArrayList<>();
      for (long count : line.branches()) {
        KernelCode.Branch branch = new KernelCode.Branch(source, number, all.size() + 1);
        all.add(new Branch(count, branches.getOrDefault(branch, new TreeSet<>())));
      }
      // A line of a function that was put into others has code there, and gcov counts it there.
      SortedSet<String> by =
          line.count() == 0
              ? new TreeSet<>()
              : lines.getOrDefault(source, Map.of()).getOrDefault(number, new TreeSet<>());
      return new Line(line.count(), by, all);
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
}
