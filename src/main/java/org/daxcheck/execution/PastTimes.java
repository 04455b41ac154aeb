package org.daxcheck.execution;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.daxcheck.oracle.Verdict.Status;
import org.daxcheck.report.FinishedRun;
import org.daxcheck.run.Failure;
import org.daxcheck.run.Home;
import org.daxcheck.suite.MeasuredTimes;

/** The times of cases that were run. */
public final class PastTimes {
  private static final long NANOS_OF_MILLI = 1_000_000;

  private PastTimes() {}

  /** The times that the checkout has; where it has none, all are guessed. */
  public static MeasuredTimes known() {
    try {
      return MeasuredTimes.load(Home.folder().resolve("reports/times.yaml"));
    } catch (IOException e) {
      throw new Failure(e);
    }
  }

  /** The median of what passed on a kernel, over these runs. */
  public static MeasuredTimes of(List<Path> runs) throws IOException {
    Map<String, List<Long>> all = new TreeMap<>();
    for (Path named : runs) {
      FinishedRun run = FinishedRun.read(named);
      for (FinishedRun.Case c : run.cases()) {
        if (run.isKernel(c.target()) && c.verdict().status() == Status.PASS) {
          all.computeIfAbsent(c.name(), n -> new ArrayList<>()).add(c.nanos() / NANOS_OF_MILLI);
        }
      }
    }
    Map<String, Long> medians = new TreeMap<>();
    all.forEach(
        (name, millis) -> {
          millis.sort(null);
          medians.put(name, millis.get(millis.size() / 2));
        });
    return new MeasuredTimes(medians);
  }
}
