package org.daxcheck.engine;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.daxcheck.suite.ParallelRunner;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.launcher.EngineFilter;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/** Starts the cases of lanes by the JUnit Platform Launcher; Allure hears of them. */
public final class SuiteLauncher {
  /** Where the platform tells that a listener failed; held, or it would be collected. */
  private static final Logger LISTENERS =
      Logger.getLogger("org.junit.platform.launcher.core.CompositeTestExecutionListener");

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

  /** What the platform logs of a listener that failed, in place of its stack traces. */
  private static final class Deaf extends Handler {
    private final List<Throwable> failures = new CopyOnWriteArrayList<>();

    @Override
    public void publish(LogRecord logged) {
      if (logged.getThrown() != null) {
        failures.add(logged.getThrown());
      }
    }

    @Override
    public void flush() {
      // Nothing is held back.
    }

    @Override
    public void close() {
      // It holds nothing.
    }

    Optional<String> first() {
      return failures.stream()
          .map(f -> f.getCause() == null ? f.getMessage() : f.getCause().getMessage())
          .findFirst();
    }
  }

  /**
   * Runs the cases; Allure's results go to the folder.
   *
   * @return why Allure could not write all of its results; empty where it could
   * @throws IllegalStateException where cases were left out that nobody stopped
   */
  public static Optional<String> run(ParallelRunner lanes, Path allureResults) {
    System.setProperty("allure.results.directory", allureResults.toString());
    LauncherDiscoveryRequest request =
        LauncherDiscoveryRequestBuilder.request()
            .selectors(new LanesSelector(lanes))
            .filters(EngineFilter.includeEngines(DaxcheckEngine.ID))
            .build();
    Whole whole = new Whole();
    Deaf deaf = new Deaf();
    LISTENERS.addHandler(deaf);
    LISTENERS.setUseParentHandlers(false);
    try {
      LauncherFactory.create().execute(request, whole);
    } finally {
      LISTENERS.removeHandler(deaf);
      LISTENERS.setUseParentHandlers(true);
    }
    if (whole.failure.isPresent()
        || lanes.done().size() < lanes.plan().size() && !lanes.isCutShort()) {
      throw new IllegalStateException(
          "only %d of %d cases ran".formatted(lanes.done().size(), lanes.plan().size()),
          whole.failure.orElse(null));
    }
    return deaf.first();
  }
}
