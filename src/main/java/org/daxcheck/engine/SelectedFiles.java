package org.daxcheck.engine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.daxcheck.abi.Dialect;
import org.daxcheck.abi.Policy;
import org.daxcheck.guest.GuestSpec;
import org.daxcheck.guest.QemuSource;
import org.daxcheck.io.IoReason;
import org.daxcheck.scenario.Catalogue;
import org.daxcheck.scenario.Scenario;
import org.daxcheck.scenario.ScenarioException;
import org.daxcheck.scenario.Scenarios;
import org.daxcheck.suite.ParallelRunner;
import org.daxcheck.suite.Plan;
import org.daxcheck.suite.PlannedCase;
import org.daxcheck.suite.RunListener;
import org.daxcheck.suite.TraceSink;
import org.daxcheck.target.ModelSource;
import org.daxcheck.target.TargetException;
import org.daxcheck.target.TargetSource;
import org.junit.platform.commons.JUnitException;
import org.junit.platform.engine.UniqueId;

/** Cases of scenario files that were selected without the command line. */
final class SelectedFiles {
  /** The target where none is named. */
  static final String MODEL = "model";

  private static final String QEMU = "qemu";
  private static final String SUFFIX = ".kmem";
  private static final long SEED = 1;

  private final Set<String> targets = new LinkedHashSet<>();

  /**
   * Cases on these targets.
   *
   * @param targets model, qemu or both, with a comma between
   */
  SelectedFiles(String targets) {
    for (String target : targets.split(",", -1)) {
      if (!target.strip().equals(MODEL) && !target.strip().equals(QEMU)) {
        throw new JUnitException(
            DaxcheckEngine.TARGETS + ": '" + target + "' is neither " + MODEL + " nor " + QEMU);
      }
      this.targets.add(target.strip());
    }
  }

  static boolean isScenario(Path file) {
    return file.toString().endsWith(SUFFIX);
  }

  /** Surefire and others select folders of classes as well. */
  static boolean holdsScenarios(Path folder) {
    try (Stream<Path> below = Files.walk(folder)) {
      return below.anyMatch(SelectedFiles::isScenario);
    } catch (IOException e) {
      throw new JUnitException("cannot read " + folder + ": " + IoReason.of(e), e);
    }
  }

  /** Lanes for these files and folders, and for the cases of these ids. */
  ParallelRunner lanes(List<Path> files, List<UniqueId> ids) {
    Path home = home(files);
    try {
      Catalogue catalogue = Catalogue.load(home.resolve("suites/rules.yaml"));
      QemuSource qemu =
          new QemuSource(
              GuestSpec.of(home, home, home), home.resolve("build/console"), Optional.empty());
      List<TargetSource> sources = new ArrayList<>();
      if (targets.contains(MODEL)) {
        sources.add(
            new ModelSource(
                Dialect.LINUX_7_3, Policy.ONLINE_MOVABLE, ModelSource.Shapes.like(qemu), SEED));
      }
      if (targets.contains(QEMU)) {
        sources.add(qemu);
      }
      List<PlannedCase> plan = plan(Scenarios.load(files, catalogue), sources);
      if (!ids.isEmpty()) {
        List<Scenario> all = Scenarios.load(List.of(home.resolve("suites")), catalogue);
        Set<PlannedCase> more = new LinkedHashSet<>(plan);
        plan(all, sources).stream().filter(c -> isNamed(c, ids)).forEach(more::add);
        plan = List.copyOf(more);
      }
      return new ParallelRunner(
          sources,
          List.of(plan),
          RunListener.NONE,
          c -> TraceSink.NONE,
          SEED,
          ParallelRunner::guess);
    } catch (ScenarioException | TargetException e) {
      throw new JUnitException(e.getMessage(), e);
    }
  }

  private static List<PlannedCase> plan(List<Scenario> scenarios, List<TargetSource> sources)
      throws TargetException {
    Set<String> topologies = new LinkedHashSet<>(List.of("cxl", "cxl-ranges", Plan.KERNEL_ZONE));
    scenarios.forEach(s -> s.needs().topology().ifPresent(topologies::add));
    return Plan.of(scenarios, List.copyOf(topologies), sources);
  }

  private static boolean isNamed(PlannedCase planned, List<UniqueId> ids) {
    UniqueId whole =
        new CaseDescriptor(UniqueId.forEngine(DaxcheckEngine.ID), planned).getUniqueId();
    return ids.stream().anyMatch(whole::hasPrefix);
  }

  /** The checkout: what the launcher says, else the one that the first file lies in, or we do. */
  private static Path home(List<Path> files) {
    String said = System.getProperty("daxcheck.home");
    if (said != null) {
      return Path.of(said);
    }
    Path from = files.isEmpty() ? Path.of("") : files.get(0);
    for (Path at = from.toAbsolutePath(); at != null; at = at.getParent()) {
      if (Files.isReadable(at.resolve("suites/rules.yaml"))) {
        return at;
      }
    }
    throw new JUnitException(
        from.toAbsolutePath() + " is not below a checkout of daxcheck; set daxcheck.home");
  }
}
