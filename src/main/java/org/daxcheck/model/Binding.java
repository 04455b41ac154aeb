package org.daxcheck.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.daxcheck.abi.DialectProperties;
import org.daxcheck.abi.Driver;
import org.daxcheck.abi.Errno;
import org.daxcheck.abi.Grade;
import org.daxcheck.abi.Policy;
import org.daxcheck.abi.RuleId;
import org.daxcheck.abi.Rules;
import org.daxcheck.abi.Word;
import org.daxcheck.step.Step;

/** What the documents say of binding and unbinding, and of the module that does it. */
final class Binding {
  private final DialectProperties properties;
  private final boolean hotremove;
  private final AttributeWrites writes;

  Binding(DialectProperties properties, boolean hotremove, AttributeWrites writes) {
    this.properties = properties;
    this.hotremove = hotremove;
    this.writes = writes;
  }

  // ---- bind

  List<Outcome> bind(State s, Driver driver) {
    if (driver == Driver.KMEM && !s.loaded()) {
      // A driver that is not there has no file to write to, whoever has the device.
      return List.of(Outcomes.refused(s, Errno.ENOENT, Rules.UNBIND_8));
    }
    if (s.driver() != Driver.NONE) {
      return List.of(Outcomes.refused(s, Errno.EBUSY, Rules.ATTR_1));
    }
    return switch (driver) {
      case KMEM -> bindKmem(s);
      case DEVICE_DAX -> bindDeviceDax(s);
      case NONE -> throw new Unspecified("a bind to no driver is not specified");
    };
  }

  private static List<Outcome> bindDeviceDax(State s) {
    if (s.ranges().stream().anyMatch(r -> r.leaked() || r.occupied())) {
      // How device_dax words its refusal is its own: after one that failed it says EINVAL.
      return List.of(
          Outcomes.refused(s, Errno.EBUSY, Rules.UNBIND_3),
          Outcomes.refused(s, Errno.EINVAL, Rules.UNBIND_3));
    }
    // device_dax reserves the whole device, under the same name.
    State taken = s.bound(Driver.DEVICE_DAX, Optional.empty()).withRanges(r -> r.reserved(true));
    return List.of(Outcomes.required(new ReturnValue.Ok(0), taken, Rules.ATTR_1, RuleOf.always()));
  }

  private List<Outcome> bindKmem(State s) {
    if (s.ranges().stream().noneMatch(RangeState::wanted)) {
      return List.of(Outcomes.refused(s, Errno.EINVAL, Rules.EFFECT_8));
    }
    Policy counts = properties.policyAtCreation() ? s.createdUnder() : s.policy();
    if (properties.refusedPolicies().contains(counts)) {
      // Which of two refusals comes first is not said.
      boolean taken = s.ranges().stream().anyMatch(r -> r.wanted() && !r.usable());
      Outcome refused = Outcomes.refused(s, Errno.EINVAL, Rules.POLICY_7);
      return taken
          ? List.of(refused, Outcomes.refused(s, Errno.EBUSY, Rules.UNBIND_3))
          : List.of(refused);
    }
    RuleId rule = ruleOf(counts);
    RuleOf claims =
        RuleOf.always()
            .by(rule, Property.VALUE, Property.BLOCKS, Property.ZONES, Property.MEMTOTAL)
            .by(Rules.EFFECT_4, Property.IOMEM);
    List<Outcome> found = new ArrayList<>();
    for (Outcome o :
        new Plugging(s, ranges -> bound(s, ranges, counts), new ReturnValue.Ok(0), rule, claims)
            .outcomes()) {
      boolean comesOnline = o.next().onlineBlocks() > s.onlineBlocks();
      if (!comesOnline || s.fails(Step.Change.ONLINE).isEmpty()) {
        found.add(o);
        continue;
      }
      // Blocks that cannot come online: the bind fails, or it tells that they are offline.
      Set<Integer> ranges = Set.copyOf(o.next().which(r -> r.added() && !r.leaked()));
      found.add(o.leadingTo(bound(s, ranges, Policy.OFFLINE)).graded(Grade.ALLOWED));
      found.add(
          Outcome.of(
              new ReturnValue.FailsSomehow(),
              s,
              Grade.ALLOWED,
              rule,
              RuleOf.unchanged(rule).withoutUevents()));
    }
    return found;
  }

  /** The rule that says what a bind under the policy leads to. */
  private static RuleId ruleOf(Policy policy) {
    return switch (policy) {
      case OFFLINE -> Rules.POLICY_2;
      case ONLINE -> Rules.POLICY_3;
      case ONLINE_KERNEL -> Rules.POLICY_4;
      case ONLINE_MOVABLE -> Rules.POLICY_5;
    };
  }

  private State bound(State s, Set<Integer> ranges, Policy policy) {
    Optional<Word> word = properties.hasAttribute() ? Optional.of(policy.word()) : Optional.empty();
    return AttributeWrites.plugged(
        s.bound(Driver.KMEM, word), ranges, BlockState.of(policy.word()));
  }

  // ---- unbind

  List<Outcome> unbind(State s) {
    return switch (s.driver()) {
      case NONE -> List.of(Outcomes.refused(s, Errno.ENOENT, Rules.UNBIND_1));
      case DEVICE_DAX ->
          List.of(unbound(unbound(s).withRanges(r -> r.reserved(false)), Rules.UNBIND_1));
      case KMEM ->
          hotremove
              ? switch (properties.unbind()) {
                case REMOVE_OFFLINE_RANGES -> removeOfflineRanges(s);
                case BY_STATE -> unbindByState(s);
                case LEAK_UNLESS_UNPLUGGED -> List.of(leakUnlessUnplugged(s));
              }
              : List.of(keepAll(s));
    };
  }

  private static State unbound(State s) {
    return s.bound(Driver.NONE, Optional.empty());
  }

  private static Outcome unbound(State next, RuleId rule) {
    RuleOf claims =
        RuleOf.always()
            .by(
                rule,
                Property.BLOCKS,
                Property.ZONES,
                Property.IOMEM,
                Property.MEMTOTAL,
                Property.DRIVER,
                Property.LOG);
    return Outcomes.required(new ReturnValue.Ok(0), next, rule, claims);
  }

  /** Without hotremove the reservation is leaked on purpose, without a word. */
  private static Outcome keepAll(State s) {
    return unbound(unbound(s).withRanges(r -> r.reserved() ? r.leak() : r), Rules.UNBIND_3);
  }

  private Outcome leakUnlessUnplugged(State s) {
    if (s.word().orElseThrow() == Word.UNPLUGGED) {
      return unbound(
          unbound(s).withRanges(r -> r.added() ? r.leak() : r.reserved(false)), Rules.UNBIND_1);
    }
    State next = unbound(s).withRanges(r -> r.reserved() || r.added() ? r.leak() : r);
    return unbound(next, Rules.UNBIND_3).logging(leakLog(s, next)).warning();
  }

  private List<Outcome> removeOfflineRanges(State s) {
    List<List<RangeState>> reached = List.of(List.of());
    for (RangeState r : s.ranges()) {
      List<RangeState> may = new ArrayList<>();
      if (!r.added() || r.leaked()) {
        may.add(r);
      } else {
        if (r.anyOnline()) {
          may.add(r.leak());
        }
        if (!r.surelyOnline()) {
          may.add(r.removed());
        }
      }
      List<List<RangeState>> next = new ArrayList<>();
      for (List<RangeState> before : reached) {
        for (RangeState one : may) {
          List<RangeState> more = new ArrayList<>(before);
          more.add(one);
          next.add(more);
        }
      }
      reached = next;
    }
    List<Outcome> found = new ArrayList<>();
    for (List<RangeState> ranges : reached) {
      State next = unbound(s).withRanges(ranges);
      List<Logged> lines = leakLog(s, next);
      Outcome outcome = unbound(next, ruleOf(s, next)).logging(lines);
      found.add(reached.size() == 1 ? outcome : outcome.graded(Grade.ALLOWED));
    }
    return found;
  }

  /** Which rule an unbind is about that leaks these ranges and removes the others. */
  private static RuleId ruleOf(State s, State next) {
    boolean leaks = !newlyLeaked(s, next).isEmpty();
    if (!leaks) {
      // Without attribute, what is bound and does not leak is offline.
      return switch (s.word().orElse(Word.OFFLINE)) {
        case UNPLUGGED -> Rules.UNBIND_1;
        case OFFLINE -> Rules.UNBIND_2;
        case ONLINE, ONLINE_KERNEL, ONLINE_MOVABLE -> Rules.UNBIND_5;
      };
    }
    if (s.blocks().stream().anyMatch(BlockState::pinned)) {
      return Rules.UNBIND_7;
    }
    boolean keeps = s.ranges().stream().allMatch(r -> r.leaked() || !r.added() || r.anyOnline());
    return keeps ? Rules.UNBIND_3 : Rules.UNBIND_6;
  }

  private static List<Integer> newlyLeaked(State s, State next) {
    List<Integer> found = new ArrayList<>();
    for (int i : next.which(RangeState::leaked)) {
      if (!s.ranges().get(i).leaked()) {
        found.add(i);
      }
    }
    return found;
  }

  /** What is logged where ranges leak: a line each, and one about the device. */
  private List<Logged> leakLog(State s, State next) {
    List<Integer> leaked = newlyLeaked(s, next);
    DialectProperties.LeakLog log = properties.leakLog();
    List<Logged> lines = new ArrayList<>();
    if (leaked.isEmpty() && !log.warn()) {
      return lines;
    }
    if (!log.range().isEmpty()) {
      leaked.forEach(i -> lines.add(new Logged(log.level(), Optional.of(i), false, log.range())));
    }
    if (!log.device().isEmpty()) {
      lines.add(
          log.warn()
              ? new Logged(Logged.WARNING, Optional.empty(), true, log.device())
              : Logged.error(log.device()));
    }
    return lines;
  }

  private List<Outcome> unbindByState(State s) {
    return switch (s.word().orElseThrow()) {
      case UNPLUGGED -> List.of(unbound(unbound(s), Rules.UNBIND_1));
      case OFFLINE -> {
        List<Outcome> found = new ArrayList<>();
        for (Outcome o : writes.unplug(s, new ReturnValue.Ok(0), false)) {
          State next = unbound(o.next());
          if (o.answer().isError()) {
            next = next.withRanges(r -> r.added() ? r.leak() : r);
          }
          found.add(unbound(next, Rules.UNBIND_2).logging(o.logged()).graded(o.grade()));
        }
        yield found;
      }
      case ONLINE, ONLINE_KERNEL, ONLINE_MOVABLE -> {
        RuleId rule = s.onlineBlocks() == 0 ? Rules.UNBIND_5 : Rules.UNBIND_3;
        State next = unbound(s).withRanges(r -> r.added() ? r.leak() : r);
        yield List.of(unbound(next, rule).logging(leakLog(s, next)).warning());
      }
    };
  }

  // ---- the module

  List<Outcome> unload(State s) {
    if (!s.loaded()) {
      return List.of(Outcomes.refused(s, Errno.ENOENT, Rules.UNBIND_8));
    }
    if (s.driver() != Driver.KMEM) {
      return List.of(
          Outcomes.required(
              new ReturnValue.Ok(0),
              s.withLoaded(false),
              Rules.UNBIND_8,
              RuleOf.unchanged(Rules.UNBIND_8)));
    }
    return unbind(s).stream().map(o -> o.leadingTo(o.next().withLoaded(false))).toList();
  }

  List<Outcome> load(State s) {
    if (s.loaded()) {
      return List.of(Outcomes.refused(s, Errno.EEXIST, Rules.UNBIND_8));
    }
    State loaded = s.withLoaded(true);
    if (s.driver() != Driver.NONE) {
      return List.of(
          Outcomes.required(
              new ReturnValue.Ok(0), loaded, Rules.UNBIND_8, RuleOf.unchanged(Rules.UNBIND_8)));
    }
    // Registering the driver makes the bus bind the device, as by hand; a refusal stays unseen.
    return bind(loaded, Driver.KMEM).stream()
        .map(
            bound ->
                Outcome.of(
                        new ReturnValue.Ok(0),
                        bound.next(),
                        bound.grade(),
                        Rules.ROBUST_4,
                        bound.claims().by(Rules.UNBIND_8, Property.DRIVER))
                    .logging(bound.logged()))
        .toList();
  }
}
