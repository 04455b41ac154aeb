package org.daxcheck.suite;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.daxcheck.abi.RuleId;
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

  /** A fault as the head of its file tells it. */
  private record DriverFault(
      String file, String fault, List<String> breaks, String needs, List<String> shownBy) {
    /** What stands behind a name in the head. */
    static Stream<String> field(List<String> lines, String name) {
      return lines.stream()
          .takeWhile(line -> line.startsWith("#"))
          .filter(line -> line.startsWith("# " + name + ": "))
          .map(line -> line.substring(name.length() + 4).strip());
    }

    static DriverFault of(Path file) throws IOException {
      List<String> lines = Files.readAllLines(file);
      Function<String, String> only =
          name -> {
            List<String> found = field(lines, name).toList();
            assertThat(found).as("%s: '# %s:' once in its head", file, name).hasSize(1);
            return found.get(0);
          };
      return new DriverFault(
          file.getFileName().toString(),
          only.apply("fault"),
          List.of(only.apply("breaks").split(" ")),
          only.apply("needs"),
          List.of(only.apply("shown by").split(" ")));
    }
  }

  @BeforeClass
  public void read() throws Exception {
    catalogue = Catalogue.load(SUITES.resolve("rules.yaml"));
    scenarios =
        Scenarios.load(List.of(SUITES), catalogue).stream()
            .collect(Collectors.toMap(Scenario::name, s -> s));
    faults = new ArrayList<>();
    try (Stream<Path> files = Files.list(HOME.resolve("qemu/faults"))) {
      for (Path file : files.filter(f -> f.toString().endsWith(".sed")).sorted().toList()) {
        faults.add(DriverFault.of(file));
      }
    }
  }

  @DataProvider
  public Object[][] faults() {
    return faults.stream().map(f -> new Object[] {f.file(), f}).toArray(Object[][]::new);
  }

  @Test(dataProvider = "faults")
  public void namesKnownRulesAndScenariosAboutThem(String file, DriverFault fault) {
    assertThat(fault.fault()).isNotBlank();
    assertThat(fault.needs()).isNotBlank();
    assertThat(fault.breaks())
        .doesNotHaveDuplicates()
        .allSatisfy(rule -> assertThat(catalogue.rule(RuleId.of(rule))).as(rule).isPresent());
    assertThat(scenarios).containsKeys(fault.shownBy().toArray(String[]::new));
    Set<String> cited =
        fault.shownBy().stream()
            .flatMap(name -> scenarios.get(name).rules().stream())
            .map(c -> c.rule().toString())
            .collect(Collectors.toCollection(TreeSet::new));
    assertThat(cited).as("rules that the scenarios cite").containsAnyElementsOf(fault.breaks());
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
            .filter(f -> f.shownBy().stream().noneMatch(simple::contains))
            .collect(
                Collectors.groupingBy(
                    f -> f.breaks().get(0).replaceFirst("-.*", ""), Collectors.counting()));
    assertThat(HARD)
        .allSatisfy(group -> assertThat(subtle.get(group)).as(group).isGreaterThanOrEqualTo(3));
  }

  @Test
  public void theCorpusNamesTheDriversThatNameIt() throws Exception {
    Corpus corpus = Corpus.load(SUITES.resolve("corpus.yaml"));
    for (DriverFault fault : faults) {
      Path file = HOME.resolve("qemu/faults").resolve(fault.file());
      Optional<String> number = DriverFault.field(Files.readAllLines(file), "corpus").findFirst();
      List<String> named =
          corpus.faults().stream()
              .filter(f -> f.drivers().contains(fault.file()))
              .map(Corpus.Fault::id)
              .toList();
      assertThat(named)
          .as(fault.file())
          .isEqualTo(number.map(n -> List.of("FAULT-" + n)).orElse(List.of()));
    }
  }
}
