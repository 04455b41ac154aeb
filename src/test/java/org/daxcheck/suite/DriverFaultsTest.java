package org.daxcheck.suite;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.daxcheck.abi.RuleId;
import org.daxcheck.mutant.DriverFault;
import org.daxcheck.scenario.Catalogue;
import org.daxcheck.scenario.Corpus;
import org.daxcheck.scenario.Scenario;
import org.daxcheck.scenario.Scenarios;
import org.daxcheck.scenario.SuiteDefinition;
import org.testng.annotations.BeforeClass;
import org.testng.annotations.DataProvider;
import org.testng.annotations.Test;

/** What the faults of qemu/faults say of themselves fits the rules, scenarios and corpus. */
public class DriverFaultsTest {
  private static final Path HOME = Path.of(System.getProperty("daxcheck.home", "."));
  private static final Path SUITES = HOME.resolve("suites");

  /** Rules that several scenarios must put to the test where the simple ones do not look. */
  private static final Set<String> HARD = Set.of("ATOMIC", "SYNC", "CONC", "UNBIND", "EFFECT");

  private Catalogue catalogue;
  private Map<String, Scenario> scenarios;
  private List<DriverFault> faults;

  @BeforeClass
  public void read() throws Exception {
    catalogue = Catalogue.load(SUITES.resolve("rules.yaml"));
    scenarios =
        Scenarios.load(List.of(SUITES), catalogue).stream()
            .collect(Collectors.toMap(Scenario::name, s -> s));
    faults = DriverFault.all(HOME.resolve("qemu/faults"));
  }

  @DataProvider
  public Object[][] faults() {
    return faults.stream().map(f -> new Object[] {f.name(), f}).toArray(Object[][]::new);
  }

  @Test(dataProvider = "faults")
  public void namesKnownRulesAndScenariosAboutThem(String name, DriverFault fault) {
    assertThat(fault.fault()).isNotBlank();
    assertThat(fault.needs()).isNotBlank();
    assertThat(fault.breaks())
        .isNotEmpty()
        .doesNotHaveDuplicates()
        .allSatisfy(rule -> assertThat(catalogue.rule(rule)).as(rule.toString()).isPresent());
    if (fault.unseen().isPresent()) {
      // An argument is a sentence with a reason, not a shrug.
      assertThat(fault.unseen().get().split(" ")).hasSizeGreaterThan(8);
      return;
    }
    assertThat(scenarios).containsKeys(fault.shownBy().toArray(String[]::new));
    Set<RuleId> cited =
        fault.shownBy().stream()
            .flatMap(scenario -> scenarios.get(scenario).rules().stream())
            .map(Scenario.Cited::rule)
            .collect(Collectors.toCollection(TreeSet::new));
    assertThat(cited).as("rules that the scenarios cite").containsAnyElementsOf(fault.breaks());
  }

  @Test
  public void thereAreEnoughOfThemAndEveryGroupOfRulesHasSome() {
    assertThat(faults).hasSizeGreaterThanOrEqualTo(62);
    Set<String> broken =
        faults.stream()
            .filter(f -> f.unseen().isEmpty())
            .map(f -> group(f.breaks().get(0)))
            .collect(Collectors.toSet());
    Set<String> groups =
        catalogue.rules().stream().map(r -> group(r.id())).collect(Collectors.toSet());
    assertThat(broken).isEqualTo(groups);
  }

  private static String group(RuleId rule) {
    return rule.toString().replaceFirst("-.*", "");
  }

  @Test
  public void eachHardGroupHasThreeThatTheSimpleScenariosAreNotAbout() throws Exception {
    Set<String> simple =
        SuiteDefinition.load(SUITES.resolve("smoke.suite")).scenarios().stream()
            .map(Path::getFileName)
            .map(name -> name.toString().replace(".kmem", ""))
            .collect(Collectors.toSet());
    Map<String, Long> subtle =
        faults.stream()
            .filter(f -> f.unseen().isEmpty())
            .filter(f -> f.shownBy().stream().noneMatch(simple::contains))
            .collect(Collectors.groupingBy(f -> group(f.breaks().get(0)), Collectors.counting()));
    assertThat(HARD)
        .allSatisfy(group -> assertThat(subtle.get(group)).as(group).isGreaterThanOrEqualTo(3));
  }

  @Test
  public void theCorpusNamesTheDriversThatNameIt() throws Exception {
    Corpus corpus = Corpus.load(SUITES.resolve("corpus.yaml"));
    for (DriverFault fault : faults) {
      List<String> named =
          corpus.faults().stream()
              .filter(f -> f.drivers().contains(fault.name() + ".sed"))
              .map(Corpus.Fault::id)
              .toList();
      assertThat(named)
          .as(fault.name())
          .isEqualTo(fault.corpus().map(n -> List.of("FAULT-" + n)).orElse(List.of()));
    }
  }
}
