package org.daxcheck.suite;

import java.util.SplittableRandom;
import org.daxcheck.scenario.Scenario;
import org.daxcheck.step.Step;

/**
 * The times of a race, drawn round by round. The same seed draws the same times for a scenario, on
 * every target and whatever ran before it.
 */
final class RaceTimes {
  private final SplittableRandom random;

  private RaceTimes(SplittableRandom random) {
    this.random = random;
  }

  /** The times of all rounds of the scenario. */
  static RaceTimes of(long seed, Scenario scenario) {
    return new RaceTimes(
        new SplittableRandom(seed ^ (long) scenario.name().hashCode() << Integer.SIZE));
  }

  /** The step with one time where it leaves a choice. */
  Step times(Step step) {
    return switch (step.kind()) {
      case SLEEP -> {
        Step.Sleep sleep = (Step.Sleep) step;
        yield new Step.Sleep(between(sleep.micros(), sleep.upToMicros()));
      }
      case SIGNAL -> {
        Step.Signal signal = (Step.Signal) step;
        yield new Step.Signal(
            signal.actor(), signal.signal(), between(signal.afterMicros(), signal.upToMicros()));
      }
      case ACTORS -> {
        Step.Actors actors = (Step.Actors) step;
        yield new Step.Actors(
            actors.actors().stream()
                .map(a -> new Step.Actor(a.name(), a.steps().stream().map(this::times).toList()))
                .toList(),
            actors.limitMillis());
      }
      case WRITE,
          READ,
          BIND,
          UNBIND,
          SET_POLICY,
          BLOCK_WRITE,
          PIN,
          UNPIN,
          UNLOAD,
          LOAD,
          AWAIT,
          FILL,
          VERIFY,
          FREE,
          INJECT,
          REFUSE_ADD,
          OCCUPY,
          RESHAPE,
          NEIGHBOUR_WRITE,
          DELAY,
          FAIL_NTH,
          LOOK ->
          step;
    };
  }

  private long between(long least, long most) {
    return least == most ? least : random.nextLong(least, most + 1);
  }
}
