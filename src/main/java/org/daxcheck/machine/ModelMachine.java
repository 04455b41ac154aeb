package org.daxcheck.machine;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import net.automatalib.alphabet.impl.Alphabets;
import net.automatalib.automaton.transducer.impl.CompactMealy;
import org.daxcheck.abi.Dialect;
import org.daxcheck.abi.Policy;
import org.daxcheck.abi.RuleId;
import org.daxcheck.model.State;
import org.daxcheck.step.Observation;
import org.daxcheck.step.Step;

/**
 * The machine of the reference model over an alphabet, found breadth first. Where the model leaves
 * several outcomes it takes the usual one: no refusal without a cause, and where a kernel zone may
 * hold unmovable memory, the unplug that works. {@link #assumptions} says where that was so.
 */
public final class ModelMachine {
  /** More than any alphabet here reaches; a model that grows beyond is a mistake of ours. */
  private static final int MOST_STATES = 5_000;

  private final Automaton machine;
  private final List<String> assumptions;

  private ModelMachine(Automaton machine, List<String> assumptions) {
    this.machine = machine;
    this.assumptions = List.copyOf(assumptions);
  }

  /** The machine of the dialect's model behind the guard. */
  public static ModelMachine of(
      Dialect dialect,
      String topology,
      List<Integer> blocksOfRanges,
      Policy bootPolicy,
      Alphabet alphabet) {
    return of(dialect, topology, blocksOfRanges, bootPolicy, alphabet.inputs(), alphabet.text());
  }

  /** The same over any inputs, which have a name. */
  static ModelMachine of(
      Dialect dialect,
      String topology,
      List<Integer> blocksOfRanges,
      Policy bootPolicy,
      List<Step> inputs,
      String alphabet) {
    InputFilter guard = InputFilter.of(dialect, bootPolicy, topology);
    CompactMealy<Step, MealyOutput> mealy = new CompactMealy<>(Alphabets.fromList(inputs));
    Map<State, Integer> known = new HashMap<>();
    List<List<Step>> ways = new ArrayList<>();
    TreeSet<String> assumed = new TreeSet<>();
    UsualTarget first = new UsualTarget(dialect, topology, blocksOfRanges, bootPolicy);
    Observation begin = first.look();
    OutputAbstraction view = OutputAbstraction.of(first, begin);
    known.put(first.now(), mealy.addInitialState());
    ways.add(List.of());
    for (int at = 0; at < ways.size(); at++) {
      for (Step input : inputs) {
        UsualTarget target = new UsualTarget(dialect, topology, blocksOfRanges, bootPolicy);
        target.does(ways.get(at));
        Observation seen = target.look();
        if (!guard.lets(input, seen)) {
          mealy.addTransition(at, input, at, MealyOutput.notAsked(view.sight(seen)));
          continue;
        }
        MealyOutput output = view.of(input, target.does(List.of(input)).get(0));
        if (target.wasOpen()) {
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
    Automaton.Origin origin =
        new Automaton.Origin(
            "model of " + dialect, dialect, topology, blocksOfRanges, bootPolicy, alphabet);
    return new ModelMachine(
        Automaton.of(origin, inputs, view.sight(begin), mealy), List.copyOf(assumed));
  }

  /** The model's machine for the dialect, device and guard of another, over these inputs. */
  public static Automaton like(Automaton.Origin origin, List<Step> inputs) {
    return of(
            origin.dialect(),
            origin.topology(),
            origin.blocksOfRanges(),
            origin.bootPolicy(),
            inputs,
            origin.alphabet())
        .machine();
  }

  /** The rules that decide about the steps, one for each, where the usual happens. */
  public static List<RuleId> rules(Automaton.Origin origin, List<Step> steps) {
    UsualTarget target =
        new UsualTarget(
            origin.dialect(), origin.topology(), origin.blocksOfRanges(), origin.bootPolicy());
    target.does(steps);
    return target.rules();
  }

  /** The machine, minimized. */
  public Automaton machine() {
    return machine;
  }

  /** Where the model leaves more than one usual outcome, and which was taken, one a line. */
  public List<String> assumptions() {
    return assumptions;
  }
}
