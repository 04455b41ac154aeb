package org.daxcheck.patch;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.daxcheck.patch.Hunks.Kind;
import org.testng.annotations.AfterClass;
import org.testng.annotations.BeforeClass;
import org.testng.annotations.DataProvider;
import org.testng.annotations.Test;

/** A patch that is not as its headers say is told by file, line and hunk before it is applied. */
public class HunksTest {
  private static final String NAMES = "--- a/drivers/dax/kmem.c\n+++ b/drivers/dax/kmem.c\n";
  private static final String ONE = "@@ -3,3 +3,4 @@ static int x(void)\n a\n-b\n+B\n+C\n d\n";
  private static final String TWO = "@@ -20,2 +21 @@\n e\n-f\n";
  private static final String SIGNATURE = "-- \n2.47.3\n\n";

  private Path file;

  @BeforeClass
  public void make() throws IOException {
    file = Files.createTempFile("daxcheck-hunks", ".patch");
  }

  @AfterClass(alwaysRun = true)
  public void clean() throws IOException {
    Files.deleteIfExists(file);
  }

  private Optional<Hunks.Damage> damage(String patch) throws IOException {
    return Hunks.firstDamage(Files.writeString(file, patch));
  }

  /** Patches that are whole. */
  @DataProvider
  public Object[][] whole() {
    return new Object[][] {
      {"plain", NAMES + ONE + TWO},
      {"a mail", "Subject: x\n\n@@ -1,9 +1 @@\n+said in words\n---\n" + NAMES + ONE + SIGNATURE},
      {"two files", NAMES + ONE + NAMES.replace("kmem.c", "bus.c") + TWO},
      {"two files of git", "diff --git a/x b/x\n" + NAMES + ONE + "diff --git a/y b/y\n" + NAMES},
      {"carriage returns", (NAMES + ONE).replace("\n", "\r\n")},
      {"an empty line for a blank", NAMES + ONE.replace("\n a\n", "\n\n")},
      {"no newline at the end", NAMES + TWO + "\\ No newline at end of file\n"},
      {"no newline within", NAMES + ONE.replace("-b\n", "-b\n\\ No newline at end of file\n")},
      {"a removed line like a name", NAMES + "@@ -1,2 +1 @@\n--- x\n y\n" + SIGNATURE},
      {"a new file", "--- /dev/null\n+++ b/x.h\n@@ -0,0 +1,2 @@\n+a\n+b\n"},
      {"no patch", "Some words.\n"},
      {"encoded", "Content-Transfer-Encoding: base64\n\n" + NAMES + "@@ -1,9 +1 @@\n=20\n"},
    };
  }

  @Test(dataProvider = "whole")
  public void aWholePatchHasNoDamage(String what, String patch) throws IOException {
    assertThat(damage(patch)).as(what).isEmpty();
  }

  /** Patches that are not, with the line and the words. */
  @DataProvider
  public Object[][] damaged() {
    return new Object[][] {
      {
        NAMES + ONE + "@@ -20,7 +21,6 @@\n e\n-f\n",
        Kind.CUT_OFF,
        9,
        "hunk 2 of drivers/dax/kmem.c is cut off: '@@ -20,7 +21,6 @@' announces 7 lines of the old"
            + " file and 6 of the new, and the file ends after 2 and 1; "
      },
      {NAMES + ONE.substring(0, ONE.length() - 3), Kind.CUT_OFF, 3, "hunk 1 of drivers/dax/kmem.c"},
      {NAMES + ONE.replace(" a\n", " a\nwrapped\n"), Kind.DAMAGED, 5, "is damaged: "},
      {NAMES + ONE.replace(" d\n", "") + TWO, Kind.DAMAGED, 8, "hunk 1 of drivers/dax/kmem.c"},
      {NAMES + ONE.replace(" d\n", "") + SIGNATURE, Kind.DAMAGED, 9, "this line is none of them"},
      {NAMES + ONE.replace("+C\n", "+C\n+D\n+E\n"), Kind.DAMAGED, 9, "'@@ -3,3 +3,4 @@'"},
      {NAMES + ONE + "+D\n", Kind.TOO_LONG, 9, "hunk 1 of drivers/dax/kmem.c is longer than"},
      {NAMES + ONE + " x\n-y\n" + TWO, Kind.TOO_LONG, 10, "would lose this line"},
      {
        "--- a/kmem.c\n+++ /dev/null\n@@ -1,2 +0,0 @@\n-a\n",
        Kind.CUT_OFF,
        3,
        "hunk 1 of kmem.c is cut off"
      },
    };
  }

  @Test(dataProvider = "damaged")
  public void whatIsNotAsItsHeaderSaysIsToldByLineAndHunk(
      String patch, Kind kind, int line, String words) throws IOException {
    Hunks.Damage damage = damage(patch).orElseThrow();
    assertThat(damage.kind()).as(damage.sentence()).isEqualTo(kind);
    assertThat(damage.sentence()).startsWith(file + ":" + line + ": hunk ").contains(words);
  }
}
