package org.daxcheck.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.daxcheck.abi.Dialect;
import org.testng.annotations.AfterClass;
import org.testng.annotations.BeforeClass;
import org.testng.annotations.DataProvider;
import org.testng.annotations.Test;

/** A finished run is shown for people, in this process and without a guest. */
public class ShowCommandTest {
  private static final String BUSY = "online-movable-to-other-types";

  private Path folder;
  private Path right;
  private Path wrong;

  @BeforeClass
  public void make() throws Exception {
    folder = Files.createTempDirectory("daxcheck-show");
    right =
        Finished.run(
            folder.resolve("right"),
            Dialect.LINUX_7_3,
            1,
            "refuse/" + BUSY + ".kmem",
            "conc/two-online-words.kmem",
            "word/later-words-in-v3.kmem",
            "unbind/from-unplugged.kmem");
    Path trace = right.resolve("traces/model/cxl/" + BUSY + ".jsonl");
    String was = Files.readString(trace);
    Files.writeString(trace, was.replace("\"EBUSY\"", "\"EINVAL\""));
    wrong = folder.resolve("wrong");
    Finished.say(new JudgeCommand(), right, "--out", wrong);
    Files.writeString(trace, was);
  }

  @AfterClass(alwaysRun = true)
  public void clean() throws IOException {
    Finished.delete(folder);
  }

  private static String flat(Finished.Said said) {
    assertThat(said.code()).as(said.err()).isZero();
    return said.flat();
  }

  @Test
  public void aRunIsALineACase() {
    Finished.Said said = Finished.say(new ShowCommand(), wrong);
    assertThat(said.code()).isZero();
    assertThat(said.out().lines())
        .hasSize(4)
        .anyMatch(l -> l.matches("DIVERGENCE  model  " + BUSY + "\\.cxl  REFUSE-1"))
        .anyMatch(l -> l.matches("PASS        model  from-unplugged\\.cxl"))
        .anyMatch(l -> l.startsWith("SKIPPED     model  later-words-in-v3.cxl  it is about"));
  }

  @Test
  public void aListForATerminalIsCutToItsWidth() {
    Finished.Said said = Finished.say(new ShowCommand(), wrong, "--width", "60");
    assertThat(said.out().lines()).hasSize(4).allMatch(l -> l.length() <= 60);
    assertThat(said.out()).contains("...");
    assertThat(Finished.say(new ShowCommand(), wrong).out()).doesNotContain("...");
  }

  @Test
  public void aCaseHasItsStepsItsAnswersAndWhatChanged() {
    Finished.Said said = Finished.say(new ShowCommand(), right, BUSY);
    assertThat(said.out().lines()).allMatch(l -> l.length() <= 100);
    assertThat(flat(said))
        .startsWith(BUSY + ".cxl on model: PASS")
        .contains("setup write online_movable -> ok state unplugged -> online_movable")
        .contains("absent -> online Movable", ": System RAM (kmem)")
        .containsPattern(" \\d+ write online_kernel -> EBUSY")
        .doesNotContain(
            "breaks", "not allowed", "Why is this forbidden?", "judges this trace otherwise");
  }

  @Test
  public void whatIsForbiddenIsExplainedByTheStatesThatWereHeld() {
    assertThat(flat(Finished.say(new ShowCommand(), wrong, BUSY)))
        .containsPattern("write online\\S* -> EINVAL <- breaks REFUSE-1")
        .containsPattern("write online -> EINVAL <- not allowed either")
        .contains("Why is this forbidden?", "allowed EBUSY seen EINVAL")
        .contains("REFUSE-1 An online device", "source: sysfs-bus-dax")
        .contains("Before it the model held 1 state: 1 online_movable;", "online Movable")
        .contains("- EBUSY (REFUSE-1), nothing changes: ended, the answer was EINVAL")
        .contains("No state is left.");
  }

  @Test
  public void aRaceIsAPictureOfItsActors() {
    Finished.Said said = Finished.say(new ShowCommand(), right, "two-online-words", "--all");
    assertThat(said.out())
        .contains("2 actors", "P0 write online_movable", "P1 write online_kernel");
    assertThat(Finished.say(new ShowCommand(), right, "two-online-words").out().length())
        .isLessThanOrEqualTo(said.out().length());
  }

  @Test
  public void casesAreFoundByNameGlobAndRule() {
    for (String wanted :
        new String[] {BUSY, BUSY + ".cxl", "model/cxl/" + BUSY, "online-mov*", "refuse-1"}) {
      assertThat(Finished.say(new ShowCommand(), wrong, wanted).out())
          .as(wanted)
          .startsWith(BUSY + ".cxl on model: DIVERGENCE of REFUSE-1");
    }
    assertThat(Finished.say(new ShowCommand(), wrong, "UNBIND-1").out())
        .as("nothing breaks it: the case that is about it")
        .startsWith("from-unplugged.cxl on model: PASS");
    assertThat(Finished.say(new ShowCommand(), wrong, "later-words-in-v3").out())
        .startsWith("later-words-in-v3.cxl on model has no trace: it is about dialect v3");
  }

  @Test
  public void aVerdictOfAnotherModelIsSaid() throws Exception {
    Path file = wrong.resolve("run.json");
    String was = Files.readString(file);
    Files.writeString(file, was.replace("\"rule\" : \"REFUSE-1\"", "\"rule\" : \"REFUSE-3\""));
    try {
      assertThat(flat(Finished.say(new ShowCommand(), wrong, BUSY)))
          .contains("note: the model of today judges this trace otherwise");
    } finally {
      Files.writeString(file, was);
    }
  }

  @DataProvider
  public Object[][] bad() {
    return new Object[][] {
      {new Object[] {"/nonexistent"}, "/nonexistent: no such run; name its folder"},
      {new Object[] {right, "nosuch"}, "'nosuch' fits no case of this run; './daxcheck show "},
      {new Object[] {right, "--width", "20"}, "--width 20 is too narrow; it takes at least 60"},
    };
  }

  @Test(dataProvider = "bad")
  public void badInputIsOneSentence(Object[] words, String sentence) {
    Finished.Said said = Finished.say(new ShowCommand(), words);
    assertThat(said.code()).isEqualTo(2);
    assertThat(said.err()).contains(sentence).doesNotContain("\tat ");
    assertThat(said.out()).isEmpty();
  }
}
