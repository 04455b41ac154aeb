package org.daxcheck.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.daxcheck.suite.Run;
import org.testng.annotations.Test;

/** A log is neither flooded nor silent. */
public class ProgressTest {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final AtomicLong seconds = new AtomicLong();

  private Progress progress(boolean terminal) {
    bytes.reset();
    seconds.set(0);
    return new Progress(
        new PrintStream(bytes, true, StandardCharsets.UTF_8),
        terminal,
        80,
        () -> seconds.get() * 1_000_000_000L);
  }

  private String said() {
    return bytes.toString(StandardCharsets.UTF_8);
  }

  @Test
  public void aLogHasASignOfLifeAMinute() {
    try (Progress progress = progress(false)) {
      for (int i = 0; i < 150; i++) {
        seconds.set(i);
        progress.doing("word " + i);
      }
      assertThat(said()).isEqualTo("word 60\nword 120\n");
    }
  }

  @Test
  public void whatWasSaidIsASignOfLifeToo() {
    try (Progress progress = progress(false)) {
      seconds.set(50);
      progress.say("a warning");
      seconds.set(100);
      progress.doing("nothing new");
      assertThat(said()).isEqualTo("a warning\n");
    }
  }

  @Test
  public void theEndOfATargetIsToldOnce() {
    Run run = new Runs().target("qemu").pass("qemu", "a", "REFUSE-1").run();
    try (Progress progress = progress(false)) {
      progress.expect("qemu", 1);
      seconds.set(90);
      progress.end(run.cases().get(0));
    }
    assertThat(said()).isEqualTo("qemu 1/1\n");
  }

  @Test
  public void aRuleIsNamedWhenItIsFirstSeenBroken() {
    Runs runs = new Runs().target("qemu").target("model");
    for (String scenario : List.of("a", "b")) {
      runs.diverge("qemu", scenario, "REFUSE-1", "ok");
    }
    runs.diverge("qemu", "c", "ATTR-1", "ok").diverge("model", "a", "REFUSE-1", "ok");
    try (Progress progress = progress(false)) {
      progress.expect("qemu", 9);
      runs.run().cases().forEach(c -> progress.end(c, 1));
      assertThat(said())
          .isEqualTo(
              "divergence on qemu: REFUSE-1 in a.cxl\n"
                  + "divergence on qemu: ATTR-1 in c.cxl\n"
                  + "divergence on model: REFUSE-1 in a.cxl\n");
    }
  }

  @Test
  public void theTimeThatIsLeftIsThatOfTheCasesToCome() {
    Run run = new Runs().target("qemu").pass("qemu", "a", "REFUSE-1").run();
    try (Progress progress = progress(false)) {
      progress.expect("qemu", 3);
      progress.takes(1000);
      seconds.set(61);
      progress.end(run.cases().get(0), 50);
      assertThat(said()).as("too early to guess").isEqualTo("qemu 1/3  a.cxl\n");
      seconds.set(125);
      progress.end(run.cases().get(0), 450);
      assertThat(said()).endsWith("qemu 2/3, about 2 min left  a.cxl\n");
      seconds.set(190);
      progress.end(run.cases().get(0), 500);
      assertThat(said()).endsWith("\nqemu 3/3\n");
    }
  }

  @Test
  public void aTerminalIsDrawnEachTime() {
    try (Progress progress = progress(true)) {
      progress.doing("one");
      progress.doing("two");
    }
    assertThat(said()).contains("one").contains("two").endsWith("\r\033[K");
  }
}
