package org.daxcheck.suite;

import java.util.Optional;
import org.daxcheck.step.Observation;
import org.daxcheck.target.KernelCounts;
import org.daxcheck.trace.Trace;

/** Takes a trace while it comes into being, so that an interrupted run loses nothing. */
public interface TraceSink {
  /**
   * The trace begins.
   *
   * @param boot what the boot had left, where nobody had used the target yet
   */
  void begin(Trace.Header header, Observation before, Optional<Observation> boot);

  /** A step was answered. */
  void add(Trace.Entry entry);

  /** The kernel counted this of its code in the meantime; most kernels count nothing. */
  default void counted(KernelCounts counts) {
    // Who keeps traces alone keeps no counts.
  }

  /** Nothing more comes; {@code whole} is true where the scenario went to its end. */
  void end(boolean whole);

  /** A sink that keeps nothing. */
  TraceSink NONE =
      new TraceSink() {
        @Override
        public void begin(Trace.Header header, Observation before, Optional<Observation> boot) {
          // Nothing is kept.
        }

        @Override
        public void add(Trace.Entry entry) {
          // Nothing is kept.
        }

        @Override
        public void end(boolean whole) {
          // Nothing is kept.
        }
      };
}
