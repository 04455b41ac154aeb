package org.daxcheck.model;

import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;
import org.daxcheck.abi.Word;
import org.daxcheck.abi.Zone;

/**
 * A memory block as the model knows it.
 *
 * @param presence whether it exists, and its state if so
 * @param zones the zones that it can be in while online: one where it is known, two where the
 *     kernel chose and nobody looked yet; empty while it is not online
 * @param pinned true while a page of it is held
 */
public record BlockState(Presence presence, Set<Zone> zones, boolean pinned) {
  /** Whether a block exists, and its state if so. */
  public enum Presence {
    ABSENT,
    OFFLINE,
    ONLINE
  }

  static final BlockState ABSENT = new BlockState(Presence.ABSENT, Set.of(), false);
  static final BlockState OFFLINE = new BlockState(Presence.OFFLINE, Set.of(), false);

  public BlockState {
    zones = zones.isEmpty() ? Set.of() : Collections.unmodifiableSet(EnumSet.copyOf(zones));
  }

  static BlockState online(Set<Zone> zones) {
    return new BlockState(Presence.ONLINE, zones, false);
  }

  /** The block that a word of the whole device or of a single block brings about. */
  static BlockState of(Word word) {
    return switch (word) {
      case UNPLUGGED -> ABSENT;
      case OFFLINE -> OFFLINE;
      case ONLINE -> online(EnumSet.allOf(Zone.class));
      case ONLINE_KERNEL -> online(EnumSet.of(Zone.NORMAL));
      case ONLINE_MOVABLE -> online(EnumSet.of(Zone.MOVABLE));
    };
  }

  /** True where the block exists and is online. */
  public boolean isOnline() {
    return presence == Presence.ONLINE;
  }

  /** True where the block exists. */
  public boolean exists() {
    return presence != Presence.ABSENT;
  }

  /** True where the kernel's own unmovable memory may lie in it. */
  boolean mayHoldKernelMemory() {
    return zones.contains(Zone.NORMAL);
  }

  BlockState withPin(boolean held) {
    return new BlockState(presence, zones, held);
  }

  /** The same block, now known to be in this zone. */
  public BlockState inZone(Zone zone) {
    return new BlockState(presence, EnumSet.of(zone), pinned);
  }
}
