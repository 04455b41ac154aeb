package org.daxcheck.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectDirectory;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectFile;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectUniqueId;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.platform.engine.DiscoverySelector;
import org.junit.platform.engine.Filter;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.TestTag;
import org.junit.platform.engine.support.descriptor.FileSource;
import org.junit.platform.launcher.EngineFilter;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.TagFilter;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.testng.annotations.Test;

/** Scenario files as an IDE, Surefire or the console launcher selects them. */
public class DaxcheckEngineTest {
  private static final Path SUITES =
      Path.of(System.getProperty("daxcheck.home", "."), "suites").toAbsolutePath().normalize();
  private static final Path FILE = SUITES.resolve("refuse/online-movable-to-other-types.kmem");
  private static final String ID =
      "[engine:daxcheck]/[target:model]/[topology:cxl]/[scenario:online-movable-to-other-types]";

  /** What a listener heard of one test. */
  private record Heard(TestIdentifier test, TestExecutionResult result) {}

  @Test
  public void aFileIsItsScenarioOnEveryTopologyWithItsRulesAsTags() {
    List<Heard> heard = run(List.of(selectFile(FILE.toFile())));
    assertThat(heard).extracting(h -> h.test().getUniqueId()).contains(ID).doesNotHaveDuplicates();
    assertThat(heard).allMatch(h -> status(h) == TestExecutionResult.Status.SUCCESSFUL);
    assertThat(heard)
        .allMatch(h -> h.test().getTags().contains(TestTag.create("REFUSE-1")))
        .allMatch(h -> h.test().getTags().contains(TestTag.create("REFUSE")))
        .allMatch(h -> ((FileSource) h.test().getSource().get()).getFile().equals(FILE.toFile()));
  }

  @Test
  public void aFolderIsWhatLiesBelowItAndATagLeavesTheRestOut() {
    List<Heard> all = run(List.of(selectDirectory(SUITES.resolve("refuse").toFile())));
    List<Heard> some =
        run(
            List.of(selectDirectory(SUITES.resolve("refuse").toFile())),
            TagFilter.includeTags("REFUSE-2"));
    assertThat(some).hasSizeLessThan(all.size()).isNotEmpty();
    assertThat(some).allMatch(h -> h.test().getTags().contains(TestTag.create("REFUSE-2")));
    assertThat(all.stream().map(h -> h.test().getUniqueId()))
        .containsAll(some.stream().map(h -> h.test().getUniqueId()).toList());
  }

  @Test
  public void aUniqueIdIsOneCaseAndABeginningOfOneAllBelowIt() {
    assertThat(run(List.of(selectUniqueId(ID))))
        .extracting(h -> h.test().getUniqueId())
        .containsExactly(ID);
    String above = "[engine:daxcheck]/[target:model]/[topology:cxl-unaligned]";
    assertThat(run(List.of(selectUniqueId(above))))
        .hasSizeGreaterThan(1)
        .allMatch(h -> h.test().getUniqueId().startsWith(above));
  }

  @Test
  public void whatDivergesFailsWithWhatIsAllowedAndWhatWasSeen() throws Exception {
    Path folder = Files.createTempDirectory("daxcheck-engine");
    Path wrong = folder.resolve(FILE.getFileName());
    try {
      Files.writeString(wrong, Files.readString(FILE).replaceFirst("-> EBUSY", "-> EINVAL"));
      List<Heard> heard = run(List.of(selectFile(wrong.toFile())));
      assertThat(heard).isNotEmpty();
      assertThat(heard).allMatch(h -> status(h) == TestExecutionResult.Status.FAILED);
      assertThat(heard.get(0).result().getThrowable().orElseThrow())
          .hasMessageContaining("REFUSE-1");
    } finally {
      Files.delete(wrong);
      Files.delete(folder);
    }
  }

  @Test
  public void whatIsNoTargetAndNoScenarioIsRefused() throws Exception {
    assertThatThrownBy(
            () ->
                LauncherFactory.create()
                    .execute(
                        request(List.of(selectFile(FILE.toFile())))
                            .configurationParameter(DaxcheckEngine.TARGETS, "model,lab")
                            .build()))
        .rootCause()
        .hasMessage("daxcheck.targets: 'lab' is neither model nor qemu");
    Path bad = Files.createTempFile("daxcheck-engine", ".kmem");
    try {
      Files.writeString(bad, "KMEM bad\n");
      assertThatThrownBy(() -> run(List.of(selectFile(bad.toFile()))))
          .rootCause()
          .hasMessageContaining(bad.getFileName().toString() + ":");
    } finally {
      Files.delete(bad);
    }
  }

  @Test
  public void filesOfOthersAreNotOurs() {
    assertThat(run(List.of(selectFile(SUITES.resolve("rules.yaml").toFile())))).isEmpty();
    assertThat(run(List.of(selectUniqueId("[engine:another]/[class:x]")))).isEmpty();
  }

  private static TestExecutionResult.Status status(Heard heard) {
    return heard.result().getStatus();
  }

  private static List<Heard> run(List<? extends DiscoverySelector> selectors, Filter<?>... more) {
    List<Heard> heard = new ArrayList<>();
    LauncherDiscoveryRequest request = request(selectors).filters(more).build();
    LauncherFactory.create()
        .execute(
            request,
            new TestExecutionListener() {
              @Override
              public void executionFinished(TestIdentifier test, TestExecutionResult result) {
                if (test.isTest()) {
                  heard.add(new Heard(test, result));
                } else {
                  assertThat(result.getThrowable()).isEqualTo(Optional.empty());
                }
              }
            });
    return heard;
  }

  private static LauncherDiscoveryRequestBuilder request(
      List<? extends DiscoverySelector> selectors) {
    return LauncherDiscoveryRequestBuilder.request()
        .selectors(selectors)
        .filters(EngineFilter.includeEngines(DaxcheckEngine.ID));
  }
}
