package org.daxcheck.machine;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.daxcheck.abi.Dialect;
import org.daxcheck.abi.Errno;
import org.daxcheck.abi.Policy;
import org.daxcheck.model.Outcome;
import org.daxcheck.model.State;
import org.daxcheck.scenario.Catalogue;
import org.daxcheck.scenario.Scenario;
import org.daxcheck.step.Reply;
import org.daxcheck.step.Result;
import org.daxcheck.step.Step;
import org.daxcheck.suite.CompletenessResult;
import org.daxcheck.suite.PlannedCase;
import org.daxcheck.suite.Run;
import org.daxcheck.suite.RunListener;
import org.daxcheck.suite.Runner;
import org.daxcheck.suite.TraceSink;
import org.daxcheck.target.Target;
import org.daxcheck.target.TargetException;
import org.testng.annotations.BeforeClass;
import org.testng.annotations.Test;

/** A complete suite tells every machine that it claims to tell, and says what it proves. */
public class CompleteSuiteTest {
  private Catalogue catalogue;

  @BeforeClass
  public void load() throws Exception {
    catalogue =
        Catalogue.load(Path.of(System.getProperty("daxcheck.home", "."), "suites/rules.yaml"));
  }

  /** Machines of as many states, each with one output or one target changed. */
  private static List<Automaton> oneFault(Automaton machine) {
    List<Automaton> all = new ArrayList<>();
    for (Automaton.Transition t : machine.transitions()) {
      if (!t.output().asked()) {
        continue;
      }
      all.add(changed(machine, t, t.to(), new MealyOutput("EIO", t.output().sight())));
      for (int to = 0; to < machine.size(); to++) {
        if (to != t.to()) {
          all.add(changed(machine, t, to, t.output()));
        }
      }
    }
    return all;
  }

  private static Automaton changed(
      Automaton of, Automaton.Transition t, int to, MealyOutput output) {
    int[][] next = new int[of.size()][of.inputs().size()];
    MealyOutput[][] outputs = new MealyOutput[of.size()][of.inputs().size()];
    copy(of, next, outputs);
    next[t.from()][of.inputs().indexOf(t.input())] = to;
    outputs[t.from()][of.inputs().indexOf(t.input())] = output;
    return new Automaton(of.origin(), of.inputs(), of.name(0), next, outputs);
  }

  /** Machines of one more state: a copy of one, reached by one transition, with one fault in it. */
  private static List<Automaton> oneMoreState(Automaton machine) {
    List<Automaton> all = new ArrayList<>();
    int extra = machine.size();
    for (Automaton.Transition way : machine.transitions()) {
      for (int i = 0; i < machine.inputs().size(); i++) {
        Step input = machine.inputs().get(i);
        if (!machine.transition(way.to(), input).output().asked() || !way.output().asked()) {
          continue;
        }
        int[][] next = new int[extra + 1][machine.inputs().size()];
        MealyOutput[][] outputs = new MealyOutput[extra + 1][machine.inputs().size()];
        copy(machine, next, outputs);
        next[extra] = next[way.to()].clone();
        outputs[extra] = outputs[way.to()].clone();
        outputs[extra][i] = new MealyOutput("EIO", outputs[extra][i].sight());
        next[way.from()][machine.inputs().indexOf(way.input())] = extra;
        all.add(new Automaton(machine.origin(), machine.inputs(), machine.name(0), next, outputs));
      }
    }
    return all;
  }

  private static void copy(Automaton of, int[][] next, MealyOutput[][] outputs) {
    for (Automaton.Transition t : of.transitions()) {
      int i = of.inputs().indexOf(t.input());
      next[t.from()][i] = t.to();
      outputs[t.from()][i] = t.output();
    }
  }

  private static long missed(List<List<Step>> tests, Automaton machine, List<Automaton> faulty) {
    return faulty.stream()
        .filter(f -> machine.separatedFrom(f).isPresent())
        .filter(f -> tests.stream().allMatch(t -> f.outputs(t).equals(machine.outputs(t))))
        .count();
  }

  @Test
  public void noMachineOfAsManyStatesIsMissed() {
    for (Alphabet alphabet : Alphabet.values()) {
      CompleteSuite suite = Machines.suite(alphabet, 0);
      List<Automaton> faulty = oneFault(suite.machine());
      assertThat(faulty).hasSizeGreaterThan(suite.machine().size());
      assertThat(missed(suite.words(), suite.machine(), faulty)).as(alphabet.text()).isZero();
    }
  }

  @Test
  public void aWordLessAndAMachineIsMissed() {
    CompleteSuite suite = Machines.suite(Alphabet.WORDS, 0);
    List<Automaton> faulty = oneFault(suite.machine());
    for (List<Step> test : suite.words()) {
      List<List<Step>> fewer = new ArrayList<>(suite.words());
      fewer.remove(test);
      fewer.add(test.subList(0, test.size() - 1));
      if (missed(fewer, suite.machine(), faulty) > 0) {
        return;
      }
    }
    assertThat(suite.words()).as("each word could be left out").isEmpty();
  }

  @Test
  public void aStateMoreIsFoundWithAnExtraState() {
    for (Alphabet alphabet : List.of(Alphabet.WORDS, Alphabet.LIFECYCLE)) {
      CompleteSuite small = Machines.suite(alphabet, 0);
      CompleteSuite large = Machines.suite(alphabet, 1);
      List<Automaton> faulty = oneMoreState(small.machine());
      assertThat(missed(large.words(), large.machine(), faulty)).as(alphabet.text()).isZero();
      assertThat(missed(small.words(), small.machine(), faulty)).as(alphabet.text()).isPositive();
    }
  }

  @Test
  public void noTestBeginsAnother() {
    List<List<Step>> words = Machines.suite(Alphabet.LIFECYCLE, 1).words();
    for (int i = 1; i < words.size(); i++) {
      List<Step> before = words.get(i - 1);
      List<Step> word = words.get(i);
      boolean begins =
          word.size() >= before.size() && word.subList(0, before.size()).equals(before);
      assertThat(begins).isFalse();
    }
  }

  @Test
  public void theModelPassesAndTheClaimStands() throws Exception {
    for (Alphabet alphabet : Alphabet.values()) {
      CompleteSuite suite = Machines.suite(alphabet, 0);
      CompletenessResult claim = suite.claim("model", run(suite, CompleteSuiteTest::model));
      assertThat(claim.why()).isEmpty();
      assertThat(claim.stands()).isTrue();
      assertThat(claim.what()).contains(suite.tests() + " tests", suite.steps() + " steps");
    }
  }

  @Test
  public void aPartOfTheSuiteProvesNothing() throws Exception {
    CompleteSuite suite = Machines.suite(Alphabet.WORDS, 1);
    List<Run.Case> cases = run(suite, CompleteSuiteTest::model);
    assertThat(cases.size()).isGreaterThan(1);
    CompletenessResult claim = suite.claim("model", cases.subList(1, cases.size()));
    assertThat(claim.stands()).isFalse();
    assertThat(claim.why()).startsWith("1 of its " + cases.size() + " scenarios did not run");
  }

  /** Refuses the unplug from a kernel zone at times: no divergence, but no proof either. */
  @Test
  public void whatTheRulesAllowButIsNotUsualVoidsTheClaim() throws Exception {
    CompleteSuite suite = Machines.suite(Alphabet.WORDS, 1);
    List<Run.Case> cases =
        run(
            suite,
            () ->
                new UsualTarget(
                    Dialect.LINUX_7_3, "cxl-kernel", List.of(2), Policy.ONLINE_MOVABLE) {
                  private int refusals;

                  @Override
                  protected Outcome choose(State from, Step step, List<Outcome> allowed) {
                    boolean held = allowed.size() > 1 && ++refusals == 40;
                    return held ? allowed.get(1) : super.choose(from, step, allowed);
                  }
                });
    assertThat(cases).allMatch(c -> c.verdict().divergences().isEmpty());
    CompletenessResult claim = suite.claim("model", cases);
    assertThat(claim.stands()).isFalse();
    assertThat(claim.why()).contains("EBUSY").contains("not the usual");
  }

  /** A fault that shows only after a certain pair of steps. */
  @Test
  public void anOddSequenceIsFoundAndJudged() throws Exception {
    CompleteSuite suite = Machines.suite(Alphabet.WORDS, 1);
    List<Run.Case> cases = run(suite, OddSequence::new);
    assertThat(cases).anyMatch(c -> !c.verdict().divergences().isEmpty());
    CompletenessResult claim = suite.claim("model", cases);
    assertThat(claim.stands()).isFalse();
    assertThat(claim.why()).endsWith("did not pass");
  }

  /** Once a bad word came while it is online_movable, the next refused word is EIO. */
  static final class OddSequence extends UsualTarget {
    private boolean odd;

    OddSequence() {
      super(Dialect.LINUX_7_3, "cxl-kernel", List.of(2), Policy.ONLINE_MOVABLE);
    }

    @Override
    public List<Reply> run(List<Step> steps) throws TargetException {
      List<Reply> replies = new ArrayList<>();
      for (Step step : steps) {
        Reply reply = super.run(List.of(step)).get(0);
        Optional<Errno> errno = reply.result().errno();
        boolean busy = errno.filter(Errno.EBUSY::equals).isPresent();
        replies.add(
            odd && busy ? new Reply(Result.error(new Errno("EIO")), reply.observation()) : reply);
        boolean bad = errno.filter(Errno.EINVAL::equals).isPresent();
        odd = bad && now().word().orElseThrow().text().equals("online_movable");
      }
      return replies;
    }
  }

  private static Target model() {
    return new UsualTarget(Dialect.LINUX_7_3, "cxl-kernel", List.of(2), Policy.ONLINE_MOVABLE);
  }

  private List<Run.Case> run(CompleteSuite suite, java.util.function.Supplier<Target> fresh)
      throws Exception {
    List<Run.Case> cases = new ArrayList<>();
    List<PlannedCase> plan =
        suite.scenarios(catalogue).stream()
            .map((Scenario s) -> new PlannedCase(s, "made", "cxl-kernel"))
            .toList();
    RunListener listener =
        new RunListener() {
          @Override
          public void started(PlannedCase planned) {
            // Nobody watches.
          }

          @Override
          public void finished(PlannedCase planned, Run.Case done) {
            cases.add(
                new Run.Case(
                    done.scenario(),
                    "model",
                    done.topology(),
                    done.verdict(),
                    done.trace(),
                    done.nanos()));
          }
        };
    try (Runner conductor =
        new Runner(List.of(Machines.source(fresh)), plan, listener, planned -> TraceSink.NONE, 0)) {
      plan.forEach(conductor::perform);
    }
    return cases;
  }
}
