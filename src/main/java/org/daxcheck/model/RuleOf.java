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
public record RuleOf(Map<Property, RuleId> rules) {
  public RuleOf {
    rules = Map.copyOf(rules);
  }

  /** What holds of every state, whatever step led to it. */
  public static RuleOf always() {
    Map<Property, RuleId> rules = new EnumMap<>(Property.class);
    rules.put(Property.PRESENCE, Rules.ATTR_1);
    rules.put(Property.NAME, Rules.ATTR_2);
    rules.put(Property.MODE, Rules.ATTR_3);
    rules.put(Property.FORM, Rules.ATTR_4);
    rules.put(Property.VALUE, Rules.ATTR_7);
    rules.put(Property.BLOCKS, Rules.ROBUST_2);
    rules.put(Property.ZONES, Rules.ROBUST_2);
    rules.put(Property.IOMEM, Rules.ROBUST_2);
    rules.put(Property.MEMTOTAL, Rules.ROBUST_2);
    rules.put(Property.DRIVER, Rules.ROBUST_2);
    rules.put(Property.POLICY, Rules.ROBUST_2);
    rules.put(Property.SPLAT, Rules.ROBUST_1);
    rules.put(Property.CHANGES, Rules.EFFECT_7);
    rules.put(Property.FOREIGN, Rules.EFFECT_7);
    rules.put(Property.DEVICE, Rules.EFFECT_10);
    rules.put(Property.NODES, Rules.EFFECT_6);
    rules.put(Property.NEIGHBOURS, Rules.ROBUST_5);
    return new RuleOf(rules);
  }

  /** Nothing of the device may change, by {@code rule}; not even a uevent. */
  static RuleOf unchanged(RuleId rule) {
    return always()
        .by(
            rule,
            Property.VALUE,
            Property.BLOCKS,
            Property.ZONES,
            Property.IOMEM,
            Property.MEMTOTAL)
        .by(rule, Property.UEVENTS);
  }

  /** The same claims without the rules that fail the test, and silent about their facets. */
  RuleOf only(java.util.function.Predicate<RuleId> counts, RuleId otherwise) {
    Map<Property, RuleId> changed = new EnumMap<>(Property.class);
    rules.forEach(
        (facet, rule) -> {
          if (counts.test(rule)) {
            changed.put(facet, rule);
          } else if (!facet.ofAttribute()) {
            changed.put(facet, otherwise);
          }
        });
    return new RuleOf(changed);
  }

  /** The same claims, with {@code rule} for these facets. */
  public RuleOf by(RuleId rule, Property... facets) {
    Map<Property, RuleId> changed = new EnumMap<>(rules);
    for (Property facet : facets) {
      changed.put(facet, rule);
    }
    return new RuleOf(changed);
  }

  /** The same claims, silent about uevents: several operations ran, and some may cause them. */
  public RuleOf withoutUevents() {
    return without(Property.UEVENTS);
  }

  /** The same claims, silent about the facet. */
  public RuleOf without(Property facet) {
    Map<Property, RuleId> changed = new EnumMap<>(rules);
    changed.remove(facet);
    return new RuleOf(changed);
  }

  /** The rule that speaks about the facet, if one does. */
  public Optional<RuleId> rule(Property facet) {
    return Optional.ofNullable(rules.get(facet));
  }
}
