package org.daxcheck.execution;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.daxcheck.oracle.Verdict.Status;
import org.daxcheck.report.FinishedRun;
import org.daxcheck.run.Failure;
import org.daxcheck.run.Home;
import org.daxcheck.scenario.Catalogue;
import org.daxcheck.selection.Selection;
import org.daxcheck.suite.PlannedCase;

/**
 * The cases of a finished run that diverged or were errors.
 *
 * @param run as the user named it
 * @param suite that it ran, or the files
 * @param seed that it drew with
 * @param names of the cases, such as {@code case-matters.cxl}
 * @param files of their scenarios
 */
public record FailedCases(
    String run, String suite, long seed, Set<String> names, List<Path> files) {
  public static FailedCases of(Path named) {
    FinishedRun run;
    try {
      run = FinishedRun.read(named);
    } catch (IOException e) {
      throw new Failure(e);
    }
    List<FinishedRun.Case> failed =
        run.cases().stream()
            .filter(
                c ->
                    c.verdict().status() == Status.DIVERGENCE
                        || c.verdict().status() == Status.ERROR)
            .toList();
    if (failed.isEmpty()) {
      throw new Failure("nothing failed in " + named + ", so there is nothing to run again");
    }
    return new FailedCases(
        named.toString(),
        run.suite(),
        run.seed(),
        failed.stream().map(FinishedRun.Case::name).collect(Collectors.toSet()),
        failed.stream().map(c -> Home.folder().resolve(c.file()).normalize()).distinct().toList());
  }

  /** What the run was of; only the failed of it are wanted. */
  public Selection selection(Catalogue catalogue) {
    Selection all =
        GateStandard.isSuite(suite)
            ? Selection.suite(suite, catalogue)
            : Selection.files(files, catalogue);
    return all.restricted("only what failed in " + run + " was run");
  }

  public boolean wants(PlannedCase c) {
    return names.contains(c.scenario().name() + "." + c.topology());
  }
}
