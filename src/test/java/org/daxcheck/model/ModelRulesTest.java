package org.daxcheck.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.daxcheck.abi.Dialect.ABSENT;
import static org.daxcheck.abi.Dialect.LINUX_7_3;
import static org.daxcheck.abi.Dialect.V3;
import static org.daxcheck.abi.Dialect.V4;

import java.util.List;
import java.util.Optional;
import org.daxcheck.abi.Dialect;
import org.daxcheck.abi.Driver;
import org.daxcheck.abi.Errno;
import org.daxcheck.abi.Grade;
import org.daxcheck.abi.Policy;
import org.daxcheck.abi.RuleId;
import org.daxcheck.abi.Rules;
import org.daxcheck.abi.Word;
import org.daxcheck.oracle.Blamed;
import org.daxcheck.step.Step;
import org.testng.annotations.DataProvider;
import org.testng.annotations.Test;

/**
 * Which rule each outcome names, how it is graded, and what of it a rule speaks about. Rules are
 * those of suites/rules.yaml.
 */
public class ModelRulesTest {
  private static final Step UNPLUG = Walk.write("unplugged");

  // ---- the rule that a wrong answer breaks

  @DataProvider
  public Object[][] wrongAnswers() {
    return new Object[][] {
      // WORD-2, WORD-5: a bad word is EINVAL; EBUSY would mean that the state was asked first
      {LINUX_7_3, "unplugged", "nonsense\n", "ok", "WORD-2"},
      {LINUX_7_3, "unplugged", "nonsense\n", "ENOENT", "WORD-2"},
      {LINUX_7_3, "online_movable", "nonsense\n", "EBUSY", "WORD-5"},
      // WORD-3: offline is EINVAL in every state
      {LINUX_7_3, "unplugged", "offline\n", "ok", "WORD-3"},
      {V4, "online_movable", "offline\n", "EBUSY", "WORD-3"},
      // WORD-4: words of the other dialect
      {LINUX_7_3, "online_movable", "unplug\n", "ok", "WORD-4"},
      {LINUX_7_3, "online_movable", "unplug\n", "EBUSY", "WORD-5"},
      {LINUX_7_3, "online_movable", "unplug\n", "ENOENT", "WORD-2"},
      {V3, "unplugged", "online_kernel\n", "ok", "WORD-4"},
      {V3, "online_movable", "unplugged\n", "ok", "WORD-4"},
      // WORD-1: with or without one newline, but only where the word would be taken at all
      {LINUX_7_3, "unplugged", "online", "EINVAL", "WORD-1"},
      {LINUX_7_3, "unplugged", "online", "EBUSY", "TRANS-1"},
      {LINUX_7_3, "unplugged", "online\n", "EINVAL", "TRANS-1"},
      {LINUX_7_3, "online_movable", "online", "EINVAL", "REFUSE-1"},
      // WORD-6: what stands behind a NUL leaves EINVAL and success, no other error
      {LINUX_7_3, "unplugged", "online\0junk", "EBUSY", "WORD-2"},
      // TRANS-7: the present state
      {LINUX_7_3, "online_movable", "online_movable\n", "EBUSY", "TRANS-7"},
      {LINUX_7_3, "online_movable", "online\n", "ok", "REFUSE-1"},
      {LINUX_7_3, "online_movable", "online\n", "EIO", "REFUSE-1"},
      {LINUX_7_3, "unplugged", "online_kernel\n", "EBUSY", "TRANS-2"},
    };
  }

  @Test(dataProvider = "wrongAnswers")
  public void aWrongAnswerBreaksItsRule(
      Dialect dialect, String reads, String bytes, String seen, String rule) {
    Walk at = Walk.of(dialect);
    if (!reads.equals("unplugged")) {
      at = at.does(Walk.write(reads));
    }
    // Of several outcomes the first is the usual one, whose rule is named.
    assertThat(at.blames(Walk.bytes(bytes), seen)).isEqualTo(RuleId.of(rule));
  }

  /** ATTR-3: everyone may read. */
  @Test
  public void onlyWhoHasNoPrivilegeBreaksTheModeByEacces() {
    Walk at = Walk.of(LINUX_7_3);
    Step nobody = new Step.Read(Step.Who.NOBODY);
    assertThat(at.blames(nobody, "EACCES")).isEqualTo(Rules.ATTR_3);
    assertThat(at.blames(nobody, "EIO")).isEqualTo(Rules.ATTR_7);
    assertThat(at.blames(Walk.READ, "EACCES")).isEqualTo(Rules.ATTR_7);
  }

  /** UNBIND-1: after a clean unbind the device can be bound again; not a rule without attribute. */
  @Test
  public void aBindThatIsBusyBreaksTheUnbindBefore() {
    assertThat(Walk.of(LINUX_7_3).does(Walk.UNBIND).blames(Walk.BIND, "EBUSY"))
        .isEqualTo(Rules.UNBIND_1);
    assertThat(Walk.of(ABSENT).blames(Walk.BIND, "EBUSY")).isEqualTo(Rules.POLICY_5);
    assertThat(Walk.of(ABSENT).blames(Walk.BIND, "ENODEV")).isEqualTo(Rules.POLICY_5);
  }

  /** SYNC-2, ATOMIC-4, TRANS-4: what is special about an unplug is what it is said to fail of. */
  @Test
  public void anUnplugThatMustWorkIsBlamedOnWhatWentBefore() {
    Walk online = Walk.of(LINUX_7_3).does(Walk.write("online_movable"));
    assertThat(blamed(online, false)).isEqualTo(Rules.TRANS_4);
    assertThat(blamed(online.does(UNPLUG, "EBUSY"), false))
        .as("refused for no reason")
        .isEqualTo(Rules.TRANS_4);
    assertThat(blamed(online, true)).isEqualTo(Rules.ATOMIC_4);
    Walk byHand = online.does(Walk.block(0, "offline"));
    assertThat(blamed(byHand, false)).isEqualTo(Rules.SYNC_2);
    assertThat(blamed(byHand, true)).as("either may be the cause").isEqualTo(Rules.TRANS_4);
  }

  private static RuleId blamed(Walk at, boolean failed) {
    return Blamed.answer(at.model(), at.state(), UNPLUG, at.outcome(UNPLUG, "ok"), "EIO", failed);
  }

  // ---- grades

  @Test
  public void anUnplugIsGradedByWhatMayStandInItsWay() {
    Walk movable = Walk.of(LINUX_7_3).does(Walk.write("online_movable"));
    // TRANS-4: required, save that it may refuse once
    assertThat(movable.graded(UNPLUG)).containsExactly("EBUSY interesting", "ok required");
    Walk refused = movable.does(UNPLUG, "EBUSY");
    assertThat(refused.graded(UNPLUG)).containsExactly("ok required");
    // ATOMIC-2: a signal may end it
    assertThat(movable.graded(UNPLUG, true))
        .containsExactly("EBUSY interesting", "EINTR allowed", "ok allowed");
    // TRANS-5: the kernel may hold memory there
    Walk kernel = Walk.of(LINUX_7_3).does(Walk.write("online_kernel"));
    assertThat(kernel.graded(UNPLUG)).containsExactly("EBUSY allowed", "ok allowed");
    assertThat(kernel.graded(UNPLUG, true))
        .containsExactly("EBUSY allowed", "EINTR allowed", "ok allowed");
    // TRANS-6
    Walk offline = Walk.booted(V4, Policy.OFFLINE, 1, 2, 1).does(Walk.UNBIND, Walk.BIND);
    assertThat(offline.graded(UNPLUG)).containsExactly("ok required");
  }

  /** TRANS-4, TRANS-5; in v3 a range may stay though the write says ok. */
  @Test
  public void anUnplugOfV3IsGradedByTheRangesThatMayStay() {
    Walk movable = rebound(Policy.ONLINE_MOVABLE);
    assertThat(movable.graded(Walk.write("unplug"))).containsExactly("ok required");
    assertThat(movable.graded(Walk.write("unplug"), true))
        .as("each of three ranges may stay where a signal may come")
        .hasSize(8)
        .containsOnly("ok allowed");
    assertThat(movable.usual(Walk.write("unplug")).rule()).isEqualTo(Rules.TRANS_4);
    Walk either = rebound(Policy.ONLINE);
    assertThat(either.outcomes(Walk.write("unplug")))
        .hasSize(8)
        .allSatisfy(o -> assertThat(o.rule()).isEqualTo(Rules.TRANS_5));
  }

  /** v3, of which only a bind reserves the ranges. */
  private static Walk rebound(Policy policy) {
    return Walk.booted(V3, policy, 1, 2, 1).does(Walk.UNBIND, Walk.BIND);
  }

  /** EFFECT-6: memory can be allocated where a block is online; else it may come from elsewhere. */
  @Test
  public void memoryMustBeHadOnlyWhereABlockIsOnline() {
    Step fill = new Step.Fill(1 << 20);
    assertThat(Walk.of(LINUX_7_3).graded(fill)).containsExactly("ENOMEM allowed", "ok allowed");
    Walk one =
        Walk.of(LINUX_7_3)
            .does(Walk.write("online_movable"))
            .does(Walk.range(1, "offline"), Walk.range(2, "offline"));
    assertThat(one.shape()).isEqualTo("o xx x");
    assertThat(one.graded(fill)).containsExactly("ok required");
  }

  // ---- changes by hand

  /** SYNC-4 speaks where single blocks were changed, TRANS-7 where not. */
  @Test
  public void thePresentStateOfADeviceChangedByHandIsARuleOfItsOwn() {
    Walk up = Walk.of(LINUX_7_3).does(Walk.write("online_movable"));
    Step present = Walk.write("online_movable");
    assertThat(up.usual(present).rule()).isEqualTo(Rules.TRANS_7);
    Outcome changed = up.does(Walk.block(3, "offline")).usual(present);
    assertThat(changed.rule()).isEqualTo(Rules.SYNC_4);
    assertThat(changed.claims().rule(Property.BLOCKS)).contains(Rules.SYNC_4);
    assertThat(changed.claims().rule(Property.UEVENTS)).contains(Rules.SYNC_4);
    Walk unplugged = Walk.of(LINUX_7_3);
    assertThat(unplugged.usual(UNPLUG).rule())
        .as("a block that is not there was not changed")
        .isEqualTo(Rules.TRANS_7);
  }

  /** SYNC-2: blocks that are offline already do not stand in the way. */
  @Test
  public void anUnplugPastBlocksOfflinedByHandIsARuleOfItsOwn() {
    Walk up = Walk.of(LINUX_7_3).does(Walk.write("online_movable"));
    assertThat(unplugs(up)).contains(Rules.EFFECT_3);
    assertThat(unplugs(up.does(Walk.block(0, "offline")))).contains(Rules.SYNC_2);
    Walk offline = Walk.booted(LINUX_7_3, Policy.OFFLINE, 1, 2, 1).does(Walk.UNBIND, Walk.BIND);
    assertThat(unplugs(offline)).as("offline by the bind").contains(Rules.EFFECT_3);
    assertThat(unplugs(offline.does(Walk.block(0, "online_movable"))))
        .as("onlined, not offlined, by hand")
        .contains(Rules.EFFECT_3);
  }

  private static Optional<RuleId> unplugs(Walk at) {
    return at.outcome(UNPLUG, "ok").claims().rule(Property.BLOCKS);
  }

  /** SYNC-3: a failed unplug leaves a block offline that was offline before. */
  @Test
  public void aRollbackThatWakesABlockIsSuspected() {
    Walk pinned = Walk.of(LINUX_7_3).does(Walk.write("online_movable"), Walk.pin(3));
    assertThat(pinned.suspects(UNPLUG, pinned.outcome(UNPLUG, "EINTR"))).isEmpty();
    Walk byHand = pinned.does(Walk.range(1, "offline"));
    Outcome failed = byHand.outcome(UNPLUG, "EINTR");
    assertThat(byHand.suspects(UNPLUG, failed))
        .singleElement()
        .satisfies(
            s -> assertThat(s.rule()).isEqualTo(Rules.SYNC_3),
            s -> assertThat(Walk.shape(s.state())).isEqualTo("o oo o"),
            s -> assertThat(s.state().ranges()).allMatch(RangeState::reserved),
            s -> assertThat(s.state().blocks().get(3).pinned()).isTrue(),
            s -> assertThat(s.state().blocks().get(1).zones()).as("in some zone").hasSize(2));
    assertThat(Walk.shape(failed.next())).isEqualTo("o xx o");
  }

  // ---- single blocks

  @DataProvider
  public Object[][] blockWrites() {
    Walk movable = Walk.of(LINUX_7_3).does(Walk.write("online_movable"));
    Walk kernel = Walk.of(LINUX_7_3).does(Walk.write("online_kernel"));
    Walk offline = movable.does(Walk.blocks("offline"));
    Walk pinned = movable.does(Walk.pin(0));
    Errno nomem = Errno.ENOMEM;
    return new Object[][] {
      {"no such block", Walk.of(LINUX_7_3), "online", false, "ENOENT"},
      {"no word of a block", movable, "unplugged", false, "EINVAL"},
      {"no word at all", movable, "nonsense", false, "EINVAL"},
      {"online already", movable, "online_kernel", false, "EINVAL"},
      {"offline already", offline, "offline", false, "EINVAL"},
      {"movable memory goes", movable, "offline", false, "EBUSY ok"},
      {"a signal may come", movable, "offline", true, "EBUSY EINTR ok"},
      {"a signal does not stop what goes online", offline, "online", true, "ok"},
      {"the kernel may hold memory", kernel, "offline", false, "EBUSY ok"},
      {"a page is held", pinned, "offline", false, "EINTR"},
      {
        "the kernel was told to refuse",
        movable.does(Walk.inject(Step.Change.OFFLINE, nomem)),
        "offline",
        false,
        "ENOMEM"
      },
      {
        "what it was told to refuse is something else",
        movable.does(Walk.inject(Step.Change.ONLINE, nomem)),
        "offline",
        false,
        "EBUSY ok"
      },
      {
        "the kernel was told to refuse",
        offline.does(Walk.inject(Step.Change.ONLINE, nomem)),
        "online_movable",
        false,
        "ENOMEM"
      },
    };
  }

  /** SYNC-1: whatever comes of a block, the word stays. */
  @Test(dataProvider = "blockWrites")
  public void aBlockAnswersAsTheMemoryHotplugGuideSays(
      String what, Walk at, String word, boolean interrupted, String answers) {
    List<Outcome> outcomes = at.model().outcomes(at.state(), Walk.block(0, word), interrupted);
    assertThat(outcomes.stream().map(o -> o.answer().toString()).sorted().toList())
        .as(what)
        .isEqualTo(List.of(answers.split(" ")));
    for (Outcome o : outcomes) {
      assertThat(o.rule()).isEqualTo(Rules.SYNC_1);
      assertThat(o.claims().rule(Property.VALUE)).contains(Rules.SYNC_1);
      assertThat(o.next().word()).isEqualTo(at.state().word());
      assertThat(o.next().blocks().subList(1, 4)).isEqualTo(at.state().blocks().subList(1, 4));
      if (o.answer() instanceof ReturnValue.Ok ok) {
        assertThat(ok.length()).as("all of it was taken").isEqualTo(word.length() + 1L);
        boolean online = !word.equals("offline");
        assertThat(o.next().blocks().get(0).isOnline()).isEqualTo(online);
      } else {
        boolean once = o.grade() == Grade.INTERESTING;
        assertThat(o.next()).isEqualTo(once ? at.state().withRefused() : at.state());
      }
    }
  }

  /** Each block is tried; what is told is the first failure. */
  @Test
  public void ofSeveralBlocksTheFirstFailureIsTold() {
    Walk up = Walk.of(LINUX_7_3).does(Walk.write("online_movable"));
    Walk first = up.does(Walk.block(0, "offline"));
    Outcome rest = first.usual(Walk.blocks("offline"));
    assertThat(rest.answer()).isEqualTo(new ReturnValue.Fails(Errno.EINVAL));
    assertThat(Walk.shape(rest.next())).isEqualTo("x xx x");
    Outcome two = first.does(Walk.pin(3)).usual(Walk.blocks("offline"));
    assertThat(two.answer())
        .as("not the later EINTR")
        .isEqualTo(new ReturnValue.Fails(Errno.EINVAL));
    assertThat(Walk.shape(two.next())).isEqualTo("x xx o");
  }

  /** POLICY-6; the kernel takes the word and its newline. */
  @Test
  public void aPolicyIsTakenWhole() {
    for (Policy policy : Policy.values()) {
      Outcome set = Walk.of(LINUX_7_3).usual(new Step.SetPolicy(policy));
      assertThat(set.answer()).isEqualTo(new ReturnValue.Ok(policy.text().length() + 1L));
      assertThat(set.claims().rule(Property.BLOCKS)).contains(Rules.POLICY_6);
    }
  }

  // ---- binding

  /** POLICY-7: a bind that follows the policy of another time is told by that rule. */
  @Test
  public void aBindUnderThePolicyOfAnotherTimeIsSuspected() {
    for (Dialect dialect : List.of(LINUX_7_3, V4)) {
      Walk unbound = Walk.booted(dialect, Policy.ONLINE_MOVABLE, 1, 2, 1).does(Walk.UNBIND);
      assertThat(suspects(unbound)).as("one policy at all times").containsExactly("POLICY-1");
      Walk other = unbound.does(new Step.SetPolicy(Policy.ONLINE_KERNEL));
      assertThat(suspects(other)).containsExactly("POLICY-1", "POLICY-7");
      Outcome bind = other.usual(Walk.BIND);
      Word counts = dialect == V4 ? Word.ONLINE_MOVABLE : Word.ONLINE_KERNEL;
      Word wrong = dialect == V4 ? Word.ONLINE_KERNEL : Word.ONLINE_MOVABLE;
      assertThat(bind.next().word()).contains(counts);
      State suspected = other.suspects(Walk.BIND, bind).get(1).state();
      assertThat(suspected.word()).contains(wrong);
      assertThat(suspected.blocks()).allMatch(b -> b.equals(BlockState.of(wrong)));
    }
    Walk offline = Walk.of(LINUX_7_3).does(Walk.UNBIND).does(new Step.SetPolicy(Policy.OFFLINE));
    assertThat(suspects(offline))
        .as("an offline policy that is not kept is POLICY-2")
        .containsExactly("POLICY-1");
  }

  private static List<String> suspects(Walk at) {
    return at.suspects(Walk.BIND, at.usual(Walk.BIND)).stream()
        .map(s -> s.rule().toString())
        .toList();
  }

  /** POLICY-1: blocks are always created. */
  @Test
  public void aBindThatCreatesNothingIsSuspected() {
    Walk unbound = Walk.of(LINUX_7_3).does(Walk.UNBIND);
    Blamed.Suspect none = unbound.suspects(Walk.BIND, unbound.usual(Walk.BIND)).get(0);
    assertThat(none.rule()).isEqualTo(Rules.POLICY_1);
    assertThat(none.state().driver()).isEqualTo(Driver.KMEM);
    assertThat(none.state().word()).contains(Word.UNPLUGGED);
    assertThat(Walk.shape(none.state())).isEqualTo(". .. .");
    Walk old = Walk.of(ABSENT);
    Blamed.Suspect absent = old.suspects(Walk.BIND, old.usual(Walk.BIND)).get(0);
    assertThat(absent.rule()).isEqualTo(Rules.POLICY_1);
    assertThat(absent.state().word()).as("no attribute").isEmpty();
  }

  /** EFFECT-8: bind is refused where no whole block is left in any range. */
  @Test
  public void aRangeWithoutAWholeBlockIsPassedOver() {
    Walk none = Walk.booted(LINUX_7_3, Policy.ONLINE_MOVABLE, 0, 0);
    Outcome refused = none.usual(Walk.BIND);
    assertThat(refused.answer()).isEqualTo(new ReturnValue.Fails(Errno.EINVAL));
    assertThat(refused.rule()).isEqualTo(Rules.EFFECT_8);
    Walk some = Walk.booted(LINUX_7_3, Policy.ONLINE_MOVABLE, 0, 2).does(Walk.UNBIND);
    Walk bound = some.does(Walk.BIND);
    assertThat(bound.state().ranges().stream().map(RangeState::reserved))
        .containsExactly(false, true);
    // UNBIND-3: what counts for the next bind is the first range that has a block
    assertThat(bound.does(Walk.UNBIND).graded(Walk.BIND)).containsExactly("EBUSY required");
  }

  /** UNBIND-3: the device cannot be bound again; device_dax words it in its own way. */
  @Test
  public void aLeakedDeviceIsNotForDeviceDaxEither() {
    Walk leaked =
        Walk.of(LINUX_7_3)
            .does(Walk.write("online_movable"), Walk.range(0, "offline"), Walk.UNBIND);
    assertThat(leaked.shape()).isEqualTo(". oo o");
    assertThat(leaked.graded(Walk.BIND_DEVICE_DAX))
        .containsExactly("EBUSY required", "EINVAL required");
    assertThat(leaked.outcomes(Walk.BIND_DEVICE_DAX))
        .allSatisfy(o -> assertThat(o.rule()).isEqualTo(Rules.UNBIND_3))
        .allSatisfy(o -> assertThat(o.next()).isEqualTo(leaked.state()));
    Walk whole = Walk.of(LINUX_7_3).does(Walk.write("online_movable"), Walk.UNBIND);
    assertThat(whole.graded(Walk.BIND))
        .as("kmem says it one way")
        .containsExactly("EBUSY required");
    assertThat(Walk.of(LINUX_7_3).graded(Walk.BIND_DEVICE_DAX))
        .as("bound to kmem")
        .containsExactly("EBUSY required");
  }

  @Test
  public void deviceDaxTakesAndGivesBackEveryRange() {
    Walk dax = Walk.of(LINUX_7_3).does(Walk.UNBIND, Walk.BIND_DEVICE_DAX);
    assertThat(dax.state().ranges()).allMatch(RangeState::reserved);
    assertThat(dax.shape()).isEqualTo(". .. .");
    Outcome gone = dax.usual(Walk.UNBIND);
    assertThat(gone.rule()).isEqualTo(Rules.UNBIND_1);
    assertThat(gone.next().driver()).isEqualTo(Driver.NONE);
    assertThat(gone.next().ranges()).noneMatch(RangeState::reserved);
  }

  /** POLICY-2: nothing has to come online under the policy offline, so nothing can fail. */
  @Test
  public void aBindThatOnlinesNothingDoesNotFail() {
    Walk unbound = Walk.booted(LINUX_7_3, Policy.OFFLINE, 1, 2, 1).does(Walk.UNBIND);
    Walk failing = unbound.does(Walk.inject(Step.Change.ONLINE, Errno.ENOMEM));
    assertThat(failing.graded(Walk.BIND)).containsExactly("ok required");
    Walk other = Walk.of(LINUX_7_3).does(Walk.UNBIND);
    assertThat(other.does(Walk.inject(Step.Change.OFFLINE, Errno.ENOMEM)).graded(Walk.BIND))
        .as("told to refuse something else")
        .containsExactly("ok required");
    Outcome fails =
        other.does(Walk.inject(Step.Change.ONLINE, Errno.ENOMEM)).outcome(Walk.BIND, "any error");
    assertThat(fails.claims().rule(Property.UEVENTS)).as("blocks came and went").isEmpty();
    assertThat(fails.claims().rule(Property.BLOCKS)).contains(Rules.POLICY_5);
  }

  // ---- unbinding

  /** UNBIND-1, -2, -3 where there is no word to go by. */
  @Test
  public void withoutTheAttributeTheBlocksSayWhichUnbindItIs() {
    Walk offline = Walk.booted(ABSENT, Policy.OFFLINE, 1, 2, 1).does(Walk.BIND);
    assertThat(offline.usual(Walk.UNBIND).rule()).isEqualTo(Rules.UNBIND_2);
    assertThat(Walk.shape(offline.usual(Walk.UNBIND).next())).isEqualTo(". .. .");
    Walk online = Walk.of(ABSENT).does(Walk.BIND);
    assertThat(online.usual(Walk.UNBIND).rule()).isEqualTo(Rules.UNBIND_3);
    assertThat(online.does(Walk.blocks("offline")).usual(Walk.UNBIND).rule())
        .isEqualTo(Rules.UNBIND_2);
    Walk again =
        Walk.of(ABSENT)
            .does(Walk.BIND, Walk.range(0, "offline"), Walk.UNBIND)
            .does(new Step.SetPolicy(Policy.OFFLINE), Walk.BIND);
    assertThat(again.shape()).isEqualTo("x oo o");
    assertThat(again.usual(Walk.UNBIND).rule())
        .as("what leaked before does not count")
        .isEqualTo(Rules.UNBIND_2);
    assertThat(again.does(Walk.range(0, "online_movable")).usual(Walk.UNBIND).rule())
        .isEqualTo(Rules.UNBIND_3);
  }

  /** v4 goes by its word; a range that cannot be taken away leaks, with what the failure logs. */
  @Test
  public void anUnbindOfV4FromOfflineLeaksWhatItCannotRemove() {
    Walk offline = Walk.booted(V4, Policy.OFFLINE, 1, 2, 1).does(Walk.UNBIND, Walk.BIND);
    Outcome clean = offline.usual(Walk.UNBIND);
    assertThat(clean.rule()).isEqualTo(Rules.UNBIND_2);
    assertThat(clean.logged()).isEmpty();
    assertThat(clean.next().ranges()).noneMatch(RangeState::leaked);
    Walk held =
        offline
            .does(Walk.block(0, "online_movable"))
            .does(Walk.inject(Step.Change.OFFLINE, Errno.EBUSY));
    Outcome stuck = held.usual(Walk.UNBIND);
    assertThat(stuck.answer()).isEqualTo(new ReturnValue.Ok(0));
    assertThat(stuck.logged())
        .containsExactly(Logged.error("hotremove failed, device left online: -16"));
    assertThat(stuck.next().ranges()).allMatch(RangeState::leaked);
    assertThat(Walk.shape(stuck.next())).isEqualTo("o xx x");
  }

  /** What v3 leaves at an unbind is what is still there. */
  @Test
  public void v3LeaksOnlyWhatIsStillThere() {
    Walk up = rebound(Policy.ONLINE_MOVABLE).does(Walk.pin(1));
    State partly =
        up.model().outcomes(up.state(), Walk.write("unplug"), true).stream()
            .map(Outcome::next)
            .filter(s -> Walk.shape(s).equals(". oo ."))
            .findFirst()
            .orElseThrow();
    Walk left = new Walk(up.model(), partly);
    assertThat(left.usual(Walk.write("online_movable")).rule())
        .as("blocks that are gone were not changed by hand")
        .isEqualTo(Rules.TRANS_7);
    assertThat(left.usual(Walk.UNBIND).next().ranges().stream().map(RangeState::leaked))
        .containsExactly(false, true, false);
    // The memory of a later online has no reservation, and is there all the same.
    Walk bare =
        rebound(Policy.ONLINE_MOVABLE).does(Walk.write("unplug"), Walk.write("online_movable"));
    assertThat(bare.usual(Walk.UNBIND).next().ranges())
        .allMatch(RangeState::leaked)
        .noneMatch(RangeState::reserved);
  }

  /** v3 takes range by range: one that is offline goes though the kernel refuses the others. */
  @Test
  public void anUnplugOfV3LeavesWhatTheKernelRefuses() {
    Walk refusing =
        rebound(Policy.ONLINE_MOVABLE)
            .does(Walk.range(1, "offline"))
            .does(Walk.inject(Step.Change.OFFLINE, Errno.EBUSY));
    Outcome only = refusing.usual(Walk.write("unplug"));
    assertThat(only.answer().toString()).isEqualTo("ok");
    assertThat(Walk.shape(only.next())).isEqualTo("o .. o");
    assertThat(only.next().word()).contains(Word.ONLINE_MOVABLE);
  }

  /** In v3 a pin holds up only an unplug that comes to its range. */
  @Test
  public void aPinWhereV3HasNoReservationHoldsNothingUp() {
    Walk bare =
        rebound(Policy.ONLINE_MOVABLE)
            .does(Walk.write("unplug"), Walk.write("online_movable"), Walk.pin(1));
    assertThat(bare.graded(Walk.write("unplug"))).containsExactly("ok required");
    assertThat(Walk.shape(bare.usual(Walk.write("unplug")).next())).isEqualTo("o oo o");
  }

  // ---- what an earlier unbind leaked

  /**
   * kmem.c 7.3, dax_kmem_do_hotremove passes over every range whose reservation it could not take;
   * so nothing in a leaked range stands in the way of an unplug (UNBIND-6, TRANS-4, ATOMIC-2).
   */
  @Test
  public void whatLeakedBeforeDoesNotHoldAnUnplugUp() {
    Walk leaked =
        Walk.of(LINUX_7_3)
            .does(Walk.write("online_movable"), Walk.range(0, "offline"), Walk.UNBIND)
            .does(Walk.BIND);
    assertThat(leaked.shape()).isEqualTo("o oo o");
    Walk pinned = leaked.does(Walk.pin(1));
    assertThat(pinned.graded(UNPLUG)).containsExactly("EBUSY interesting", "ok required");
    Walk gone = pinned.does(UNPLUG);
    assertThat(gone.shape()).isEqualTo(". oo o");
    assertThat(gone.state().blocks().get(1).pinned()).isTrue();
    assertThat(leaked.does(Walk.pin(0)).graded(UNPLUG)).containsExactly("EINTR allowed");
    Walk emptied =
        leaked.does(Walk.range(0, "offline")).does(Walk.inject(Step.Change.OFFLINE, Errno.EBUSY));
    assertThat(emptied.graded(UNPLUG)).as("nothing of it is online").containsExactly("ok required");
  }

  @Test
  public void theZoneOfWhatLeakedDoesNotExcuseARefusal() {
    Walk leaked =
        Walk.booted(LINUX_7_3, Policy.ONLINE_MOVABLE, 1, 2, 1)
            .does(Walk.write("online_kernel"))
            .does(Walk.range(0, "offline"), "ok")
            .does(Walk.UNBIND, Walk.BIND);
    assertThat(leaked.state().blocks().get(1).mayHoldKernelMemory()).isTrue();
    assertThat(leaked.graded(UNPLUG)).containsExactly("EBUSY interesting", "ok required");
    assertThat(leaked.outcome(UNPLUG, "ok").rule()).isEqualTo(Rules.TRANS_4);
    Walk byHand = leaked.does(Walk.block(1, "offline"), "ok");
    assertThat(byHand.usual(Walk.write("online_movable")).rule())
        .as("no block of the device was changed")
        .isEqualTo(Rules.TRANS_7);
  }

  // ---- the module

  /** UNBIND-8. */
  @Test
  public void theModuleIsLoadedOnce() {
    Outcome twice = Walk.of(LINUX_7_3).usual(new Step.Load());
    assertThat(twice.answer()).isEqualTo(new ReturnValue.Fails(Errno.EEXIST));
    assertThat(twice.rule()).isEqualTo(Rules.UNBIND_8);
    Walk unloaded = Walk.of(LINUX_7_3).does(new Step.Unload());
    Outcome again = unloaded.usual(new Step.Unload());
    assertThat(again.answer()).isEqualTo(new ReturnValue.Fails(Errno.ENOENT));
    assertThat(again.rule()).isEqualTo(Rules.UNBIND_8);
    assertThat(again.next()).isEqualTo(unloaded.state());
  }

  // ---- what the model says of itself

  @Test
  public void itSaysWhichKernelItIsTheModelOf() {
    assertThat(new Model(LINUX_7_3).hotremove()).isTrue();
    assertThat(new Model(LINUX_7_3, false).hotremove()).isFalse();
    assertThat(new Model(V4).dialect()).isEqualTo(V4);
  }

  /** A dialect without attribute is silent about its facets, and judges the others all the same. */
  @Test
  public void withoutTheAttributeEveryOtherFacetIsJudged() {
    Walk bound = Walk.of(ABSENT).does(Walk.BIND);
    RuleOf toggled = bound.outcome(Walk.block(0, "offline"), "ok").claims();
    for (Property facet : Property.values()) {
      switch (facet) {
        case PRESENCE, NAME, MODE, FORM, VALUE, LOG, UEVENTS ->
            assertThat(toggled.rule(facet)).as(facet.name()).isEmpty();
        case CHANGES, FOREIGN -> assertThat(toggled.rule(facet)).contains(Rules.EFFECT_7);
        case DEVICE -> assertThat(toggled.rule(facet)).contains(Rules.EFFECT_10);
        case NODES -> assertThat(toggled.rule(facet)).contains(Rules.EFFECT_6);
        case SPLAT -> assertThat(toggled.rule(facet)).contains(Rules.ROBUST_1);
        case NEIGHBOURS -> assertThat(toggled.rule(facet)).contains(Rules.ROBUST_5);
        default ->
            assertThat(toggled.rule(facet))
                .as(facet.name() + ": SYNC-1 does not bind, ROBUST-2 does")
                .contains(Rules.ROBUST_2);
      }
    }
    // POLICY-7 does not bind without the attribute, so nothing is suspected by it.
    Walk other = Walk.of(ABSENT).does(new Step.SetPolicy(Policy.ONLINE_KERNEL));
    assertThat(suspects(other)).containsExactly("POLICY-1");
  }
}
