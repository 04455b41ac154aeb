package org.daxcheck.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.daxcheck.abi.Dialect;
import org.daxcheck.abi.RuleId;
import org.daxcheck.report.Coverage;
import org.daxcheck.run.Failure;
import org.daxcheck.run.Home;
import org.daxcheck.scenario.Catalogue;
import org.daxcheck.scenario.Corpus;
import org.daxcheck.scenario.Scenario;
import org.daxcheck.scenario.ScenarioException;
import org.daxcheck.scenario.Scenarios;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(
    name = "explain",
    mixinStandardHelpOptions = true,
    description = "Explains a rule: its source, its scenarios, the last verdicts; or a fault.")
final class ExplainCommand implements Callable<Integer> {
  @Parameters(
      paramLabel = "RULE",
      description = "such as REFUSE-1, or a known fault such as FAULT-4")
  private String name;

  @Override
  public Integer call() {
    // Who types by hand types small letters.
    name = name.toUpperCase(Locale.ROOT);
    Optional<Corpus.Fault> fault = Home.corpus().fault(name);
    if (fault.isPresent()) {
      print(fault.get());
      return 0;
    }
    Catalogue catalogue = Home.catalogue();
    RuleId id =
        RuleId.parse(name)
            .orElseThrow(
                () -> new Failure("'" + name + "' is no rule; a rule looks like REFUSE-1"));
    Catalogue.Rule rule =
        catalogue.rule(id).orElseThrow(() -> new Failure("no rule " + id + catalogue.hint(id)));
    System.out.println(rule.id() + " (" + rule.grade().text() + ")");
    System.out.println("  " + rule.sentence());
    rule.citations().forEach(c -> System.out.println("  source: " + c));
    if (!rule.note().isEmpty()) {
      System.out.println("  note: " + rule.note());
    }
    System.out.println(
        "  dialects: "
            + rule.dialects().stream().map(Object::toString).collect(Collectors.joining(", ")));
    rule.unjudged().forEach((d, why) -> System.out.println("  not judged on " + d + ": " + why));
    scenarios(catalogue, id);
    known(id);
    verdicts(id);
    return 0;
  }

  private static void scenarios(Catalogue catalogue, RuleId id) {
    try {
      List<Scenario> about =
          Scenarios.load(List.of(Home.suites()), catalogue).stream()
              .filter(s -> s.rules().stream().anyMatch(r -> r.rule().equals(id)))
              .toList();
      System.out.println(about.isEmpty() ? "  no scenario" : "  scenarios:");
      for (Scenario s : about) {
        System.out.println("    " + Home.shown(Path.of(s.file())));
      }
    } catch (ScenarioException e) {
      throw new Failure(e);
    }
  }

  /** What the last runs said of the rule, per kernel. */
  private static void verdicts(RuleId id) {
    List<String> verdicts = Coverage.of(PastRuns.all()).verdicts(id);
    System.out.println(
        verdicts.isEmpty()
            ? "  no run has judged it yet; ./daxcheck run makes one"
            : "  last verdicts:");
    verdicts.forEach(v -> System.out.println("    " + v));
  }

  private static void known(RuleId id) {
    for (Corpus.Fault fault : Home.corpus().about(id)) {
      System.out.println("  " + fault.id() + ": " + fault.fault());
    }
    Home.findings().about(id).forEach(f -> System.out.println("  explained: " + f));
  }

  /** A fault of the corpus, as list shows it too. */
  static void print(Corpus.Fault fault) {
    System.out.println(fault.id());
    System.out.println("  " + fault.fault());
    line("in", fault.dialects().stream().sorted().map(Dialect::text).toList());
    line("breaks", fault.rules().stream().map(RuleId::toString).toList());
    line("shown by", fault.scenarios());
    if (!fault.notFromOutside().isEmpty()) {
      System.out.println("  not from outside: " + fault.notFromOutside());
    }
    line("brought back by", fault.drivers().stream().map(d -> "qemu/faults/" + d).toList());
    if (!fault.note().isEmpty()) {
      System.out.println("  note: " + fault.note());
    }
  }

  private static void line(String label, List<String> values) {
    if (!values.isEmpty()) {
      System.out.println("  " + label + ": " + String.join(", ", values));
    }
  }
}
