package org.daxcheck.mutant;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.daxcheck.abi.Dialect;
import org.daxcheck.abi.Policy;
import org.daxcheck.abi.RuleId;
import org.daxcheck.scenario.Catalogue;
import org.daxcheck.scenario.Scenarios;
import org.daxcheck.suite.PlannedCase;
import org.daxcheck.suite.TraceSink;
import org.daxcheck.target.ModelSource;
import org.daxcheck.target.TargetSource;
import org.testng.annotations.AfterMethod;
import org.testng.annotations.BeforeMethod;
import org.testng.annotations.Test;

/** In which order faults are tried, in how many labs, and what is kept; on models. */
public class TrialsTest {
  private static final Path SUITES =
      Path.of(System.getProperty("daxcheck.home", ".")).resolve("suites");
  private static final String SHOWS = "case-matters";

  private final List<String> said = Collections.synchronizedList(new ArrayList<>());
  private final List<String> tried = Collections.synchronizedList(new ArrayList<>());
  private List<String> expected = List.of();
  private List<PlannedCase> plan;
  private Path file;
  private boolean stops;

  @BeforeMethod
  public void make() throws Exception {
    plan =
        Scenarios.load(List.of(SUITES), Catalogue.load(SUITES.resolve("rules.yaml"))).stream()
            .filter(s -> s.name().equals(SHOWS))
            .map(s -> new PlannedCase(s, "model", "cxl"))
            .toList();
    file = Files.createTempFile("daxcheck-trials", ".jsonl");
    said.clear();
    tried.clear();
    stops = false;
  }

  @AfterMethod(alwaysRun = true)
  public void remove() throws IOException {
    Files.deleteIfExists(file);
  }

  /** A driver whose faults nobody notices. */
  private static Lab lab() {
    return new Lab() {
      @Override
      public TargetSource targets(Optional<DriverFault> fault) {
        return new ModelSource(Dialect.LINUX_7_3, Policy.ONLINE_MOVABLE, t -> List.of(2), 1);
      }

      @Override
      public String selftest(Optional<DriverFault> fault, String topology) {
        throw new IllegalStateException("nobody asked for the kernel's own test");
      }
    };
  }

  private static DriverFault fault(String name, Optional<String> unseen) {
    return new DriverFault(
        name,
        Path.of(name + ".sed"),
        "it fails",
        List.of(RuleId.of("WORD-2")),
        "anything",
        List.of(SHOWS),
        Optional.empty(),
        unseen,
        "hash");
  }

  private static final List<DriverFault> FAULTS =
      List.of(
          fault("a-hidden", Optional.of("it cannot be seen")),
          fault("c-plain", Optional.empty()),
          fault("b-plain", Optional.empty()));

  private void run(int labs, boolean resume) throws Exception {
    Ledger.Key key = new Ledger.Key("kernel", "rules", 1, false);
    try (Ledger ledger = Ledger.open(file, key, resume)) {
      Control control = new Control(1, ledger::addStock, ledger::addStock);
      control.remember(ledger.stock(), ledger.selftests());
      Trial trial = new Trial(plan, Set.of(), Set.of(SHOWS), control, 1, false, false);
      Trials[] trials = new Trials[1];
      Trials.Listener listener =
          new Trials.Listener() {
            @Override
            public void expect(List<DriverFault> faults) {
              expected = faults.stream().map(DriverFault::name).toList();
            }

            @Override
            public Function<PlannedCase, TraceSink> traces(DriverFault fault) {
              tried.add(fault.name());
              if (stops) {
                trials[0].stop();
              }
              return c -> TraceSink.NONE;
            }

            @Override
            public void doing(String what) {
              // Only what stays is looked at.
            }

            @Override
            public void say(String what) {
              said.add(what);
            }
          };
      trials[0] = new Trials(Collections.nCopies(labs, lab()), trial, control, ledger, listener);
      trials[0].run(FAULTS);
    }
  }

  @Test
  public void whatNobodyCanSeeComesLastAndTheStockDriverFirst() throws Exception {
    run(1, false);
    assertThat(expected).containsExactly("b-plain", "c-plain", "a-hidden");
    assertThat(tried).isEqualTo(expected);
    assertThat(said).hasSize(4);
    assertThat(said.get(0)).isEqualTo("control: 1 scenarios on the stock driver");
    assertThat(said.get(1)).startsWith("[1/3] b-plain");
    assertThat(said.get(3)).startsWith("[3/3] a-hidden");
  }

  @Test
  public void severalLabsShareTheFaults() throws Exception {
    run(3, false);
    assertThat(tried).containsExactlyInAnyOrder("a-hidden", "b-plain", "c-plain");
  }

  @Test
  public void whatIsKnownAndStillTrueIsNotTriedAgain() throws Exception {
    run(2, false);
    tried.clear();
    said.clear();
    run(2, true);
    assertThat(tried).isEmpty();
    assertThat(said).containsExactly("3 of 3 faults have a result that is still true");
  }

  @Test
  public void whatEndsBehindTheStopIsNoResult() throws Exception {
    stops = true;
    run(1, false);
    stops = false;
    assertThat(tried).containsExactly("b-plain");
    run(1, true);
    assertThat(tried).as("it is tried again").endsWith("b-plain", "c-plain", "a-hidden");
  }

  @Test
  public void namesAndAGlobChoose() {
    assertThat(new Choice(List.of(), "*").of(FAULTS)).isEqualTo(FAULTS);
    assertThat(new Choice(List.of("b-plain", "a-hidden"), "*-plain").of(FAULTS))
        .containsExactly(FAULTS.get(2));
    assertThatThrownBy(() -> new Choice(List.of("nosuch"), "*").of(FAULTS))
        .hasMessageContaining("'nosuch' is no fault");
    assertThatThrownBy(() -> new Choice(List.of(), "x*").of(FAULTS))
        .hasMessageContaining("--only 'x*'");
  }
}
