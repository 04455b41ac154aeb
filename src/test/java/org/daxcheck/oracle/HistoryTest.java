package org.daxcheck.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.daxcheck.abi.Dialect;
import org.daxcheck.abi.Errno;
import org.daxcheck.abi.Policy;
import org.daxcheck.abi.Word;
import org.daxcheck.model.Model;
import org.daxcheck.model.Outcome;
import org.daxcheck.model.State;
import org.daxcheck.step.BlockRef;
import org.daxcheck.step.Result;
import org.daxcheck.step.Step;
import org.testng.annotations.Test;

/** Results of several actors: some order of their operations must explain them. */
public class HistoryTest {
  private static final Model MODEL = new Model(Dialect.LINUX_7_3);
  private static final State UNPLUGGED = State.unplugged(List.of(1, 2, 1), Policy.ONLINE_MOVABLE);
  private static final State MOVABLE = after(UNPLUGGED, Word.ONLINE_MOVABLE);
  private static final State PINNED =
      MODEL
          .outcomes(MOVABLE, new Step.Pin(BlockRef.ofDevice(BlockRef.Place.LAST)), false)
          .get(0)
          .next();

  private final List<Step.Actor> actors = new ArrayList<>();
  private final List<Result.ActorResult> results = new ArrayList<>();

  @Test
  public void ofTwoOnlineTypesOneWins() {
    begin();
    actor("P0", write(Word.ONLINE_KERNEL), ok(14, 0, 100));
    actor("P1", write(Word.ONLINE_MOVABLE), fails(Errno.EBUSY, 0, 100));
    assertThat(words(UNPLUGGED)).containsExactly(Word.ONLINE_KERNEL);
  }

  @Test
  public void ofTwoOnlineTypesNotBothWin() {
    begin();
    actor("P0", write(Word.ONLINE_KERNEL), ok(14, 0, 100));
    actor("P1", write(Word.ONLINE_MOVABLE), ok(15, 0, 100));
    assertThat(words(UNPLUGGED)).isEmpty();
  }

  @Test
  public void ofTwoOnlineTypesNotBothLose() {
    begin();
    actor("P0", write(Word.ONLINE_KERNEL), fails(Errno.EBUSY, 0, 100));
    actor("P1", write(Word.ONLINE_MOVABLE), fails(Errno.EBUSY, 0, 100));
    assertThat(words(UNPLUGGED)).isEmpty();
  }

  @Test
  public void theSameWordIsTakenFromBoth() {
    begin();
    actor("P0", write(Word.ONLINE), ok(7, 0, 100));
    actor("P1", write(Word.ONLINE), ok(7, 0, 100));
    assertThat(words(UNPLUGGED)).containsOnly(Word.ONLINE);
  }

  @Test
  public void twoOrdersMayLeadToTwoEnds() {
    begin();
    actor("P0", write(Word.UNPLUGGED), ok(10, 0, 100));
    actor("P1", write(Word.ONLINE_MOVABLE), ok(15, 0, 100));
    assertThat(words(MOVABLE)).containsExactlyInAnyOrder(Word.UNPLUGGED, Word.ONLINE_MOVABLE);
  }

  @Test
  public void whatHadReturnedComesFirst() {
    begin();
    actor("P0", write(Word.UNPLUGGED), ok(10, 0, 100));
    actor("P1", write(Word.ONLINE_MOVABLE), ok(15, 200, 100));
    assertThat(words(MOVABLE)).containsExactly(Word.ONLINE_MOVABLE);
    begin();
    actor("P0", write(Word.UNPLUGGED), ok(10, 200, 100));
    actor("P1", write(Word.ONLINE_MOVABLE), ok(15, 0, 100));
    assertThat(words(MOVABLE)).containsExactly(Word.UNPLUGGED);
  }

  @Test
  public void aReadAfterAWriteReturnedGivesTheNewWord() {
    begin();
    actor("P0", write(Word.ONLINE_KERNEL), ok(14, 0, 100));
    actor("P1", new Step.Read(Step.Who.ROOT), reads("unplugged\n", 101, 10));
    assertThat(words(UNPLUGGED)).isEmpty();
    begin();
    actor("P0", write(Word.ONLINE_KERNEL), ok(14, 0, 100));
    actor("P1", new Step.Read(Step.Who.ROOT), reads("online_kernel\n", 101, 10));
    assertThat(words(UNPLUGGED)).containsOnly(Word.ONLINE_KERNEL);
  }

  @Test
  public void aReadDuringAWriteGivesTheOldOrTheNewWord() {
    for (String word : List.of("unplugged", "online_kernel")) {
      begin();
      actor("P0", write(Word.ONLINE_KERNEL), ok(14, 0, 100));
      actor("P1", new Step.Read(Step.Who.ROOT), reads(word + "\n", 50, 10));
      assertThat(words(UNPLUGGED)).as(word).containsOnly(Word.ONLINE_KERNEL);
    }
    for (String text : List.of("online\n", "unknown\n", "offline\n", "", "unplugged")) {
      begin();
      actor("P0", write(Word.ONLINE_KERNEL), ok(14, 0, 100));
      actor("P1", new Step.Read(Step.Who.ROOT), reads(text, 50, 10));
      assertThat(words(UNPLUGGED)).as(text).isEmpty();
    }
  }

  @Test
  public void readsDoNotGoBack() {
    begin();
    actor("P0", write(Word.ONLINE_KERNEL), ok(14, 0, 1000));
    actor(
        "P1",
        List.of(new Step.Read(Step.Who.ROOT), new Step.Read(Step.Who.ROOT)),
        List.of(reads("unplugged\n", 10, 10), reads("online_kernel\n", 30, 10)));
    assertThat(words(UNPLUGGED)).isNotEmpty();
    begin();
    actor("P0", write(Word.ONLINE_KERNEL), ok(14, 0, 1000));
    actor(
        "P1",
        List.of(new Step.Read(Step.Who.ROOT), new Step.Read(Step.Who.ROOT)),
        List.of(reads("online_kernel\n", 10, 10), reads("unplugged\n", 30, 10)));
    assertThat(words(UNPLUGGED)).isEmpty();
  }

  @Test
  public void whoIsKilledBeforeTheKernelBeganLogsNothingAndChangesNothing() {
    Result killed = new Result(-1, Optional.empty(), "", 100, 0, false, "KILL", List.of());
    begin();
    actor("P0", write(Word.UNPLUGGED), killed);
    actor("P1", new Step.Signal("P0", "KILL", 50), ok(0, 0, 50));
    assertThat(history().explain(MODEL, MOVABLE))
        .filteredOn(o -> o.next().equals(MOVABLE))
        .extracting(Outcome::logged)
        .contains(List.of())
        .anySatisfy(lines -> assertThat(lines).isNotEmpty());
    begin();
    actor("P0", write(Word.ONLINE_MOVABLE), killed);
    actor("P1", new Step.Signal("P0", "KILL", 50), ok(0, 0, 50));
    assertThat(words(UNPLUGGED)).containsExactlyInAnyOrder(Word.UNPLUGGED, Word.ONLINE_MOVABLE);
  }

  @Test
  public void blocksGoBeforeTheWordChanges() {
    Step toggle = new Step.BlockWrite(BlockRef.ofDevice(BlockRef.Place.LAST), "online_movable");
    for (boolean meanwhile : List.of(true, false)) {
      begin();
      actor(
          "P0",
          List.of(toggle, new Step.Read(Step.Who.ROOT)),
          List.of(fails(Errno.ENODEV, 10, 40), reads("online_movable\n", 60, 10)));
      actor("P1", write(Word.UNPLUGGED), ok(10, meanwhile ? 0 : 200, 100));
      if (meanwhile) {
        assertThat(words(MOVABLE)).containsOnly(Word.UNPLUGGED);
      } else {
        assertThat(words(MOVABLE)).as("nobody was taking it away").isEmpty();
      }
    }
  }

  @Test
  public void aKilledActorMayHaveDoneItOrNot() {
    begin();
    actor(
        "P0",
        write(Word.UNPLUGGED),
        new Result(-1, Optional.empty(), "", 100, 0, false, "KILL", List.of()));
    actor("P1", new Step.Signal("P0", "KILL", 50), ok(0, 0, 50));
    assertThat(words(MOVABLE)).containsOnly(Word.UNPLUGGED, Word.ONLINE_MOVABLE);
    assertThat(words(PINNED)).as("not past a pinned page").containsOnly(Word.ONLINE_MOVABLE);
  }

  @Test
  public void onlyWhoWasSignalledMayBeInterrupted() {
    begin();
    actor("P0", write(Word.UNPLUGGED), fails(Errno.EINTR, 0, 100));
    actor("P1", new Step.Signal("P0", "INT", 50), ok(0, 0, 50));
    assertThat(words(MOVABLE)).containsOnly(Word.ONLINE_MOVABLE);
    begin();
    actor("P0", write(Word.UNPLUGGED), fails(Errno.EINTR, 0, 100));
    actor("P1", write(Word.ONLINE_MOVABLE), ok(15, 0, 50));
    assertThat(words(MOVABLE)).isEmpty();
  }

  @Test
  public void aPinnedUnplugIsInterruptedAndOthersAreRefusedBehindIt() {
    begin();
    actor("P0", write(Word.UNPLUGGED), fails(Errno.EINTR, 0, 400));
    actor("P1", write(Word.ONLINE_KERNEL), fails(Errno.EBUSY, 100, 350));
    actor("P2", new Step.Signal("P0", "INT", 300), ok(0, 0, 300));
    List<Outcome> ends = history().explain(MODEL, PINNED);
    assertThat(ends).isNotEmpty();
    assertThat(ends)
        .allSatisfy(
            e -> {
              assertThat(e.next().ranges()).isEqualTo(PINNED.ranges());
              assertThat(e.logged()).hasSize(1);
              assertThat(e.logged().get(0)).contains("hotremove failed");
            });
  }

  @Test
  public void stepsThatDidNotRunDoNotCount() {
    begin();
    actor("P0", write(Word.ONLINE_KERNEL), ok(14, 0, 100));
    actor(
        "P1",
        List.of(new Step.Read(Step.Who.ROOT), write(Word.UNPLUGGED)),
        List.of(reads("online_kernel\n", 50, 10)));
    assertThat(history().operations()).hasSize(2);
    assertThat(words(UNPLUGGED)).containsOnly(Word.ONLINE_KERNEL);
  }

  @Test
  public void anActorThatCannotBeEndedIsTold() {
    begin();
    actors.add(new Step.Actor("P0", List.of(write(Word.UNPLUGGED))));
    results.add(new Result.ActorResult("P0", List.of(), true));
    assertThat(history().stuck()).containsExactly("P0");
  }

  @Test
  public void manyReadersAreExploredInTime() {
    begin();
    actor("P0", write(Word.ONLINE_MOVABLE), ok(15, 0, 100_000));
    for (int a = 1; a < 5; a++) {
      List<Step> steps = new ArrayList<>();
      List<Result> done = new ArrayList<>();
      for (int i = 0; i < 12; i++) {
        steps.add(new Step.Read(Step.Who.ROOT));
        done.add(reads(i < 6 ? "unplugged\n" : "online_movable\n", i * 100, 90));
      }
      actor("P" + a, steps, done);
    }
    long begin = System.nanoTime();
    assertThat(words(UNPLUGGED)).containsOnly(Word.ONLINE_MOVABLE);
    assertThat(System.nanoTime() - begin).isLessThan(20_000_000_000L);
  }

  // ---- the shortest part that no order explains

  @Test
  public void readsThatDoNotMatterAreLeftOut() {
    begin();
    actor("P0", write(Word.ONLINE_KERNEL), ok(14, 5_000, 100_000));
    actor("P1", write(Word.ONLINE_MOVABLE), ok(15, 9_000, 120_000));
    actor(
        "P2",
        List.of(new Step.Read(Step.Who.ROOT), new Step.Read(Step.Who.ROOT)),
        List.of(reads("unplugged\n", 6_000, 1_000), reads("online_kernel\n", 300_000, 1_000)));
    assertThat(shortest(UNPLUGGED))
        .containsExactly(
            "0 us to 100 us  P0: write online_kernel -> ok",
            "4 us to 124 us  P1: write online_movable -> ok",
            "2 other operations do not matter");
  }

  @Test
  public void whatCameLaterIsLeftOut() {
    begin();
    actor(
        "P0",
        List.of(write(Word.ONLINE_KERNEL), write(Word.UNPLUGGED), write(Word.UNPLUGGED)),
        List.of(ok(14, 0, 10_000), ok(10, 20_000, 90_000_000), ok(10, 99_000_000, 10)));
    actor("P1", new Step.Read(Step.Who.ROOT), reads("unplugged\n", 12_000, 2_000));
    assertThat(shortest(UNPLUGGED))
        .containsExactly(
            "0 us to 10 us   P0: write online_kernel -> ok",
            "12 us to 14 us  P1: read -> unplugged",
            "2 other operations do not matter");
  }

  /** The read needs the write to be wrong: without it, the read alone would be wrong instead. */
  @Test
  public void leavingOutMakesNoContradictionOfItsOwn() {
    begin();
    actor("P0", write(Word.ONLINE_KERNEL), ok(14, 0, 10_000));
    actor("P1", new Step.Read(Step.Who.ROOT), reads("online_kernel\n", 20_000, 1_000));
    actor("P2", new Step.Read(Step.Who.ROOT), reads("online\n", 40_000, 1_000));
    List<String> lines = shortest(UNPLUGGED);
    assertThat(lines)
        .as("P1 is as it should be, and must not be blamed")
        .noneMatch(l -> l.contains("P1"))
        .anyMatch(l -> l.contains("P2: read -> online"));
  }

  /** A write that was under way may have taken place before its return. */
  @Test
  public void aCallUnderWayMayHaveTakenPlace() {
    begin();
    actor("P0", write(Word.ONLINE_KERNEL), ok(14, 0, 100_000));
    actor(
        "P1",
        List.of(new Step.Read(Step.Who.ROOT), new Step.Read(Step.Who.ROOT)),
        List.of(reads("online_kernel\n", 10_000, 1_000), reads("unplugged\n", 20_000, 1_000)));
    assertThat(shortest(UNPLUGGED))
        .containsExactly(
            "10 us to 11 us  P1: read -> online_kernel",
            "20 us to 21 us  P1: read -> unplugged",
            "1 other operation does not matter");
  }

  @Test
  public void onlyWhatNoBeginningExplainsIsShown() {
    begin();
    actor("P0", write(Word.ONLINE_KERNEL), fails(Errno.EBUSY, 0, 10_000));
    actor("P1", write(Word.ONLINE_KERNEL), fails(Errno.EINVAL, 0, 20_000));
    assertThat(history().shortest(MODEL, List.of(UNPLUGGED, MOVABLE)).lines())
        .containsExactly(
            "0 us to 20 us  P1: write online_kernel -> EINVAL",
            "1 other operation does not matter");
  }

  @Test
  public void aLongHistoryIsShortenedInTime() {
    begin();
    actor("P0", write(Word.ONLINE_MOVABLE), ok(15, 0, 100_000));
    for (int a = 1; a < 4; a++) {
      List<Step> steps = new ArrayList<>();
      List<Result> done = new ArrayList<>();
      for (int i = 0; i < 12; i++) {
        steps.add(new Step.Read(Step.Who.ROOT));
        boolean back = a == 3 && i == 11;
        done.add(reads(i < 6 || back ? "unplugged\n" : "online_movable\n", i * 100, 90));
      }
      actor("P" + a, steps, done);
    }
    long begin = System.nanoTime();
    assertThat(shortest(UNPLUGGED)).hasSize(3).anyMatch(l -> l.endsWith("P3: read -> unplugged"));
    assertThat(System.nanoTime() - begin).isLessThan(20_000_000_000L);
  }

  private List<String> shortest(State start) {
    assertThat(words(start)).isEmpty();
    return history().shortest(MODEL, List.of(start)).lines().toList();
  }

  // ---- how histories are said

  private void begin() {
    actors.clear();
    results.clear();
  }

  private void actor(String name, Step step, Result result) {
    actor(name, List.of(step), List.of(result));
  }

  private void actor(String name, List<Step> steps, List<Result> done) {
    actors.add(new Step.Actor(name, steps));
    results.add(new Result.ActorResult(name, done, false));
  }

  private History history() {
    Result all = new Result(0, Optional.empty(), "", 0, 0, false, "", results);
    return History.of(new Step.Actors(actors, 1000), all);
  }

  private List<Word> words(State start) {
    return history().explain(MODEL, start).stream()
        .map(o -> o.next().word().orElseThrow())
        .toList();
  }

  private static Step.Write write(Word word) {
    return Step.Write.word(word);
  }

  private static State after(State s, Word word) {
    return MODEL.outcomes(s, write(word), false).get(0).next();
  }

  private static Result ok(long value, long at, long nanos) {
    return new Result(value, Optional.empty(), "", nanos, at, false, "", List.of());
  }

  private static Result fails(Errno errno, long at, long nanos) {
    return new Result(-1, Optional.of(errno), "", nanos, at, false, "", List.of());
  }

  private static Result reads(String data, long at, long nanos) {
    return new Result(data.length(), Optional.empty(), data, nanos, at, false, "", List.of());
  }
}
