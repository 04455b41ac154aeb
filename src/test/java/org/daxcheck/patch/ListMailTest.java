package org.daxcheck.patch;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.daxcheck.abi.Dialect;
import org.daxcheck.abi.Errno;
import org.daxcheck.abi.Grade;
import org.daxcheck.abi.RuleId;
import org.daxcheck.abi.TargetKind;
import org.daxcheck.abi.Word;
import org.daxcheck.oracle.Aspect;
import org.daxcheck.oracle.Cause;
import org.daxcheck.oracle.Divergence;
import org.daxcheck.oracle.Verdict;
import org.daxcheck.report.Colours;
import org.daxcheck.report.PastRun;
import org.daxcheck.report.RuleBook;
import org.daxcheck.scenario.Catalogue;
import org.daxcheck.scenario.Findings;
import org.daxcheck.scenario.Scenario;
import org.daxcheck.step.Payload;
import org.daxcheck.step.Result;
import org.daxcheck.step.Step;
import org.daxcheck.suite.Run;
import org.daxcheck.trace.Sample;
import org.daxcheck.trace.Trace;
import org.testng.annotations.Test;

/** What is said of a patch, to the user and to the list. */
public class ListMailTest {
  private static final String SUBJECT =
      "[PATCH v2 1/3] dax/kmem: tell of words that nobody knows, and of those that are known and"
          + " refused";

  private static final RuleBook BOOK =
      new RuleBook(
          List.of(
              new Catalogue.Rule(
                  RuleId.of("WORD-2"),
                  "Writing anything but a valid word fails with EINVAL and changes nothing; a write of no bytes"
                      + " returns 0 and does nothing.",
                  List.of(new Catalogue.Citation("sysfs-bus-dax", "\"the writable states\"")),
                  Set.of(Dialect.LINUX_7_3),
                  Grade.REQUIRED,
                  "",
                  Map.of())),
          Findings.none());

  private static Run run(Verdict verdict) {
    Sample s = Sample.of("qemu");
    Step bad =
        new Step.Write(Payload.line("unplugged_and_then_some_more_words_of_no_use"), Step.Who.ROOT);
    Trace trace =
        s.step(
                6,
                "write online_movable",
                Step.Write.word(Word.ONLINE_MOVABLE),
                Result.ok(15),
                s.online("online_movable", "Movable"))
            .step(
                7,
                "write unplugged_and_then_some_more_words_of_no_use",
                bad,
                Result.error(Errno.ENOENT),
                s.online("online_movable", "Movable"))
            .trace();
    Scenario scenario =
        new Scenario(
            "bad-word",
            "suites/word/bad-word.kmem",
            List.of("Says something."),
            List.of(new Scenario.Cited(RuleId.of("WORD-2"), "sysfs-bus-dax, \"x\"")),
            new Scenario.Needs(true, 1, 1, Set.of()),
            new Scenario.Start(Optional.empty(), Optional.empty(), Optional.empty()),
            false,
            List.of(),
            "KMEM bad-word\n");
    return new Run(
        "0.1.0",
        "gate",
        Instant.parse("2026-11-22T01:00:00Z"),
        7,
        true,
        List.of(
            new Run.TargetInfo(
                "qemu",
                TargetKind.GUEST,
                "7.3.4+deb13-amd64 (linux-image-7.3.4+deb13-amd64 7.3.4-1~bpo13+1)",
                "7.3",
                "kmem-patched.ko",
                "QEMU 10.0.2, tcg",
                List.of("cxl", "cxl-ranges"))),
        List.of(new Run.Case(scenario, "qemu", "cxl", verdict, Optional.of(trace), 1_000_000)),
        new Run.Times(1, 1, 3));
  }

  private static final Verdict PASS =
      new Verdict(Verdict.Status.PASS, List.of(), List.of(), Map.of(RuleId.of("WORD-2"), 1));

  private static final Verdict BROKEN =
      new Verdict(
          Verdict.Status.DIVERGENCE,
          List.of(
              new Divergence(
                  RuleId.of("WORD-2"),
                  1,
                  7,
                  "write unplugged_and_then_some_more_words_of_no_use",
                  Aspect.RESULT,
                  "EINVAL",
                  "ENOENT",
                  0)),
          List.of(),
          Map.of(RuleId.of("WORD-2"), 1));

  private static PatchVerdict judgement(Run before, Run now, int planned) {
    return new PatchVerdict(
        "0.1.0",
        List.of(
            new PatchFile(
                Path.of("0001-x.patch"),
                Optional.of(SUBJECT),
                Optional.of("<1@example.org>"),
                List.of())),
        Optional.empty(),
        List.of("0001-x.patch:9: hunk 1 went to drivers/dax/kmem.c:317, offset 2 lines"),
        now,
        new Baseline(Path.of("kept"), PastRun.of(before), 7, true, Map.of()),
        true,
        planned,
        Comparison.of(PastRun.of(before), PastRun.of(now), "qemu"),
        24_000_000_000L,
        80_000_000_000L);
  }

  private static List<String> mail(Run before, Run now, int planned) {
    return ListMail.of(judgement(before, now, planned), BOOK).orElseThrow().lines().toList();
  }

  @Test
  public void aLostRuleIsReportedWithTheWayToReproduceIt() {
    List<String> mail = mail(run(PASS), run(BROKEN), 1);
    assertThat(mail).allSatisfy(l -> assertThat(l.length()).as(l).isLessThanOrEqualTo(75));
    assertThat(mail.get(0)).startsWith("Subject: Re: [PATCH v2 1/3] dax/kmem: tell");
    assertThat(mail.get(1)).as("a long subject goes on behind a blank").startsWith(" ");
    String text = String.join("\n", mail);
    assertThat(text)
        .contains("\nIn-Reply-To: <1@example.org>\n\n")
        .contains("WORD-2: Writing anything but a valid word")
        .contains("sysfs-bus-dax, \"the writable states\"")
        .contains("got:     ENOENT")
        .contains("allowed: EINVAL")
        .contains("suites/word/bad-word.kmem:7 (cxl)")
        .contains("/sys/bus/dax/devices/dax0.0/state")
        .contains("linux-image-7.3.4+deb13-amd64")
        .contains("QEMU 10.0.2, tcg, cxl, cxl-ranges")
        .containsPattern("offset 2\\s+lines")
        .endsWith("\nReported-by: ")
        .doesNotContain("Tested-by");
    assertThat(mail)
        .as("a long command goes on in the next line, and a shell reads it as one")
        .anyMatch(l -> l.endsWith(" \\"));
  }

  @Test
  public void whatLosesNothingIsTested() {
    String text = String.join("\n", mail(run(PASS), run(PASS), 1));
    assertThat(text)
        .contains("every rule that held before still holds")
        .endsWith("\nTested-by: ")
        .doesNotContain("Reported-by");
  }

  @Test
  public void whatIsGainedIsSaidAndSoIsAPartOfTheSuite() {
    String text = String.join("\n", mail(run(BROKEN), run(PASS), 136));
    assertThat(text).contains("WORD-2 is broken without the patch and holds with it");
    assertThat(text.replace('\n', ' ')).contains("1 of the 136 cases of suite gate");
  }

  @Test
  public void nothingIsWrittenToTheListWhereNothingIsSure() {
    PatchVerdict failed =
        judgement(run(PASS), run(Verdict.error(Cause.INFRASTRUCTURE, "the connection is lost")), 1);
    assertThat(ListMail.of(failed, BOOK)).isEmpty();
    assertThat(failed.sentence()).startsWith("ERROR");
  }

  @Test
  public void theReportSaysWhatWasMeasuredWhenAndWhatIsLost() {
    String report =
        PatchReport.of(
            judgement(run(PASS), run(BROKEN), 1), BOOK, "reports/out/unpatched", Colours.OFF);
    assertThat(report)
        .as("the verdict comes first")
        .startsWith("FAIL: 1 rule lost: WORD-2.\n\ndaxcheck 0.1.0, patch, gate\n")
        .contains("unpatched: measured 2026-11-22 01:00 UTC in reports/out/unpatched; --fresh")
        .contains("LOST WORD-2  ")
        .contains("pass -> divergence: 1 case: bad-word.cxl")
        .contains("held without the patch")
        .endsWith("1 of 1 cases compared\n");
  }

  @Test
  public void aReplyKeepsOneRe() throws Exception {
    Path file = Files.createTempFile("daxcheck-mail", ".patch");
    try {
      Files.writeString(
          file,
          "From 0123 Mon Sep 17 00:00:00 2001\nFrom: A U Thor <a@example.org>\nSubject: [PATCH]"
              + " dax/kmem: one\n and a half\nMessage-ID: <2@example.org>\n\nSubject: not this\n"
              + "---\n--- a/drivers/dax/kmem.c\n");
      PatchFile head = PatchFile.read(file);
      assertThat(head.subject()).contains("[PATCH] dax/kmem: one and a half");
      assertThat(head.messageId()).contains("<2@example.org>");
      Files.writeString(file, "--- a/kmem.c\n+++ b/kmem.c\nSubject: x\n");
      assertThat(PatchFile.read(file).subject()).isEmpty();
    } finally {
      Files.delete(file);
    }
  }
}
