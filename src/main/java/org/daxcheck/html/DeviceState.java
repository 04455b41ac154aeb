package org.daxcheck.html;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.daxcheck.abi.Dialect;
import org.daxcheck.abi.Driver;
import org.daxcheck.abi.Word;
import org.daxcheck.abi.Zone;
import org.daxcheck.model.BlockState;
import org.daxcheck.model.State;
import org.daxcheck.step.Observation;

/** Where a device stands in the ABI's state machine, as the picture draws it. */
enum DeviceState {
  UNPLUGGED,
  OFFLINE,
  ONLINE,
  ONLINE_KERNEL,
  ONLINE_MOVABLE,
  UNBOUND,
  /** Unbound, and memory of it is still there: it stays until a reboot. */
  LEFT,
  DEVICE_DAX,
  /** Whatever the ABI knows nothing of. */
  OTHER;

  String id() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Where the observation shows the device; by its blocks where the dialect has no attribute. */
  static DeviceState of(Observation seen, Dialect dialect) {
    Optional<Driver> driver = seen.knownDriver();
    if (driver.isEmpty()) {
      return OTHER;
    }
    return switch (driver.get()) {
      case NONE -> seen.blocks().isEmpty() ? UNBOUND : LEFT;
      case DEVICE_DAX -> DEVICE_DAX;
      case KMEM ->
          dialect.attribute().isEmpty()
              ? byBlocks(seen)
              : seen.attribute(dialect.attribute())
                  .flatMap(a -> Word.of(a.text().strip()))
                  .map(DeviceState::of)
                  .orElse(OTHER);
    };
  }

  /** Where a state of the model puts it. */
  static DeviceState of(State state) {
    boolean added = state.blocks().stream().anyMatch(BlockState::exists);
    return switch (state.driver()) {
      case NONE -> added ? LEFT : UNBOUND;
      case DEVICE_DAX -> DEVICE_DAX;
      case KMEM -> state.word().map(DeviceState::of).orElseGet(() -> byBlocks(state));
    };
  }

  private static DeviceState byBlocks(Observation seen) {
    List<Observation.Block> online = seen.blocks().stream().filter(b -> b.online()).toList();
    if (online.isEmpty()) {
      return seen.blocks().isEmpty() ? UNPLUGGED : OFFLINE;
    }
    return online.stream().allMatch(b -> b.zones().equals(Zone.MOVABLE.text()))
        ? ONLINE_MOVABLE
        : ONLINE;
  }

  private static DeviceState byBlocks(State state) {
    if (state.onlineBlocks() == 0) {
      return state.blocks().stream().anyMatch(BlockState::exists) ? OFFLINE : UNPLUGGED;
    }
    return state.blocks().stream()
            .filter(BlockState::isOnline)
            .allMatch(b -> b.zones().equals(Set.of(Zone.MOVABLE)))
        ? ONLINE_MOVABLE
        : ONLINE;
  }

  private static DeviceState of(Word word) {
    return switch (word) {
      case UNPLUGGED -> UNPLUGGED;
      case OFFLINE -> OFFLINE;
      case ONLINE -> ONLINE;
      case ONLINE_KERNEL -> ONLINE_KERNEL;
      case ONLINE_MOVABLE -> ONLINE_MOVABLE;
    };
  }
}
