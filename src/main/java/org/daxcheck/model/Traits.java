package org.daxcheck.model;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.daxcheck.abi.Dialect;
import org.daxcheck.abi.Policy;
import org.daxcheck.abi.RuleId;
import org.daxcheck.abi.Word;

/**
 * How a dialect differs, as data.
 *
 * @param words what a write accepts, and the word that a read gives afterwards; empty where there
 *     is no attribute
 * @param foreign words that only the other dialects accept
 * @param policyAtCreation true where bind uses the policy of the time the dax device was created;
 *     false where it uses the policy of the moment (POLICY-7)
 * @param refusedPolicies policies under which a bind is EINVAL
 * @param atomic true where an unplug takes all ranges or none; false where it takes what it can,
 *     says that it worked, and changes the word only where it took all
 * @param reservesAgain true where an online write reserves the ranges anew; false where only bind
 *     does, and later unplugs pass over what has no reservation
 * @param unbind what unbind does to added memory
 * @param leakLog texts that a leak at unbind leaves in the log, each in a line
 * @param unbound rules that say nothing of this dialect
 */
record Traits(
    Map<String, Word> words,
    List<String> foreign,
    boolean policyAtCreation,
    Set<Policy> refusedPolicies,
    boolean atomic,
    boolean reservesAgain,
    UnbindKind unbind,
    List<String> leakLog,
    Set<RuleId> unbound) {

  /** What unbind does to added memory. */
  enum UnbindKind {
    /** It removes each range whose blocks are all offline, whatever the attribute says. */
    REMOVE_OFFLINE_RANGES,
    /** It goes by the attribute: offline is removed, online is leaked with a WARN (v4). */
    BY_STATE,
    /** It removes nothing: unless unplugged, all is leaked with a WARN (v3). */
    LEAK_UNLESS_UNPLUGGED
  }

  private static final String STUCK = "stuck online until reboot";

  private static final Map<String, Word> FOUR =
      Map.of(
          "unplugged",
          Word.UNPLUGGED,
          "online",
          Word.ONLINE,
          "online_kernel",
          Word.ONLINE_KERNEL,
          "online_movable",
          Word.ONLINE_MOVABLE);

  private static final Map<String, Word> THREE =
      Map.of(
          "unplug", Word.UNPLUGGED, "online", Word.ONLINE, "online_movable", Word.ONLINE_MOVABLE);

  private static final Set<RuleId> NOT_OF_V3 =
      Set.of(
          Rules.TRANS_2,
          Rules.TRANS_6,
          Rules.REFUSE_2,
          Rules.ATOMIC_1,
          Rules.ATOMIC_2,
          Rules.ATOMIC_3,
          Rules.ATOMIC_4,
          Rules.ATOMIC_5,
          Rules.ATOMIC_6,
          Rules.ATOMIC_7,
          Rules.POLICY_1,
          Rules.POLICY_2,
          Rules.POLICY_4,
          Rules.POLICY_8,
          Rules.UNBIND_2,
          Rules.UNBIND_4,
          Rules.UNBIND_5,
          Rules.UNBIND_6,
          Rules.SYNC_3,
          Rules.SYNC_6,
          Rules.CONC_3);

  private static final Set<RuleId> NOT_OF_V4 = Set.of(Rules.UNBIND_4, Rules.UNBIND_6);

  private static final Set<String> GROUPS_WITHOUT_ATTRIBUTE =
      Set.of("EFFECT", "POLICY", "UNBIND", "ROBUST");

  private static final Set<RuleId> OF_THE_ATTRIBUTE =
      Set.of(
          Rules.EFFECT_1,
          Rules.EFFECT_2,
          Rules.EFFECT_3,
          Rules.EFFECT_5,
          Rules.POLICY_7,
          Rules.POLICY_8,
          Rules.UNBIND_1);

  /**
   * The traits of a dialect. Sources: v4-patch (hotplug_store, dev_dax_kmem_remove), kmem.c 7.3
   * (state_store, dev_dax_kmem_remove), v3-cover-letter and what the first document on the ABI says
   * of the code that came with it; kmem.c 6.12 (dev_dax_kmem_remove).
   */
  static Traits of(Dialect dialect) {
    return switch (dialect) {
      case LINUX_7_3 ->
          new Traits(
              FOUR,
              List.of("unplug"),
              false,
              Set.of(),
              true,
              true,
              UnbindKind.REMOVE_OFFLINE_RANGES,
              List.of(STUCK, "Hotplug regions " + STUCK),
              Set.of());
      case V4 ->
          new Traits(
              FOUR,
              List.of("unplug"),
              true,
              Set.of(),
              true,
              true,
              UnbindKind.BY_STATE,
              List.of("Hotplug memory regions " + STUCK),
              NOT_OF_V4);
      case V3 ->
          new Traits(
              THREE,
              List.of("unplugged", "online_kernel"),
              true,
              Set.of(Policy.OFFLINE, Policy.ONLINE_KERNEL),
              false,
              false,
              UnbindKind.LEAK_UNLESS_UNPLUGGED,
              List.of(STUCK),
              NOT_OF_V3);
      case ABSENT ->
          new Traits(
              Map.of(),
              List.of(),
              false,
              Set.of(),
              true,
              true,
              UnbindKind.REMOVE_OFFLINE_RANGES,
              List.of("hotremove"),
              Set.of());
    };
  }

  /** True where there is an attribute at all. */
  boolean hasAttribute() {
    return !words.isEmpty();
  }

  /** True where the rule speaks of this dialect. */
  boolean binds(RuleId rule) {
    if (!hasAttribute()) {
      return GROUPS_WITHOUT_ATTRIBUTE.contains(rule.group()) && !OF_THE_ATTRIBUTE.contains(rule);
    }
    return !unbound.contains(rule);
  }
}
