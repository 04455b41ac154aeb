package org.daxcheck.step;

import java.util.List;

/**
 * A dax device as the target describes it.
 *
 * @param name such as {@code dax0.0}
 * @param node the NUMA node of its memory
 * @param blockSize bytes of one memory block
 * @param memmapKib how much of each block its own memory map takes, in KiB: 0 unless the device has
 *     memmap_on_memory
 * @param ranges its physical ranges in the kernel's order
 */
public record Device(String name, int node, long blockSize, long memmapKib, List<Range> ranges) {
  public Device {
    ranges = List.copyOf(ranges);
  }

  /** A device whose memory map lies elsewhere. */
  public Device(String name, int node, long blockSize, List<Range> ranges) {
    this(name, node, blockSize, 0, ranges);
  }

  /** By how much MemTotal grows for each block that comes online, in KiB. */
  public long memTotalPerBlockKib() {
    return (blockSize >> 10) - memmapKib;
  }

  /**
   * A physical range.
   *
   * @param start first byte
   * @param end last byte
   * @param firstBlock number of the first memory block that lies wholly inside (memoryN)
   * @param blocks how many memory blocks lie wholly inside; 0 where none does
   */
  public record Range(long start, long end, long firstBlock, int blocks) {}

  /** How many blocks each range has. */
  public List<Integer> blocksOfRanges() {
    return ranges.stream().map(Range::blocks).toList();
  }

  /** How many blocks the device has. */
  public int blocks() {
    return ranges.stream().mapToInt(Range::blocks).sum();
  }

  /** The kernel's number (memoryN) of the block at {@code index}, counted over all ranges. */
  public long blockNumber(int index) {
    int left = index;
    for (Range range : ranges) {
      if (left < range.blocks()) {
        return range.firstBlock() + left;
      }
      left -= range.blocks();
    }
    throw new IndexOutOfBoundsException("block " + index + " of " + blocks());
  }
}
