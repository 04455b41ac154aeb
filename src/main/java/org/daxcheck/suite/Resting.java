package org.daxcheck.suite;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.daxcheck.abi.DialectProperties;
import org.daxcheck.abi.Driver;
import org.daxcheck.abi.Policy;
import org.daxcheck.abi.Word;
import org.daxcheck.scenario.Scenario;
import org.daxcheck.step.BlockRef;
import org.daxcheck.step.Observation;
import org.daxcheck.step.Payload;
import org.daxcheck.step.Step;
import org.daxcheck.target.Target;

/**
 * The state that a target is in between scenarios, and the ways to it and from it. The device has
 * no memory then and MemTotal is at its baseline, under the policy of the boot. It is bound to kmem
 * and unplugged, or unbound where that cannot be: without an attribute nothing unplugs a bound
 * device, and some devices are never bound (see {@link Misfit#refusesBind}).
 */
final class Resting {
  private static final String OFFLINE = Word.OFFLINE.text();

  private final Target target;
  private final DialectProperties properties;
  private final Driver between;
  private final long baselineKib;
  private final String neighbours;

  /**
   * That of a target.
   *
   * @param first what was seen of it before anything was done
   */
  Resting(Target target, Observation first) {
    this.target = target;
    this.properties = DialectProperties.of(target.dialect());
    this.between =
        Misfit.hasAttribute(target) && Misfit.refusesBind(target).isEmpty()
            ? Driver.KMEM
            : Driver.NONE;
    this.neighbours = first.neighbours();
    long online = first.blocks().stream().filter(Resting::isOnline).count();
    this.baselineKib = first.memTotalKib() - online * target.device().memTotalPerBlockKib();
  }

  /** What the device is bound to. */
  Driver driver() {
    return between;
  }

  /** MemTotal without any of the device's memory, in KiB. */
  long baselineKib() {
    return baselineKib;
  }

  /** The steps from here to the start of a scenario. */
  List<Step> setup(Scenario.Start start) {
    return setup(start, properties, between, target.bootPolicy());
  }

  /**
   * The steps from the state between scenarios to the start of one.
   *
   * @param between what the device is bound to between scenarios
   */
  static List<Step> setup(
      Scenario.Start start, DialectProperties properties, Driver between, Policy boot) {
    List<Step> steps = new ArrayList<>();
    Driver driver = start.driver().orElse(Driver.KMEM);
    if (driver != Driver.KMEM) {
      start.policy().ifPresent(p -> steps.add(new Step.SetPolicy(p)));
      if (between == Driver.KMEM) {
        steps.add(new Step.Unbind());
      }
      if (driver == Driver.DEVICE_DAX) {
        steps.add(new Step.Bind(driver));
      }
      return steps;
    }
    // Only a bind under a policy leads to `offline`, and without an attribute to any other state.
    // What is onlined without a reservation is never unplugged again, what was onlined at bind is.
    Optional<Policy> bindUnder =
        start
            .state()
            .filter(
                w ->
                    w == Word.OFFLINE
                        || between == Driver.NONE
                        || isOnlyOfBind(w, properties, boot))
            .flatMap(w -> Policy.of(w.text()));
    if (bindUnder.isPresent()) {
      if (between == Driver.KMEM) {
        steps.add(new Step.Unbind());
      }
      steps.add(new Step.SetPolicy(bindUnder.get()));
      steps.add(new Step.Bind(Driver.KMEM));
      steps.add(new Step.SetPolicy(start.policy().orElse(boot)));
      return steps;
    }
    start.policy().ifPresent(p -> steps.add(new Step.SetPolicy(p)));
    if (between == Driver.NONE) {
      steps.add(new Step.Bind(Driver.KMEM));
    }
    start.state().filter(Word::isOnline).ifPresent(w -> steps.add(Step.Write.word(w)));
    return steps;
  }

  private static boolean isOnlyOfBind(Word word, DialectProperties properties, Policy boot) {
    return properties.hasAttribute() && !properties.reservesAgain() && word == boot.word();
  }

  /**
   * The steps from what is seen to this state.
   *
   * @param unloaded true where the driver is to be loaded first
   */
  List<Step> wayBack(Observation seen, boolean unloaded) {
    List<Step> steps = new ArrayList<>();
    if (!seen.policy().equals(target.bootPolicy().text())) {
      steps.add(new Step.SetPolicy(target.bootPolicy()));
    }
    if (unloaded) {
      steps.add(new Step.Load());
    }
    if (between == Driver.KMEM) {
      bindAndUnplug(seen, unloaded, steps);
    } else {
      offlineAndUnbind(seen, unloaded, steps);
    }
    return steps;
  }

  private void bindAndUnplug(Observation seen, boolean unloaded, List<Step> steps) {
    boolean bound = seen.driver().equals(Driver.KMEM.text());
    if (unloaded) {
      bound = seen.driver().equals(Driver.NONE.text());
    }
    if (seen.driver().equals(Driver.DEVICE_DAX.text())) {
      steps.add(new Step.Unbind());
    }
    if (!bound) {
      steps.add(new Step.Bind(Driver.KMEM));
    }
    boolean plugged =
        !bound || unloaded || !reads(seen, Word.UNPLUGGED) || !seen.blocks().isEmpty();
    if (plugged && target.hotremove()) {
      steps.add(new Step.Write(Payload.line(properties.unplugWord()), Step.Who.ROOT));
    }
  }

  /** An unbind removes the memory where every block is offline, and leaks it elsewhere. */
  private void offlineAndUnbind(Observation seen, boolean unloaded, List<Step> steps) {
    List<Integer> online = new ArrayList<>();
    for (int i = 0; i < target.device().blocks(); i++) {
      if (seen.block(target.device().blockNumber(i)).filter(Resting::isOnline).isPresent()) {
        online.add(i);
      }
    }
    // Loading kmem binds the device again, under the policy.
    boolean again = unloaded && seen.driver().equals(Driver.NONE.text());
    if (again || online.size() == target.device().blocks() && !online.isEmpty()) {
      steps.add(new Step.BlockWrite(BlockRef.ofDevice(BlockRef.Place.EVERY), OFFLINE));
    } else {
      online.forEach(
          i -> steps.add(new Step.BlockWrite(BlockRef.ofDevice(BlockRef.Place.at(i)), OFFLINE)));
    }
    if (again || !seen.driver().equals(Driver.NONE.text())) {
      steps.add(new Step.Unbind());
    }
  }

  static boolean isOnline(Observation.Block block) {
    return block.state().equals(Word.ONLINE.text());
  }

  boolean reads(Observation seen, Word word) {
    return seen.attribute(target.dialect().attribute())
        .filter(a -> a.text().equals(word.text() + "\n"))
        .isPresent();
  }

  /**
   * True where the device is in it. What counts is what there is, not what the attribute says of
   * it: that may be the fault.
   */
  boolean isReached(Observation seen) {
    return seen.driver().equals(between.text())
        && seen.blocks().isEmpty()
        && seen.iomem().stream().noneMatch(r -> r.name().equals(target.device().name()))
        && seen.memTotalKib() == baselineKib
        && seen.neighbours().equals(neighbours)
        && seen.policy().equals(target.bootPolicy().text());
  }
}
