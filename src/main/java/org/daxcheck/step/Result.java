package org.daxcheck.step;

import java.util.List;
import java.util.Optional;
import org.daxcheck.abi.Errno;

/**
 * What a step returned.
 *
 * @param value what the system call returned: bytes written or read, 0 for others, -1 on error
 * @param errno the error, where there was one
 * @param data what a read gave; empty otherwise
 * @param nanos how long the system calls took, in ns
 * @param started CLOCK_MONOTONIC at the start of the step, in ns
 * @param timeout true where the step was interrupted because its limit ran out
 * @param killed name of the signal that ended the actor during this step, without SIG; else empty
 * @param actors results of the actors, where the step was several actors
 */
public record Result(
    long value,
    Optional<Errno> errno,
    String data,
    long nanos,
    long started,
    boolean timeout,
    String killed,
    List<ActorResult> actors) {

  public Result {
    actors = List.copyOf(actors);
  }

  /** What one actor's steps returned, in order; steps that did not run are missing at the end. */
  public record ActorResult(String name, List<Result> steps, boolean stuck) {
    public ActorResult {
      steps = List.copyOf(steps);
    }
  }

  /** A step that worked. */
  public static Result ok(long value) {
    return new Result(value, Optional.empty(), "", 0, 0, false, "", List.of());
  }

  /** A read that gave {@code data}. */
  public static Result data(String data) {
    return new Result(data.length(), Optional.empty(), data, 0, 0, false, "", List.of());
  }

  /** A step that failed. */
  public static Result error(Errno errno) {
    return new Result(-1, Optional.of(errno), "", 0, 0, false, "", List.of());
  }
}
