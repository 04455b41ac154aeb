package org.daxcheck.engine;

import io.qameta.allure.Allure;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.daxcheck.oracle.Divergence;
import org.daxcheck.oracle.Verdict;
import org.daxcheck.suite.AllureResults;
import org.daxcheck.suite.ParallelRunner;
import org.daxcheck.suite.PlannedCase;
import org.daxcheck.suite.Run;
import org.daxcheck.suite.RunListener;
import org.junit.platform.engine.EngineDiscoveryRequest;
import org.junit.platform.engine.EngineExecutionListener;
import org.junit.platform.engine.ExecutionRequest;
import org.junit.platform.engine.TestDescriptor;
import org.junit.platform.engine.TestEngine;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.UniqueId;
import org.junit.platform.engine.discovery.DirectorySelector;
import org.junit.platform.engine.discovery.FileSelector;
import org.junit.platform.engine.discovery.UniqueIdSelector;
import org.junit.platform.engine.support.descriptor.EngineDescriptor;
import org.opentest4j.AssertionFailedError;

/**
 * Runs scenarios on the JUnit Platform: {@code .kmem} files by file, folder and unique id, with
 * their rules and groups as tags. They run on the model, or on what the configuration parameter
 * {@value #TARGETS} names: model, qemu or both, with a comma between.
 */
public final class DaxcheckEngine implements TestEngine {
  /** The engine's name. */
  public static final String ID = "daxcheck";

  /** Configuration parameter: where cases run that were selected by file, folder or id. */
  public static final String TARGETS = "daxcheck.targets";

  /** The cases of one discovery, with what runs them. */
  private static final class Root extends EngineDescriptor {
    private final transient List<ParallelRunner> lanes = new ArrayList<>();

    Root(UniqueId id) {
      super(id, ID);
    }

    void add(ParallelRunner some) {
      lanes.add(some);
      some.plan().forEach(c -> addChild(new CaseDescriptor(getUniqueId(), c)));
    }
  }

  @Override
  public String getId() {
    return ID;
  }

  @Override
  public TestDescriptor discover(EngineDiscoveryRequest request, UniqueId id) {
    Root root = new Root(id);
    request.getSelectorsByType(LanesSelector.class).forEach(s -> root.add(s.lanes()));
    List<Path> files = new ArrayList<>();
    request.getSelectorsByType(FileSelector.class).stream()
        .map(FileSelector::getPath)
        .filter(SelectedFiles::isScenario)
        .forEach(files::add);
    request.getSelectorsByType(DirectorySelector.class).stream()
        .map(DirectorySelector::getPath)
        .filter(SelectedFiles::holdsScenarios)
        .forEach(files::add);
    List<UniqueId> ids =
        request.getSelectorsByType(UniqueIdSelector.class).stream()
            .map(UniqueIdSelector::getUniqueId)
            .filter(u -> u.getEngineId().equals(Optional.of(ID)))
            .toList();
    if (!files.isEmpty() || !ids.isEmpty()) {
      String targets =
          request.getConfigurationParameters().get(TARGETS).orElse(SelectedFiles.MODEL);
      root.add(new SelectedFiles(targets).lanes(files, ids));
    }
    return root;
  }

  @Override
  public void execute(ExecutionRequest request) {
    Root root = (Root) request.getRootTestDescriptor();
    EngineExecutionListener listener = request.getEngineExecutionListener();
    listener.executionStarted(root);
    // What a filter took away is no child any more.
    Map<PlannedCase, CaseDescriptor> cases = new LinkedHashMap<>();
    root.getChildren().stream()
        .map(CaseDescriptor.class::cast)
        .forEach(c -> cases.put(c.planned(), c));
    try {
      for (ParallelRunner lanes : root.lanes) {
        lanes.hear(new Teller(listener, cases));
        lanes.keep(cases::containsKey);
        lanes.run();
      }
      listener.executionFinished(root, TestExecutionResult.successful());
    } catch (RuntimeException e) {
      listener.executionFinished(root, TestExecutionResult.failed(e));
    }
  }

  /** Tells the platform's listeners, Allure's among them, in the thread that ran the case. */
  private record Teller(EngineExecutionListener listener, Map<PlannedCase, CaseDescriptor> cases)
      implements RunListener {
    @Override
    public void started(PlannedCase planned) {
      listener.executionStarted(cases.get(planned));
      Allure.getLifecycle()
          .updateTestCase(
              r -> AllureResults.name(r, planned.scenario(), planned.source(), planned.topology()));
    }

    @Override
    public void finished(PlannedCase planned, Run.Case done) {
      listener.executionFinished(cases.get(planned), result(done));
    }

    private static TestExecutionResult result(Run.Case done) {
      Verdict verdict = done.verdict();
      return switch (verdict.status()) {
        case PASS -> TestExecutionResult.successful();
        case SKIPPED -> TestExecutionResult.aborted(new IllegalStateException(verdict.reason()));
        case ERROR -> TestExecutionResult.failed(new IllegalStateException(verdict.reason()));
        case DIVERGENCE -> TestExecutionResult.failed(failure(done));
      };
    }

    private static Throwable failure(Run.Case done) {
      List<Divergence> all = done.verdict().divergences();
      if (all.isEmpty()) {
        return new IllegalStateException(done.verdict().reason());
      }
      Divergence first = all.get(0);
      return new AssertionFailedError(
          AllureResults.message(done.scenario(), first), first.allowed(), first.seen());
    }
  }
}
