package org.daxcheck.diff;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.daxcheck.abi.Errno;
import org.daxcheck.abi.RuleId;
import org.daxcheck.abi.TargetKind;
import org.daxcheck.abi.Word;
import org.daxcheck.oracle.Aspect;
import org.daxcheck.oracle.Cause;
import org.daxcheck.oracle.Divergence;
import org.daxcheck.oracle.Verdict;
import org.daxcheck.step.Device;
import org.daxcheck.step.Result;
import org.daxcheck.step.Step;
import org.daxcheck.trace.Sample;
import org.daxcheck.trace.Trace;
import org.daxcheck.trace.TraceFile;
import org.daxcheck.trace.TraceFileException;
import org.testng.annotations.DataProvider;
import org.testng.annotations.Test;

/** Runs side by side: what differs, where first, and what one of them never ran. */
public class RunDiffTest {
  private static final RuleId RULE = RuleId.of("REFUSE-1");
  private static final RuleId OTHER = RuleId.of("ATTR-1");
  private static final Step KERNEL = Step.Write.word(Word.ONLINE_KERNEL);

  private static Verdict pass() {
    return new Verdict(Verdict.Status.PASS, List.of(), List.of(), Map.of(RULE, 1, OTHER, 3));
  }

  private static Verdict broken(RuleId... rules) {
    return new Verdict(
        Verdict.Status.DIVERGENCE,
        List.of(rules).stream()
            .map(
                r ->
                    new Divergence(r, 0, 7, "write online_kernel", Aspect.RESULT, "EBUSY", "ok", 0))
            .toList(),
        List.of(),
        Map.of(OTHER, 3));
  }

  private static Trace trace(Result result) {
    Sample s = Sample.of("qemu");
    return s.step(7, "write online_kernel", KERNEL, result, s.online("online_movable", "Movable"))
        .step(8, "read", new Step.Read(Step.Who.ROOT), Result.data("x\n"), s.unplugged())
        .trace();
  }

  private static RunDiff.Result result(String name, Verdict verdict, Trace trace) {
    return new RunDiff.Result(
        name, "cxl", name + ".kmem", Set.of(RULE), verdict, () -> Optional.ofNullable(trace));
  }

  private static RunDiff.Side side(String run, RunDiff.Result... cases) {
    return new RunDiff.Side(
        new RunDiff.Column(run, "qemu", TargetKind.GUEST, "7.3.4", "7.3", ""), List.of(cases));
  }

  @Test
  public void theFirstDifferingStepHasAValueForEachColumn() {
    RunDiff diff =
        RunDiff.of(
            List.of(
                side("a", result("x", pass(), trace(Result.error(Errno.EBUSY)))),
                side("b", result("x", broken(RULE), trace(Result.ok(14)))),
                side("c", result("x", Verdict.skipped(Cause.NO_ATTRIBUTE, "no"), null)),
                side("d", result("x", pass(), trace(Result.error(Errno.EBUSY))))));

    RunDiff.CaseRow row = diff.cases().get(0);
    assertThat(row.differs()).isTrue();
    assertThat(row.verdictsDiffer()).isTrue();
    assertThat(row.first()).hasValueSatisfying(f -> assertThat(f.line()).isEqualTo(7));
    RunDiff.AspectRow aspect = row.first().orElseThrow().aspects().get(0);
    assertThat(aspect.name()).isEqualTo("result");
    assertThat(aspect.values())
        .containsExactly(
            Optional.of("EBUSY"), Optional.of("ok 14"), Optional.empty(), Optional.of("EBUSY"));
    RunDiff.RuleRow rule =
        diff.rules().stream().filter(r -> r.rule().equals(RULE)).findFirst().orElseThrow();
    assertThat(rule.cells())
        .containsExactly(
            new RunDiff.RuleCell(1, 0),
            new RunDiff.RuleCell(1, 1),
            new RunDiff.RuleCell(0, 0),
            new RunDiff.RuleCell(1, 0));
    assertThat(rule.differing()).containsExactly("x.cxl");
  }

  @Test
  public void aTraceMayDifferWhereTheVerdictDoesNot() {
    RunDiff diff =
        RunDiff.of(
            List.of(
                side("a", result("x", pass(), trace(Result.ok(14)))),
                side("b", result("x", pass(), trace(Result.ok(13))))));
    assertThat(diff.differs()).isTrue();
    assertThat(diff.cases().get(0).verdictsDiffer()).isFalse();
  }

  @Test
  public void anotherBrokenRuleIsADifference() {
    RunDiff diff =
        RunDiff.of(
            List.of(
                side("a", result("x", broken(RULE), null)),
                side("b", result("x", broken(OTHER), null))));
    assertThat(diff.differs()).isTrue();
  }

  @Test
  public void whatWasNotRunIsNoDifference() {
    RunDiff diff =
        RunDiff.of(
            List.of(
                side("a", result("x", pass(), null), result("y", broken(RULE), null)),
                side("b", result("x", pass(), null))));
    assertThat(diff.finding()).isEqualTo(RunDiff.Finding.UNKNOWN);
    assertThat(diff.count(RunDiff.Finding.UNKNOWN)).isEqualTo(2);
    assertThat(diff.common()).isEqualTo(1);
    assertThat(diff.cases().get(1).missing()).containsExactly(1);
    assertThat(diff.rules()).noneMatch(RunDiff.RuleRow::differs);
  }

  @Test
  public void aShorterTraceDiffersWhereItEnds() {
    Trace whole = trace(Result.ok(14));
    Trace cut = new Trace(whole.header(), whole.before(), whole.entries().subList(0, 1));
    RunDiff diff =
        RunDiff.of(
            List.of(side("a", result("x", pass(), cut)), side("b", result("x", pass(), whole))));
    RunDiff.FirstStep first = diff.cases().get(0).first().orElseThrow();
    assertThat(first.index()).isEqualTo(1);
    assertThat(first.aspects().get(0).values())
        .containsExactly(Optional.of("(not done)"), Optional.of("read"));
  }

  @Test
  public void drawnTimesAreNotHeldAgainstEachOther() {
    Trace a = drawn(trace(Result.ok(14)));
    Trace b = drawn(trace(Result.ok(13)));
    RunDiff diff =
        RunDiff.of(List.of(side("a", result("x", pass(), a)), side("b", result("x", pass(), b))));
    assertThat(diff.finding()).isEqualTo(RunDiff.Finding.SAME);
    assertThat(diff.cases().get(0).drawn()).isTrue();
  }

  private static Trace drawn(Trace t) {
    Trace.Header h = t.header();
    return new Trace(
        new Trace.Header(
            h.scenario(),
            "KMEM x\nrepeat: 30 times\n",
            h.target(),
            h.dialect(),
            h.kernel(),
            h.topology(),
            h.bootPolicy(),
            h.device(),
            h.baselineKib()),
        t.before(),
        t.entries());
  }

  @Test
  public void aTraceThatCannotBeReadIsAProblemAndNoSilentEquality() throws Exception {
    TraceFileException gone = null;
    try {
      TraceFile.read(java.nio.file.Path.of("/nonexistent/t.jsonl"), t -> null);
    } catch (TraceFileException e) {
      gone = e;
    }
    TraceFileException wrong = gone;
    RunDiff.Result bad =
        new RunDiff.Result(
            "x",
            "cxl",
            "x.kmem",
            Set.of(RULE),
            pass(),
            () -> {
              throw wrong;
            });
    RunDiff diff =
        RunDiff.of(List.of(side("a", bad), side("b", result("x", pass(), trace(Result.ok(1))))));
    assertThat(diff.finding()).isEqualTo(RunDiff.Finding.UNKNOWN);
    assertThat(diff.problems()).singleElement().asString().contains("there is no such trace file");
  }

  @DataProvider
  public Object[][] notJudged() {
    return new Object[][] {
      {Verdict.skipped(Cause.NO_ATTRIBUTE, "no"), RunDiff.Finding.UNKNOWN},
      {Verdict.error(Cause.INFRASTRUCTURE, "lost"), RunDiff.Finding.UNKNOWN},
    };
  }

  @Test(dataProvider = "notJudged")
  public void whatWasNotJudgedIsNeitherSameNorDifferent(Verdict verdict, RunDiff.Finding finding) {
    for (Verdict other : List.of(pass(), broken(RULE))) {
      RunDiff diff =
          RunDiff.of(
              List.of(
                  side("a", result("x", other, trace(Result.ok(14)))),
                  side("b", result("x", verdict, null))));
      assertThat(diff.finding()).isEqualTo(finding);
    }
  }

  @Test
  public void whatNobodyRanIsNotTheSame() {
    Verdict skipped = Verdict.skipped(Cause.NO_ATTRIBUTE, "no");
    RunDiff diff =
        RunDiff.of(
            List.of(side("a", result("x", skipped, null)), side("b", result("x", skipped, null))));
    assertThat(diff.finding()).isEqualTo(RunDiff.Finding.SKIPPED);
  }

  private static RunDiff.Side model(String dialect, RunDiff.Result... cases) {
    return new RunDiff.Side(
        new RunDiff.Column("m", "model", TargetKind.MODEL, "model", dialect, ""), List.of(cases));
  }

  @Test
  public void whatAModelDrewIsNoDifference() {
    Trace one = trace(Result.ok(14));
    Trace other = trace(Result.error(Errno.EBUSY));
    RunDiff.Side first = model("7.3", result("x", pass(), one));
    assertThat(RunDiff.of(List.of(first, model("7.3", result("x", pass(), other)))).finding())
        .isEqualTo(RunDiff.Finding.SAME);
    assertThat(RunDiff.of(List.of(first, model("v4", result("x", pass(), other)))).finding())
        .isEqualTo(RunDiff.Finding.DIFFERENT);
    assertThat(RunDiff.of(List.of(first, side("k", result("x", pass(), other)))).finding())
        .isEqualTo(RunDiff.Finding.SAME);
  }

  @Test
  public void aKernelThatDivergedDiffersFromTheModelWhereItDid() {
    RunDiff diff =
        RunDiff.of(
            List.of(
                model("7.3", result("x", pass(), trace(Result.ok(14)))),
                side("k", result("x", broken(RULE), trace(Result.ok(14))))));
    assertThat(diff.finding()).isEqualTo(RunDiff.Finding.DIFFERENT);
    RunDiff.FirstStep first = diff.cases().get(0).first().orElseThrow();
    assertThat(first.line()).isEqualTo(7);
    assertThat(first.aspects())
        .containsExactly(
            new RunDiff.AspectRow("result", List.of(Optional.of("EBUSY"), Optional.of("ok"))));
  }

  /** A case on a topology whose device has ranges of so many blocks. */
  private static RunDiff.Result on(String topology, Verdict verdict, Integer... blocks) {
    List<Device.Range> ranges = new ArrayList<>();
    long at = 40;
    for (int n : blocks) {
      ranges.add(Sample.range(at, n));
      at += n + 1;
    }
    Sample s = Sample.of("qemu", new Device("dax0.0", 1, Sample.BLOCK_SIZE, ranges), 2_000_000);
    Trace trace =
        s.step(7, "write online_kernel", KERNEL, Result.error(Errno.EBUSY), s.unplugged()).trace();
    return new RunDiff.Result(
        "x", topology, "x.kmem", Set.of(RULE), verdict, () -> Optional.of(trace));
  }

  @Test
  public void hardwareOfOtherNamesIsPairedByTheNearestLayout() {
    RunDiff diff =
        RunDiff.of(
            List.of(
                side("lab", on("machine", pass(), 2)),
                side("a", on("cxl", pass(), 2), on("cxl-ranges", broken(RULE), 1, 2)),
                side("b", on("one", pass(), 3), on("two", pass(), 1, 2))));
    assertThat(diff.cases())
        .extracting(RunDiff.CaseRow::name)
        .containsExactly("x.cxl", "x.cxl-ranges");
    assertThat(diff.cases())
        .extracting(c -> c.results().stream().map(r -> r.orElseThrow().topology()).toList())
        .containsExactly(List.of("machine", "cxl", "one"), List.of("machine", "cxl-ranges", "two"));
    assertThat(diff.cases())
        .extracting(RunDiff.CaseRow::finding)
        .containsExactly(RunDiff.Finding.SAME, RunDiff.Finding.DIFFERENT);
    assertThat(diff.cases()).allMatch(RunDiff.CaseRow::apart);
  }

  @Test
  public void hardwareOfOneNameIsNeverPairedWithAnother() {
    RunDiff diff =
        RunDiff.of(
            List.of(
                side("a", on("cxl", pass(), 2), on("cxl-ranges", pass(), 1, 2)),
                side("b", on("cxl", pass(), 2))));
    assertThat(diff.cases().get(1).missing()).containsExactly(1);
    assertThat(diff.finding()).isEqualTo(RunDiff.Finding.UNKNOWN);
  }

  @Test
  public void onlyWantedRulesAreLookedAt() {
    RunDiff diff =
        RunDiff.of(
            List.of(
                side("a", result("x", pass(), null)), side("b", result("x", broken(OTHER), null))),
            RULE::equals);
    assertThat(diff.rules()).extracting(RunDiff.RuleRow::rule).containsExactly(RULE);
    assertThat(RunDiff.of(List.of(side("a", result("x", pass(), null))), r -> false).cases())
        .isEmpty();
  }
}
