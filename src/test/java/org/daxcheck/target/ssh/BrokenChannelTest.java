package org.daxcheck.target.ssh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.jcraft.jsch.JSchException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.daxcheck.abi.Dialect;
import org.daxcheck.abi.Policy;
import org.daxcheck.abi.Word;
import org.daxcheck.step.Reply;
import org.daxcheck.step.Step;
import org.daxcheck.target.TargetException;
import org.testng.annotations.AfterClass;
import org.testng.annotations.BeforeClass;
import org.testng.annotations.DataProvider;
import org.testng.annotations.Test;

/**
 * A target over SSH whose channel is dead, silent, garbled, half closed or endless: each ends in
 * bounded time in a failure of the lab, never in a verdict about the kernel.
 */
public class BrokenChannelTest {
  private static final long GRACE = 1_500;
  private static final long SHORT = 300;
  private static final String HELLO =
      "{\"agent\":3,\"pid\":77,\"release\":\"7.3\",\"block_size\":134217728,\"injector\":false,\"helper\":false,"
          + "\"speed_ns\":2000000}\n";
  private static final String DEVICE =
      "{\"device\":\"dax0.0\",\"node\":1,\"driver\":\"kmem\",\"ranges\":[{\"start\":\"0x8000000\","
          + "\"end\":\"0xfffffff\",\"first_block\":1,\"blocks\":1}],\"attributes\":[\"state\"],"
          + "\"memmap_kib\":0,\"neighbours\":[]}\n";
  private static final String REPLY =
      "{\"n\":1,\"ret\":10,\"errno\":null,\"ns\":5,\"t0\":1,\"t1\":6,\"obs\":{\"attrs\":[{\"name\":"
          + "\"state\",\"mode\":\"0644\",\"uid\":0,\"gid\":0,\"errno\":null,\"text\":\"unplugged\\u000a\"}],"
          + "\"driver\":\"kmem\",\"policy\":\"online_movable\",\"memtotal_kb\":1000,\"blocks\":[],"
          + "\"iomem\":[],\"neighbours\":\"\",\"taint\":0,\"log\":[],\"lost\":false,\"uevents\":[],"
          + "\"uevents_lost\":false},\"obs_ns\":1}\n";

  /** The agent's process waits for a request. */
  private static final String WAITS = stat('S') + "0 0x0 0x7ffd1c0 0x1000 0x0 0x0 0x0 0x7f 0x7f\n";

  private static final String HUNG =
      "{\"hung\":1,\"stuck_in\":{\"state\":\"D\",\"stack\":[],\"cpu_ms\":0,\"same\":false}}\n";

  private static final String DONE = "{\"batch\":\"1\",\"done\":true}\n";

  private AgentServer server;

  /** The channel ends. */
  private static final class Gone extends IOException {
    private static final long serialVersionUID = 1L;
  }

  @BeforeClass
  public void start() throws IOException {
    server = new AgentServer();
  }

  @AfterClass(alwaysRun = true)
  public void stop() throws IOException {
    if (server != null) {
      server.close();
    }
  }

  private SshTarget open() throws TargetException {
    return open(GRACE);
  }

  private SshTarget open(long grace) throws TargetException {
    return SshTarget.open(
        server.endpoint(),
        "lab",
        "lab",
        Policy.ONLINE_MOVABLE,
        "dax0.0",
        Optional.of(Dialect.LINUX_7_3),
        grace);
  }

  private static String stat(char state) {
    return "77 (agent (1) x) " + state + " 1 77 77 0 -1 4194560 100 0 0 0 1 2 0 0 20 0 1\n";
  }

  private static void say(OutputStream out, String text) throws IOException {
    out.write(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  /** Answers as it should until the end of a batch, which is the other's. */
  private static AgentServer.Agent until(AgentServer.Agent end) {
    return (line, out) -> {
      if (line.equals("hello")) {
        say(out, HELLO);
      } else if (line.startsWith("device ")) {
        say(out, DEVICE);
      } else if (line.equals("end")) {
        end.answer(line, out);
      }
    };
  }

  @Test
  public void aHealthyChannelGivesAReplyForEachStep() throws Exception {
    server.speaks(until((line, out) -> say(out, REPLY + DONE)));
    SshTarget target = open();
    try (target) {
      List<Reply> replies = target.run(List.of(Step.Write.word(Word.UNPLUGGED)));
      assertThat(replies).hasSize(1);
      assertThat(replies.get(0).observation().driver()).isEqualTo("kmem");
    }
    TargetException closed =
        catchThrowableOfType(
            TargetException.class, () -> target.run(List.of(Step.Write.word(Word.UNPLUGGED))));
    assertThat(closed.kind()).isEqualTo(TargetException.Kind.INFRASTRUCTURE);
    target.close();
  }

  /** A reply that is one, but for one member. */
  private static AgentServer.Agent garbling(String member, String by) {
    assertThat(REPLY).contains(member);
    return (line, out) -> say(out, REPLY.replace(member, by) + DONE);
  }

  @DataProvider
  public Object[][] ends() {
    AgentServer.Agent dead =
        (line, out) -> {
          throw new Gone();
        };
    AgentServer.Agent halfClosed =
        (line, out) -> {
          say(out, REPLY.substring(0, 60));
          out.flush();
          throw new Gone();
        };
    // It looks like an answer, but nobody said that it ends there.
    AgentServer.Agent cutBehindABrace =
        (line, out) -> {
          say(out, REPLY.stripTrailing());
          out.flush();
          throw new Gone();
        };
    AgentServer.Agent silent = (line, out) -> say(out, REPLY);
    AgentServer.Agent garbled = (line, out) -> say(out, "\u0007\u00ff\u0000Segmentation fault\n");
    AgentServer.Agent endless =
        (line, out) -> {
          String piece = "x".repeat(1 << 16);
          for (int sent = 0; sent <= AgentChannel.LONGEST; sent += piece.length()) {
            say(out, piece);
          }
        };
    AgentServer.Agent chatty = (line, out) -> say(out, REPLY + REPLY + DONE);
    AgentServer.Agent hungLines = (line, out) -> say(out, HUNG + REPLY);
    AgentServer.Agent late = (line, out) -> say(out, REPLY.replace("\"n\":1", "\"n\":2") + DONE);
    AgentServer.Agent ofBefore = (line, out) -> say(out, REPLY + DONE.replace("1", "0"));
    AgentServer.Agent early = (line, out) -> say(out, DONE);
    AgentServer.Agent dropped =
        (line, out) -> {
          server.dropAll();
          throw new Gone();
        };
    return new Object[][] {
      {"dropped", dropped, "the connection to the agent was lost"},
      {"of another step", late, "answered request 2 where it was asked 1"},
      {"of another batch", ofBefore, "ended another batch than it was asked"},
      {"done before it began", early, "has no 'n'"},
      {"without errno", garbling("\"errno\":null,\"ns\"", "\"ns\""), "has no 'errno'"},
      {"of no errno", garbling("\"errno\":null,\"ns\"", "\"errno\":\"e%\",\"ns\""), "is no error"},
      {"with a word for ret", garbling("\"ret\":10", "\"ret\":\"10\""), "'ret' is no number"},
      {"without a driver", garbling("\"driver\":\"kmem\",", ""), "has no 'driver'"},
      {"without blocks", garbling("\"blocks\":[],", ""), "has no 'blocks'"},
      {"with a word for taint", garbling("\"taint\":0", "\"taint\":\"x\""), "'taint' is no number"},
      {"without memory", garbling("\"memtotal_kb\":1000", "\"memtotal_kb\":null"), "'memtotal_kb'"},
      {"dead", dead, "the connection to the agent was lost"},
      {"half closed", halfClosed, "was lost within a line"},
      {"cut behind a brace", cutBehindABrace, "was lost within a line"},
      {"silent", silent, "the end of the batch did not return within 1 s"},
      {"silent behind a notice", hungLines, "the end of the batch did not return within 1 s"},
      {"garbled", garbled, "cannot parse the agent's reply"},
      {"endless", endless, "a line of the agent has no end"},
      {"chatty", chatty, "the agent answered more steps than it was asked"},
    };
  }

  @Test(dataProvider = "ends", timeOut = 60_000)
  public void aBrokenChannelEndsInTimeAndInOneSentence(
      String name, AgentServer.Agent end, String says) throws Exception {
    server.saysBeside(WAITS);
    server.speaks(until(end));
    long begin = System.nanoTime();
    try (SshTarget target = open()) {
      TargetException e =
          catchThrowableOfType(
              TargetException.class, () -> target.run(List.of(Step.Write.word(Word.UNPLUGGED))));
      assertThat(e).as(name).isNotNull();
      assertThat(e).hasMessageContaining(says);
      assertThat(e.getMessage()).doesNotContain("\n", "\u0007", "Exception");
      assertThat(e.kind()).isEqualTo(TargetException.Kind.INFRASTRUCTURE);
      // What comes late, or again, is no answer to anything else.
      TargetException after =
          catchThrowableOfType(
              TargetException.class, () -> target.run(List.of(Step.Write.word(Word.UNPLUGGED))));
      assertThat(after).hasMessage("the target failed before: " + e.getMessage());
    }
    assertThat(server.isLeftAlone()).isTrue();
    assertThat(TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - begin)).isLessThan(30);
  }

  /** What is seen of the agent that does not answer, and who is to blame. */
  @DataProvider
  public Object[][] looks() {
    String file = "257 0xffffff9c 0x7ffd 0x80000 0x0 0x0 0x0 0x7f 0x7f\n";
    return new Object[][] {
      {WAITS, TargetException.Kind.INFRASTRUCTURE},
      {"", TargetException.Kind.INFRASTRUCTURE},
      {"Segmentation fault\n", TargetException.Kind.INFRASTRUCTURE},
      {stat('R') + "running\n", TargetException.Kind.INFRASTRUCTURE},
      {stat('S'), TargetException.Kind.INFRASTRUCTURE},
      {stat('Z'), TargetException.Kind.INFRASTRUCTURE},
      {
        stat('S') + "1 0x1 0x7ffd 0x10 0x0 0x0 0x0 0x7f 0x7f\n", TargetException.Kind.INFRASTRUCTURE
      },
      {stat('S') + "0 0x9 0x7ffd 0x10 0x0 0x0 0x0 0x7f 0x7f\n", TargetException.Kind.KERNEL},
      {stat('S') + file, TargetException.Kind.KERNEL},
      {stat('D'), TargetException.Kind.KERNEL},
    };
  }

  /** A connection may be lost without a word; a kernel in which the agent hangs is to blame. */
  @Test(dataProvider = "looks", timeOut = 60_000)
  public void silenceIsTheKernelsOnlyWhereSomethingHangsInIt(String seen, TargetException.Kind kind)
      throws Exception {
    server.speaks(until((line, out) -> say(out, REPLY)));
    server.saysBeside(seen);
    try (SshTarget target = open(SHORT)) {
      TargetException e =
          catchThrowableOfType(
              TargetException.class, () -> target.run(List.of(Step.Look.at(Step.Aspect.BLOCKS))));
      assertThat(e.kind()).as(e.getMessage()).isEqualTo(kind);
      assertThat(e).hasMessageContaining("did not return within 0 s, though the machine answers");
    }
  }

  @Test(timeOut = 60_000)
  public void aStepOfWhichTheAgentSaysThatItHangsIsTheKernels() throws Exception {
    server.speaks(until((line, out) -> say(out, REPLY + HUNG)));
    server.saysBeside(WAITS);
    try (SshTarget target = open(SHORT)) {
      TargetException e =
          catchThrowableOfType(
              TargetException.class, () -> target.run(List.of(Step.Look.at(Step.Aspect.BLOCKS))));
      assertThat(e.kind()).isEqualTo(TargetException.Kind.KERNEL);
      assertThat(e).hasMessageContaining("it waits and cannot be interrupted");
      assertThat(e.answered()).as("what was measured before").hasSize(1);
    }
  }

  @DataProvider
  public Object[][] beginnings() {
    return new Object[][] {
      {
        "of another device",
        (AgentServer.Agent)
            (line, out) -> say(out, line.equals("hello") ? HELLO : DEVICE.replace("0.0", "1.0")),
        "the agent answered for dax1.0 where dax0.0 was asked for"
      },
      {"silent", (AgentServer.Agent) (line, out) -> {}, "the agent gave no answer for 1 s"},
      {
        "a shell",
        (AgentServer.Agent) (line, out) -> say(out, "sh: hello: not found\n"),
        "cannot parse"
      },
      {
        "of another version",
        (AgentServer.Agent) (line, out) -> say(out, HELLO.replace("\"agent\":3", "\"agent\":2")),
        "the agent speaks protocol 2, daxcheck speaks 3"
      },
      {
        "without the device",
        (AgentServer.Agent)
            (line, out) ->
                say(out, line.equals("hello") ? HELLO : "{\"error\":\"There is no device.\"}\n"),
        "There is no device"
      },
    };
  }

  @Test(dataProvider = "beginnings", timeOut = 60_000)
  public void whatIsNoAgentIsToldAtTheBeginning(
      String name, AgentServer.Agent speaks, String says) {
    server.speaks(speaks);
    TargetException e = catchThrowableOfType(TargetException.class, this::open);
    assertThat(e).as(name).isNotNull();
    assertThat(e).hasMessageContaining(says);
    assertThat(e.kind()).isEqualTo(TargetException.Kind.INFRASTRUCTURE);
  }

  @Test
  public void whereNobodyListensItIsToldWithTheAddress() throws Exception {
    Endpoint nobody =
        new Endpoint() {
          @Override
          public Connection connect() throws JSchException {
            throw new JSchException("Connection refused");
          }

          @Override
          public String agent() {
            return "/agent";
          }

          @Override
          public Optional<String> death() {
            return Optional.empty();
          }

          @Override
          public String toString() {
            return "root@lab1:22";
          }
        };
    TargetException e =
        catchThrowableOfType(
            TargetException.class,
            () ->
                SshTarget.open(
                    nobody, "lab", "lab", Policy.ONLINE_MOVABLE, "dax0.0", Optional.empty()));
    assertThat(e).hasMessage("no SSH connection to root@lab1:22: Connection refused");
  }
}
