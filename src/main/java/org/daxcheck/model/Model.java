package org.daxcheck.model;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.daxcheck.abi.Dialect;
import org.daxcheck.abi.DialectProperties;
import org.daxcheck.abi.Driver;
import org.daxcheck.abi.Errno;
import org.daxcheck.abi.Grade;
import org.daxcheck.abi.RuleId;
import org.daxcheck.abi.Rules;
import org.daxcheck.step.BlockRef;
import org.daxcheck.step.Step;

/**
 * The reference model: for a state and a step, every outcome that the documents leave. It has no
 * clock and does no I/O, and blames nobody. Sources are named by the rules of its outcomes; see
 * suites/rules.yaml.
 */
public final class Model {
  private final Dialect dialect;
  private final boolean hotremove;
  private final AttributeWrites writes;
  private final Binding binding;
  private final Blocks blocks;

  /** The model of a dialect, on a kernel with CONFIG_MEMORY_HOTREMOVE. */
  public Model(Dialect dialect) {
    this(dialect, true);
  }

  /** The model of a dialect, on a kernel with or without CONFIG_MEMORY_HOTREMOVE. */
  public Model(Dialect dialect, boolean hotremove) {
    this(dialect, hotremove, false);
  }

  /**
   * The model of a dialect on some system.
   *
   * @param hotremove whether the kernel has CONFIG_MEMORY_HOTREMOVE
   * @param kernelZoneReturns whether the kernel has other memory of the node for what it cannot
   *     move, so that the device comes back from a kernel zone too
   */
  public Model(Dialect dialect, boolean hotremove, boolean kernelZoneReturns) {
    DialectProperties properties = DialectProperties.of(dialect);
    this.dialect = dialect;
    this.hotremove = hotremove;
    this.writes = new AttributeWrites(properties, hotremove, kernelZoneReturns);
    this.binding = new Binding(properties, hotremove, writes);
    this.blocks = new Blocks(kernelZoneReturns);
  }

  /** The dialect that it is the model of. */
  public Dialect dialect() {
    return dialect;
  }

  /** False for a kernel without CONFIG_MEMORY_HOTREMOVE. */
  public boolean hotremove() {
    return hotremove;
  }

  /**
   * Every outcome of the step, at least one. Steps of actors only (sleep, signal, await) and looks
   * change nothing; {@link Step.Actors} has no outcome of its own, its orders are explored by who
   * asks.
   *
   * @param interrupted true where a signal may reach the caller while the step runs
   * @throws Unspecified where no document says what the step does
   */
  public List<Outcome> outcomes(State state, Step step, boolean interrupted) {
    return switch (step.kind()) {
      case WRITE -> writes.write(state, (Step.Write) step, interrupted);
      case READ -> List.of(writes.read(state));
      case BIND -> binding.bind(state, ((Step.Bind) step).driver());
      case UNBIND -> binding.unbind(state);
      case SET_POLICY -> List.of(policy(state, (Step.SetPolicy) step));
      case BLOCK_WRITE -> blocks.write(state, (Step.BlockWrite) step, interrupted);
      case PIN -> List.of(Outcomes.quiet(0, Blocks.pinned(state, ((Step.Pin) step).block())));
      case UNPIN -> List.of(Outcomes.quiet(0, Blocks.unpinned(state)));
      case UNLOAD -> binding.unload(state).stream().map(Outcome::ofEveryDevice).toList();
      case LOAD -> binding.load(state).stream().map(Outcome::ofEveryDevice).toList();
      case FILL -> fill(state);
      case VERIFY ->
          List.of(
              state.filled()
                  ? Outcomes.required(
                      new ReturnValue.Ok(0),
                      state,
                      Rules.EFFECT_6,
                      RuleOf.unchanged(Rules.ROBUST_2))
                  : Outcomes.refused(state, Errno.ENOENT, Rules.ROBUST_2));
      case FREE ->
          List.of(
              state.filled()
                  ? Outcomes.quiet(0, state.withFilled(false))
                  : Outcomes.refused(state, Errno.ENOENT, Rules.ROBUST_2));
      case INJECT -> {
        Step.Inject inject = (Step.Inject) step;
        yield List.of(
            Outcomes.quiet(
                0,
                state.withFailing(inject.change().map(c -> new State.Failing(c, inject.errno())))));
      }
      case REFUSE_ADD -> List.of(Outcomes.quiet(0, refusing(state, (Step.RefuseAdd) step)));
      case OCCUPY -> List.of(occupy(state, (Step.Occupy) step));
      case RESHAPE -> List.of(reshape(state, (Step.Reshape) step));
      case NEIGHBOUR_WRITE -> neighbour((Step.NeighbourWrite) step, state, interrupted);
      case FAIL_NTH -> failing(state, ((Step.FailNth) step).step(), interrupted);
      case AWAIT, SLEEP, SIGNAL, DELAY, LOOK -> List.of(Outcomes.quiet(0, state));
      case ACTORS -> throw new IllegalArgumentException("actors have no outcome of their own");
    };
  }

  private static Outcome policy(State s, Step.SetPolicy set) {
    return Outcomes.required(
        new ReturnValue.Ok(set.policy().text().length() + 1L),
        s.withPolicy(set.policy()),
        Rules.POLICY_6,
        RuleOf.unchanged(Rules.POLICY_6));
  }

  /**
   * Without a block online the node may have memory all the same, of another device. There is one
   * pattern at a time; a second is refused by who fills, not by the kernel.
   */
  private static List<Outcome> fill(State s) {
    if (s.filled()) {
      return List.of(Outcomes.refused(s, Errno.EEXIST, Rules.ROBUST_2));
    }
    Outcome filled =
        Outcomes.required(
            new ReturnValue.Ok(0),
            s.withFilled(true),
            Rules.EFFECT_6,
            RuleOf.unchanged(Rules.ROBUST_2));
    return s.onlineBlocks() > 0
        ? List.of(filled)
        : List.of(
            filled.graded(Grade.ALLOWED),
            Outcomes.refused(s, Errno.ENOMEM, Rules.EFFECT_6).graded(Grade.ALLOWED));
  }

  // ---- what stands in the way

  private static Set<Integer> ranges(State s, BlockRef.Place place) {
    return new HashSet<>(place.in(s.ranges().size()));
  }

  private static State refusing(State s, Step.RefuseAdd step) {
    return s.withAdding(step.range().map(r -> new State.Adding(ranges(s, r), step.errno())));
  }

  private static Outcome occupy(State s, Step.Occupy step) {
    Set<Integer> meant = step.range().map(r -> ranges(s, r)).orElse(Set.of());
    if (meant.stream().anyMatch(i -> s.ranges().get(i).reserved() || s.ranges().get(i).added())) {
      // Whoever holds it already keeps it.
      return Outcomes.refused(s, Errno.EBUSY, Rules.ROBUST_2);
    }
    List<RangeState> ranges = new ArrayList<>();
    for (int i = 0; i < s.ranges().size(); i++) {
      ranges.add(s.ranges().get(i).occupied(meant.contains(i)));
    }
    return Outcomes.quiet(0, s.withRanges(ranges));
  }

  /**
   * A step of which one allocation fails. Nobody says which of them it can do without: it works, or
   * is refused with the error and nothing has changed, or leaves out the range that could not be
   * reserved or added. Sources: memory_hotplug.c 7.3, offline_and_remove_memory_ranges: the ranges
   * are rolled back, or nothing was begun; kmem.c 7.3, dax_kmem_do_hotplug, as in {@link Plugging}.
   */
  private List<Outcome> failing(State s, Step step, boolean interrupted) {
    RuleId rule = step.kind() == Step.Kind.WRITE ? Rules.ATOMIC_1 : Rules.EFFECT_9;
    List<Outcome> found = new ArrayList<>();
    for (Outcome o : outcomes(s, step, interrupted)) {
      Grade grade = o.grade() == Grade.REQUIRED ? Grade.ALLOWED : o.grade();
      found.add(o.graded(grade).claiming(withoutEvents(o.claims())));
    }
    for (int range : s.which(r -> r.usable() && !r.added())) {
      List<RangeState> taken = new ArrayList<>(s.ranges());
      taken.set(range, taken.get(range).occupied(true));
      found.addAll(leftOut(s, s.withRanges(taken), step, interrupted));
      // The range's own resource is told as one that is there already.
      for (Errno errno : List.of(Errno.ENOMEM, Errno.EEXIST)) {
        State refusing = s.withAdding(Optional.of(new State.Adding(Set.of(range), errno)));
        found.addAll(leftOut(s, refusing, step, interrupted));
      }
    }
    found.add(
        Outcome.of(
            new ReturnValue.Fails(Errno.ENOMEM),
            s,
            Grade.ALLOWED,
            rule,
            withoutEvents(RuleOf.unchanged(rule))));
    return found;
  }

  /** What the step does where a range cannot be had, once it can be had again. */
  private List<Outcome> leftOut(State s, State without, Step step, boolean interrupted) {
    return outcomes(without, step, interrupted).stream()
        .filter(o -> o.rule().equals(Rules.EFFECT_9) || !o.logged().isEmpty())
        .map(
            o ->
                o.leadingTo(withHindrancesOf(s, o.next()))
                    .graded(Grade.ALLOWED)
                    .claiming(withoutEvents(o.claims())))
        .toList();
  }

  private static State withHindrancesOf(State s, State next) {
    List<RangeState> ranges = new ArrayList<>();
    for (int i = 0; i < s.ranges().size(); i++) {
      ranges.add(next.ranges().get(i).occupied(s.ranges().get(i).occupied()));
    }
    return next.withHidden(s.hidden()).withRanges(ranges);
  }

  /** A uevent needs memory too, and nobody fails for want of one. */
  private static RuleOf withoutEvents(RuleOf claims) {
    return claims.withoutUevents().without(Property.CHANGES).without(Property.DEVICE);
  }

  // ---- beside the device

  /** While a driver has the device, nothing that its ranges hang on can be changed. */
  private static Outcome reshape(State s, Step.Reshape step) {
    if (s.driver() != Driver.KMEM) {
      throw new Unspecified(
          "what '"
              + step.shape().name().toLowerCase(java.util.Locale.ROOT)
              + "' does to a device that is not bound to kmem is not specified");
    }
    return Outcomes.refused(s, Errno.EBUSY, Rules.REFUSE_4);
  }

  /** What the other device does is its own; that it answers, and soon, is what counts. */
  private static List<Outcome> neighbour(Step.NeighbourWrite step, State s, boolean interrupted) {
    RuleOf claims = RuleOf.always().without(Property.NEIGHBOURS).without(Property.FOREIGN);
    Outcome works =
        Outcome.of(
            new ReturnValue.Ok(step.word().text().length() + 1L),
            s,
            Grade.ALLOWED,
            Rules.CONC_6,
            claims);
    List<Outcome> found = new ArrayList<>(List.of(works));
    found.add(
        Outcome.of(new ReturnValue.Fails(Errno.EBUSY), s, Grade.ALLOWED, Rules.CONC_6, claims));
    if (interrupted) {
      found.add(
          Outcome.of(new ReturnValue.Fails(Errno.EINTR), s, Grade.ALLOWED, Rules.CONC_6, claims));
    }
    return found;
  }
}
