package org.daxcheck.coverage;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.daxcheck.io.IoReason;
import org.daxcheck.target.KernelCounts;

/**
 * The code that a kernel counts. It tells which lines and branches ran by the counters alone, in
 * milliseconds; how often, gcov tells.
 */
public final class KernelCode {
  private final SortedMap<String, Counted> byData = new TreeMap<>();

  /** A source with what the compiler noted of it, and its branches by function. */
  private record Counted(
      String source, ObjectNotes notes, Map<ObjectNotes.Function, List<Place>> branches) {
    boolean has(String path) {
      return path.equals(source) || path.endsWith("/" + source);
    }
  }

  private record Place(int arc, Branch branch) {}

  /**
   * A way out of a condition.
   *
   * @param source path in the kernel's tree
   * @param number which of the line's, from 1, as gcov and 'coverage --driver' have them
   */
  public record Branch(String source, int line, int number) {
    @Override
    public String toString() {
      return source + ":" + line + "/" + number;
    }
  }

  /**
   * A function.
   *
   * @param source path in the kernel's tree
   * @param first its first line
   * @param last its last line
   */
  public record Function(String name, String source, int first, int last) {}

  /**
   * What ran, however often.
   *
   * @param lines by the path of their source
   */
  public record Ran(Map<String, SortedSet<Integer>> lines, Set<Branch> branches) {
    public Ran {
      lines = Map.copyOf(lines);
      branches = Set.copyOf(branches);
    }
  }

  /**
   * That of a kernel.
   *
   * @param notes the folder of its notes
   * @throws IOException where they cannot be read, or are of a compiler before GCC 12
   */
  public KernelCode(Path notes) throws IOException {
    KernelCounts.Notes all = new KernelCounts.Notes(notes);
    for (Map.Entry<String, Path> note : all.names().entrySet()) {
      byte[] file = Files.readAllBytes(note.getValue());
      try {
        byData.put(note.getKey(), counted(all.source(note.getValue()), file));
      } catch (IOException e) {
        throw new IOException(note.getValue() + " cannot be read: " + IoReason.of(e), e);
      }
    }
  }

  private static Counted counted(String source, byte[] file) throws IOException {
    Counted counted = new Counted(source, new ObjectNotes(file), new HashMap<>());
    Map<Integer, Integer> ofLine = new HashMap<>();
    for (ObjectNotes.Function function : counted.notes.functions()) {
      List<Place> branches = new ArrayList<>();
      for (FlowGraph.Branch branch : function.graph().branches()) {
        if (counted.has(branch.line().source())) {
          int line = branch.line().number();
          int number = ofLine.merge(line, 1, Integer::sum);
          branches.add(new Place(branch.arc(), new Branch(source, line, number)));
        }
      }
      counted.branches.put(function, branches);
    }
    return counted;
  }

  /** How many branches there are in all. */
  public int branches() {
    return byData.values().stream()
        .flatMap(c -> c.branches.values().stream())
        .mapToInt(List::size)
        .sum();
  }

  /** All functions, those that the compiler took from headers left out. */
  public List<Function> functions() {
    return byData.values().stream()
        .flatMap(
            c ->
                c.notes.functions().stream()
                    .filter(f -> c.has(f.source()))
                    .map(f -> new Function(f.name(), c.source, f.first(), f.last())))
        .toList();
  }

  /**
   * What ran by these counters.
   *
   * @param data files of counters by their names, as {@link KernelCounts} has them; others are left
   *     out
   * @throws IOException where they are not of this kernel
   */
  public Ran ran(Map<String, byte[]> data) throws IOException {
    Map<String, SortedSet<Integer>> lines = new HashMap<>();
    List<Branch> branches = new ArrayList<>();
    for (Map.Entry<String, byte[]> file : data.entrySet()) {
      Counted counted = byData.get(file.getKey());
      if (counted == null) {
        continue;
      }
      SortedSet<Integer> ran = lines.computeIfAbsent(counted.source, s -> new TreeSet<>());
      try {
        counted.notes.counted(
            file.getValue(),
            (function, counts) -> {
              counted.branches.get(function).stream()
                  .filter(p -> counts[p.arc] > 0)
                  .forEach(p -> branches.add(p.branch));
              function.graph().ran(counts).stream()
                  .filter(l -> counted.has(l.source()))
                  .forEach(l -> ran.add(l.number()));
            });
      } catch (IOException e) {
        throw new IOException(file.getKey() + ": " + IoReason.of(e), e);
      }
    }
    return new Ran(lines, Set.copyOf(branches));
  }
}
