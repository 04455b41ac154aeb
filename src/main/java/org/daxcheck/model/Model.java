package org.daxcheck.model;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.daxcheck.abi.Dialect;
import org.daxcheck.abi.DialectProperties;
import org.daxcheck.abi.Driver;
import org.daxcheck.abi.Errno;
import org.daxcheck.abi.Grade;
import org.daxcheck.abi.Policy;
import org.daxcheck.abi.RuleId;
import org.daxcheck.abi.Rules;
import org.daxcheck.abi.Word;
import org.daxcheck.step.BlockRef;
import org.daxcheck.step.Step;

/**
 * The reference model: for a state and a step, every outcome that the documents leave. It has no
 * clock and does no I/O. Sources are named by the rules of its outcomes; see suites/rules.yaml.
 */
public final class Model {
  /** What sysfs hands to a store function at most: one page. */
  private static final int PAGE = 4096;

  private final Dialect dialect;
  private final DialectProperties properties;
  private final boolean hotremove;

  /** The model of a dialect, on a kernel with CONFIG_MEMORY_HOTREMOVE. */
  public Model(Dialect dialect) {
    this(dialect, true);
  }

  /** The model of a dialect, on a kernel with or without CONFIG_MEMORY_HOTREMOVE. */
  public Model(Dialect dialect, boolean hotremove) {
    this.dialect = dialect;
    this.properties = DialectProperties.of(dialect);
    this.hotremove = hotremove;
  }

  /** The dialect that it is the model of. */
  public Dialect dialect() {
    return dialect;
  }

  /**
   * Every outcome of the step, at least one. Steps of actors only (sleep, signal, await) and looks
   * change nothing; {@link Step.Actors} has no outcome of its own, its orders are explored by who
   * asks.
   *
   * @param interrupted true where a signal may reach the caller while the step runs
   */
  public List<Outcome> outcomes(State state, Step step, boolean interrupted) {
    return possible(state, step, interrupted);
  }

  /** False for a kernel without CONFIG_MEMORY_HOTREMOVE. */
  public boolean hotremove() {
    return hotremove;
  }

  private List<Outcome> possible(State state, Step step, boolean interrupted) {
    if (step instanceof Step.Write write) {
      return write(state, write, interrupted);
    }
    if (step instanceof Step.Read read) {
      return List.of(read(state, read.who()));
    }
    if (step instanceof Step.Bind bind) {
      return binds(state, bind.driver());
    }
    if (step instanceof Step.Unbind) {
      return unbind(state);
    }
    if (step instanceof Step.SetPolicy set) {
      return List.of(
          required(
              new Answer.Ok(set.policy().text().length() + 1L),
              state.withPolicy(set.policy()),
              Rules.POLICY_6,
              Claims.unchanged(Rules.POLICY_6)));
    }
    if (step instanceof Step.BlockWrite write) {
      return blockWrites(state, write, interrupted);
    }
    if (step instanceof Step.Pin pin) {
      return List.of(quiet(0, pinned(state, pin.block())));
    }
    if (step instanceof Step.Unpin) {
      return List.of(quiet(0, unpinned(state)));
    }
    if (step instanceof Step.Unload) {
      return unload(state).stream().map(Outcome::ofEveryDevice).toList();
    }
    if (step instanceof Step.Load) {
      return load(state).stream().map(Outcome::ofEveryDevice).toList();
    }
    if (step instanceof Step.Inject inject) {
      Optional<State.Failing> failing =
          inject.change().map(c -> new State.Failing(c, inject.errno()));
      return List.of(quiet(0, state.withFailing(failing)));
    }
    if (step instanceof Step.Fill) {
      return fill(state);
    }
    if (step instanceof Step.Verify) {
      return List.of(
          state.filled()
              ? required(new Answer.Ok(0), state, Rules.EFFECT_6, Claims.unchanged(Rules.ROBUST_2))
              : refused(state, Errno.ENOENT, Rules.ROBUST_2));
    }
    if (step instanceof Step.Free) {
      return List.of(
          state.filled()
              ? quiet(0, state.withFilled(false))
              : refused(state, Errno.ENOENT, Rules.ROBUST_2));
    }
    if (step instanceof Step.Actors) {
      throw new IllegalArgumentException("actors have no outcome of their own");
    }
    return List.of(quiet(0, state));
  }

  // ---- writes to the attribute

  private List<Outcome> write(State s, Step.Write write, boolean interrupted) {
    if (s.word().isEmpty()) {
      return List.of(refused(s, Errno.ENOENT, Rules.ATTR_1));
    }
    if (write.who() == Step.Who.NOBODY) {
      return List.of(refused(s, Errno.EACCES, Rules.ATTR_3));
    }
    byte[] bytes = write.payload().bytes();
    if (bytes.length == 0) {
      return List.of(required(new Answer.Ok(0), s, Rules.WORD_2, Claims.unchanged(Rules.WORD_2)));
    }
    String seen = new String(bytes, 0, Math.min(bytes.length, PAGE), StandardCharsets.ISO_8859_1);
    int nul = seen.indexOf('\0');
    String text = nul < 0 ? seen : seen.substring(0, nul);
    String name = text.endsWith("\n") ? text.substring(0, text.length() - 1) : text;
    Optional<Word> word = Optional.ofNullable(properties.words().get(name));
    if (word.isEmpty()) {
      return List.of(badWord(s, name));
    }
    // A word that was taken out of more than a page had a NUL behind it.
    boolean corner = nul >= 0;
    Answer.Ok ok = new Answer.Ok(Math.min(bytes.length, PAGE));
    List<Outcome> taken = accepted(s, word.get(), ok, interrupted);
    if (!corner) {
      return text.endsWith("\n") ? taken : taken.stream().map(Model::withoutNewline).toList();
    }
    List<Outcome> open = new ArrayList<>();
    taken.forEach(
        o -> open.add(o.graded(Grade.INTERESTING).butIf(Outcome.ANY_ERRNO, Rules.WORD_2)));
    open.add(
        Outcome.of(
            new Answer.Fails(Errno.EINVAL),
            s,
            Grade.INTERESTING,
            Rules.WORD_6,
            Claims.unchanged(Rules.WORD_6)));
    return open;
  }

  /** A word that would be accepted, but is called invalid without its newline, breaks WORD-1. */
  private static Outcome withoutNewline(Outcome o) {
    return o.answer() instanceof Answer.Ok ? o.butIf("EINVAL", Rules.WORD_1) : o;
  }

  private Outcome badWord(State s, String name) {
    if (name.equals(Word.OFFLINE.text())) {
      return refused(s, Errno.EINVAL, Rules.WORD_3);
    }
    if (properties.foreign().contains(name)) {
      return refused(s, Errno.EINVAL, Rules.WORD_4, Rules.WORD_2)
          .butIf(Outcome.ANY_ERRNO, Rules.WORD_2)
          .butIf("EBUSY", Rules.WORD_5);
    }
    return refused(s, Errno.EINVAL, Rules.WORD_2).butIf("EBUSY", Rules.WORD_5);
  }

  private List<Outcome> accepted(State s, Word wanted, Answer.Ok ok, boolean interrupted) {
    Word now = s.word().orElseThrow();
    if (now == wanted) {
      RuleId rule = changedByHand(s) ? Rules.SYNC_4 : Rules.TRANS_7;
      return List.of(
          required(ok, s, rule, Claims.unchanged(rule)).butIf(Outcome.ANY_ERRNO, Rules.TRANS_7));
    }
    if (wanted == Word.UNPLUGGED) {
      return unplug(s, ok, interrupted);
    }
    if (now == Word.OFFLINE) {
      return List.of(refused(s, Errno.EBUSY, Rules.REFUSE_2, Rules.REFUSE_3));
    }
    if (now.isOnline()) {
      return List.of(refused(s, Errno.EBUSY, Rules.REFUSE_1, Rules.REFUSE_3));
    }
    RuleId rule =
        switch (wanted) {
          case ONLINE -> Rules.TRANS_1;
          case ONLINE_KERNEL -> Rules.TRANS_2;
          default -> Rules.TRANS_3;
        };
    if (s.fails(Step.Change.ONLINE).isPresent()) {
      // What did not come online must not be told to be.
      return List.of(refused(s, s.fails(Step.Change.ONLINE).get(), Rules.EFFECT_1));
    }
    if (!properties.reservesAgain() && s.ranges().stream().noneMatch(Model::canBeAdded)) {
      return List.of(refused(s, Errno.EEXIST, rule));
    }
    Claims claims =
        Claims.always()
            .by(Rules.EFFECT_1, Facet.BLOCKS, Facet.MEMTOTAL)
            .by(Rules.EFFECT_2, Facet.ZONES)
            .by(Rules.EFFECT_4, Facet.IOMEM);
    return List.of(required(ok, plugged(s, wanted), rule, claims));
  }

  /** True where a block is not as the attribute's word says. */
  private static boolean changedByHand(State s) {
    boolean online = s.word().filter(Word::isOnline).isPresent();
    return s.ownBlocks().stream().anyMatch(b -> b.exists() && b.isOnline() != online);
  }

  private static boolean canBeAdded(RangeState range) {
    return range.usable() && !range.added();
  }

  /** An online write; where the dialect does not reserve ranges again, they are merely added. */
  private State plugged(State s, Word word) {
    BlockState each = BlockState.of(word);
    State added =
        properties.reservesAgain()
            ? reserved(s, each)
            : s.withRanges(r -> canBeAdded(r) ? r.added(each) : r);
    return added.withWord(word);
  }

  /** Every range that can be is reserved and added. */
  private static State reserved(State s, BlockState each) {
    return s.withRanges(r -> r.usable() ? r.plugged(each) : r);
  }

  private List<Outcome> unplug(State s, Answer.Ok ok, boolean interrupted) {
    if (!hotremove) {
      return List.of(refused(s, Errno.EBUSY, Rules.ATOMIC_7));
    }
    if (!properties.atomic()) {
      return unplugWhatGoes(s, ok, interrupted);
    }
    List<BlockState> own = s.ownBlocks();
    boolean online = own.stream().anyMatch(BlockState::isOnline);
    if (s.fails(Step.Change.OFFLINE).isPresent() && online) {
      return List.of(
          failedUnplug(s.withFailed(), s.fails(Step.Change.OFFLINE).get(), Rules.ATOMIC_1)
              .graded(Grade.REQUIRED));
    }
    boolean pinned = s.ranges().stream().anyMatch(r -> !r.leaked() && r.pinned());
    boolean kernelZone = own.stream().anyMatch(BlockState::mayHoldKernelMemory);
    RuleId success =
        s.word().orElseThrow() == Word.OFFLINE
            ? Rules.TRANS_6
            : kernelZone ? Rules.TRANS_5 : Rules.TRANS_4;
    List<Outcome> found = new ArrayList<>();
    if (!pinned) {
      boolean sole = !kernelZone && !interrupted;
      State gone = s.withRanges(r -> r.leaked() ? r : r.removed()).withWord(Word.UNPLUGGED);
      Claims claims =
          Claims.always()
              .by(
                  someOfflineByHand(s) ? Rules.SYNC_2 : Rules.EFFECT_3,
                  Facet.BLOCKS,
                  Facet.IOMEM,
                  Facet.MEMTOTAL);
      Outcome works = Outcome.of(ok, gone, sole ? Grade.REQUIRED : Grade.ALLOWED, success, claims);
      // The one thing that is special about this unplug is likelier what it fails of than the
      // unplug as such.
      if (success != Rules.TRANS_6 && someOfflineByHand(s) != s.failed()) {
        works = works.butIf(Outcome.ANY_ERRNO, s.failed() ? Rules.ATOMIC_4 : Rules.SYNC_2);
      }
      found.add(works);
    }
    if (pinned || interrupted) {
      found.add(failedUnplug(s.withFailed(), Errno.EINTR, Rules.ATOMIC_2));
    }
    if (kernelZone) {
      found.add(failedUnplug(s.withFailed(), Errno.EBUSY, Rules.ATOMIC_3));
    } else if (!pinned && !s.refused() && online) {
      // Legal once: the kernel may give up on movable memory, but not when asked again.
      found.add(
          failedUnplug(s.withRefused(), Errno.EBUSY, Rules.TRANS_4).graded(Grade.INTERESTING));
    }
    return found;
  }

  /** Range by range: each that has a reservation goes, or stays where something holds it. */
  private List<Outcome> unplugWhatGoes(State s, Answer.Ok ok, boolean interrupted) {
    List<List<RangeState>> reached = List.of(List.of());
    boolean kernelZone = s.ownBlocks().stream().anyMatch(BlockState::mayHoldKernelMemory);
    boolean pinned = s.ranges().stream().anyMatch(r -> tried(r) && r.pinned());
    boolean failing = s.fails(Step.Change.OFFLINE).isPresent();
    for (RangeState range : s.ranges()) {
      boolean held = range.pinned() || failing && range.anyOnline();
      boolean mayStay =
          range.anyOnline()
              && (interrupted
                  || pinned
                  || range.blocks().stream().anyMatch(BlockState::mayHoldKernelMemory));
      List<List<RangeState>> next = new ArrayList<>();
      for (List<RangeState> before : reached) {
        if (!tried(range)) {
          next.add(with(before, range));
          continue;
        }
        if (!held) {
          next.add(with(before, range.removed()));
        }
        if (held || mayStay) {
          next.add(with(before, range));
        }
      }
      reached = next;
    }
    Claims claims = Claims.always().by(Rules.EFFECT_3, Facet.BLOCKS, Facet.IOMEM, Facet.MEMTOTAL);
    RuleId rule = kernelZone ? Rules.TRANS_5 : Rules.TRANS_4;
    List<Outcome> found = new ArrayList<>();
    for (List<RangeState> ranges : reached) {
      boolean all = ranges.stream().noneMatch(Model::tried);
      State after = s.withRanges(ranges);
      found.add(
          Outcome.of(
              ok,
              all ? after.withWord(Word.UNPLUGGED) : after,
              reached.size() == 1 ? Grade.REQUIRED : Grade.ALLOWED,
              rule,
              claims));
    }
    return found;
  }

  private static boolean tried(RangeState range) {
    return range.reserved() && !range.leaked() && range.added();
  }

  private static List<RangeState> with(List<RangeState> before, RangeState next) {
    List<RangeState> more = new ArrayList<>(before);
    more.add(next);
    return more;
  }

  private Outcome failedUnplug(State s, Errno errno, RuleId rule) {
    Claims claims =
        Claims.always()
            .by(Rules.ATOMIC_1, Facet.VALUE, Facet.BLOCKS, Facet.IOMEM, Facet.MEMTOTAL)
            .by(Rules.ATOMIC_5, Facet.ZONES)
            .by(Rules.ATOMIC_6, Facet.LOG);
    Outcome failed = Outcome.of(new Answer.Fails(errno), s, Grade.ALLOWED, rule, claims);
    if (someOfflineByHand(s)) {
      failed =
          failed.suspecting(
              s.withRanges(
                  r ->
                      new RangeState(
                          r.reserved(),
                          r.leaked(),
                          r.blocks().stream()
                              .map(
                                  b -> b.exists() && !b.isOnline() ? BlockState.of(Word.ONLINE) : b)
                              .toList())),
              Rules.SYNC_3);
    }
    return failed.logging("hotremove failed, device left online: -" + errno.number());
  }

  // ---- reads

  private Outcome read(State s, Step.Who who) {
    if (s.word().isEmpty()) {
      return refused(s, Errno.ENOENT, Rules.ATTR_1);
    }
    Answer answer = new Answer.Data(s.word().get().text() + "\n");
    Outcome outcome = required(answer, s, Rules.ATTR_7, Claims.unchanged(Rules.ATTR_5));
    return who == Step.Who.ROOT ? outcome : outcome.butIf("EACCES", Rules.ATTR_3);
  }

  // ---- binding

  /** Every outcome of a bind. */
  private List<Outcome> binds(State s, Driver driver) {
    Outcome outcome = bind(s, driver);
    if (driver == Driver.DEVICE_DAX && outcome.rule().equals(Rules.UNBIND_3)) {
      // How device_dax words its refusal is its own: after one that failed it says EINVAL.
      return List.of(outcome, refused(s, Errno.EINVAL, Rules.UNBIND_3));
    }
    Optional<Errno> failing = s.fails(Step.Change.ONLINE);
    boolean wantsOnline = outcome.next().onlineBlocks() > s.onlineBlocks();
    if (failing.isEmpty() || !wantsOnline) {
      return List.of(outcome);
    }
    // Blocks that cannot come online: the bind fails, or it tells that they are offline.
    State offline = bound(s, Policy.OFFLINE);
    return List.of(
        Outcome.of(new Answer.Ok(0), offline, Grade.ALLOWED, outcome.rule(), outcome.claims()),
        Outcome.of(
            new Answer.Fails(failing.get()),
            s,
            Grade.ALLOWED,
            outcome.rule(),
            Claims.unchanged(outcome.rule()).withoutUevents()));
  }

  private Outcome bind(State s, Driver driver) {
    if (driver == Driver.KMEM && !s.loaded()) {
      // A driver that is not there has no file to write to, whoever has the device.
      return refused(s, Errno.ENOENT, Rules.UNBIND_8);
    }
    if (s.driver() != Driver.NONE) {
      return refused(s, Errno.EBUSY, Rules.ATTR_1);
    }
    if (driver == Driver.DEVICE_DAX) {
      if (s.ranges().stream().anyMatch(RangeState::leaked)) {
        return refused(s, Errno.EBUSY, Rules.UNBIND_3);
      }
      // device_dax reserves the whole device, under the same name.
      State taken = s.bound(driver, Optional.empty()).withRanges(r -> r.reserved(true));
      return required(new Answer.Ok(0), taken, Rules.ATTR_1, Claims.always());
    }
    Optional<RangeState> first = s.ranges().stream().filter(r -> !r.blocks().isEmpty()).findFirst();
    if (first.isEmpty()) {
      return refused(s, Errno.EINVAL, Rules.EFFECT_8);
    }
    if (first.get().leaked()) {
      return refused(s, Errno.EBUSY, Rules.UNBIND_3);
    }
    Policy counts = properties.policyAtCreation() ? s.createdUnder() : s.policy();
    Policy other = properties.policyAtCreation() ? s.policy() : s.createdUnder();
    if (properties.refusedPolicies().contains(counts)) {
      return refused(s, Errno.EINVAL, Rules.POLICY_7);
    }
    RuleId rule =
        switch (counts) {
          case OFFLINE -> Rules.POLICY_2;
          case ONLINE -> Rules.POLICY_3;
          case ONLINE_KERNEL -> Rules.POLICY_4;
          case ONLINE_MOVABLE -> Rules.POLICY_5;
        };
    Claims claims =
        Claims.always()
            .by(rule, Facet.VALUE, Facet.BLOCKS, Facet.ZONES, Facet.MEMTOTAL)
            .by(Rules.EFFECT_4, Facet.IOMEM);
    Outcome outcome =
        required(new Answer.Ok(0), bound(s, counts), rule, claims)
            .butIf("EBUSY", Rules.UNBIND_1)
            .suspecting(
                s.bound(
                    Driver.KMEM,
                    properties.hasAttribute() ? Optional.of(Word.UNPLUGGED) : Optional.empty()),
                Rules.POLICY_1);
    // An offline policy that is not kept is likelier ignored than read at another time.
    return other == counts || counts == Policy.OFFLINE
        ? outcome
        : outcome.suspecting(bound(s, other), Rules.POLICY_7);
  }

  private State bound(State s, Policy policy) {
    Optional<Word> word = properties.hasAttribute() ? Optional.of(policy.word()) : Optional.empty();
    return reserved(s.bound(Driver.KMEM, word), BlockState.of(policy.word()));
  }

  private List<Outcome> unbind(State s) {
    return switch (s.driver()) {
      case NONE -> List.of(refused(s, Errno.ENOENT, Rules.UNBIND_1));
      case DEVICE_DAX ->
          List.of(
              required(
                  new Answer.Ok(0),
                  s.bound(Driver.NONE, Optional.empty()).withRanges(r -> r.reserved(false)),
                  Rules.UNBIND_1,
                  unbindClaims(Rules.UNBIND_1)));
      case KMEM ->
          hotremove
              ? switch (properties.unbind()) {
                case REMOVE_OFFLINE_RANGES -> List.of(removeOfflineRanges(s));
                case BY_STATE -> unbindByState(s);
                case LEAK_UNLESS_UNPLUGGED -> List.of(leakUnlessUnplugged(s));
              }
              : List.of(keepAll(s));
    };
  }

  /** Without hotremove the reservation is leaked on purpose, without a word. */
  private static Outcome keepAll(State s) {
    State next =
        s.bound(Driver.NONE, Optional.empty()).withRanges(r -> r.reserved() ? r.leak() : r);
    return required(new Answer.Ok(0), next, Rules.UNBIND_3, unbindClaims(Rules.UNBIND_3));
  }

  private Outcome leakUnlessUnplugged(State s) {
    State unbound = s.bound(Driver.NONE, Optional.empty());
    if (s.word().orElseThrow() == Word.UNPLUGGED) {
      State next = unbound.withRanges(r -> r.added() ? r.leak() : r.reserved(false));
      return required(new Answer.Ok(0), next, Rules.UNBIND_1, unbindClaims(Rules.UNBIND_1));
    }
    return required(
            new Answer.Ok(0),
            unbound.withRanges(r -> r.reserved() || r.added() ? r.leak() : r),
            Rules.UNBIND_3,
            unbindClaims(Rules.UNBIND_3))
        .logging(leakLog())
        .warning();
  }

  private String[] leakLog() {
    return properties.leakLog().toArray(String[]::new);
  }

  private Outcome removeOfflineRanges(State s) {
    State unbound = s.bound(Driver.NONE, Optional.empty());
    State next =
        unbound.withRanges(
            r -> !r.added() || r.leaked() ? r : r.anyOnline() ? r.leak() : r.removed());
    boolean leaks = s.ranges().stream().anyMatch(r -> !r.leaked() && r.anyOnline());
    boolean keeps = s.ranges().stream().allMatch(r -> r.leaked() || !r.added() || r.anyOnline());
    boolean pinned = s.blocks().stream().anyMatch(BlockState::pinned);
    // Without attribute, what is bound and does not leak is offline.
    Word word = s.word().orElse(Word.OFFLINE);
    RuleId rule;
    if (!leaks) {
      rule =
          word == Word.UNPLUGGED
              ? Rules.UNBIND_1
              : word == Word.OFFLINE ? Rules.UNBIND_2 : Rules.UNBIND_5;
    } else if (pinned) {
      rule = Rules.UNBIND_7;
    } else {
      rule = keeps ? Rules.UNBIND_3 : Rules.UNBIND_6;
    }
    Outcome outcome = required(new Answer.Ok(0), next, rule, unbindClaims(rule));
    if (!leaks) {
      return outcome;
    }
    State offlined = unbound.withRanges(r -> r.leaked() ? r : r.removed());
    return outcome.logging(leakLog()).suspecting(offlined, Rules.UNBIND_4);
  }

  private List<Outcome> unbindByState(State s) {
    State unbound = s.bound(Driver.NONE, Optional.empty());
    return switch (s.word().orElseThrow()) {
      case UNPLUGGED ->
          List.of(
              required(new Answer.Ok(0), unbound, Rules.UNBIND_1, unbindClaims(Rules.UNBIND_1)));
      case OFFLINE -> {
        List<Outcome> found = new ArrayList<>();
        for (Outcome o : unplug(s, new Answer.Ok(0), false)) {
          State next = o.next().bound(Driver.NONE, Optional.empty());
          if (o.answer() instanceof Answer.Fails) {
            next = next.withRanges(r -> r.added() ? r.leak() : r);
          }
          found.add(
              Outcome.of(
                      new Answer.Ok(0),
                      next,
                      o.grade(),
                      Rules.UNBIND_2,
                      unbindClaims(Rules.UNBIND_2))
                  .logging(o.logged().toArray(String[]::new)));
        }
        yield found;
      }
      default -> {
        RuleId rule = s.onlineBlocks() == 0 ? Rules.UNBIND_5 : Rules.UNBIND_3;
        State next = unbound.withRanges(r -> r.added() ? r.leak() : r);
        yield List.of(
            required(new Answer.Ok(0), next, rule, unbindClaims(rule))
                .logging(leakLog())
                .warning());
      }
    };
  }

  private static Claims unbindClaims(RuleId rule) {
    return Claims.always()
        .by(rule, Facet.BLOCKS, Facet.ZONES, Facet.IOMEM, Facet.MEMTOTAL, Facet.DRIVER, Facet.LOG);
  }

  private List<Outcome> unload(State s) {
    if (!s.loaded()) {
      return List.of(refused(s, Errno.ENOENT, Rules.UNBIND_8));
    }
    if (s.driver() != Driver.KMEM) {
      return List.of(
          required(
              new Answer.Ok(0),
              s.withLoaded(false),
              Rules.UNBIND_8,
              Claims.unchanged(Rules.UNBIND_8)));
    }
    return unbind(s).stream()
        .map(
            o ->
                new Outcome(
                    o.answer(),
                    o.next().withLoaded(false),
                    o.grade(),
                    o.rule(),
                    o.claims(),
                    o.logged(),
                    o.mayWarn(),
                    Map.of(Outcome.ANY_ERRNO, Rules.UNBIND_8),
                    List.of()))
        .toList();
  }

  private List<Outcome> load(State s) {
    if (s.loaded()) {
      return List.of(refused(s, Errno.EEXIST, Rules.UNBIND_8));
    }
    State loaded = s.withLoaded(true);
    if (s.driver() != Driver.NONE) {
      return List.of(
          required(new Answer.Ok(0), loaded, Rules.UNBIND_8, Claims.unchanged(Rules.UNBIND_8)));
    }
    // Registering the driver makes the bus bind the device, as by hand; a refusal stays unseen.
    return binds(loaded, Driver.KMEM).stream()
        .map(
            bound ->
                required(
                    new Answer.Ok(0),
                    bound.next(),
                    Rules.ROBUST_4,
                    bound.claims().by(Rules.UNBIND_8, Facet.DRIVER)))
        .toList();
  }

  // ---- memory

  /**
   * Without a block online the node may have memory all the same, of another device. There is one
   * pattern at a time; a second is refused by who fills, not by the kernel.
   */
  private static List<Outcome> fill(State s) {
    if (s.filled()) {
      return List.of(refused(s, Errno.EEXIST, Rules.ROBUST_2));
    }
    Outcome filled =
        required(
            new Answer.Ok(0), s.withFilled(true), Rules.EFFECT_6, Claims.unchanged(Rules.ROBUST_2));
    return s.onlineBlocks() > 0
        ? List.of(filled)
        : List.of(
            filled.graded(Grade.ALLOWED),
            refused(s, Errno.ENOMEM, Rules.EFFECT_6).graded(Grade.ALLOWED));
  }

  // ---- single memory blocks

  /** Every block is tried; the answer is the first failure, if there is one. */
  private List<Outcome> blockWrites(State s, Step.BlockWrite write, boolean interrupted) {
    // What is answered where no block is meant; else that of the blocks takes its place.
    Answer none = new Answer.Ok(0);
    List<Outcome> reached = List.of(Outcome.of(none, s, Grade.ALLOWED, Rules.SYNC_1, byHand()));
    for (int index : write.blocks().in(s.blocksOfRanges())) {
      List<Outcome> next = new ArrayList<>();
      for (Outcome from : reached) {
        for (Outcome o : blockWrite(from.next(), index, write.word(), interrupted)) {
          Answer answer = from.answer() instanceof Answer.Fails ? from.answer() : o.answer();
          next.add(Outcome.of(answer, o.next(), Grade.ALLOWED, Rules.SYNC_1, byHand()));
        }
      }
      reached = next;
    }
    return reached;
  }

  private static Claims byHand() {
    return Claims.always()
        .by(Rules.SYNC_1, Facet.VALUE, Facet.BLOCKS, Facet.ZONES, Facet.IOMEM, Facet.MEMTOTAL);
  }

  private List<Outcome> blockWrite(State s, int index, String text, boolean interrupted) {
    BlockState block = s.blocks().get(index);
    if (!block.exists()) {
      return List.of(refused(s, Errno.ENOENT, Rules.SYNC_1));
    }
    Optional<Word> word = Word.of(text).filter(w -> w != Word.UNPLUGGED);
    if (word.isEmpty()) {
      return List.of(refused(s, Errno.EINVAL, Rules.SYNC_1));
    }
    boolean wantsOnline = word.get().isOnline();
    if (wantsOnline == block.isOnline()) {
      return List.of(refused(s, Errno.EINVAL, Rules.SYNC_1));
    }
    Optional<Errno> failing = s.fails(wantsOnline ? Step.Change.ONLINE : Step.Change.OFFLINE);
    if (failing.isPresent()) {
      return List.of(blockRefused(s, failing.get()));
    }
    Answer ok = new Answer.Ok(text.length() + 1L);
    List<Outcome> found = new ArrayList<>();
    if (wantsOnline || !block.pinned()) {
      State next = s.withBlock(index, BlockState.of(word.get()));
      found.add(Outcome.of(ok, next, Grade.ALLOWED, Rules.SYNC_1, byHand()));
    }
    if (!wantsOnline && (block.pinned() || interrupted)) {
      found.add(blockRefused(s, Errno.EINTR));
    }
    if (!wantsOnline && block.mayHoldKernelMemory()) {
      found.add(blockRefused(s, Errno.EBUSY));
    }
    return found;
  }

  private static boolean someOfflineByHand(State s) {
    return s.word().filter(Word::isOnline).isPresent() && changedByHand(s);
  }

  private static Outcome blockRefused(State s, Errno errno) {
    return Outcome.of(new Answer.Fails(errno), s, Grade.ALLOWED, Rules.SYNC_1, byHand());
  }

  // ---- pins

  private static State pinned(State s, BlockRef ref) {
    State next = s;
    for (int index : ref.in(s.blocksOfRanges())) {
      BlockState block = next.blocks().get(index);
      if (block.isOnline()) {
        next = next.withBlock(index, block.withPin(true));
      }
    }
    return next;
  }

  private static State unpinned(State s) {
    State next = s;
    for (int i = 0; i < s.blocks().size(); i++) {
      next = next.withBlock(i, next.blocks().get(i).withPin(false));
    }
    return next;
  }

  // ---- forms of outcomes

  private static Outcome required(Answer answer, State next, RuleId rule, Claims claims) {
    return Outcome.of(answer, next, Grade.REQUIRED, rule, claims);
  }

  private static Outcome refused(State s, Errno errno, RuleId rule) {
    return refused(s, errno, rule, rule);
  }

  private static Outcome refused(State s, Errno errno, RuleId rule, RuleId unchanged) {
    return required(new Answer.Fails(errno), s, rule, Claims.unchanged(unchanged));
  }

  private static Outcome quiet(long value, State next) {
    return required(new Answer.Ok(value), next, Rules.ROBUST_2, Claims.unchanged(Rules.ROBUST_2));
  }
}
