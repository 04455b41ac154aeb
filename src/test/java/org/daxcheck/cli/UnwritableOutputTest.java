package org.daxcheck.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.FileOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.daxcheck.abi.Dialect;
import org.testng.annotations.AfterClass;
import org.testng.annotations.BeforeClass;
import org.testng.annotations.DataProvider;
import org.testng.annotations.Test;

/**
 * What nobody could read is no pass: every command ends with 2 where its output cannot be written.
 */
public class UnwritableOutputTest {
  private Path folder;
  private Path run;

  @BeforeClass
  public void make() throws Exception {
    folder = Files.createTempDirectory("daxcheck-full");
    run = Finished.run(folder.resolve("run"), Dialect.LINUX_7_3, 1, "unbind/from-unplugged.kmem");
  }

  @AfterClass(alwaysRun = true)
  public void clean() throws Exception {
    Finished.delete(folder);
  }

  /** Words that make a command print without a guest; its help, where there are none. */
  private Map<String, List<String>> words() {
    String scenario = Finished.HOME.resolve("suites/unbind/from-unplugged.kmem").toString();
    String of = run.toString();
    return Map.ofEntries(
        Map.entry(
            "run",
            List.of(scenario, "--target", "model", "--out", folder.resolve("new").toString())),
        Map.entry("learn", List.of("--diff", "7.3", "7.3", "--out", folder + "/learned")),
        Map.entry("list", List.of()),
        Map.entry("explain", List.of("REFUSE-1")),
        Map.entry("diff", List.of(of, of)),
        Map.entry("judge", List.of(of, "--out", folder.resolve("judged").toString())),
        Map.entry("show", List.of(of, "from-unplugged")),
        Map.entry("try", List.of("--model", "-e", "read")),
        Map.entry("coverage", List.of(of)),
        Map.entry("report", List.of(of, "--out", folder.resolve("page.html").toString())),
        Map.entry("doctor", List.of()),
        Map.entry("help", List.of()),
        Map.entry("man", List.of()),
        Map.entry("completion", List.of()),
        Map.entry("cache", List.of()));
  }

  @DataProvider
  public Object[][] commands() {
    return Asked.commands()
        .map(c -> c.qualifiedName().replaceFirst("^daxcheck ", ""))
        .map(n -> new Object[] {n, words().getOrDefault(n, List.of("--help"))})
        .toArray(Object[][]::new);
  }

  private static List<String> with(String name, List<String> words) {
    List<String> all = new ArrayList<>(List.of(name.split(" ")));
    all.addAll(words);
    return all;
  }

  @Test(dataProvider = "commands")
  public void aFullDiskBehindStandardOutputEndsWithTwo(String name, List<String> words)
      throws Exception {
    PrintStream usual = System.out;
    PrintStream usualError = System.err;
    try (PrintStream full = new PrintStream(new FileOutputStream("/dev/full"));
        PrintStream nowhere = new PrintStream(OutputStream.nullOutputStream())) {
      System.setOut(full);
      System.setErr(nowhere);
      assertThat(Main.status(with(name, words).toArray(String[]::new))).isEqualTo(2);
    } finally {
      System.setOut(usual);
      System.setErr(usualError);
    }
  }

  @Test
  public void theCommandsOfTheTestEndOtherwiseWhereItCanBeWritten() {
    assertThat(Finished.say(new ListCommand()).code()).isZero();
    assertThat(Finished.say(new ShowCommand(), run, "from-unplugged").code()).isZero();
    assertThat(Finished.say(new CacheCommand()).code()).isZero();
  }

  @Test
  public void aPipeThatIsClosedEndsWithTwoAndOneSentence() throws Exception {
    Process process =
        new ProcessBuilder(
                "bash",
                "-c",
                "\"$@\" | :; exit ${PIPESTATUS[0]}",
                "-",
                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                "-Ddaxcheck.home=" + Finished.HOME,
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName(),
                "list")
            .redirectErrorStream(true)
            .start();
    String err = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
    assertThat(err).isEqualTo("daxcheck: standard output could not be written\n");
    assertThat(process.exitValue()).isEqualTo(2);
  }
}
