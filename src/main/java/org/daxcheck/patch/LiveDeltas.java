package org.daxcheck.patch;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.daxcheck.abi.RuleId;
import org.daxcheck.oracle.Divergence;
import org.daxcheck.oracle.Verdict.Status;
import org.daxcheck.report.PastRun;
import org.daxcheck.report.Progress;
import org.daxcheck.report.Text;
import org.daxcheck.suite.PlannedCase;
import org.daxcheck.suite.Run;
import org.daxcheck.suite.RunListener;

/** Tells what the patch changes at the moment that it is found, once for each rule. */
public final class LiveDeltas implements RunListener {
  private final Baseline baseline;
  private final Progress progress;
  private final long begin;
  private final Set<RuleId> lost = new LinkedHashSet<>();
  private final Set<String> silent = new HashSet<>();
  private int unjudged;

  /**
   * News of a run.
   *
   * @param baseline what is known without the patch
   * @param begin when the user asked, by {@link System#nanoTime}
   */
  public LiveDeltas(Baseline baseline, Progress progress, long begin) {
    this.baseline = baseline;
    this.progress = progress;
    this.begin = begin;
  }

  @Override
  public void started(PlannedCase planned) {
    progress.begin("patched", planned.scenario().name());
  }

  @Override
  public synchronized void finished(PlannedCase planned, Run.Case done) {
    progress.end(done.under("patched"));
    Optional<PastRun.Case> before = baseline.find(planned.scenario().name(), planned.topology());
    Set<RuleId> known = before.map(PastRun.Case::broken).orElse(Set.of());
    for (Divergence d : done.verdict().divergences()) {
      if (!known.contains(d.rule()) && lost.add(d.rule())) {
        say(d.rule() + " broken, " + Text.divergence(done, d));
      }
    }
    boolean judged =
        before.map(b -> b.status() == Status.PASS || b.status() == Status.DIVERGENCE).orElse(false);
    Status status = done.verdict().status();
    if (judged && (status == Status.SKIPPED || status == Status.ERROR)) {
      unjudged++;
      if (silent.add(done.verdict().reason())) {
        say(
            "no longer judged, "
                + done.scenario().file()
                + ": "
                + status.name().toLowerCase(Locale.ROOT)
                + ": "
                + done.verdict().reason());
      }
    }
  }

  private void say(String text) {
    progress.say(Text.seconds(System.nanoTime() - begin) + "  " + text);
  }

  /** What has come so far, in a few words. */
  public synchronized String sum() {
    List<String> parts = new ArrayList<>();
    if (!lost.isEmpty()) {
      parts.add("lost " + String.join(", ", lost.stream().sorted().map(RuleId::toString).toList()));
    }
    if (unjudged > 0) {
      parts.add(Text.count(unjudged, "case", "cases") + " no longer judged");
    }
    return parts.isEmpty() ? "nothing lost" : String.join(", ", parts);
  }
}
