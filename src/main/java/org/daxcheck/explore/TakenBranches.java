package org.daxcheck.explore;

import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.daxcheck.coverage.KernelCode;
import org.daxcheck.io.IoReason;
import org.daxcheck.run.Failure;
import org.daxcheck.scenario.Scenario;
import org.daxcheck.step.Observation;
import org.daxcheck.suite.PlannedCase;
import org.daxcheck.suite.TraceSink;
import org.daxcheck.target.KernelCounts;
import org.daxcheck.trace.Trace;

/** Hears what kernels count while walks run, and tells which branches these took. */
final class TakenBranches {
  /** By the name of the scenario; several guests may be at work. */
  private final Map<String, KernelCounts> counts = new ConcurrentHashMap<>();

  private Optional<KernelCounts> last = Optional.empty();
  private Optional<KernelCode> code = Optional.empty();

  /** A sink that hands all on and hears the counts of a case. */
  TraceSink sink(PlannedCase planned, TraceSink next) {
    return new TraceSink() {
      @Override
      public void begin(Trace.Header header, Observation before, Optional<Observation> boot) {
        next.begin(header, before, boot);
      }

      @Override
      public void add(Trace.Entry entry) {
        next.add(entry);
      }

      @Override
      public void counted(KernelCounts counted) {
        counts.put(planned.scenario().name(), counted);
        next.counted(counted);
      }

      @Override
      public void end(boolean whole) {
        next.end(whole);
      }
    };
  }

  /** The branches that the scenario took when it was run last; empty where nothing was counted. */
  Set<String> of(Scenario scenario) {
    last = Optional.ofNullable(counts.remove(scenario.name()));
    if (last.isEmpty()) {
      return Set.of();
    }
    try {
      if (code.isEmpty()) {
        code = Optional.of(new KernelCode(last.get().notes()));
      }
      return code.get().ran(last.get().data()).branches().stream()
          .map(KernelCode.Branch::toString)
          .collect(Collectors.toSet());
    } catch (IOException e) {
      throw new Failure("what the kernel counted cannot be read: " + IoReason.of(e));
    }
  }

  /** Hands over the counts that were asked for last. */
  void keep(TraceSink to) {
    last.ifPresent(to::counted);
  }
}
