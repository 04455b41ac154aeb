package org.daxcheck.model;

import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import org.daxcheck.abi.RuleId;
import org.daxcheck.abi.Rules;

/**
 * Which rule speaks about each facet of the observation after an outcome: the rule to name where
 * the facet is not as the outcome's state says. A facet without a rule is not judged.
 */
public record Claims(Map<Facet, RuleId> rules) {
  public Claims {
    rules = Map.copyOf(rules);
  }

  /** What holds of every state, whatever step led to it. */
  public static Claims always() {
    Map<Facet, RuleId> rules = new EnumMap<>(Facet.class);
    rules.put(Facet.PRESENCE, Rules.ATTR_1);
    rules.put(Facet.NAME, Rules.ATTR_2);
    rules.put(Facet.MODE, Rules.ATTR_3);
    rules.put(Facet.FORM, Rules.ATTR_4);
    rules.put(Facet.VALUE, Rules.ATTR_7);
    rules.put(Facet.BLOCKS, Rules.ROBUST_2);
    rules.put(Facet.ZONES, Rules.ROBUST_2);
    rules.put(Facet.IOMEM, Rules.ROBUST_2);
    rules.put(Facet.MEMTOTAL, Rules.ROBUST_2);
    rules.put(Facet.DRIVER, Rules.ROBUST_2);
    rules.put(Facet.POLICY, Rules.ROBUST_2);
    rules.put(Facet.SPLAT, Rules.ROBUST_1);
    rules.put(Facet.CHANGES, Rules.EFFECT_7);
    rules.put(Facet.FOREIGN, Rules.EFFECT_7);
    rules.put(Facet.DEVICE, Rules.EFFECT_10);
    rules.put(Facet.NODES, Rules.EFFECT_6);
    rules.put(Facet.NEIGHBOURS, Rules.ROBUST_5);
    return new Claims(rules);
  }

  /** Nothing of the device may change, by {@code rule}; not even a uevent. */
  static Claims unchanged(RuleId rule) {
    return always()
        .by(rule, Facet.VALUE, Facet.BLOCKS, Facet.ZONES, Facet.IOMEM, Facet.MEMTOTAL)
        .by(rule, Facet.UEVENTS);
  }

  /** The same claims without the rules that fail the test, and silent about their facets. */
  Claims only(java.util.function.Predicate<RuleId> counts, RuleId otherwise) {
    Map<Facet, RuleId> changed = new EnumMap<>(Facet.class);
    rules.forEach(
        (facet, rule) -> {
          if (counts.test(rule)) {
            changed.put(facet, rule);
          } else if (!facet.ofAttribute()) {
            changed.put(facet, otherwise);
          }
        });
    return new Claims(changed);
  }

  /** The same claims, with {@code rule} for these facets. */
  public Claims by(RuleId rule, Facet... facets) {
    Map<Facet, RuleId> changed = new EnumMap<>(rules);
    for (Facet facet : facets) {
      changed.put(facet, rule);
    }
    return new Claims(changed);
  }

  /** The same claims, silent about uevents: several operations ran, and some may cause them. */
  public Claims withoutUevents() {
    return without(Facet.UEVENTS);
  }

  /** The same claims, silent about the facet. */
  public Claims without(Facet facet) {
    Map<Facet, RuleId> changed = new EnumMap<>(rules);
    changed.remove(facet);
    return new Claims(changed);
  }

  /** The rule that speaks about the facet, if one does. */
  public Optional<RuleId> rule(Facet facet) {
    return Optional.ofNullable(rules.get(facet));
  }
}
