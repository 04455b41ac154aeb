package org.daxcheck.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.daxcheck.abi.Dialect;
import org.daxcheck.run.Home;
import org.testng.annotations.AfterClass;
import org.testng.annotations.BeforeClass;
import org.testng.annotations.DataProvider;
import org.testng.annotations.Test;

/** Each command that needs no guest, run in this process: what it prints, and how it ends. */
public class CommandsTest {
  private Path folder;
  private Path run;

  @BeforeClass
  public void make() throws Exception {
    folder = Files.createTempDirectory("daxcheck-commands");
    run = Finished.run(folder.resolve("run"), Dialect.LINUX_7_3, 1, "unbind/from-unplugged.kmem");
  }

  @AfterClass(alwaysRun = true)
  public void clean() throws Exception {
    Finished.delete(folder);
  }

  @Test
  public void listHasEveryRuleAndEveryKnownFault() {
    Finished.Said rules = Finished.say(new ListCommand());
    assertThat(rules.code()).isZero();
    assertThat(rules.out())
        .contains("REFUSE-1", "suites/refuse/online-movable-to-other-types.kmem");
    Home.catalogue().rules().forEach(r -> assertThat(rules.out()).contains(r.id().toString()));
    assertThat(Finished.say(new ListCommand(), "--faults").out()).contains("FAULT-1", "breaks:");
  }

  @Test
  public void explainHasTheSourceAndTakesSmallLetters() {
    Finished.Said said = Finished.say(new ExplainCommand(), "refuse-1");
    assertThat(said.code()).isZero();
    assertThat(said.out()).contains("REFUSE-1 (required)", "source: sysfs-bus-dax", "scenarios:");
    assertThat(Finished.say(new ExplainCommand(), "fault-4").out()).contains("FAULT-4");
  }

  @Test
  public void coverageCountsAndWritesTimesOfKernelsAlone() throws Exception {
    Path times = folder.resolve("times.yaml");
    Finished.Said said = Finished.say(new CoverageCommand(), run, "--times", times);
    assertThat(said.out()).contains("UNBIND-1");
    assertThat(Files.readString(times)).as("the model's are no times").doesNotContain("from-");
  }

  @Test
  public void fmtChangesAFileOnceAndCheckChangesNothing() throws Exception {
    Path file = folder.resolve("from-unplugged.kmem");
    String right = Files.readString(Finished.HOME.resolve("suites/unbind/from-unplugged.kmem"));
    Files.writeString(file, right.replace("->", "  ->"));
    Finished.Said check = Finished.say(new FormatCommand(), "--check", file);
    assertThat(check.code()).isEqualTo(1);
    assertThat(Files.readString(file)).isNotEqualTo(right);
    assertThat(Finished.say(new FormatCommand(), file).code()).isZero();
    assertThat(Files.readString(file)).isEqualTo(right);
    assertThat(Finished.say(new FormatCommand(), "--check", file).code()).isZero();
  }

  @Test
  public void learnComparesTwoMachinesThatWereLearned() throws Exception {
    Path out = folder.resolve("learned");
    Finished.Said other = Finished.say(new LearnCommand(), "--diff", "7.3", "v3", "--out", out);
    assertThat(other.code()).isEqualTo(1);
    assertThat(out.resolve("separating-word.kmem")).exists();
    Finished.Said same =
        Finished.say(new LearnCommand(), "--diff", "7.3", "7.3", "--out", folder.resolve("same"));
    assertThat(same.code()).isZero();
    assertThat(same.out()).contains("are the same machine");
  }

  @Test
  public void reportMakesAPageOfARun() throws Exception {
    Path page = folder.resolve("page.html");
    Finished.Said said = Finished.say(new ReportCommand(), run, "--out", page);
    assertThat(said.code()).isZero();
    assertThat(Files.readString(page)).contains("from-unplugged");
  }

  @Test
  public void doctorSaysWhatIsHere() {
    Finished.Said said = Finished.say(new DoctorCommand());
    assertThat(said.code()).isZero();
    assertThat(said.out()).contains("Java", "QEMU", "gcc", "ready");
  }

  @Test
  public void explainTellsOfAScenarioAndOfAFault() {
    Finished.Said scenario = Finished.say(new ExplainCommand(), "from-unplugged");
    assertThat(scenario.code()).isZero();
    assertThat(scenario.out()).contains("UNBIND-1", "suites/unbind/from-unplugged.kmem");
    Finished.Said fault = Finished.say(new ExplainCommand(), "bad-word-errno");
    assertThat(fault.code()).isZero();
    assertThat(fault.out()).contains("bad-word-errno", "WORD-2");
  }

  @Test
  public void replayTakesOnlyWhatDivergedInAGuest() throws Exception {
    Finished.Said none = Finished.say(new ReplayCommand(), run, "nosuch");
    assertThat(none.code()).isEqualTo(2);
    assertThat(none.err()).contains("'nosuch'");
    Path trace = run.resolve("traces/model/cxl/from-unplugged.jsonl");
    String was = Files.readString(trace);
    Path wrong = folder.resolve("wrong");
    try {
      Files.writeString(trace, was.replaceFirst("\"errno\":\"\"", "\"errno\":\"EIO\""));
      Finished.say(new JudgeCommand(), run, "--out", wrong);
    } finally {
      Files.writeString(trace, was);
    }
    Finished.Said said = Finished.say(new ReplayCommand(), wrong, "from-unplugged");
    assertThat(said.code()).isEqualTo(2);
    assertThat(said.err()).contains("from-unplugged.cxl did not run in a guest but on model");
  }

  @Test
  public void patchRefusesOneThatIsCutOffInWordsForPeopleAndPrograms() throws Exception {
    Path cut = folder.resolve("cut.patch");
    Files.writeString(
        cut, "--- a/drivers/dax/kmem.c\n+++ b/drivers/dax/kmem.c\n@@ -1,3 +1 @@\n-a\n");
    Finished.Said said = Finished.say(new PatchCommand(), cut, "--format", "json");
    assertThat(said.code()).isEqualTo(2);
    assertThat(said.out())
        .contains("\"outcome\" : \"does not apply\"", cut + ":3: hunk 1 of drivers/dax/kmem.c");
  }

  @DataProvider
  public Object[][] wrong() {
    return new Object[][] {
      {new ExplainCommand(), new Object[] {"nope"}, "'nope' is no rule, scenario or fault"},
      {new ExplainCommand(), new Object[] {"REFUSE-99"}, "no rule REFUSE-99"},
      {new LearnCommand(), new Object[] {"--diff", "7.3"}, "--diff wants two machines, found 1"},
      {new MutantsCommand(), new Object[] {"nosuch"}, "'nosuch' is no fault of qemu/faults"},
      {new ExploreCommand(), new Object[] {"--length", "0"}, "--length 0 is not from 1 to 500"},
      {new CoverageCommand(), new Object[] {"/nonexistent"}, "/nonexistent: no such run"},
      {new FormatCommand(), new Object[] {"nosuch.kmem"}, "nosuch.kmem: no such file"},
      {new ReportCommand(), new Object[] {"/nonexistent"}, "/nonexistent: no such run"},
      {new RunCommand(), new Object[] {"nosuch.kmem"}, "nosuch.kmem: no such file"},
      {new RunCommand(), new Object[] {"--target", "moon"}, "--target 'moon' is unknown"},
      {new RunCommand(), new Object[] {"--suite", "nope"}, "--suite 'nope' is unknown"},
      {new ReplayCommand(), new Object[] {"/nonexistent", "a"}, "/nonexistent: no such run"},
      {new DiffCommand(), new Object[] {"/nonexistent"}, "/nonexistent: no such run"},
      {new JudgeCommand(), new Object[] {"/nonexistent"}, "/nonexistent: no such run"},
      {new MergeCommand(), new Object[] {"/nonexistent"}, "/nonexistent: no such run"},
      {new PatchCommand(), new Object[] {"nosuch.patch"}, "nosuch.patch"},
    };
  }

  @Test(dataProvider = "wrong")
  public void whatIsWrongIsOneSentence(Object command, Object[] words, String says) {
    Finished.Said said = Finished.say(command, words);
    assertThat(said.code()).isEqualTo(2);
    assertThat(said.err()).contains(says).doesNotContain("Exception", "\tat ");
  }
}
