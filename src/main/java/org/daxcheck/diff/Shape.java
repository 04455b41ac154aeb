package org.daxcheck.diff;

import java.util.List;
import java.util.Optional;
import org.daxcheck.trace.Trace;

/**
 * How a device is laid out.
 *
 * @param blocks how many memory blocks each of its ranges has
 */
public record Shape(List<Integer> blocks) {
  /** Further away than any two layouts are. */
  private static final int FAR = Integer.MAX_VALUE;

  /** A range more or less counts as much as so many blocks. */
  private static final int RANGE = 1 << 20;

  public Shape {
    blocks = List.copyOf(blocks);
  }

  /** The layout of the device that a trace is of. */
  public static Shape of(Trace trace) {
    return new Shape(trace.header().device().blocksOfRanges());
  }

  /** How far two layouts are from each other: first by ranges, then by blocks; 0 for the same. */
  public static int distance(Optional<Shape> one, Optional<Shape> other) {
    if (one.isEmpty() || other.isEmpty()) {
      return FAR;
    }
    List<Integer> a = one.get().blocks;
    List<Integer> b = other.get().blocks;
    int apart = Math.abs(a.size() - b.size()) * RANGE;
    for (int i = 0; i < Math.min(a.size(), b.size()); i++) {
      apart += Math.abs(a.get(i) - b.get(i));
    }
    return apart;
  }
}
