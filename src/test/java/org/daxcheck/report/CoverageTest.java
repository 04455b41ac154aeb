package org.daxcheck.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.daxcheck.abi.Dialect;
import org.daxcheck.abi.RuleId;
import org.daxcheck.abi.TargetKind;
import org.daxcheck.oracle.Verdict.Status;
import org.daxcheck.scenario.Findings;
import org.testng.annotations.Test;

/** What counts as judged, which run counts, and what is missing. */
public class CoverageTest {
  private static final Instant EARLY = Instant.parse("2026-11-21T10:00:00Z");
  private static final Instant LATE = Instant.parse("2026-11-22T10:00:00Z");
  private static final RuleBook BOOK = Runs.RULES;
  private static final RuleId ATTR = RuleId.of("ATTR-1");

  @Test
  public void onlyAScenarioAboutTheRuleJudgesIt() {
    Coverage c =
        Coverage.of(
            List.of(
                run(EARLY, "qemu", "7.3", kept("a", "ATTR-1", "ATTR-4"), skipped("b", "ATTR-1"))));
    assertThat(cell(c, "ATTR-1", Dialect.LINUX_7_3)).isEqualTo("1/2");
    assertThat(cell(c, "ATTR-4", Dialect.LINUX_7_3)).as("judged in passing").isEqualTo("-");
    assertThat(cell(c, "REFUSE-1", Dialect.LINUX_7_3)).isEqualTo("-");
    assertThat(cell(c, "CONC-1", Dialect.LINUX_7_3)).as("binds v4 alone").isEqualTo("n/a");
    assertThat(c.verdicts(RuleId.of("ATTR-4"))).hasSize(1);
  }

  @Test
  public void theModelIsNoGuest() {
    Coverage c = Coverage.of(List.of(run(EARLY, "model", "7.3", kept("a", "ATTR-1"))));
    assertThat(c.cell(BOOK, ATTR, Dialect.LINUX_7_3, false)).isEqualTo("1/1");
    assertThat(cell(c, "ATTR-1", Dialect.LINUX_7_3)).isEqualTo("-");
    assertThat(c.holes(BOOK))
        .contains(new Coverage.Hole(ATTR, Dialect.LINUX_7_3, "no scenario ran"))
        .noneMatch(h -> h.dialect() == Dialect.V4);
  }

  @Test
  public void theLastRunOfAScenarioCounts() {
    List<PastRun> runs = new ArrayList<>();
    runs.add(run(LATE, "qemu", "7.3", kept("a", "ATTR-1"), skipped("b", "ATTR-1")));
    runs.add(run(EARLY, "qemu", "7.3", broken("a", "ATTR-1"), broken("b", "ATTR-1")));
    assertThat(cell(Coverage.of(runs), "ATTR-1", Dialect.LINUX_7_3))
        .as("a skip does not take back what an earlier run saw")
        .isEqualTo("broken");
    runs.set(0, run(LATE, "qemu", "7.3", kept("a", "ATTR-1"), kept("b", "ATTR-1")));
    assertThat(cell(Coverage.of(runs), "ATTR-1", Dialect.LINUX_7_3)).isEqualTo("2/2");
  }

  @Test
  public void anotherDriverIsAnotherKernel() {
    PastRun stock = run(LATE, "qemu", "7.3", kept("a", "ATTR-1"));
    PastRun.Target other = new PastRun.Target("qemu", TargetKind.GUEST, "7.3.4", "7.3", "bad.ko");
    PastRun bad = new PastRun(EARLY, List.of(other), List.of(broken("a", "ATTR-1")));
    Coverage c = Coverage.of(List.of(stock, bad));
    assertThat(c.verdicts(ATTR))
        .containsExactly(
            "guest 7.3, 7.3.4, 2026-11-22: judged by 1 scenario about it, broken in 0",
            "guest 7.3, 7.3.4, driver bad.ko, 2026-11-21: judged by 1 scenario about it,"
                + " broken in 1 (a)");
  }

  @Test
  public void whatCannotBeJudgedIsNoHole() {
    Coverage c = Coverage.of(List.of(run(EARLY, "qemu", "v4", skipped("a", "ATTR-1"))));
    assertThat(c.holes(BOOK)).contains(new Coverage.Hole(ATTR, Dialect.V4, "skipped or failed"));
    RuleBook book =
        new RuleBook(
            List.of(Runs.rule("ATTR-1", Map.of(Dialect.V4, "no such kernel"))), Findings.none());
    assertThat(c.holes(book)).isEmpty();
    assertThat(c.table(book))
        .contains("ATTR-1 is not judged on v4: no such kernel")
        .contains("Every rule that binds these dialects was judged on a guest.");
  }

  @Test
  public void theTableFitsATerminal() {
    List<PastRun> runs = new ArrayList<>();
    for (Dialect d : Dialect.values()) {
      runs.add(run(EARLY, "qemu", d.text(), broken("a", "ATTR-1")));
      runs.add(run(EARLY, "model", d.text(), kept("a", "ATTR-1")));
    }
    Coverage c = Coverage.of(runs);
    assertThat(c.table(BOOK).lines()).allMatch(l -> l.length() <= 100);
    assertThat(c.table(BOOK))
        .containsPattern("(?m)^ +v3 +v4 +7.3 +absent$")
        .containsPattern("(?m)^ATTR-1 +n/a +n/a +1/1 +broken +1/1 +broken +n/a +n/a$")
        .contains("No guest ever judged (7.3, no scenario ran): ATTR-4, TRANS-4");
  }

  @Test
  public void theRecordReadsAsItWasWritten() throws IOException {
    Coverage c =
        Coverage.of(
            List.of(
                run(LATE, "qemu", "7.3", kept("b", "ATTR-1"), kept("a", "ATTR-1")),
                run(EARLY, "qemu", "v4", broken("c", "ATTR-4"), kept("a", "ATTR-1", "REFUSE-1")),
                run(EARLY, "model", "7.3", skipped("a", "TRANS-4"))));
    Path file = Files.createTempFile("coverage", ".yaml");
    try {
      Files.writeString(file, c.record());
      Coverage again = Coverage.read(file);
      assertThat(again.record()).isEqualTo(c.record());
      assertThat(again.marks()).hasSize(3).allMatch(Coverage.Mark::guest);
      assertThat(again.marks().get(1).kept()).containsExactly("a", "b");
      assertThat(again.marks().get(2).broken()).containsExactly("c");
      Files.writeString(file, "ATTR-1:\n  v9: {guest: [{kernel: a, date: 2026-01-01}]}\n");
      assertThatThrownBy(() -> Coverage.read(file))
          .hasMessage(file + " is no record of coverage: no dialect: 'v9'");
      Files.writeString(file, "a: [");
      assertThatThrownBy(() -> Coverage.read(file))
          .hasMessageStartingWith(file + " is no record of coverage: this is not YAML (line 1, ");
    } finally {
      Files.delete(file);
    }
    assertThatThrownBy(() -> Coverage.read(file)).hasMessageStartingWith("there is no " + file);
  }

  @Test
  public void aRunReadsAsItWasWritten() throws IOException {
    Path file = Files.createTempFile("run", ".json");
    try {
      Files.writeString(file, RunJson.of(Runs.mixed().run(), Runs.RULES, Runs.TRACES));
      assertThat(PastRun.of(FinishedRun.read(file))).isEqualTo(PastRun.of(Runs.mixed().run()));
      Files.writeString(file, "{}");
      assertThatThrownBy(() -> FinishedRun.read(file))
          .hasMessage(file + ": this is no run.json of daxcheck: no 'daxcheckRun'");
    } finally {
      Files.delete(file);
    }
  }

  private static String cell(Coverage c, String rule, Dialect dialect) {
    return c.cell(BOOK, RuleId.of(rule), dialect, true);
  }

  private static PastRun run(Instant at, String target, String dialect, PastRun.Case... cases) {
    List<PastRun.Case> here = new ArrayList<>();
    for (PastRun.Case c : cases) {
      here.add(
          new PastRun.Case(
              c.scenario(),
              target,
              c.topology(),
              c.status(),
              c.reason(),
              c.cited(),
              c.judged(),
              c.broken()));
    }
    TargetKind kind = TargetKind.of(target).orElse(TargetKind.GUEST);
    return new PastRun(at, List.of(new PastRun.Target(target, kind, "7.3.4", dialect, "")), here);
  }

  /** A scenario about a rule, in which others decided too. */
  private static PastRun.Case kept(String scenario, String rule, String... passing) {
    Map<RuleId, Integer> judged = new java.util.TreeMap<>(Map.of(RuleId.of(rule), 2));
    for (String other : passing) {
      judged.put(RuleId.of(other), 1);
    }
    return new PastRun.Case(
        scenario, "qemu", "cxl", Status.PASS, "", Set.of(RuleId.of(rule)), judged, Set.of());
  }

  private static PastRun.Case broken(String scenario, String rule) {
    RuleId id = RuleId.of(rule);
    return new PastRun.Case(
        scenario, "qemu", "cxl", Status.DIVERGENCE, "", Set.of(id), Map.of(id, 1), Set.of(id));
  }

  private static PastRun.Case skipped(String scenario, String rule) {
    RuleId id = RuleId.of(rule);
    return new PastRun.Case(
        scenario, "qemu", "cxl", Status.SKIPPED, "why", Set.of(id), Map.of(), Set.of());
  }
}
