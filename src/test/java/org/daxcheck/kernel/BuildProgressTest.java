package org.daxcheck.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicLong;
import org.testng.annotations.Test;

public class BuildProgressTest {
  private static final long SECOND = 1_000_000_000L;

  private final AtomicLong now = new AtomicLong(17);
  private final BuildProgress progress = new BuildProgress(now::get);

  @Test
  public void aBuildIsToldWithItsRateAndItsEnd() {
    assertThat(progress.of("objects 0 of 900"))
        .hasValue("building the kernel: 0 of about 900 objects");
    now.addAndGet(10 * SECOND);
    assertThat(progress.of("objects 50 of 900"))
        .hasValue("building the kernel: 50 of about 900 objects, 5.0 a second, about 3 min left");
    now.addAndGet(10 * SECOND);
    assertThat(progress.of("objects 800 of 900"))
        .hasValue("building the kernel: 800 of about 900 objects, 40.0 a second, about 3 s left");
    assertThat(progress.of("objects 930 of 930"))
        .as("an end that is not known is not told")
        .hasValueSatisfying(t -> assertThat(t).endsWith(" a second, more than was thought"));
  }

  @Test
  public void otherWordsAreNoProgress() {
    for (String line :
        new String[] {"objects", "note: objects 1 of 2", "objects 1 of 2 more", ""}) {
      assertThat(progress.of(line)).as(line).isEmpty();
      assertThat(BuildProgress.isOne(line)).as(line).isFalse();
    }
    assertThat(BuildProgress.isOne("objects 1 of 2")).isTrue();
  }
}
