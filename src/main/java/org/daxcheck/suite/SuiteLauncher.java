package org.daxcheck.suite;

import java.nio.file.Path;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.launcher.EngineFilter;
import org.junit.platform.launcher.Launcher;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;

/** Starts a conductor's cases by the JUnit Platform Launcher, carried by the TestNG engine. */
public final class SuiteLauncher {
  private SuiteLauncher() {}

  /**
   * Runs every case of the conductor; Allure's results go to the folder.
   *
   * @return how many tests were started, skipped ones among them
   * @throws IllegalStateException where the engine ran nothing though there are cases
   */
  public static long run(Conductor conductor, Path allureResults) {
    System.setProperty("allure.results.directory", allureResults.toString());
    ScenarioTest.conduct(conductor);
    LauncherDiscoveryRequest request =
        LauncherDiscoveryRequestBuilder.request()
            .selectors(DiscoverySelectors.selectClass(ScenarioTest.class))
            .filters(EngineFilter.includeEngines("testng"))
            .configurationParameter("testng.useDefaultListeners", "false")
            .configurationParameter("testng.outputDirectory", allureResults.toString())
            .build();
    Launcher launcher = LauncherFactory.create();
    SummaryGeneratingListener summary = new SummaryGeneratingListener();
    launcher.execute(request, summary);
    if (conductor.done().size() < conductor.plan().size()) {
      Throwable cause =
          summary.getSummary().getFailures().stream()
              .findFirst()
              .map(f -> f.getException())
              .orElse(null);
      throw new IllegalStateException(
          "only %d of %d cases ran".formatted(conductor.done().size(), conductor.plan().size()),
          cause);
    }
    return summary.getSummary().getTestsFoundCount();
  }
}
