package org.daxcheck.engine;

import java.nio.file.Path;
import java.util.Optional;
import org.daxcheck.suite.Lanes;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.launcher.EngineFilter;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/** Starts the cases of lanes by the JUnit Platform Launcher; Allure hears of them. */
public final class SuiteLauncher {
  private SuiteLauncher() {}

  /** Why the engine as a whole failed, if it did. */
  private static final class Whole implements TestExecutionListener {
    private Optional<Throwable> failure = Optional.empty();

    @Override
    public void executionFinished(TestIdentifier test, TestExecutionResult result) {
      if (test.getParentIdObject().isEmpty()) {
        failure = result.getThrowable();
      }
    }
  }

  /**
   * Runs the cases; Allure's results go to the folder.
   *
   * @throws IllegalStateException where cases were left out that nobody stopped
   */
  public static void run(Lanes lanes, Path allureResults) {
    System.setProperty("allure.results.directory", allureResults.toString());
    LauncherDiscoveryRequest request =
        LauncherDiscoveryRequestBuilder.request()
            .selectors(new LanesSelector(lanes))
            .filters(EngineFilter.includeEngines(DaxcheckEngine.ID))
            .build();
    Whole whole = new Whole();
    LauncherFactory.create().execute(request, whole);
    if (whole.failure.isPresent()
        || lanes.done().size() < lanes.plan().size() && !lanes.isCutShort()) {
      throw new IllegalStateException(
          "only %d of %d cases ran".formatted(lanes.done().size(), lanes.plan().size()),
          whole.failure.orElse(null));
    }
  }
}
