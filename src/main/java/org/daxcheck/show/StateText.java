package org.daxcheck.show;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.daxcheck.abi.Zone;
import org.daxcheck.model.BlockState;
import org.daxcheck.model.RangeState;
import org.daxcheck.model.State;
import org.daxcheck.step.Device;

/** A state of the model in one line. */
public final class StateText {
  private final Device device;

  /** The text of states of this device. */
  public StateText(Device device) {
    this.device = device;
  }

  /** Such as {@code online_movable; memory114-115 online Movable; policy offline}. */
  public String of(State state) {
    List<String> parts = new ArrayList<>();
    parts.add(state.word().map(Object::toString).orElse("driver " + state.driver()));
    BlockList blocks = new BlockList();
    List<BlockState> all = state.blocks();
    for (int i = 0; i < all.size(); i++) {
      blocks.put(device.blockNumber(i), block(all.get(i)));
    }
    parts.addAll(blocks.text());
    for (int i = 0; i < state.ranges().size(); i++) {
      range(i, state.ranges().get(i), parts);
    }
    parts.add("policy " + state.policy());
    if (state.createdUnder() != state.policy()) {
      parts.add("created under " + state.createdUnder());
    }
    if (!state.loaded()) {
      parts.add("module not loaded");
    }
    state
        .failing()
        .ifPresent(
            f ->
                parts.add(
                    f.change().name().toLowerCase(Locale.ROOT) + " is refused with " + f.errno()));
    if (state.filled()) {
      parts.add("holds a pattern");
    }
    return String.join("; ", parts);
  }

  private static void range(int index, RangeState range, List<String> parts) {
    if (range.leaked()) {
      parts.add("range " + index + " leaked");
    }
    if (range.occupied()) {
      parts.add("range " + index + " held by somebody else");
    }
    if (range.reserved() != range.added() && !range.blocks().isEmpty()) {
      parts.add("range " + index + (range.reserved() ? " reserved" : " without reservation"));
    }
  }

  private static String block(BlockState block) {
    String zones =
        block.zones().stream().map(Zone::text).sorted().collect(Collectors.joining(" or "));
    return block.presence().text()
        + (zones.isEmpty() ? "" : " " + zones)
        + (block.undecided() ? " or offline" : "")
        + (block.pinned() ? ", pinned" : "");
  }
}
