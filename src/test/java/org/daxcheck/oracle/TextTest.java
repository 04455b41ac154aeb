package org.daxcheck.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.testng.annotations.Test;

/** How verdicts spell values. */
public class TextTest {
  @Test
  public void equalValuesAreOneWord() {
    assertThat(Text.list(List.of())).isEqualTo("none");
    assertThat(Text.list(List.of("a"))).isEqualTo("a");
    assertThat(Text.list(List.of("a", "a"))).isEqualTo("all a");
    assertThat(Text.list(List.of("a", "b", "a"))).isEqualTo("0: a, 1: b, 2: a");
  }

  @Test
  public void whatIsQuotedCanBeReadBack() {
    assertThat(Text.quoted("a\\b\"c\n")).isEqualTo("\"a\\\\b\\\"c\\n\"");
  }

  @Test
  public void aSkipSaysWhyAndJudgesNothing() {
    Verdict skipped = Verdict.skipped(Cause.TOO_FEW_RANGES, "needs two ranges");
    assertThat(skipped.status()).isEqualTo(Verdict.Status.SKIPPED);
    assertThat(skipped.reason()).isEqualTo("needs two ranges");
    assertThat(skipped.judged()).isEmpty();
  }
}
