package org.daxcheck.html;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.daxcheck.abi.Zone;
import org.daxcheck.model.BlockState;
import org.daxcheck.model.Outcome;
import org.daxcheck.model.State;
import org.daxcheck.oracle.Moment;
import org.daxcheck.step.Device;
import org.daxcheck.step.Observation;
import org.daxcheck.trace.Trace;

/**
 * The memory blocks of a trace, step by step: as the kernel showed them, and as the model allows
 * them. A block is a hexadecimal digit, the sum of what it is or may be: 1 absent, 2 offline, 4
 * online in Movable, 8 online in Normal; 0 is anything else, or nothing is known. A step is a text
 * of such digits in the order of the blocks, equal ones as {@code digit*count} with a blank
 * between.
 */
final class BlockGrid {
  private static final int ABSENT = 1;
  private static final int OFFLINE = 2;
  private static final int MOVABLE = 4;
  private static final int NORMAL = 8;

  private final Judged judged;
  private final List<Long> numbers;

  BlockGrid(Judged judged) {
    this.judged = judged;
    Device device = judged.trace().header().device();
    this.numbers = IntStream.range(0, device.blocks()).mapToObj(device::blockNumber).toList();
  }

  /**
   * Writes the grid of these entries, beside what was before them.
   *
   * @param shown indices of entries; -1 for a gap
   */
  void into(ObjectNode node, List<Integer> shown, StringTable strings) {
    ArrayNode blocks = node.putArray("blocks");
    numbers.forEach(blocks::add);
    Trace trace = judged.trace();
    node.put("before", strings.of(packed(seen(trace.before()))));
    ArrayNode kernel = node.putArray("kernel");
    ArrayNode model = node.putArray("model");
    for (int entry : shown) {
      if (entry < 0) {
        kernel.add(0);
        model.add(0);
      } else {
        kernel.add(strings.of(packed(seen(trace.entries().get(entry).reply().observation()))));
        model.add(strings.of(allowed(entry)));
      }
    }
  }

  private List<Integer> seen(Observation observation) {
    return numbers.stream()
        .map(n -> observation.block(n).map(BlockGrid::seen).orElse(ABSENT))
        .toList();
  }

  private static int seen(Observation.Block block) {
    if (block.online()) {
      return block.zone().map(BlockGrid::digit).orElse(0);
    }
    return block.state().equals(BlockState.Presence.OFFLINE.text()) ? OFFLINE : 0;
  }

  private static int digit(Zone zone) {
    return switch (zone) {
      case MOVABLE -> MOVABLE;
      case NORMAL -> NORMAL;
    };
  }

  /** What the model allows behind the entry: by the outcomes with its answer, else by all. */
  private String allowed(int entry) {
    Moment moment = judged.moment(entry).orElse(null);
    if (moment == null || moment.outcomes().isEmpty()) {
      return "";
    }
    Trace.Entry e = judged.trace().entries().get(entry);
    List<Outcome> answered =
        moment.outcomes().stream().filter(o -> o.answer().matches(e.reply().result())).toList();
    int[] sums = new int[numbers.size()];
    for (Outcome outcome : answered.isEmpty() ? moment.outcomes() : answered) {
      add(outcome.next(), sums);
    }
    return packed(IntStream.of(sums).boxed().toList());
  }

  private static void add(State state, int[] sums) {
    List<BlockState> blocks = state.blocks();
    for (int i = 0; i < Math.min(sums.length, blocks.size()); i++) {
      BlockState block = blocks.get(i);
      sums[i] |=
          switch (block.presence()) {
            case ABSENT -> ABSENT;
            case OFFLINE -> OFFLINE;
            case ONLINE ->
                block.zones().stream().mapToInt(BlockGrid::digit).sum()
                    + (block.undecided() ? OFFLINE : 0);
          };
    }
  }

  private static String packed(List<Integer> digits) {
    List<String> parts = new ArrayList<>();
    for (int i = 0, same; i < digits.size(); i += same) {
      same = 1;
      while (i + same < digits.size() && digits.get(i + same).equals(digits.get(i))) {
        same++;
      }
      parts.add(Integer.toHexString(digits.get(i)) + "*" + same);
    }
    return String.join(" ", parts);
  }
}
