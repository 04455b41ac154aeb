package org.daxcheck.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.daxcheck.run.Home;
import org.testng.annotations.DataProvider;
import org.testng.annotations.Test;

/** What a command line needs of the host, as the launcher asks for it. */
public class NeedTest {
  @DataProvider
  public Object[][] lines() {
    return new Object[][] {
      {"", ""},
      {"run", "guest"},
      {"run --help", ""},
      {"run --target model suites/word", ""},
      {"run --target=model --target=qemu", "guest"},
      {"run --target ssh://root@lab1 --device dax0.0", "agent"},
      {"run --target model --target qemu --suite full", "guest"},
      {"run --nosuch", ""},
      {"patch 0001.patch", "guest patch"},
      {"patch --kernel 0001.patch", "guest patch kernel"},
      {"patch --kernel-config debug 0001.patch", "guest patch kernel"},
      {"patch --tree linux 0001.patch", "guest patch"},
      {"run --kernel-config small", "guest patch kernel"},
      {"run --kernel bzImage --modules lib", "guest"},
      {"run --tree linux", "guest"},
      {"guest boot --kernel-config=debug", "guest patch kernel"},
      {"kernel build --config debug", "patch kernel"},
      {"kernel build --help", ""},
      {"explore", "guest"},
      {"learn", "guest dot"},
      {"learn --diff 7.3 v3", "dot"},
      {"mutants", "guest"},
      {"try", "guest"},
      {"try --model -e read", ""},
      {"replay RUN CASE", "guest"},
      {"guest ssh uname -r", "guest"},
      {"guest", ""},
      {"run --qemu host", "guest qemu"},
      {"run --qemu fetched", "guest"},
      {"run --qemu host --target model", ""},
      {"patch --qemu host 0001.patch", "guest qemu patch"},
      {"mutants --qemu /opt/qemu-system-x86_64", "guest"},
      {"try --qemu=host --accel auto", "guest qemu"},
      {"show RUN", ""},
      {"doctor", ""},
      {"nosuch", ""},
    };
  }

  @Test(dataProvider = "lines")
  public void aCommandLineSaysWhatItNeeds(String line, String words) {
    String[] split = line.isEmpty() ? new String[0] : line.split(" ");
    assertThat(Need.words(Need.of(split))).isEqualTo(words);
  }

  @Test
  public void aPatchThatLeavesTheModuleNeedsWhatBuildsKernels() throws Exception {
    Path patch = Files.createTempFile("daxcheck-need", ".patch");
    try {
      Files.writeString(patch, "--- a/mm/a.c\n+++ b/mm/a.c\n@@ -1 +1 @@\n-a\n+b\n");
      assertThat(Need.words(Need.of("patch", patch.toString()))).isEqualTo("guest patch kernel");
      assertThat(Need.words(Need.of("patch", "--source", "kmem.c", patch.toString())))
          .isEqualTo("guest patch");
    } finally {
      Files.delete(patch);
    }
  }

  @Test
  public void theLauncherKnowsEveryNeed() throws Exception {
    String launcher = Files.readString(Home.folder().resolve("daxcheck"));
    String everything =
        launcher.lines().filter(l -> l.startsWith("everything=")).findFirst().orElseThrow();
    assertThat(everything.replaceAll(".*'(.*)'", "$1").split(" "))
        .containsExactlyInAnyOrder(
            Stream.of(Need.values()).map(n -> n.name().toLowerCase()).toArray(String[]::new));
  }
}
