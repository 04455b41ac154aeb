package org.daxcheck.model;

import java.util.List;

/**
 * A physical range of the device.
 *
 * @param reserved true while /proc/iomem has a line with the device's name for it
 * @param leaked true where its memory stays until reboot, since it was unbound while online
 * @param blocks the memory blocks that lie wholly inside; empty for a range smaller than a block
 */
public record RangeState(boolean reserved, boolean leaked, List<BlockState> blocks) {
  public RangeState {
    blocks = List.copyOf(blocks);
  }

  /** True where memory of the range is added to the system. */
  public boolean added() {
    return blocks.stream().anyMatch(BlockState::exists);
  }

  /** True where a block of the range is online. */
  public boolean anyOnline() {
    return blocks.stream().anyMatch(BlockState::isOnline);
  }

  /** True where a page of an online block of the range is held. */
  boolean pinned() {
    return blocks.stream().anyMatch(b -> b.isOnline() && b.pinned());
  }

  RangeState withBlocks(BlockState each) {
    return new RangeState(reserved, leaked, blocks.stream().map(b -> each).toList());
  }

  RangeState removed() {
    return new RangeState(false, false, withBlocks(BlockState.ABSENT).blocks);
  }

  RangeState plugged(BlockState each) {
    return new RangeState(true, false, withBlocks(each).blocks);
  }

  RangeState reserved(boolean is) {
    return new RangeState(is, leaked, blocks);
  }

  RangeState leak() {
    return new RangeState(reserved, true, blocks);
  }

  /** The same range with its blocks added, but no line of its own in /proc/iomem. */
  RangeState added(BlockState each) {
    return new RangeState(false, false, withBlocks(each).blocks);
  }

  boolean usable() {
    return !leaked && !blocks.isEmpty();
  }
}
