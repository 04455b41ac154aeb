package org.daxcheck.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.daxcheck.abi.Driver;
import org.daxcheck.abi.Policy;
import org.daxcheck.abi.Word;

/**
 * Everything the model knows of a system with one device.
 *
 * @param driver what the device is bound to
 * @param word what the attribute reads; empty while the device is not bound to kmem
 * @param policy the system's policy now
 * @param createdUnder the policy when the dax device was created, which v3 and v4 keep using
 * @param loaded whether the kmem module is loaded
 * @param refused true right after a refused unplug of movable memory that nothing held: legal once
 * @param ranges in the kernel's order
 */
public record State(
    Driver driver,
    Optional<Word> word,
    Policy policy,
    Policy createdUnder,
    boolean loaded,
    boolean refused,
    List<RangeState> ranges) {

  public State {
    ranges = List.copyOf(ranges);
  }

  /** A device with these numbers of blocks in its ranges, bound to kmem and unplugged. */
  public static State unplugged(List<Integer> blocksOfRanges, Policy bootPolicy) {
    return new State(
        Driver.KMEM,
        Optional.of(Word.UNPLUGGED),
        bootPolicy,
        bootPolicy,
        true,
        false,
        blocksOfRanges.stream()
            .map(n -> new RangeState(false, false, repeat(BlockState.ABSENT, n)))
            .toList());
  }

  private static List<BlockState> repeat(BlockState block, int times) {
    return java.util.Collections.nCopies(times, block);
  }

  /** How many blocks each range has. */
  public List<Integer> blocksOfRanges() {
    return ranges.stream().map(r -> r.blocks().size()).toList();
  }

  /** All blocks, in the order of the ranges. */
  public List<BlockState> blocks() {
    return ranges.stream().flatMap(r -> r.blocks().stream()).toList();
  }

  /** How many blocks are online. */
  public long onlineBlocks() {
    return blocks().stream().filter(BlockState::isOnline).count();
  }

  /** The state with another word in the attribute. */
  public State withWord(Word w) {
    return new State(driver, Optional.of(w), policy, createdUnder, loaded, false, ranges);
  }

  State withPolicy(Policy p) {
    return new State(driver, word, p, createdUnder, loaded, refused, ranges);
  }

  State withRefused() {
    return new State(driver, word, policy, createdUnder, loaded, true, ranges);
  }

  State withLoaded(boolean is) {
    return new State(driver, word, policy, createdUnder, is, refused, ranges);
  }

  State bound(Driver d, Optional<Word> w) {
    return new State(d, w, policy, createdUnder, loaded, false, ranges);
  }

  State withRanges(UnaryOperator<RangeState> change) {
    return withRanges(ranges.stream().map(change).toList());
  }

  /** The state with other ranges. */
  public State withRanges(List<RangeState> other) {
    return new State(driver, word, policy, createdUnder, loaded, refused, other);
  }

  /** The state with another block at {@code index}, counted over all ranges. */
  public State withBlock(int index, BlockState block) {
    List<RangeState> changed = new ArrayList<>();
    int before = 0;
    for (RangeState range : ranges) {
      List<BlockState> blocks = new ArrayList<>(range.blocks());
      int inside = index - before;
      if (inside >= 0 && inside < blocks.size()) {
        blocks.set(inside, block);
      }
      before += blocks.size();
      changed.add(new RangeState(range.reserved(), range.leaked(), blocks));
    }
    return withRanges(changed);
  }
}
