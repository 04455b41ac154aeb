package org.daxcheck.suite;

/** Hears of a run while it goes on. */
public interface RunListener {
  /** A case begins. */
  void started(PlannedCase planned);

  /** A case has its verdict. */
  void finished(PlannedCase planned, Run.Case done);

  /** Hears nothing. */
  RunListener NONE =
      new RunListener() {
        @Override
        public void started(PlannedCase planned) {
          // Nobody listens.
        }

        @Override
        public void finished(PlannedCase planned, Run.Case done) {
          // Nobody listens.
        }
      };
}
