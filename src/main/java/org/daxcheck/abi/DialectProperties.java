package org.daxcheck.abi;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;

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
 * @param leakLog what a leak at unbind leaves in the log
 */
public record DialectProperties(
    Map<String, Word> words,
    List<String> foreign,
    boolean policyAtCreation,
    Set<Policy> refusedPolicies,
    boolean atomic,
    boolean reservesAgain,
    UnbindKind unbind,
    LeakLog leakLog) {

  /**
   * Lines that an unbind logs when it leaks memory.
   *
   * @param level level of the line about each range, as in syslog: 3 is an error, 4 a warning
   * @param range text behind the range's number and addresses, a line for each range that leaks;
   *     empty where there is no such line
   * @param device text of the line about the whole device; empty where there is none
   * @param warn true where that line is the text of a WARN, false where it is an error
   */
  public record LeakLog(int level, String range, String device, boolean warn) {}

  /** What unbind does to added memory. */
  public enum UnbindKind {
    /** It removes each range whose blocks are all offline, whatever the attribute says. */
    REMOVE_OFFLINE_RANGES,
    /** It goes by the attribute: offline is removed, online is leaked with a WARN (v4). */
    BY_STATE,
    /** It removes nothing: unless unplugged, all is leaked with a WARN (v3). */
    LEAK_UNLESS_UNPLUGGED
  }

  private static final String STUCK = "stuck online until reboot";

  /** Both series warn with the same words. */
  private static final LeakLog WARN = new LeakLog(0, "", "Hotplug memory regions " + STUCK, true);

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

  /**
   * What a dialect does. Sources: v4-patch (hotplug_store, dev_dax_kmem_remove), kmem.c 7.3
   * (state_store, dev_dax_kmem_remove), v3-cover-letter and what the first document on the ABI says
   * of the code that came with it; kmem.c 6.12 (dev_dax_kmem_remove).
   */
  public static DialectProperties of(Dialect dialect) {
    return switch (dialect) {
      case LINUX_7_3 ->
          new DialectProperties(
              FOUR,
              List.of("unplug"),
              false,
              Set.of(),
              true,
              true,
              UnbindKind.REMOVE_OFFLINE_RANGES,
              new LeakLog(4, STUCK, "Hotplug regions " + STUCK, false));
      case V4 ->
          new DialectProperties(
              FOUR, List.of("unplug"), true, Set.of(), true, true, UnbindKind.BY_STATE, WARN);
      case V3 ->
          new DialectProperties(
              THREE,
              List.of("unplugged", "online_kernel"),
              true,
              Set.of(Policy.OFFLINE, Policy.ONLINE_KERNEL),
              false,
              false,
              UnbindKind.LEAK_UNLESS_UNPLUGGED,
              WARN);
      case ABSENT ->
          new DialectProperties(
              Map.of(),
              List.of(),
              false,
              Set.of(),
              true,
              true,
              UnbindKind.REMOVE_OFFLINE_RANGES,
              new LeakLog(3, "cannot be hotremoved until the next reboot", "", false));
    };
  }

  /** The word that unplugs: {@code unplugged}, or {@code unplug} in v3; empty without attribute. */
  public String unplugWord() {
    return words.entrySet().stream()
        .filter(e -> e.getValue() == Word.UNPLUGGED)
        .map(Map.Entry::getKey)
        .findFirst()
        .orElse("");
  }

  /** The names that the attribute has in one dialect or another. */
  public static List<String> attributes() {
    return Arrays.stream(Dialect.values())
        .map(Dialect::attribute)
        .filter(name -> !name.isEmpty())
        .distinct()
        .toList();
  }

  /** True where the attribute can read this word, be it after a write or after a bind. */
  public boolean has(Word word) {
    return words.containsValue(word)
        || Policy.of(word.text()).filter(p -> !refusedPolicies.contains(p)).isPresent()
            && hasAttribute();
  }

  /** True where there is an attribute at all. */
  public boolean hasAttribute() {
    return !words.isEmpty();
  }
}
