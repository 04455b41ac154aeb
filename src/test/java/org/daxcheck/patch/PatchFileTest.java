package org.daxcheck.patch;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.daxcheck.io.Trees;
import org.testng.annotations.AfterMethod;
import org.testng.annotations.BeforeMethod;
import org.testng.annotations.DataProvider;
import org.testng.annotations.Test;

/** Whether the module is enough to judge a series is seen from the files that it changes. */
public class PatchFileTest {
  private static final String HUNK = "@@ -1 +1 @@\n-a\n+b\n";
  private static final String CREATED = "@@ -0,0 +1 @@\n+b\n";

  private Path folder;

  @BeforeMethod
  public void make() throws IOException {
    folder = Files.createTempDirectory("daxcheck-patch-file");
  }

  @AfterMethod(alwaysRun = true)
  public void clean() throws IOException {
    Trees.remove(folder);
  }

  private static String change(String file) {
    return "--- a/" + file + "\n+++ b/" + file + "\n" + HUNK;
  }

  private static String creation(String file) {
    return "--- /dev/null\n+++ b/" + file + "\n" + CREATED;
  }

  private static String removal(String file) {
    return "--- a/" + file + "\n+++ /dev/null\n@@ -1 +0,0 @@\n-a\n";
  }

  @DataProvider
  public Object[][] series() {
    String kmem = change("drivers/dax/kmem.c");
    return new Object[][] {
      {List.of(kmem), List.of()},
      {List.of(kmem.replace("drivers/", "linux-7.3/drivers/")), List.of()},
      {List.of("--- kmem.c.orig\n+++ kmem.c\n" + HUNK), List.of()},
      {List.of(kmem + change("Documentation/ABI/testing/sysfs-bus-dax")), List.of()},
      {List.of(kmem, change("tools/testing/selftests/dax/Makefile")), List.of()},
      {List.of(change("mm/memory_hotplug.c") + kmem), List.of("mm/memory_hotplug.c")},
      {List.of(kmem, change("mm/a.c"), change("mm/a.c")), List.of("mm/a.c")},
      {List.of(kmem + change("drivers/dax/bus.h")), List.of("drivers/dax/bus.h")},
      {List.of(kmem, removal("drivers/dax/cxl.c")), List.of("drivers/dax/cxl.c")},
      {List.of(creation("drivers/dax/new.h"), change("drivers/dax/new.h") + kmem), List.of()},
      {List.of(kmem, creation("drivers/dax/new.c")), List.of("drivers/dax/new.c")},
    };
  }

  @Test(dataProvider = "series")
  public void theModuleIsEnoughWhereNothingElseIsChanged(List<String> texts, List<String> outside)
      throws IOException {
    List<Path> patches = new ArrayList<>();
    for (String text : texts) {
      patches.add(Files.writeString(folder.resolve(patches.size() + ".patch"), "Words.\n" + text));
    }
    assertThat(PatchRequest.outsideTheModule(patches)).isEqualTo(outside);
  }

  @Test
  public void linesWithinAHunkNameNoFile() throws IOException {
    Path patch = folder.resolve("x.patch");
    String hunk = "@@ -1,2 +1,2 @@\n--- mm/a.c\n+++ mm/b.c\n x\n";
    Files.writeString(patch, change("drivers/dax/kmem.c") + hunk);
    assertThat(PatchRequest.outsideTheModule(List.of(patch))).isEmpty();
  }

  @Test
  public void aFileThatIsNotThereChangesNothing() {
    assertThat(PatchRequest.outsideTheModule(List.of(folder.resolve("none")))).isEmpty();
  }
}
