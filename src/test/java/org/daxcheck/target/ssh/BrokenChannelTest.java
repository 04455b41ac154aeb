package org.daxcheck.target.ssh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.jcraft.jsch.JSch;
import com.jcraft.jsch.JSchException;
import com.jcraft.jsch.Session;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.apache.sshd.server.Environment;
import org.apache.sshd.server.ExitCallback;
import org.apache.sshd.server.SshServer;
import org.apache.sshd.server.auth.password.AcceptAllPasswordAuthenticator;
import org.apache.sshd.server.channel.ChannelSession;
import org.apache.sshd.server.command.Command;
import org.apache.sshd.server.keyprovider.SimpleGeneratorHostKeyProvider;
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
  private static final String HELLO =
      "{\"agent\":3,\"release\":\"7.3\",\"block_size\":134217728,\"injector\":false,\"helper\":false,"
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
  private static final String DONE = "{\"batch\":\"1\",\"done\":true}\n";

  private SshServer server;
  private volatile Agent agent;

  /** What the other side answers to a line of a request, and whether the channel ends then. */
  private interface Agent {
    void answer(String line, OutputStream out) throws IOException, InterruptedException;
  }

  /** The channel ends. */
  private static final class Gone extends IOException {
    private static final long serialVersionUID = 1L;
  }

  @BeforeClass
  public void start() throws IOException {
    server = SshServer.setUpDefaultServer();
    server.setHost("127.0.0.1");
    server.setPort(0);
    server.setKeyPairProvider(new SimpleGeneratorHostKeyProvider());
    server.setPasswordAuthenticator(AcceptAllPasswordAuthenticator.INSTANCE);
    server.setCommandFactory((channel, command) -> new Speaking());
    server.start();
  }

  @AfterClass(alwaysRun = true)
  public void stop() throws IOException {
    if (server != null) {
      server.stop(true);
    }
  }

  private final class Speaking implements Command {
    private InputStream in;
    private OutputStream out;
    private ExitCallback exit;

    @Override
    public void setInputStream(InputStream in) {
      this.in = in;
    }

    @Override
    public void setOutputStream(OutputStream out) {
      this.out = out;
    }

    @Override
    public void setErrorStream(OutputStream err) {
      // It never complains.
    }

    @Override
    public void setExitCallback(ExitCallback callback) {
      this.exit = callback;
    }

    @Override
    public void start(ChannelSession channel, Environment environment) {
      Agent speaks = agent;
      Thread thread =
          new Thread(
              () -> {
                try (BufferedReader lines =
                    new BufferedReader(new InputStreamReader(in, StandardCharsets.US_ASCII))) {
                  String line;
                  while ((line = lines.readLine()) != null) {
                    speaks.answer(line, out);
                    out.flush();
                  }
                } catch (IOException | InterruptedException e) {
                  // Its part is over.
                }
                exit.onExit(0);
              },
              "agent of a test");
      thread.setDaemon(true);
      thread.start();
    }

    @Override
    public void destroy(ChannelSession channel) {
      // Its thread ends with its input.
    }
  }

  private final class Here implements Endpoint {
    @Override
    public Connection connect() throws JSchException {
      Session session = new JSch().getSession("root", "127.0.0.1", server.getPort());
      session.setPassword("x".getBytes(StandardCharsets.US_ASCII));
      session.setConfig("StrictHostKeyChecking", "no");
      session.setDaemonThread(true);
      session.connect(10_000);
      return new Connection(session, Optional.empty());
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
      return "root@127.0.0.1";
    }
  }

  private SshTarget open() throws TargetException {
    return SshTarget.open(
        new Here(),
        "lab",
        "lab",
        Policy.ONLINE_MOVABLE,
        "dax0.0",
        Optional.of(Dialect.LINUX_7_3),
        GRACE);
  }

  private static void say(OutputStream out, String text) throws IOException {
    out.write(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  /** Answers as it should until the end of a batch, which is the other's. */
  private static Agent until(Agent end) {
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
    agent = until((line, out) -> say(out, REPLY + DONE));
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

  @DataProvider
  public Object[][] ends() {
    Agent dead =
        (line, out) -> {
          throw new Gone();
        };
    Agent halfClosed =
        (line, out) -> {
          say(out, REPLY.substring(0, 60));
          out.flush();
          throw new Gone();
        };
    // It looks like an answer, but nobody said that it ends there.
    Agent cutBehindABrace =
        (line, out) -> {
          say(out, REPLY.stripTrailing());
          out.flush();
          throw new Gone();
        };
    Agent silent = (line, out) -> say(out, REPLY);
    Agent garbled = (line, out) -> say(out, "\u0007\u00ff\u0000Segmentation fault\n");
    Agent endless =
        (line, out) -> {
          String piece = "x".repeat(1 << 16);
          for (int sent = 0; sent <= AgentChannel.LONGEST; sent += piece.length()) {
            say(out, piece);
          }
        };
    Agent chatty = (line, out) -> say(out, REPLY + REPLY + DONE);
    Agent hungLines =
        (line, out) ->
            say(
                out,
                "{\"hung\":1,\"stuck_in\":{\"state\":\"D\",\"stack\":[],\"cpu_ms\":0,\"same\":false}}\n"
                    + REPLY);
    return new Object[][] {
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
  public void aBrokenChannelEndsInTimeAndInOneSentence(String name, Agent end, String says)
      throws Exception {
    agent = until(end);
    long begin = System.nanoTime();
    try (SshTarget target = open()) {
      TargetException e =
          catchThrowableOfType(
              TargetException.class, () -> target.run(List.of(Step.Write.word(Word.UNPLUGGED))));
      assertThat(e).as(name).isNotNull();
      assertThat(e).hasMessageContaining(says);
      assertThat(e.getMessage()).doesNotContain("\n", "\u0007", "Exception");
    }
    assertThat(TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - begin)).isLessThan(30);
  }

  @DataProvider
  public Object[][] beginnings() {
    return new Object[][] {
      {"silent", (Agent) (line, out) -> {}, "the agent gave no answer for 1 s"},
      {"a shell", (Agent) (line, out) -> say(out, "sh: hello: not found\n"), "cannot parse"},
      {
        "of another version",
        (Agent) (line, out) -> say(out, HELLO.replace("\"agent\":3", "\"agent\":2")),
        "the agent speaks protocol 2, daxcheck speaks 3"
      },
      {
        "without the device",
        (Agent)
            (line, out) ->
                say(out, line.equals("hello") ? HELLO : "{\"error\":\"There is no device.\"}\n"),
        "There is no device"
      },
    };
  }

  @Test(dataProvider = "beginnings", timeOut = 60_000)
  public void whatIsNoAgentIsToldAtTheBeginning(String name, Agent speaks, String says) {
    agent = speaks;
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
