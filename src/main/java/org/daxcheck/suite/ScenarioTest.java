package org.daxcheck.suite;

import io.qameta.allure.Allure;
import io.qameta.allure.model.Label;
import java.util.List;
import org.daxcheck.oracle.Divergence;
import org.daxcheck.oracle.Verdict;
import org.opentest4j.AssertionFailedError;
import org.testng.SkipException;
import org.testng.annotations.DataProvider;
import org.testng.annotations.Test;

/** Every case of the current conductor as a TestNG test. */
public final class ScenarioTest {
  private static volatile Conductor current;

  static void conduct(Conductor conductor) {
    current = conductor;
  }

  /** The cases, in the order of the plan. */
  @DataProvider(name = "cases")
  public static Object[][] cases() {
    return current.plan().stream().map(c -> new Object[] {c}).toArray(Object[][]::new);
  }

  /** Runs a case; fails where the target diverges. */
  @Test(dataProvider = "cases")
  public void scenario(PlannedCase planned) {
    Allure.getLifecycle()
        .updateTestCase(
            result -> {
              // Allure must know a case again in the next run, whatever its place in the plan.
              result.setName(planned.scenario().name());
              result.setFullName(planned.id());
              result.setHistoryId(planned.id());
              result.setTestCaseId(planned.id());
              result.setDescription(String.join("\n", planned.scenario().prose()));
              result.setLabels(
                  List.of(
                      new Label().setName("parentSuite").setValue(planned.source()),
                      new Label().setName("suite").setValue(planned.topology()),
                      new Label().setName("subSuite").setValue(planned.scenario().rule().group())));
            });
    Run.Case done = current.perform(planned);
    Verdict verdict = done.verdict();
    switch (verdict.status()) {
      case PASS -> {
        // Nothing to say.
      }
      case SKIPPED -> throw new SkipException(verdict.reason());
      case ERROR -> throw new IllegalStateException(verdict.reason());
      case DIVERGENCE -> {
        if (verdict.divergences().isEmpty()) {
          throw new IllegalStateException(verdict.reason());
        }
        Divergence first = verdict.divergences().get(0);
        throw new AssertionFailedError(
            "%s:%d: '%s' broke %s: %s"
                .formatted(
                    planned.scenario().file(),
                    first.line(),
                    first.step(),
                    first.rule(),
                    first.seen()),
            first.allowed(),
            first.seen());
      }
    }
  }
}
