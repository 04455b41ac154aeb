package org.daxcheck.model;

import java.util.List;
import java.util.Set;
import org.daxcheck.abi.Dialect;
import org.daxcheck.abi.Word;

/**
 * How a dialect differs, as data.
 *
 * @param writable the words that a write accepts
 * @param foreign words that only the other dialects accept
 * @param policyAtCreation true where bind uses the policy of the time the dax device was created;
 *     false where it uses the policy of the moment (POLICY-7)
 * @param unbind what unbind does to added memory
 */
record Traits(
    Set<Word> writable, List<String> foreign, boolean policyAtCreation, UnbindKind unbind) {

  /** What unbind does to added memory. */
  enum UnbindKind {
    /** It removes each range whose blocks are all offline, whatever the attribute says (7.3). */
    REMOVE_OFFLINE_RANGES,
    /** It goes by the attribute: offline is removed, online is leaked with a WARN (v4). */
    BY_STATE
  }

  private static final Set<Word> FOUR =
      Set.of(Word.UNPLUGGED, Word.ONLINE, Word.ONLINE_KERNEL, Word.ONLINE_MOVABLE);

  /**
   * The traits of a dialect. Sources: v4-patch (hotplug_store, dev_dax_kmem_remove), kmem.c 7.3
   * (state_store, dev_dax_kmem_remove).
   *
   * @throws IllegalArgumentException for a dialect that has no model yet
   */
  static Traits of(Dialect dialect) {
    return switch (dialect) {
      case LINUX_7_3 ->
          new Traits(FOUR, List.of("unplug"), false, UnbindKind.REMOVE_OFFLINE_RANGES);
      case V4 -> new Traits(FOUR, List.of("unplug"), true, UnbindKind.BY_STATE);
      case V3, ABSENT ->
          throw new IllegalArgumentException("there is no model of dialect " + dialect + " yet");
    };
  }
}
