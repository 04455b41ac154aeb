package org.daxcheck.guest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.daxcheck.abi.RuleId;
import org.daxcheck.io.Trees;
import org.daxcheck.oracle.Divergence;
import org.daxcheck.oracle.Verdict;
import org.daxcheck.prompt.Attempt;
import org.daxcheck.prompt.Conversation;
import org.daxcheck.report.Colours;
import org.daxcheck.report.ExitCode;
import org.daxcheck.scenario.Catalogue;
import org.daxcheck.scenario.Scenario;
import org.daxcheck.scenario.Scenarios;
import org.daxcheck.scenario.SuiteDefinition;
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

/**
 * daxcheck against the newest Debian kernel with the attribute, in QEMU: as it is, and with faults
 * built into its driver. Without a guest these tests fail and say why.
 */
public class RealGuestTest {
  private static final Path HOME =
      Path.of(System.getProperty("daxcheck.home", ".")).toAbsolutePath().normalize();
  private static final Path SUITES = HOME.resolve("suites");
  private static final long BUILD_MINUTES = 20;

  private Path folder;
  private Catalogue catalogue;

  @BeforeClass
  public void prepare() throws Exception {
    folder = Files.createTempDirectory("daxcheck-real-guest");
    catalogue = Catalogue.load(SUITES.resolve("rules.yaml"));
  }

  @AfterClass(alwaysRun = true)
  public void clean() throws IOException {
    if (folder != null) {
      Trees.remove(folder);
    }
  }

  @Test
  public void theStockKernelPassesSmoke() throws Exception {
    SuiteDefinition smoke = SuiteDefinition.load(SUITES.resolve("smoke.suite"));
    List<Run.Case> cases =
        run(Scenarios.load(smoke.scenarios(), catalogue), smoke.topologies(), Optional.empty());
    assertThat(cases).hasSameSizeAs(smoke.scenarios());
    assertThat(cases).allSatisfy(RealGuestTest::passes);
  }

  @Test
  public void theStockKernelKeepsTheRulesForSeveralRanges() throws Exception {
    List<Run.Case> cases =
        run(
            named("every-range-comes-online", "pin-in-the-last-range", "only-online-ranges-leak"),
            List.of("cxl-ranges"),
            Optional.empty());
    assertThat(cases).hasSize(3).allSatisfy(RealGuestTest::passes);
  }

  @Test
  public void stepsThatAreTriedAreJudgedOnTheStockKernel() throws Exception {
    try (QemuSource source = source(Optional.empty());
        Attempt attempt = Attempt.on(source.fresh("cxl"))) {
      Conversation talk = new Conversation(attempt, catalogue, 100, Colours.OFF, folder, List.of());
      assertThat(talk.greeting()).isEmpty();
      assertThat(talk.hears("write online_movable; write online_kernel -> EBUSY; pin block last"))
          .contains("model     EBUSY (REFUSE-1)", "kernel    EBUSY", "System RAM (kmem)");
      assertThat(talk.hears("P0: write unplugged; P1: signal P0 INT after 300ms;"))
          .contains("P0 write unplugged", "EINTR", "verdict   allowed");
      assertThat(talk.exit()).isEqualTo(ExitCode.PASS);
    }
  }

  private static void passes(Run.Case done) {
    assertThat(done.verdict().status())
        .as("%s: %s %s", done.scenario().name(), done.verdict().reason(), divergences(done))
        .isEqualTo(Verdict.Status.PASS);
  }

  private static List<Divergence> divergences(Run.Case done) {
    return done.verdict().divergences();
  }

  /** Faults of qemu/faults, scenarios that should notice, and the rules that may be named. */
  @DataProvider
  public Object[][] faults() {
    return new Object[][] {
      {
        "bad-word-errno",
        List.of("bad-word-while-online", "movable-there-and-back-twice", "bind-under-offline"),
        Set.of("WORD-2")
      },
      {
        "read-lags-write",
        List.of("read-follows-write", "online-movable-to-unplugged", "bad-word-while-online"),
        Set.of("ATTR-7")
      },
      {
        "bind-ignores-offline-policy",
        List.of("bind-under-offline", "bind-under-online-movable", "offline-to-unplugged"),
        Set.of("POLICY-2")
      },
      {
        "no-rollback",
        List.of("pin-in-the-last-range", "every-range-comes-online"),
        Set.of("ATOMIC-1")
      },
      {"killed-unplug-stays-half-done", List.of("killed-in-the-last-range"), Set.of("ATOMIC-1")},
      {
        "later-ranges-come-twice",
        List.of("every-range-comes-online", "uevents-follow-every-block"),
        Set.of("EFFECT-7")
      },
      {"unbind-forgets-later-ranges", List.of("from-offline-every-range"), Set.of("UNBIND-2")},
      // Seen each time, since guests overwrite what is freed.
      {"leak-is-forgotten-at-unload", List.of("unload-while-online"), Set.of("UNBIND-3")},
      // The kernel dies of the first unplug, before any scenario.
      {"a-reservation-is-freed-too-early", List.of("read-follows-write"), Set.of("ROBUST-1")},
    };
  }

  @Test(dataProvider = "faults")
  public void aFaultInTheDriverIsNamed(String fault, List<String> scenarios, Set<String> expected)
      throws Exception {
    Path module = folder.resolve(fault + ".ko");
    build(fault, module);
    List<Run.Case> cases =
        run(
            named(scenarios.toArray(String[]::new)),
            List.of("cxl", "cxl-ranges"),
            Optional.of(module));
    assertThat(cases)
        .extracting(c -> c.verdict().status())
        .doesNotContain(Verdict.Status.ERROR, Verdict.Status.SKIPPED);
    Set<String> named =
        cases.stream()
            .flatMap(c -> c.verdict().divergences().stream())
            .map(Divergence::rule)
            .map(RuleId::toString)
            .collect(Collectors.toCollection(TreeSet::new));
    assertThat(named).isEqualTo(expected);
  }

  @Test
  public void aKilledQemuIsToldApartFromAFault() throws Exception {
    List<Run.Case> cases = new ArrayList<>();
    List<Scenario> scenarios = named("present-while-bound", "read-follows-write");
    try (QemuSource source = source(Optional.empty())) {
      RunListener killer =
          new RunListener() {
            @Override
            public void started(PlannedCase planned) {
              if (planned.scenario().name().equals("read-follows-write")) {
                ProcessHandle.current()
                    .descendants()
                    .filter(RealGuestTest::isQemu)
                    .forEach(ProcessHandle::destroyForcibly);
              }
            }

            @Override
            public void finished(PlannedCase planned, Run.Case done) {
              cases.add(done);
            }
          };
      perform(source, scenarios, List.of("cxl"), killer);
    }
    Map<String, Verdict> verdicts =
        cases.stream().collect(Collectors.toMap(c -> c.scenario().name(), Run.Case::verdict));
    assertThat(verdicts.get("present-while-bound").status()).isEqualTo(Verdict.Status.PASS);
    assertThat(verdicts.get("read-follows-write").status()).isEqualTo(Verdict.Status.ERROR);
    assertThat(verdicts.get("read-follows-write").reason()).contains("QEMU was killed by signal 9");
    assertThat(ProcessHandle.current().descendants().filter(RealGuestTest::isQemu)).isEmpty();
  }

  /** The fetched QEMU is started by a loader, which is what its process runs. */
  private static boolean isQemu(ProcessHandle process) {
    String program = process.info().command().orElse("");
    return program.endsWith("/ld.so") || program.contains("qemu-system");
  }

  private List<Scenario> named(String... names) throws Exception {
    List<String> wanted = List.of(names);
    List<Scenario> found =
        Scenarios.load(List.of(SUITES), catalogue).stream()
            .filter(s -> wanted.contains(s.name()))
            .toList();
    assertThat(found).extracting(Scenario::name).containsExactlyInAnyOrder(names);
    return found;
  }

  private QemuSource source(Optional<Path> module) {
    GuestSpec spec =
        GuestSpec.of(HOME, Path.of("unused"), Path.of("unused")).withKmemModule(module);
    return new QemuSource(spec, folder.resolve("console" + System.nanoTime()), Optional.empty());
  }

  private List<Run.Case> run(
      List<Scenario> scenarios, List<String> topologies, Optional<Path> module) throws Exception {
    List<Run.Case> cases = new ArrayList<>();
    try (QemuSource source = source(module)) {
      perform(
          source,
          scenarios,
          topologies,
          new RunListener() {
            @Override
            public void started(PlannedCase planned) {
              // Nobody watches.
            }

            @Override
            public void finished(PlannedCase planned, Run.Case done) {
              cases.add(done);
            }
          });
    }
    return cases;
  }

  private static void perform(
      QemuSource source, List<Scenario> scenarios, List<String> topologies, RunListener listener)
      throws Exception {
    List<PlannedCase> plan = Plan.of(scenarios, topologies, List.of(source));
    try (Runner conductor =
        new Runner(List.of(source), plan, listener, planned -> TraceSink.NONE, 0)) {
      plan.forEach(conductor::perform);
    }
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
      assertThat(build.waitFor(BUILD_MINUTES, TimeUnit.MINUTES)).as("kmem-build ends").isTrue();
      assertThat(build.exitValue())
          .as("kmem-build for %s: %s", fault, Files.readString(Path.of(module + ".log")))
          .isZero();
    } finally {
      build.descendants().forEach(ProcessHandle::destroyForcibly);
      build.destroyForcibly();
    }
  }
}
