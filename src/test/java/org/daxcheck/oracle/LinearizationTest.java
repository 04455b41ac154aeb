package org.daxcheck.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.daxcheck.abi.Dialect;
import org.daxcheck.abi.Driver;
import org.daxcheck.abi.Errno;
import org.daxcheck.abi.Grade;
import org.daxcheck.abi.Policy;
import org.daxcheck.abi.RuleId;
import org.daxcheck.abi.Word;
import org.daxcheck.model.Model;
import org.daxcheck.model.Outcome;
import org.daxcheck.model.Property;
import org.daxcheck.model.State;
import org.daxcheck.step.BlockRef;
import org.daxcheck.step.Payload;
import org.daxcheck.step.Result;
import org.daxcheck.step.Step;
import org.testng.annotations.Test;

/** Results of several actors: some order of their operations must explain them. */
public class LinearizationTest {
  private static final Result KILLED =
      new Result(-1, Optional.empty(), "", 100, 0, false, "KILL", List.of());

  private static final Specification MODEL = new Specification(new Model(Dialect.LINUX_7_3));
  private static final State UNPLUGGED = State.unplugged(List.of(1, 2, 1), Policy.ONLINE_MOVABLE);
  private static final State MOVABLE = after(UNPLUGGED, Word.ONLINE_MOVABLE);
  private static final State UNBOUND =
      MODEL.outcomes(UNPLUGGED, new Step.Unbind(), false).get(0).next();
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
    begin();
    actor("P0", write(Word.UNPLUGGED), KILLED);
    actor("P1", new Step.Signal("P0", "KILL", 50), ok(0, 0, 50));
    assertThat(history().explain(MODEL, MOVABLE))
        .filteredOn(o -> o.next().ranges().equals(MOVABLE.ranges()))
        .extracting(Outcome::logged)
        .contains(List.of())
        .anySatisfy(lines -> assertThat(lines).isNotEmpty());
    begin();
    actor("P0", write(Word.ONLINE_MOVABLE), KILLED);
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
    actor("P0", write(Word.UNPLUGGED), KILLED);
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
              assertThat(e.logged().get(0).text()).contains("hotremove failed");
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
        .isEqualTo(
            "P0 write online_kernel (0..100 us) got ok,"
                + " meanwhile P1 write online_movable (4..124 us) got ok");
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
        .isEqualTo(
            "P0 write online_kernel (0..10 us) got ok, then P1 read (12..14 us) saw unplugged");
  }

  /** The read needs the write to be wrong: without it, the read alone would be wrong instead. */
  @Test
  public void leavingOutMakesNoContradictionOfItsOwn() {
    begin();
    actor("P0", write(Word.ONLINE_KERNEL), ok(14, 0, 10_000));
    actor("P1", new Step.Read(Step.Who.ROOT), reads("online_kernel\n", 20_000, 1_000));
    actor("P2", new Step.Read(Step.Who.ROOT), reads("online\n", 40_000, 1_000));
    assertThat(shortest(UNPLUGGED))
        .as("P1 is as it should be, and must not be blamed")
        .doesNotContain("P1")
        .endsWith("P2 read (40..41 us) saw online");
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
        .isEqualTo("P1 read (10..11 us) saw online_kernel, then P1 read (20..21 us) saw unplugged");
  }

  @Test
  public void onlyWhatNoBeginningExplainsIsShown() {
    begin();
    actor("P0", write(Word.ONLINE_KERNEL), fails(Errno.EBUSY, 0, 10_000));
    actor("P1", write(Word.ONLINE_KERNEL), fails(Errno.EINVAL, 0, 20_000));
    assertThat(told(UNPLUGGED, MOVABLE))
        .isEqualTo(
            "P1 write online_kernel (0..20 us) got EINVAL, beside P0 write online_kernel (0..10 us)");
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
    assertThat(shortest(UNPLUGGED).split(", ")).hasSize(2);
    assertThat(shortest(UNPLUGGED)).contains("P3 read").endsWith("saw unplugged");
    assertThat(System.nanoTime() - begin).isLessThan(20_000_000_000L);
  }

  // ---- at the same nanosecond

  @Test
  public void aCallAtTheTimeOfAReturnMayComeFirst() {
    begin();
    actor("P0", write(Word.UNPLUGGED), ok(10, 0, 100));
    actor("P1", write(Word.ONLINE_MOVABLE), ok(15, 100, 100));
    assertThat(words(MOVABLE)).containsExactlyInAnyOrder(Word.UNPLUGGED, Word.ONLINE_MOVABLE);
    begin();
    actor("P0", write(Word.ONLINE_KERNEL), ok(14, 0, 100));
    actor("P1", write(Word.ONLINE_MOVABLE), ok(15, 100, 100));
    assertThat(shortest(UNPLUGGED).split(", ")).hasSize(2);
  }

  // ---- blocks and files that go away

  /** CONC-3; a block that is gone is ENOENT or ENODEV, and nothing else. */
  @Test
  public void onlyABlockThatIsGoneExcusesAToggler() {
    Step toggle = new Step.BlockWrite(BlockRef.ofDevice(BlockRef.Place.LAST), "online_movable");
    for (Errno errno : List.of(Errno.ENOENT, Errno.ENODEV, Errno.EBUSY)) {
      begin();
      actor(
          "P0",
          List.of(toggle, new Step.Read(Step.Who.ROOT)),
          List.of(fails(errno, 10, 40), reads("online_movable\n", 60, 10)));
      actor("P1", write(Word.UNPLUGGED), ok(10, 0, 100));
      assertThat(words(MOVABLE).isEmpty()).as(errno.name()).isEqualTo(errno.equals(Errno.EBUSY));
    }
  }

  /** ATTR-1; a file that goes between open and read says ENODEV. */
  @Test
  public void aFileThatGoesAwayMayAnswerInTwoWays() {
    for (Errno errno : List.of(Errno.ENOENT, Errno.ENODEV, Errno.EACCES)) {
      begin();
      actor("P0", new Step.Unbind(), ok(0, 0, 100));
      actor("P1", new Step.Read(Step.Who.ROOT), fails(errno, 10, 40));
      assertThat(history().explain(MODEL, UNPLUGGED).isEmpty())
          .as(errno.name())
          .isEqualTo(errno.equals(Errno.EACCES));
    }
    begin();
    actor("P0", write(Word.ONLINE_KERNEL), fails(Errno.ENODEV, 0, 100));
    actor("P1", write(Word.ONLINE_MOVABLE), ok(15, 0, 100));
    assertThat(words(UNPLUGGED)).as("the attribute was there all the time").isEmpty();
  }

  // ---- what the ends claim

  /** The rule of a facet in every end; empty where no rule speaks of it. */
  private Set<String> claimed(Specification model, State start, Property facet) {
    List<Outcome> ends = history().explain(model, start);
    assertThat(ends).isNotEmpty();
    return ends.stream()
        .map(o -> o.claims().rule(facet).map(RuleId::toString).orElse(""))
        .collect(Collectors.toSet());
  }

  @Test
  public void whoChangesSomethingAloneSpeaksForAll() {
    begin();
    actor("P0", write(Word.ONLINE_MOVABLE), ok(15, 0, 100));
    actor("P1", new Step.Read(Step.Who.ROOT), reads("online_movable\n", 200, 10));
    assertThat(claimed(MODEL, UNPLUGGED, Property.BLOCKS)).containsExactly("EFFECT-1");
    assertThat(claimed(MODEL, UNPLUGGED, Property.ZONES)).containsExactly("EFFECT-2");
    assertThat(claimed(MODEL, UNPLUGGED, Property.UEVENTS))
        .as("there are some")
        .containsExactly("");
    begin();
    actor("P0", write(Word.ONLINE_MOVABLE), ok(15, 200, 100));
    actor("P1", new Step.Read(Step.Who.ROOT), reads("unplugged\n", 0, 10));
    assertThat(claimed(MODEL, UNPLUGGED, Property.BLOCKS)).containsExactly("EFFECT-1");
    assertThat(claimed(MODEL, UNPLUGGED, Property.UEVENTS)).containsExactly("");
  }

  /** ATTR-5, REFUSE-3: where nobody may change anything, nothing may change, without a uevent. */
  @Test
  public void whereNobodyMayChangeAnythingNoUeventMayCome() {
    begin();
    actor("P0", new Step.Read(Step.Who.ROOT), reads("online_movable\n", 0, 10));
    actor("P1", new Step.Read(Step.Who.NOBODY), reads("online_movable\n", 0, 10));
    assertThat(claimed(MODEL, MOVABLE, Property.UEVENTS)).containsExactly("ATTR-5");
    assertThat(claimed(MODEL, MOVABLE, Property.BLOCKS)).containsExactly("ATTR-5");
    begin();
    actor("P0", write(Word.ONLINE), fails(Errno.EBUSY, 0, 10));
    actor("P1", write(Word.ONLINE_KERNEL), fails(Errno.EBUSY, 0, 10));
    assertThat(claimed(MODEL, MOVABLE, Property.UEVENTS)).containsExactly("REFUSE-3");
    assertThat(claimed(MODEL, MOVABLE, Property.BLOCKS)).containsExactly("CONC-1");
  }

  @Test
  public void severalWhoChangeSomethingAreJudgedTogether() {
    Step toggle = new Step.BlockWrite(BlockRef.ofDevice(BlockRef.Place.LAST), "offline");
    Step.Bind bind = new Step.Bind(Driver.KMEM);
    // CONC-1: writers
    begin();
    actor("P0", write(Word.ONLINE_MOVABLE), ok(15, 0, 100));
    actor("P1", write(Word.ONLINE_KERNEL), fails(Errno.EBUSY, 0, 100));
    for (Property facet :
        List.of(
            Property.VALUE, Property.BLOCKS, Property.ZONES, Property.IOMEM, Property.MEMTOTAL)) {
      assertThat(claimed(MODEL, UNPLUGGED, facet)).as(facet.name()).containsExactly("CONC-1");
    }
    assertThat(claimed(MODEL, UNPLUGGED, Property.DRIVER)).containsExactly("ROBUST-2");
    // CONC-3: togglers of blocks, where the dialect has the rule
    begin();
    actor("P0", write(Word.ONLINE_MOVABLE), ok(15, 0, 100));
    actor("P1", toggle, ok(8, 0, 100));
    assertThat(claimed(MODEL, MOVABLE, Property.BLOCKS)).containsExactly("CONC-3");
    assertThat(claimed(new Specification(new Model(Dialect.V3)), MOVABLE, Property.BLOCKS))
        .doesNotContain("CONC-3");
    // CONC-4: unbind and bind
    begin();
    actor("P0", write(Word.UNPLUGGED), ok(10, 0, 100));
    actor("P1", new Step.Unbind(), ok(0, 0, 100));
    assertThat(claimed(MODEL, UNPLUGGED, Property.BLOCKS)).containsExactly("CONC-4");
    begin();
    actor("P0", bind, ok(0, 0, 100));
    actor("P1", bind, fails(Errno.EBUSY, 0, 100));
    assertThat(claimed(MODEL, UNBOUND, Property.BLOCKS)).containsExactly("CONC-4");
    // CONC-5: the policy against a bind
    begin();
    actor("P0", bind, ok(0, 0, 100));
    actor("P1", new Step.SetPolicy(Policy.OFFLINE), ok(8, 0, 100));
    assertThat(claimed(MODEL, UNBOUND, Property.ZONES)).containsExactly("CONC-5");
    // One who does several things is alone all the same.
    begin();
    actor(
        "P0",
        List.of(write(Word.ONLINE_MOVABLE), write(Word.UNPLUGGED)),
        List.of(ok(15, 0, 10), ok(10, 20, 10)));
    actor("P1", new Step.Read(Step.Who.ROOT), reads("unplugged\n", 40, 10));
    assertThat(claimed(MODEL, UNPLUGGED, Property.BLOCKS)).containsExactly("EFFECT-3");
  }

  /** ATOMIC-6: a failed unplug is logged, whoever comes after it. */
  @Test
  public void whatMustBeLoggedIsNamedByItsOwnRule() {
    begin();
    actor("P0", write(Word.UNPLUGGED), fails(Errno.EINTR, 0, 100));
    actor("P1", new Step.Signal("P0", "INT", 50), ok(0, 0, 50));
    actor("P2", new Step.Read(Step.Who.ROOT), reads("online_movable\n", 200, 10));
    assertThat(claimed(MODEL, MOVABLE, Property.LOG)).containsExactly("ATOMIC-6");
    begin();
    actor("P0", new Step.Read(Step.Who.ROOT), reads("online_movable\n", 0, 10));
    actor("P1", new Step.Unbind(), ok(0, 100, 100));
    actor("P2", new Step.Read(Step.Who.ROOT), fails(Errno.ENOENT, 300, 10));
    assertThat(claimed(MODEL, MOVABLE, Property.LOG)).containsExactly("UNBIND-3");
    begin();
    actor("P0", write(Word.UNPLUGGED), fails(Errno.EINTR, 0, 100));
    actor("P1", new Step.Signal("P0", "INT", 50), ok(0, 0, 50));
    actor("P2", new Step.Unbind(), ok(0, 200, 10));
    assertThat(claimed(MODEL, MOVABLE, Property.LOG))
        .as("the first that must log")
        .containsExactly("ATOMIC-6");
  }

  /** UNBIND-3 of v4 announces a WARN, also where another actor comes after the unbind. */
  @Test
  public void anAnnouncedWarningIsRemembered() {
    Specification v4 = new Specification(new Model(Dialect.V4));
    for (long at : List.of(0L, 200L)) {
      begin();
      actor("P0", new Step.Unbind(), ok(0, 100, 50));
      actor(
          "P1",
          new Step.Read(Step.Who.ROOT),
          at == 0 ? reads("online_movable\n", at, 10) : fails(Errno.ENOENT, at, 10));
      assertThat(history().explain(v4, MOVABLE)).isNotEmpty().allMatch(Outcome::mayWarn);
      assertThat(history().explain(MODEL, MOVABLE)).isNotEmpty().noneMatch(Outcome::mayWarn);
    }
    begin();
    actor("P0", write(Word.ONLINE), fails(Errno.EBUSY, 0, 10));
    actor("P1", write(Word.ONLINE), fails(Errno.EBUSY, 0, 10));
    assertThat(history().explain(v4, MOVABLE)).isNotEmpty().noneMatch(Outcome::mayWarn);
  }

  /** TRANS-4: what is worth telling is told, in whatever order it came. */
  @Test
  public void whatIsWorthTellingStaysSo() {
    for (long at : List.of(0L, 200L)) {
      begin();
      actor("P0", write(Word.UNPLUGGED), fails(Errno.EBUSY, 100, 50));
      actor("P1", new Step.Read(Step.Who.ROOT), reads("online_movable\n", at, 10));
      assertThat(history().explain(MODEL, MOVABLE))
          .isNotEmpty()
          .allMatch(o -> o.grade() == Grade.INTERESTING);
    }
    begin();
    actor("P0", write(Word.UNPLUGGED), ok(10, 100, 50));
    actor("P1", new Step.Read(Step.Who.ROOT), reads("unplugged\n", 200, 10));
    assertThat(history().explain(MODEL, MOVABLE))
        .isNotEmpty()
        .noneMatch(o -> o.grade() == Grade.INTERESTING);
  }

  /** ATOMIC-1: who is killed may have changed nothing; half of it is the unplug's own fault. */
  @Test
  public void ofAKilledUnplugTheRulesOfAFailedOneSpeak() {
    begin();
    actor("P0", write(Word.UNPLUGGED), KILLED);
    actor("P1", new Step.Signal("P0", "KILL", 50), ok(0, 0, 50));
    assertThat(history().explain(MODEL, MOVABLE))
        .filteredOn(o -> o.next().ranges().equals(MOVABLE.ranges()))
        .isNotEmpty()
        .allSatisfy(
            o -> assertThat(o.claims().rule(Property.BLOCKS)).contains(RuleId.of("ATOMIC-1")));
  }

  // ---- what no order explains

  private String impossible(Specification model, State start) {
    assertThat(history().explain(model, start)).isEmpty();
    return history()
        .impossible(model, new Blame(model), start, false)
        .map(i -> i.rule() + " " + i.allowed())
        .orElse("together");
  }

  @Test
  public void aResultThatFitsNoStateIsBlamedByItself() {
    // ATTR-6: the length
    begin();
    actor("P0", write(Word.ONLINE_MOVABLE), ok(3, 0, 100));
    actor("P1", new Step.Read(Step.Who.ROOT), reads("unplugged\n", 0, 10));
    assertThat(impossible(MODEL, UNPLUGGED)).isEqualTo("ATTR-6 P0 write online_movable -> ok");
    // WORD-2: a bad word is bad in any company
    begin();
    actor("P0", new Step.Write(Payload.line("nonsense"), Step.Who.ROOT), ok(9, 0, 100));
    actor("P1", write(Word.ONLINE_MOVABLE), ok(15, 0, 100));
    assertThat(impossible(MODEL, UNPLUGGED)).isEqualTo("WORD-2 P0 write nonsense -> EINVAL");
    begin();
    actor("P0", write(Word.ONLINE_MOVABLE), ok(15, 0, 100));
    actor(
        "P1", new Step.Write(Payload.line("nonsense"), Step.Who.ROOT), fails(Errno.EBUSY, 0, 100));
    assertThat(impossible(MODEL, UNPLUGGED)).isEqualTo("WORD-5 P1 write nonsense -> EINVAL");
    // CONC-2: a read
    begin();
    actor("P0", write(Word.ONLINE_MOVABLE), ok(15, 0, 100));
    actor("P1", new Step.Read(Step.Who.ROOT), reads("online\n", 50, 10));
    assertThat(impossible(MODEL, UNPLUGGED))
        .isEqualTo("CONC-2 P1 read -> online_movable | unplugged");
    // CONC-1: a writer among writers
    begin();
    actor("P0", write(Word.ONLINE_MOVABLE), ok(15, 0, 100));
    actor("P1", write(Word.ONLINE_KERNEL), fails(Errno.EINVAL, 0, 100));
    assertThat(impossible(MODEL, UNPLUGGED)).startsWith("CONC-1 P1 write online_kernel -> ");
    // its own rule where it is alone
    begin();
    actor("P0", write(Word.ONLINE_MOVABLE), fails(Errno.EINVAL, 0, 100));
    actor("P1", new Step.Read(Step.Who.ROOT), reads("unplugged\n", 0, 10));
    assertThat(impossible(MODEL, UNPLUGGED)).isEqualTo("TRANS-3 P0 write online_movable -> ok");
    // CONC-4
    begin();
    actor("P0", new Step.Unbind(), fails(Errno.EBUSY, 0, 100));
    actor("P1", write(Word.ONLINE_MOVABLE), ok(15, 0, 100));
    assertThat(impossible(MODEL, UNPLUGGED)).isEqualTo("CONC-4 P0 unbind -> ok");
  }

  @Test
  public void aWriteIsBlamedBeforeTheReadThatShowsWhatItDid() {
    begin();
    actor("P0", new Step.Read(Step.Who.ROOT), reads("online\n", 200, 10));
    actor("P1", write(Word.ONLINE_MOVABLE), fails(Errno.EINVAL, 0, 100));
    assertThat(impossible(MODEL, UNPLUGGED)).isEqualTo("TRANS-3 P1 write online_movable -> ok");
  }

  @Test
  public void whatComesBehindAWrongReadIsLookedAtToo() {
    begin();
    actor(
        "P0",
        List.of(new Step.Read(Step.Who.ROOT), write(Word.ONLINE_MOVABLE)),
        List.of(reads("online\n", 0, 10), fails(Errno.EINVAL, 20, 10)));
    actor("P1", new Step.Read(Step.Who.ROOT), reads("unplugged\n", 0, 10));
    assertThat(impossible(MODEL, UNPLUGGED)).isEqualTo("TRANS-3 P0 write online_movable -> ok");
  }

  /** Of two that returned one after the other, the first met the state that was there. */
  @Test
  public void whatHadReturnedBeforeIsNoExcuse() {
    begin();
    actor("P0", write(Word.ONLINE_MOVABLE), fails(Errno.EBUSY, 0, 100));
    actor("P1", write(Word.ONLINE_KERNEL), ok(14, 200, 100));
    assertThat(impossible(MODEL, UNPLUGGED)).isEqualTo("CONC-1 P0 write online_movable -> ok");
    begin();
    actor("P0", write(Word.ONLINE_MOVABLE), fails(Errno.EBUSY, 200, 100));
    actor("P1", write(Word.ONLINE_KERNEL), ok(14, 0, 100));
    assertThat(history().explain(MODEL, UNPLUGGED)).isNotEmpty();
  }

  /**
   * What is behind a result that does not fit is judged by what that operation should have done.
   */
  @Test
  public void whatComesAfterTheImpossibleIsNotBlamed() {
    begin();
    actor(
        "P0",
        List.of(write(Word.ONLINE_MOVABLE), write(Word.ONLINE_KERNEL), write(Word.UNPLUGGED)),
        List.of(ok(15, 0, 10), fails(Errno.EINVAL, 20, 10), ok(10, 40, 10)));
    actor("P1", new Step.Read(Step.Who.ROOT), reads("unplugged\n", 60, 10));
    assertThat(impossible(MODEL, UNPLUGGED)).isEqualTo("REFUSE-1 P0 write online_kernel -> EBUSY");
  }

  @Test
  public void whereEachResultCouldBeTheyAreBlamedTogether() {
    begin();
    actor("P0", write(Word.ONLINE_KERNEL), ok(14, 0, 100));
    actor("P1", write(Word.ONLINE_MOVABLE), ok(15, 0, 100));
    actor("P2", write(Word.UNPLUGGED), fails(Errno.EBUSY, 0, 100));
    assertThat(impossible(MODEL, UNPLUGGED)).isEqualTo("together");
  }

  // ---- what ran out of time

  /** CONC-2, CONC-4: none of these waits for a pinned page; a writer may. */
  @Test
  public void whatMayNotBeHeldUpIsLate() {
    Result late = new Result(-1, Optional.of(Errno.EINTR), "", 100, 0, true, "", List.of());
    Result soon = fails(Errno.EINTR, 0, 100);
    Object[][] cases = {
      {new Step.Read(Step.Who.ROOT), late, "CONC-2"},
      {new Step.Bind(Driver.KMEM), late, "CONC-4"},
      {new Step.Unbind(), late, "CONC-4"},
      {write(Word.UNPLUGGED), late, ""},
      {new Step.Read(Step.Who.ROOT), soon, ""},
      {new Step.Unbind(), soon, ""},
      {new Step.Bind(Driver.KMEM), soon, ""},
    };
    for (Object[] c : cases) {
      begin();
      actor("P0", (Step) c[0], (Result) c[1]);
      assertThat(
              history().late().stream().map(l -> l.rule().toString()).collect(Collectors.joining()))
          .as(c[0].toString())
          .isEqualTo(c[2]);
    }
  }

  /** CONC-6 and WORD-5: what waits for no write, and did. */
  @Test
  public void whatWaitsForNoWriteIsNamedWhenItDid() {
    long second = 1_000_000_000;
    Step neighbour = new Step.NeighbourWrite(Word.UNPLUGGED);
    Object[][] cases = {
      {neighbour, ok(10, second, 3 * second), "CONC-6"},
      {neighbour, ok(10, second, second), ""},
      {write(Word.OFFLINE), fails(Errno.EINVAL, second, 3 * second), "WORD-5"},
      {write(Word.OFFLINE), fails(Errno.EINVAL, second, 2 * second - 1_000_000), "WORD-5"},
      {write(Word.OFFLINE), fails(Errno.EINVAL, second, second), ""},
      {write(Word.ONLINE), fails(Errno.EBUSY, second, 3 * second), ""},
      {new Step.Read(Step.Who.ROOT), reads("online\n", second, 3 * second), ""},
    };
    for (Object[] c : cases) {
      begin();
      actor("P0", write(Word.UNPLUGGED), fails(Errno.EINTR, 0, 3 * second));
      actor("P1", (Step) c[0], (Result) c[1]);
      assertThat(
              history().late().stream().map(l -> l.rule().toString()).collect(Collectors.joining()))
          .as(c[0] + " for " + ((Result) c[1]).nanos())
          .isEqualTo(c[2]);
    }
  }

  // ---- how parts are told

  @Test
  public void aHistoryThatAnOrderExplainsIsShownWhole() {
    begin();
    actor("P0", write(Word.ONLINE_KERNEL), ok(14, 5_000, 9_999_000));
    actor("P1", write(Word.ONLINE_MOVABLE), fails(Errno.EBUSY, 10_005_000, 1_000_000));
    assertThat(words(UNPLUGGED)).isNotEmpty();
    assertThat(told(UNPLUGGED))
        .isEqualTo(
            "P0 write online_kernel (0.000..9.999 ms) got ok,"
                + " then P1 write online_movable (10.000..11.000 ms) got EBUSY");
  }

  /** Two times that come in an order never read alike, and all have one unit. */
  @Test
  public void timesHaveAsManyDigitsAsTheirOrderNeeds() {
    begin();
    actor("P0", write(Word.UNPLUGGED), ok(10, 0, 415_960_000));
    actor("P1", new Step.Read(Step.Who.ROOT), reads("online_movable\n", 416_020_000, 4_000));
    assertThat(shortest(MOVABLE))
        .isEqualTo(
            "P0 write unplugged (0.00..415.96 ms) got ok,"
                + " then P1 read (at 416.02 ms) saw online_movable");
  }

  // ---- what may be wrong in a part

  @Test
  public void ofTwoThatBothWonEitherMayBeWrong() {
    begin();
    actor("P0", write(Word.ONLINE_KERNEL), ok(14, 0, 100));
    actor("P1", write(Word.ONLINE_MOVABLE), ok(15, 0, 100));
    Symptom either = new Symptom(Step.Kind.WRITE, Aspect.RESULT, Set.of("EBUSY"), "ok");
    assertThat(symptoms(UNPLUGGED)).containsExactly(either, either);
  }

  @Test
  public void ofAnAnswerThatNothingAllowsAllOthersAreAllowed() {
    begin();
    actor("P0", write(Word.ONLINE_KERNEL), ok(14, 0, 100));
    actor("P1", write(Word.ONLINE_MOVABLE), fails(Errno.EINVAL, 0, 100));
    assertThat(symptoms(UNPLUGGED))
        .containsExactly(
            new Symptom(Step.Kind.WRITE, Aspect.RESULT, Set.of("EBUSY", "ok"), "EINVAL"));
  }

  @Test
  public void anAnswerIsSaidInAWord() {
    assertThat(Linearization.answer(Result.ok(7))).isEqualTo("ok");
    assertThat(Linearization.answer(Result.error(Errno.EBUSY))).isEqualTo("EBUSY");
    assertThat(Linearization.answer(Result.data("online\n"))).isEqualTo("online");
    assertThat(Linearization.answer(Result.data("on\n\n"))).isEqualTo("\"on\\n\\n\"");
    Result late = new Result(-1, Optional.of(Errno.EINTR), "", 100, 0, true, "", List.of());
    assertThat(Linearization.answer(late)).isEqualTo("EINTR after its time limit");
  }

  private String shortest(State start) {
    assertThat(words(start)).isEmpty();
    return told(start);
  }

  private String told(State... starts) {
    return new ShortestPart(history(), MODEL, List.of(starts)).text();
  }

  private List<Symptom> symptoms(State start) {
    return new ShortestPart(history(), MODEL, List.of(start)).symptoms();
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

  private Linearization history() {
    Result all = new Result(0, Optional.empty(), "", 0, 0, false, "", results);
    return Linearization.of(new Step.Actors(actors, 1000), all);
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
