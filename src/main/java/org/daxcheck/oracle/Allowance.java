package org.daxcheck.oracle;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * How often a run may still meet what is legal once in a while, such as an unplug of movable memory
 * that the kernel gives up on (TRANS-4). A kernel that does it every time has nothing left of it
 * soon, and breaks the rule from then on. May be shared by several threads.
 */
public final class Allowance {
  /** What a run has of it on one target. */
  public static final int PER_RUN = 2;

  private final AtomicInteger left;

  /** That of a run which has met nothing of the kind yet. */
  public Allowance() {
    this(0);
  }

  /** That of a run which took so many already. */
  public Allowance(int taken) {
    this.left = new AtomicInteger(Math.max(0, PER_RUN - taken));
  }

  /** How many were taken, up to {@link #PER_RUN}. */
  public int taken() {
    return PER_RUN - left.get();
  }

  /** Takes one; false where none is left. */
  boolean take() {
    return left.getAndUpdate(n -> Math.max(0, n - 1)) > 0;
  }
}
