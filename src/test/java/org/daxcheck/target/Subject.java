package org.daxcheck.target;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.daxcheck.step.Step;

/** A target whose promises are checked, with the source it comes from and what it can do. */
public abstract class Subject implements AutoCloseable {
  private Target target;

  /** Where it comes from; made when first asked for. */
  public abstract TargetSource source();

  /** The topology that it is asked for. */
  public abstract String topology();

  /** False where no time passes, so that no limit is ever reached. */
  public abstract boolean hasClock();

  /** Steps that it must do, and that can be taken back. */
  public abstract List<Step> can();

  /** Steps that it must refuse, each with words of the reason. */
  public abstract Map<Step, String> cannot();

  /** Another target once the first is closed; null where that takes too long, such as a boot. */
  public abstract Target next() throws TargetException;

  /** The target; made when first asked for. */
  public final Target target() {
    if (target == null) {
      try {
        target = source().fresh(topology());
      } catch (TargetException e) {
        throw new AssertionError(this + ": " + e.getMessage(), e);
      }
    }
    return target;
  }

  @Override
  public void close() throws IOException {
    if (target != null) {
      target.close();
    }
    source().close();
  }
}
