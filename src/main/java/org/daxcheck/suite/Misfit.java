package org.daxcheck.suite;

import java.util.Optional;
import java.util.stream.Collectors;
import org.daxcheck.abi.Dialect;
import org.daxcheck.abi.DialectProperties;
import org.daxcheck.abi.Driver;
import org.daxcheck.abi.Policy;
import org.daxcheck.abi.Word;
import org.daxcheck.oracle.Cause;
import org.daxcheck.oracle.Verdict.Why;
import org.daxcheck.scenario.Scenario;
import org.daxcheck.target.Target;

/** Why a scenario cannot run on a target: what it needs and the target has not. */
final class Misfit {
  private Misfit() {}

  static Optional<Why> because(Cause cause, String text) {
    return Optional.of(new Why(cause, text));
  }

  /** What the scenario needs and the target has not; empty where it fits. */
  static Optional<Why> of(Scenario scenario, Target target) {
    Scenario.Needs needs = scenario.needs();
    if (needs.topology().filter(t -> !t.equals(target.topology())).isPresent()) {
      return because(
          Cause.OTHER_TOPOLOGY,
          "it needs topology " + needs.topology().get() + ", this is " + target.topology());
    }
    if (needs.attribute() && !hasAttribute(target)) {
      return because(Cause.NO_ATTRIBUTE, "the kernel has no attribute");
    }
    if (!needs.dialects().isEmpty() && !needs.dialects().contains(target.dialect())) {
      return because(
          Cause.OTHER_DIALECT,
          "it is about dialect "
              + needs.dialects().stream()
                  .sorted()
                  .map(Dialect::text)
                  .collect(Collectors.joining(" or "))
              + ", the target's is "
              + target.dialect());
    }
    boolean frozen = DialectProperties.of(target.dialect()).policyAtCreation();
    Optional<Policy> wanted =
        scenario.start().state().filter(Word.OFFLINE::equals).isPresent()
            ? Optional.of(Policy.OFFLINE)
            : scenario.start().policy();
    if (frozen && wanted.filter(p -> p != target.bootPolicy()).isPresent()) {
      return because(
          Cause.FROZEN_POLICY,
          target.dialect()
              + " fixes the policy at boot ("
              + target.bootPolicy()
              + "); the scenario needs "
              + wanted.get());
    }
    if (target.device().ranges().size() < needs.ranges()) {
      return because(
          Cause.TOO_FEW_RANGES, "the device has fewer than " + needs.ranges() + " ranges");
    }
    if (target.device().blocks() < needs.blocks()) {
      return because(
          Cause.TOO_FEW_BLOCKS, "the device has fewer than " + needs.blocks() + " blocks");
    }
    if (needs.features().contains(Scenario.Feature.INJECTOR) && !target.injector()) {
      return because(Cause.NO_INJECTOR, "the kernel cannot be told to refuse memory blocks");
    }
    if (needs.features().contains(Scenario.Feature.HELPER) && !target.helper()) {
      return because(Cause.NO_HELPER, "the guest has no module that makes adding memory fail");
    }
    if (needs.features().contains(Scenario.Feature.FAIL_NTH) && !target.failNth()) {
      return because(Cause.NO_FAIL_NTH, "the kernel cannot make an allocation fail");
    }
    if (needs.features().contains(Scenario.Feature.NO_HOTREMOVE) && target.hotremove()) {
      return because(Cause.HAS_HOTREMOVE, "the kernel can remove memory");
    }
    if (!needs.features().contains(Scenario.Feature.NO_HOTREMOVE) && !target.hotremove()) {
      return because(
          Cause.NO_HOTREMOVE,
          "the kernel cannot remove memory: every unplug is refused (ATOMIC-7)");
    }
    return ofStart(scenario.start(), target)
        .or(() -> target.refuses(scenario).map(text -> new Why(Cause.REFUSED_BY_MACHINE, text)));
  }

  /** What forbids that a scenario begins like this. */
  private static Optional<Why> ofStart(Scenario.Start start, Target target) {
    if (start.driver().orElse(Driver.KMEM) != Driver.KMEM) {
      return Optional.empty();
    }
    Optional<Why> refused = refusesBind(target);
    if (refused.isPresent()) {
      return because(refused.get().cause(), "it begins bound to kmem, but " + refused.get().text());
    }
    if (!hasAttribute(target) && start.state().filter(Word.UNPLUGGED::equals).isPresent()) {
      return because(
          Cause.NO_ATTRIBUTE,
          "it begins unplugged, but the kernel has no attribute to write that to");
    }
    DialectProperties properties = DialectProperties.of(target.dialect());
    Optional<Word> lacking =
        start.state().filter(w -> properties.hasAttribute() && !properties.has(w));
    if (lacking.isPresent()) {
      return because(
          Cause.NO_SUCH_WORD,
          "it starts in " + lacking.get() + ", which " + target.dialect() + " does not support");
    }
    return Optional.empty();
  }

  /**
   * Why kmem refuses the device of this target, whatever is done to it; empty where it does not. A
   * device needs a whole block (EFFECT-8), and some dialects do not know all policies.
   */
  static Optional<Why> refusesBind(Target target) {
    if (target.device().blocks() == 0) {
      return because(Cause.BIND_REFUSED, "the device has no whole memory block");
    }
    Policy boot = target.bootPolicy();
    return DialectProperties.of(target.dialect()).refusedPolicies().contains(boot)
        ? because(
            Cause.REFUSED_POLICY,
            "dialect " + target.dialect() + " refuses to bind under policy " + boot)
        : Optional.empty();
  }

  static boolean hasAttribute(Target target) {
    return DialectProperties.of(target.dialect()).hasAttribute();
  }
}
