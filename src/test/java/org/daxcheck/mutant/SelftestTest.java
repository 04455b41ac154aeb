package org.daxcheck.mutant;

import static org.assertj.core.api.Assertions.assertThat;

import org.testng.annotations.Test;

/** What the kernel's own test prints is read for what it is. */
public class SelftestTest {
  private static final String END = "# daxcheck: exit 0\n";

  @Test
  public void passesWhereEveryCheckPassed() {
    Selftest read = Selftest.of("TAP version 13\n1..2\nok 1 - a\nok 2 b # SKIP c\n" + END);
    assertThat(read.result()).isEqualTo(Selftest.Result.PASS);
    assertThat(read.passed()).isEqualTo(1);
    assertThat(read.skipped()).isEqualTo(1);
  }

  @Test
  public void failsByName() {
    Selftest read = Selftest.of("1..2\nok 1 - a\nnot ok 2 - b: rc=1\n# daxcheck: exit 1\n");
    assertThat(read.result()).isEqualTo(Selftest.Result.FAIL);
    assertThat(read.failed()).containsExactly("2 b: rc=1");
  }

  @Test
  public void aSkipOfTheWholeIsNoPass() {
    Selftest read = Selftest.of("TAP version 13\n1..0 # SKIP no device\n# daxcheck: exit 4\n");
    assertThat(read.result()).isEqualTo(Selftest.Result.SKIP);
    assertThat(read.note()).contains("no device");
  }

  @Test
  public void whatBrokeOffFails() {
    Selftest read = Selftest.of("1..2\nok 1 - a\n");
    assertThat(read.result()).isEqualTo(Selftest.Result.FAIL);
    assertThat(read.failed()).singleElement().asString().contains("broke off");
  }

  @Test
  public void nothingAtAllIsAnError() {
    assertThat(Selftest.of("sh: bash: not found\n# daxcheck: exit 127\n").result())
        .isEqualTo(Selftest.Result.ERROR);
  }

  @Test
  public void loopsPerJiffyAreNoOops() {
    String text =
        "ok 1 - a\nnot ok 2 - unbind while online regressed: splat=1 MemTotal 100 -> 100 kB\n"
            + "# daxcheck: exit 1\n# daxcheck: log [ 1.0] set loops_per_jiffy to 5\n";
    assertThat(Selftest.of(text).result()).isEqualTo(Selftest.Result.FALSE_ALARM);
    assertThat(Selftest.of(text + "# daxcheck: log [ 2.0] Oops: 0000 [#1]\n").result())
        .isEqualTo(Selftest.Result.FAIL);
    assertThat(Selftest.of(text.replace("100 -> 100", "100 -> 50")).result())
        .isEqualTo(Selftest.Result.FAIL);
    assertThat(Selftest.of(text.replace("ok 1", "not ok 1")).result())
        .isEqualTo(Selftest.Result.FAIL);
  }
}
