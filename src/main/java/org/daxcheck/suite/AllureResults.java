package org.daxcheck.suite;

import io.qameta.allure.FileSystemResultsWriter;
import io.qameta.allure.model.Label;
import io.qameta.allure.model.Stage;
import io.qameta.allure.model.Status;
import io.qameta.allure.model.StatusDetails;
import io.qameta.allure.model.TestResult;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import org.daxcheck.oracle.Divergence;
import org.daxcheck.oracle.Verdict;
import org.daxcheck.scenario.Scenario;

/** Cases as Allure has them; those of a run are written by Allure's own listener. */
public final class AllureResults {
  private AllureResults() {}

  /** Names a result so that Allure knows the case again in the next run, wherever it stands. */
  public static void name(TestResult result, Scenario scenario, String target, String topology) {
    String id = new PlannedCase(scenario, target, topology).id();
    result.setName(scenario.name());
    result.setFullName(id);
    result.setHistoryId(id);
    result.setTestCaseId(id);
    result.setDescription(String.join("\n", scenario.prose()));
    result.setLabels(
        List.of(
            new Label().setName("parentSuite").setValue(target),
            new Label().setName("suite").setValue(topology),
            new Label().setName("subSuite").setValue(scenario.group())));
  }

  /** A divergence in a line. */
  public static String message(Scenario scenario, Divergence d) {
    return "%s:%d: '%s' broke %s: %s"
        .formatted(scenario.file(), d.line(), d.step(), d.rule(), d.seen());
  }

  /**
   * Writes the cases of a run that no listener saw, such as one that was judged again.
   *
   * @param folder for the results; made where there is none
   */
  public static void write(Path folder, Run run) {
    FileSystemResultsWriter writer = new FileSystemResultsWriter(folder);
    long begin = run.started().toEpochMilli();
    for (Run.Case c : run.cases()) {
      TestResult result = new TestResult().setUuid(UUID.randomUUID().toString());
      name(result, c.scenario(), c.target(), c.topology());
      result.setStatus(status(c.verdict())).setStage(Stage.FINISHED);
      result.setStatusDetails(new StatusDetails().setMessage(message(c)));
      result.setStart(begin);
      begin += c.nanos() / 1_000_000;
      result.setStop(begin);
      writer.write(result);
    }
  }

  /** The same as Allure makes of what the engine tells it. */
  private static Status status(Verdict verdict) {
    return switch (verdict.status()) {
      case PASS -> Status.PASSED;
      case SKIPPED -> Status.SKIPPED;
      case ERROR -> Status.BROKEN;
      case DIVERGENCE -> verdict.divergences().isEmpty() ? Status.BROKEN : Status.FAILED;
    };
  }

  private static String message(Run.Case c) {
    List<Divergence> divergences = c.verdict().divergences();
    return divergences.isEmpty() ? c.verdict().reason() : message(c.scenario(), divergences.get(0));
  }
}
