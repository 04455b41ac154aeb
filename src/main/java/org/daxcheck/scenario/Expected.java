package org.daxcheck.scenario;

import java.util.Optional;
import org.daxcheck.abi.Errno;
import org.daxcheck.abi.Zone;

/** One outcome that a line of a scenario states behind its arrow. */
public sealed interface Expected {

  /** The step succeeds: {@code ok}. */
  record Succeeds() implements Expected {}

  /** The step fails with this error: {@code EBUSY}. */
  record Fails(Errno errno) implements Expected {}

  /** The allocation that was to fail was never asked for: {@code missed}. */
  record Missed() implements Expected {}

  /** The read gives this word and one newline: {@code online_movable}. */
  record Reads(String word) implements Expected {}

  /** The actor is ended by this signal, without SIG: {@code killed KILL}. */
  record Killed(String signal) implements Expected {}

  /** The blocks looked at do not exist: {@code none}. */
  record NoBlocks() implements Expected {}

  /** The blocks looked at all have this state, and this zone where one is named. */
  record BlocksAre(String state, Optional<Zone> zone) implements Expected {}

  /** The attribute is {@code present} or {@code absent}. */
  record AttributePresent(boolean present) implements Expected {}

  /** What the device shows in /proc/iomem. */
  record Iomem(Claim claim) implements Expected {
    /** None of the device's lines, its reservations alone, or its reservations with RAM in them. */
    public enum Claim {
      NONE,
      RESERVED,
      RAM
    }
  }

  /** MemTotal is its baseline, plus all blocks of the device where {@code all} is set. */
  record MemTotal(boolean all) implements Expected {}

  /** An aspect reads exactly this: a driver's name, a policy, {@code unchanged}, {@code none}. */
  record Is(String text) implements Expected {}

  /** A kernel log line since the step before has this text in it: {@code "hotremove failed"}. */
  record Logged(String text) implements Expected {}
}
