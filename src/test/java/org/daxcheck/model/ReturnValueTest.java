package org.daxcheck.model;

import static org.assertj.core.api.Assertions.assertThat;

import org.daxcheck.abi.Errno;
import org.daxcheck.step.Result;
import org.testng.annotations.Test;

/** Answers against results, and how they are printed. */
public class ReturnValueTest {
  /** ATTR-6: an accepted write returns its full length. */
  @Test
  public void successIsTheWholeLength() {
    assertThat(new ReturnValue.Ok(7).matches(Result.ok(7))).isTrue();
    assertThat(new ReturnValue.Ok(7).matches(Result.ok(6))).isFalse();
    assertThat(new ReturnValue.Ok(7).matches(Result.error(Errno.EBUSY))).isFalse();
  }

  @Test
  public void anErrorIsThatError() {
    assertThat(new ReturnValue.Fails(Errno.EBUSY).matches(Result.error(Errno.EBUSY))).isTrue();
    assertThat(new ReturnValue.Fails(Errno.EBUSY).matches(Result.error(Errno.EINVAL))).isFalse();
    assertThat(new ReturnValue.Fails(Errno.EBUSY).matches(Result.ok(0))).isFalse();
  }

  /** ATTR-4: one word and one newline. */
  @Test
  public void aReadGivesExactlyItsText() {
    assertThat(new ReturnValue.Data("online\n").matches(Result.data("online\n"))).isTrue();
    assertThat(new ReturnValue.Data("online\n").matches(Result.data("online"))).isFalse();
    assertThat(new ReturnValue.Data("online\n").matches(Result.error(Errno.ENXIO))).isFalse();
  }

  @Test
  public void textThatIsNoWordIsQuotedWithEscapes() {
    assertThat(ReturnValue.quoted("online_movable\n")).isEqualTo("online_movable");
    assertThat(ReturnValue.quoted("online")).isEqualTo("\"online\"");
    assertThat(ReturnValue.quoted("")).isEqualTo("\"\"");
    assertThat(ReturnValue.quoted("a b\t\"\\\n")).isEqualTo("\"a b\\t\\\"\\\\\\n\"");
    assertThat(ReturnValue.quoted("\0\u001f ~\u007f\u00ff"))
        .isEqualTo("\"\\x00\\x1f ~\\x7f\\xff\"");
  }
}
