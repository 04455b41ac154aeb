package org.daxcheck.target;

import java.util.List;
import java.util.Optional;
import org.daxcheck.scenario.StepText;
import org.daxcheck.step.BlockRef;
import org.daxcheck.step.Device;
import org.daxcheck.step.Step;

/**
 * Which steps a target can do at all. What it cannot do it refuses before it does anything: a step
 * that quietly does nothing would pass.
 */
public final class Feasible {
  private Feasible() {}

  /**
   * Refuses steps of which the target cannot do one.
   *
   * @throws TargetException where a step names a block or a range that the device has not, or needs
   *     an injector or a helper that the target has not
   */
  public static void check(Target target, List<Step> steps) throws TargetException {
    for (Step step : steps) {
      for (Step act : step.acts()) {
        Optional<String> lacks = lacks(target, act);
        if (lacks.isPresent()) {
          throw refusal(act, lacks.get());
        }
      }
    }
  }

  /** Why a target does not do a step, in one sentence; none of the steps was done. */
  public static TargetException refusal(Step step, String why) {
    return new TargetException("'" + StepText.of(step) + "' cannot be done here: " + why);
  }

  private static Optional<String> lacks(Target target, Step step) {
    Device device = target.device();
    return switch (step.kind()) {
      case PIN -> block(device, ((Step.Pin) step).block());
      case BLOCK_WRITE -> block(device, ((Step.BlockWrite) step).blocks());
      case REFUSE_ADD -> helper(target).or(() -> range(device, ((Step.RefuseAdd) step).range()));
      case OCCUPY -> helper(target).or(() -> range(device, ((Step.Occupy) step).range()));
      case INJECT ->
          target.injector()
              ? Optional.empty()
              : Optional.of("the kernel cannot be told to refuse memory blocks");
      case DELAY -> helper(target);
      case FAIL_NTH ->
          target.failNth()
              ? lacks(target, ((Step.FailNth) step).step())
              : Optional.of("the kernel cannot make an allocation fail");
      case WRITE,
          READ,
          BIND,
          UNBIND,
          SET_POLICY,
          UNPIN,
          UNLOAD,
          LOAD,
          AWAIT,
          SLEEP,
          SIGNAL,
          FILL,
          VERIFY,
          FREE,
          RESHAPE,
          NEIGHBOUR_WRITE,
          ACTORS,
          LOOK ->
          Optional.empty();
    };
  }

  private static Optional<String> helper(Target target) {
    return target.helper()
        ? Optional.empty()
        : Optional.of("it has no module that makes adding memory fail");
  }

  /** Every block of a device without any is no block, and that is as it should be. */
  private static Optional<String> block(Device device, BlockRef ref) {
    return ref.block().kind() != BlockRef.Place.Kind.EVERY
            && ref.in(device.blocksOfRanges()).isEmpty()
        ? Optional.of(device.name() + " has no such block")
        : Optional.empty();
  }

  private static Optional<String> range(Device device, Optional<BlockRef.Place> place) {
    return place.filter(p -> p.in(device.ranges().size()).isEmpty()).isPresent()
        ? Optional.of(device.name() + " has no such range")
        : Optional.empty();
  }
}
