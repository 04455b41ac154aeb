package org.daxcheck.mutant;

import java.util.List;
import java.util.function.Consumer;
import org.daxcheck.step.Reply;
import org.daxcheck.step.Step;
import org.daxcheck.target.ForwardingTarget;
import org.daxcheck.target.Target;
import org.daxcheck.target.TargetException;

/** A target whose death is told, also where no scenario has begun. */
final class WatchedTarget extends ForwardingTarget {
  private final Target target;
  private final Consumer<TargetException> died;

  WatchedTarget(Target target, Consumer<TargetException> died) {
    super(target);
    this.target = target;
    this.died = died;
  }

  @Override
  public List<Reply> run(List<Step> steps) throws TargetException {
    try {
      return target.run(steps);
    } catch (TargetException e) {
      if (e.kind() == TargetException.Kind.KERNEL) {
        died.accept(e);
      }
      throw e;
    }
  }

  @Override
  public void close() {
    target.close();
  }
}
