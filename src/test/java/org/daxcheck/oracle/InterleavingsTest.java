package org.daxcheck.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.daxcheck.abi.Errno;
import org.daxcheck.abi.Word;
import org.daxcheck.step.Result;
import org.daxcheck.step.Step;
import org.daxcheck.trace.Sample;
import org.daxcheck.trace.Trace;
import org.testng.annotations.Test;

/** Rounds of a race: which differ, and what came of them. */
public class InterleavingsTest {
  private static final Step.Actors RACE =
      new Step.Actors(
          List.of(
              new Step.Actor("P0", List.of(Step.Write.word(Word.ONLINE))),
              new Step.Actor(
                  "P1", List.of(new Step.Sleep(0, 800), Step.Write.word(Word.ONLINE_MOVABLE)))),
          1000);

  @Test
  public void countsOrdersAndAnswers() {
    Sample s = Sample.of("qemu");
    round(s, 0, ok(0, 100), busy(50, 100));
    round(s, 7, ok(1000, 100), busy(1060, 90));
    round(s, 8, ok(0, 100), busy(100, 100));
    round(s, 9, busy(0, 100), ok(50, 100));
    round(s, 9, ok(0, 100), busy(120, 100));
    List<Interleavings> races = Interleavings.of(s.trace());
    assertThat(races).hasSize(1);
    assertThat(races.get(0).rounds()).isEqualTo(5);
    assertThat(races.get(0).distinct())
        .as("the second is like the first but later; at one time the first actor counts first")
        .isEqualTo(3);
    assertThat(races.get(0).outcomes())
        .containsExactly(
            new Interleavings.Outcome("P0 ok, P1 EBUSY", 4),
            new Interleavings.Outcome("P0 EBUSY, P1 ok", 1));
  }

  @Test
  public void theOrderOfReturnsCountsToo() {
    Sample s = Sample.of("qemu");
    round(s, 0, ok(0, 100), busy(50, 100));
    round(s, 0, ok(0, 200), busy(50, 100));
    assertThat(Interleavings.of(s.trace()).get(0).distinct()).isEqualTo(2);
  }

  @Test
  public void equalAnswersInARowAreCounted() {
    Sample s = Sample.of("qemu");
    Step write = Step.Write.word(Word.ONLINE);
    Step.Actors one =
        new Step.Actors(List.of(new Step.Actor("P0", List.of(write, write, write, write))), 1000);
    List<Result> done = List.of(ok(0, 1), ok(2, 1), busy(4, 1), ok(6, 1));
    Result all = actors(new Result.ActorResult("P0", done, false));
    s.step(5, "race", one, all, s.unplugged());
    s.step(5, "race", one, all, s.unplugged());
    assertThat(Interleavings.of(s.trace()).get(0).outcomes())
        .containsExactly(new Interleavings.Outcome("P0 2 x ok then EBUSY then ok", 2));
  }

  @Test
  public void aLineDoneOnceIsNoRace() {
    Sample s = Sample.of("qemu");
    round(s, 0, ok(0, 100), busy(50, 100));
    assertThat(Interleavings.of(s.trace())).isEmpty();
  }

  @Test
  public void whoDidNotComeToItSaysNothing() {
    Sample s = Sample.of("qemu");
    Result killed = new Result(-1, Optional.empty(), "", 10, 0, false, "KILL", List.of());
    for (int i = 0; i < 2; i++) {
      Result all = actors(new Result.ActorResult("P0", List.of(killed), false));
      s.step(5, "race", RACE, all, s.unplugged());
    }
    assertThat(Interleavings.of(s.trace()).get(0).outcomes())
        .containsExactly(new Interleavings.Outcome("P0 killed by SIGKILL, P1 nothing", 2));
  }

  @Test
  public void stepsOfSetupAreNoRounds() {
    Sample s = Sample.of("qemu");
    round(s, 0, ok(0, 100), busy(50, 100));
    s.step(Trace.Phase.RESTORE, 5, "race", RACE, Result.ok(0), s.unplugged());
    assertThat(Interleavings.of(s.trace())).isEmpty();
  }

  private static void round(Sample s, long slept, Result first, Result second) {
    Result sleep = new Result(0, Optional.empty(), "", slept, 0, false, "", List.of());
    Result all =
        actors(
            new Result.ActorResult("P0", List.of(first), false),
            new Result.ActorResult("P1", List.of(sleep, second), false));
    s.step(5, "race", RACE, all, s.unplugged());
  }

  private static Result actors(Result.ActorResult... done) {
    return new Result(0, Optional.empty(), "", 0, 0, false, "", List.of(done));
  }

  private static Result ok(long at, long nanos) {
    return new Result(7, Optional.empty(), "", nanos, at, false, "", List.of());
  }

  private static Result busy(long at, long nanos) {
    return new Result(-1, Optional.of(Errno.EBUSY), "", nanos, at, false, "", List.of());
  }
}
