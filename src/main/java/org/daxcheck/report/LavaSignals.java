package org.daxcheck.report;

import java.util.ArrayList;
import java.util.List;
import org.daxcheck.suite.Run;

/**
 * A run as signals that LAVA reads off a console: a test set for each target. It knows pass, fail,
 * skip and unknown; a failure that is waived is a skip there, an error unknown.
 */
public final class LavaSignals {
  private LavaSignals() {}

  /** The text of lava.txt. */
  public static String of(Run run) {
    List<String> lines = new ArrayList<>();
    String set = "";
    for (Outcome o : Outcome.of(run)) {
      if (!o.target().equals(set)) {
        stop(lines, set);
        set = o.target();
        if (!set.isEmpty()) {
          lines.add("<LAVA_SIGNAL_TESTSET START daxcheck-" + Outcome.id(set) + ">");
        }
      }
      String result =
          switch (o.result()) {
            case PASS -> "pass";
            case FAIL -> "fail";
            case WAIVED, SKIP -> "skip";
            case ERROR -> "unknown";
          };
      lines.add(
          "<LAVA_SIGNAL_TESTCASE TEST_CASE_ID=" + Outcome.id(o.name()) + " RESULT=" + result + ">");
    }
    stop(lines, set);
    return lines.isEmpty() ? "" : String.join("\n", lines) + "\n";
  }

  private static void stop(List<String> lines, String set) {
    if (!set.isEmpty()) {
      lines.add("<LAVA_SIGNAL_TESTSET STOP>");
    }
  }
}
