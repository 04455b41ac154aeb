package org.daxcheck.guest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.daxcheck.io.Trees;
import org.daxcheck.oracle.Verdict;
import org.daxcheck.scenario.Catalogue;
import org.daxcheck.scenario.Scenario;
import org.daxcheck.scenario.Scenarios;
import org.daxcheck.suite.PlannedCase;
import org.daxcheck.suite.RunListener;
import org.daxcheck.suite.Runner;
import org.daxcheck.suite.TraceSink;
import org.testng.annotations.AfterClass;
import org.testng.annotations.BeforeClass;
import org.testng.annotations.Test;

/** A running guest gets one driver after the other, and what runs is what was given. */
public class DriverSwapperTest {
  private static final Path HOME =
      Path.of(System.getProperty("daxcheck.home", ".")).toAbsolutePath().normalize();

  private Path folder;

  @BeforeClass
  public void prepare() throws IOException {
    folder = Files.createTempDirectory("daxcheck-bench");
  }

  @AfterClass(alwaysRun = true)
  public void clean() throws IOException {
    if (folder != null) {
      Trees.remove(folder);
    }
  }

  @Test
  public void oneGuestRunsTheStockDriverAFaultAndTheStockDriverAgain() throws Exception {
    GuestSpec spec = GuestSpec.of(HOME, Path.of("unused"), Path.of("unused"));
    Path module = KmemBuild.of(spec, KmemBuild.edits(HOME, List.of("bad-word-errno")));
    DriverSwapper.Kmem fault = new DriverSwapper.Kmem("bad-word-errno", Optional.of(module));
    try (DriverSwapper bench = new DriverSwapper(spec, folder, "bench", true)) {
      assertThat(verdict(bench, DriverSwapper.Kmem.STOCK)).isEqualTo(Verdict.Status.PASS);
      byte[] stock = bench.loaded();
      assertThat(verdict(bench, fault)).isEqualTo(Verdict.Status.DIVERGENCE);
      byte[] other = bench.loaded();
      assertThat(other)
          .isNotEqualTo(stock)
          .isEqualTo(new Elf("kmem.ko", Files.readAllBytes(module)).buildId());
      assertThat(verdict(bench, DriverSwapper.Kmem.STOCK)).isEqualTo(Verdict.Status.PASS);
      assertThat(bench.loaded()).isEqualTo(stock);
      assertThat(bench.booted()).isEqualTo(1);
      assertThat(bench.exchanged()).isEqualTo(2);
    }
  }

  private static Verdict.Status verdict(DriverSwapper bench, DriverSwapper.Kmem driver)
      throws Exception {
    Catalogue catalogue = Catalogue.load(HOME.resolve("suites/rules.yaml"));
    Scenario scenario =
        Scenarios.load(List.of(HOME.resolve("suites/word/case-matters.kmem")), catalogue).get(0);
    PlannedCase planned = new PlannedCase(scenario, "qemu", "cxl");
    try (Runner conductor =
        new Runner(
            List.of(bench.targets(driver)),
            List.of(planned),
            RunListener.NONE,
            c -> TraceSink.NONE,
            0)) {
      return conductor.perform(planned).verdict().status();
    }
  }
}
