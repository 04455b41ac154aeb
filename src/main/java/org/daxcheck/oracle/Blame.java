package org.daxcheck.oracle;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.daxcheck.abi.DialectProperties;
import org.daxcheck.abi.Driver;
import org.daxcheck.abi.Errno;
import org.daxcheck.abi.Policy;
import org.daxcheck.abi.RuleId;
import org.daxcheck.abi.Rules;
import org.daxcheck.abi.Word;
import org.daxcheck.abi.Zone;
import org.daxcheck.model.BlockState;
import org.daxcheck.model.Outcome;
import org.daxcheck.model.RangeState;
import org.daxcheck.model.ReturnValue;
import org.daxcheck.model.State;
import org.daxcheck.step.Step;

/**
 * Which rule to name where no outcome fits. The model says only what is allowed; the rule of an
 * outcome is the one that allows it, and another one may say more plainly what went wrong.
 */
final class Blame {
  private final DialectProperties properties;
  private final Specification specification;

  Blame(Specification specification) {
    this.properties = DialectProperties.of(specification.dialect());
    this.specification = specification;
  }

  /** A state that a known fault would lead to, and the rule that it breaks. */
  record Suspect(State state, RuleId rule) {}

  /**
   * The rule that an answer breaks which no outcome has.
   *
   * @param likeliest the outcome that was to be expected
   * @param seen the error that the caller got; empty where there was none
   * @param failedBefore whether an unplug failed, with its cause known, since the word changed last
   */
  RuleId wrongAnswer(
      State state, Step step, Outcome likeliest, Optional<Errno> seen, boolean failedBefore) {
    RuleId rule =
        seen.map(e -> wrongErrno(state, step, likeliest, e, failedBefore)).orElse(likeliest.rule());
    return specification.binds(rule) ? rule : likeliest.rule();
  }

  private RuleId wrongErrno(
      State state, Step step, Outcome likeliest, Errno seen, boolean failedBefore) {
    RuleId own = likeliest.rule();
    return switch (step.kind()) {
      case WRITE -> wrongWrite(state, (Step.Write) step, likeliest, seen, failedBefore);
      case READ ->
          ((Step.Read) step).who() == Step.Who.NOBODY && seen.equals(Errno.EACCES)
              ? Rules.ATTR_3
              : own;
      case BIND ->
          likeliest.answer() instanceof ReturnValue.Ok && ((Step.Bind) step).driver() == Driver.KMEM
              ? wrongBind(state, own, seen)
              : own;
      case UNLOAD -> Rules.UNBIND_8;
      case UNBIND, SET_POLICY, BLOCK_WRITE, PIN, UNPIN, LOAD, AWAIT, SLEEP, SIGNAL -> own;
      case FILL, VERIFY, FREE, INJECT, REFUSE_ADD, OCCUPY, RESHAPE, NEIGHBOUR_WRITE -> own;
      case DELAY, FAIL_NTH, LOOK, ACTORS -> own;
    };
  }

  private static RuleId wrongBind(State state, RuleId own, Errno seen) {
    if (seen.equals(Errno.EBUSY)) {
      return Rules.UNBIND_1;
    }
    boolean small = state.ranges().stream().anyMatch(r -> r.blocks().isEmpty());
    return small && seen.equals(Errno.EINVAL) ? Rules.EFFECT_8 : own;
  }

  private RuleId wrongWrite(
      State state, Step.Write write, Outcome likeliest, Errno seen, boolean failedBefore) {
    RuleId own = likeliest.rule();
    String text = write.payload().text();
    if (isCorner(write)) {
      return likeliest.answer() instanceof ReturnValue.Ok ? Rules.WORD_2 : own;
    }
    if (own.equals(Rules.WORD_4) || own.equals(Rules.WORD_2)) {
      return seen.equals(Errno.EBUSY) ? Rules.WORD_5 : Rules.WORD_2;
    }
    if (!(likeliest.answer() instanceof ReturnValue.Ok) || text.isEmpty()) {
      return own;
    }
    if (!text.endsWith("\n") && seen.equals(Errno.EINVAL)) {
      return Rules.WORD_1;
    }
    if (own.equals(Rules.SYNC_4)) {
      return Rules.TRANS_7;
    }
    return unplugs(state, write) ? wrongUnplug(state, own, failedBefore) : own;
  }

  /**
   * The one thing that is special about this unplug is likelier what it fails of than the unplug as
   * such.
   */
  private static RuleId wrongUnplug(State state, RuleId own, boolean failedBefore) {
    boolean byHand = someOfflineByHand(state);
    if (own.equals(Rules.TRANS_6) || byHand == failedBefore) {
      return own;
    }
    return failedBefore ? Rules.ATOMIC_4 : Rules.SYNC_2;
  }

  /** Bytes whose meaning the documents leave open: behind a NUL, or at an offset. */
  private static boolean isCorner(Step.Write write) {
    return write.payload().text().indexOf('\0') >= 0 || write.offset() != 0;
  }

  /** True where the write asks a device that is not unplugged to be. */
  private boolean unplugs(State state, Step.Write write) {
    return state.word().filter(w -> w != Word.UNPLUGGED).isPresent()
        && word(write).filter(w -> w == Word.UNPLUGGED).isPresent();
  }

  private Optional<Word> word(Step.Write write) {
    String text = write.payload().text();
    String name = text.endsWith("\n") ? text.substring(0, text.length() - 1) : text;
    return Optional.ofNullable(properties.words().get(name));
  }

  private static boolean someOfflineByHand(State s) {
    return s.word().filter(Word::isOnline).isPresent()
        && s.ranges().stream()
            .filter(r -> !r.leaked())
            .flatMap(r -> r.blocks().stream())
            .anyMatch(b -> b.exists() && !b.isOnline());
  }

  /** States that a known fault would lead to instead, each with the rule that it breaks. */
  List<Suspect> suspects(State state, Step step, Outcome outcome) {
    List<Suspect> all =
        switch (step.kind()) {
          case WRITE -> ofWrite(state, (Step.Write) step, outcome);
          case BIND ->
              ((Step.Bind) step).driver() == Driver.KMEM ? ofBind(state, step, outcome) : List.of();
          case UNBIND -> ofUnbind(state, outcome);
          case READ, SET_POLICY, BLOCK_WRITE, PIN, UNPIN, UNLOAD, LOAD, AWAIT -> List.of();
          case SLEEP, SIGNAL, FILL, VERIFY, FREE, INJECT, REFUSE_ADD, OCCUPY -> List.of();
          case RESHAPE, NEIGHBOUR_WRITE, DELAY, FAIL_NTH, LOOK, ACTORS -> List.of();
        };
    return all.stream().filter(s -> specification.binds(s.rule())).toList();
  }

  /** A failed unplug that wakes blocks which were offline before. */
  private List<Suspect> ofWrite(State state, Step.Write write, Outcome outcome) {
    if (!unplugs(state, write)
        || !outcome.answer().isError()
        || !properties.atomic()
        || !someOfflineByHand(state)) {
      return List.of();
    }
    BlockState awake = new BlockState(BlockState.Presence.ONLINE, EnumSet.allOf(Zone.class), false);
    State woken =
        outcome.next().withRanges(r -> r.withBlocks(b -> b.exists() && !b.isOnline() ? awake : b));
    return List.of(new Suspect(woken, Rules.SYNC_3));
  }

  /** A bind that adds nothing, or one by the policy of another time. */
  private List<Suspect> ofBind(State state, Step step, Outcome outcome) {
    if (!(outcome.answer() instanceof ReturnValue.Ok)) {
      return List.of();
    }
    List<Suspect> found = new ArrayList<>();
    State nothing = outcome.next().withRanges(state.ranges());
    found.add(
        new Suspect(
            properties.hasAttribute() ? nothing.withWord(Word.UNPLUGGED) : nothing,
            Rules.POLICY_1));
    Policy counts = properties.policyAtCreation() ? state.createdUnder() : state.policy();
    Policy other = properties.policyAtCreation() ? state.policy() : state.createdUnder();
    // An offline policy that is not kept is likelier ignored than read at another time.
    if (other != counts && counts != Policy.OFFLINE) {
      State swapped = state.withPolicy(other).createdUnder(other);
      specification.outcomes(swapped, step, false).stream()
          .filter(o -> o.answer() instanceof ReturnValue.Ok)
          .map(o -> o.next().withPolicy(state.policy()).createdUnder(state.createdUnder()))
          .forEach(s -> found.add(new Suspect(s, Rules.POLICY_7)));
    }
    return found;
  }

  /** An unbind that offlines what it should leave online. */
  private List<Suspect> ofUnbind(State state, Outcome outcome) {
    boolean leaks = false;
    List<RangeState> offlined = new ArrayList<>();
    for (int i = 0; i < state.ranges().size(); i++) {
      RangeState was = state.ranges().get(i);
      leaks |= !was.leaked() && outcome.next().ranges().get(i).leaked();
      offlined.add(
          was.leaked()
              ? was
              : new RangeState(false, false, was.occupied(), was.blocks())
                  .withBlocks(b -> new BlockState(BlockState.Presence.ABSENT, Set.of(), false)));
    }
    return leaks && state.driver() == Driver.KMEM
        ? List.of(new Suspect(outcome.next().withRanges(offlined), Rules.UNBIND_4))
        : List.of();
  }

  /**
   * The rules that a step puts to the test besides the one that allows its outcome: those that
   * would be named if it did otherwise.
   */
  Set<RuleId> tested(State state, Step step, Outcome outcome, boolean failedBefore) {
    Set<RuleId> rules = new LinkedHashSet<>();
    suspects(state, step, outcome).forEach(s -> rules.add(s.rule()));
    rules.addAll(
        switch (step.kind()) {
          case WRITE -> testedByWrite(state, (Step.Write) step, outcome, failedBefore);
          case READ ->
              ((Step.Read) step).who() == Step.Who.NOBODY && !outcome.answer().isError()
                  ? Set.of(Rules.ATTR_3)
                  : Set.of();
          case UNLOAD -> Set.of(Rules.UNBIND_8);
          case BIND, UNBIND, SET_POLICY, BLOCK_WRITE, PIN, UNPIN, LOAD, AWAIT -> Set.of();
          case SLEEP, SIGNAL, FILL, VERIFY, FREE, INJECT, REFUSE_ADD, OCCUPY -> Set.of();
          case RESHAPE, NEIGHBOUR_WRITE, DELAY, FAIL_NTH, LOOK, ACTORS -> Set.of();
        });
    rules.removeIf(r -> !specification.binds(r));
    return rules;
  }

  private Set<RuleId> testedByWrite(
      State state, Step.Write write, Outcome outcome, boolean failedBefore) {
    Set<RuleId> rules = new LinkedHashSet<>();
    String text = write.payload().text();
    if (text.isEmpty()) {
      return rules;
    }
    if (Set.of(Rules.WORD_2, Rules.WORD_3, Rules.WORD_4).contains(outcome.rule())) {
      rules.add(Rules.WORD_2);
      if (state.word().filter(w -> w != Word.UNPLUGGED).isPresent()) {
        rules.add(Rules.WORD_5);
      }
    }
    boolean plain = outcome.answer() instanceof ReturnValue.Ok && !isCorner(write);
    if (plain && !text.endsWith("\n")) {
      rules.add(Rules.WORD_1);
    }
    if (plain && unplugs(state, write)) {
      rules.add(wrongUnplug(state, outcome.rule(), failedBefore));
    }
    return rules;
  }
}
