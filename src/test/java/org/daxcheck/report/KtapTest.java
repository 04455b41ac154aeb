package org.daxcheck.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.daxcheck.suite.Run;
import org.testng.annotations.Test;

/** Reads KTAP back with a small reader of its own: plans, numbers, nesting, directives. */
public class KtapTest {
  private static final Pattern RESULT =
      Pattern.compile("( *)(ok|not ok) (\\d+) ([^#]*?)(?: # (SKIP|ERROR) (.*))?");

  private record Outcome(String path, String result, String directive) {}

  private static List<Outcome> read(String ktap) {
    List<Outcome> outcomes = new ArrayList<>();
    List<Outcome> children = new ArrayList<>();
    int[] plan = new int[2];
    int[] done = new int[2];
    String subtest = "";
    for (String line : ktap.split("\n")) {
      int depth = line.startsWith("  ") ? 1 : 0;
      String rest = line.substring(2 * depth);
      Matcher m = RESULT.matcher(line);
      if (rest.equals("KTAP version 1")) {
        plan[depth] = -1;
        done[depth] = 0;
      } else if (rest.startsWith("# Subtest: ")) {
        subtest = rest.substring(11);
      } else if (rest.startsWith("1..")) {
        assertThat(plan[depth]).as(line).isEqualTo(-1);
        plan[depth] = Integer.parseInt(rest.substring(3));
      } else if (m.matches()) {
        assertThat(Integer.parseInt(m.group(3))).as(line).isEqualTo(++done[depth]);
        String directive = m.group(5) == null ? "" : m.group(5);
        if (depth == 1) {
          children.add(new Outcome(subtest + "/" + m.group(4), m.group(2), directive));
        } else {
          if (!subtest.isEmpty()) {
            assertThat(m.group(4)).isEqualTo(subtest);
            assertThat(done[1]).as("plan of " + subtest).isEqualTo(plan[1]);
          }
          outcomes.addAll(children);
          outcomes.add(new Outcome(m.group(4), m.group(2), directive));
          children.clear();
          subtest = "";
        }
      } else {
        assertThat(rest).as("neither a result nor a diagnostic").startsWith("# ");
        assertThat(rest.chars().noneMatch(Text::isControl)).isTrue();
      }
    }
    assertThat(done[0]).as("plan").isEqualTo(plan[0]);
    return outcomes;
  }

  @Test
  public void everyKindOfCase() {
    String ktap = Ktap.of(Runs.mixed().run(), Runs.RULES);

    assertThat(read(ktap))
        .containsExactly(
            new Outcome("model/type-change.cxl", "ok", ""),
            new Outcome("model/other-change.cxl", "ok", ""),
            new Outcome("model/reads-back.cxl", "ok", ""),
            new Outcome("model", "ok", ""),
            new Outcome("qemu/reads-back.cxl", "ok", ""),
            new Outcome("qemu/type-change.cxl", "not ok", ""),
            new Outcome("qemu/other-change.cxl", "not ok", ""),
            new Outcome("qemu/pins", "ok", "SKIP"),
            new Outcome("qemu/hangs.cxl", "not ok", "ERROR"),
            new Outcome("qemu", "not ok", ""));
    assertThat(ktap)
        .contains("  # suites/type-change.kmem:7: write online_kernel: result: got EINVAL\\x00")
        .contains("# note TRANS-4 line 8")
        .doesNotContain("reboot: System halted");
  }

  @Test
  public void whatIsMissingIsNotGood() {
    Run none = new Runs().target("model").target("qemu").pass("model", "a", "ATTR-1").run(false);

    assertThat(read(Ktap.of(none, Runs.RULES)))
        .containsExactly(
            new Outcome("model/a.cxl", "ok", ""),
            new Outcome("model", "ok", ""),
            new Outcome("qemu", "not ok", "ERROR"),
            new Outcome("run-complete", "not ok", "ERROR"));
  }

  @Test
  public void aTargetThatSkippedAllIsSkipped() {
    Run run = new Runs().target("qemu").skip("qemu", "a", "ATTR-1", "no attribute").run();

    assertThat(read(Ktap.of(run, Runs.RULES)))
        .containsExactly(new Outcome("qemu/a", "ok", "SKIP"), new Outcome("qemu", "ok", "SKIP"));
  }
}
