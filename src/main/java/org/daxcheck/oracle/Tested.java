package org.daxcheck.oracle;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.daxcheck.abi.RuleId;
import org.daxcheck.abi.Rules;
import org.daxcheck.model.Outcome;
import org.daxcheck.model.Property;
import org.daxcheck.model.ReturnValue;
import org.daxcheck.model.State;
import org.daxcheck.step.Device;
import org.daxcheck.step.Observation;
import org.daxcheck.step.Step;

/**
 * Counts how often each rule was put to the test. A rule counts only where what it speaks of was
 * there: one about other devices where there is another device, one about zones where a block is
 * online.
 */
final class Tested {
  private final Blame blame;
  private final Device device;
  private final Map<RuleId, Integer> times = new TreeMap<>();

  Tested(Blame blame, Device device) {
    this.blame = blame;
    this.device = device;
  }

  Map<RuleId, Integer> times() {
    return times;
  }

  void add(RuleId rule) {
    times.merge(rule, 1, Integer::sum);
  }

  /**
   * An outcome that explains what was seen, or comes nearest to it.
   *
   * @param step the step; empty for several at once
   */
  void count(
      Optional<Step> step,
      State from,
      Outcome outcome,
      Observation before,
      Observation seen,
      boolean unplugFailed) {
    Set<RuleId> rules = new TreeSet<>();
    boolean writes = step.filter(s -> s.kind() == Step.Kind.WRITE).isPresent();
    if (writes && outcome.answer() instanceof ReturnValue.Ok ok && ok.length() > 0) {
      rules.add(Rules.ATTR_6);
    }
    rules.add(outcome.rule());
    for (Property facet : Property.values()) {
      if (isThere(facet, outcome, before, seen)) {
        outcome.claims().rule(facet).ifPresent(rules::add);
      }
    }
    step.ifPresent(s -> rules.addAll(blame.tested(from, s, outcome, unplugFailed)));
    rules.forEach(this::add);
  }

  private boolean isThere(Property facet, Outcome outcome, Observation before, Observation seen) {
    return switch (facet) {
      case PRESENCE, NAME, DRIVER, POLICY, SPLAT -> true;
      case MODE, FORM, VALUE -> outcome.next().word().isPresent();
      case BLOCKS, IOMEM, MEMTOTAL -> device.blocks() > 0;
      case ZONES -> outcome.next().onlineBlocks() > 0;
      case LOG -> !outcome.logged().isEmpty() && !seen.logLost();
      case UEVENTS -> !seen.ueventsLost();
      case CHANGES -> !seen.ueventsLost() && !before.blocks().equals(seen.blocks());
      case NODES -> seen.blocks().stream().anyMatch(b -> b.node() >= 0);
      case DEVICE -> !seen.ueventsLost() && !before.driver().equals(seen.driver());
      // That nothing came of other blocks says little: there may be none.
      case FOREIGN -> false;
      case NEIGHBOURS -> !before.neighbours().isEmpty();
    };
  }
}
