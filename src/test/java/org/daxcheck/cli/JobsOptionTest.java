package org.daxcheck.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.testng.annotations.Test;

/** How many guests run at a time where nobody says it. */
public class JobsOptionTest {
  private static final long GIB = 1L << 20;

  @Test
  public void aProcessorAndFourGibibytesBearAGuest() {
    assertThat(JobsOption.fitting(2, 24 * GIB)).isEqualTo(2);
    assertThat(JobsOption.fitting(2, 5 * GIB)).as("memory for one").isEqualTo(1);
    assertThat(JobsOption.fitting(1, 24 * GIB)).isEqualTo(1);
    assertThat(JobsOption.fitting(16, 24 * GIB)).isEqualTo(6);
    assertThat(JobsOption.fitting(64, 999 * GIB)).as("the most there are").isEqualTo(8);
    assertThat(JobsOption.fitting(4, 1 * GIB)).as("one is always tried").isEqualTo(1);
  }

  @Test
  public void aNumberOutsideIsRefused() {
    for (String bad : new String[] {"0", "9", "-1"}) {
      Finished.Said said = Finished.say(new RunCommand(), "--jobs", bad, "--target", "model");
      assertThat(said.code()).isEqualTo(2);
      assertThat(said.err()).contains("--jobs " + bad + " is not from 1 to 8");
    }
  }
}
