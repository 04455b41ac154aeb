package org.daxcheck.target;

import java.util.List;
import org.daxcheck.abi.Errno;
import org.daxcheck.step.Reply;
import org.daxcheck.step.Result;
import org.daxcheck.step.Step;

/** Answers ENOENT where the other target answers EINVAL. */
public final class WrongErrno extends ForwardingTarget {
  private final Target right;

  public WrongErrno(Target right) {
    super(right);
    this.right = right;
  }

  @Override
  public List<Reply> run(List<Step> steps) throws TargetException {
    return right.run(steps).stream()
        .map(
            r ->
                r.result().errno().filter(Errno.EINVAL::equals).isPresent()
                    ? new Reply(Result.error(Errno.ENOENT), r.observation())
                    : r)
        .toList();
  }

  @Override
  public void close() {
    right.close();
  }
}
