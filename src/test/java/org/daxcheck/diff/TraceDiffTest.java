package org.daxcheck.diff;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.daxcheck.abi.Errno;
import org.daxcheck.abi.Word;
import org.daxcheck.step.Device;
import org.daxcheck.step.Observation;
import org.daxcheck.step.Result;
import org.daxcheck.step.Step;
import org.daxcheck.trace.Sample;
import org.daxcheck.trace.Trace;
import org.testng.annotations.Test;

/** Two traces are told apart by what the kernel did, not by where and when it did it. */
public class TraceDiffTest {
  private static final Step ONLINE = Step.Write.word(Word.ONLINE_MOVABLE);
  private static final Step KERNEL = Step.Write.word(Word.ONLINE_KERNEL);
  private static final Step READ = new Step.Read(Step.Who.ROOT);

  /** The same device elsewhere: other block numbers, another MemTotal. */
  private static final Device ELSEWHERE =
      new Device("dax1.0", 2, Sample.BLOCK_SIZE, List.of(Sample.range(80, 2), Sample.range(90, 3)));

  private static Sample good(Sample s) {
    return s.step(
            6, "write online_movable", ONLINE, Result.ok(15), s.online("online_movable", "Movable"))
        .step(
            7,
            "read",
            READ,
            Result.data("online_movable\n"),
            s.online("online_movable", "Movable"));
  }

  @Test
  public void placeAndTimeAreNoDifference() {
    Sample far = Sample.of("qemu", ELSEWHERE, 3_000_000);
    far.step(
            6,
            "write online_movable",
            ONLINE,
            new Result(15, java.util.Optional.empty(), "", 999, 77, false, "", List.of()),
            far.online("online_movable", "Movable", new Observation.LogLine(6, 5, "chatter")))
        .step(
            7,
            "read",
            READ,
            Result.data("online_movable\n"),
            far.online("online_movable", "Movable"));

    TraceDiff diff = TraceDiff.of(good(Sample.of("model")).trace(), far.trace());

    assertThat(diff.steps()).hasSize(2).allMatch(TraceDiff.StepDiff::same);
    assertThat(diff.first()).isEmpty();
    assertThat(diff.text()).contains("all 2 steps are the same");
  }

  @Test
  public void namesEveryAspectThatDiffers() {
    Sample left = good(Sample.of("model"));
    left.step(
        8,
        "write online_kernel",
        KERNEL,
        Result.error(Errno.EBUSY),
        left.online("online_movable", "Movable"));
    left.step(
        9, "read", READ, Result.data("online_movable\n"), left.online("online_movable", "Movable"));
    Sample right = good(Sample.of("qemu"));
    Observation leaked =
        right.online(
            "online_kernel",
            "Normal",
            new Observation.LogLine(3, 5, "memory35 stuck at 0x00001234"));
    Observation changed =
        new Observation(
            leaked.attributes(),
            "none",
            "online",
            leaked.memTotalKib() + 4,
            leaked.blocks().subList(0, 4),
            leaked.iomem().subList(0, 3),
            leaked.taint() | 512,
            leaked.log(),
            false,
            List.of());
    right.step(8, "write online_kernel", KERNEL, Result.ok(14), changed);
    right.step(9, "read", READ, Result.data("online_movable\n"), changed);

    TraceDiff diff = TraceDiff.of(left.trace(), right.trace());

    TraceDiff.StepDiff first = diff.first().orElseThrow();
    assertThat(first.line()).isEqualTo(8);
    assertThat(first.differences())
        .containsExactly(
            new Difference(Difference.Aspect.RESULT, "EBUSY", "ok 14"),
            new Difference(
                Difference.Aspect.ATTRIBUTE, "online_movable 0644", "online_kernel 0644"),
            new Difference(Difference.Aspect.BLOCKS, "0-4 online Movable", "0-3 online Normal"),
            new Difference(
                Difference.Aspect.IOMEM,
                "range 0 daxX.Y, range 0 >System RAM (kmem), range 1 daxX.Y, range 1 >System RAM (kmem)",
                "range 0 daxX.Y, range 0 >System RAM (kmem), range 1 daxX.Y"),
            new Difference(
                Difference.Aspect.MEMTOTAL, "baseline +655360 KiB", "baseline +655364 KiB"),
            new Difference(Difference.Aspect.DRIVER, "kmem", "none"),
            new Difference(Difference.Aspect.POLICY, "offline", "online"),
            new Difference(Difference.Aspect.LOG, "quiet", "block 1 stuck at ADDRESS"),
            new Difference(Difference.Aspect.TAINT, "unchanged", "added 512"));
    assertThat(diff.text())
        .contains("EBUSY", "ok 14", "2 of 4 steps differ, the first at line 8", "still differing");
    assertThat(diff.text().lines()).allMatch(l -> l.length() <= 100);
  }

  @Test
  public void aStepOfOneSideStandsAlone() {
    Sample left = good(Sample.of("model"));
    Sample right = Sample.of("qemu");
    right
        .step(
            Trace.Phase.SETUP,
            0,
            "write unplugged",
            Step.Write.word(Word.UNPLUGGED),
            Result.ok(10),
            right.unplugged())
        .step(
            6,
            "write online_movable",
            ONLINE,
            Result.ok(15),
            right.online("online_movable", "Movable"));

    TraceDiff diff = TraceDiff.of(left.trace(), right.trace());

    assertThat(diff.steps())
        .extracting(TraceDiff.StepDiff::text, TraceDiff.StepDiff::side)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple("write unplugged", TraceDiff.Side.RIGHT),
            org.assertj.core.groups.Tuple.tuple("write online_movable", TraceDiff.Side.BOTH),
            org.assertj.core.groups.Tuple.tuple("read", TraceDiff.Side.LEFT));
    assertThat(diff.text()).contains("(not done)");
  }

  @Test
  public void refusesTwoScenarios() {
    Trace a = good(Sample.of("model")).trace();
    Trace.Header h = a.header();
    Trace b =
        new Trace(
            new Trace.Header(
                "other",
                h.source(),
                h.target(),
                h.dialect(),
                h.kernel(),
                h.topology(),
                h.bootPolicy(),
                h.device(),
                h.baselineKib()),
            a.before(),
            a.entries());

    assertThatThrownBy(() -> TraceDiff.of(a, b))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'type-change' and 'other'");
  }
}
