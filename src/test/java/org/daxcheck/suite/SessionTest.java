package org.daxcheck.suite;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.LongStream;
import org.daxcheck.abi.Dialect;
import org.daxcheck.abi.Driver;
import org.daxcheck.abi.Errno;
import org.daxcheck.abi.Policy;
import org.daxcheck.abi.TargetKind;
import org.daxcheck.model.Model;
import org.daxcheck.oracle.Cause;
import org.daxcheck.oracle.Oracle;
import org.daxcheck.oracle.Verdict;
import org.daxcheck.scenario.Parser;
import org.daxcheck.scenario.Scenario;
import org.daxcheck.scenario.ScenarioException;
import org.daxcheck.scenario.StepText;
import org.daxcheck.step.Device;
import org.daxcheck.step.Observation;
import org.daxcheck.step.Reply;
import org.daxcheck.step.Result;
import org.daxcheck.step.Step;
import org.daxcheck.target.ForwardingTarget;
import org.daxcheck.target.ModelTarget;
import org.daxcheck.target.Refusals;
import org.daxcheck.target.Target;
import org.daxcheck.target.TargetException;
import org.daxcheck.trace.Trace;
import org.testng.annotations.Test;

/** How a target is brought to a scenario's start and back, round by round. */
public class SessionTest {
  private static final String RACE =
      """
      repeat: 12 times

      P0: write online_movable
      P1: sleep 0us..800us
      P1: signal P0 INT after 1ms..40ms

      write unplugged  -> ok
      read             -> unplugged
      """;

  // ---- leaks

  /** A model whose kernel loses memory whenever it is asked whether it did. */
  private static Target leaky(Target model) {
    return new ForwardingTarget(model) {
      @Override
      public boolean findsLeaks() {
        return true;
      }

      @Override
      public List<Reply> run(List<Step> steps) throws TargetException {
        List<Reply> replies = new ArrayList<>(super.run(steps));
        for (int i = 0; i < replies.size(); i++) {
          if (steps.get(i).equals(Step.Look.at(Step.Aspect.LEAKS))) {
            Observation seen = replies.get(i).observation();
            replies.set(i, new Reply(replies.get(i).result(), seen.after(LEAK, false, List.of())));
          }
        }
        return replies;
      }

      @Override
      public void close() {
        // The model is nobody's.
      }
    };
  }

  private static final List<Observation.LogLine> LEAK =
      List.of(
          new Observation.LogLine(4, 1, "kmemleak: unreferenced object 0xffff888001 (size 8):"),
          new Observation.LogLine(4, 1, "kmemleak:   backtrace (crc 1):"),
          new Observation.LogLine(4, 1, "kmemleak:     alpha+0x1/0x2 [kmem]"));

  @Test
  public void whatAScenarioLeaksIsLookedForAtItsEndAndBreaksARule() throws Exception {
    Scenario scenario = scenario("write online_movable\nwrite unplugged");
    Trace trace = Session.open(leaky(model(1))).run(scenario, TraceSink.NONE);
    assertThat(trace.entries().get(trace.entries().size() - 1).text()).isEqualTo("leaks");
    assertThat(Oracle.judge(trace, scenario).divergences())
        .singleElement()
        .satisfies(d -> assertThat(d.rule().toString()).isEqualTo("ROBUST-1"))
        .satisfies(d -> assertThat(d.seen()).contains("in alpha"));
    Trace quiet = Session.open(model(1)).run(scenario, TraceSink.NONE);
    assertThat(quiet.entries()).extracting(Trace.Entry::text).doesNotContain("leaks");
  }

  // ---- rounds

  @Test
  public void theLinesAreDoneRoundByRoundAndEachRoundIsJudged() throws Exception {
    Scenario scenario = scenario("repeat: 5 times\n\nwrite online_movable -> ok\nwrite unplugged");
    Trace trace = Session.open(model(1)).run(scenario, TraceSink.NONE);
    assertThat(trace.entries()).hasSize(10).allMatch(e -> e.phase() == Trace.Phase.SCENARIO);
    assertThat(trace.entries()).extracting(Trace.Entry::line).startsWith(6, 7, 6, 7, 6);
    Verdict verdict = Oracle.judge(trace, scenario);
    assertThat(verdict.status()).isEqualTo(Verdict.Status.PASS);
    assertThat(verdict.judged()).containsKey(scenario.rule());
  }

  @Test
  public void whatALineStatesMustHoldInEveryRound() throws Exception {
    Scenario scenario = scenario("repeat: 3 times\n\nblocks -> none\nwrite online_movable");
    Verdict verdict = Oracle.judge(Session.open(model(1)).run(scenario, TraceSink.NONE), scenario);
    assertThat(verdict.cause()).isEqualTo(Cause.DISPUTED);
    assertThat(verdict.reason())
        .as("in the second round")
        .contains(":6: 'blocks -> none' is against the model, which allows ");
  }

  @Test
  public void aRunThatEndsInAMiddleRoundDoesNotCountAsATestOfItsRule() throws Exception {
    Scenario scenario = scenario("repeat: 4 times\n\nwrite online_movable\nwrite unplugged");
    Trace whole = Session.open(model(1)).run(scenario, TraceSink.NONE);
    Trace cut = new Trace(whole.header(), whole.before(), whole.entries().subList(0, 6));
    assertThat(Oracle.judge(whole, scenario).judged()).containsKey(scenario.rule());
    assertThat(Oracle.judge(cut, scenario).judged()).doesNotContainKey(scenario.rule());
  }

  @Test
  public void equalSeedsDrawEqualTimesAndRoundsDiffer() throws Exception {
    List<Step> once = races(RACE, 42, 1);
    assertThat(races(RACE, 42, 9)).as("whatever the model chose").isEqualTo(once);
    assertThat(races(RACE, 43, 1)).isNotEqualTo(once);
    assertThat(once).hasSize(12).doesNotHaveDuplicates();
  }

  @Test
  public void drawnTimesLieBetweenTheirBoundsAndStandInTheTrace() throws Exception {
    List<Long> sleeps = new ArrayList<>();
    for (Step race : races(RACE.replace("12", "1000"), 7, 1)) {
      List<Step> steps = ((Step.Actors) race).actors().get(1).steps();
      Step.Sleep sleep = (Step.Sleep) steps.get(0);
      Step.Signal signal = (Step.Signal) steps.get(1);
      assertThat(sleep.micros()).isEqualTo(sleep.upToMicros()).isBetween(0L, 800L);
      assertThat(signal.afterMicros()).isEqualTo(signal.upToMicros()).isBetween(1000L, 40_000L);
      sleeps.add(sleep.micros());
    }
    assertThat(sleeps).as("both bounds are drawn").contains(0L, 800L);
  }

  @Test
  public void everyScenarioHasItsOwnTimes() throws Exception {
    Scenario race = scenario(RACE);
    Scenario other = Parser.parse("y.kmem", race.source().replace("KMEM x", "KMEM y"));
    RaceTimes one = RaceTimes.of(5, race);
    RaceTimes two = RaceTimes.of(5, other);
    Step step = race.lines().get(0).step();
    assertThat(one.times(step)).isNotEqualTo(two.times(step));
  }

  private static List<Step> races(String text, long seed, long model) throws Exception {
    Trace trace = Session.open(model(model), seed).run(scenario(text), TraceSink.NONE);
    assertThat(trace.entries()).allMatch(e -> e.text().equals(StepText.of(e.step())));
    return trace.entries().stream()
        .map(Trace.Entry::step)
        .filter(s -> s.kind() == Step.Kind.ACTORS)
        .toList();
  }

  @Test
  public void roundsEndWhereATargetStops() throws Exception {
    Bare target = new Bare(Dialect.LINUX_7_3, Policy.ONLINE_MOVABLE, 2);
    target.stopsAtPins = true;
    Trace trace =
        Session.open(target)
            .run(scenario("repeat: 9 times\n\npin block first\nunpin"), TraceSink.NONE);
    assertThat(trace.entries())
        .extracting(Trace.Entry::text)
        .containsExactly("pin block first", "unpin");
    assertThat(trace.entries().get(1).phase()).isEqualTo(Trace.Phase.RESTORE);
  }

  // ---- the way back

  @Test
  public void whatWasFilledInjectedOrPinnedIsUndone() throws Exception {
    assertThat(restored("fill 4M\nverify\npin block first\ninject offline EBUSY"))
        .startsWith("inject nothing", "unpin", "free");
    assertThat(restored("fill 4M\nfree\ninject online ENOMEM\ninject nothing\npin block 0\nunpin"))
        .isEmpty();
    assertThat(restored("repeat: 3 times\n\ninject nothing\nfree\nfill 4M\ninject online ENOMEM"))
        .startsWith("inject nothing", "free")
        .hasSize(2);
  }

  @Test
  public void whatWasRefusedOrOccupiedIsUndone() throws Exception {
    assertThat(restored("delay add 5ms\ndelay remove 5ms")).startsWith("delay nothing");
    assertThat(restored("refuse add of range first EBUSY\noccupy range last"))
        .startsWith("occupy nothing", "refuse nothing");
    assertThat(restored("occupy range last\noccupy nothing\nrefuse nothing")).isEmpty();
  }

  @Test
  public void aTargetThatAcceptedWhatNothingTakesBackIsUsedUp() throws Exception {
    Bare target = new Bare(Dialect.LINUX_7_3, Policy.ONLINE_MOVABLE, 2);
    Session session = Session.open(target);
    target.refusesToReshape = true;
    session.run(scenario("\nreshape size"), TraceSink.NONE);
    assertThat(session.isClean()).as("it was refused").isTrue();
    target.refusesToReshape = false;
    session.run(scenario("\nreshape size"), TraceSink.NONE);
    assertThat(session.isClean()).isFalse();
  }

  private static List<String> restored(String steps) throws Exception {
    return texts(
        Session.open(new Bare(Dialect.LINUX_7_3, Policy.ONLINE_MOVABLE, 2))
            .run(scenario(steps.startsWith("repeat") ? steps : "\n" + steps), TraceSink.NONE),
        Trace.Phase.RESTORE);
  }

  @Test
  public void withoutAnAttributeTheDeviceIsUnboundBetweenScenarios() throws Exception {
    Bare target = new Bare(Dialect.ABSENT, Policy.ONLINE_MOVABLE, 3);
    Session session = Session.open(target);
    assertThat(target.driver).isEqualTo(Driver.NONE);
    assertThat(target.did).contains("blocks offline", "unbind");
    assertThat(session.isClean()).isTrue();

    Trace trace = session.run(scenario("\nblocks -> all online\nblock 1 offline"), TraceSink.NONE);
    assertThat(texts(trace, Trace.Phase.SETUP)).containsExactly("bind");
    assertThat(texts(trace, Trace.Phase.RESTORE))
        .as("a block that is offline already refuses the word")
        .containsExactly("block first offline", "block 2 offline", "unbind");
    assertThat(session.isClean()).isTrue();

    trace = session.run(scenario("{ driver = none }\n\nbind device_dax"), TraceSink.NONE);
    assertThat(texts(trace, Trace.Phase.SETUP)).isEmpty();
    assertThat(texts(trace, Trace.Phase.RESTORE)).containsExactly("unbind");

    trace = session.run(scenario("{ state = offline }\n\nblocks -> all offline"), TraceSink.NONE);
    assertThat(texts(trace, Trace.Phase.SETUP))
        .containsExactly("policy offline", "bind", "policy online_movable");
    assertThat(texts(trace, Trace.Phase.RESTORE)).containsExactly("unbind");

    trace = session.run(scenario("{ policy = offline }\n\nread"), TraceSink.NONE);
    assertThat(texts(trace, Trace.Phase.SETUP)).containsExactly("policy offline", "bind");
    assertThat(texts(trace, Trace.Phase.RESTORE))
        .containsExactly("policy online_movable", "unbind");

    trace = session.run(scenario("{ driver = none }\n\nunload"), TraceSink.NONE);
    assertThat(texts(trace, Trace.Phase.RESTORE))
        .containsExactly("load", "blocks offline", "unbind");
    assertThat(session.isClean()).isTrue();
  }

  @Test
  public void v3IsUnpluggedByItsOwnWord() throws Exception {
    Bare target = new Bare(Dialect.V3, Policy.ONLINE_MOVABLE, 2);
    Session session = Session.open(target);
    Trace trace = session.run(scenario("\nwrite online_movable"), TraceSink.NONE);
    assertThat(texts(trace, Trace.Phase.RESTORE)).containsExactly("write unplug");
    assertThat(session.isClean()).isTrue();
  }

  @Test
  public void aDeviceWithoutAWholeBlockIsNeverBoundByTheSession() throws Exception {
    Bare target = new Bare(Dialect.LINUX_7_3, Policy.ONLINE_MOVABLE, 0);
    Session session = Session.open(target);
    assertThat(session.isClean()).isTrue();
    session.run(scenario("{ driver = none }\n\nbind -> EINVAL"), TraceSink.NONE);
    assertThat(target.did).containsExactly("attribute", "bind");
    assertThat(session.isClean()).isTrue();
  }

  @Test
  public void whereNothingCanBeRemovedNoUnplugIsTried() throws Exception {
    Bare target = new Bare(Dialect.LINUX_7_3, Policy.ONLINE_MOVABLE, 2);
    target.hotremove = false;
    Session session = Session.open(target);
    session.run(scenario("{ state = online_movable }\n\nread"), TraceSink.NONE);
    assertThat(target.did).doesNotContain("write unplugged");
    assertThat(session.isClean()).as("the next scenario gets a fresh guest").isFalse();
  }

  @Test
  public void baselineKnowsThatTheMemoryMapMayLieInTheBlocks() throws Exception {
    Bare target = new Bare(Dialect.LINUX_7_3, Policy.ONLINE_MOVABLE, 2);
    target.memmapKib = 2048;
    Trace trace = Session.open(target).run(scenario("\nread"), TraceSink.NONE);
    assertThat(trace.header().baselineKib()).isEqualTo(Bare.BASELINE_KIB);
  }

  // ---- what does not fit

  @Test
  public void whatAScenarioNeedsIsSaidWhereItIsMissing() throws Exception {
    Bare target = new Bare(Dialect.LINUX_7_3, Policy.ONLINE_MOVABLE, 2);
    assertThat(misfit("requires: topology cxl-small\n\nread", target))
        .hasValue("OTHER_TOPOLOGY: it needs topology cxl-small, this is bare");
    assertThat(misfit("requires: topology bare\n\nread", target)).isEmpty();
    assertThat(misfit("requires: injector\n\nread", target))
        .hasValue("NO_INJECTOR: the kernel cannot be told to refuse memory blocks");
    target.injector = true;
    assertThat(misfit("requires: injector\n\nread", target)).isEmpty();
    assertThat(misfit("requires: helper\n\nread", target))
        .hasValue("NO_HELPER: the guest has no module that makes adding memory fail");
    target.helper = true;
    assertThat(misfit("requires: helper\n\nread", target)).isEmpty();
    assertThat(misfit("requires: no hotremove\n\nread", target))
        .hasValue("HAS_HOTREMOVE: the kernel can remove memory");
    target.hotremove = false;
    assertThat(misfit("requires: no hotremove\n\nread", target)).isEmpty();
    assertThat(misfit("\nread", target))
        .hasValue(
            "NO_HOTREMOVE: the kernel cannot remove memory: every unplug is refused (ATOMIC-7)");
  }

  @Test
  public void aStartThatCannotBeHadIsSaid() throws Exception {
    Bare small = new Bare(Dialect.LINUX_7_3, Policy.ONLINE_MOVABLE, 0);
    assertThat(misfit("requires: topology bare\n\nread", small))
        .hasValue(
            "BIND_REFUSED: it begins bound to kmem, but the device has no whole memory block");
    assertThat(misfit("requires: topology bare\n{ driver = none }\n\nbind", small)).isEmpty();
    assertThat(misfit("{ driver = none }\n\nbind", small))
        .hasValue("TOO_FEW_BLOCKS: the device has fewer than 1 blocks");

    Bare absent = new Bare(Dialect.ABSENT, Policy.ONLINE_MOVABLE, 2);
    assertThat(misfit("{ state = unplugged }\n\nread", absent))
        .hasValue(
            "NO_ATTRIBUTE: it begins unplugged, but the kernel has no attribute to write that to");
    assertThat(misfit("{ state = offline }\n\nread", absent)).isEmpty();
    assertThat(misfit("{ state = unplugged; driver = none }\n\nread", absent)).isEmpty();

    Bare v3 = new Bare(Dialect.V3, Policy.ONLINE_MOVABLE, 2);
    assertThat(misfit("{ state = online_kernel }\n\nread", v3))
        .hasValue("NO_SUCH_WORD: it starts in online_kernel, which v3 does not support");
    assertThat(misfit("\nread", new Bare(Dialect.V3, Policy.OFFLINE, 2)))
        .hasValue(
            "REFUSED_POLICY: it begins bound to kmem, but dialect v3 refuses to bind under policy offline");
  }

  @Test
  public void memoryThatTheKernelHoldsFromTheStartIsNoFault() throws Exception {
    Bare held = new Bare(Dialect.V4, Policy.ONLINE, 2);
    held.held = true;
    held.zone = "Normal";
    assertThat(Session.open(held).heldByTheKernel())
        .hasValue(
            new Verdict.Why(
                Cause.HELD_BY_THE_KERNEL,
                "under policy online the kernel holds memory of the device (TRANS-5); topology"
                    + " cxl-kernel avoids it"));
    held.held = false;
    assertThat(Session.open(held).heldByTheKernel()).isEmpty();
    Bare movable = new Bare(Dialect.V4, Policy.ONLINE_MOVABLE, 2);
    movable.held = true;
    assertThat(Session.open(movable).heldByTheKernel()).as("a fault, to be seen").isEmpty();
  }

  // ---- a kernel that does not get to rest

  @Test
  public void whatKeptAnUnusedKernelFromRestIsJudgedWithTheFirstScenario() throws Exception {
    Bare target = new Bare(Dialect.LINUX_7_3, Policy.ONLINE_MOVABLE, 2);
    target.unused = true;
    target.held = true;
    Scenario scenario = scenario("\nread -> unplugged");
    Trace trace = Session.open(target).run(scenario, TraceSink.NONE);
    assertThat(trace.before().blocks()).hasSize(2);
    assertThat(texts(trace, Trace.Phase.SETUP)).containsOnly("write unplugged").hasSize(3);
    assertThat(Oracle.judge(trace, scenario).divergences())
        .extracting(d -> d.step())
        .contains("write unplugged");
  }

  /** A kernel may refuse what it can do once; a scenario that began there would decide nothing. */
  @Test
  public void anUnusedKernelThatRefusesOnceIsAskedAgainAndBothAnswersAreJudged() throws Exception {
    Bare target = new Bare(Dialect.LINUX_7_3, Policy.ONLINE_MOVABLE, 2);
    target.unused = true;
    target.refusals = 1;
    Session session = Session.open(target);
    assertThat(session.isClean()).isTrue();
    Trace trace = session.run(scenario("\nread -> unplugged"), TraceSink.NONE);
    assertThat(texts(trace, Trace.Phase.SETUP))
        .containsExactly("write unplugged", "write unplugged");
    assertThat(
            texts(session.run(scenario("\nread -> unplugged"), TraceSink.NONE), Trace.Phase.SETUP))
        .as("told once")
        .isEmpty();
  }

  /** Its bind tells unplugged of memory that is there. */
  @Test
  public void theBindOfAnUnusedKernelIsJudgedAsThatOfABoot() throws Exception {
    Scenario scenario = scenario("\nread -> online_movable");
    Bare target = new Bare(Dialect.LINUX_7_3, Policy.ONLINE_MOVABLE, 2);
    target.held = true;
    target.lies = true;
    target.unused = true;
    Verdict unused = Oracle.judge(Session.open(target).run(scenario, TraceSink.NONE), scenario);
    assertThat(unused.divergences()).extracting(d -> d.rule().toString()).contains("POLICY-5");
  }

  private static Optional<String> misfit(String text, Target target) throws ScenarioException {
    return Misfit.of(scenario(text), target).map(w -> w.cause() + ": " + w.text());
  }

  // ---- what it runs on

  /** The text behind the rules of a scenario named x. */
  private static Scenario scenario(String text) throws ScenarioException {
    return Parser.parse("x.kmem", "KMEM x\n# Why.\nrule: CONC-1 (doc, clause)\n" + text);
  }

  private static List<String> texts(Trace trace, Trace.Phase phase) {
    return trace.entries().stream().filter(e -> e.phase() == phase).map(Trace.Entry::text).toList();
  }

  private static Target model(long seed) {
    return new ModelTarget(
        new Model(Dialect.LINUX_7_3, true, false),
        "t",
        ModelTarget.device(List.of(1, 2)),
        Policy.ONLINE_MOVABLE,
        new Random(seed),
        Refusals.none());
  }

  /** As much of a kernel as a way back needs: a driver, a policy, and blocks. */
  private static final class Bare implements Target {
    static final long BASELINE_KIB = 1_000_000;

    private final Dialect dialect;
    private final Policy boot;
    private final int blocks;
    private final List<String> did = new ArrayList<>();
    private final List<String> states = new ArrayList<>();
    private long memmapKib;
    private boolean hotremove = true;
    private boolean injector;
    private boolean helper;
    private boolean stopsAtPins;
    private boolean held;
    private int refusals;
    private boolean lies;
    private boolean unused;
    private boolean refusesToReshape;
    private String zone = "Movable";
    private Policy policy;
    private Driver driver = Driver.NONE;

    /** As after boot: bound, under the policy of the boot. */
    Bare(Dialect dialect, Policy boot, int blocks) {
      this.dialect = dialect;
      this.boot = boot;
      this.policy = boot;
      this.blocks = blocks;
      bind(Driver.KMEM);
    }

    private void bind(Driver to) {
      if (to == Driver.KMEM && blocks == 0) {
        return;
      }
      driver = to;
      if (to == Driver.KMEM) {
        plug(policy == Policy.OFFLINE ? "offline" : "online");
      }
    }

    private void plug(String state) {
      states.clear();
      for (int i = 0; i < blocks; i++) {
        states.add(state);
      }
    }

    @Override
    public List<Reply> run(List<Step> steps) {
      List<Reply> replies = new ArrayList<>();
      for (Step step : steps) {
        did.add(StepText.of(step));
        act(step);
        boolean refuses = refusesToReshape && step.kind() == Step.Kind.RESHAPE;
        replies.add(new Reply(refuses ? Result.error(Errno.EBUSY) : Result.ok(0), seen()));
        if (stopsAtPins && step.kind() == Step.Kind.PIN) {
          break;
        }
      }
      return replies;
    }

    private void act(Step step) {
      if (step instanceof Step.Bind b && driver == Driver.NONE) {
        bind(b.driver());
      } else if (step instanceof Step.Unbind) {
        driver = Driver.NONE;
        if (!states.contains("online")) {
          states.clear();
        }
      } else if (step instanceof Step.Unload) {
        driver = Driver.NONE;
      } else if (step instanceof Step.Load) {
        bind(Driver.KMEM);
      } else if (step instanceof Step.SetPolicy p) {
        policy = p.policy();
      } else if (step instanceof Step.BlockWrite w) {
        w.blocks().in(List.of(states.size())).forEach(i -> states.set(i, w.word()));
      } else if (step instanceof Step.Write w) {
        String word = w.payload().text().strip();
        String unplug = dialect == Dialect.V3 ? "unplug" : "unplugged";
        if (word.equals(unplug) && refusals > 0) {
          refusals--;
        } else if (word.equals(unplug) && hotremove && !held) {
          states.clear();
        } else if (word.startsWith("online")) {
          plug("online");
        }
      }
    }

    private Observation seen() {
      List<Observation.Attribute> attributes =
          driver == Driver.KMEM && !dialect.attribute().isEmpty()
              ? List.of(
                  new Observation.Attribute(
                      dialect.attribute(),
                      "0644",
                      0,
                      0,
                      "",
                      states.isEmpty() || lies ? "unplugged\n" : "online_movable\n"))
              : List.of();
      long online = states.stream().filter("online"::equals).count();
      return new Observation(
          attributes,
          driver.text(),
          policy.text(),
          BASELINE_KIB + online * device().memTotalPerBlockKib(),
          LongStream.range(0, states.size())
              .mapToObj(i -> new Observation.Block(32 + i, states.get((int) i), zone, 1))
              .toList(),
          List.of(),
          0,
          List.of(),
          false,
          List.of());
    }

    @Override
    public String name() {
      return "bare";
    }

    @Override
    public TargetKind kind() {
      return TargetKind.GUEST;
    }

    @Override
    public boolean isUnused() {
      return unused;
    }

    @Override
    public String kernel() {
      return "none";
    }

    @Override
    public String topology() {
      return "bare";
    }

    @Override
    public Dialect dialect() {
      return dialect;
    }

    @Override
    public boolean hotremove() {
      return hotremove;
    }

    @Override
    public boolean injector() {
      return injector;
    }

    @Override
    public boolean helper() {
      return helper;
    }

    @Override
    public Policy bootPolicy() {
      return boot;
    }

    @Override
    public Device device() {
      long size = 128L << 20;
      return new Device(
          "dax0.0",
          1,
          size,
          memmapKib,
          List.of(new Device.Range(32 * size, (32 + blocks) * size - 1, 32, blocks)));
    }

    @Override
    public void close() {
      // It holds nothing.
    }
  }
}
