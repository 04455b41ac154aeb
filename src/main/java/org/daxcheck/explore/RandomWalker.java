package org.daxcheck.explore;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.daxcheck.abi.Driver;
import org.daxcheck.abi.Policy;
import org.daxcheck.model.BlockState;
import org.daxcheck.model.Model;
import org.daxcheck.model.RangeState;
import org.daxcheck.model.State;
import org.daxcheck.scenario.StepText;
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

  private final Model model;
  private final State between;
  private final boolean neighbour;
  private final int length;
  private final SplittableRandom random;
  private final StepDraw draws;
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
    this.length = length;
    this.random = new SplittableRandom(seed);
    this.draws = new StepDraw(between, injector, random);
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
    Walk walk = new Walk(random.nextInt(SPENDING) == 0);
    walk.fill();
    return walk.steps;
  }

  /**
   * A walk like this one: with one step in the place of another, or with a stretch left out and new
   * steps at its end. What is not safe behind that is left out too.
   */
  List<Step> like(List<Step> other) {
    Walk walk = new Walk(random.nextInt(SPENDING) == 0);
    int from = random.nextInt(other.size());
    boolean replaces = random.nextInt(3) == 0;
    int to = from + 1 + (replaces ? 0 : random.nextInt(other.size() / 2 + 1));
    other.subList(0, from).forEach(walk::follow);
    if (replaces) {
      walk.add();
    }
    other.subList(Math.min(to, other.size()), other.size()).forEach(walk::follow);
    walk.fill();
    return walk.steps;
  }

  /** A walk while it is drawn, with what is known of the device behind its last step. */
  private final class Walk {
    private final boolean spends;
    private final List<Step> steps = new ArrayList<>();
    private ReachableStates known;

    Walk(boolean spends) {
      this.spends = spends;
      known = start(spends);
    }

    /** Draws steps up to the length of a walk. */
    void fill() {
      boolean more = true;
      while (more && count(steps) < length) {
        more = add();
      }
    }

    /** Draws one step; false where none is safe. */
    boolean add() {
      // What leaks ends most of what can be done, so it comes late.
      Optional<Chosen> chosen = choose(known.leaking(spends && count(steps) >= length / 2));
      chosen.ifPresent(
          c -> {
            steps.add(c.step());
            known = c.after();
            times.merge(c.key(), 1, Integer::sum);
          });
      return chosen.isPresent();
    }

    /** Does a step of another walk too, where that is safe and the walk is not too long by it. */
    void follow(Step step) {
      Optional<ReachableStates> after =
          count(steps) < length ? known.leaking(spends).after(step) : Optional.empty();
      after.ifPresent(
          a -> {
            steps.add(step);
            known = a;
          });
    }
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
      Step step = draws.draw(known);
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
      if (write.who() == Step.Who.ROOT && StepDraw.isNoWord(write)) {
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
}
