package org.daxcheck.explore;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.daxcheck.scenario.StepText;
import org.daxcheck.step.Step;

/** Finds fewer steps that still break the rule: none of them can be left out alone. */
final class Shrinker {
  /** Tries steps on a target. */
  @FunctionalInterface
  interface Trial {
    /**
     * Whether the steps still break the rule; empty where this cannot be told any more, since time
     * is over or no target is left.
     */
    Optional<Boolean> breaks(List<Step> steps);
  }

  private final RandomWalker walker;
  private final Trial trial;
  private final Set<String> tried = new HashSet<>();
  private final int most;
  private RandomWalker.Wear allowed = RandomWalker.Wear.NONE;
  private int trials;
  private boolean over;

  /**
   * A shrinker.
   *
   * @param walker knows which steps could use up a target; no more of them are tried than there
   *     were
   * @param most how many trials it may have
   */
  Shrinker(RandomWalker walker, Trial trial, int most) {
    this.walker = walker;
    this.trial = trial;
    this.most = most;
  }

  /** How many trials there were. */
  int trials() {
    return trials;
  }

  /** True where it came to its end: no single step can be left out. */
  boolean isMinimal() {
    return !over;
  }

  /** Shrinks steps that break the rule. */
  List<Step> shrink(List<Step> broken) {
    allowed = walker.wear(broken);
    List<Step> least = broken;
    int size;
    do {
      size = RandomWalker.count(least);
      least = withoutChunks(least);
      least = withFewerActs(least);
    } while (RandomWalker.count(least) < size && !over);
    return least;
  }

  /** Leaves out half of the steps, a quarter, and so on down to single ones. */
  private List<Step> withoutChunks(List<Step> broken) {
    List<Step> least = broken;
    for (int chunk = Math.max(1, least.size() / 2); chunk > 0; chunk /= 2) {
      // From the end: what prepares a step stands before it.
      for (int to = least.size(); to > 0; to -= chunk) {
        int from = Math.max(0, to - chunk);
        if (from >= least.size()) {
          continue;
        }
        List<Step> fewer = new ArrayList<>(least.subList(0, from));
        fewer.addAll(least.subList(Math.min(to, least.size()), least.size()));
        if (breaks(fewer)) {
          least = fewer;
        }
      }
    }
    return least;
  }

  /** Leaves out single acts of actors; the last actor's act becomes a step of its own. */
  private List<Step> withFewerActs(List<Step> broken) {
    List<Step> least = broken;
    for (int at = 0; at < least.size(); at++) {
      boolean again = true;
      while (again && least.get(at).kind() == Step.Kind.ACTORS) {
        again = false;
        for (List<Step> simpler : simpler((Step.Actors) least.get(at))) {
          List<Step> fewer = new ArrayList<>(least.subList(0, at));
          fewer.addAll(simpler);
          fewer.addAll(least.subList(at + 1, least.size()));
          if (breaks(fewer)) {
            least = fewer;
            again = true;
            break;
          }
        }
      }
    }
    return least;
  }

  /** What may stand in the place of several actors, the simplest first. */
  private static List<List<Step>> simpler(Step.Actors actors) {
    List<List<Step>> found = new ArrayList<>();
    for (Step step : actors.acts()) {
      if (!step.kind().idle()) {
        found.add(List.of(step));
      }
    }
    for (int a = 0; a < actors.actors().size(); a++) {
      Step.Actor actor = actors.actors().get(a);
      for (int i = 0; i < actor.steps().size(); i++) {
        List<Step> acts = new ArrayList<>(actor.steps());
        acts.remove(i);
        List<Step.Actor> others = new ArrayList<>(actors.actors());
        if (acts.isEmpty()) {
          // The names of the others stay, for a signal may name one.
          others.remove(a);
        } else {
          others.set(a, new Step.Actor(actor.name(), acts));
        }
        if (!others.isEmpty()) {
          found.add(List.of(new Step.Actors(others, actors.limitMillis())));
        }
      }
    }
    return found;
  }

  private boolean breaks(List<Step> steps) {
    if (over || steps.isEmpty() || !tried.add(text(steps)) || !isComplete(steps)) {
      return false;
    }
    if (walker.wear(steps).compareTo(allowed) > 0) {
      return false;
    }
    if (trials == most) {
      over = true;
      return false;
    }
    trials++;
    Optional<Boolean> broken = trial.breaks(steps);
    over = broken.isEmpty();
    return broken.orElse(false);
  }

  /** A signal needs the actor that it is for. */
  private static boolean isComplete(List<Step> steps) {
    for (Step step : steps) {
      if (step.kind() == Step.Kind.ACTORS && !isComplete((Step.Actors) step)) {
        return false;
      }
    }
    return true;
  }

  private static boolean isComplete(Step.Actors actors) {
    List<String> names = actors.actors().stream().map(Step.Actor::name).toList();
    for (Step.Actor actor : actors.actors()) {
      for (Step act : actor.steps()) {
        if (act.kind() == Step.Kind.SIGNAL) {
          String to = ((Step.Signal) act).actor();
          if (!names.contains(to) || to.equals(actor.name())) {
            return false;
          }
        }
      }
    }
    return true;
  }

  private static String text(List<Step> steps) {
    return String.join("\n\n", steps.stream().map(StepText::of).toList());
  }
}
