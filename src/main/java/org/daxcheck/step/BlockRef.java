package org.daxcheck.step;

import java.util.ArrayList;
import java.util.List;

/**
 * Memory blocks of the device by what they are, not by number: which block, and of which range (or
 * of the whole device).
 */
public record BlockRef(Place range, Place block) {
  /** A position in a list: from the front, the last, the middle one, or every one. */
  public record Place(Kind kind, int index) {
    /** How a place is named. */
    public enum Kind {
      INDEX,
      LAST,
      MIDDLE,
      EVERY
    }

    public static final Place LAST = new Place(Kind.LAST, 0);
    public static final Place MIDDLE = new Place(Kind.MIDDLE, 0);
    public static final Place EVERY = new Place(Kind.EVERY, 0);

    /** The place {@code index}, counted from 0. */
    public static Place at(int index) {
      return new Place(Kind.INDEX, index);
    }

    /** The indices that this place means in a list of {@code size}; empty where there is none. */
    public List<Integer> in(int size) {
      List<Integer> found = new ArrayList<>();
      for (int i = 0; i < size; i++) {
        boolean meant =
            switch (kind) {
              case INDEX -> i == index;
              case LAST -> i == size - 1;
              case MIDDLE -> i == size / 2;
              case EVERY -> true;
            };
        if (meant) {
          found.add(i);
        }
      }
      return found;
    }

    @Override
    public String toString() {
      return switch (kind) {
        case INDEX -> index == 0 ? "first" : Integer.toString(index);
        case LAST -> "last";
        case MIDDLE -> "middle";
        case EVERY -> "every";
      };
    }
  }

  /** A block counted over the whole device. */
  public static BlockRef ofDevice(Place block) {
    return new BlockRef(Place.EVERY, block);
  }

  /**
   * The blocks that are meant, as indices over the whole device in ascending order.
   *
   * @param blocksOfRanges how many blocks each range has, in the order of the ranges
   */
  public List<Integer> in(List<Integer> blocksOfRanges) {
    int total = blocksOfRanges.stream().mapToInt(Integer::intValue).sum();
    if (range.kind() == Place.Kind.EVERY) {
      return block.in(total);
    }
    List<Integer> found = new ArrayList<>();
    for (int r : range.in(blocksOfRanges.size())) {
      int before = blocksOfRanges.subList(0, r).stream().mapToInt(Integer::intValue).sum();
      block.in(blocksOfRanges.get(r)).forEach(b -> found.add(before + b));
    }
    return found;
  }
}
