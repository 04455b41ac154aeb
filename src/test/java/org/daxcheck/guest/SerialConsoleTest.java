package org.daxcheck.guest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.daxcheck.guest.GuestFailure.Kind;
import org.testng.annotations.BeforeMethod;
import org.testng.annotations.Test;

public class SerialConsoleTest {
  private static final String STACK =
      """
      [   12.000001][  T123] BUG: kernel NULL pointer dereference, address: 0000000000000008
      [   12.000002][  T123] #PF: supervisor read access in kernel mode
      [   12.000003][  T123] Oops: Oops: 0000 [#1] SMP NOPTI
      [   12.000004][  T123] RIP: 0010:state_store+0x1a2/0x300 [kmem]
      [   12.000005][  T123] Call Trace:
      [   12.000006][  T123]  <TASK>
      [   12.000007][  T123]  ? __die_body+0x1a/0x60
      [   12.000008][  T123]  kernfs_fop_write_iter+0x1ab/0x250
      [   12.000009][  T123]  vfs_write+0x2a1/0x580
      """;

  private SerialConsole console;

  @BeforeMethod
  public void open() {
    console = new SerialConsole(Path.of("/nowhere/console"));
  }

  @Test
  public void seesThatTheGuestIsReady() {
    console.accept("[    0.5] Run /init\r\ndaxcheck-guest: rea");
    assertThat(console.ready()).isEmpty();
    console.accept("dy dax0.0 kmem\r\n");

    assertThat(console.ready()).contains("dax0.0 kmem");
    assertThat(console.death()).isEmpty();
  }

  @Test
  public void seesThatInitFailed() {
    console.accept("daxcheck-guest: failed: eth0 did not appear\r\n");

    assertThat(console.death())
        .hasValueSatisfying(
            death -> {
              assertThat(death.kind()).isEqualTo(Kind.INIT);
              assertThat(death.sentence()).endsWith("eth0 did not appear");
            });
  }

  @Test
  public void seesAnOopsWithItsStack() {
    console.accept("[    1.0] harmless\n" + STACK);

    GuestFailure death = console.death().orElseThrow();
    assertThat(death.kind()).isEqualTo(Kind.OOPS);
    assertThat(death.sentence()).contains("BUG: kernel NULL pointer dereference");
    assertThat(death.fingerprint()).isEqualTo("state_store < kernfs_fop_write_iter < vfs_write");
    assertThat(death.lines()).noneMatch(line -> line.contains("harmless"));
  }

  @Test
  public void namesTheOopsThatAPanicCameFrom() {
    console.accept(STACK + "[   12.1] Kernel panic - not syncing: Fatal exception\n");

    GuestFailure death = console.death().orElseThrow();
    assertThat(death.kind()).isEqualTo(Kind.PANIC);
    assertThat(death.sentence()).contains("Fatal exception, after: BUG: kernel NULL pointer");
    assertThat(death.fingerprint()).startsWith("state_store");
  }

  @Test
  public void seesThatAPanicWithoutAnOopsIsOne() {
    console.accept("[    3.1] Kernel panic - not syncing: No working init found.\n");

    assertThat(console.death().orElseThrow().sentence())
        .isEqualTo("the kernel panicked: No working init found.");
  }

  @Test
  public void isNotFooledByWordsThatLookAlike() {
    console.accept("[    0.1] Calibrating delay loop... 5990.40 BogoMIPS (lpj=11980800)\n");
    console.accept("[    0.2] loops_per_jiffy: debug: BUGs none\n");
    console.accept("[    0.3] kmem dax0.0: hotremove failed, device left online: -4\n");

    assertThat(console.death()).isEmpty();
  }

  @Test
  public void tellsAHangByWhatTheKernelSays() {
    console.accept("[   99.0] watchdog: BUG: soft lockup - CPU#1 stuck for 26s! [agent:71]\n");

    assertThat(console.death()).isEmpty();
    GuestFailure death = console.hang("no answer within 30 s");
    assertThat(death.kind()).isEqualTo(Kind.HANG);
    assertThat(death.sentence()).contains("no answer within 30 s", "soft lockup - CPU#1");
  }

  @Test
  public void tellsAHangByTheLastLineWhereTheKernelIsSilent() {
    assertThat(console.hang("nothing").sentence()).contains("the console is empty");
    console.accept("[    2.0] last words\n");

    assertThat(console.hang("nothing").sentence()).contains("last on the console", "last words");
  }

  @Test
  public void keepsTheLastLinesWhenQemuDies() {
    console.accept("[    2.0] last words\n");

    GuestFailure death = console.died("QEMU was killed by signal 9");
    assertThat(death.kind()).isEqualTo(Kind.QEMU);
    assertThat(death.lines()).containsExactly("[    2.0] last words");
  }

  @Test
  public void followsAFileThatGrows() throws IOException {
    Path file = Files.createTempFile("console-test", ".log");
    try {
      SerialConsole growing = new SerialConsole(file);
      assertThat(growing.poll()).isFalse();
      Files.writeString(file, "daxcheck-guest: ready dax0.0 ");
      assertThat(growing.poll()).isTrue();
      assertThat(growing.ready()).isEmpty();
      Files.writeString(file, "none\n", StandardOpenOption.APPEND);
      assertThat(growing.poll()).isTrue();
      assertThat(growing.ready()).contains("dax0.0 none");
      assertThat(growing.poll()).isFalse();
    } finally {
      Files.delete(file);
    }
  }
}
