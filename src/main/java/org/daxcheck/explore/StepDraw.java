package org.daxcheck.explore;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.daxcheck.abi.Driver;
import org.daxcheck.abi.Errno;
import org.daxcheck.abi.Policy;
import org.daxcheck.model.State;
import org.daxcheck.scenario.StepText;
import org.daxcheck.step.BlockRef;
import org.daxcheck.step.BlockRef.Place;
import org.daxcheck.step.Payload;
import org.daxcheck.step.Step;

/** Draws single steps out of everything that can be done to a device. */
final class StepDraw {
  private static final List<String> WORDS =
      List.of(
          "unplugged",
          "unplugged",
          "unplugged",
          "online_movable",
          "online_movable",
          "online_movable",
          "online_kernel",
          "online",
          "offline",
          "unplug");

  /** Bytes that are no word with a newline, or no word at all. */
  private static final List<String> BYTES =
      List.of(
          "",
          "\n",
          "online_movable",
          "unplugged",
          "online_movable\n\n",
          "unplugged\0online\n",
          "0\n",
          "x".repeat(4096),
          "x".repeat(5000));

  /** Ways to write a word wrongly. */
  private static final List<UnaryOperator<String>> SLIPS =
      List.of(
          w -> w.toUpperCase(Locale.ROOT) + "\n",
          w -> w.substring(0, 1).toUpperCase(Locale.ROOT) + w.substring(1) + "\n",
          w -> " " + w + "\n",
          w -> w + " \n",
          w -> w.substring(0, w.length() - 1) + "\n",
          w -> w + "x\n",
          w -> w + "\0",
          w -> w + "\0\n");

  private static final List<String> BLOCK_WORDS =
      List.of("offline", "offline", "online_movable", "online_movable", "online", "online_kernel");

  private final State between;
  private final boolean injector;
  private final SplittableRandom random;

  /**
   * Draws for a device.
   *
   * @param between the device as each walk finds it
   * @param injector whether the target can be told to refuse memory blocks
   */
  StepDraw(State between, boolean injector, SplittableRandom random) {
    this.between = between;
    this.injector = injector;
    this.random = random;
  }

  /** Whether it writes what is no word. There is so much of it that each is new for long. */
  static boolean isNoWord(Step.Write write) {
    return WORDS.stream().noneMatch(w -> write.payload().equals(Payload.line(w)));
  }

  /** A step that makes sense where this is known, though it may use up the target. */
  Step draw(ReachableStates known) {
    if (known.likely().driver() != Driver.KMEM && random.nextInt(3) > 0) {
      return unbound();
    }
    int dice = random.nextInt(100);
    if (dice < 30) {
      return write();
    } else if (dice < 34) {
      return new Step.Write(Payload.exactly(bytes()), Step.Who.ROOT);
    } else if (dice < 35) {
      return new Step.Write(Payload.line(one(WORDS)), Step.Who.NOBODY);
    } else if (dice < 36) {
      return new Step.Read(random.nextBoolean() ? Step.Who.ROOT : Step.Who.NOBODY);
    } else if (dice < 48) {
      return new Step.BlockWrite(one(block()), one(BLOCK_WORDS));
    } else if (dice < 52) {
      return policy();
    } else if (dice < 66) {
      return one(
          new Step.Unbind(), new Step.Unbind(), new Step.Bind(Driver.KMEM), new Step.Unload());
    } else if (dice < 72) {
      return known.mayBePinned() && random.nextInt(3) > 0
          ? new Step.Unpin()
          : new Step.Pin(one(single()));
    } else if (dice < 80) {
      return one(new Step.Fill(1L << (20 + random.nextInt(4))), new Step.Verify(), new Step.Free());
    } else if (dice < 83) {
      return injector && random.nextBoolean()
          ? new Step.Inject(Optional.of(Step.Change.OFFLINE), one(Errno.EBUSY, Errno.ENOMEM))
          : Step.Inject.nothing();
    } else if (dice < 91) {
      return interrupted();
    }
    return race();
  }

  private String bytes() {
    return random.nextInt(3) == 0 ? one(BYTES) : one(SLIPS).apply(one(WORDS));
  }

  /** What is worth doing to a device that kmem has not. */
  private Step unbound() {
    return random.nextInt(2) == 0
        ? policy()
        : one(
            new Step.Bind(Driver.KMEM),
            new Step.Bind(Driver.KMEM),
            new Step.Load(),
            new Step.Bind(Driver.DEVICE_DAX),
            new Step.Unbind());
  }

  private Step policy() {
    return new Step.SetPolicy(Policy.values()[random.nextInt(Policy.values().length)]);
  }

  private Step.Write write() {
    return new Step.Write(Payload.line(one(WORDS)), Step.Who.ROOT);
  }

  /** An unplug that a signal may reach, at any time. */
  private Step interrupted() {
    Step.Write unplug = new Step.Write(Payload.line("unplugged"), Step.Who.ROOT);
    long after = one(0L, 200L, 1_000L, 5_000L, 20_000L, 60_000L);
    String signal = one("INT", "INT", "TERM", "KILL");
    return actors(List.of(List.of(unplug), List.of(new Step.Signal("P0", signal, after))));
  }

  /** Two or three actors at once. */
  private Step race() {
    List<List<Step>> each = new ArrayList<>();
    for (int i = 2 + random.nextInt(2); i > 0; i--) {
      List<Step> steps = new ArrayList<>();
      if (random.nextBoolean()) {
        steps.add(new Step.Sleep(one(20L, 100L, 500L, 2_000L)));
      }
      for (int j = 1 + random.nextInt(2); j > 0; j--) {
        steps.add(acted());
      }
      each.add(steps);
    }
    return actors(each);
  }

  private Step acted() {
    int dice = random.nextInt(10);
    if (dice < 6) {
      return write();
    } else if (dice < 8) {
      return new Step.Read(Step.Who.ROOT);
    } else if (dice < 9) {
      return new Step.BlockWrite(one(single()), one("offline", "online_movable"));
    }
    return one(new Step.Unbind(), new Step.Bind(Driver.KMEM));
  }

  private static Step.Actors actors(List<List<Step>> each) {
    List<Step.Actor> actors = new ArrayList<>();
    for (List<Step> steps : each) {
      actors.add(new Step.Actor("P" + actors.size(), steps));
    }
    return new Step.Actors(actors, StepText.ACTORS_LIMIT_MILLIS);
  }

  private Supplier<BlockRef> block() {
    return () ->
        random.nextInt(3) == 0
            ? new BlockRef(between.ranges().size() > 1 ? range() : Place.EVERY, Place.EVERY)
            : single().get();
  }

  private Supplier<BlockRef> single() {
    return () ->
        BlockRef.ofDevice(
            random.nextInt(3) == 0
                ? Place.LAST
                : Place.at(random.nextInt(between.blocks().size())));
  }

  private Place range() {
    return random.nextBoolean() ? Place.EVERY : Place.at(random.nextInt(between.ranges().size()));
  }

  private static <T> T one(Supplier<T> drawn) {
    return drawn.get();
  }

  private <T> T one(List<T> values) {
    return values.get(random.nextInt(values.size()));
  }

  @SafeVarargs
  private <T> T one(T first, T... others) {
    int at = random.nextInt(others.length + 1);
    return at == 0 ? first : others[at - 1];
  }
}
