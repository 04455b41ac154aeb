package org.daxcheck.model;

import java.util.List;
import java.util.function.UnaryOperator;

/**
 * A physical range of the device.
 *
 * @param reserved true while /proc/iomem has a line with the device's name for it
 * @param leaked true where its memory stays until reboot, since it was unbound while online
 * @param occupied true while somebody else holds its addresses, so that it cannot be reserved
 * @param blocks the memory blocks that lie wholly inside; empty for a range smaller than a block
 */
public record RangeState(
    boolean reserved, boolean leaked, boolean occupied, List<BlockState> blocks) {
  public RangeState {
    blocks = List.copyOf(blocks);
  }

  /** A range that nobody else holds. */
  public RangeState(boolean reserved, boolean leaked, List<BlockState> blocks) {
    this(reserved, leaked, false, blocks);
  }

  /** True where memory of the range is added to the system. */
  public boolean added() {
    return blocks.stream().anyMatch(BlockState::exists);
  }

  /** True where a block of the range is, or may be, online. */
  public boolean anyOnline() {
    return blocks.stream().anyMatch(BlockState::isOnline);
  }

  /** True where a block of the range is online for sure. */
  boolean surelyOnline() {
    return blocks.stream().anyMatch(BlockState::isSurelyOnline);
  }

  /** True where a page of a block of the range that may be online is held. */
  boolean pinned() {
    return blocks.stream().anyMatch(b -> b.isOnline() && b.pinned());
  }

  /** The same range with other blocks. */
  public RangeState withBlocks(UnaryOperator<BlockState> change) {
    return new RangeState(reserved, leaked, occupied, blocks.stream().map(change).toList());
  }

  private RangeState like(boolean isReserved, BlockState each) {
    return new RangeState(isReserved, false, occupied, blocks.stream().map(b -> each).toList());
  }

  RangeState removed() {
    return like(false, BlockState.ABSENT);
  }

  RangeState plugged(BlockState each) {
    return like(true, each);
  }

  RangeState reserved(boolean is) {
    return new RangeState(is, leaked, occupied, blocks);
  }

  RangeState leak() {
    return new RangeState(reserved, true, occupied, blocks);
  }

  /** The same range, held by somebody else or not. */
  public RangeState occupied(boolean is) {
    return new RangeState(reserved, leaked, is, blocks);
  }

  /** The same range with its blocks added, but no line of its own in /proc/iomem. */
  RangeState added(BlockState each) {
    return like(false, each);
  }

  /** True where the driver wants it: it holds a block. */
  boolean wanted() {
    return !blocks.isEmpty();
  }

  /** True where the driver wants it and nothing keeps it from being reserved. */
  boolean usable() {
    return wanted() && !leaked && !occupied;
  }
}
