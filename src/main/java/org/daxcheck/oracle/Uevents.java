package org.daxcheck.oracle;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.daxcheck.model.BlockState.Presence;
import org.daxcheck.step.Device;
import org.daxcheck.step.Observation;

/** Whether the uevents of a step lead from what was seen before it to what is seen after it. */
final class Uevents {
  private final Device device;
  private final Map<Long, Integer> own = new HashMap<>();

  Uevents(Device device) {
    this.device = device;
    for (int i = 0; i < device.blocks(); i++) {
      own.put(device.blockNumber(i), i);
    }
  }

  /** What was to be expected, and what came. */
  record Wrong(String allowed, String seen) {}

  /**
   * Uevents of the device's own blocks, as a reader wants them; {@code none} where there are none.
   */
  String ofOwnBlocks(Observation seen) {
    return told(seen, true);
  }

  /** The same of all other memory blocks. */
  String ofOtherBlocks(Observation seen) {
    return told(seen, false);
  }

  private String told(Observation seen, boolean ofOwn) {
    List<String> all =
        seen.uevents().stream()
            .filter(e -> e.block().isPresent())
            .filter(e -> own.containsKey(e.block().getAsLong()) == ofOwn)
            .map(e -> e.action() + " memory" + e.block().getAsLong())
            .toList();
    return all.isEmpty() ? "none" : String.join(", ", all);
  }

  /**
   * The first block whose uevents do not lead from its state before to its state now; empty where
   * there is none.
   *
   * @param mayReturn true where a block may have gone and come back in between
   */
  Optional<Wrong> ofBlocks(Observation before, Observation seen, boolean mayReturn) {
    Map<Integer, List<String>> events = new TreeMap<>();
    seen.uevents().stream()
        .filter(e -> e.block().isPresent() && own.containsKey(e.block().getAsLong()))
        .forEach(
            e ->
                events
                    .computeIfAbsent(own.get(e.block().getAsLong()), i -> new ArrayList<>())
                    .add(e.action()));
    Map<Integer, String> was = states(before);
    Map<Integer, String> is = states(seen);
    for (int i = 0; i < own.size(); i++) {
      String state = was.getOrDefault(i, Presence.ABSENT.text());
      String end = is.getOrDefault(i, Presence.ABSENT.text());
      List<String> actions = events.getOrDefault(i, List.of());
      if (!lead(state, end, actions, mayReturn)) {
        return Optional.of(
            new Wrong(
                "that lead from " + state + " to " + end + " (block " + i + ")",
                actions.isEmpty() ? "none" : String.join(", ", actions)));
      }
    }
    return Optional.empty();
  }

  private Map<Integer, String> states(Observation seen) {
    Map<Integer, String> states = new HashMap<>();
    for (Observation.Block block : seen.blocks()) {
      Integer index = own.get(block.number());
      if (index != null) {
        states.put(index, block.state());
      }
    }
    return states;
  }

  private static boolean lead(String state, String end, List<String> actions, boolean mayReturn) {
    String path = state;
    for (String action : actions) {
      path = after(path, action);
    }
    boolean straight = actions.size() <= SHORTEST.getOrDefault(state + " " + end, 0);
    return path.equals(end) && (straight || mayReturn);
  }

  /** How many uevents lead straight from one state of a block to another. */
  private static final Map<String, Integer> SHORTEST =
      Map.of(
          "absent offline", 1,
          "absent online", 2,
          "offline online", 1,
          "offline absent", 1,
          "online offline", 1,
          "online absent", 2);

  private static String after(String state, String action) {
    return switch (state + " " + action) {
      case "absent add", "online offline" -> "offline";
      case "offline online" -> "online";
      case "offline remove" -> "absent";
      // Whatever else is sent does not fit the block's state.
      default -> "wrong";
    };
  }

  /**
   * Whether the device's own uevents tell that it was bound and unbound, and nothing else.
   *
   * @param mayReturn true where it may have been unbound and bound again in between
   */
  Optional<Wrong> ofDevice(Observation before, Observation seen, boolean mayReturn) {
    boolean was = isBound(before);
    boolean is = isBound(seen);
    boolean now = was;
    boolean fits = true;
    List<String> actions = new ArrayList<>();
    for (Observation.Uevent event : seen.uevents()) {
      if (event.isOf(device.name())) {
        actions.add(event.action());
        boolean binds = event.action().equals("bind");
        fits &= (binds || event.action().equals("unbind")) && now != binds;
        now = binds;
      }
    }
    int straight = was == is ? before.driver().equals(seen.driver()) ? 0 : 2 : 1;
    if (fits && now == is && (mayReturn || actions.size() == straight)) {
      return Optional.empty();
    }
    String want = was == is ? straight == 0 ? "none" : "unbind, bind" : is ? "bind" : "unbind";
    return Optional.of(new Wrong(want, actions.isEmpty() ? "none" : String.join(", ", actions)));
  }

  private static boolean isBound(Observation seen) {
    return !seen.driver().equals(org.daxcheck.abi.Driver.NONE.text());
  }
}
