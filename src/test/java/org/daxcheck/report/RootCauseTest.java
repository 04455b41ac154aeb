package org.daxcheck.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.daxcheck.abi.RuleId;
import org.daxcheck.oracle.Aspect;
import org.daxcheck.oracle.Divergence;
import org.daxcheck.oracle.Symptom;
import org.daxcheck.oracle.Verdict;
import org.daxcheck.step.Step;
import org.daxcheck.suite.Run;
import org.testng.annotations.BeforeMethod;
import org.testng.annotations.Test;

/** Divergences of one cause are told together, the simplest first. */
public class RootCauseTest {
  private static final String RACE =
      "actors within 1000ms\nP0: write online_movable\nP1: write online_kernel\n";

  private final List<Run.Case> cases = new ArrayList<>();

  @BeforeMethod
  public void begin() {
    cases.clear();
  }

  private void diverges(String scenario, String about, Divergence... divergences) {
    Verdict verdict =
        new Verdict(Verdict.Status.DIVERGENCE, List.of(divergences), List.of(), Map.of());
    new Runs()
        .target("qemu").add("qemu", scenario, about, "cxl", verdict).run().cases().stream()
            .forEach(cases::add);
  }

  private static Divergence at(int entry, String rule, String step, Symptom... symptoms) {
    return new Divergence(
        RuleId.of(rule),
        entry,
        7,
        step,
        List.of(Aspect.RESULT),
        "a",
        rule,
        0,
        Arrays.asList(symptoms));
  }

  private static Symptom write(String seen, String... allowed) {
    return new Symptom(Step.Kind.WRITE, Aspect.RESULT, Set.of(allowed), seen);
  }

  private String named() {
    return RootCause.named(RootCause.of(Sighting.of(cases, (c, rule) -> "")));
  }

  @Test
  public void theSimplestStepStandsForTheRace() {
    diverges("a-race", "CONC-1", at(1, "CONC-1", RACE, write("ok", "EBUSY")));
    diverges("one-write", "REFUSE-1", at(3, "REFUSE-1", "write online", write("ok", "EBUSY")));
    assertThat(named()).isEqualTo("REFUSE-1 (likely the same cause: CONC-1)");
  }

  @Test
  public void aRaceAllowsMoreThanOneWriter() {
    diverges("a-race", "CONC-1", at(1, "CONC-1", RACE, write("EINVAL", "EBUSY", "ok")));
    diverges("one-write", "REFUSE-1", at(3, "REFUSE-1", "write online", write("EINVAL", "EBUSY")));
    assertThat(named()).isEqualTo("REFUSE-1 (likely the same cause: CONC-1)");
  }

  @Test
  public void whatIsSeenInPlaceOfSomethingElseHasAnotherCause() {
    diverges("a-race", "CONC-1", at(1, "CONC-1", RACE, write("ok", "EBUSY")));
    diverges(
        "no-write",
        "UNBIND-1",
        at(
            3,
            "UNBIND-1",
            "unbind",
            new Symptom(Step.Kind.UNBIND, Aspect.RESULT, Set.of("EBUSY"), "ok")));
    diverges("an-error", "REFUSE-1", at(2, "REFUSE-1", "write online", write("EIO", "EBUSY")));
    diverges("a-word", "WORD-2", at(4, "WORD-2", "write x", write("ok", "EINVAL")));
    assertThat(named())
        .as("who needs no actors comes first")
        .isEqualTo("REFUSE-1, UNBIND-1, WORD-2, CONC-1");
  }

  @Test
  public void whatOneStepDidHasOneCause() {
    diverges("a", "EFFECT-1", at(2, "EFFECT-1", "write online"), at(2, "EFFECT-4", "write online"));
    diverges("b", "EFFECT-7", at(2, "EFFECT-7", "write online"), at(3, "EFFECT-5", "unbind"));
    assertThat(named()).isEqualTo("EFFECT-1 (likely the same cause: EFFECT-4), EFFECT-7, EFFECT-5");
  }

  @Test
  public void whatMostDivergencesHaveComesFirst() {
    diverges("a", "ATTR-1", at(1, "ATTR-1", "write online", write("EIO", "ok")));
    for (String scenario : List.of("b", "c")) {
      diverges(scenario, "WORD-2", at(5, "WORD-2", "write x", write("ENOENT", "EINVAL")));
    }
    assertThat(named()).isEqualTo("WORD-2, ATTR-1");
  }

  @Test
  public void theScenarioAboutTheRuleIsTheSimplest() {
    diverges("other", "ATTR-1", at(1, "WORD-2", "write x", write("ENOENT", "EINVAL")));
    diverges("about", "WORD-2", at(5, "WORD-2", "write x", write("ENOENT", "EINVAL")));
    assertThat(RootCause.of(Sighting.of(cases, (c, rule) -> "")).get(0).own())
        .extracting(Sighting.InCase::place)
        .containsExactly("suites/about.kmem:7 (cxl)", "suites/other.kmem:7 (cxl)");
  }

  @Test
  public void aFindingIsACauseOfItsOwn() {
    diverges("known", "REFUSE-1", at(1, "REFUSE-1", "write online", write("ok", "EBUSY")));
    diverges("new", "CONC-1", at(1, "CONC-1", RACE, write("ok", "EBUSY")));
    assertThat(
            RootCause.named(
                RootCause.of(
                    Sighting.of(cases, (c, r) -> c.scenario().name().equals("known") ? "K" : ""))))
        .as("what is known comes last")
        .isEqualTo("CONC-1, REFUSE-1");
  }

  @Test
  public void theReportTellsACauseOnce() {
    diverges("a-race", "CONC-1", at(1, "CONC-1", RACE, write("ok", "EBUSY")));
    diverges("one-write", "REFUSE-1", at(1, "REFUSE-1", "write online", write("ok", "EBUSY")));
    Runs runs = new Runs().target("qemu");
    cases.forEach(c -> runs.add("qemu", c.scenario().name(), "REFUSE-1", "cxl", c.verdict()));
    String text = TextReport.of(runs.run(), Runs.RULES, Colours.OFF);
    assertThat(text)
        .containsOnlyOnce("to reproduce (not run):")
        .contains("  likely the same cause:\n    CONC-1  A device")
        .contains("            on qemu in 1 scenario: suites/a-race.kmem:7 (cxl)\n")
        .endsWith("DIVERGENCE: 2 rules are broken: REFUSE-1 (likely the same cause: CONC-1).\n");
    assertThat(RunMail.of(runs.run(), Runs.RULES).orElseThrow())
        .contains("REFUSE-1, CONC-1 broken")
        .contains("CONC-1, likely by the same cause: A")
        .containsOnlyOnce("to reproduce");
  }
}
