package org.daxcheck.model;

import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;
import org.daxcheck.abi.Word;
import org.daxcheck.abi.Zone;

/**
 * A memory block as the model knows it. What the kernel may choose is left open in the block
 * itself, so that a device of many blocks has one state and not one for each choice; an observation
 * closes it.
 *
 * @param presence whether it exists, and its state if so
 * @param zones the zones that it can be in while online: one where it is known, two where the
 *     kernel chose and nobody looked yet; empty while it is not online
 * @param pinned true while a page of it is held
 * @param undecided true for a block that is online as the rest says, or went offline
 */
public record BlockState(Presence presence, Set<Zone> zones, boolean pinned, boolean undecided) {
  /** Whether a block exists, and its state if so. */
  public enum Presence {
    ABSENT("absent"),
    OFFLINE("offline"),
    ONLINE("online");

    private final String text;

    Presence(String text) {
      this.text = text;
    }

    /** As {@code memoryN/state} has it; {@code absent} where there is no such file. */
    public String text() {
      return text;
    }
  }

  static final BlockState ABSENT = new BlockState(Presence.ABSENT, Set.of(), false);
  static final BlockState OFFLINE = new BlockState(Presence.OFFLINE, Set.of(), false);

  public BlockState {
    zones = zones.isEmpty() ? Set.of() : Collections.unmodifiableSet(EnumSet.copyOf(zones));
  }

  /** A block that nothing is open about but its zone. */
  public BlockState(Presence presence, Set<Zone> zones, boolean pinned) {
    this(presence, zones, pinned, false);
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

  /** True where the block exists and is, or may be, online. */
  public boolean isOnline() {
    return presence == Presence.ONLINE;
  }

  /** True where the block exists and is online for sure. */
  boolean isSurelyOnline() {
    return isOnline() && !undecided;
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
    return new BlockState(presence, zones, held, undecided);
  }

  /** The same block, now known to be in this zone. */
  public BlockState inZone(Zone zone) {
    return new BlockState(presence, EnumSet.of(zone), pinned, undecided);
  }

  /** The same block, now known to be online, or else offline. */
  public BlockState decided(boolean online) {
    return online ? new BlockState(presence, zones, pinned) : OFFLINE;
  }

  /** What covers both: a block that is this, or the other. */
  BlockState or(BlockState other) {
    if (equals(other)) {
      return this;
    }
    if (isOnline() && other.isOnline()) {
      Set<Zone> both = EnumSet.copyOf(zones);
      both.addAll(other.zones);
      return new BlockState(
          Presence.ONLINE, both, pinned || other.pinned, undecided || other.undecided);
    }
    BlockState online = isOnline() ? this : other;
    return new BlockState(Presence.ONLINE, online.zones, online.pinned, true);
  }
}
