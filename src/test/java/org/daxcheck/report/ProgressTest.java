package org.daxcheck.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
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
  public void aTerminalIsDrawnEachTime() {
    try (Progress progress = progress(true)) {
      progress.doing("one");
      progress.doing("two");
    }
    assertThat(said()).contains("one").contains("two").endsWith("\r\033[K");
  }
}
