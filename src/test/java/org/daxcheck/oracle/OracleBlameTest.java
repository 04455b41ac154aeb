package org.daxcheck.oracle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
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
import org.daxcheck.model.ReturnValue;
import org.daxcheck.model.State;
import org.daxcheck.scenario.ScenarioException;
import org.daxcheck.step.BlockRef;
import org.daxcheck.step.BlockRef.Place;
import org.daxcheck.step.Device;
import org.daxcheck.step.Observation;
import org.daxcheck.step.Reply;
import org.daxcheck.step.Result;
import org.daxcheck.step.Step;
import org.daxcheck.target.TargetException;
import org.daxcheck.trace.Trace;
import org.testng.annotations.DataProvider;
import org.testng.annotations.Test;

/** Which rule the oracle names for what went wrong, and that it names no more than one. */
public class OracleBlameTest {
  private static final Step READ = new Step.Read(Step.Who.ROOT);
  private static final Step UNBIND = new Step.Unbind();
  private static final Step BIND = new Step.Bind(Driver.KMEM);
  private static final UnaryOperator<Reply> AS_IT_IS = r -> r;

  // ---- answers

  /** ATTR-6, ATTR-4, ATTR-7, REFUSE-1: what is wrong with the answer decides. */
  @Test
  public void aWrongAnswerIsToldByWhatIsWrongWithIt() throws TargetException {
    assertThat(told(write(Word.ONLINE_MOVABLE), Result.ok(3))).isEqualTo("ATTR-6 ok, returned 3");
    assertThat(told(write(Word.ONLINE_MOVABLE), Result.ok(0))).isEqualTo("ATTR-6 ok");
    assertThat(told(write(Word.ONLINE_MOVABLE), Result.error(Errno.EINVAL)))
        .isEqualTo("TRANS-3 EINVAL");
    assertThat(told(READ, Result.data("unknown\n"))).isEqualTo("ATTR-4 unknown");
    assertThat(told(READ, Result.data("unplugged"))).isEqualTo("ATTR-4 \"unplugged\"");
    assertThat(told(READ, Result.data(""))).isEqualTo("ATTR-4 ok");
    assertThat(told(READ, Result.data("online\n"))).isEqualTo("ATTR-7 online");
    assertThat(told(READ, Result.error(Errno.ENXIO))).isEqualTo("ATTR-7 ENXIO");
    assertThat(told(bad("nonsense\n"), Result.ok(9))).isEqualTo("WORD-2 ok, returned 9");
    assertThat(told(bad(""), Result.ok(0))).isEqualTo("");
    Result late = new Result(-1, Optional.of(Errno.EINTR), "", 100, 0, true, "", List.of());
    assertThat(told(write(Word.ONLINE_MOVABLE), late))
        .isEqualTo("TRANS-3 EINTR after its time limit");
  }

  /** The answer to the first step, with the device as it was before. */
  private static String told(Step step, Result result) throws TargetException {
    Story story = new Story();
    story.does(step, r -> new Reply(result, r.observation()), false);
    List<Divergence> all = story.verdict().divergences();
    assertThat(all).hasSizeLessThan(2);
    return all.isEmpty() ? "" : all.get(0).rule() + " " + all.get(0).seen();
  }

  @Test
  public void aWordThatIsKnownToBeWrongIsToldOnceAndAnotherAgain() throws TargetException {
    Story story = new Story();
    UnaryOperator<Reply> wrong =
        r ->
            new Reply(
                r.result().data().isEmpty() ? r.result() : Result.data("online\n"),
                Shown.text(r.observation(), "online\n"));
    story.does(write(Word.ONLINE_MOVABLE), wrong);
    story.does(READ, wrong);
    story.does(READ, wrong);
    assertThat(rules(story.verdict())).containsExactly("ATTR-7");
    assertThat(story.verdict().divergences().get(0).repeats()).isZero();
    story.does(READ, r -> fails(Errno.ENXIO).apply(wrong.apply(r)));
    assertThat(story.verdict().divergences().get(0).repeats()).as("no read").isEqualTo(1);
    story.does(READ, r -> new Reply(Result.data("offline\n"), wrong.apply(r).observation()));
    assertThat(story.verdict().divergences().get(0).repeats()).as("a third word").isEqualTo(2);
  }

  /** Of what was seen to be wrong only what should be is left, when the rest has gone its way. */
  @Test
  public void aWordThatSticksIsToldOnceThroughAllThatFollows() throws TargetException {
    Story story = new Story();
    UnaryOperator<Reply> stuck =
        r ->
            new Reply(
                r.result().data().isEmpty() ? r.result() : Result.data("online\n"),
                Shown.text(r.observation(), "online\n"));
    story.does(write(Word.ONLINE_MOVABLE), stuck);
    story.does(write(Word.UNPLUGGED), stuck);
    story.does(READ, stuck);
    story.does(write(Word.ONLINE_MOVABLE), stuck);
    story.does(READ, stuck);
    assertThat(rules(story.verdict())).containsExactly("ATTR-7");
    assertThat(story.verdict().divergences().get(0).repeats()).isZero();
  }

  /** UNBIND-3, UNBIND-7: an unbind and a bind end in bounded time, also past a pinned page. */
  @Test
  public void whatHadToBeEndedByItsLimitIsTold() throws TargetException {
    for (boolean pinned : List.of(false, true)) {
      Story story = new Story();
      story.does(write(Word.ONLINE_MOVABLE), AS_IT_IS);
      if (pinned) {
        story.does(new Step.Pin(BlockRef.ofDevice(Place.LAST)), AS_IT_IS);
      }
      story.does(UNBIND, OracleBlameTest::late);
      Verdict verdict = story.verdict();
      assertThat(rules(verdict)).containsExactly(pinned ? "UNBIND-7" : "UNBIND-3");
      assertThat(verdict.divergences().get(0).seen()).isEqualTo("no end before its limit of 7 s");
    }
    Story bind = new Story();
    bind.does(UNBIND, AS_IT_IS);
    bind.does(BIND, OracleBlameTest::late);
    assertThat(rules(bind.verdict())).containsExactly("ROBUST-1");
    Story other = new Story();
    other.does(write(Word.ONLINE_MOVABLE), OracleBlameTest::late);
    assertThat(rules(other.verdict())).as("a write may take its time").isEmpty();
  }

  private static Reply late(Reply r) {
    Result late =
        new Result(
            r.result().value(), Optional.empty(), "", 7_100_000_000L, 0, true, "", List.of());
    return new Reply(late, r.observation());
  }

  // ---- observations

  /** EFFECT-1, -2, -4, -7, ROBUST-1 after an online write, one wrong facet each. */
  @DataProvider
  public Object[][] afterOnline() {
    return new Object[][] {
      {"EFFECT-1", look(o -> Shown.block(o, 3, b -> block(b, "offline", "Normal Movable")))},
      {"EFFECT-1", look(o -> Shown.memTotal(o, o.memTotalKib() - 4))},
      {"EFFECT-2", look(o -> Shown.block(o, 3, b -> block(b, "online", "Normal")))},
      {"EFFECT-4", look(o -> Shown.line(o, 0, l -> null))},
      {"EFFECT-7", look(o -> o.after(o.log(), false, o.uevents().subList(1, o.uevents().size())))},
      {"ATTR-7", look(o -> Shown.text(o, "online\n"))},
      {"ATTR-4", look(o -> Shown.text(o, "unknown\n"))},
      {"ROBUST-1", look(o -> Shown.taint(o, 512))},
      {"ROBUST-5", look(o -> Shown.neighbours(o, "dax0.1 kmem"))},
      {"ROBUST-2", look(o -> Shown.policy(o, "offline"))},
    };
  }

  @Test(dataProvider = "afterOnline")
  public void eachFacetHasItsRule(String rule, UnaryOperator<Observation> change)
      throws TargetException {
    Story story = new Story();
    UnaryOperator<Reply> broken = r -> new Reply(r.result(), change.apply(r.observation()));
    story.does(write(Word.ONLINE_MOVABLE), broken);
    assertThat(rules(story.verdict())).containsExactly(rule);
    assertThat(story.verdict().judged()).containsKey(RuleId.of(rule));
    assertThat(story.verdict().judged())
        .as("it was the step's own")
        .containsKey(RuleId.of("TRANS-3"));
  }

  /** ROBUST-3: memory that should hold its own map and does not counts whole in MemTotal. */
  @Test
  public void aMemoryMapThatLiesElsewhereIsToldBySize() throws TargetException {
    assertThat(online(2048, 0)).isEmpty();
    assertThat(online(2048, 4 * 2048)).containsExactly("ROBUST-3");
    assertThat(online(2048, 4 * 2048 - 4)).as("some other size").containsExactly("EFFECT-1");
    assertThat(online(0, 4 * 2048)).as("nobody asked for it").containsExactly("EFFECT-1");
  }

  /** The rules broken where each block has a map of its own, and MemTotal is more than it is to. */
  private static List<String> online(long memmapKib, long more) throws TargetException {
    Story story =
        new Story(
            new Device("dax0.0", 1, Shown.DEVICE.blockSize(), memmapKib, Shown.DEVICE.ranges()));
    story.does(
        write(Word.ONLINE_MOVABLE),
        r ->
            new Reply(
                r.result(), Shown.memTotal(r.observation(), r.observation().memTotalKib() + more)));
    return rules(story.verdict());
  }

  /** What goes with a block that is missing is not told beside it. */
  @Test
  public void aRangeThatIsMissingIsToldOnce() throws TargetException {
    Story story =
        new Story() {
          @Override
          Outcome takes(State from, Step step, Outcome usual) {
            return step instanceof Step.Write
                ? happens(usual, without(usual.next(), from, 2))
                : usual;
          }
        };
    story.does(write(Word.ONLINE_MOVABLE), AS_IT_IS);
    story.does(READ, AS_IT_IS);
    Verdict verdict = story.verdict();
    assertThat(rules(verdict)).containsExactly("EFFECT-1");
    assertThat(verdict.divergences().get(0).aspect())
        .contains("blocks")
        .contains("iomem")
        .contains("memtotal");
    assertThat(verdict.divergences().get(0).seen()).contains("blocks 0: online");
  }

  /** UNBIND-3: what stays bound is told by the driver, and what goes with it is not. */
  @Test
  public void aDriverThatStaysIsToldOnce() throws TargetException {
    Story story =
        new Story() {
          @Override
          Outcome takes(State from, Step step, Outcome usual) {
            return step.equals(UNBIND) ? happens(usual, from) : usual;
          }
        };
    story.does(UNBIND, AS_IT_IS);
    assertThat(rules(story.verdict())).containsExactly("UNBIND-1");
    Story policy =
        new Story() {
          @Override
          Outcome takes(State from, Step step, Outcome usual) {
            return step.equals(UNBIND) ? happens(usual, from) : usual;
          }
        };
    policy.does(UNBIND, r -> new Reply(r.result(), Shown.policy(r.observation(), "offline")));
    assertThat(rules(policy.verdict()))
        .as("the policy does not go with the driver")
        .containsExactlyInAnyOrder("UNBIND-1", "ROBUST-2");
  }

  /** POLICY-1, POLICY-7, UNBIND-4, SYNC-3: a known fault is told by its own rule. */
  @Test
  public void whatAKnownFaultWouldDoIsToldByItsRule() throws TargetException {
    for (String fault : List.of("POLICY-1", "POLICY-7")) {
      for (boolean splat : List.of(false, true)) {
        Story story = suspected(BIND, fault);
        story.does(UNBIND, AS_IT_IS);
        story.does(new Step.SetPolicy(Policy.ONLINE_KERNEL), AS_IT_IS);
        story.does(BIND, r -> new Reply(r.result(), Shown.taint(r.observation(), splat ? 512 : 0)));
        story.does(READ, r -> new Reply(r.result(), Shown.taint(r.observation(), splat ? 512 : 0)));
        assertThat(rules(story.verdict()))
            .isEqualTo(splat ? List.of(fault, "ROBUST-1") : List.of(fault));
      }
    }
    Story offlines = suspected(UNBIND, "UNBIND-4");
    offlines.does(write(Word.ONLINE_MOVABLE), AS_IT_IS);
    offlines.does(UNBIND, AS_IT_IS);
    assertThat(rules(offlines.verdict())).containsExactly("UNBIND-4");
    Story wakes = suspected(write(Word.UNPLUGGED), "SYNC-3");
    wakes.does(write(Word.ONLINE_MOVABLE), AS_IT_IS);
    wakes.does(new Step.BlockWrite(BlockRef.ofDevice(Place.at(0)), "offline"), AS_IT_IS);
    wakes.answering("EBUSY").does(write(Word.UNPLUGGED), AS_IT_IS);
    assertThat(rules(wakes.verdict())).containsExactly("SYNC-3");
  }

  /** The step ends in what the fault of this rule would lead to. */
  private static Story suspected(Step faulty, String rule) throws TargetException {
    return new Story() {
      @Override
      Outcome takes(State from, Step step, Outcome usual) {
        return step.equals(faulty)
            ? Blamed.suspects(
                    new Specification(new org.daxcheck.model.Model(Dialect.LINUX_7_3)),
                    from,
                    step,
                    usual)
                .stream()
                .filter(s -> s.rule().toString().equals(rule))
                .findFirst()
                .map(s -> happens(usual, s.state()))
                .orElse(usual)
            : usual;
      }
    };
  }

  /** Of several outcomes that the answer leaves, the nearest is compared with. */
  @Test
  public void theNearestOutcomeIsComparedWith() throws TargetException {
    Story story =
        new Story(Dialect.V3, 1) {
          @Override
          Outcome takes(State from, Step step, Outcome usual) {
            return step instanceof Step.Write w && w.payload().text().equals("unplug\n")
                ? happens(usual, without(from, State.unplugged(List.of(1, 2, 1), from.policy()), 0))
                : usual;
          }
        };
    story.does(UNBIND, AS_IT_IS);
    story.does(BIND, AS_IT_IS);
    // Behind a pin in the middle any range may stay.
    story.does(new Step.Pin(BlockRef.ofDevice(Place.at(1))), AS_IT_IS);
    story.does(
        bad("unplug\n"),
        r ->
            new Reply(
                r.result(), Shown.memTotal(r.observation(), r.observation().memTotalKib() + 4)));
    Verdict verdict = story.verdict();
    assertThat(verdict.divergences()).hasSize(1);
    assertThat(verdict.divergences().get(0).aspect()).isEqualTo("memtotal");
  }

  /** EFFECT-7: there and back is for what was rolled back, for v3, and for several actors. */
  @Test
  public void onlyARollbackMaySendUeventsThereAndBack() throws TargetException {
    UnaryOperator<Reply> back = r -> new Reply(r.result(), thereAndBack(r.observation()));
    Story accepted = new Story();
    accepted.does(write(Word.ONLINE_MOVABLE), back);
    assertThat(rules(accepted.verdict())).containsExactly("EFFECT-7");
    Story failed = new Story().answering("EBUSY");
    failed.does(write(Word.ONLINE_KERNEL), AS_IT_IS);
    failed.does(write(Word.UNPLUGGED), back);
    assertThat(rules(failed.verdict())).isEmpty();
    Story v3 = new Story(Dialect.V3, 1);
    v3.does(write(Word.ONLINE_MOVABLE), back);
    assertThat(rules(v3.verdict())).isEmpty();
    Story together = new Story();
    together.does(
        group(actor("P0", write(Word.ONLINE_MOVABLE)), actor("P1", READ)),
        r ->
            new Reply(
                answers(List.of(Result.ok(15)), List.of(Result.data("unplugged\n"))),
                thereAndBack(up(r.observation()))),
        false);
    assertThat(rules(together.verdict())).isEmpty();
  }

  private static Observation thereAndBack(Observation o) {
    List<Observation.Uevent> events = new ArrayList<>(o.uevents());
    String path = "/devices/system/memory/memory" + Shown.DEVICE.blockNumber(3);
    events.add(new Observation.Uevent("offline", path));
    events.add(new Observation.Uevent("online", path));
    return o.after(o.log(), o.logLost(), events);
  }

  // ---- before the first step

  /** ATTR-7: a word that is wrong from the beginning is told at once, and nothing follows of it. */
  @Test
  public void aWordThatWasWrongFromTheBeginningIsToldOnce() throws TargetException {
    Story story = new Story().begins(o -> Shown.text(o, "online\n"));
    UnaryOperator<Reply> same =
        r -> new Reply(Result.data("online\n"), Shown.text(r.observation(), "online\n"));
    story.does(READ, same);
    story.does(READ, same);
    Verdict verdict = story.verdict();
    assertThat(rules(verdict)).containsExactly("ATTR-7");
    assertThat(verdict.divergences().get(0))
        .isEqualTo(
            new Divergence(
                RuleId.of("ATTR-7"),
                0,
                0,
                "before the first step",
                Aspect.VALUE,
                "unplugged",
                "online",
                0));
    Story policy = new Story().begins(o -> Shown.policy(o, "offline"));
    policy.does(READ, r -> new Reply(r.result(), Shown.policy(r.observation(), "offline")));
    assertThat(rules(policy.verdict())).as("what was there before is no fault").isEmpty();
    Story both = new Story().begins(o -> Shown.policy(Shown.text(o, "offline\n"), "offline"));
    both.does(
        READ,
        r ->
            new Reply(
                Result.data("offline\n"),
                Shown.policy(Shown.text(r.observation(), "offline\n"), "offline")));
    assertThat(rules(both.verdict())).as("another state altogether").isEmpty();
  }

  @Test
  public void aPolicyThatNobodyKnowsIsToldInOneSentence() throws TargetException {
    Trace trace = new Story().trace();
    Trace.Header h = trace.header();
    Trace odd =
        new Trace(
            new Trace.Header(
                h.scenario(),
                h.source(),
                h.target(),
                h.dialect(),
                h.kernel(),
                h.topology(),
                "sometimes",
                h.device(),
                h.baselineKib()),
            trace.before(),
            List.of());
    assertThatThrownBy(() -> Oracle.judge(odd, new Story().scenario()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("unknown boot policy 'sometimes'");
  }

  // ---- several actors

  /** CONC-1: whatever the order was, the trace that follows it is right. */
  @Test
  public void anyOrderOfWritersIsFollowed() throws TargetException {
    for (long seed = 0; seed < 16; seed++) {
      Story story = new Story(Dialect.LINUX_7_3, seed);
      story.does(
          group(
              actor("P0", write(Word.ONLINE_MOVABLE), READ),
              actor("P1", write(Word.ONLINE_KERNEL)),
              actor("P2", READ)),
          AS_IT_IS);
      story.does(READ, AS_IT_IS);
      assertThat(story.verdict().divergences()).as("seed %d", seed).isEmpty();
      assertThat(story.verdict().judged()).containsKey(RuleId.of("CONC-1"));
    }
  }

  @Test
  public void whatActorsLeaveBehindIsJudged() throws TargetException {
    for (boolean alone : List.of(true, false)) {
      Story story = new Story();
      Result second = alone ? Result.data("unplugged\n") : Result.error(Errno.EBUSY);
      Step.Actors both =
          group(
              actor("P0", write(Word.ONLINE_MOVABLE)),
              actor("P1", alone ? READ : write(Word.ONLINE_KERNEL)));
      UnaryOperator<Observation> broken =
          o -> Shown.block(up(o), 3, b -> block(b, "online", "Normal"));
      story.does(
          both,
          r ->
              new Reply(
                  answers(List.of(Result.ok(15)), List.of(second)), broken.apply(r.observation())),
          false);
      Verdict verdict = story.verdict();
      assertThat(rules(verdict)).containsExactly(alone ? "EFFECT-2" : "CONC-1");
      assertThat(verdict.divergences().get(0).aspect()).isEqualTo("zones");
    }
  }

  /** TRANS-4: legal once, and told, also where somebody reads at the same time. */
  @Test
  public void whatIsWorthTellingOfActorsIsANote() throws TargetException {
    Story story = new Story().answering("EBUSY");
    story.does(write(Word.ONLINE_MOVABLE), AS_IT_IS);
    story.does(group(actor("P0", write(Word.UNPLUGGED)), actor("P1", READ)), AS_IT_IS);
    Verdict verdict = story.verdict();
    assertThat(rules(verdict)).isEmpty();
    assertThat(verdict.notes()).hasSize(1);
  }

  /** SYNC-3: an unplug that is alone with its signal is judged as one by itself. */
  @Test
  public void aKnownFaultIsKnownBesideASignalToo() throws TargetException {
    Story story = suspected(write(Word.UNPLUGGED), "SYNC-3");
    story.does(write(Word.ONLINE_MOVABLE), AS_IT_IS);
    story.does(new Step.BlockWrite(BlockRef.ofDevice(Place.at(0)), "offline"), AS_IT_IS);
    story.does(new Step.Pin(BlockRef.ofDevice(Place.LAST)), AS_IT_IS);
    story.does(
        group(actor("P0", write(Word.UNPLUGGED)), actor("P1", new Step.Signal("P0", "INT", 300))),
        AS_IT_IS);
    assertThat(rules(story.verdict())).containsExactly("SYNC-3");
  }

  @Test
  public void anAnswerThatFitsNoOrderIsToldByItself() throws TargetException {
    Story story = new Story();
    story.does(
        group(actor("P0", write(Word.ONLINE_MOVABLE)), actor("P1", bad("foo\n"))),
        r ->
            new Reply(
                answers(List.of(Result.ok(15)), List.of(Result.error(Errno.EBUSY))),
                up(r.observation())),
        false);
    story.does(
        write(Word.ONLINE_KERNEL),
        r -> new Reply(Result.error(Errno.EBUSY), quiet(story.last())),
        false);
    Verdict verdict = story.verdict();
    assertThat(rules(verdict)).as("and it goes on with what was seen").containsExactly("WORD-5");
    assertThat(verdict.divergences().get(0).aspect()).isEqualTo("result");
    assertThat(verdict.divergences().get(0).allowed()).isEqualTo("P1 write foo -> EINVAL");
    Story history = new Story();
    history.does(
        group(actor("P0", write(Word.ONLINE_MOVABLE)), actor("P1", write(Word.ONLINE_KERNEL))),
        r ->
            new Reply(answers(List.of(Result.ok(15)), List.of(Result.ok(14))), up(r.observation())),
        false);
    assertThat(history.verdict().divergences().get(0).aspect()).isEqualTo("history");
  }

  /** CONC-3, CONC-2, CONC-4: nothing hangs. */
  @Test
  public void whoCannotBeEndedAndWhoIsLateIsTold() throws TargetException {
    Story stuck = new Story();
    Result nothing =
        new Result(
            0,
            Optional.empty(),
            "",
            0,
            0,
            false,
            "",
            List.of(new Result.ActorResult("P0", List.of(), true)));
    stuck.does(
        group(actor("P0", write(Word.ONLINE_MOVABLE))),
        r -> new Reply(nothing, up(r.observation())),
        false);
    stuck.does(READ, r -> new Reply(Result.data("online_movable\n"), quiet(stuck.last())), false);
    Verdict verdict = stuck.verdict();
    assertThat(rules(verdict)).containsExactly("CONC-3");
    assertThat(verdict.divergences().get(0).seen()).isEqualTo("P0 cannot be ended");
    Story late = new Story();
    Result interrupted = new Result(-1, Optional.of(Errno.EINTR), "", 100, 0, true, "", List.of());
    late.does(
        group(actor("P0", write(Word.ONLINE_MOVABLE)), actor("P1", READ)),
        r -> new Reply(answers(List.of(Result.ok(15)), List.of(interrupted)), up(r.observation())),
        false);
    assertThat(rules(late.verdict())).containsExactly("CONC-2");
    assertThat(late.verdict().divergences().get(0).allowed())
        .isEqualTo("P1 read returns in bounded time");
  }

  /** ROBUST-2: a group that merely waits changes nothing. */
  @Test
  public void whoMerelyWaitsChangesNothing() throws TargetException {
    for (boolean changed : List.of(false, true)) {
      Story story = new Story();
      story.does(write(Word.ONLINE_MOVABLE), AS_IT_IS);
      story.does(
          group(actor("P0", new Step.Sleep(10)), actor("P1", new Step.Sleep(20))),
          r ->
              new Reply(
                  answers(List.of(Result.ok(0)), List.of(Result.ok(0))),
                  changed
                      ? Shown.block(quiet(story.last()), 0, b -> block(b, "offline", "Movable"))
                      : quiet(story.last())),
          false);
      assertThat(rules(story.verdict())).isEqualTo(changed ? List.of("ROBUST-2") : List.of());
    }
  }

  // ---- what lines state

  @Test
  public void whatALineStatesIsHeldAgainstTheTarget() throws Exception {
    Story story = new Story().tells("write online_movable -> EBUSY", "read -> unplugged");
    story.does(write(Word.ONLINE_MOVABLE), AS_IT_IS);
    story.does(READ, AS_IT_IS);
    Verdict verdict = story.verdict();
    assertThat(verdict.divergences()).as("kernel and model agree").isEmpty();
    assertThat(verdict.cause()).isEqualTo(Cause.DISPUTED);
    assertThat(verdict.cause().fault()).isEqualTo(Cause.Fault.SCENARIO);
    assertThat(verdict.reason())
        .as("the second presumes the first")
        .contains(
            ":1: 'write online_movable -> EBUSY' is against the model, which allows ok,",
            "dispute rule CONC-4");
  }

  @Test
  public void whatALineStatesPresumesWhereTheScenarioBegins() throws Exception {
    Story story = new Story().tells("read -> unplugged");
    story.aside(Trace.Phase.SETUP, write(Word.ONLINE_MOVABLE), AS_IT_IS);
    story.does(READ, AS_IT_IS);
    Verdict verdict = story.verdict();
    assertThat(verdict.divergences()).isEmpty();
    assertThat(verdict.cause()).isEqualTo(Cause.NO_STAGE);
  }

  @Test
  public void whatALineStatesPresumesThatAllBeforeWentTheUsualWay() throws Exception {
    Story diverged = new Story().tells("write online_movable", "read -> unplugged");
    diverged.does(
        write(Word.ONLINE_MOVABLE),
        r -> new Reply(r.result(), Shown.policy(r.observation(), "offline")));
    diverged.does(READ, r -> new Reply(r.result(), Shown.policy(r.observation(), "offline")));
    assertThat(rules(diverged.verdict())).containsExactly("ROBUST-2");
    Story noted =
        new Story().tells("write online_movable", "write unplugged -> ok", "read -> unplugged");
    noted.does(write(Word.ONLINE_MOVABLE), AS_IT_IS);
    noted.answering("EBUSY").does(write(Word.UNPLUGGED), AS_IT_IS);
    noted.does(READ, AS_IT_IS);
    assertThat(rules(noted.verdict())).isEmpty();
    assertThat(noted.verdict().notes()).hasSize(1);
    assertThat(noted.verdict().notes().get(0).text()).isEqualTo("EBUSY");
    Story itself = new Story().tells("write online_movable -> EBUSY");
    itself.does(write(Word.ONLINE_MOVABLE), fails(Errno.EINVAL));
    assertThat(rules(itself.verdict())).as("told by the rule alone").containsExactly("TRANS-3");
  }

  /** Each round does all lines again; steps of setup and of the way back state nothing. */
  @Test
  public void eachRoundIsHeldAgainstTheSameLines() throws Exception {
    Story story =
        new Story().tells("repeat: 2 times", "write online_movable -> ok", "write unplugged -> ok");
    story.aside(Trace.Phase.SETUP, READ, AS_IT_IS);
    for (int round = 0; round < 2; round++) {
      story.does(write(Word.ONLINE_MOVABLE), AS_IT_IS);
      assertThat(story.verdict().judged()).as("not to its end").doesNotContainKey(CONC_4);
      story.does(write(Word.UNPLUGGED), AS_IT_IS);
    }
    story.aside(Trace.Phase.RESTORE, READ, AS_IT_IS);
    assertThat(rules(story.verdict())).isEmpty();
    assertThat(story.verdict().judged()).containsEntry(CONC_4, 1);
    Story wrong =
        new Story()
            .tells("repeat: 2 times", "write online_movable -> ok", "write unplugged -> EBUSY");
    wrong.aside(Trace.Phase.SETUP, READ, AS_IT_IS);
    wrong.does(write(Word.ONLINE_MOVABLE), AS_IT_IS);
    wrong.does(write(Word.UNPLUGGED), AS_IT_IS);
    assertThat(wrong.verdict().cause()).isEqualTo(Cause.DISPUTED);
    assertThat(wrong.verdict().reason()).contains("'write unplugged -> EBUSY' is against");
  }

  /**
   * TRANS-4: a refusal that is legal once leaves the course, and the next success returns to it.
   */
  @Test
  public void aNoteDoesNotBlindWhatFollows() throws TargetException, ScenarioException {
    for (boolean wrong : List.of(false, true)) {
      Story story =
          new Story()
              .tells(
                  "write online_movable -> ok",
                  "write unplugged -> ok",
                  "read -> unplugged",
                  "write unplugged -> ok",
                  "read -> " + (wrong ? "online" : "unplugged"));
      story.does(write(Word.ONLINE_MOVABLE), AS_IT_IS);
      story.answering("EBUSY").does(write(Word.UNPLUGGED), AS_IT_IS);
      story.does(READ, AS_IT_IS);
      story.answering("ok").does(write(Word.UNPLUGGED), AS_IT_IS);
      story.does(READ, AS_IT_IS);
      Verdict verdict = story.verdict();
      assertThat(verdict.divergences()).isEmpty();
      assertThat(verdict.reason())
          .as("the arrow in between does not count, the last one does")
          .matches(wrong ? ".*:5: 'read -> online' is against the model.*" : "");
      assertThat(verdict.notes()).as("the refusal").hasSize(wrong ? 0 : 1);
    }
  }

  /** A log or uevents that were lost cannot be judged, and are no pass. */
  @Test
  public void whatWasLostIsNoPass() throws TargetException {
    Story story = new Story();
    story.does(
        write(Word.ONLINE_MOVABLE),
        r ->
            new Reply(
                r.result(),
                r.observation()
                    .after(r.observation().log(), true, r.observation().uevents(), false)));
    assertThat(story.verdict().status()).isEqualTo(Verdict.Status.ERROR);
    assertThat(story.verdict().cause()).isEqualTo(Cause.LOST);
  }

  private static final RuleId CONC_4 = RuleId.of("CONC-4");

  // ---- what is heard and counted

  @Test
  public void whoListensHearsTheOutcomesOfEachStep() throws TargetException {
    Story story = new Story();
    story.does(write(Word.ONLINE_KERNEL), AS_IT_IS);
    story.does(write(Word.UNPLUGGED), AS_IT_IS);
    story.does(group(actor("P0", READ), actor("P1", READ)), AS_IT_IS);
    List<Account> heard = new ArrayList<>();
    Oracle.judge(story.trace(), story.scenario(), new Allowance(), heard::add);
    assertThat(heard.stream().map(OracleBlameTest::told))
        .containsExactly("0[ok left]", "1[ok left, EBUSY ended]", "2[unplugged left]");
  }

  @Test
  public void whoListensHearsWhatEndedEachStateThatWasHeld() throws TargetException {
    Story story = new Story();
    story.does(write(Word.ONLINE_MOVABLE), AS_IT_IS);
    story.does(write(Word.ONLINE_KERNEL), r -> answered(r, Result.error(Errno.EINVAL)));
    List<Account> heard = new ArrayList<>();
    Oracle.judge(story.trace(), story.scenario(), new Allowance(), heard::add);
    Account last = heard.get(1);
    assertThat(last.before()).isEqualTo(heard.get(0).after());
    assertThat(last.before()).isNotEmpty().allSatisfy(s -> assertThat(last.from(s)).isNotEmpty());
    assertThat(last.ways())
        .allSatisfy(
            w -> {
              assertThat(w.answered()).isFalse();
              assertThat(w.outcome().rule()).isEqualTo(RuleId.of("REFUSE-1"));
              assertThat(w.outcome().answer()).hasToString("EBUSY");
            });
  }

  private static Reply answered(Reply reply, Result result) {
    return new Reply(result, reply.observation());
  }

  private static String told(Account account) {
    return account.entry()
        + account.ways().stream()
            .map(w -> w.outcome().answer() + (w.isLeft() ? " left" : " ended"))
            .toList()
            .toString();
  }

  @Test
  public void everyRuleThatCouldHaveBeenBrokenIsCounted() throws TargetException {
    Story story = new Story();
    story.does(UNBIND, AS_IT_IS);
    assertThat(story.verdict().judged())
        .containsKeys(RuleId.of("UNBIND-1"), RuleId.of("EFFECT-10"), RuleId.of("ATTR-1"))
        .as("no write, no other device")
        .doesNotContainKeys(RuleId.of("ATTR-6"), RuleId.of("ROBUST-5"));
    story.does(new Step.SetPolicy(Policy.ONLINE_KERNEL), AS_IT_IS);
    story.does(BIND, AS_IT_IS);
    assertThat(story.verdict().judged())
        .containsKeys(RuleId.of("POLICY-4"), RuleId.of("POLICY-7"), RuleId.of("POLICY-1"));
    Story refused = new Story();
    refused.does(write(Word.ONLINE_MOVABLE), fails(Errno.EINVAL));
    assertThat(refused.verdict().judged())
        .as("also where the answer is wrong")
        .containsKeys(RuleId.of("ATTR-6"), RuleId.of("TRANS-3"));
    Story empty = new Story();
    empty.does(bad(""), AS_IT_IS);
    assertThat(empty.verdict().judged()).doesNotContainKey(RuleId.of("ATTR-6"));
  }

  // ---- helpers

  private static Outcome happens(Outcome usual, State next) {
    return new Outcome(
        usual.answer(),
        next,
        usual.grade(),
        usual.rule(),
        usual.claims(),
        usual.answer() instanceof ReturnValue.Fails ? usual.logged() : List.of(),
        false,
        java.util.Optional.empty());
  }

  /** The state, its range at an index as in another. */
  private static State without(State state, State other, int range) {
    List<org.daxcheck.model.RangeState> ranges = new ArrayList<>(state.ranges());
    ranges.set(range, other.ranges().get(range));
    return state.withRanges(ranges);
  }

  /** The same sight with every block online_movable, and the uevents that lead there. */
  private static Observation up(Observation o) {
    State movable =
        new org.daxcheck.model.Model(Dialect.LINUX_7_3)
            .outcomes(
                State.unplugged(List.of(1, 2, 1), Policy.ONLINE_MOVABLE),
                write(Word.ONLINE_MOVABLE),
                false)
            .get(0)
            .next();
    Shown kernel = new Shown(Dialect.LINUX_7_3);
    return kernel.uevents(
        kernel.of(movable),
        "add 0",
        "online 0",
        "add 1",
        "online 1",
        "add 2",
        "online 2",
        "add 3",
        "online 3");
  }

  private static Observation quiet(Observation o) {
    return o.after(List.of(), false, List.of());
  }

  private static Step.Actors group(Step.Actor... actors) {
    return new Step.Actors(List.of(actors), 1000);
  }

  private static Step.Actor actor(String name, Step... steps) {
    return new Step.Actor(name, List.of(steps));
  }

  /** What P0, P1, ... got, all at the same time. */
  @SafeVarargs
  private static Result answers(List<Result>... each) {
    List<Result.ActorResult> all = new ArrayList<>();
    for (int i = 0; i < each.length; i++) {
      all.add(new Result.ActorResult("P" + i, each[i], false));
    }
    return new Result(0, Optional.empty(), "", 0, 0, false, "", all);
  }

  private static UnaryOperator<Observation> look(UnaryOperator<Observation> change) {
    return change;
  }

  private static Observation.Block block(Observation.Block b, String state, String zones) {
    return new Observation.Block(b.number(), state, zones, b.node());
  }
}
