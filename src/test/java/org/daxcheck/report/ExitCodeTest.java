package org.daxcheck.report;

import static org.assertj.core.api.Assertions.assertThat;

import org.testng.annotations.DataProvider;
import org.testng.annotations.Test;

/** The exit code never calls a run good that is not. */
public class ExitCodeTest {
  private static Runs both() {
    return new Runs().target("model").target("qemu").pass("model", "a", "ATTR-1");
  }

  @DataProvider
  public Object[][] runs() {
    return new Object[][] {
      {both().pass("qemu", "a", "ATTR-1").run(), ExitCode.PASS, 0},
      {both().pass("qemu", "a", "ATTR-1").skip("qemu", "b", "ATTR-2", "x").run(), ExitCode.PASS, 0},
      {Runs.mixed().run(), ExitCode.DIVERGENCE, 1},
      {both().diverge("qemu", "a", "ATTR-1", "x").run(false), ExitCode.DIVERGENCE, 1},
      {
        both().pass("qemu", "a", "ATTR-1").error("qemu", "b", "ATTR-2", "x").run(),
        ExitCode.ERROR,
        2
      },
      {both().pass("qemu", "a", "ATTR-1").run(false), ExitCode.ERROR, 2},
      {both().run(), ExitCode.NO_RESULTS, 3},
      {new Runs().run(), ExitCode.NO_RESULTS, 3},
      {both().skip("qemu", "a", "ATTR-1", "no attribute").run(), ExitCode.ALL_SKIPPED, 4},
    };
  }

  @Test(dataProvider = "runs")
  public void tellsTheWorst(org.daxcheck.suite.Run run, ExitCode expected, int code) {
    assertThat(ExitCode.of(run)).isEqualTo(expected);
    assertThat(ExitCode.of(run).code()).isEqualTo(code);
  }
}
