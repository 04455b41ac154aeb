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
 * @param stuckIn where it was when its limit ran out; empty where it ended in time, or nobody
 *     looked
 * @param missed true where the allocation that was to fail was never asked for
 */
public record Result(
    long value,
    Optional<Errno> errno,
    String data,
    long nanos,
    long started,
    boolean timeout,
    String killed,
    List<ActorResult> actors,
    Optional<StuckIn> stuckIn,
    boolean missed) {

  /** A result of a step that nobody had to look at. */
  public Result(
      long value,
      Optional<Errno> errno,
      String data,
      long nanos,
      long started,
      boolean timeout,
      String killed,
      List<ActorResult> actors) {
    this(value, errno, data, nanos, started, timeout, killed, actors, Optional.empty(), false);
  }

  public Result {
    actors = List.copyOf(actors);
  }

  /** What one actor's steps returned, in order; steps that did not run are missing at the end. */
  public record ActorResult(String name, List<Result> steps, boolean stuck) {
    public ActorResult {
      steps = List.copyOf(steps);
    }
  }

  /**
   * Where a step was in the kernel when its limit had run out, seen twice: whether it hangs, or is
   * slow.
   *
   * @param state of the process at the second look: {@code R} runs, {@code S} waits, {@code D}
   *     waits and cannot be interrupted
   * @param stack functions of the kernel, the innermost first; empty where it was in none
   * @param cpuMillis processor time that it used between the two looks, in ms
   * @param same true where both looks found the same stack
   */
  public record StuckIn(String state, List<String> stack, long cpuMillis, boolean same) {
    public StuckIn {
      stack = List.copyOf(stack);
    }

    /** True where it was at work, and not waiting: it is slow, and may still end. */
    public boolean works() {
      return state.equals("R") || cpuMillis >= WORKS_MILLIS;
    }

    private static final long WORKS_MILLIS = 100;

    @Override
    public String toString() {
      String what =
          switch (state) {
            case "R" -> "it runs";
            case "D" -> "it waits and cannot be interrupted";
            default -> "it waits";
          };
      return what
          + (stack.isEmpty() ? "" : " in " + String.join(" < ", stack))
          + (same ? ", at one place" : "")
          + ", "
          + cpuMillis
          + " ms of processor time in between";
    }
  }

  /** The same, of a step that was looked at when its limit had run out. */
  public Result stuckIn(StuckIn where) {
    return new Result(
        value, errno, data, nanos, started, timeout, killed, actors, Optional.of(where), missed);
  }

  /** The same, of a step whose allocation that was to fail was never asked for, or was. */
  public Result missed(boolean is) {
    return new Result(value, errno, data, nanos, started, timeout, killed, actors, stuckIn, is);
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
