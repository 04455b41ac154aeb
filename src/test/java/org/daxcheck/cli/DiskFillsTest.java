package org.daxcheck.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.testng.SkipException;
import org.testng.annotations.Test;

/** Scripts that a person can run with larger counts, with small ones. */
public class DiskFillsTest {
  private static final String PROGRAM =
      String.join(
          " ",
          Path.of(System.getProperty("java.home"), "bin/java").toString(),
          "-XX:TieredStopAtLevel=1",
          "-Ddaxcheck.home=" + Finished.HOME,
          "-cp",
          System.getProperty("java.class.path"),
          Main.class.getName());

  private static void script(String... words) throws Exception {
    ProcessBuilder builder = new ProcessBuilder(words).redirectErrorStream(true);
    builder.environment().put("DAXCHECK", PROGRAM);
    Process process = builder.start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(5, TimeUnit.MINUTES)).isTrue();
    assertThat(process.exitValue()).as(said).isZero();
  }

  private static String path(String name) {
    return Finished.HOME.resolve("src/test/scripts").resolve(name).toString();
  }

  @Test
  public void aDiskThatFillsLeavesTheVerdictOfWhatWasJudgedAndOneSentence() throws Exception {
    if (new ProcessBuilder("unshare", "--map-root-user", "--mount", "true").start().waitFor()
        != 0) {
      throw new SkipException("no user namespaces here, so no small file system can be mounted");
    }
    script(path("disk-fills"), "4", "3");
  }

  @Test
  public void aRunThatIsKilledAndResumedComesToTheSameResult() throws Exception {
    script(path("kill-and-resume"), "3", "5", "--suite", "quick", "--target", "model");
  }
}
