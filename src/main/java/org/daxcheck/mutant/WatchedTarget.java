package org.daxcheck.mutant;

import java.util.List;
import java.util.function.Consumer;
import org.daxcheck.abi.Dialect;
import org.daxcheck.abi.Policy;
import org.daxcheck.step.Device;
import org.daxcheck.step.Reply;
import org.daxcheck.step.Step;
import org.daxcheck.target.Target;
import org.daxcheck.target.TargetException;

/** A target whose death is told, also where no scenario has begun. */
final class WatchedTarget implements Target {
  private final Target target;
  private final Consumer<TargetException> died;

  WatchedTarget(Target target, Consumer<TargetException> died) {
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
  public String name() {
    return target.name();
  }

  @Override
  public String kernel() {
    return target.kernel();
  }

  @Override
  public String topology() {
    return target.topology();
  }

  @Override
  public Dialect dialect() {
    return target.dialect();
  }

  @Override
  public boolean hotremove() {
    return target.hotremove();
  }

  @Override
  public boolean injector() {
    return target.injector();
  }

  @Override
  public Policy bootPolicy() {
    return target.bootPolicy();
  }

  @Override
  public String details() {
    return target.details();
  }

  @Override
  public Device device() {
    return target.device();
  }

  @Override
  public void close() {
    target.close();
  }
}
