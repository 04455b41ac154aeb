package org.daxcheck.explore;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.daxcheck.abi.Driver;
import org.daxcheck.abi.Errno;
import org.daxcheck.abi.Policy;
import org.daxcheck.model.BlockState;
import org.daxcheck.model.Model;
import org.daxcheck.model.RangeState;
import org.daxcheck.model.State;
import org.daxcheck.scenario.StepText;
import org.daxcheck.step.BlockRef;
import org.daxcheck.step.BlockRef.Place;
import org.daxcheck.step.Payload;
import org.daxcheck.step.Step;

/**
 * Draws walks: steps in an order that nobody thought of. Few of the walks may use up their target;
 * none waits for ever. It prefers steps that were seldom done from the state that it expects. The
 * same seed draws the same walks, whatever a target does.
 */
final class RandomWalker {
  /** What is drawn before the one that was done least often is taken. */
  private static final int CANDIDATES = 6;

  private static final int TRIES = 60;

  /** One walk of so many may use up its target. */
  private static final int SPENDING = 8;

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

  private final Model model;
  private final State between;
  private final boolean neighbour;
  private final boolean injector;
  private final int length;
  private final SplittableRandom random;
  private final Map<String, Integer> times = new HashMap<>();

  /**
   * A walker over a device that each walk finds bound to kmem and unplugged.
   *
   * @param shape how many memory blocks each range has
   * @param neighbour whether the kernel has another device's memory, so that this one's may come
   *     into a kernel zone
   * @param injector whether the target can be told to refuse memory blocks
   * @param length steps of a walk, those of actors counted one by one
   */
  RandomWalker(
      Model model,
      List<Integer> shape,
      Policy bootPolicy,
      boolean neighbour,
      boolean injector,
      long seed,
      int length) {
    this.model = model;
    this.between = State.unplugged(shape, bootPolicy);
    this.neighbour = neighbour;
    this.injector = injector;
    this.length = length;
    this.random = new SplittableRandom(seed);
  }

  /**
   * The device as each walk finds it.
   *
   * @param spends whether the walk may use up the target
   */
  ReachableStates start(boolean spends) {
    return ReachableStates.of(model, neighbour, spends, between);
  }

  /** What the steps, from the first, may do to a target that keeps the rules. */
  Wear wear(List<Step> steps) {
    for (boolean spends : List.of(false, true)) {
      Optional<ReachableStates> known = Optional.of(start(spends));
      for (Step step : steps) {
        known = known.flatMap(k -> k.after(step));
      }
      if (known.isPresent()) {
        return spends ? Wear.SPENDS : Wear.NONE;
      }
    }
    return Wear.HANGS;
  }

  /** The next walk. */
  List<Step> next() {
    List<Step> walk = new ArrayList<>();
    boolean spends = random.nextInt(SPENDING) == 0;
    ReachableStates known = start(spends);
    for (int done = 0; done < length; done = count(walk)) {
      // What leaks ends most of what can be done, so it comes late.
      Optional<Chosen> chosen = choose(known.leaking(spends && done >= length / 2));
      if (chosen.isEmpty()) {
        break;
      }
      walk.add(chosen.get().step());
      known = chosen.get().after();
      times.merge(chosen.get().key(), 1, Integer::sum);
    }
    return walk;
  }

  /**
   * Steps from the end of these to where a walk begins, so that they can be done again and again;
   * empty where that could use up the target, or wait.
   */
  List<Step> back(List<Step> steps) {
    Optional<ReachableStates> end = Optional.of(start(false));
    for (Step step : steps) {
      end = end.flatMap(k -> k.after(step));
    }
    if (end.isEmpty()) {
      return List.of();
    }
    ReachableStates known = end.get();
    List<Step> back = new ArrayList<>();
    if (known.mayBePinned()) {
      back.add(new Step.Unpin());
    }
    if (known.may(s -> s.failing().isPresent())) {
      back.add(Step.Inject.nothing());
    }
    if (known.may(State::filled)) {
      back.add(new Step.Free());
    }
    if (known.may(s -> !s.policy().equals(between.policy()))) {
      back.add(new Step.SetPolicy(between.policy()));
    }
    if (known.may(s -> !s.loaded())) {
      back.add(new Step.Load());
    }
    if (known.may(s -> s.driver() == Driver.DEVICE_DAX)) {
      back.add(new Step.Unbind());
    }
    if (known.may(s -> s.driver() != Driver.KMEM)) {
      back.add(new Step.Bind(Driver.KMEM));
    }
    back.add(new Step.Write(Payload.line("unplugged"), Step.Who.ROOT));
    List<Step> twice = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      twice.addAll(steps);
      twice.addAll(back);
    }
    return wear(twice) == Wear.NONE ? back : List.of();
  }

  /** How many steps these are, those of actors counted one by one. */
  static int count(List<Step> steps) {
    return steps.stream().mapToInt(s -> s.acts().size()).sum();
  }

  /** What steps may do to a target. */
  enum Wear {
    /** It can be brought back to where it was. */
    NONE,
    /** Nobody can use it any more before a reboot. */
    SPENDS,
    /** They wait for somebody who never comes. */
    HANGS
  }

  private record Chosen(Step step, ReachableStates after, String key) {}

  private Optional<Chosen> choose(ReachableStates known) {
    String here = outline(known.likely());
    Optional<Chosen> best = Optional.empty();
    int found = 0;
    for (int i = 0; i < TRIES && found < CANDIDATES; i++) {
      Step step = draw(known);
      Optional<ReachableStates> after = known.after(step);
      if (after.isEmpty()) {
        continue;
      }
      found++;
      Chosen chosen = new Chosen(step, after.get(), here + " " + kind(step));
      if (best.isEmpty() || seen(chosen) < seen(best.get())) {
        best = Optional.of(chosen);
      }
    }
    return best;
  }

  private int seen(Chosen chosen) {
    return times.getOrDefault(chosen.key(), 0);
  }

  /**
   * A step without its times, which differ each time. Wrong words are one kind: there are so many
   * that each is new for long, and nothing else would be chosen.
   */
  private static String kind(Step step) {
    if (step.kind() == Step.Kind.WRITE) {
      Step.Write write = (Step.Write) step;
      boolean word = WORDS.stream().anyMatch(w -> write.payload().equals(Payload.line(w)));
      if (write.who() == Step.Who.ROOT && !word) {
        return "write of no word";
      }
    }
    return StepText.of(step).replaceAll("\\d+(?:us|ms)\\b", "t");
  }

  /** A state in a few words. */
  private static String outline(State state) {
    StringBuilder text = new StringBuilder();
    text.append(state.driver()).append(' ');
    text.append(state.word().map(Object::toString).orElse("-")).append(' ');
    text.append(state.policy());
    for (RangeState range : state.ranges()) {
      text.append(range.reserved() ? " R" : " -");
      for (BlockState block : range.blocks()) {
        text.append(block.presence().name().charAt(0)).append(block.zones());
        text.append(block.pinned() ? "p" : "");
      }
    }
    return text.append(state.filled() ? " filled" : "").append(state.failing()).toString();
  }

  private Step draw(ReachableStates known) {
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
