package org.daxcheck.replay;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.daxcheck.guest.GuestSpec;
import org.daxcheck.guest.QemuSource;
import org.daxcheck.oracle.Divergence;
import org.daxcheck.report.Reproducer;
import org.daxcheck.scenario.Catalogue;
import org.daxcheck.scenario.Scenario;
import org.daxcheck.scenario.Scenarios;
import org.daxcheck.suite.Plan;
import org.daxcheck.suite.PlannedCase;
import org.daxcheck.suite.Run;
import org.daxcheck.suite.RunListener;
import org.daxcheck.suite.Runner;
import org.daxcheck.suite.TraceSink;
import org.testng.annotations.AfterClass;
import org.testng.annotations.BeforeClass;
import org.testng.annotations.DataProvider;
import org.testng.annotations.Test;

/** Reproducers of faults that are put into the driver, run in fresh guests. */
public class ReplayTest {
  private static final Path HOME =
      Path.of(System.getProperty("daxcheck.home", ".")).toAbsolutePath().normalize();

  private Path folder;
  private Catalogue catalogue;

  @BeforeClass
  public void prepare() throws Exception {
    folder = Files.createTempDirectory("daxcheck-replay");
    catalogue = Catalogue.load(HOME.resolve("suites/rules.yaml"));
  }

  @AfterClass(alwaysRun = true)
  public void clean() throws IOException {
    if (folder != null) {
      try (Stream<Path> files = Files.walk(folder)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
  }

  /**
   * A fault, a scenario that shows it and how often it is run again: an errno, blocks behind a pin,
   * and actors, whose order is not the same each time.
   */
  @DataProvider
  public Object[][] faults() {
    return new Object[][] {
      {"bad-word-errno", "bad-word-while-online", 1},
      {"no-rollback", "pin-in-the-last-range", 1},
      {"interrupted-is-told-busy", "interrupted-rolls-back", 3},
    };
  }

  @Test(dataProvider = "faults")
  public void aReproducerShowsTheFaultAndNothingWithoutIt(String fault, String scenario, int times)
      throws Exception {
    Path module = folder.resolve(fault + ".ko");
    build(fault, module);
    GuestSpec stock = GuestSpec.of(HOME, Path.of("unused"), Path.of("unused"));
    GuestSpec faulty = stock.withKmemModule(Optional.of(module));
    Run.Case found = run(faulty, scenario);
    assertThat(found.verdict().divergences()).as(scenario).isNotEmpty();
    Divergence divergence = found.verdict().divergences().get(0);

    Replay.Tried with =
        new Replay(faulty, folder).run(found.trace().orElseThrow(), divergence, times);
    Replay.Tried without =
        new Replay(stock, folder).run(found.trace().orElseThrow(), divergence, 1);

    String script = String.join("\n", Reproducer.commands(found.trace().get(), divergence));
    assertThat(with.result().text())
        .as("%s%n%s", script, with.printed())
        .isEqualTo("worked %1$d of %1$d".formatted(times));
    assertThat(without.result().text())
        .as("%s%n%s", script, without.printed())
        .startsWith("worked 0 of 1: got ");
  }

  private Run.Case run(GuestSpec spec, String name) throws Exception {
    List<Scenario> scenarios =
        Scenarios.load(List.of(HOME.resolve("suites")), catalogue).stream()
            .filter(s -> s.name().equals(name))
            .toList();
    List<Run.Case> cases = new ArrayList<>();
    RunListener listener =
        new RunListener() {
          @Override
          public void started(PlannedCase planned) {
            // Nobody watches.
          }

          @Override
          public void finished(PlannedCase planned, Run.Case done) {
            cases.add(done);
          }
        };
    try (QemuSource source = new QemuSource(spec, folder.resolve("consoles"), Optional.empty())) {
      List<PlannedCase> plan = Plan.of(scenarios, List.of("cxl", "cxl-ranges"), List.of(source));
      try (Runner conductor =
          new Runner(List.of(source), plan, listener, planned -> TraceSink.NONE, 0)) {
        plan.forEach(conductor::perform);
      }
    }
    assertThat(cases).isNotEmpty();
    return cases.get(0);
  }

  private static void build(String fault, Path module) throws IOException, InterruptedException {
    Process build =
        new ProcessBuilder(
                HOME.resolve("qemu/kmem-build").toString(),
                "--edit",
                HOME.resolve("qemu/faults/" + fault + ".sed").toString(),
                "--out",
                module.toString())
            .redirectErrorStream(true)
            .redirectOutput(Path.of(module + ".log").toFile())
            .start();
    try {
      assertThat(build.waitFor(20, TimeUnit.MINUTES)).as("kmem-build ends").isTrue();
      assertThat(build.exitValue())
          .as("kmem-build for %s: %s", fault, Files.readString(Path.of(module + ".log")))
          .isZero();
    } finally {
      build.descendants().forEach(ProcessHandle::destroyForcibly);
      build.destroyForcibly();
    }
  }
}
