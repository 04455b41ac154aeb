package org.daxcheck.machine;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import net.automatalib.alphabet.Alphabet;
import net.automatalib.alphabet.impl.Alphabets;
import net.automatalib.automaton.transducer.MealyMachine;
import net.automatalib.automaton.transducer.impl.CompactMealy;
import net.automatalib.util.automaton.Automata;
import org.daxcheck.abi.Dialect;
import org.daxcheck.abi.Policy;
import org.daxcheck.step.Step;

/**
 * A minimal Mealy machine over steps. State 0 is the initial one: the device is between scenarios.
 * Every input has a transition in every state.
 */
public final class Automaton {
  private final Origin origin;
  private final List<Step> inputs;
  private final int[][] next;
  private final MealyOutput[][] outputs;
  private final List<String> names;

  /**
   * Whose machine it is.
   *
   * @param who the kernel's release, or the model's name
   * @param dialect the dialect that was found
   * @param topology the topology it was found on
   * @param blocksOfRanges how many blocks each range of the device has
   * @param bootPolicy the policy of the boot
   * @param alphabet the name of the alphabet
   */
  public record Origin(
      String who,
      Dialect dialect,
      String topology,
      List<Integer> blocksOfRanges,
      Policy bootPolicy,
      String alphabet) {
    public Origin {
      blocksOfRanges = List.copyOf(blocksOfRanges);
    }

    /** Kernel and dialect: kernels of one version may have drivers of several. */
    public String inWords() {
      return who.endsWith(dialect.text()) ? who : who + ", dialect " + dialect;
    }
  }

  /** A transition to a state, with its output. */
  public record Transition(int from, Step input, MealyOutput output, int to) {}

  Automaton(
      Origin origin,
      List<Step> inputs,
      String initialSight,
      int[][] next,
      MealyOutput[][] outputs) {
    this.origin = origin;
    this.inputs = List.copyOf(inputs);
    this.next = next;
    this.outputs = outputs;
    this.names = names(initialSight);
  }

  /** The machine, minimized, its states counted breadth first. */
  static <S> Automaton of(
      Origin origin,
      List<Step> inputs,
      String initialSight,
      MealyMachine<S, Step, ?, MealyOutput> machine) {
    CompactMealy<Step, MealyOutput> small = minimal(inputs, machine);
    List<Integer> order = new ArrayList<>(List.of(small.getIntInitialState()));
    Map<Integer, Integer> number = new HashMap<>(Map.of(order.get(0), 0));
    for (int at = 0; at < order.size(); at++) {
      for (Step input : inputs) {
        Integer to = small.getSuccessor(order.get(at), input);
        if (number.putIfAbsent(to, order.size()) == null) {
          order.add(to);
        }
      }
    }
    int[][] next = new int[order.size()][inputs.size()];
    MealyOutput[][] outputs = new MealyOutput[order.size()][inputs.size()];
    for (int s = 0; s < order.size(); s++) {
      for (int i = 0; i < inputs.size(); i++) {
        next[s][i] = number.get(small.getSuccessor(order.get(s), inputs.get(i)));
        outputs[s][i] = small.getOutput(order.get(s), inputs.get(i));
      }
    }
    return new Automaton(origin, inputs, initialSight, next, outputs);
  }

  private static <S, T> CompactMealy<Step, MealyOutput> minimal(
      List<Step> inputs, MealyMachine<S, Step, T, MealyOutput> machine) {
    Alphabet<Step> alphabet = Alphabets.fromList(inputs);
    return Automata.minimize(machine, alphabet, new CompactMealy<Step, MealyOutput>(alphabet));
  }

  /** Names a state by what is seen in it; a number tells apart those that look alike. */
  private List<String> names(String initialSight) {
    String[] found = new String[next.length];
    found[0] = initialSight;
    for (int s = 0; s < next.length; s++) {
      for (int i = 0; i < inputs.size(); i++) {
        if (found[next[s][i]] == null) {
          found[next[s][i]] = outputs[s][i].sight();
        }
      }
    }
    Map<String, Integer> times = new HashMap<>();
    List<String> all = new ArrayList<>();
    for (String name : found) {
      int time = times.merge(name, 1, Integer::sum);
      all.add(time == 1 ? name : name + " (" + time + ")");
    }
    return List.copyOf(all);
  }

  /** Whose machine it is. */
  public Origin origin() {
    return origin;
  }

  /** The inputs, in the order of the alphabet. */
  public List<Step> inputs() {
    return inputs;
  }

  /** How many states it has. */
  public int size() {
    return next.length;
  }

  /** What is seen in the state; unique among the states. */
  public String name(int state) {
    return names.get(state);
  }

  /** What is seen in the state, which may be the same in others. */
  String sight(int state) {
    return names.get(state).replaceFirst(" \\(\\d+\\)$", "");
  }

  /** The transition from a state by an input. */
  public Transition transition(int from, Step input) {
    int i = inputs.indexOf(input);
    return new Transition(from, input, outputs[from][i], next[from][i]);
  }

  /** All transitions, state by state. */
  public List<Transition> transitions() {
    List<Transition> all = new ArrayList<>();
    for (int s = 0; s < size(); s++) {
      for (Step input : inputs) {
        all.add(transition(s, input));
      }
    }
    return all;
  }

  /** The transitions that a word takes from the initial state. */
  public List<Transition> run(List<Step> word) {
    List<Transition> taken = new ArrayList<>();
    int at = 0;
    for (Step input : word) {
      Transition t = transition(at, input);
      taken.add(t);
      at = t.to();
    }
    return taken;
  }

  /** The outputs of a word from the initial state. */
  public List<MealyOutput> outputs(List<Step> word) {
    return run(word).stream().map(Transition::output).toList();
  }

  /** A shortest word from one state to another; empty where there is no way. */
  public Optional<List<Step>> way(int from, int to) {
    Map<Integer, List<Step>> ways = new HashMap<>(Map.of(from, List.of()));
    List<Integer> order = new ArrayList<>(List.of(from));
    for (int at = 0; at < order.size() && !ways.containsKey(to); at++) {
      for (int i = 0; i < inputs.size(); i++) {
        int there = next[order.get(at)][i];
        if (!ways.containsKey(there)) {
          List<Step> longer = new ArrayList<>(ways.get(order.get(at)));
          longer.add(inputs.get(i));
          ways.put(there, longer);
          order.add(there);
        }
      }
    }
    return Optional.ofNullable(ways.get(to));
  }

  /** A shortest word that the two machines answer differently; empty where there is none. */
  public Optional<List<Step>> separatedFrom(Automaton other) {
    record Pair(int here, int there) {}
    Map<Pair, List<Step>> ways = new HashMap<>(Map.of(new Pair(0, 0), List.of()));
    List<Pair> order = new ArrayList<>(List.of(new Pair(0, 0)));
    Set<Step> common = new HashSet<>(other.inputs);
    for (int at = 0; at < order.size(); at++) {
      Pair pair = order.get(at);
      for (Step input : inputs) {
        if (!common.contains(input)) {
          continue;
        }
        List<Step> word = new ArrayList<>(ways.get(pair));
        word.add(input);
        Transition mine = transition(pair.here(), input);
        Transition theirs = other.transition(pair.there(), input);
        if (!mine.output().equals(theirs.output())) {
          return Optional.of(word);
        }
        Pair then = new Pair(mine.to(), theirs.to());
        if (ways.putIfAbsent(then, word) == null) {
          order.add(then);
        }
      }
    }
    return Optional.empty();
  }

  /** The same machine where nothing leads to a state without a way back: such inputs are left. */
  Automaton returning() {
    boolean[] returns = new boolean[size()];
    for (int s = 0; s < size(); s++) {
      returns[s] = way(s, 0).isPresent();
    }
    CompactMealy<Step, MealyOutput> mealy = new CompactMealy<>(Alphabets.fromList(inputs));
    for (int s = 0; s < size(); s++) {
      mealy.addState();
    }
    mealy.setInitialState(0);
    for (Transition t : transitions()) {
      if (returns[t.to()]) {
        mealy.addTransition(t.from(), t.input(), t.to(), t.output());
      } else {
        mealy.addTransition(t.from(), t.input(), t.from(), MealyOutput.notAsked(sight(t.from())));
      }
    }
    return of(origin, inputs, names.get(0), mealy);
  }

  /** The machine as AutomataLib has it. */
  CompactMealy<Step, MealyOutput> mealy() {
    CompactMealy<Step, MealyOutput> mealy = new CompactMealy<>(Alphabets.fromList(inputs));
    for (int s = 0; s < size(); s++) {
      mealy.addState();
    }
    mealy.setInitialState(0);
    transitions().forEach(t -> mealy.addTransition(t.from(), t.input(), t.to(), t.output()));
    return mealy;
  }
}
