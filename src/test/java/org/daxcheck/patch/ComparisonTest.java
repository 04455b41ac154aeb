package org.daxcheck.patch;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.daxcheck.report.ExitCode;
import org.daxcheck.report.PastRun;
import org.testng.annotations.Test;

/** What a patch gains and loses, and that silence never looks like a pass. */
public class ComparisonTest {
  private static final PastRun GOOD =
      Pasts.of("7.3").pass("a", "WORD-2").pass("b", "WORD-2").pass("c", "ATTR-1").run();

  private static Comparison compare(PastRun before, PastRun now) {
    return Comparison.of(before, now, Pasts.TARGET);
  }

  private static List<String> rules(List<Comparison.RuleChange> changes) {
    return changes.stream().map(c -> c.rule().toString()).toList();
  }

  @Test
  public void theSameTwiceLosesNothing() {
    Comparison same = compare(GOOD, GOOD);
    assertThat(same.takesAway()).isFalse();
    assertThat(same.changed()).isEmpty();
    assertThat(same.cases()).isEqualTo(3);
    assertThat(same.exit(GOOD)).isEqualTo(ExitCode.PASS);
  }

  @Test
  public void aRuleThatHeldAndIsBrokenIsLost() {
    PastRun now =
        Pasts.of("7.3")
            .broken("a", "WORD-2", "WORD-2", "ROBUST-1")
            .pass("b", "WORD-2")
            .pass("c", "ATTR-1")
            .run();
    Comparison c = compare(GOOD, now);
    assertThat(rules(c.lost())).containsExactly("ROBUST-1", "WORD-2");
    assertThat(c.lost().get(1).now()).containsExactly("a.cxl");
    assertThat(c.lost())
        .extracting(Comparison.RuleChange::judgedBefore)
        .containsExactly(false, true);
    assertThat(c.exit(now)).isEqualTo(ExitCode.DIVERGENCE);
  }

  @Test
  public void aRuleThatWasBrokenAndHoldsInTheSameCasesIsGained() {
    PastRun before = Pasts.of("7.3").broken("a", "WORD-2", "WORD-2").pass("b", "WORD-2").run();
    Comparison c = compare(before, GOOD);
    assertThat(rules(c.gained())).containsExactly("WORD-2");
    assertThat(c.takesAway()).isFalse();
    assertThat(c.cases()).as("only what both have").isEqualTo(2);
    assertThat(c.exit(GOOD)).isEqualTo(ExitCode.PASS);
  }

  @Test
  public void aRuleIsNotGainedWhereWhatBrokeItIsNotJudgedAnyMore() {
    PastRun before = Pasts.of("7.3").broken("a", "WORD-2", "WORD-2").pass("b", "WORD-2").run();
    PastRun now = Pasts.of("7.3").skipped("a", "WORD-2").pass("b", "WORD-2").run();
    Comparison c = compare(before, now);
    assertThat(c.gained()).isEmpty();
    assertThat(c.silent()).extracting(Comparison.CaseChange::key).containsExactly("a.cxl");
    assertThat(c.exit(now)).isEqualTo(ExitCode.DIVERGENCE);
  }

  @Test
  public void aRuleThatIsBrokenAsBeforeIsStillBrokenAndInMoreCasesWorse() {
    PastRun before = Pasts.of("7.3").broken("a", "WORD-2", "WORD-2").pass("b", "WORD-2").run();
    Comparison same = compare(before, before);
    assertThat(rules(same.still())).containsExactly("WORD-2");
    assertThat(same.exit(before)).isEqualTo(ExitCode.PASS);
    PastRun more =
        Pasts.of("7.3").broken("a", "WORD-2", "WORD-2").broken("b", "WORD-2", "WORD-2").run();
    Comparison worse = compare(before, more);
    assertThat(rules(worse.worse())).containsExactly("WORD-2");
    assertThat(worse.still()).isEmpty();
    assertThat(worse.exit(more)).isEqualTo(ExitCode.DIVERGENCE);
    PastRun other = Pasts.of("7.3").pass("a", "WORD-2").broken("b", "WORD-2", "WORD-2").run();
    assertThat(rules(compare(before, other).worse()))
        .as("as often, but elsewhere")
        .containsExactly("WORD-2");
  }

  @Test
  public void aPatchThatRemovesTheAttributeTakesAwayThoughNothingIsBroken() {
    PastRun now =
        Pasts.of("absent").skipped("a", "WORD-2").skipped("b", "WORD-2").pass("c", "ATTR-1").run();
    Comparison c = compare(GOOD, now);
    assertThat(c.lost()).isEmpty();
    assertThat(c.dialects()).contains(new Comparison.DialectChange("7.3", "absent"));
    assertThat(c.unjudged()).extracting(Object::toString).containsExactly("WORD-2");
    assertThat(c.silent()).hasSize(2);
    assertThat(c.exit(now)).isEqualTo(ExitCode.DIVERGENCE);
  }

  @Test
  public void anotherDialectIsNoPassThoughAllItsRulesHold() {
    PastRun now = Pasts.of("v4").pass("a", "WORD-2").pass("b", "WORD-2").pass("c", "ATTR-1").run();
    assertThat(compare(GOOD, now).exit(now)).isEqualTo(ExitCode.DIVERGENCE);
  }

  @Test
  public void whatFailsIsAnErrorAndALossComesBeforeIt() {
    PastRun failed =
        Pasts.of("7.3").error("a", "WORD-2").pass("b", "WORD-2").pass("c", "ATTR-1").run();
    assertThat(compare(GOOD, failed).exit(failed)).isEqualTo(ExitCode.ERROR);
    assertThat(compare(GOOD, failed).failed()).hasSize(1);
    PastRun both =
        Pasts.of("7.3")
            .error("a", "WORD-2")
            .broken("b", "WORD-2", "WORD-2")
            .pass("c", "ATTR-1")
            .run();
    assertThat(compare(GOOD, both).exit(both)).isEqualTo(ExitCode.DIVERGENCE);
  }

  @Test
  public void aKernelThatNeverGetsReadyIsTheirLoss() {
    PastRun now = Pasts.of("7.3").error("a", "WORD-2").error("b", "WORD-2").run();
    Comparison c = compare(GOOD, now);
    assertThat(c.exit(now)).isEqualTo(ExitCode.ERROR);
    assertThat(c.withDead("the kernel panicked").exit(now)).isEqualTo(ExitCode.DIVERGENCE);
  }

  @Test
  public void nothingInCommonIsNoResult() {
    PastRun other = Pasts.of("7.3").pass("x", "WORD-2").run();
    assertThat(compare(GOOD, other).exit(other)).isEqualTo(ExitCode.NO_RESULTS);
  }

  @Test
  public void whatIsSkippedInBothIsNeverAPass() {
    PastRun none = Pasts.of("absent").skipped("a", "WORD-2").run();
    assertThat(compare(none, none).exit(none)).isEqualTo(ExitCode.ALL_SKIPPED);
  }
}
