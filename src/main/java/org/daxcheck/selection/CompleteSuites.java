package org.daxcheck.selection;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.daxcheck.abi.Dialect;
import org.daxcheck.abi.DialectProperties;
import org.daxcheck.abi.Policy;
import org.daxcheck.abi.TargetKind;
import org.daxcheck.machine.Alphabet;
import org.daxcheck.machine.CompleteSuite;
import org.daxcheck.run.Failure;
import org.daxcheck.scenario.Catalogue;
import org.daxcheck.scenario.Scenario;
import org.daxcheck.scenario.ScenarioException;
import org.daxcheck.scenario.SuiteDefinition;
import org.daxcheck.suite.CompletenessResult;
import org.daxcheck.suite.Plan;
import org.daxcheck.suite.PlannedCase;
import org.daxcheck.suite.Run;
import org.daxcheck.target.ModelSource;
import org.daxcheck.target.TargetException;

/** The complete suites of a run: those that its suite asks for and the one of the command line. */
public final class CompleteSuites {
  /** The first word of the line that asks for one. */
  public static final String KIND = "complete";

  /** Larger suites have more tests than anybody runs. */
  private static final int MOST_EXTRA = 3;

  private static final String ALPHABETS =
      Arrays.stream(Alphabet.values()).map(Alphabet::text).collect(Collectors.joining(", "));

  private final List<CompleteSuite> suites;

  /** One that was asked for: k and the alphabet. */
  public record Asked(int extra, Alphabet alphabet) {}

  private CompleteSuites(List<CompleteSuite> suites) {
    this.suites = suites;
  }

  /** What the lines of a suite ask for. */
  public static List<Asked> asked(List<SuiteDefinition.Generated> lines) throws ScenarioException {
    List<Asked> all = new ArrayList<>();
    for (SuiteDefinition.Generated line : lines) {
      if (!line.kind().equals(KIND)) {
        continue;
      }
      List<SuiteDefinition.Argument> words = line.arguments();
      if (words.isEmpty() || !words.get(0).text().matches("[0-" + MOST_EXTRA + "]")) {
        throw line.error(0, "k, a number from 0 to " + MOST_EXTRA);
      }
      Optional<Alphabet> alphabet =
          words.size() == 1 ? Optional.of(Alphabet.WORDS) : Alphabet.of(words.get(1).text());
      if (alphabet.isEmpty()) {
        throw line.error(1, "an alphabet: " + ALPHABETS);
      }
      if (words.size() > 2) {
        throw line.error(2, "the end of the line");
      }
      all.add(new Asked(Integer.parseInt(words.get(0).text()), alphabet.get()));
    }
    return all;
  }

  /** What the command line asks for. */
  public static Asked asked(int extra, String alphabet) {
    if (extra < 0 || extra > MOST_EXTRA) {
      throw new Failure("--complete " + extra + ": k is a number from 0 to " + MOST_EXTRA);
    }
    return new Asked(extra, alphabet(alphabet));
  }

  /** The alphabet of that name; another is a failure. */
  public static Alphabet alphabet(String name) {
    return Alphabet.of(name)
        .orElseThrow(
            () -> new Failure("--alphabet '" + name + "' is unknown; expected " + ALPHABETS));
  }

  /** The topology that an alphabet is asked on where none is named. */
  public static String topology(Alphabet alphabet) {
    return alphabet == Alphabet.WORDS ? Plan.KERNEL_ZONE : "cxl-ranges";
  }

  /** Makes them. Without an attribute there is nothing to ask. */
  public static CompleteSuites of(
      List<Asked> asked,
      Optional<String> topology,
      Dialect dialect,
      Policy bootPolicy,
      ModelSource.Shapes shapes) {
    List<CompleteSuite> made = new ArrayList<>();
    for (Asked one : asked) {
      if (!DialectProperties.of(dialect).hasAttribute()) {
        continue; // there is no attribute to write to
      }
      String where = topology.orElse(topology(one.alphabet()));
      try {
        made.add(
            CompleteSuite.of(
                dialect, where, shapes.of(where), bootPolicy, one.alphabet(), one.extra()));
      } catch (TargetException e) {
        throw new Failure(e);
      }
    }
    return new CompleteSuites(made);
  }

  /** The suite that a scenario is a test of, by a name of its own; empty where it is of none. */
  public Optional<String> unit(Scenario scenario) {
    return suites.stream()
        .filter(s -> s.has(scenario.name()))
        .map(s -> "complete/" + suites.indexOf(s))
        .findFirst();
  }

  /** Those of which all tests are among these. */
  public CompleteSuites within(List<PlannedCase> plan) {
    Set<String> units =
        plan.stream().flatMap(c -> unit(c.scenario()).stream()).collect(Collectors.toSet());
    return new CompleteSuites(
        suites.stream().filter(s -> units.contains("complete/" + suites.indexOf(s))).toList());
  }

  /** Their scenarios behind those of the run. */
  public List<Scenario> with(List<Scenario> others, Catalogue catalogue) {
    List<Scenario> all = new ArrayList<>(others);
    try {
      for (CompleteSuite suite : suites) {
        all.addAll(suite.scenarios(catalogue));
      }
    } catch (ScenarioException e) {
      throw new Failure(e);
    }
    return all;
  }

  /** The topologies of the run, with those that they need. */
  public List<String> topologies(List<String> others) {
    Set<String> all = new LinkedHashSet<>(others);
    suites.forEach(s -> all.add(s.machine().origin().topology()));
    return List.copyOf(all);
  }

  /** What the cases prove of real kernels; of the model they would prove nothing. */
  public List<CompletenessResult> claims(Run run) {
    List<String> targets =
        run.cases().stream()
            .map(Run.Case::target)
            .filter(t -> run.target(t).filter(i -> i.kind() == TargetKind.MODEL).isEmpty())
            .distinct()
            .toList();
    return targets.stream()
        .flatMap(t -> suites.stream().map(s -> s.claim(t, run.cases())))
        .toList();
  }
}
