package org.daxcheck.machine;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import net.automatalib.alphabet.impl.Alphabets;
import net.automatalib.automaton.transducer.impl.CompactMealy;
import org.daxcheck.abi.Dialect;
import org.daxcheck.abi.Grade;
import org.daxcheck.abi.Policy;
import org.daxcheck.abi.RuleId;
import org.daxcheck.model.Model;
import org.daxcheck.model.Outcome;
import org.daxcheck.model.State;
import org.daxcheck.step.Observation;
import org.daxcheck.step.Reply;
import org.daxcheck.step.Step;
import org.daxcheck.target.ModelTarget;
import org.daxcheck.target.TargetException;

/**
 * The machine of the reference model over an alphabet, found breadth first. Where the model leaves
 * several outcomes it takes the usual one: no refusal without a cause, and where a kernel zone may
 * hold unmovable memory, the unplug that works. {@link #assumptions} says where that was so.
 */
public final class ModelMachine {
  /** More than any alphabet here reaches; a model that grows beyond is a mistake of ours. */
  private static final int MOST_STATES = 5_000;

  private final Machine machine;
  private final List<String> assumptions;

  private ModelMachine(Machine machine, List<String> assumptions) {
    this.machine = machine;
    this.assumptions = List.copyOf(assumptions);
  }

  /** A target whose device has these blocks, that always does the usual. */
  public static ModelTarget usual(
      Dialect dialect, String topology, List<Integer> blocksOfRanges, Policy bootPolicy) {
    return new Usual(dialect, topology, blocksOfRanges, bootPolicy);
  }

  /** The machine of the dialect's model behind the guard. */
  public static ModelMachine of(
      Dialect dialect,
      String topology,
      List<Integer> blocksOfRanges,
      Policy bootPolicy,
      Alphabet alphabet) {
    List<Step> inputs = alphabet.inputs();
    Guard guard = Guard.of(dialect, bootPolicy, topology);
    CompactMealy<Step, Output> mealy = new CompactMealy<>(Alphabets.fromList(inputs));
    Map<State, Integer> known = new HashMap<>();
    List<List<Step>> ways = new ArrayList<>();
    TreeSet<String> assumed = new TreeSet<>();
    Usual first = new Usual(dialect, topology, blocksOfRanges, bootPolicy);
    Observation begin = first.look();
    View view = View.of(first, begin);
    known.put(first.now(), mealy.addInitialState());
    ways.add(List.of());
    for (int at = 0; at < ways.size(); at++) {
      for (Step input : inputs) {
        Usual target = new Usual(dialect, topology, blocksOfRanges, bootPolicy);
        target.does(ways.get(at));
        Observation seen = target.look();
        if (!guard.lets(input, seen)) {
          mealy.addTransition(at, input, at, Output.notAsked(view.sight(seen)));
          continue;
        }
        target.open = false;
        Output output = view.of(input, target.does(List.of(input)).get(0));
        if (target.open) {
          assumed.add(view.sight(seen) + ": " + Alphabet.label(input) + " -> " + output.answer());
        }
        Integer to = known.get(target.now());
        if (to == null) {
          to = mealy.addState();
          known.put(target.now(), to);
          List<Step> way = new ArrayList<>(ways.get(at));
          way.add(input);
          ways.add(way);
          if (ways.size() > MOST_STATES) {
            throw new IllegalStateException("the model has more than " + MOST_STATES + " states");
          }
        }
        mealy.addTransition(at, input, to, output);
      }
    }
    Machine.Origin origin =
        new Machine.Origin(
            "model of " + dialect,
            dialect,
            topology,
            blocksOfRanges,
            bootPolicy,
            alphabet.text());
    return new ModelMachine(
        Machine.of(origin, inputs, view.sight(begin), mealy), List.copyOf(assumed));
  }

  /** The model's machine for the dialect, device, guard and inputs of another. */
  public static Machine like(Machine.Origin origin) {
    return of(
            origin.dialect(),
            origin.topology(),
            origin.blocksOfRanges(),
            origin.bootPolicy(),
            Alphabet.of(origin.alphabet()).orElseThrow())
        .machine();
  }

  /** The rules that decide about the steps, one for each, where the usual happens. */
  public static List<RuleId> rules(Machine.Origin origin, List<Step> steps) {
    Usual target =
        new Usual(
            origin.dialect(), origin.topology(), origin.blocksOfRanges(), origin.bootPolicy());
    target.does(steps);
    return List.copyOf(target.rules);
  }

  /** The machine, minimized. */
  public Machine machine() {
    return machine;
  }

  /** Where the model leaves more than one usual outcome, and which was taken, one a line. */
  public List<String> assumptions() {
    return assumptions;
  }

  /** Takes the first of the usual outcomes, which is the one that works. */
  private static final class Usual extends ModelTarget {
    private final List<RuleId> rules = new ArrayList<>();
    private boolean open;

    Usual(Dialect dialect, String topology, List<Integer> blocksOfRanges, Policy bootPolicy) {
      super(
          new Model(dialect), topology, ModelTarget.device(blocksOfRanges), bootPolicy, new First());
    }

    State now() {
      return state();
    }

    Observation look() {
      return does(List.of(Step.Look.at(Step.Aspect.ATTRIBUTE))).get(0).observation();
    }

    List<Reply> does(List<Step> steps) {
      try {
        return run(steps);
      } catch (TargetException e) {
        throw new IllegalStateException("the model cannot fail", e);
      }
    }

    @Override
    protected Outcome choose(State from, Step step, List<Outcome> allowed) {
      List<Outcome> usual = allowed.stream().filter(o -> o.grade() != Grade.INTERESTING).toList();
      List<Outcome> among = usual.isEmpty() ? allowed : usual;
      open |= among.size() > 1;
      rules.add(among.get(0).rule());
      return among.get(0);
    }
  }

  /** Where the kernel is free to choose, the same is chosen each time. */
  private static final class First extends Random {
    private static final long serialVersionUID = 1L;

    @Override
    public int nextInt(int bound) {
      return 0;
    }

    @Override
    public boolean nextBoolean() {
      return true;
    }
  }
}
