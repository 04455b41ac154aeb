package org.daxcheck.machine;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.daxcheck.abi.Dialect;
import org.daxcheck.abi.Grade;
import org.daxcheck.abi.Policy;
import org.daxcheck.abi.RuleId;
import org.daxcheck.model.Model;
import org.daxcheck.model.Outcome;
import org.daxcheck.model.State;
import org.daxcheck.step.Observation;
import org.daxcheck.step.Reply;
import org.daxcheck.step.Step;
import org.daxcheck.target.ModelTarget;
import org.daxcheck.target.TargetException;

/**
 * The model as a target that takes the first of the usual outcomes, which is the one that works.
 */
class UsualTarget extends ModelTarget {
  private final List<RuleId> rules = new ArrayList<>();
  private boolean open;

  UsualTarget(Dialect dialect, String topology, List<Integer> blocksOfRanges, Policy bootPolicy) {
    super(
        new Model(dialect), topology, ModelTarget.device(blocksOfRanges), bootPolicy, new First());
  }

  /** The state that the model is in. */
  final State now() {
    return state();
  }

  /** What can be seen now. */
  final Observation look() {
    return does(List.of(Step.Look.at(Step.Aspect.ATTRIBUTE))).get(0).observation();
  }

  final List<Reply> does(List<Step> steps) {
    try {
      return run(steps);
    } catch (TargetException e) {
      throw new IllegalStateException("the model cannot fail", e);
    }
  }

  /** The rules that decided about the steps so far. */
  final List<RuleId> rules() {
    return List.copyOf(rules);
  }

  /** True where the last step had more than one usual outcome. */
  final boolean wasOpen() {
    return open;
  }

  @Override
  protected Outcome choose(State from, Step step, List<Outcome> allowed) {
    List<Outcome> usual = allowed.stream().filter(o -> o.grade() != Grade.INTERESTING).toList();
    List<Outcome> among = usual.isEmpty() ? allowed : usual;
    open = among.size() > 1;
    rules.add(among.get(0).rule());
    return among.get(0);
  }

  /** Where the kernel is free to choose, the same is chosen each time. */
  private static final class First extends Random {
    private static final long serialVersionUID = 1L;

    @Override
    public int nextInt(int bound) {
      return 0;
    }

    @Override
    public boolean nextBoolean() {
      return true;
    }
  }
}
