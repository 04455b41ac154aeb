package org.daxcheck.oracle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.daxcheck.oracle.Shown.bad;
import static org.daxcheck.oracle.Shown.fails;
import static org.daxcheck.oracle.Shown.rules;
import static org.daxcheck.oracle.Shown.write;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.daxcheck.abi.Dialect;
import org.daxcheck.abi.Driver;
import org.daxcheck.abi.Errno;
import org.daxcheck.abi.Policy;
import org.daxcheck.abi.RuleId;
import org.daxcheck.abi.Word;
import org.daxcheck.model.Outcome;
import org.daxcheck.model.State;
import org.daxcheck.step.BlockRef;
import org.daxcheck.step.BlockRef.Place;
import org.daxcheck.step.Observation;
import org.daxcheck.step.Reply;
import org.daxcheck.step.Result;
import org.daxcheck.step.Retouched;
import org.daxcheck.step.Step;
import org.daxcheck.target.TargetException;
import org.testng.annotations.DataProvider;
import org.testng.annotations.Test;

/** How the oracle follows a target: through open outcomes, and past what is wrong. */
public class OracleTest {
  private static final Step READ = new Step.Read(Step.Who.ROOT);
  private static final Step UNBIND = new Step.Unbind();
  private static final UnaryOperator<Reply> AS_IT_IS = r -> r;

  // ---- one fault is told once

  @Test
  public void aBlockThatStaysOfflineIsToldOnce() throws TargetException {
    Story story = new Story();
    UnaryOperator<Reply> broken = seen(o -> lastBlock(o, "offline", "Normal Movable"));
    story.does(write(Word.ONLINE_MOVABLE), broken);
    for (int i = 0; i < 6; i++) {
      story.does(READ, broken);
      story.does(write(Word.ONLINE_KERNEL), broken);
    }
    Verdict verdict = story.verdict();
    assertThat(rules(verdict)).containsExactly("EFFECT-1");
    Divergence told = verdict.divergences().get(0);
    assertThat(told.entry()).isZero();
    assertThat(told.repeats()).isZero();
    assertThat(told.allowed()).contains("all online");
    assertThat(told.seen()).contains("3: offline");
    assertThat(verdict.status()).isEqualTo(Verdict.Status.DIVERGENCE);
  }

  @Test
  public void aWrongWordIsToldOnceThoughEveryReadGivesIt() throws TargetException {
    Story story = new Story();
    UnaryOperator<Reply> broken =
        r ->
            seen(o -> text(o, "online_movable\n"))
                .apply(
                    r.result().data().isEmpty()
                        ? r
                        : new Reply(Result.data("online_movable\n"), r.observation()));
    story.does(write(Word.ONLINE_KERNEL), broken);
    for (int i = 0; i < 5; i++) {
      story.does(READ, broken);
    }
    assertThat(rules(story.verdict())).containsExactly("ATTR-7");
  }

  @Test
  public void theSameWrongAnswerIsOneDivergenceWithRepeats() throws TargetException {
    Story story = new Story();
    story.does(write(Word.ONLINE_MOVABLE), AS_IT_IS);
    for (int i = 0; i < 4; i++) {
      story.does(write(Word.ONLINE_KERNEL), fails(Errno.EINVAL));
    }
    Verdict verdict = story.verdict();
    assertThat(rules(verdict)).containsExactly("REFUSE-1");
    assertThat(verdict.divergences().get(0).repeats()).isEqualTo(3);
    assertThat(verdict.divergences().get(0).allowed()).isEqualTo("EBUSY");
    assertThat(verdict.divergences().get(0).seen()).isEqualTo("EINVAL");
    assertThat(verdict.divergences().get(0).entry()).isEqualTo(1);
  }

  @Test
  public void aSecondFaultIsToldBesideTheFirst() throws TargetException {
    Story story = new Story();
    story.does(write(Word.ONLINE_MOVABLE), AS_IT_IS);
    story.does(write(Word.ONLINE_KERNEL), fails(Errno.EINVAL));
    story.does(READ, AS_IT_IS);
    story.does(write(Word.ONLINE_MOVABLE), fails(Errno.EBUSY));
    story.does(bad("foo\n"), fails(Errno.ENOENT));
    assertThat(rules(story.verdict())).containsExactly("REFUSE-1", "TRANS-7", "WORD-2");
  }

  @Test
  public void itGoesOnWithWhatWasObserved() throws TargetException {
    Story story =
        new Story() {
          @Override
          Outcome takes(State from, Step step, Outcome usual) {
            boolean other =
                step.equals(write(Word.ONLINE_KERNEL))
                    && from.word().filter(Word.ONLINE_MOVABLE::equals).isPresent();
            return other
                ? ok(usual, 14, State.unplugged(List.of(1, 2, 1), Policy.ONLINE_MOVABLE))
                : usual;
          }
        };
    // The other online type is accepted, and what it does is unplug.
    story.does(write(Word.ONLINE_MOVABLE), AS_IT_IS);
    story.does(write(Word.ONLINE_KERNEL), AS_IT_IS);
    story.does(READ, AS_IT_IS);
    story.does(write(Word.UNPLUGGED), AS_IT_IS);
    story.does(write(Word.ONLINE), AS_IT_IS);
    story.does(write(Word.ONLINE), AS_IT_IS);
    Verdict verdict = story.verdict();
    assertThat(rules(verdict)).containsExactly("REFUSE-1");
    assertThat(verdict.divergences().get(0).repeats()).isZero();
    assertThat(verdict.divergences().get(0).seen()).contains("the device changed");
  }

  // ---- open outcomes

  @Test
  public void aKernelZoneMayRefuseItsUnplugAnyNumberOfTimes() throws TargetException {
    Story story = new Story().answering("EBUSY");
    story.does(write(Word.ONLINE_KERNEL), AS_IT_IS);
    for (int i = 0; i < 3; i++) {
      story.does(write(Word.UNPLUGGED), AS_IT_IS);
    }
    story.answering("ok").does(write(Word.UNPLUGGED), AS_IT_IS);
    Verdict verdict = story.verdict();
    assertThat(verdict.divergences()).isEmpty();
    assertThat(verdict.notes()).isEmpty();
    assertThat(verdict.status()).isEqualTo(Verdict.Status.PASS);
  }

  @Test
  public void theZoneOfOnlineIsTheKernelsChoiceForEachBlock() throws TargetException {
    for (long seed = 0; seed < 8; seed++) {
      Story story = new Story(Dialect.LINUX_7_3, seed).answering("ok");
      story.does(write(Word.ONLINE), AS_IT_IS);
      story.does(READ, AS_IT_IS);
      story.does(write(Word.ONLINE), AS_IT_IS);
      assertThat(story.verdict().divergences()).isEmpty();
    }
  }

  @Test
  public void aZoneOnceSeenStays() throws TargetException {
    Story story = new Story(Dialect.LINUX_7_3, 1);
    story.does(write(Word.ONLINE), AS_IT_IS);
    String zone = story.last().blocks().get(3).zones();
    String other = zone.equals("Normal") ? "Movable" : "Normal";
    story.does(READ, seen(o -> lastBlock(o, "online", other)));
    assertThat(rules(story.verdict())).containsExactly("ATTR-5");
  }

  @Test
  public void movableMemoryThatRefusesOnceIsANote() throws TargetException {
    Story story = new Story().answering("EBUSY");
    story.does(write(Word.ONLINE_MOVABLE), AS_IT_IS);
    story.does(write(Word.UNPLUGGED), AS_IT_IS);
    story.answering("ok").does(write(Word.UNPLUGGED), AS_IT_IS);
    Verdict verdict = story.verdict();
    assertThat(verdict.divergences()).isEmpty();
    assertThat(verdict.notes()).extracting(n -> n.rule().toString()).containsExactly("TRANS-4");
  }

  @Test
  public void movableMemoryThatRefusesTwiceDiverges() throws TargetException {
    Story story = new Story().answering("EBUSY");
    story.does(write(Word.ONLINE_MOVABLE), AS_IT_IS);
    story.does(write(Word.UNPLUGGED), AS_IT_IS);
    story.does(READ, AS_IT_IS);
    story.does(
        write(Word.UNPLUGGED), r -> new Reply(Result.error(Errno.EBUSY), story.last()), false);
    assertThat(rules(story.verdict())).containsExactly("TRANS-4");
  }

  // ---- the kernel's log and health

  @DataProvider
  public Object[][] lines() {
    return new Object[][] {
      {"WARNING: CPU: 1 PID: 77 at mm/memory_hotplug.c:1234 foo+0x1/0x2", true},
      {"BUG: kernel NULL pointer dereference, address: 0000000000000000", true},
      {"BUG: KASAN: slab-use-after-free in kmem_name+0x1/0x2", true},
      {"kernel BUG at mm/memory_hotplug.c:99!", true},
      {"Oops: 0000 [#1] PREEMPT SMP", true},
      {"UBSAN: invalid-load in drivers/dax/kmem.c:77:3", true},
      {"INFO: task daxcheck:77 blocked for more than 120 seconds.", true},
      {"INFO: rcu_preempt self-detected stall on CPU", true},
      {"WARNING: possible circular locking dependency detected", true},
      {"Kernel panic - not syncing: Fatal exception", true},
      {"[drm] list_del corruption, ffff->next is bad", true},
      {"Calibrating delay loop (skipped), value calculated, 5990.52 BogoMIPS (lpj=2995260)", false},
      {"loops_per_jiffy: 2995260", false},
      {"whoops: 3 of them", false},
      {"kmem dax0.0: Hotplug regions stuck online until reboot", false},
      {"kmem dax0.0: hotremove failed, device left online: -16", false},
      {"debug: DEBUG: this is no trouble", false},
      {"BUG kmalloc-8 (Tainted: G           OE      ): Object already free", true},
      {"BUG kmalloc-rnd-04-32 (Not tainted): Poison overwritten", true},
      {"a BUG in its name (kmem) is no trouble", false},
      {"systemd[1]: Reached target Bugs", false},
      {"Demotion targets for Node 0: preferred: 1, fallback: 1", false},
      {"EXT4-WARNING: nothing of memory", false},
    };
  }

  @Test(dataProvider = "lines")
  public void onlyLinesOfABrokenKernelAreSplats(String line, boolean splat) throws TargetException {
    assertThat(Splat.isOne(line)).isEqualTo(splat);
    Story story = new Story();
    story.does(
        READ, seen(o -> o.after(List.of(new Observation.LogLine(6, 1, line)), false, List.of())));
    assertThat(rules(story.verdict())).isEqualTo(splat ? List.of("ROBUST-1") : List.of());
  }

  private static Observation logged(Observation o, String... lines) {
    return o.after(
        java.util.Arrays.stream(lines).map(l -> new Observation.LogLine(4, 1, l)).toList(),
        false,
        List.of());
  }

  @Test
  public void eachReportOfTheKernelIsADivergenceOfItsOwn() throws TargetException {
    String kasan = "BUG: KASAN: slab-use-after-free in alpha+0x1/0x2";
    String lockdep = "WARNING: possible recursive locking detected";
    Story story = new Story();
    story.does(READ, seen(o -> logged(o, kasan, lockdep)));
    story.does(READ, seen(o -> logged(o, lockdep)));
    story.does(READ, seen(o -> logged(o, "BUG: KASAN: double-free in alpha+0x1/0x2")));
    List<Divergence> found = story.verdict().divergences();
    assertThat(found).extracting(d -> d.rule().toString()).containsOnly("ROBUST-1");
    assertThat(found)
        .extracting(Divergence::seen)
        .containsExactly(
            "taint and log \"" + kasan + '"',
            "taint and log \"" + lockdep + '"',
            "taint and log \"BUG: KASAN: double-free in alpha+0x1/0x2\"");
    assertThat(found).extracting(Divergence::entry).containsExactly(0, 0, 2);
    assertThat(found).extracting(Divergence::repeats).containsExactly(0, 1, 0);
  }

  @Test
  public void aReportIsToldBesideAWrongResult() throws TargetException {
    Story story = new Story();
    story.does(
        READ,
        r ->
            new Reply(
                Result.error(Errno.ENODEV),
                logged(r.observation(), "BUG: KASAN: slab-use-after-free in alpha+0x1/0x2")),
        false);
    assertThat(rules(story.verdict())).contains("ROBUST-1").hasSize(2);
  }

  @Test
  public void onlyNewTaintIsToldAndOnce() throws TargetException {
    Story story = new Story(Dialect.LINUX_7_3, 1, 1L << 12);
    story.does(READ, seen(o -> taint(o, 1L << 12)));
    assertThat(story.verdict().divergences()).isEmpty();
    story.does(READ, seen(o -> taint(o, 1L << 12 | 1L << 7)));
    story.does(READ, seen(o -> taint(o, 1L << 12 | 1L << 7)));
    Verdict verdict = story.verdict();
    assertThat(rules(verdict)).containsExactly("ROBUST-1");
    assertThat(verdict.divergences().get(0).entry()).isEqualTo(1);
    assertThat(verdict.divergences().get(0).seen()).contains("taint bits 7").doesNotContain("12");
    assertThat(verdict.divergences().get(0).repeats()).isZero();
  }

  @Test
  public void theAnnouncedWarningOfV4IsNoSplat() throws TargetException {
    for (Dialect dialect : List.of(Dialect.V4, Dialect.LINUX_7_3)) {
      Story story = new Story(dialect, 1);
      story.does(write(Word.ONLINE_MOVABLE), AS_IT_IS);
      story.does(
          UNBIND,
          seen(
              o -> {
                List<Observation.LogLine> lines = new ArrayList<>(o.log());
                lines.add(new Observation.LogLine(4, 1, "WARNING: CPU: 0 PID: 1 at kmem.c:290"));
                return taint(o.after(lines, false, o.uevents()), 1L << 9);
              }));
      assertThat(rules(story.verdict()))
          .isEqualTo(dialect == Dialect.V4 ? List.of() : List.of("ROBUST-1"));
    }
  }

  @Test
  public void aLineThatMayHaveBeenLostIsNotMissed() throws TargetException {
    for (boolean lost : List.of(true, false)) {
      Story story = new Story();
      story.does(write(Word.ONLINE_MOVABLE), AS_IT_IS);
      story.does(UNBIND, seen(o -> withLog(o, List.of(), lost)));
      assertThat(rules(story.verdict())).isEqualTo(lost ? List.of() : List.of("UNBIND-3"));
    }
  }

  @Test
  public void aLoneWriterThatWasKilledMayNeverHaveComeIntoTheKernel() throws TargetException {
    Result killed = new Result(-1, Optional.empty(), "", 100, 0, false, "KILL", List.of());
    Step.Actors actors =
        new Step.Actors(
            List.of(
                new Step.Actor("P0", List.of(write(Word.UNPLUGGED))),
                new Step.Actor("P1", List.of(new Step.Signal("P0", "KILL", 200, 200)))),
            1000);
    UnaryOperator<Reply> nothingDone =
        r ->
            new Reply(
                new Result(
                    0,
                    Optional.empty(),
                    "",
                    100,
                    0,
                    false,
                    "",
                    List.of(
                        new Result.ActorResult("P0", List.of(killed), false),
                        new Result.ActorResult("P1", List.of(Result.ok(0)), false))),
                r.observation().after(List.of(), false, List.of()));
    for (boolean half : List.of(false, true)) {
      Story story = new Story();
      story.does(write(Word.ONLINE_MOVABLE), AS_IT_IS);
      story.does(new Step.Pin(BlockRef.ofDevice(Place.LAST)), AS_IT_IS);
      story.does(
          actors,
          half
              ? r -> seen(o -> lastBlock(o, "offline", "Movable")).apply(nothingDone.apply(r))
              : nothingDone,
          false);
      if (half) {
        assertThat(rules(story.verdict())).isNotEmpty();
      } else {
        assertThat(rules(story.verdict())).isEmpty();
      }
    }
  }

  /** A driver that is loaded takes the other dax devices too: memory and uevents of theirs. */
  @Test
  public void whatALoadDoesToOthersIsNotHeldAgainstIt() throws TargetException {
    String came = "dax0.1 kmem online_movable: memory999 online Movable";
    Observation.Uevent add = new Observation.Uevent("add", "/devices/system/memory/memory999");
    for (boolean load : List.of(true, false)) {
      Story story = new Story();
      story.does(UNBIND, AS_IT_IS);
      story.does(new Step.Bind(Driver.DEVICE_DAX), AS_IT_IS);
      story.does(new Step.Unload(), AS_IT_IS);
      story.does(
          load ? new Step.Load() : new Step.SetPolicy(Policy.OFFLINE),
          seen(o -> withOther(o, came, o.memTotalKib() + (128 << 10), List.of(add))));
      if (load) {
        assertThat(rules(story.verdict())).isEmpty();
      } else {
        assertThat(rules(story.verdict())).contains("ROBUST-5");
      }
    }
  }

  // ---- what proves nothing

  @Test
  public void aPinThatDoesNotHoldIsAnError() throws TargetException {
    Story story = new Story();
    story.does(write(Word.ONLINE_MOVABLE), AS_IT_IS);
    story.does(new Step.Pin(BlockRef.ofDevice(Place.LAST)), fails(Errno.ENOMEM));
    story.does(READ, AS_IT_IS);
    Verdict verdict = story.verdict();
    assertThat(verdict.status()).isEqualTo(Verdict.Status.ERROR);
    assertThat(verdict.reason()).contains("ENOMEM").doesNotContain("\n");
  }

  @Test
  public void aTraceCutShortIsJudgedAsFarAsItGoes() throws TargetException {
    Story story = new Story();
    assertThat(story.verdict().status()).isEqualTo(Verdict.Status.PASS);
    story.does(write(Word.ONLINE_MOVABLE), fails(Errno.EINVAL));
    assertThat(rules(story.verdict())).containsExactly("TRANS-3");
  }

  @Test
  public void rulesThatDecidedAreCounted() throws TargetException {
    Story story = new Story();
    story.does(write(Word.ONLINE_MOVABLE), AS_IT_IS);
    story.does(write(Word.ONLINE_KERNEL), AS_IT_IS);
    assertThat(story.verdict().judged())
        .containsEntry(RuleId.of("TRANS-3"), 1)
        .containsEntry(RuleId.of("REFUSE-1"), 1)
        .doesNotContainKey(RuleId.of("TRANS-1"));
  }

  @Test
  public void twoWritersThatBothWinBreakConc1() throws TargetException {
    Story story = new Story();
    Result first = new Result(14, Optional.empty(), "", 100, 10, false, "", List.of());
    Result second = new Result(15, Optional.empty(), "", 100, 20, false, "", List.of());
    Step.Actors both =
        new Step.Actors(
            List.of(
                new Step.Actor("P0", List.of(write(Word.ONLINE_KERNEL))),
                new Step.Actor("P1", List.of(write(Word.ONLINE_MOVABLE)))),
            1000);
    story.does(
        both,
        r ->
            new Reply(
                new Result(
                    0,
                    Optional.empty(),
                    "",
                    0,
                    0,
                    false,
                    "",
                    List.of(
                        new Result.ActorResult("P0", List.of(first), false),
                        new Result.ActorResult("P1", List.of(second), false))),
                r.observation()));
    story.does(READ, AS_IT_IS);
    assertThat(rules(story.verdict())).containsExactly("CONC-1");
  }

  @Test
  public void rebindAfterCleanUnbindIsFollowed() throws TargetException {
    Story story = new Story();
    story.does(UNBIND, AS_IT_IS);
    story.does(READ, AS_IT_IS);
    story.does(new Step.SetPolicy(Policy.OFFLINE), AS_IT_IS);
    story.does(new Step.Bind(Driver.KMEM), AS_IT_IS);
    story.does(READ, AS_IT_IS);
    assertThat(story.verdict().divergences()).isEmpty();
    assertThat(story.last().blocks()).allMatch(b -> b.state().equals("offline"));
  }

  private static Outcome ok(Outcome o, long length, State next) {
    return new Outcome(
        new org.daxcheck.model.ReturnValue.Ok(length),
        next,
        o.grade(),
        o.rule(),
        o.claims(),
        List.of(),
        false,
        java.util.Optional.empty());
  }

  private static UnaryOperator<Reply> seen(UnaryOperator<Observation> change) {
    return r -> new Reply(r.result(), change.apply(r.observation()));
  }

  private static Observation with(
      Observation o,
      List<Observation.Attribute> attributes,
      List<Observation.Block> blocks,
      long taint) {
    return Retouched.of(o).attributes(attributes).blocks(blocks).taint(taint).done();
  }

  private static Observation withOther(
      Observation o, String neighbours, long memTotalKib, List<Observation.Uevent> uevents) {
    return Retouched.of(o).memTotalKib(memTotalKib).uevents(uevents).neighbours(neighbours).done();
  }

  private static Observation taint(Observation o, long taint) {
    return with(o, o.attributes(), o.blocks(), taint);
  }

  private static Observation text(Observation o, String text) {
    return with(
        o,
        o.attributes().stream()
            .map(
                a ->
                    a.present() ? new Observation.Attribute(a.name(), a.mode(), 0, 0, "", text) : a)
            .toList(),
        o.blocks(),
        o.taint());
  }

  private static Observation lastBlock(Observation o, String state, String zones) {
    List<Observation.Block> blocks = new ArrayList<>(o.blocks());
    Observation.Block was = blocks.remove(blocks.size() - 1);
    blocks.add(new Observation.Block(was.number(), state, zones, was.node()));
    return with(o, o.attributes(), blocks, o.taint());
  }

  private static Observation withLog(Observation o, List<Observation.LogLine> lines, boolean lost) {
    return o.after(lines, lost, o.uevents());
  }
}
