package org.daxcheck.coverage;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * How control flows through a function: blocks, and arcs from one to the next. The compiler counts
 * some arcs only; how often the others were taken follows, since what comes into a block leaves it.
 */
final class FlowGraph {
  /**
   * An arc from one block to another.
   *
   * @param counted whether the compiler counts it
   * @param fake whether it stands for a call that does not come back
   */
  record Arc(int from, int to, boolean counted, boolean fake) {}

  /**
   * A line that a block has code of.
   *
   * @param source its file, as the compiler was given it
   * @param last whether it is the last, by number, before the block goes on in another file, or
   *     ends; what the block asks is told of there
   */
  record Line(int block, String source, int number, boolean last) {}

  /** A way out of a condition: an arc, and the line where it is asked. */
  record Branch(Line line, int arc) {}

  /** An arc that is not counted follows from all others of this block. */
  private record Deduction(int arc, int block) {}

  private final List<Arc> arcs;
  private final List<Line> lines;
  private final int[][] in;
  private final int[][] out;
  private final List<Deduction> deductions = new ArrayList<>();
  private final List<Branch> branches = new ArrayList<>();

  FlowGraph(int blocks, List<Arc> arcs, List<Line> lines) {
    this.arcs = List.copyOf(arcs);
    this.lines = List.copyOf(lines);
    in = new int[blocks][];
    out = new int[blocks][];
    for (int b = 0; b < blocks; b++) {
      int block = b;
      in[b] = IntStream.range(0, arcs.size()).filter(i -> arcs.get(i).to() == block).toArray();
      out[b] = IntStream.range(0, arcs.size()).filter(i -> arcs.get(i).from() == block).toArray();
    }
    deduce();
    findBranches();
  }

  /** Finds the order in which the arcs that are not counted follow; it is the same each time. */
  private void deduce() {
    boolean[] known = new boolean[arcs.size()];
    for (int i = 0; i < known.length; i++) {
      known[i] = arcs.get(i).counted();
    }
    int before;
    do {
      before = deductions.size();
      for (int block = 0; block < in.length; block++) {
        int[] unknown =
            IntStream.concat(IntStream.of(in[block]), IntStream.of(out[block]))
                .filter(i -> !known[i])
                .toArray();
        // Nothing comes into the block that a function begins with, and nothing leaves its last.
        if (unknown.length == 1 && in[block].length > 0 && out[block].length > 0) {
          known[unknown[0]] = true;
          deductions.add(new Deduction(unknown[0], block));
        }
      }
    } while (deductions.size() > before);
  }

  /** In the order in which gcov tells those of a line: by block, then by where they lead. */
  private void findBranches() {
    for (int block = 0; block < out.length; block++) {
      int asked = block;
      List<Integer> ways =
          IntStream.of(out[block])
              .filter(i -> !arcs.get(i).fake())
              .boxed()
              .sorted(Comparator.comparingInt(i -> arcs.get(i).to()))
              .toList();
      if (ways.size() > 1) {
        lines.stream()
            .filter(l -> l.block() == asked && l.last())
            .forEach(l -> ways.forEach(w -> branches.add(new Branch(l, w))));
      }
    }
  }

  /** All branches, those of a line in gcov's order. */
  List<Branch> branches() {
    return branches;
  }

  /** How many counters the function has. */
  int counters() {
    return (int) arcs.stream().filter(Arc::counted).count();
  }

  /**
   * How often each arc was taken.
   *
   * @param counters those of the arcs that are counted, in the order of the notes
   */
  long[] counts(long[] counters) {
    long[] counts = new long[arcs.size()];
    int next = 0;
    for (int i = 0; i < counts.length; i++) {
      counts[i] = arcs.get(i).counted() ? counters[next++] : 0;
    }
    for (Deduction d : deductions) {
      // The arc itself is 0 until here, so that what it lacks is the difference.
      long into = IntStream.of(in[d.block]).mapToLong(i -> counts[i]).sum();
      long from = IntStream.of(out[d.block]).mapToLong(i -> counts[i]).sum();
      counts[d.arc] = arcs.get(d.arc).to() == d.block ? from - into : into - from;
    }
    return counts;
  }

  /** The lines that ran, where these are the counts of all arcs. */
  List<Line> ran(long[] counts) {
    return lines.stream()
        .filter(
            l ->
                IntStream.concat(IntStream.of(in[l.block]), IntStream.of(out[l.block]))
                    .anyMatch(i -> counts[i] > 0))
        .toList();
  }
}
