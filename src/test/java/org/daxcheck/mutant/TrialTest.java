package org.daxcheck.mutant;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.daxcheck.abi.Dialect;
import org.daxcheck.abi.Policy;
import org.daxcheck.abi.RuleId;
import org.daxcheck.scenario.Catalogue;
import org.daxcheck.scenario.Scenarios;
import org.daxcheck.suite.PlannedCase;
import org.daxcheck.suite.TraceSink;
import org.daxcheck.target.ModelSource;
import org.daxcheck.target.Target;
import org.daxcheck.target.TargetException;
import org.daxcheck.target.TargetSource;
import org.daxcheck.target.WrongErrno;
import org.testng.annotations.BeforeMethod;
import org.testng.annotations.Test;

/** In which order a fault is tried, when that ends, and what is made of it; on faulty models. */
public class TrialTest {
  private static final Path SUITES =
      Path.of(System.getProperty("daxcheck.home", ".")).resolve("suites");
  private static final List<String> USED =
      List.of(
          "case-matters", "read-follows-write", "bad-word-while-online", "same-state-unplugged");

  private List<PlannedCase> plan;
  private final List<String> tried = new ArrayList<>();
  private final List<String> stock = new ArrayList<>();
  private Control control;

  @BeforeMethod
  public void read() throws Exception {
    Catalogue catalogue = Catalogue.load(SUITES.resolve("rules.yaml"));
    plan =
        Scenarios.load(List.of(SUITES), catalogue).stream()
            .filter(s -> USED.contains(s.name()))
            .map(s -> new PlannedCase(s, "model", "cxl"))
            .toList();
    assertThat(plan).hasSameSizeAs(USED);
    tried.clear();
    stock.clear();
    control = new Control(1, (c, verdict) -> stock.add(c.replaceFirst("\\..*", "")), (t, r) -> {});
  }

  /** A model that gives another error for every bad word, where it is told to. */
  private static TargetSource model(boolean faulty, boolean dies) {
    ModelSource models =
        new ModelSource(Dialect.LINUX_7_3, Policy.ONLINE_MOVABLE, t -> List.of(2), 1);
    return new TargetSource() {
      @Override
      public String name() {
        return "model";
      }

      @Override
      public List<Integer> shape(String topology) throws TargetException {
        return models.shape(topology);
      }

      @Override
      public Target fresh(String topology) throws TargetException {
        if (dies) {
          throw new TargetException("no guest");
        }
        Target model = models.fresh(topology);
        return faulty ? new WrongErrno(model) : model;
      }

      @Override
      public void close() {
        // A model holds nothing.
      }
    };
  }

  private record FakeLab(boolean faulty, boolean stockFaulty, boolean dies, String ktap)
      implements Lab {
    @Override
    public TargetSource targets(Optional<DriverFault> fault) {
      return fault.isPresent() ? model(faulty, dies) : model(stockFaulty, false);
    }

    @Override
    public String selftest(Optional<DriverFault> fault, String topology) throws TargetException {
      return fault.isPresent() ? ktap : "ok 1 a\n# daxcheck: exit 0\n";
    }
  }

  private static DriverFault fault(String rule, Optional<String> unseen, String... shownBy) {
    return new DriverFault(
        "a-fault",
        Path.of("a-fault.sed"),
        "it fails",
        List.of(RuleId.of(rule)),
        "anything",
        List.of(shownBy),
        Optional.empty(),
        unseen,
        "hash");
  }

  private FaultResult examine(DriverFault fault, Lab lab, boolean whole, boolean upstream) {
    Trial trial =
        new Trial(
            plan, Set.of("read-follows-write"), Set.copyOf(USED), control, 1, whole, upstream);
    return trial.examine(fault, null, lab, c -> TraceSink.NONE, this::tell);
  }

  private void tell(String what) {
    if (what.startsWith("a-fault: ") && !what.contains("own test")) {
      tried.add(what.substring("a-fault: ".length()));
    }
  }

  private static final Lab FAULTY = new FakeLab(true, false, false, "");
  private static final Lab HEALTHY = new FakeLab(false, false, false, "");

  @Test
  public void theScenarioThatItsFileNamesKillsItAtOnce() {
    FaultResult result =
        examine(fault("WORD-2", Optional.empty(), "case-matters"), FAULTY, false, false);
    assertThat(result.verdict()).isEqualTo(FaultResult.Verdict.KILLED);
    assertThat(result.right()).isTrue();
    assertThat(tried).containsExactly("case-matters");
    assertThat(stock).containsExactly("case-matters");
  }

  @Test
  public void whereThatMissesItTheQuickOnesComeAndThenTheRest() {
    FaultResult result =
        examine(fault("ATTR-7", Optional.empty(), "same-state-unplugged"), FAULTY, false, false);
    assertThat(result.verdict()).isEqualTo(FaultResult.Verdict.KILLED);
    assertThat(result.right()).as("WORD-2 is not what it was to break").isFalse();
    assertThat(tried.subList(0, 2)).containsExactly("same-state-unplugged", "read-follows-write");
    assertThat(tried).doesNotHaveDuplicates().hasSizeLessThan(USED.size() + 1);
  }

  @Test
  public void nothingIsCalledSurvivedBeforeTheWholeSuiteRan() {
    FaultResult result =
        examine(fault("ATTR-7", Optional.empty(), "read-follows-write"), HEALTHY, false, false);
    assertThat(result.verdict()).isEqualTo(FaultResult.Verdict.SURVIVED);
    assertThat(tried).containsExactlyInAnyOrderElementsOf(USED);
    assertThat(result.survivedCases()).isEqualTo(USED.size());
  }

  @Test
  public void anArgumentIsPutToTheTestAsWell() {
    DriverFault argued = fault("WORD-2", Optional.of("nobody looks there"));
    assertThat(examine(argued, HEALTHY, false, false).verdict())
        .isEqualTo(FaultResult.Verdict.ARGUED);
    assertThat(tried).containsExactlyInAnyOrderElementsOf(USED);
    assertThat(examine(argued, FAULTY, false, false).verdict())
        .isEqualTo(FaultResult.Verdict.KILLED);
  }

  @Test
  public void whatTheStockDriverBreaksAsWellKillsNothing() {
    FaultResult result =
        examine(
            fault("WORD-2", Optional.empty(), "case-matters"),
            new FakeLab(true, true, false, ""),
            false,
            false);
    assertThat(result.verdict()).isEqualTo(FaultResult.Verdict.SURVIVED);
    assertThat(result.kills()).isEmpty();
    assertThat(result.reason()).contains("case-matters (stock: DIVERGENCE)");
  }

  @Test
  public void aLabThatFailsKillsNothing() {
    FaultResult result =
        examine(
            fault("WORD-2", Optional.empty(), "case-matters"),
            new FakeLab(true, false, true, ""),
            false,
            false);
    assertThat(result.verdict()).isEqualTo(FaultResult.Verdict.ERROR);
    assertThat(result.reason()).contains("no guest");
    assertThat(tried).as("it is not tried to the end").hasSizeLessThan(USED.size());
  }

  @Test
  public void wholeGoesOnBehindTheFirst() {
    FaultResult result =
        examine(fault("WORD-2", Optional.empty(), "case-matters"), FAULTY, true, false);
    assertThat(tried).containsExactlyInAnyOrderElementsOf(USED);
    assertThat(result.kills())
        .extracting(FaultResult.Kill::scenario)
        .contains("case-matters", "bad-word-while-online");
  }

  @Test
  public void theKernelsOwnTestStandsBesideIt() {
    Lab lab = new FakeLab(true, false, false, "not ok 1 a\n# daxcheck: exit 1\n");
    FaultResult result =
        examine(fault("WORD-2", Optional.empty(), "case-matters"), lab, false, true);
    assertThat(result.selftest().result()).isEqualTo(Selftest.Result.FAIL);
    assertThat(result.verdict()).isEqualTo(FaultResult.Verdict.KILLED);
  }

  @Test
  public void whatIsStillTrueIsNotTriedAgain() {
    DriverFault fault = fault("WORD-2", Optional.empty(), "case-matters");
    FaultResult first = examine(fault, FAULTY, false, false);
    Trial same = new Trial(plan, Set.of(), Set.copyOf(USED), control, 1, false, false);
    assertThat(same.isDone(fault, first)).isTrue();
    Trial more = new Trial(plan, Set.of(), Set.copyOf(USED), control, 1, false, true);
    assertThat(more.isDone(fault, first)).as("the kernel's own test is left").isFalse();
    assertThat(more.isStillTrue(fault, first)).isTrue();
    Trial fewer =
        new Trial(
            plan.stream().filter(c -> !c.scenario().name().equals("case-matters")).toList(),
            Set.of(),
            Set.of(),
            control,
            1,
            false,
            false);
    assertThat(fewer.isStillTrue(fault, first)).as("what killed it is gone").isFalse();
  }

  @Test
  public void theMatrixSaysWhatEachRuleNamed() throws Exception {
    DriverFault fault = fault("WORD-2", Optional.empty(), "case-matters");
    FaultResult result = examine(fault, FAULTY, false, false);
    KillMatrix matrix =
        KillMatrix.of(
            List.of(fault), Map.of("a-fault", result), Map.of(), "kernel 1", "2026-01-01");
    assertThat(matrix.exitCode()).isZero();
    Path file = Files.createTempFile("daxcheck-matrix", ".yaml");
    try {
      Files.writeString(file, matrix.yaml());
      assertThat(KillMatrix.read(file)).isEqualTo(matrix);
    } finally {
      Files.delete(file);
    }
    assertThat(matrix.markdown()).contains("| WORD-2 | a-fault |");
    assertThat(KillMatrix.of(List.of(fault), Map.of(), Map.of(), "k", "d").exitCode()).isEqualTo(2);
  }

  @Test
  public void theRecordNamesNoPlaceOfTheMachineThatWroteIt() throws Exception {
    DriverFault fault = fault("WORD-2", Optional.empty(), "case-matters");
    FaultResult result = examine(fault, FAULTY, false, false);
    FaultResult died =
        new FaultResult(
            result.fault(),
            result.hash(),
            result.inputs(),
            result.breaks(),
            result.verdict(),
            result.kills(),
            result.survivedCases(),
            result.reason(),
            result.millis(),
            Selftest.died("the kernel oopsed; the console is in /home/me/out/a.log"));
    String text =
        KillMatrix.of(List.of(fault), Map.of("a-fault", died), Map.of(), "kernel 1", "2026-01-01")
            .yaml();
    assertThat(text).contains("the kernel oopsed").doesNotContain("/home/me");
  }
}
