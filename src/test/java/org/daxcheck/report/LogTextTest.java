package org.daxcheck.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.daxcheck.step.Observation;
import org.daxcheck.trace.Sample;
import org.testng.annotations.Test;

/** When the log of a reproducer shows what that of the run did. */
public class LogTextTest {
  private static final String FAILED = "kmem dax0.0: hotremove failed, device left online: -4";
  private static final String STRANGE = "Failed to re-online memory: -4";

  private static Observation seen(Observation.LogLine... lines) {
    return Sample.of("qemu").unplugged().after(List.of(lines), false, List.of());
  }

  private static Observation.LogLine line(int level, String text) {
    return new Observation.LogLine(level, 1_000_000, text);
  }

  private static String raw(int level, String text) {
    return "<" + level + ">[   12.345678] " + text;
  }

  private static boolean shows(Shown shown, String... printed) {
    return shown.missing(String.join("\n", printed)).isEmpty();
  }

  @Test
  public void aStrangeWarningMustComeAgainWhateverElseDoes() {
    Shown shown =
        Shown.warnings(
            Sample.DEVICE,
            seen(
                line(4, FAILED),
                line(4, "migrating pfn 390000 failed ret:1"),
                line(3, STRANGE),
                line(6, "Offlined Pages 32768")));
    assertThat(shows(shown, raw(4, FAILED), raw(3, "Failed to re-online memory: -16"))).isTrue();
    assertThat(shows(shown, raw(4, "do_migrate_range: 7 callbacks suppressed"), raw(4, FAILED)))
        .as("what a good driver logs")
        .isFalse();
    assertThat(shows(shown, raw(4, FAILED), raw(6, STRANGE))).as("no warning").isFalse();
  }

  @Test
  public void aSplatIsKnownByItsHeadAndNotByItsCaller() {
    Shown shown =
        Shown.warnings(
            Sample.DEVICE,
            seen(
                line(4, "WARNING: drivers/dax/kmem.c:93 at kmem_x+0x1/0x9 [kmem], CPU#0: agent/7"),
                line(4, "RIP: 0010:kmem_x+0x1/0x9 [kmem]"),
                line(4, "RAX: 0000000000000000")));
    assertThat(
            shows(
                shown,
                raw(4, "WARNING: drivers/dax/kmem.c:93 at kmem_x+0x1/0x9 [kmem], CPU#1: sh/99"),
                raw(4, "RAX: ffff888000000001")))
        .isTrue();
    assertThat(shows(shown, raw(4, "RIP: 0010:kmem_x+0x1/0x9 [kmem]"))).isFalse();
  }

  @Test
  public void aMissingLineOrAnotherLevelIsShownByTheDriversLinesAlone() {
    Shown silent = Shown.driverLog(Sample.DEVICE, seen(line(6, "Offlined Pages 32768")));
    assertThat(shows(silent, raw(6, "Built 2 zonelists"))).isTrue();
    assertThat(shows(silent, raw(4, FAILED))).isFalse();

    Shown info = Shown.driverLog(Sample.DEVICE, seen(line(6, FAILED)));
    assertThat(shows(info, raw(6, FAILED))).isTrue();
    assertThat(shows(info, raw(4, FAILED))).isFalse();
    assertThat(shows(info, raw(6, FAILED), raw(6, FAILED))).as("twice").isFalse();
  }

  @Test
  public void anActorThatWaitedMustWaitAgain() {
    Shown shown = new Shown(Shown.Sort.RACE, "P1 write = -1 EINVAL" + Shown.WAITED, Sample.DEVICE);
    assertThat(shows(shown, "P1 write = -1 EINVAL in 2651 ms", "P1 sleep = 0 in 300 ms")).isTrue();
    assertThat(shows(shown, "P1 write = -1 EINVAL in 0 ms")).isFalse();
    assertThat(shows(shown, "P1 write = -1 EBUSY in 2651 ms")).isFalse();
  }
}
