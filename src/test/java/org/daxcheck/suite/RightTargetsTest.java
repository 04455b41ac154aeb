package org.daxcheck.suite;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import org.daxcheck.abi.Dialect;
import org.daxcheck.abi.Errno;
import org.daxcheck.abi.Policy;
import org.daxcheck.abi.RuleId;
import org.daxcheck.abi.Word;
import org.daxcheck.model.Outcome;
import org.daxcheck.model.ReturnValue;
import org.daxcheck.model.State;
import org.daxcheck.oracle.Allowance;
import org.daxcheck.oracle.Divergence;
import org.daxcheck.oracle.Oracle;
import org.daxcheck.oracle.Verdict;
import org.daxcheck.scenario.Catalogue;
import org.daxcheck.scenario.Scenario;
import org.daxcheck.scenario.Scenarios;
import org.daxcheck.step.Step;
import org.daxcheck.target.ModelTarget;
import org.daxcheck.target.TargetException;
import org.testng.annotations.BeforeClass;
import org.testng.annotations.DataProvider;
import org.testng.annotations.Test;

/**
 * Kernels that do what no document forbids are not blamed, though none does it today; and what is
 * legal once in a while is not legal every time.
 */
public class RightTargetsTest {
  private static final Path SUITES = Path.of(System.getProperty("daxcheck.home", "."), "suites");

  private List<Scenario> scenarios;

  @BeforeClass
  public void load() throws Exception {
    scenarios = Scenarios.load(List.of(SUITES), Catalogue.load(SUITES.resolve("rules.yaml")));
  }

  /** A kernel that takes, of the outcomes which the model leaves, this one wherever it is there. */
  private record Kernel(String name, BiFunction<State, Outcome, Boolean> prefers) {
    @Override
    public String toString() {
      return name;
    }
  }

  @DataProvider
  public Object[][] kernels() {
    return Stream.of(
            new Kernel(
                "an online that fails leaves nothing",
                (from, o) ->
                    o.answer() instanceof ReturnValue.FailsSomehow
                        && o.next().ranges().equals(from.ranges())),
            new Kernel(
                "an online that fails leaves the blocks offline, and says so",
                (from, o) ->
                    o.answer() instanceof ReturnValue.FailsSomehow
                        && o.next().word().filter(Word.OFFLINE::equals).isPresent()),
            new Kernel(
                "a bind stops at a range that is taken",
                (from, o) -> fails(o, Errno.EBUSY) && taken(from) && from.word().isEmpty()),
            new Kernel(
                "a bind passes over a range that is taken",
                (from, o) ->
                    o.answer() instanceof ReturnValue.Ok && taken(from) && from.word().isEmpty()),
            new Kernel(
                "a range that cannot be added fails all",
                (from, o) -> o.rule().equals(RuleId.of("EFFECT-9")) && o.answer().isError()),
            new Kernel(
                "a range that cannot be added is left out",
                (from, o) -> o.rule().equals(RuleId.of("EFFECT-9")) && !o.answer().isError()))
        .map(k -> new Object[] {k})
        .toArray(Object[][]::new);
  }

  private static boolean fails(Outcome o, Errno errno) {
    return o.answer().equals(new ReturnValue.Fails(errno));
  }

  private static boolean taken(State s) {
    return s.ranges().stream().anyMatch(r -> r.leaked() || r.occupied())
        && s.ranges().stream().anyMatch(r -> !r.leaked() && !r.occupied());
  }

  @Test(dataProvider = "kernels")
  public void isNotBlamed(Kernel kernel) throws TargetException {
    List<String> blamed = new ArrayList<>();
    int[] taken = {0};
    for (Scenario scenario : scenarios) {
      String topology = scenario.needs().topology().orElse("cxl-ranges");
      ModelTarget target =
          new ModelTarget(
              Dialect.LINUX_7_3,
              topology,
              ModelTarget.device(EveryScenarioOnTheModelTest.shape(topology)),
              Policy.ONLINE_MOVABLE,
              new Random(3)) {
            @Override
            protected Outcome choose(State from, Step step, List<Outcome> allowed) {
              Optional<Outcome> preferred =
                  allowed.stream().filter(o -> kernel.prefers().apply(from, o)).findFirst();
              taken[0] += preferred.isPresent() ? 1 : 0;
              return preferred.orElseGet(() -> super.choose(from, step, allowed));
            }
          };
      if (Misfit.of(scenario, target).isPresent()) {
        continue;
      }
      Verdict verdict = Oracle.judge(Session.open(target).run(scenario, TraceSink.NONE), scenario);
      for (Divergence d : verdict.divergences()) {
        blamed.add(scenario.name() + ":" + d.line() + " " + d.rule() + " " + d.seen());
      }
    }
    assertThat(taken[0]).as("how often it could do it").isPositive();
    assertThat(blamed).isEmpty();
  }

  /** TRANS-4: the kernel may give up on movable memory once or twice a run, not each time. */
  @Test
  public void aKernelThatRefusesEveryFirstUnplugIsNamed() throws TargetException {
    Allowance allowance = new Allowance();
    List<String> rules = new ArrayList<>();
    int notes = 0;
    for (Scenario scenario : scenarios) {
      ModelTarget target =
          new ModelTarget(
              Dialect.LINUX_7_3,
              "cxl-ranges",
              ModelTarget.device(List.of(1, 2, 1)),
              Policy.ONLINE_MOVABLE,
              new Random(3)) {
            @Override
            protected Outcome choose(State from, Step step, List<Outcome> allowed) {
              return allowed.stream()
                  .filter(o -> fails(o, Errno.EBUSY) && step.kind() == Step.Kind.WRITE)
                  .findFirst()
                  .orElseGet(() -> super.choose(from, step, allowed));
            }
          };
      if (scenario.rule().group().equals("TRANS") && Misfit.of(scenario, target).isEmpty()) {
        Verdict verdict =
            Oracle.judge(Session.open(target).run(scenario, TraceSink.NONE), scenario, allowance);
        notes += verdict.notes().size();
        verdict.divergences().forEach(d -> rules.add(d.rule().toString()));
      }
    }
    assertThat(notes).isEqualTo(Allowance.PER_RUN);
    assertThat(rules).contains("TRANS-4");
  }
}
