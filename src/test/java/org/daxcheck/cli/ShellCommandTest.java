package org.daxcheck.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.daxcheck.report.ShellCommand;
import org.daxcheck.report.ShellCommand.Setup;
import org.testng.annotations.AfterClass;
import org.testng.annotations.BeforeClass;
import org.testng.annotations.Test;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/** What is printed to be pasted is pasted here, into a shell. */
public class ShellCommandTest {
  /** Options of a run that say what is run, how, or what becomes of it, not on what. */
  private static final Set<String> OF_THIS_RUN =
      Set.of(
          "--suite",
          "--target",
          "--topology",
          "--complete",
          "--alphabet",
          "--seed",
          "--out",
          "--replay",
          "--no-replay",
          "--format",
          "--waivers",
          "--strict-waivers",
          "--baseline",
          "--jobs",
          "--shard",
          "--resume",
          "--rerun-failed",
          "--fail-fast",
          "--keep-going",
          "--dry-run",
          "--help",
          "--version");

  private Path folder;

  @BeforeClass
  public void make() throws Exception {
    folder = Files.createTempDirectory("daxcheck-paste");
  }

  @AfterClass(alwaysRun = true)
  public void clean() throws Exception {
    Finished.delete(folder);
  }

  /** The words that a shell makes of a line, without {@code ./daxcheck}. */
  private static List<String> pasted(String line) throws Exception {
    Process shell =
        new ProcessBuilder("sh", "-c", "set -- " + line + "\nprintf '%s\\0' \"$@\"").start();
    String words = new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(shell.waitFor()).isZero();
    List<String> all = List.of(words.split("\0"));
    assertThat(all.get(0)).isEqualTo("./daxcheck");
    return all.subList(1, all.size());
  }

  private static String value(List<String> words, String option) {
    RunCommand run = new RunCommand();
    CommandLine line = new CommandLine(run);
    Object value =
        line.parseArgs(words.subList(1, words.size()).toArray(String[]::new))
            .matchedOptionValue(option, null);
    return String.valueOf(value);
  }

  @Test
  public void everyOptionOfARunIsKeptOrIsOfThatRunAlone() {
    Set<String> kept = Arrays.stream(Setup.values()).map(Setup::option).collect(Collectors.toSet());
    List<OptionSpec> all = new CommandLine(new RunCommand()).getCommandSpec().options();
    Set<String> both = new TreeSet<>(kept);
    both.addAll(OF_THIS_RUN);
    assertThat(all).extracting(OptionSpec::longestName).containsExactlyInAnyOrderElementsOf(both);
    assertThat(kept).doesNotContainAnyElementsOf(OF_THIS_RUN);
    for (Setup s : Setup.values()) {
      OptionSpec option =
          all.stream().filter(o -> o.longestName().equals(s.option())).findFirst().orElseThrow();
      assertThat(option.arity().max() > 0).as(s.option()).isEqualTo(s.valued());
    }
  }

  @Test
  public void quotesSurviveTheShell() throws Exception {
    List<String> odd = List.of("run", "a b", "it's $HOME", "`x`", "*", "", "~", "plain-1.kmem");
    assertThat(pasted(ShellCommand.of(odd))).isEqualTo(odd);
    assertThat(ShellCommand.of("run", "plain-1.kmem")).isEqualTo("./daxcheck run plain-1.kmem");
  }

  @Test
  public void aCaseAgainIsOnTheSameKernelDriverAndTopology() throws Exception {
    List<String> said =
        List.of(
            "--suite=smoke",
            "--kmem-module",
            "my driver's/kmem.ko",
            "--kernel=/boot/my kernel",
            "--modules",
            "/lib/my modules",
            "--format",
            "ktap",
            "--jobs",
            "2");
    List<String> words = pasted(ShellCommand.again(said, "suites/a b.kmem", "qemu", "cxl", "7"));
    assertThat(words.subList(0, 2)).containsExactly("run", "suites/a b.kmem");
    assertThat(value(words, "--kmem-module")).isEqualTo("my driver's/kmem.ko");
    assertThat(value(words, "--kernel")).isEqualTo("/boot/my kernel");
    assertThat(value(words, "--modules")).isEqualTo("/lib/my modules");
    assertThat(value(words, "--target")).isEqualTo("[qemu]");
    assertThat(value(words, "--topology")).isEqualTo("cxl");
    assertThat(value(words, "--seed")).isEqualTo("7");
    assertThat(words).doesNotContain("--suite=smoke", "--format", "--jobs");
  }

  @Test
  public void aCaseOfAMachineIsTriedAgainOnIt() throws Exception {
    List<String> said =
        List.of("--target", "model", "--target", "ssh://root@lab1", "--device", "dax0.0", "--sudo");
    List<String> words = pasted(ShellCommand.again(said, "a.kmem", "machine", "machine", "7"));
    assertThat(value(words, "--target")).isEqualTo("[ssh://root@lab1]");
    assertThat(value(words, "--device")).isEqualTo("dax0.0");
    assertThat(value(words, "--sudo")).isEqualTo("true");
    assertThat(words).doesNotContain("--topology");
    assertThat(pasted(ShellCommand.again(said, "a.kmem", "model", "cxl", "7")))
        .contains("model")
        .doesNotContain("ssh://root@lab1");
  }

  @Test
  public void whatThePageSaysToTryRunsTheSameCase() throws Exception {
    Path run = folder.resolve("the run");
    Object[] asked = {
      Finished.HOME.resolve("suites/unbind/from-unplugged.kmem"),
      "--target",
      "model",
      "--dialect",
      "v4",
      "--topology",
      "cxl",
      "--seed",
      "7",
      "--out",
      run
    };
    assertThat(Finished.say(new RunCommand(), asked).code()).isZero();
    Path trace = run.resolve("traces/model/cxl/from-unplugged.jsonl");
    String was = Files.readString(trace);
    Files.writeString(trace, was.replaceFirst("\"errno\":\"\"", "\"errno\":\"EIO\""));
    Path wrong = folder.resolve("wrong");
    assertThat(Finished.say(new JudgeCommand(), run, "--out", wrong).code()).isEqualTo(1);
    Matcher line =
        Pattern.compile("Try the first one again: <code class=\"cmd\">(.*?)</code>")
            .matcher(Files.readString(wrong.resolve("report.html")));
    assertThat(line.find()).isTrue();
    List<String> words = pasted(line.group(1).replace("&#39;", "'").replace("&amp;", "&"));
    assertThat(value(words, "--dialect")).isEqualTo("v4");
    assertThat(value(words, "--topology")).isEqualTo("cxl");
    Path again = folder.resolve("again");
    Object[] typed =
        java.util.stream.Stream.concat(
                words.stream().skip(1), List.of("--out", again.toString()).stream())
            .toArray();
    assertThat(Finished.say(new RunCommand(), typed).code()).isZero();
    assertThat(
            Optional.of(Files.readString(again.resolve("traces/model/cxl/from-unplugged.jsonl"))))
        .as("the same dice and the same dialect")
        .hasValueSatisfying(t -> assertThat(t.replaceAll("\"nanos\":\\d+", "")).isNotEmpty())
        .map(t -> t.contains("\"dialect\":\"v4\""))
        .contains(true);
  }
}
