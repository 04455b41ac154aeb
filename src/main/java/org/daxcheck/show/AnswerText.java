package org.daxcheck.show;

import org.daxcheck.model.ReturnValue;
import org.daxcheck.step.Result;
import org.daxcheck.step.Step;

/** What a step gave its caller, in a few words: bytes, or an error by its name. */
final class AnswerText {
  private static final long MILLI = 1_000_000;

  private AnswerText() {}

  static String of(Step step, Result result) {
    String text = plain(step, result);
    return text
        + (result.timeout() ? " after its time limit" : "")
        + result.stuckIn().map(s -> "; " + s).orElse("");
  }

  private static String plain(Step step, Result result) {
    if (!result.killed().isEmpty()) {
      return "killed by SIG" + result.killed();
    }
    if (result.errno().isPresent()) {
      return result.errno().get().name();
    }
    return switch (step.kind()) {
      case READ -> ReturnValue.quoted(result.data());
      case WRITE -> {
        int all = ((Step.Write) step).payload().length();
        yield step.isWhole(result) ? "ok" : "ok, but " + result.value() + " of " + all + " bytes";
      }
      case BIND, UNBIND, SET_POLICY, BLOCK_WRITE, PIN, UNPIN, UNLOAD, LOAD, AWAIT, SLEEP -> "ok";
      case SIGNAL, FILL, VERIFY, FREE, INJECT, REFUSE_ADD, OCCUPY, RESHAPE -> "ok";
      case FAIL_NTH ->
          plain(((Step.FailNth) step).step(), result) + (result.missed() ? ", nothing failed" : "");
      case NEIGHBOUR_WRITE, DELAY -> "ok";
      case ACTORS, LOOK -> "";
    };
  }

  /** A time in the unit that suits it, such as {@code 20 us}, {@code 1.4 ms}, {@code 12.0 s}. */
  static String time(long nanos) {
    if (nanos < MILLI) {
      return nanos / 1_000 + " us";
    }
    return nanos < 10_000 * MILLI
        ? String.format(java.util.Locale.ROOT, "%.1f ms", nanos / 1e6)
        : String.format(java.util.Locale.ROOT, "%.1f s", nanos / 1e9);
  }
}
