package org.daxcheck.suite;

import io.qameta.allure.Allure;
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
            r -> AllureResults.name(r, planned.scenario(), planned.source(), planned.topology()));
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
            AllureResults.message(planned.scenario(), first), first.allowed(), first.seen());
      }
    }
  }
}
