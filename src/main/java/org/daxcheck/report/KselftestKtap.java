package org.daxcheck.report;

import java.util.ArrayList;
import java.util.List;
import org.daxcheck.suite.Run;

/**
 * A run in the nesting of the kernel's kselftest runner: each target is a test program, and what it
 * printed stands behind {@code # }. Source: tools/testing/selftests/kselftest/runner.sh, run_one
 * and tap_prefix.
 */
public final class KselftestKtap {
  private KselftestKtap() {}

  /** The text of results.kselftest.ktap. */
  public static String of(Run run) {
    List<String> targets = RunSummary.targets(run);
    List<Outcome> all = Outcome.of(run);
    List<Outcome> whole = all.stream().filter(o -> o.target().isEmpty()).toList();
    List<String> lines = new ArrayList<>();
    lines.add("TAP version 13");
    lines.add("1.." + (targets.size() + whole.size()));
    int number = 0;
    for (String target : targets) {
      number++;
      List<Outcome> of = all.stream().filter(o -> o.target().equals(target)).toList();
      String name = "selftests: dax: daxcheck-" + Outcome.id(target);
      lines.add("# " + name);
      lines.add("# TAP version 13");
      lines.add("# 1.." + of.size());
      for (int i = 0; i < of.size(); i++) {
        inner(lines, of.get(i), i + 1);
      }
      boolean bad =
          of.stream()
              .anyMatch(
                  o -> o.result() == Outcome.Result.FAIL || o.result() == Outcome.Result.ERROR);
      boolean skipped = of.stream().allMatch(o -> o.result() == Outcome.Result.SKIP);
      lines.add(
          (bad ? "not ok " : "ok ")
              + number
              + " "
              + name
              + (bad ? " # exit=1" : skipped ? " # SKIP" : ""));
    }
    for (Outcome o : whole) {
      number++;
      lines.add("# " + plain(o.why()));
      lines.add("not ok " + number + " selftests: dax: daxcheck-" + o.name() + " # exit=2");
    }
    return String.join("\n", lines) + "\n";
  }

  private static void inner(List<String> lines, Outcome o, int number) {
    String name = " " + number + " " + Outcome.id(o.name());
    boolean told = o.result() == Outcome.Result.FAIL || o.result() == Outcome.Result.PASS;
    if (told && !o.why().isEmpty()) {
      lines.add("# # " + plain(o.why()));
    }
    lines.add(
        "# "
            + switch (o.result()) {
              case PASS -> "ok" + name;
              case FAIL -> "not ok" + name;
              case WAIVED -> "ok" + name + " # XFAIL " + plain(o.why());
              case SKIP -> "ok" + name + " # SKIP " + plain(o.why());
              case ERROR -> "not ok" + name + " # ERROR " + plain(o.why());
            });
  }

  /** A second directive in a reason would confuse readers. */
  private static String plain(String why) {
    return Ktap.clean(why).replace(" # ", " - ");
  }
}
