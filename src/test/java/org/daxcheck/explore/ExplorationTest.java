package org.daxcheck.explore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.daxcheck.abi.Dialect;
import org.daxcheck.abi.Policy;
import org.daxcheck.io.Trees;
import org.daxcheck.run.Home;
import org.daxcheck.run.RunFolder;
import org.daxcheck.suite.Run;
import org.daxcheck.target.ModelSource;
import org.daxcheck.target.Target;
import org.daxcheck.target.TargetException;
import org.daxcheck.target.TargetSource;
import org.daxcheck.target.WrongErrno;
import org.testng.annotations.AfterMethod;
import org.testng.annotations.BeforeMethod;
import org.testng.annotations.Test;

/** What an exploration leaves and tells; on models. */
public class ExplorationTest {
  private static final Explorer.Limits LIMITS = new Explorer.Limits(400, () -> false, 1);

  private final List<String> said = new ArrayList<>();
  private Path folder;

  @BeforeMethod
  public void make() throws IOException {
    folder = Files.createTempDirectory("daxcheck-exploration");
    said.clear();
  }

  @AfterMethod(alwaysRun = true)
  public void clean() throws IOException {
    Trees.remove(folder);
  }

  private static TargetSource models(boolean wrong) {
    ModelSource models =
        new ModelSource(Dialect.LINUX_7_3, Policy.ONLINE_MOVABLE, ExplorationTest::shape, 1);
    return new TargetSource() {
      @Override
      public String name() {
        return models.name();
      }

      @Override
      public List<Integer> shape(String topology) throws TargetException {
        return models.shape(topology);
      }

      @Override
      public Target fresh(String topology) throws TargetException {
        Target model = models.fresh(topology);
        return wrong ? new WrongErrno(model) : model;
      }

      @Override
      public void close() {
        models.close();
      }
    };
  }

  private static List<Integer> shape(String topology) throws TargetException {
    if (!topology.startsWith("cxl")) {
      throw new TargetException("no topology " + topology);
    }
    return List.of(1, 2, 1);
  }

  private Exploration exploration(boolean wrong, int jobs, Journal journal, RunFolder into)
      throws TargetException, IOException {
    return new Exploration(
        IntStream.range(0, jobs).mapToObj(i -> models(wrong)).toList(),
        Policy.ONLINE_MOVABLE,
        Home.catalogue(),
        journal,
        into,
        true,
        what -> {},
        said::add);
  }

  @Test
  public void whatBreaksARuleIsKeptAsItWasAndShrunk() throws Exception {
    try (RunFolder into = RunFolder.keep(folder)) {
      Exploration exploration =
          exploration(true, 1, Journal.begin(1, 40, List.of("cxl-ranges")), into);
      Run run = exploration.explore(LIMITS);
      assertThat(run.cases()).hasSize(1);
      assertThat(run.targets()).extracting(Run.TargetInfo::name).containsExactly("model");
      assertThat(run.seed()).isEqualTo(1);
      Journal.Found found = exploration.journal().found().get(0);
      assertThat(found.after()).isLessThan(found.before());
      assertThat(files("walks")).hasSize(2).anyMatch(f -> f.endsWith(".kmem"));
      assertThat(folder.resolve(Journal.FILE)).exists();
      assertThat(said).hasSize(2);
      assertThat(said.get(0)).startsWith("walk ").contains("got ENOENT; shrinking it");
      assertThat(said.get(1)).isEqualTo(Told.line(found));
      assertThat(Told.summary(exploration.journal(), 2_500_000_000L))
          .startsWith("Explored: seed 1, cxl-ranges, ")
          .contains("1 different violations, 2.5 s\n  " + found.rule() + " broken at step ");
    }
  }

  private List<String> files(String below) throws IOException {
    try (Stream<Path> all = Files.list(folder.resolve(below))) {
      return all.map(f -> f.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  public void aKernelThatKeepsTheRulesGivesNothingOnSeveralTargetsAsOnOne() throws Exception {
    List<String> topologies = List.of("cxl-kernel", "cxl-ranges");
    try (RunFolder into = RunFolder.keep(folder)) {
      Exploration exploration = exploration(false, 2, Journal.begin(1, 40, topologies), into);
      assertThat(exploration.explore(LIMITS).cases()).isEmpty();
      assertThat(exploration.journal().steps()).isGreaterThanOrEqualTo(LIMITS.steps());
      assertThat(exploration.journal().errors()).isZero();
      assertThat(said).isEmpty();
      assertThat(folder.resolve("walks")).doesNotExist();
    }
  }

  @Test
  public void aTopologyThatIsUnknownIsToldBeforeTheFirstWalk() {
    try (RunFolder into = RunFolder.keep(folder)) {
      assertThatThrownBy(() -> exploration(false, 1, Journal.begin(1, 40, List.of("moon")), into))
          .isInstanceOf(TargetException.class)
          .hasMessageContaining("moon");
    }
  }
}
