package org.daxcheck.machine;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import net.automatalib.util.automaton.conformance.WpMethodTestsIterator;
import net.automatalib.word.Word;
import org.daxcheck.abi.Dialect;
import org.daxcheck.abi.Policy;
import org.daxcheck.abi.RuleId;
import org.daxcheck.abi.Topologies;
import org.daxcheck.oracle.Verdict;
import org.daxcheck.scenario.Catalogue;
import org.daxcheck.scenario.Parser;
import org.daxcheck.scenario.Scenario;
import org.daxcheck.scenario.ScenarioException;
import org.daxcheck.scenario.StepText;
import org.daxcheck.step.Step;
import org.daxcheck.suite.CompletenessResult;
import org.daxcheck.suite.Run;
import org.daxcheck.trace.Trace;

/**
 * A complete test suite: the words that tell the model's machine from every other machine with at
 * most {@code extra} more states (partial W-method). The words are packed into scenarios; behind
 * each the device goes back to the initial state.
 *
 * <p>Source of the method: S. Fujiwara, G. v. Bochmann and others, Test selection based on finite
 * state models, IEEE Transactions on Software Engineering 17(6), 1991; AutomataLib carries it out.
 */
public final class CompleteSuite {
  /** So many steps make a scenario that can still be read, and little is lost with one. */
  private static final int STEPS_OF_A_SCENARIO = 250;

  private static final String NAME = "complete-";

  private final Dialect dialect;
  private final int extra;
  private final Automaton machine;
  private final List<List<Step>> tests;
  private final List<Batch> batches;

  /** What one scenario does: its steps, those on the way back among them, and what each gives. */
  private record Batch(String name, List<List<Step>> tests, List<Step> steps) {}

  private CompleteSuite(int extra, Automaton machine, List<List<Step>> tests) {
    this.dialect = machine.origin().dialect();
    this.extra = extra;
    this.machine = machine;
    this.tests = tests;
    this.batches = batches();
  }

  /**
   * The suite for a dialect.
   *
   * @param extra by how many states a machine may be larger than the model's and still be found, k
   */
  public static CompleteSuite of(
      Dialect dialect,
      String topology,
      List<Integer> blocksOfRanges,
      Policy bootPolicy,
      Alphabet alphabet,
      int extra) {
    Automaton machine =
        ModelMachine.of(dialect, topology, blocksOfRanges, bootPolicy, alphabet)
            .machine()
            .returning();
    return new CompleteSuite(extra, machine, tests(machine, extra));
  }

  /** The words of the suite: none is a prefix of another, neighbours share their beginnings. */
  static List<List<Step>> tests(Automaton machine, int extra) {
    Iterator<Word<Step>> all =
        new WpMethodTestsIterator<>(machine.mealy(), machine.inputs(), extra);
    Set<List<Step>> asked = new HashSet<>();
    while (all.hasNext()) {
      asked.add(asked(machine, all.next().asList()));
    }
    Set<List<Step>> prefixes = new HashSet<>();
    for (List<Step> word : asked) {
      for (int n = 0; n < word.size(); n++) {
        prefixes.add(word.subList(0, n));
      }
    }
    asked.removeAll(prefixes);
    List<List<Step>> tests = new ArrayList<>(asked);
    tests.sort(byInputs(machine.inputs()));
    return List.copyOf(tests);
  }

  /** The word without what the guard keeps back: that changes nothing, and shows nothing. */
  private static List<Step> asked(Automaton machine, List<Step> word) {
    return machine.run(word).stream()
        .filter(t -> t.output().asked())
        .map(Automaton.Transition::input)
        .toList();
  }

  private static Comparator<List<Step>> byInputs(List<Step> inputs) {
    return (a, b) -> {
      for (int i = 0; i < Math.min(a.size(), b.size()); i++) {
        int order = Integer.compare(inputs.indexOf(a.get(i)), inputs.indexOf(b.get(i)));
        if (order != 0) {
          return order;
        }
      }
      return Integer.compare(a.size(), b.size());
    };
  }

  /** Whether a scenario of this name is one of its own. */
  public boolean has(String scenario) {
    return batches.stream().anyMatch(b -> b.name().equals(scenario));
  }

  private List<Batch> batches() {
    List<Batch> all = new ArrayList<>();
    List<List<Step>> packed = new ArrayList<>();
    List<Step> steps = new ArrayList<>();
    for (List<Step> test : tests) {
      List<Step> more = new ArrayList<>(test);
      more.addAll(back(test));
      if (!steps.isEmpty() && steps.size() + more.size() > STEPS_OF_A_SCENARIO) {
        all.add(batch(all.size(), packed, steps));
        packed = new ArrayList<>();
        steps = new ArrayList<>();
      }
      packed.add(test);
      steps.addAll(more);
    }
    if (!steps.isEmpty()) {
      all.add(batch(all.size(), packed, steps));
    }
    return List.copyOf(all);
  }

  private Batch batch(int before, List<List<Step>> packed, List<Step> steps) {
    String name =
        "%sk%d-%s-%s-%03d"
            .formatted(
                NAME, extra, machine.origin().alphabet(), machine.origin().topology(), before + 1);
    return new Batch(name, List.copyOf(packed), List.copyOf(steps));
  }

  private List<Step> back(List<Step> test) {
    List<Automaton.Transition> taken = machine.run(test);
    int end = taken.isEmpty() ? 0 : taken.get(taken.size() - 1).to();
    return machine.way(end, 0).orElseThrow();
  }

  /** How many tests it has. */
  public int tests() {
    return tests.size();
  }

  /** How many steps its scenarios have, the ways back among them. */
  public int steps() {
    return batches.stream().mapToInt(b -> b.steps().size()).sum();
  }

  /** How many of the steps the model refuses. */
  public int refused() {
    return (int)
        batches.stream()
            .flatMap(b -> machine.outputs(b.steps()).stream())
            .filter(MealyOutput::refused)
            .count();
  }

  /** The machine that the suite tells from others. */
  public Automaton machine() {
    return machine;
  }

  /** Its words, for a closer look. */
  public List<List<Step>> words() {
    return tests;
  }

  /** The scenarios, in the language of all scenarios; their rules are cited from the catalogue. */
  public List<Scenario> scenarios(Catalogue catalogue) throws ScenarioException {
    List<Scenario> all = new ArrayList<>();
    for (Batch batch : batches) {
      all.add(
          Parser.parse("generated/" + batch.name() + ".kmem", text(batch, catalogue), catalogue));
    }
    return all;
  }

  private String text(Batch batch, Catalogue catalogue) {
    List<String> lines = new ArrayList<>();
    lines.add("KMEM " + batch.name());
    lines.add(
        "# Generated: part of the complete test suite for k = %d over the alphabet %s."
            .formatted(extra, machine.origin().alphabet()));
    lines.add(
        "# Each paragraph is a test and its way back to the state between scenarios. There are");
    lines.add(
        "# no arrows: the model judges, for it knows what a kernel may do instead of the usual.");
    rules(batch, catalogue).forEach(lines::add);
    lines.add("requires: dialect %s, topology %s".formatted(dialect, machine.origin().topology()));
    for (List<Step> test : batch.tests()) {
      lines.add("");
      List<Step> all = new ArrayList<>(test);
      all.addAll(back(test));
      all.forEach(step -> lines.add(StepText.of(step)));
    }
    return String.join("\n", lines) + "\n";
  }

  /** The rules that decide about the steps, the one that decides most often first. */
  private List<String> rules(Batch batch, Catalogue catalogue) {
    Map<RuleId, Integer> times = new TreeMap<>();
    deciding(batch).forEach(rule -> times.merge(rule, 1, Integer::sum));
    return times.entrySet().stream()
        .filter(e -> catalogue.binds(e.getKey(), dialect))
        .sorted(Map.Entry.<RuleId, Integer>comparingByValue().reversed())
        .map(e -> cited(catalogue.rule(e.getKey()).orElseThrow()))
        .toList();
  }

  private static String cited(Catalogue.Rule rule) {
    return "rule: " + rule.id() + " (" + rule.citations().get(0) + ")";
  }

  private List<RuleId> deciding(Batch batch) {
    return ModelMachine.rules(machine.origin(), batch.steps());
  }

  /** What the cases of a run prove of a target, as far as they are of this suite. */
  public CompletenessResult claim(String target, List<Run.Case> cases) {
    Map<String, Run.Case> mine = new HashMap<>();
    cases.stream()
        .filter(c -> c.target().equals(target))
        .forEach(c -> mine.put(c.scenario().name(), c));
    String why = "";
    int missing = 0;
    for (Batch batch : batches) {
      Run.Case done = mine.get(batch.name());
      if (done == null) {
        missing++;
      } else if (why.isEmpty()) {
        why = against(batch, done).orElse("");
      }
    }
    if (why.isEmpty() && missing > 0) {
      why = missing + " of its " + batches.size() + " scenarios did not run";
    }
    return new CompletenessResult(target, what(), proves(), assumes(), why.isEmpty(), why);
  }

  /** Why a case does not show that the kernel does as the machine; empty where it does. */
  private Optional<String> against(Batch batch, Run.Case done) {
    if (done.verdict().status() == Verdict.Status.SKIPPED) {
      return Optional.of(batch.name() + " was skipped: " + done.verdict().reason());
    }
    if (done.verdict().status() != Verdict.Status.PASS) {
      return Optional.of(batch.name() + " did not pass");
    }
    Trace trace = done.trace().orElseThrow();
    Trace.Header header = trace.header();
    OutputAbstraction view =
        new OutputAbstraction(
            header.device(), header.dialect(), machine.origin().bootPolicy(), header.baselineKib());
    List<Trace.Entry> entries =
        trace.entries().stream().filter(e -> e.phase() == Trace.Phase.SCENARIO).toList();
    List<Automaton.Transition> expected = machine.run(batch.steps());
    for (int i = 0; i < expected.size(); i++) {
      if (i >= entries.size()) {
        return Optional.of(batch.name() + " was cut short");
      }
      MealyOutput seen = view.of(entries.get(i).step(), entries.get(i).reply());
      if (!seen.equals(expected.get(i).output())) {
        return Optional.of(
            "%s:%d: '%s' gave what the rules allow, but not the usual: %s; expected was %s"
                .formatted(
                    batch.name(),
                    entries.get(i).line(),
                    StepText.of(entries.get(i).step()),
                    seen,
                    expected.get(i).output()));
      }
    }
    return Optional.empty();
  }

  private String what() {
    return "complete for k = %d, alphabet %s (%d inputs), %s: %d tests in %d scenarios, %d steps, %d of them refused"
        .formatted(
            extra,
            machine.origin().alphabet(),
            machine.inputs().size(),
            machine.origin().topology(),
            tests(),
            batches.size(),
            steps(),
            refused());
  }

  private String proves() {
    return "over these inputs and outputs the kernel's machine equals the model's, which has %d states, or has more than %d"
        .formatted(machine.size(), machine.size() + extra);
  }

  private List<String> assumes() {
    List<String> all =
        new ArrayList<>(
            List.of(
                "the kernel answers the same word in the same way each time",
                "the way back after each test leads to the state it began in",
                "outputs are the answer, the attribute, the driver, the policy, the state and zone"
                    + " of each block, and whether iomem and MemTotal fit",
                "steps that would leak memory until reboot are not asked"));
    if (Topologies.kernelZoneReturns(machine.origin().topology())) {
      all.add(
          "an unplug from a kernel zone may be refused, but was expected to work; a refusal is no"
              + " divergence, it voids this claim");
    } else {
      all.add("words that bring memory into a kernel zone are asked only where they are refused");
    }
    return all;
  }
}
