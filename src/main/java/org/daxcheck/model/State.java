package org.daxcheck.model;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
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
 * @param hidden what no observation shows
 * @param ranges in the kernel's order
 */
public record State(
    Driver driver,
    Optional<Word> word,
    Policy policy,
    Policy createdUnder,
    boolean loaded,
    Hidden hidden,
    List<RangeState> ranges) {

  public State {
    ranges = List.copyOf(ranges);
  }

  /**
   * What no observation shows.
   *
   * @param refused true right after a refused unplug of memory that nothing held: legal once
   * @param failing what the kernel was told to refuse of every memory block, with its error
   * @param adding which range's memory cannot be added, with the error
   * @param filled true while memory of the node holds a pattern
   */
  public record Hidden(
      boolean refused, Optional<Failing> failing, Optional<Adding> adding, boolean filled) {
    /** Nothing was refused, nothing was told to fail, and nothing is filled. */
    public static final Hidden NOTHING =
        new Hidden(false, Optional.empty(), Optional.empty(), false);

    Hidden refused(boolean is) {
      return new Hidden(is, failing, adding, filled);
    }
  }

  /** That every memory block's change of this kind ends with the error. */
  public record Failing(Step.Change change, Errno errno) {}

  /** That the memory of these ranges cannot be added: the error that the kernel gives. */
  public record Adding(Set<Integer> ranges, Errno errno) {
    public Adding {
      ranges = Set.copyOf(ranges);
    }
  }

  /**
   * The state that a device is in between scenarios: bound and unplugged; but unbound where there
   * is no attribute to unplug it by, no whole block to bind, or a policy under which bind fails.
   */
  public static State between(Dialect dialect, List<Integer> blocksOfRanges, Policy bootPolicy) {
    State unplugged = unplugged(blocksOfRanges, bootPolicy);
    boolean bindable = blocksOfRanges.stream().anyMatch(n -> n > 0);
    DialectProperties properties = DialectProperties.of(dialect);
    boolean refused = properties.refusedPolicies().contains(bootPolicy);
    return bindable && !refused && properties.hasAttribute()
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
        Hidden.NOTHING,
        blocksOfRanges.stream()
            .map(n -> new RangeState(false, false, Collections.nCopies(n, BlockState.ABSENT)))
            .toList());
  }

  /** The state that the boot finds: the same device, which no driver has yet. */
  public static State unbound(List<Integer> blocksOfRanges, Policy bootPolicy) {
    return unplugged(blocksOfRanges, bootPolicy).bound(Driver.NONE, Optional.empty());
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
    return ranges.stream().flatMap(r -> r.blocks().stream()).filter(BlockState::isOnline).count();
  }

  /** The state with another word in the attribute; what was refused once may be again. */
  public State withWord(Word w) {
    return new State(
        driver, Optional.of(w), policy, createdUnder, loaded, hidden.refused(false), ranges);
  }

  /** The state with another policy. */
  public State withPolicy(Policy p) {
    return new State(driver, word, p, createdUnder, loaded, hidden, ranges);
  }

  /** The state of a device that was created under this policy. */
  public State createdUnder(Policy p) {
    return new State(driver, word, policy, p, loaded, hidden, ranges);
  }

  State withRefused() {
    return withHidden(hidden.refused(true));
  }

  State withLoaded(boolean is) {
    return new State(driver, word, policy, createdUnder, is, hidden, ranges);
  }

  State withFailing(Optional<Failing> f) {
    return withHidden(new Hidden(hidden.refused, f, hidden.adding, hidden.filled));
  }

  State withAdding(Optional<Adding> a) {
    return withHidden(new Hidden(hidden.refused, hidden.failing, a, hidden.filled));
  }

  State withFilled(boolean is) {
    return withHidden(new Hidden(hidden.refused, hidden.failing, hidden.adding, is));
  }

  /** The same state, with this hidden in it. */
  public State withHidden(Hidden other) {
    return new State(driver, word, policy, createdUnder, loaded, other, ranges);
  }

  /** True while memory of the node holds a pattern. */
  public boolean filled() {
    return hidden.filled;
  }

  /** What the kernel was told to refuse of every memory block, with its error. */
  public Optional<Failing> failing() {
    return hidden.failing;
  }

  boolean refused() {
    return hidden.refused;
  }

  /** The error that a block's change of this kind ends with, where it was told to fail. */
  Optional<Errno> fails(Step.Change change) {
    return hidden.failing.filter(f -> f.change() == change).map(Failing::errno);
  }

  /** The error that adding the range's memory ends with, where it was told to fail. */
  Optional<Errno> cannotAdd(int range) {
    return hidden.adding.filter(a -> a.ranges().contains(range)).map(Adding::errno);
  }

  State bound(Driver d, Optional<Word> w) {
    return new State(d, w, policy, createdUnder, loaded, hidden.refused(false), ranges);
  }

  /** The state with every range changed. */
  public State withRanges(UnaryOperator<RangeState> change) {
    return withRanges(ranges.stream().map(change).toList());
  }

  /** The state with other ranges. */
  public State withRanges(List<RangeState> other) {
    return new State(driver, word, policy, createdUnder, loaded, hidden, other);
  }

  /** The state with other blocks, in the order of the ranges. */
  public State withBlocks(List<BlockState> other) {
    List<RangeState> changed = new ArrayList<>();
    int before = 0;
    for (RangeState range : ranges) {
      int end = before + range.blocks().size();
      changed.add(
          new RangeState(
              range.reserved(), range.leaked(), range.occupied(), other.subList(before, end)));
      before = end;
    }
    return withRanges(changed);
  }

  /** The state with another block at {@code index}, counted over all ranges. */
  public State withBlock(int index, BlockState block) {
    List<BlockState> blocks = new ArrayList<>(blocks());
    blocks.set(index, block);
    return withBlocks(blocks);
  }

  /** Indices of the ranges that pass the test, in their order. */
  List<Integer> which(java.util.function.Predicate<RangeState> test) {
    return IntStream.range(0, ranges.size()).filter(i -> test.test(ranges.get(i))).boxed().toList();
  }
}
