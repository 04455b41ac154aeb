package org.daxcheck.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.daxcheck.scenario.Findings;
import org.daxcheck.suite.Run;
import org.testng.annotations.DataProvider;
import org.testng.annotations.Test;

/** What the user reads: nothing is lost, nothing is too wide, colours only where asked for. */
public class TextReportTest {
  private static String text(Run run) {
    return TextReport.of(run, Runs.RULES, Colours.OFF);
  }

  @Test
  public void tellsEverything() {
    String text = text(Runs.mixed().run());

    assertThat(text)
        .containsPattern("(?m)^  REFUSE-1 .*  2 / 0 / 0 / 0  0 / 2 / 0 / 0  2 of 2$")
        .containsPattern("(?m)^  ATTR-4 .*  1 / 0 / 0 / 0  1 / 0 / 0 / 0  none$")
        .containsPattern("(?m)^  ATOMIC-2 .*  -  0 / 0 / 1 / 0  -$")
        .containsPattern("(?m)^  UNBIND-3 .*  -  0 / 0 / 0 / 1  -$")
        .containsOnlyOnce("DIVERGENCE REFUSE-1  A device that is online refuses")
        .contains("expected: EBUSY", "got:     EINVAL\\x00 \\x1b[31m", "(6 times)")
        .contains("in 2 scenarios: suites/type-change.kmem:7 (cxl), suites/other-change.kmem:7")
        .contains("    agent write /sys/bus/dax/devices/dax0.0/state online_kernel")
        .contains("TRANS-4 on qemu: write unplugged: refused once")
        .contains("qemu (to be looked for in the lab): guest gone", "qemu: needs 3 ranges")
        .contains("Time: boot 8.4 s, steps in the kernel 2.0 s, other 2.1 s")
        .endsWith("DIVERGENCE: 1 rule is broken: REFUSE-1.\n")
        .doesNotContain("\033");
  }

  @DataProvider
  public Object[][] runs() {
    String wide = "x".repeat(70);
    return new Object[][] {
      {Runs.mixed().run()},
      {Runs.mixed().target("a-very-long-name-of-a-target").run()},
      {new Runs().target(wide).error(wide, wide + wide, "ATTR-1", wide + wide + " " + wide).run()},
      {new Runs().target("q").diverge("q", wide, "ATTR-1", (wide + " ").repeat(9)).run()},
    };
  }

  @Test(dataProvider = "runs")
  public void isNotTooWide(Run run) {
    assertThat(text(run).lines()).allMatch(l -> l.length() <= 100);
  }

  @Test
  public void saysWhyNothingIsProven() {
    assertThat(text(new Runs().run())).endsWith("NO RESULTS: no target ran.\n");
    assertThat(
            text(
                new Runs()
                    .target("model")
                    .target("qemu")
                    .pass("model", "a", "ATTR-1")
                    .skip("qemu", "a", "ATTR-1", "no attribute")
                    .run()))
        .endsWith("ALL SKIPPED: nothing was checked on qemu.\n");
    assertThat(text(new Runs().target("q").pass("q", "a", "ATTR-1").run(false)))
        .contains("The run is incomplete: cases are missing.");
  }

  @Test
  public void showsARuleThatNeverDecided() {
    org.daxcheck.oracle.Verdict empty =
        new org.daxcheck.oracle.Verdict(
            org.daxcheck.oracle.Verdict.Status.PASS,
            java.util.List.of(),
            java.util.List.of(),
            Map.of());

    assertThat(text(new Runs().target("q").add("q", "a", "ATTR-1", "cxl", empty).run()))
        .contains("On q never exercised: ATTR-1");
  }

  @Test
  public void tellsHowManyRulesWereJudgedAndWhyNotTheOthers() {
    assertThat(text(Runs.mixed().run()))
        .contains("Rules that were checked by a scenario about them\n")
        .contains("  model: 2 of the 7 that bind 7.3\n")
        .contains(
            "    no scenario in this selection: ATOMIC-2, ATTR-1, ROBUST-1, TRANS-4, UNBIND-3")
        .contains("    skipped: needs 3 ranges # SKIP not, the target has 1: ATOMIC-2\n")
        .contains("    error: guest gone: reboot: System halted; more: UNBIND-3\n");
  }

  @Test
  public void anExplainedDivergenceStaysOne() throws Exception {
    Findings findings =
        Findings.read(
            "f.yaml",
            "- {id: K-1, rule: REFUSE-1, scenario: type-*, dialects: [7.3], why: Known., source: X,"
                + " status: kernel bug}");
    Run run = Runs.mixed().run();
    String text = TextReport.of(run, Runs.book(findings), Colours.OFF);
    assertThat(text)
        .containsOnlyOnce("  explained: K-1: Known. (kernel bug; X)\n")
        .contains("on qemu in 1 scenario: suites/type-change.kmem:7 (cxl)\n")
        .endsWith(
            "DIVERGENCE: 1 rule is broken: REFUSE-1. Of 2 divergences 1 is explained,"
                + " 1 is not.\n");
    assertThat(ExitCode.of(run)).isEqualTo(ExitCode.DIVERGENCE);
    assertThat(Ktap.of(run, Runs.book(findings)))
        .containsOnlyOnce("  # explained: K-1: Known. (kernel bug; X)\n");
    JsonNode json = new ObjectMapper().readTree(RunJson.of(run, Runs.book(findings), Runs.TRACES));
    assertThat(json.at("/divergences").toString()).isEqualTo("{\"explained\":1,\"unexplained\":1}");
    assertThat(json.at("/cases/4/divergences/0/explained/finding").asText()).isEqualTo("K-1");
    assertThat(json.at("/cases/5/divergences/0").has("explained")).isFalse();
    assertThat(RunJsonTest.schema().validate(json)).isEmpty();
  }

  @Test
  public void whatWasSeenMayHaveLines() {
    Run run = new Runs().target("q").diverge("q", "a", "REFUSE-1", "0 us  P0\n4 us  P1").run();
    assertThat(text(run)).contains("  got:     0 us  P0; 4 us  P1 (3 times)\n");
    assertThat(Ktap.of(run, Runs.RULES)).contains("got 0 us  P0; 4 us  P1, expected");
  }

  @Test
  public void eachWarningHasItsStep() {
    assertThat(text(new Runs().target("q").splats("q", "loud").run()))
        .contains("  got:     \"WARNING: one\" (2 times)\n")
        .contains("  also:    line 9, write online: WARNING: two\n")
        .doesNotContain("nothing of note");
  }

  @Test
  public void aReportOfTheKernelStandsInFullUnderItsDivergence() throws Exception {
    List<String> report =
        List.of(
            "BUG: sleeping function called from invalid context at mm/none.c:12",
            "Call Trace:",
            " <TASK>",
            " alpha+0x1/0x2",
            " </TASK>");
    List<String> log = new ArrayList<>(report);
    log.add(0, "before");
    log.add("after");
    assertThat(text(new Runs().target("q").logs("q", "loud", log).run()))
        .contains(
            "  got:     \"" + report.get(0) + "\", in alpha\n",
            "  the kernel's report:\n    " + String.join("\n    ", report) + "\n  where: ");
  }

  @Test
  public void tellsWhatRacesCameTo() throws Exception {
    Run run = new Runs().target("q").race("q", "two-writers", 3).run();
    assertThat(text(run))
        .contains(
            "Races\n  q two-writers.cxl: 3 rounds, 3 interleavings;"
                + " P0 ok, P1 EBUSY: 2; P0 EBUSY, P1 ok: 1\n");
    JsonNode json = new ObjectMapper().readTree(RunJson.of(run, Runs.RULES, Runs.TRACES));
    assertThat(json.at("/cases/0/races/0/outcomes/0").toString())
        .isEqualTo("{\"answers\":\"P0 ok, P1 EBUSY\",\"rounds\":2}");
    assertThat(RunJsonTest.schema().validate(json)).isEmpty();
  }

  @Test
  public void coloursAreAskedForAndWanted() {
    assertThat(Colours.of(true, Map.of("TERM", "xterm"))).isEqualTo(Colours.ON);
    assertThat(Colours.of(true, Map.of("NO_COLOR", ""))).isEqualTo(Colours.ON);
    assertThat(Colours.of(true, Map.of("NO_COLOR", "1"))).isEqualTo(Colours.OFF);
    assertThat(Colours.of(true, Map.of("TERM", "dumb"))).isEqualTo(Colours.OFF);
    assertThat(Colours.of(false, Map.of())).isEqualTo(Colours.OFF);
    String painted = TextReport.of(Runs.mixed().run(), Runs.RULES, Colours.ON);
    assertThat(painted).contains("\033[31m");
    assertThat(painted.replaceAll("\033\\[\\d+m", "")).isEqualTo(text(Runs.mixed().run()));
  }

  private static String progress(boolean terminal) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
    try (Progress progress = new Progress(out, terminal, 40)) {
      Run run = Runs.mixed().run();
      progress.expect("model", 3);
      progress.expect("qemu", 9);
      progress.doing("qemu: waiting for the guest to be ready, as long as it may take");
      run.cases()
          .forEach(
              c -> {
                progress.begin(c.target(), c.scenario().name());
                progress.end(c);
              });
      progress.say("something else onlines blocks");
    }
    return bytes.toString(StandardCharsets.UTF_8);
  }

  @Test
  public void progressIsOneLineOnATerminal() {
    String out = progress(true);

    assertThat(out.chars().filter(c -> c == '\n').count()).isEqualTo(1);
    assertThat(out.split("\r\033\\[K|\n")).allMatch(l -> l.length() <= 39);
    assertThat(out).contains("qemu 5/9, 2 diverged, 1 error, 1 ski").endsWith("blocks\n");
  }

  @Test
  public void progressIsALineATargetElsewhere() {
    assertThat(progress(false))
        .isEqualTo(
            "model 3/3\nsomething else onlines blocks\n"
                + "qemu 5/9, 2 diverged, 1 error, 1 skipped\n");
  }
}
