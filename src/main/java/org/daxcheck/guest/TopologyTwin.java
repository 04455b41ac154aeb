package org.daxcheck.guest;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import org.daxcheck.step.Device;

/**
 * A topology whose device is laid out as that of some machine, so that the same scenarios can run
 * on both.
 *
 * @param text the file
 * @param differences what is not as on the machine, a sentence each
 */
public record TopologyTwin(String text, List<String> differences) {
  private static final long MIB = 1L << 20;
  private static final long GIB = 1L << 30;

  /** What the size of a dax device is a multiple of. */
  private static final long UNIT = 2 * MIB;

  /** Gaps are memory of the guest too: what is more than so many blocks of one is left out. */
  private static final long LONGEST_GAP = 8;

  /** How much device memory the guest's main memory has room for the memory map of. */
  private static final long MAPPED = 32 * GIB;

  public TopologyTwin {
    differences = List.copyOf(differences);
  }

  /** A range of the device in the guest, in bytes from the region's start; end is behind it. */
  private record Piece(long start, long end) {}

  /**
   * Makes it.
   *
   * @param title what it is the twin of, in a line
   * @param beside what else a guest cannot have, a sentence each
   * @throws GuestException where no topology can have such a layout
   */
  public static TopologyTwin of(String title, Device device, List<String> beside)
      throws GuestException {
    List<String> all = new ArrayList<>();
    all.add("main memory and processors are the guest's own");
    all.addAll(beside);
    long block = device.blockSize();
    if (block != QemuSource.BLOCK) {
      all.add(
          "memory blocks are of %d MiB there and of %d MiB in the guest, and all sizes in proportion"
              .formatted(block / MIB, QemuSource.BLOCK / MIB));
    }
    List<Piece> pieces = pieces(joined(device, all), block, all);
    String body = body(pieces, device.memmapKib() > 0);
    List<Integer> made = Topology.parse(Path.of("twin"), body).shape();
    if (!made.equals(device.blocksOfRanges())) {
      all.add(
          "the ranges there have %s whole blocks, those in the guest %s"
              .formatted(inWords(device.blocksOfRanges()), inWords(made)));
    }
    String head =
        all.stream()
            .map(d -> "# - " + d + ".\n")
            .collect(Collectors.joining("", "# " + title + "\n# Not as there:\n", "\n"));
    return new TopologyTwin(head + body, all);
  }

  private static String inWords(List<Integer> blocks) {
    return blocks.stream().map(b -> Integer.toString(b)).collect(Collectors.joining(" "));
  }

  /** The ranges by address; those that touch are one, as a device in a guest would have them. */
  private static List<Piece> joined(Device device, List<String> differences) {
    List<Piece> all = new ArrayList<>();
    boolean touch = false;
    for (Device.Range r :
        device.ranges().stream().sorted(Comparator.comparing(Device.Range::start)).toList()) {
      Piece last = all.isEmpty() ? null : all.get(all.size() - 1);
      if (last != null && last.end() == r.start()) {
        touch = true;
        all.set(all.size() - 1, new Piece(last.start(), r.end() + 1));
      } else {
        all.add(new Piece(r.start(), r.end() + 1));
      }
    }
    if (touch) {
      differences.add("ranges that touch there are one in the guest");
    }
    return all;
  }

  /** As they are in the guest: from the start of a block on, with shorter gaps, in its blocks. */
  private static List<Piece> pieces(List<Piece> ranges, long block, List<String> differences) {
    List<Piece> all = new ArrayList<>();
    long moved = ranges.isEmpty() ? 0 : ranges.get(0).start() / block * block;
    long behind = 0;
    long free = 0;
    for (Piece r : ranges) {
      long gap = r.start() - moved - behind;
      if (gap / block > LONGEST_GAP) {
        moved += (gap / block - LONGEST_GAP) * block;
        differences.add("a gap of %d MiB there is shorter in the guest".formatted(gap / MIB));
      }
      behind = r.end() - moved;
      // What a block has of a range at most becomes no more by being rounded.
      long start = Math.max(free, up(scaled(r.start() - moved, block)));
      long end = Math.max(start + UNIT, scaled(behind, block) / UNIT * UNIT);
      all.add(new Piece(start, end));
      free = end + UNIT;
    }
    return all;
  }

  private static long scaled(long bytes, long block) {
    return bytes / block * QemuSource.BLOCK
        + Math.round((double) (bytes % block) / block * QemuSource.BLOCK);
  }

  private static long up(long bytes) {
    return (bytes + UNIT - 1) / UNIT * UNIT;
  }

  private static String body(List<Piece> pieces, boolean memmapOnMemory) {
    List<String> layout = new ArrayList<>();
    long at = 0;
    for (Piece piece : pieces) {
      if (piece.start() > at) {
        layout.add("dax0.1:" + size(piece.start() - at));
      }
      layout.add("dax0.0:" + size(piece.end() - piece.start()));
      at = piece.end();
    }
    long cxl = (at + TopologyFile.CXL_UNIT - 1) / TopologyFile.CXL_UNIT * TopologyFile.CXL_UNIT;
    return """
        # main memory and processors of the guest
        memory = %s
        cpus = 2

        # size of the CXL device, and of the one region made of it
        cxl = %s

        # how the region is filled, in order of addresses: DEVICE:SIZE ...; the rest stays free
        layout = %s
        """
            .formatted(size(2 * GIB + cxl / MAPPED * GIB), size(cxl), String.join(" ", layout))
        + (memmapOnMemory
            ? "\n# allows memory_hotplug.memmap_on_memory and sets it for dax0.0\n"
                + "memmap_on_memory = yes\n"
            : "");
  }

  private static String size(long bytes) {
    return bytes % GIB == 0 ? bytes / GIB + "G" : bytes / MIB + "M";
  }
}
