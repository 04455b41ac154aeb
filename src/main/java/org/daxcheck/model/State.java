package org.daxcheck.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.daxcheck.abi.Dialect;
import org.daxcheck.abi.DialectProperties;
import org.daxcheck.abi.Driver;
import org.daxcheck.abi.Errno;
import org.daxcheck.abi.Policy;
import org.daxcheck.abi.Word;
import org.daxcheck.step.Step;

/**
 * Everything the model knows of a system with one device.
 *
 * @param driver what the device is bound to
 * @param word what the attribute reads; empty while the device is not bound to kmem
 * @param policy the system's policy now
 * @param createdUnder the policy when the dax device was created, which v3 and v4 keep using
 * @param loaded whether the kmem module is loaded
 * @param refused true right after a refused unplug of movable memory that nothing held: legal once
 * @param failed true where an unplug failed, with its cause known, since the word last changed
 * @param failing what the kernel was told to refuse of every memory block, with its error
 * @param filled true while memory of the node holds a pattern
 * @param ranges in the kernel's order
 */
public record State(
    Driver driver,
    Optional<Word> word,
    Policy policy,
    Policy createdUnder,
    boolean loaded,
    boolean refused,
    boolean failed,
    Optional<Failing> failing,
    boolean filled,
    List<RangeState> ranges) {

  public State {
    ranges = List.copyOf(ranges);
  }

  /** That every memory block's change of this kind ends with the error. */
  public record Failing(Step.Change change, Errno errno) {}

  /** A state in which nothing was told to fail, and nothing is filled. */
  public State(
      Driver driver,
      Optional<Word> word,
      Policy policy,
      Policy createdUnder,
      boolean loaded,
      boolean refused,
      List<RangeState> ranges) {
    this(
        driver,
        word,
        policy,
        createdUnder,
        loaded,
        refused,
        false,
        Optional.empty(),
        false,
        ranges);
  }

  /**
   * The state that a device is in between scenarios: bound and unplugged; but unbound where there
   * is no attribute to unplug it by, no whole block to bind, or a policy under which bind fails.
   */
  public static State between(Dialect dialect, List<Integer> blocksOfRanges, Policy bootPolicy) {
    State unplugged = unplugged(blocksOfRanges, bootPolicy);
    boolean bindable = blocksOfRanges.stream().anyMatch(n -> n > 0);
    boolean refused = DialectProperties.of(dialect).refusedPolicies().contains(bootPolicy);
    return bindable && !refused && !dialect.attribute().isEmpty()
        ? unplugged
        : unplugged.bound(Driver.NONE, Optional.empty());
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

  /** The blocks that the driver knows of: it passes over what an earlier unbind leaked. */
  List<BlockState> ownBlocks() {
    return ranges.stream().filter(r -> !r.leaked()).flatMap(r -> r.blocks().stream()).toList();
  }

  /** How many blocks are online. */
  public long onlineBlocks() {
    return blocks().stream().filter(BlockState::isOnline).count();
  }

  /** The state with another word in the attribute. */
  public State withWord(Word w) {
    return new State(
        driver,
        Optional.of(w),
        policy,
        createdUnder,
        loaded,
        false,
        false,
        failing,
        filled,
        ranges);
  }

  State withPolicy(Policy p) {
    return new State(
        driver, word, p, createdUnder, loaded, refused, failed, failing, filled, ranges);
  }

  State withRefused() {
    return new State(
        driver, word, policy, createdUnder, loaded, true, failed, failing, filled, ranges);
  }

  State withFailed() {
    return new State(
        driver, word, policy, createdUnder, loaded, refused, true, failing, filled, ranges);
  }

  State withLoaded(boolean is) {
    return new State(
        driver, word, policy, createdUnder, is, refused, failed, failing, filled, ranges);
  }

  State withFailing(Optional<Failing> f) {
    return new State(
        driver, word, policy, createdUnder, loaded, refused, failed, f, filled, ranges);
  }

  State withFilled(boolean is) {
    return new State(
        driver, word, policy, createdUnder, loaded, refused, failed, failing, is, ranges);
  }

  /** The error that a block's change of this kind ends with, where it was told to fail. */
  Optional<Errno> fails(Step.Change change) {
    return failing.filter(f -> f.change() == change).map(Failing::errno);
  }

  /** The same state, with what an observation cannot show as in {@code other}. */
  public State hidden(State other) {
    State same = withFailing(other.failing).withFilled(other.filled);
    return other.failed ? same.withFailed() : same;
  }

  State bound(Driver d, Optional<Word> w) {
    return new State(d, w, policy, createdUnder, loaded, false, false, failing, filled, ranges);
  }

  State withRanges(UnaryOperator<RangeState> change) {
    return withRanges(ranges.stream().map(change).toList());
  }

  /** The state with other ranges. */
  public State withRanges(List<RangeState> other) {
    return new State(
        driver, word, policy, createdUnder, loaded, refused, failed, failing, filled, other);
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
