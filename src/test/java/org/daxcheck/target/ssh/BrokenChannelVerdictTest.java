package org.daxcheck.target.ssh;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.daxcheck.abi.Policy;
import org.daxcheck.oracle.Cause;
import org.daxcheck.oracle.Verdict;
import org.daxcheck.scenario.Catalogue;
import org.daxcheck.scenario.Scenario;
import org.daxcheck.scenario.Scenarios;
import org.daxcheck.suite.PlannedCase;
import org.daxcheck.suite.Run;
import org.daxcheck.suite.RunListener;
import org.daxcheck.suite.Runner;
import org.daxcheck.suite.TraceSink;
import org.daxcheck.target.Target;
import org.daxcheck.target.TargetException;
import org.daxcheck.target.TargetSource;
import org.testng.annotations.AfterClass;
import org.testng.annotations.BeforeClass;
import org.testng.annotations.DataProvider;
import org.testng.annotations.Test;

/**
 * A right kernel whose channel breaks at any moment of a scenario: an error of the infrastructure,
 * never a pass, and never a divergence.
 */
public class BrokenChannelVerdictTest {
  private static final Path SUITES = Path.of(System.getProperty("daxcheck.home", "."), "suites");
  private static final String TOPOLOGY = "played";
  private static final long GRACE = 300;

  /** A look, and the scenario with its way back. */
  private static final int BATCHES = 2;

  private AgentServer server;
  private Scenario scenario;

  @BeforeClass
  public void start() throws Exception {
    server = new AgentServer();
    scenario =
        Scenarios.load(
                List.of(SUITES.resolve("trans/movable-there-and-back-twice.kmem")),
                Catalogue.load(SUITES.resolve("rules.yaml")))
            .get(0);
  }

  @AfterClass(alwaysRun = true)
  public void stop() throws IOException {
    if (server != null) {
      server.close();
    }
  }

  /** How what the agent says is broken; the bytes are the answers to one batch. */
  private enum Break {
    NONE {
      @Override
      void hand(byte[] answers, OutputStream out) throws IOException {
        out.write(answers);
      }
    },
    DEAD {
      @Override
      void hand(byte[] answers, OutputStream out) throws IOException {
        throw new IOException("it is dead");
      }
    },
    HALF_CLOSED {
      @Override
      void hand(byte[] answers, OutputStream out) throws IOException {
        out.write(answers, 0, answers.length / 2);
        out.flush();
        throw new IOException("it is dead");
      }
    },
    CUT_BEFORE_THE_LAST_NEWLINE {
      @Override
      void hand(byte[] answers, OutputStream out) throws IOException {
        out.write(answers, 0, answers.length - 1);
        out.flush();
        throw new IOException("it is dead");
      }
    },
    SILENT_BEFORE_THE_END {
      @Override
      void hand(byte[] answers, OutputStream out) throws IOException {
        String text = new String(answers, StandardCharsets.US_ASCII);
        out.write(answers, 0, text.lastIndexOf("{\"batch\""));
      }
    },
    GARBLED {
      @Override
      void hand(byte[] answers, OutputStream out) throws IOException {
        String text = new String(answers, StandardCharsets.US_ASCII);
        out.write(text.replace("\"ret\":", "\"r\u0007t\":").getBytes(StandardCharsets.US_ASCII));
      }
    },
    WITHOUT_ITS_FIRST_LINE {
      @Override
      void hand(byte[] answers, OutputStream out) throws IOException {
        String text = new String(answers, StandardCharsets.US_ASCII);
        int line = text.indexOf('\n') + 1;
        out.write(answers, line, answers.length - line);
      }
    },
    TOLD_TWICE {
      @Override
      void hand(byte[] answers, OutputStream out) throws IOException {
        out.write(answers);
        out.write(answers);
      }
    };

    abstract void hand(byte[] answers, OutputStream out) throws IOException;
  }

  /** Answers as a right kernel does, but for one batch, counted from 1. */
  private static AgentServer.Agent breaking(Break how, int at, AtomicInteger batches) {
    PlayedAgent whole = new PlayedAgent(PlayedAgent.kernel(List.of(2)));
    return (line, out) -> {
      ByteArrayOutputStream answers = new ByteArrayOutputStream();
      whole.answer(line, answers);
      if (line.equals("end") && batches.incrementAndGet() == at) {
        how.hand(answers.toByteArray(), out);
      } else {
        out.write(answers.toByteArray());
      }
    };
  }

  @DataProvider
  public Object[][] breaks() {
    List<Object[]> rows = new ArrayList<>();
    for (Break how : Break.values()) {
      for (int at = 1; at <= BATCHES; at++) {
        rows.add(new Object[] {how.name(), at});
      }
    }
    return rows.toArray(Object[][]::new);
  }

  @Test(dataProvider = "breaks", timeOut = 60_000)
  public void isAnErrorOfTheInfrastructure(String name, int at) throws Exception {
    Break how = Break.valueOf(name);
    AtomicInteger batches = new AtomicInteger();
    server.speaks(breaking(how, at, batches));
    PlannedCase planned = new PlannedCase(scenario, "ssh", TOPOLOGY);
    Verdict verdict;
    try (Runner conductor =
        new Runner(List.of(new Source()), List.of(planned), NOBODY, p -> TraceSink.NONE, 0)) {
      verdict = conductor.perform(planned).verdict();
    }
    assertThat(batches.get()).as("it came to where it breaks").isGreaterThanOrEqualTo(at);
    // What is told again when nothing more is asked takes nothing away.
    if (how == Break.NONE || how == Break.TOLD_TWICE && at == BATCHES) {
      assertThat(verdict.status()).as(verdict.reason()).isEqualTo(Verdict.Status.PASS);
    } else {
      assertThat(verdict.status()).as(verdict.reason()).isEqualTo(Verdict.Status.ERROR);
      assertThat(verdict.cause()).isEqualTo(Cause.INFRASTRUCTURE);
      assertThat(verdict.divergences()).isEmpty();
      assertThat(verdict.reason()).isNotBlank().doesNotContain("\n", "\u0007", "Exception");
    }
    assertThat(server.isLeftAlone()).isTrue();
  }

  private static final RunListener NOBODY =
      new RunListener() {
        @Override
        public void started(PlannedCase planned) {
          // Nobody watches.
        }

        @Override
        public void finished(PlannedCase planned, Run.Case done) {
          // Nobody watches.
        }
      };

  private final class Source implements TargetSource {
    @Override
    public String name() {
      return "ssh";
    }

    @Override
    public List<Integer> shape(String topology) {
      return List.of(2);
    }

    @Override
    public Target fresh(String topology) throws TargetException {
      return SshTarget.open(
          server.endpoint(),
          "ssh",
          topology,
          Policy.ONLINE_MOVABLE,
          "dax0.0",
          Optional.empty(),
          GRACE);
    }

    @Override
    public void close() {
      // It holds nothing.
    }
  }
}
