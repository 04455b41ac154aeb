package org.daxcheck.explore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.daxcheck.abi.Dialect;
import org.daxcheck.abi.Policy;
import org.daxcheck.coverage.SourceCoverage;
import org.daxcheck.io.Trees;
import org.daxcheck.run.Home;
import org.daxcheck.run.RunCounts;
import org.daxcheck.run.RunFolder;
import org.daxcheck.suite.Run;
import org.daxcheck.target.ForwardingTarget;
import org.daxcheck.target.KernelCounts;
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

  /** A target that counts what a program counted, the same each time. */
  private static final class Counting extends ForwardingTarget {
    private final KernelCounts counts;

    Counting(Target to, KernelCounts counts) {
      super(to);
      this.counts = counts;
    }

    @Override
    public Optional<KernelCounts> takeCounts() {
      return Optional.of(counts);
    }

    @Override
    public void close() {
      // A model holds nothing.
    }
  }

  /** The counts of a program with one condition. */
  private static KernelCounts counts(Path into) throws Exception {
    Path source = into.resolve("drivers/dax/kmem.c");
    Files.createDirectories(source.getParent());
    Files.writeString(source, "int main(int n, char **w)\n{\n\treturn n > 3 ? w == 0 : 0;\n}\n");
    for (List<String> words :
        List.of(
            List.of("gcc", "--coverage", "-O0", "-c", "drivers/dax/kmem.c", "-o", "kmem.o"),
            List.of("mv", "kmem.gcno", "drivers/dax/kmem.gcno"),
            List.of("gcc", "--coverage", "kmem.o", "-o", "program"),
            List.of("./program"))) {
      Process process = new ProcessBuilder(words).directory(into.toFile()).inheritIO().start();
      assertThat(process.waitFor()).as(String.join(" ", words)).isZero();
    }
    byte[] data = Files.readAllBytes(into.resolve("kmem.gcda"));
    return new KernelCounts(into, Map.of("drivers#dax#kmem.gcda", data));
  }

  @Test
  public void whatAKernelCountsIsToldAndCanBeShown() throws Exception {
    Path program = Files.createDirectory(folder.resolve("program"));
    KernelCounts counts = counts(program);
    Path results = folder.resolve("results");
    try (RunFolder into = RunFolder.keep(results)) {
      Exploration exploration =
          exploration(
              List.of(models(target -> new Counting(target, counts))),
              Journal.begin(1, 40, List.of("cxl-ranges")),
              into);
      assertThat(exploration.reached()).isEmpty();
      exploration.explore(LIMITS);
      // What asked for the target took it already, so that no walk took it first.
      assertThat(exploration.reached())
          .isEqualTo(
              "  1 branches of the kernel were taken; 0 walks took some first and are kept in "
                  + results.resolve("corpus")
                  + "\n");
      SourceCoverage shown = RunCounts.of(List.of(results));
      assertThat(shown.sources().get("drivers/dax/kmem.c").taken()).isEqualTo(1);
      assertThat(shown.cases()).isEqualTo(1);
    }
  }

  private static TargetSource models(boolean wrong) {
    return models(wrong ? WrongErrno::new : target -> target);
  }

  private static TargetSource models(UnaryOperator<Target> around) {
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
        return around.apply(models.fresh(topology));
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
    return exploration(
        IntStream.range(0, jobs).mapToObj(i -> models(wrong)).toList(), journal, into);
  }

  private Exploration exploration(List<TargetSource> sources, Journal journal, RunFolder into)
      throws TargetException, IOException {
    return new Exploration(
        sources,
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
