package org.daxcheck.guest;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.testng.annotations.AfterClass;
import org.testng.annotations.BeforeClass;
import org.testng.annotations.Test;

/**
 * The agent under the compiler's sanitizers, on this machine: what PROTOCOL.md promises, and bad
 * input. It is asked nothing that could change the machine.
 */
public class AgentReplayTest {
  private static final Path HOME = Path.of(System.getProperty("daxcheck.home", "."));
  private static final Path PROTOCOL = HOME.resolve("qemu/agent/PROTOCOL.md");
  private static final ObjectMapper JSON = new ObjectMapper();

  private Path folder;
  private Path agent;

  @BeforeClass
  public void compile() throws Exception {
    folder = Files.createTempDirectory("daxcheck-agent");
    agent = folder.resolve("agent");
    List<String> words =
        new ArrayList<>(
            List.of(
                "gcc",
                "-O1",
                "-g",
                "-fsanitize=address,undefined",
                "-fno-sanitize-recover=all",
                "-Wall",
                "-Wextra",
                "-o",
                agent.toString()));
    try (Stream<Path> all = Files.list(PROTOCOL.getParent())) {
      all.map(Path::toString).filter(f -> f.endsWith(".c")).sorted().forEach(words::add);
    }
    Process gcc =
        new ProcessBuilder(words)
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("gcc.log").toFile())
            .start();
    assertThat(gcc.waitFor(2, TimeUnit.MINUTES)).isTrue();
    assertThat(gcc.exitValue())
        .as("gcc with its sanitizers: %s", Files.readString(folder.resolve("gcc.log")))
        .isZero();
  }

  @AfterClass(alwaysRun = true)
  public void clean() throws IOException {
    if (folder == null) {
      return;
    }
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path path : all.sorted(java.util.Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }

  /** What the agent answers to these bytes until its input ends; a finding of a sanitizer fails. */
  private List<String> answers(byte[] requests) throws Exception {
    Path errors = folder.resolve("stderr");
    Process process = new ProcessBuilder(agent.toString()).redirectError(errors.toFile()).start();
    Thread feeder =
        new Thread(
            () -> {
              try (OutputStream in = process.getOutputStream()) {
                in.write(requests);
              } catch (IOException e) {
                // It ended before it read all; its exit code says why.
              }
            });
    feeder.start();
    List<String> lines = new ArrayList<>();
    try (BufferedReader out = process.inputReader(StandardCharsets.ISO_8859_1)) {
      for (String line = out.readLine(); line != null; line = out.readLine()) {
        lines.add(line);
      }
    } finally {
      if (!process.waitFor(1, TimeUnit.MINUTES)) {
        process.destroyForcibly();
      }
    }
    feeder.join();
    assertThat(process.exitValue()).as(Files.readString(errors)).isZero();
    return lines;
  }

  private List<JsonNode> replies(String requests) throws Exception {
    List<JsonNode> replies = new ArrayList<>();
    for (String line : answers(requests.getBytes(StandardCharsets.UTF_8))) {
      replies.add(JSON.readTree(line));
    }
    return replies;
  }

  @Test
  public void theExampleByHandIsAnswered() throws Exception {
    Matcher byHand = Pattern.compile("By hand: `ssh GUEST /agent`, then (.*)\\.").matcher(text());
    assertThat(byHand.find()).isTrue();
    List<String> lines =
        Pattern.compile("`([^`]*)`")
            .matcher(byHand.group(1))
            .results()
            .map(m -> m.group(1))
            .toList();
    assertThat(lines).startsWith("hello").endsWith("end").hasSizeGreaterThan(3);
    List<JsonNode> replies = replies(String.join("\n", lines) + "\n");
    assertThat(names(replies.get(0)))
        .as("what the document says of hello")
        .containsExactlyInAnyOrderElementsOf(documented("`hello`"));
    assertThat(replies.get(0).path("agent").asInt()).isEqualTo(version());
    assertThat(replies.get(1).path("error").asText()).as("no such device here").isNotEmpty();
    assertThat(names(replies.get(2))).contains("n", "ret", "errno", "ns", "t0", "t1", "obs");
    assertThat(names(replies.get(2).path("obs"))).isSubsetOf(observation());
    assertThat(replies.get(3)).isEqualTo(JSON.readTree("{\"batch\":\"1\",\"done\":true}"));
  }

  @Test
  public void everyStepOfTheTableIsKnownAndRefusesWhatIsMalformed() throws Exception {
    List<String> verbs = new ArrayList<>();
    Matcher row = Pattern.compile("(?m)^\\| ((?:`[^`|]*`(?:, )?)+) \\|").matcher(steps());
    while (row.find()) {
      Pattern.compile("`([a-z]+)")
          .matcher(row.group(1))
          .results()
          .map(m -> m.group(1))
          .forEach(verbs::add);
    }
    assertThat(verbs).contains("write", "pin", "addfail", "actors").hasSizeGreaterThan(15);
    for (String verb : verbs) {
      List<JsonNode> replies = replies("batch 7\n1 " + verb + " ? ? ? ? ?\nend\n");
      assertThat(replies).as(verb).hasSize(2);
      assertThat(replies.get(0).path("error").asText())
          .as(verb)
          .isNotEmpty()
          .doesNotContain("unknown");
    }
    assertThat(replies("batch 7\n1 frobnicate\nend\n").get(0).path("error").asText())
        .contains("unknown");
  }

  /** What a write answers may depend on when its file was opened, so that is when it begins. */
  @Test
  public void aWriteAndAReadBeginWithTheOpen() throws Exception {
    for (String verb : List.of("write", "read")) {
      Path pipe = folder.resolve("pipe-" + verb);
      assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
      // Opening one end of a pipe waits for the other end.
      String early = verb.equals("write") ? "write " + pipe + " =x" : "read " + pipe;
      String late = verb.equals("write") ? "read " + pipe : "write " + pipe + " =x";
      JsonNode actors =
          replies(
                  "batch 1\n1 actors 20000 3\nP0 "
                      + early
                      + "\nP1 sleep 100000\nP1 "
                      + late
                      + "\nend\n")
              .get(0)
              .path("actors");
      long begun = actors.get(0).path("steps").get(0).path("t0").asLong();
      long slept = actors.get(1).path("steps").get(0).path("t1").asLong();
      assertThat(begun).as(verb + " began before the other end was opened").isLessThan(slept);
      assertThat(actors.get(0).path("steps").get(0).path("ret").asInt()).isEqualTo(1);
    }
  }

  @Test
  public void badInputIsAnErrorAndTheNextRequestIsAnswered() throws Exception {
    String hello = "\nhello\n";
    for (String bad :
        List.of(
            "bogus",
            "",
            " ",
            "batch",
            "device ",
            "device ../../etc",
            "want nothing-known",
            "batch 1\nx y\nend",
            "batch 1\n1\nend",
            "batch 1\n-1 observe\nend",
            "batch 1\n1 limit=x read /proc/version\nend",
            "batch 1\n99999999999999999999 observe\nend",
            "batch 1\n1 actors 100 9\nP0 observe\nend",
            "batch 1\n1 actors 100 1\nQ0 sleep 1\nend",
            "batch 1\n1 actors 100 1\nP0 actors 1 1\nend",
            "batch 1\n1 write /dev/null =%G1\nend",
            "batch 1\n1 write /dev/null =%4\nend",
            "batch 1\n1 read " + "x".repeat(5000) + "\nend",
            "batch 1\n1 read a b c d e f g h i j k l m n o p q r s t u v w x y z\nend",
            "y".repeat(200_000))) {
      List<JsonNode> replies = replies(bad + hello);
      JsonNode last = replies.get(replies.size() - 1);
      assertThat(last.path("agent").asInt()).as(bad).isEqualTo(version());
    }
    // Input that ends within a line, within a batch, and bytes that are no text.
    assertThat(answers("batch 1\n1 obs".getBytes(StandardCharsets.UTF_8))).isEmpty();
    answers(new byte[] {0, 1, (byte) 0xff, '\n', 0, '\n', 'h', 0, 'i', '\n'});
  }

  @Test
  public void noisyInputFindsNothingForTheSanitizers() throws Exception {
    Random random = new Random(20261125);
    List<String> words =
        List.of(
            "batch",
            "end",
            "1",
            "!",
            "limit=5",
            "read",
            "write",
            "stat",
            "sleep",
            "observe",
            "actors",
            "P0",
            "P1",
            "signal",
            "SIGINT",
            "wait",
            "want",
            "hello",
            "/dev/null",
            "/proc/version",
            "=x",
            "=%00%ff",
            "0",
            "18446744073709551615",
            "-1",
            "all",
            "");
    StringBuilder noise = new StringBuilder();
    for (int i = 0; i < 3000; i++) {
      int length = 1 + random.nextInt(6);
      for (int w = 0; w < length; w++) {
        noise.append(w == 0 ? "" : " ").append(words.get(random.nextInt(words.size())));
      }
      noise.append(random.nextInt(10) == 0 ? "\nend\n" : "\n");
    }
    noise.append("end\nend\nhello\n");
    List<JsonNode> replies = replies(noise.toString());
    assertThat(replies).hasSizeGreaterThan(100);
    assertThat(replies.get(replies.size() - 1).path("agent").asInt()).isEqualTo(version());
  }

  /** Exit code and output of the command line. */
  private record Ran(int exit, String out) {}

  private Ran byHand(String... words) throws Exception {
    List<String> command = new ArrayList<>(List.of(agent.toString()));
    command.addAll(List.of(words));
    Path out = folder.resolve("out");
    Path errors = folder.resolve("stderr");
    Process process =
        new ProcessBuilder(command)
            .redirectOutput(out.toFile())
            .redirectError(errors.toFile())
            .start();
    try {
      assertThat(process.waitFor(1, TimeUnit.MINUTES)).as(command.toString()).isTrue();
    } finally {
      process.destroyForcibly();
    }
    assertThat(Files.readString(errors)).doesNotContain("Sanitizer", "runtime error");
    return new Ran(process.exitValue(), Files.readString(out));
  }

  @Test
  public void byHandAnAnswerIsWhatTheCallReturned() throws Exception {
    String file = Files.createFile(folder.resolve("state")).toString();
    assertThat(byHand("write", file, "online")).isEqualTo(new Ran(0, "= 7\n"));
    assertThat(byHand("read", file)).isEqualTo(new Ran(0, "online\n"));
    assertThat(byHand("write", file, "=%00a", "=%0A", "--at", "2")).isEqualTo(new Ran(0, "= 3\n"));
    assertThat(byHand("read", file).out()).isEqualTo("on\0a\ne\n");
    assertThat(byHand("write", file, "=")).isEqualTo(new Ran(0, "= 0\n"));
    assertThat(byHand("read", file + ".none")).isEqualTo(new Ran(1, "= -1 ENOENT at open\n"));
    assertThat(byHand("uwrite", "/proc/self/oom_adj", "0").out()).startsWith("= -1 EACCES");
    assertThat(byHand("wait", file, "never", "20")).isEqualTo(new Ran(1, "= -1 ETIMEDOUT\n"));
  }

  @Test
  public void byHandAStepIsInterruptedAndActorsActAtOnce() throws Exception {
    Ran interrupted = new Ran(1, "= -1 EINTR\n");
    assertThat(byHand("--timeout", "50", "sleep", "30s")).isEqualTo(interrupted);
    assertThat(byHand("--signal", "INT@50", "sleep", "30s")).isEqualTo(interrupted);
    String race = "P0 sleep = -1 EINTR\nP0 read \0= -1 ENOENT at open\nP1 signal = 0\n";
    Ran ran = byHand("race", "P0 sleep 30s", "P0 read /none", "P1 signal P0 TERM 100ms");
    assertThat(ran.out().lines()).allMatch(l -> l.matches(".* in \\d+ ms"));
    assertThat(new Ran(ran.exit(), ran.out().replaceAll(" in \\d+ ms", "")))
        .isEqualTo(new Ran(0, race.replace("\0", "")));
    assertThat(byHand("race", "--within", "100ms", "P0 sleep 30s").out())
        .isEqualTo("P0 sleep killed by KILL\n");
  }

  @Test
  public void byHandAHolderHoldsUntilItIsStopped() throws Exception {
    Path events = folder.resolve("events");
    Ran started = byHand("events", events.toString());
    assertThat(started.exit()).isZero();
    long pid = Long.parseLong(started.out().strip());
    assertThat(ProcessHandle.of(pid)).get().matches(ProcessHandle::isAlive);
    assertThat(byHand("stop", Long.toString(pid)).exit()).isZero();
    assertThat(events).isEmptyFile();
    assertThat(byHand("verify", Long.toString(pid)).out()).startsWith("= -1 ENOENT");
  }

  @Test
  public void byHandAMistakeIsToldAndNothingIsDone() throws Exception {
    for (List<String> words :
        List.of(
            List.of("bogus"),
            List.of("write"),
            List.of("write", "/dev/null"),
            List.of("write", "/dev/null", "two", "words"),
            List.of("write", "/dev/null", "=%G1"),
            List.of("--timeout", "soon", "sleep", "1s"),
            List.of("--signal", "NOSUCH@1", "sleep", "1s"),
            List.of("race"),
            List.of("race", "P0"),
            List.of("race", "Q0 sleep 1s"),
            List.of("race", "P0 bogus", "P1"),
            List.of("pin", "../etc", "last"),
            List.of("pin", "dax99.99", "last"),
            List.of("fill", "dax99.99", "4096"),
            List.of("stop", "1"),
            List.of("verify"),
            List.of("sleep", "1y"))) {
      Ran ran = byHand(words.toArray(String[]::new));
      assertThat(ran.exit()).as(words.toString()).isEqualTo(2);
      assertThat(folder.resolve("stderr")).content().as(words.toString()).startsWith("agent: ");
    }
    assertThat(byHand("--help").out()).contains("agent pin DEVICE BLOCK...");
  }

  // ---- the document

  private static String text() throws IOException {
    return Files.readString(PROTOCOL);
  }

  private static int version() throws IOException {
    Matcher title = Pattern.compile("^# The agent's protocol, version (\\d+)").matcher(text());
    assertThat(title.find()).isTrue();
    return Integer.parseInt(title.group(1));
  }

  private static String steps() throws IOException {
    String text = text();
    return text.substring(text.indexOf("\n## Steps"), text.indexOf("\n## Replies of steps"));
  }

  /** The members that a row of the table of requests names. */
  private static List<String> documented(String request) throws IOException {
    Matcher row =
        Pattern.compile("(?m)^\\| " + Pattern.quote(request) + " \\| (.*) \\|$").matcher(text());
    assertThat(row.find()).isTrue();
    // What stands in parentheses explains a member.
    String bare = row.group(1).replaceAll("\\([^()]*\\)", "");
    return Pattern.compile("`([a-z_]+)`").matcher(bare).results().map(m -> m.group(1)).toList();
  }

  private static List<String> observation() throws IOException {
    String text = text();
    List<String> members = new ArrayList<>(List.of("same", "lost"));
    Pattern.compile("(?m)^\\| `([a-z_]+)` \\|")
        .matcher(text.substring(text.indexOf("\n## Observation")))
        .results()
        .forEach(m -> members.add(m.group(1)));
    members.add("uevents_lost");
    return members;
  }

  private static List<String> names(JsonNode node) {
    return node.properties().stream().map(Map.Entry::getKey).toList();
  }
}
