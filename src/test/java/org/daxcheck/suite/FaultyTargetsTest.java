package org.daxcheck.suite;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.daxcheck.abi.Dialect;
import org.daxcheck.abi.Policy;
import org.daxcheck.abi.RuleId;
import org.daxcheck.oracle.Divergence;
import org.daxcheck.oracle.Oracle;
import org.daxcheck.oracle.Verdict;
import org.daxcheck.scenario.Catalogue;
import org.daxcheck.scenario.Scenario;
import org.daxcheck.scenario.Scenarios;
import org.daxcheck.target.TargetException;
import org.testng.annotations.BeforeClass;
import org.testng.annotations.DataProvider;
import org.testng.annotations.Test;

/** The suites find every fault, and blame a rule that it breaks; a target without one is clean. */
public class FaultyTargetsTest {
  private static final Path SUITES = Path.of(System.getProperty("daxcheck.home", "."), "suites");
  private static final int SEEDS = 2;
  private static final Map<String, String> BY_HAND =
      Map.of("SYNC-2", "EFFECT-3", "SYNC-3", "ATOMIC-1", "SYNC-4", "TRANS-7");

  private static final Set<String> AMONG_ACTORS = Set.of("ATOMIC-1", "ATOMIC-5", "ATOMIC-6");

  /** Faults that are found but blamed on another rule: mistakes of ours that are still to mend. */
  private static final Set<String> KNOWN_HOLES = Set.of();

  private List<Scenario> scenarios;

  @BeforeClass
  public void load() throws Exception {
    Catalogue catalogue = Catalogue.load(SUITES.resolve("rules.yaml"));
    // Where memory runs out much is allowed, and a rule of what is left out speaks for others.
    scenarios =
        Scenarios.load(List.of(SUITES), catalogue).stream().filter(s -> !s.runsShort()).toList();
  }

  @DataProvider
  public Object[][] faults() {
    return Faults.all().stream().map(f -> new Object[] {f}).toArray(Object[][]::new);
  }

  @Test(dataProvider = "faults")
  public void isFoundAndBlamed(FaultyTarget.Case fault) throws TargetException {
    Map<String, String> wrong = new TreeMap<>();
    int found = verdicts(fault, wrong);
    assertThat(found).as("scenarios that find it").isPositive();
    if (KNOWN_HOLES.contains(fault.name())) {
      assertThat(wrong).as("the hole is closed: take it off the list").isNotEmpty();
    } else {
      assertThat(wrong).as("blamed on another rule than " + fault.breaks()).isEmpty();
    }
  }

  @Test
  public void everyHoleIsAFault() {
    assertThat(Faults.all()).extracting(FaultyTarget.Case::name).containsAll(KNOWN_HOLES);
    assertThat(Faults.all()).extracting(FaultyTarget.Case::name).doesNotHaveDuplicates();
  }

  @Test
  public void withoutAFaultNothingDiverges() throws TargetException {
    Map<String, String> wrong = new TreeMap<>();
    for (Dialect dialect : List.of(Dialect.LINUX_7_3, Dialect.V4)) {
      for (Policy boot : Policy.values()) {
        Map<String, String> here = new TreeMap<>();
        verdicts(
            new FaultyTarget.Case(
                "none", dialect, boot, () -> new FaultyTarget.Fault() {}, List.of()),
            here);
        here.forEach((where, what) -> wrong.put(dialect + " under " + boot + ": " + where, what));
      }
    }
    Set<String> disputed = new TreeSet<>();
    wrong.keySet().forEach(w -> disputed.add(w.replaceFirst(".*/(.*)\\.kmem:.*", "$1")));
    assertThat(disputed).as(wrong.toString()).isEmpty();
  }

  /** How many runs diverge; {@code wrong} takes those that blame another rule first. */
  private int verdicts(FaultyTarget.Case fault, Map<String, String> wrong) throws TargetException {
    int found = 0;
    for (Scenario scenario : scenarios) {
      // Rounds are as good as seeds.
      for (int seed = 0; seed < (scenario.repeats() > 1 ? 1 : SEEDS); seed++) {
        FaultyTarget target =
            new FaultyTarget(
                fault.fault().get(), fault.dialect(), fault.bootPolicy(), List.of(1, 2, 1), seed);
        // What a kernel does that was told to fail is no matter of these faults.
        if (scenario.needs().features().contains(Scenario.Feature.INJECTOR)
            || scenario.needs().features().contains(Scenario.Feature.HELPER)
            || Misfit.of(scenario, target).isPresent()) {
          continue;
        }
        Verdict verdict =
            Oracle.judge(Session.open(target).run(scenario, TraceSink.NONE), scenario);
        if (!verdict.divergences().isEmpty()) {
          found++;
          Divergence first = verdict.divergences().get(0);
          if (!mayBlame(fault, first)) {
            wrong.put(
                scenario.file().replaceFirst(".*suites/", "") + ":" + first.line(),
                first.rule()
                    + " '"
                    + first.step()
                    + "': "
                    + first.allowed()
                    + " / "
                    + first.seen());
          }
        }
      }
    }
    return found;
  }

  private static boolean mayBlame(FaultyTarget.Case fault, Divergence first) {
    // Of several actors at once nobody can tell whose step changed a block.
    boolean actors = first.step().contains(": ");
    // Where blocks were changed by hand the same fault breaks the rule about that, too.
    String general = BY_HAND.getOrDefault(first.rule().toString(), first.rule().toString());
    return fault.breaks().contains(first.rule())
        || fault.breaks().contains(RuleId.of(general))
        || actors
            && (first.rule().group().equals("CONC")
                || AMONG_ACTORS.contains(first.rule().toString()));
  }
}
