package org.daxcheck.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;
import org.daxcheck.mutant.DriverFault;
import org.daxcheck.mutant.Trials;
import org.daxcheck.report.Progress;
import org.daxcheck.run.RunFolder;
import org.daxcheck.suite.PlannedCase;
import org.daxcheck.suite.TraceSink;

/**
 * Builds drivers ahead of need, keeps the traces of faults, and tells the user.
 *
 * @param folder of the results
 */
record MutantWatch(MutantLab.Drivers drivers, Progress progress, Path folder)
    implements Trials.Listener {
  @Override
  public void expect(List<DriverFault> faults) {
    faults.forEach(drivers::expect);
  }

  @Override
  public Function<PlannedCase, TraceSink> traces(DriverFault fault) {
    return RunFolder.below(folder.resolve("faults").resolve(fault.name()))::sink;
  }

  @Override
  public void doing(String what) {
    progress.doing(what);
  }

  @Override
  public void say(String what) {
    progress.say(what);
  }
}
