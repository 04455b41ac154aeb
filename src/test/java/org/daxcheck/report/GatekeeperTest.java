package org.daxcheck.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.daxcheck.abi.RuleId;
import org.daxcheck.abi.TargetKind;
import org.daxcheck.oracle.Aspect;
import org.daxcheck.oracle.Cause;
import org.daxcheck.oracle.Divergence;
import org.daxcheck.oracle.Verdict;
import org.daxcheck.scenario.Catalogue;
import org.daxcheck.scenario.Scenario;
import org.daxcheck.scenario.Waivers;
import org.daxcheck.suite.GateResult;
import org.daxcheck.suite.Run;
import org.testng.annotations.BeforeClass;
import org.testng.annotations.Test;

/** Nothing that hides a fault turns a run green. */
public class GatekeeperTest {
  private static final LocalDate TODAY = LocalDate.parse("2026-11-22");

  private Catalogue catalogue;

  @BeforeClass
  public void load() throws Exception {
    catalogue =
        Catalogue.load(Path.of(System.getProperty("daxcheck.home", "."), "suites", "rules.yaml"));
  }

  private static Gatekeeper.Asked asked(
      List<Scenario> list, Waivers waivers, boolean strict, Gatekeeper.Earlier baseline) {
    return new Gatekeeper.Asked(
        Optional.ofNullable(list),
        "",
        waivers,
        strict,
        TODAY,
        Optional.ofNullable(baseline),
        List.of(),
        Optional.empty());
  }

  private static Run gate(Run run, Scenario... list) {
    return Gatekeeper.rule(run, asked(List.of(list), Waivers.none(), false, null), Runs.RULES);
  }

  private Run waived(Run run, boolean strict, String... waivers) throws Exception {
    String text = String.join("", waivers);
    return Gatekeeper.rule(
        run, asked(null, Waivers.read("w.yaml", text, catalogue), strict, null), Runs.RULES);
  }

  private static String waiver(String rule, String expires) {
    return "- {rule: "
        + rule
        + ", dialects: [\"7.3\"], reason: 'Known & <bad> # one.', link: 'https://x.org/1', expires: "
        + expires
        + "}\n";
  }

  private static String text(Run run) {
    return TextReport.of(run, Runs.RULES, Colours.OFF).replaceAll("\\s+", " ");
  }

  private static JsonNode json(Run run) throws IOException {
    JsonNode json = new ObjectMapper().readTree(RunJson.of(run, Runs.RULES, Runs.TRACES));
    assertThat(RunJsonTest.schema().validate(json)).isEmpty();
    return json;
  }

  // ---- the gate

  @Test
  public void aGateWithoutHolesPasses() {
    Run run =
        gate(
            new Runs().target("qemu").pass("qemu", "a", "REFUSE-1").run(),
            Runs.scenario("a", "REFUSE-1"));
    assertThat(ExitCode.of(run)).isEqualTo(ExitCode.PASS);
    assertThat(text(run)).contains("Gate complete");
  }

  @Test
  public void aSkipFailsTheGateThoughAnotherScenarioJudgedTheRule() throws IOException {
    Run bare =
        new Runs()
            .target("qemu")
            .pass("qemu", "a", "ATOMIC-2")
            .skip("qemu", "pins", "ATOMIC-2", "the device has fewer than 3 ranges")
            .run();
    Run run = gate(bare, Runs.scenario("a", "ATOMIC-2"), Runs.scenario("pins", "ATOMIC-2"));
    assertThat(ExitCode.of(bare)).isEqualTo(ExitCode.PASS);
    assertThat(ExitCode.of(run)).isEqualTo(ExitCode.ERROR);
    assertThat(text(run))
        .contains(
            "qemu: skipped: the device has fewer than 3 ranges",
            "rules: ATOMIC-2 scenarios: pins",
            "GATE INCOMPLETE: no divergence, but 1 rule could not be checked");
    assertThat(json(run).at("/gate/holes/0/scenarios/0").asText()).isEqualTo("pins");
    assertThat(Ktap.of(run, Runs.RULES)).contains("\nnot ok 2 gate-is-whole # ERROR 1 hole\n");
    assertThat(JunitXml.of(run, Runs.RULES)).contains("errors=\"1\"", "name=\"ATOMIC-2.pins\"");
  }

  @Test
  public void aGateDoesNotApplyToAKernelWithoutTheDriver() throws IOException {
    Runs both = new Runs().target("model").pass("model", "a", "REFUSE-1");
    Run run =
        gate(
            both.skip("qemu", "a", "REFUSE-1", Cause.NO_DRIVER, "built without the driver").run(),
            Runs.scenario("a", "REFUSE-1"));
    assertThat(ExitCode.of(run)).isEqualTo(ExitCode.ALL_SKIPPED);
    assertThat(text(run)).contains("ALL SKIPPED: nothing was checked on qemu.");
    // A single case that ran says that there is a driver.
    Run judged =
        gate(
            both.target("qemu").pass("qemu", "b", "ATTR-1").run(),
            Runs.scenario("a", "REFUSE-1"),
            Runs.scenario("b", "ATTR-1"));
    assertThat(ExitCode.of(judged)).isEqualTo(ExitCode.ERROR);
  }

  /** Where the dialect itself rules a beginning out, another scenario may judge the rule. */
  @Test
  public void onlyWhatTheDialectRulesOutIsNoHole() {
    for (Cause cause : Cause.values()) {
      if (cause.isOfSkip()) {
        Run run =
            gate(
                new Runs()
                    .target("qemu")
                    .pass("qemu", "a", "ATOMIC-2")
                    .skip("qemu", "pins", "ATOMIC-2", cause, "dialect 7.3 has it not")
                    .run(),
                Runs.scenario("a", "ATOMIC-2"),
                Runs.scenario("pins", "ATOMIC-2"));
        boolean whole =
            cause == Cause.FROZEN_POLICY
                || cause == Cause.REFUSED_POLICY
                || cause == Cause.NO_SUCH_WORD;
        assertThat(ExitCode.of(run))
            .as(cause.text())
            .isEqualTo(whole ? ExitCode.PASS : ExitCode.ERROR);
      }
    }
  }

  @Test
  public void whatOfTheListWasNotRunIsAHole() {
    Run run =
        gate(
            new Runs().target("qemu").pass("qemu", "a", "REFUSE-1").run(),
            Runs.scenario("a", "REFUSE-1"),
            Runs.scenario("b", "ATTR-1"));
    assertThat(run.ruling().gate().orElseThrow().holes())
        .containsExactly(new GateResult.Hole("qemu", RuleId.of("ATTR-1"), List.of("b"), "not run"));
  }

  @Test
  public void aScenarioThatDecidedNothingAboutItsRuleIsAHole() {
    Verdict empty =
        new Verdict(Verdict.Status.PASS, List.of(), List.of(), Map.of(RuleId.of("ATTR-4"), 1));
    Run run =
        gate(
            new Runs().target("qemu").add("qemu", "a", "REFUSE-1", "cxl", empty).run(),
            Runs.scenario("a", "REFUSE-1"));
    assertThat(run.ruling().gate().orElseThrow().holes())
        .extracting(GateResult.Hole::reason)
        .containsExactly("ran, but decided nothing");
  }

  @Test
  public void whatIsAboutAnotherDialectIsNotOfTheList() {
    // CONC-1 binds v4 alone; the target is of 7.3.
    Run run =
        gate(
            new Runs()
                .target("qemu")
                .pass("qemu", "a", "REFUSE-1")
                .skip("qemu", "b", "CONC-1", "it is about dialect v4, the target's is 7.3")
                .run(),
            Runs.scenario("a", "REFUSE-1"),
            Runs.scenario("b", "CONC-1"));
    assertThat(ExitCode.of(run)).isEqualTo(ExitCode.PASS);
  }

  @Test
  public void aKernelWithoutTheAttributeNeverPasses() {
    Run seen = new Runs().target("qemu").pass("qemu", "a", "UNBIND-3").run();
    Run without =
        new Run(
            seen.version(),
            seen.suite(),
            seen.started(),
            seen.seed(),
            true,
            List.of(
                new Run.TargetInfo("qemu", TargetKind.GUEST, "6.12", "absent", "", "", List.of())),
            seen.cases(),
            seen.times());
    Run run = gate(without, Runs.scenario("a", "UNBIND-3"));
    assertThat(ExitCode.of(without)).isEqualTo(ExitCode.PASS);
    assertThat(ExitCode.of(run)).isEqualTo(ExitCode.ERROR);
    assertThat(text(run)).contains("this kernel lacks the attribute");
  }

  @Test
  public void aGateThatWasRestrictedIsNone() {
    Gatekeeper.Asked asked =
        new Gatekeeper.Asked(
            Optional.empty(),
            "only topology cxl was run",
            Waivers.none(),
            false,
            TODAY,
            Optional.empty(),
            List.of(),
            Optional.empty());
    Run run =
        Gatekeeper.rule(
            new Runs().target("qemu").pass("qemu", "a", "REFUSE-1").run(), asked, Runs.RULES);
    assertThat(text(run)).contains("Not a gate run: only topology cxl was run");
  }

  // ---- waivers

  private static Run broken() {
    return new Runs()
        .target("qemu")
        .pass("qemu", "reads-back", "ATTR-4")
        .diverge("qemu", "type-change", "REFUSE-1", "EINVAL")
        .run();
  }

  @Test
  public void aWaiverLetsADivergenceThroughAndKeepsTheVerdict() throws Exception {
    Run run = waived(broken(), false, waiver("REFUSE-1", "2026-11-22"));
    assertThat(ExitCode.of(run)).isEqualTo(ExitCode.PASS);
    assertThat(text(run))
        .contains(
            "DIVERGENCE REFUSE-1",
            "REFUSE-1 is waived until 2026-11-22: Known & <bad> # one. (https://x.org/1, w.yaml:1)",
            "PASS: no divergence but waived ones. 1 case is waived.");
    JsonNode json = json(run);
    assertThat(json.at("/cases/1/status").asText()).isEqualTo("divergence");
    assertThat(json.at("/cases/1/waived").asBoolean()).isTrue();
    assertThat(json.at("/cases/1/waivers/0/link").asText()).isEqualTo("https://x.org/1");
    assertThat(json.at("/exitCode").asInt()).isZero();
    String ktap = Ktap.of(run, Runs.RULES);
    assertThat(ktap)
        .contains(
            "  ok 2 type-change.cxl # XFAIL waived until 2026-11-22: Known & <bad> - one.\n",
            "\nok 1 qemu\n",
            "got EINVAL, expected EBUSY");
    assertThat(JunitXml.of(run, Runs.RULES))
        .contains("failures=\"0\"", "raw verdict: divergence", "<skipped message=\"waived: ");
  }

  @Test
  public void anExpiredWaiverFails() throws Exception {
    Run run = waived(broken(), false, waiver("REFUSE-1", "2026-11-21"));
    assertThat(ExitCode.of(run)).isEqualTo(ExitCode.DIVERGENCE);
    assertThat(text(run))
        .contains(
            "REFUSE-1: the waiver expired on 2026-11-21",
            "is broken: REFUSE-1. The waiver for REFUSE-1 expired on 2026-11-21.");
    assertThat(json(run).at("/cases/1/waived").asBoolean()).isFalse();
    assertThat(Ktap.of(run, Runs.RULES)).contains("  not ok 2 type-change.cxl\n");
  }

  @Test
  public void oneThatNoLongerFiresIsToldAndFailsOnlyWhereThatIsAsked() throws Exception {
    Run good = new Runs().target("qemu").pass("qemu", "reads-back", "ATTR-4").run();
    Run run = waived(good, false, waiver("ATTR-4", "2027-01-01"), waiver("REFUSE-1", "2027-01-01"));
    assertThat(ExitCode.of(run)).isEqualTo(ExitCode.PASS);
    assertThat(text(run))
        .contains(
            "no longer needed: the waiver for ATTR-4 in * (w.yaml:1)",
            "not tried: the waiver for REFUSE-1 in * (w.yaml:2): the rule was not judged");
    assertThat(json(run).at("/waivers/noLongerNeeded")).hasSize(1);
    Run strict = waived(good, true, waiver("ATTR-4", "2027-01-01"));
    assertThat(ExitCode.of(strict)).isEqualTo(ExitCode.ERROR);
    assertThat(text(strict)).contains("1 waiver is no longer needed.");
    String misspelt =
        waiver("ATTR-4", "2027-01-01").replace("dialects", "scenario: read-*, dialects");
    assertThat(text(waived(good, false, misspelt)))
        .contains("in read-* (w.yaml:1): no scenario of this run has such a name");
  }

  @Test
  public void aWaiverHidesNoOtherRuleOfTheCase() throws Exception {
    Run bare = broken();
    List<Run.Case> cases = new ArrayList<>(bare.cases());
    Run.Case c = cases.get(1);
    List<Divergence> both =
        Stream.concat(
                c.verdict().divergences().stream(),
                Stream.of(
                    new Divergence(RuleId.of("ATTR-1"), 1, 7, "read", Aspect.VALUE, "a", "b", 0)))
            .toList();
    Verdict worse = new Verdict(Verdict.Status.DIVERGENCE, both, List.of(), c.verdict().judged());
    cases.set(1, new Run.Case(c.scenario(), c.target(), c.topology(), worse, c.trace(), c.nanos()));
    Run run =
        waived(
            new Run("0", "gate", Instant.EPOCH, 1, true, bare.targets(), cases, bare.times()),
            false,
            waiver("REFUSE-1", "2027-01-01"));
    assertThat(ExitCode.of(run)).isEqualTo(ExitCode.DIVERGENCE);
    assertThat(text(run)).contains("not waived, since the case also breaks ATTR-1");
  }

  @Test
  public void aWaiverHidesNoErrorAndNoHole() throws Exception {
    Run bare =
        new Runs()
            .target("qemu")
            .diverge("qemu", "type-change", "REFUSE-1", "EINVAL")
            .error("qemu", "hangs", "UNBIND-3", "guest gone")
            .run();
    String waivers = waiver("REFUSE-1", "2027-01-01") + waiver("UNBIND-3", "2027-01-01");
    assertThat(ExitCode.of(waived(bare, false, waivers))).isEqualTo(ExitCode.ERROR);
    Run holed =
        Gatekeeper.rule(
            broken(),
            asked(
                List.of(Runs.scenario("b", "ATTR-1")),
                Waivers.read("w.yaml", waivers, catalogue),
                false,
                null),
            Runs.RULES);
    assertThat(ExitCode.of(holed)).isEqualTo(ExitCode.ERROR);
  }

  @Test
  public void aCaseThatDidNotComeToItsEndIsNotWaived() throws Exception {
    Run bare = broken();
    List<Run.Case> cases = new ArrayList<>(bare.cases());
    Run.Case c = cases.get(1);
    Verdict cut =
        new Verdict(
            Verdict.Status.DIVERGENCE,
            c.verdict().divergences(),
            List.of(),
            c.verdict().judged(),
            new Verdict.Why(Cause.INFRASTRUCTURE, "the guest is gone"));
    cases.set(1, new Run.Case(c.scenario(), c.target(), c.topology(), cut, c.trace(), c.nanos()));
    Run run =
        waived(
            new Run("0", "gate", Instant.EPOCH, 1, true, bare.targets(), cases, bare.times()),
            false,
            waiver("REFUSE-1", "2027-01-01"));
    assertThat(ExitCode.of(run)).isEqualTo(ExitCode.DIVERGENCE);
    assertThat(text(run)).contains("not waived, since the case did not come to its end");
  }

  // ---- the baseline

  private static Gatekeeper.Earlier earlier(Run run) throws IOException {
    Path folder = java.nio.file.Files.createTempDirectory("daxcheck-baseline");
    Path file = folder.resolve("run.json");
    try {
      RunJson.write(file, run, Runs.RULES, c -> Optional.empty());
      return new Gatekeeper.Earlier("before", FinishedRun.read(folder));
    } finally {
      java.nio.file.Files.deleteIfExists(file);
      java.nio.file.Files.delete(folder);
    }
  }

  private static Run against(Run before, Run now) throws IOException {
    return Gatekeeper.rule(now, asked(null, Waivers.none(), false, earlier(before)), Runs.RULES);
  }

  @Test
  public void againstABaselineOnlyWhatGotWorseFails() throws Exception {
    Run run = against(broken(), broken());
    assertThat(ExitCode.of(broken())).isEqualTo(ExitCode.DIVERGENCE);
    assertThat(ExitCode.of(run)).isEqualTo(ExitCode.PASS);
    assertThat(text(run))
        .contains(
            "Against before as before: 2 cases",
            "PASS: nothing got worse than in before, where 1 case that fails failed as well.");
    assertThat(json(run).at("/baseline/same").asInt()).isEqualTo(2);
  }

  @Test
  public void aRuleThatIsBrokenNowIsWorse() throws Exception {
    Run good =
        new Runs()
            .target("qemu")
            .pass("qemu", "reads-back", "ATTR-4")
            .pass("qemu", "type-change", "REFUSE-1")
            .run();
    Run run = against(good, broken());
    assertThat(ExitCode.of(run)).isEqualTo(ExitCode.DIVERGENCE);
    assertThat(text(run)).contains("worse: qemu type-change.cxl was pass, and breaks REFUSE-1 now");
    Run back = against(broken(), good);
    assertThat(ExitCode.of(back)).isEqualTo(ExitCode.PASS);
    assertThat(text(back)).contains("better: qemu type-change.cxl broke REFUSE-1");
  }

  @Test
  public void whatIsNoLongerJudgedIsWorse() throws Exception {
    Run good =
        new Runs()
            .target("qemu")
            .pass("qemu", "reads-back", "ATTR-4")
            .pass("qemu", "type-change", "REFUSE-1")
            .run();
    Run fewer = new Runs().target("qemu").pass("qemu", "reads-back", "ATTR-4").run();
    Run run = against(good, fewer);
    assertThat(ExitCode.of(run)).isEqualTo(ExitCode.ERROR);
    assertThat(text(run))
        .contains(
            "worse: qemu type-change.cxl was pass, and is not run now",
            "worse: qemu: REFUSE-1 was judged, and is not now",
            "ERROR: no new divergence, but 2 things got worse than in before.");
    Run failing =
        new Runs()
            .target("qemu")
            .pass("qemu", "reads-back", "ATTR-4")
            .error("qemu", "type-change", "REFUSE-1", "guest gone")
            .run();
    assertThat(ExitCode.of(against(good, failing))).isEqualTo(ExitCode.ERROR);
  }

  @Test
  public void aNewCaseThatFailsIsWorse() throws Exception {
    Run before = new Runs().target("qemu").pass("qemu", "reads-back", "ATTR-4").run();
    assertThat(ExitCode.of(against(before, broken()))).isEqualTo(ExitCode.DIVERGENCE);
  }

  private static Verdict verdict(Verdict.Status status, String rule) {
    Divergence d = new Divergence(RuleId.of(rule), 1, 7, "read", Aspect.RESULT, "ok", "EIO", 0);
    return new Verdict(
        status,
        status == Verdict.Status.PASS ? List.of() : List.of(d),
        List.of(),
        Map.of(RuleId.of(rule), 1));
  }

  private static Runs lab(Verdict.Status status) {
    return new Runs()
        .target("machine")
        .add("machine", "reads-back", "ATTR-4", "machine", verdict(Verdict.Status.PASS, "ATTR-4"))
        .add("machine", "type-change", "REFUSE-1", "machine", verdict(status, "REFUSE-1"));
  }

  @Test
  public void aLabsRunIsHeldAgainstAGuestsByScenario() throws Exception {
    Run guest =
        new Runs()
            .target("qemu")
            .pass("qemu", "reads-back", "ATTR-4")
            .pass("qemu", "type-change", "REFUSE-1")
            .add(
                "qemu",
                "type-change",
                "REFUSE-1",
                "cxl-ranges",
                verdict(Verdict.Status.PASS, "REFUSE-1"))
            .run();
    Run same = against(guest, lab(Verdict.Status.PASS).run());
    assertThat(ExitCode.of(same)).isEqualTo(ExitCode.PASS);
    assertThat(json(same).at("/baseline/same").asInt()).isEqualTo(2);
    Run worse = against(guest, lab(Verdict.Status.DIVERGENCE).run());
    assertThat(ExitCode.of(worse)).isEqualTo(ExitCode.DIVERGENCE);
    assertThat(text(worse))
        .contains("worse: machine type-change.machine was pass, and breaks REFUSE-1 now")
        .doesNotContain("is not run now", "is new");
    Run gone =
        against(
            lab(Verdict.Status.PASS).run(),
            new Runs().target("qemu").pass("qemu", "reads-back", "ATTR-4").run());
    assertThat(text(gone)).contains("machine type-change.machine was pass, and is not run now");
  }

  // ---- retries

  @Test
  public void whatWasTriedAgainIsTold() throws IOException {
    Gatekeeper.Asked asked =
        new Gatekeeper.Asked(
            Optional.empty(),
            "",
            Waivers.none(),
            false,
            TODAY,
            Optional.empty(),
            List.of(
                new GateResult.Retry("qemu", "", "booted twice on cxl: the first time it hung"),
                new GateResult.Retry("qemu", "reads-back.cxl", "the way back was tried 2 times")),
            Optional.empty());
    Run run = Gatekeeper.rule(broken(), asked, Runs.RULES);
    assertThat(text(run)).contains("Tried more than once", "qemu: booted twice on cxl");
    assertThat(json(run).at("/retries")).hasSize(2);
    assertThat(Ktap.of(run, Runs.RULES)).contains("  # retried: the way back was tried 2 times\n");
  }
}
