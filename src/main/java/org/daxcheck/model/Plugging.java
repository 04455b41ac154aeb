package org.daxcheck.model;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.daxcheck.abi.Errno;
import org.daxcheck.abi.Grade;
import org.daxcheck.abi.RuleId;
import org.daxcheck.abi.Rules;

/**
 * Reserving the ranges of a device and adding their memory, as a bind and an online word do. Some
 * may not be reserved, since somebody holds them, and some not added. Sources: kmem.c 7.3,
 * dax_kmem_init_resources: a reservation is best-effort; dax_kmem_do_hotplug: a range that cannot
 * be added gives its reservation back.
 */
final class Plugging {
  private final State from;

  private final Function<Set<Integer>, State> plugged;
  private final ReturnValue ok;
  private final RuleId rule;
  private final RuleOf claims;

  /**
   * A try to plug the device.
   *
   * @param plugged the state where these ranges, by their indices, were plugged
   * @param ok the answer where it works
   * @param rule the rule that says it works
   */
  Plugging(
      State from,
      Function<Set<Integer>, State> plugged,
      ReturnValue ok,
      RuleId rule,
      RuleOf claims) {
    this.from = from;
    this.plugged = plugged;
    this.ok = ok;
    this.rule = rule;
    this.claims = claims;
  }

  /** Every outcome, at least one. Some range must be {@link RangeState#wanted() wanted}. */
  List<Outcome> outcomes() {
    List<Integer> wanted = from.which(RangeState::wanted);
    List<Integer> taken = from.which(r -> r.wanted() && !r.usable());
    Set<Integer> free = new LinkedHashSet<>(from.which(RangeState::usable));
    List<Outcome> found = new ArrayList<>();
    if (!free.isEmpty()) {
      found.addAll(add(free, taken));
    }
    // Whoever holds the first range may stop it all, or only be passed over: no document says.
    if (!taken.isEmpty() && taken.get(0).equals(wanted.get(0))) {
      RuleId rule = taken(taken.get(0));
      found.add(
          Outcome.of(
                  new ReturnValue.Fails(Errno.EBUSY),
                  from,
                  Grade.ALLOWED,
                  rule,
                  RuleOf.unchanged(rule).by(rule, Property.LOG))
              .logging(List.of(unreserved(taken.get(0)))));
    }
    return found.size() == 1 ? List.of(found.get(0).graded(Grade.REQUIRED)) : found;
  }

  /** What comes of adding the free ranges, the usual outcome first. */
  private List<Outcome> add(Set<Integer> free, List<Integer> taken) {
    List<Logged> lines = new ArrayList<>(taken.stream().map(Plugging::unreserved).toList());
    List<Integer> failing = free.stream().filter(r -> from.cannotAdd(r).isPresent()).toList();
    RuleOf told = lines.isEmpty() ? claims : claims.by(taken(taken.get(0)), Property.LOG);
    if (failing.isEmpty()) {
      return List.of(Outcome.of(ok, plugged.apply(free), Grade.ALLOWED, rule, told).logging(lines));
    }
    List<Outcome> found = new ArrayList<>();
    // One that cannot be added is left out, or fails it all.
    if (failing.size() < free.size()) {
      Set<Integer> added = new LinkedHashSet<>(free);
      failing.forEach(added::remove);
      List<Logged> each = new ArrayList<>(lines);
      failing.forEach(r -> each.add(unadded(r)));
      found.add(
          Outcome.of(
                  ok,
                  plugged.apply(added),
                  Grade.ALLOWED,
                  Rules.EFFECT_9,
                  claims.by(Rules.EFFECT_9, Property.BLOCKS, Property.IOMEM, Property.LOG))
              .logging(each));
    }
    RuleOf undone =
        RuleOf.always()
            .by(
                Rules.EFFECT_9,
                Property.VALUE,
                Property.BLOCKS,
                Property.ZONES,
                Property.IOMEM,
                Property.MEMTOTAL,
                Property.DRIVER,
                Property.LOG);
    lines.add(unadded(failing.get(0)));
    Errno errno = from.cannotAdd(failing.get(0)).orElseThrow();
    found.add(
        Outcome.of(new ReturnValue.Fails(errno), from, Grade.ALLOWED, Rules.EFFECT_9, undone)
            .logging(lines));
    return found;
  }

  private RuleId taken(int range) {
    return from.ranges().get(range).leaked() ? Rules.UNBIND_3 : Rules.EFFECT_9;
  }

  private static Logged unreserved(int range) {
    return Logged.warning(range, "could not reserve region");
  }

  private static Logged unadded(int range) {
    return Logged.warning(range, "memory add failed");
  }
}
