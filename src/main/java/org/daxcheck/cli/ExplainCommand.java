package org.daxcheck.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.daxcheck.abi.Dialect;
import org.daxcheck.abi.RuleId;
import org.daxcheck.mutant.DriverFault;
import org.daxcheck.report.Coverage;
import org.daxcheck.run.Failure;
import org.daxcheck.run.Home;
import org.daxcheck.scenario.Catalogue;
import org.daxcheck.scenario.Corpus;
import org.daxcheck.scenario.Scenario;
import org.daxcheck.scenario.ScenarioException;
import org.daxcheck.scenario.Scenarios;
import org.daxcheck.selection.Named;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(
    name = "explain",
    mixinStandardHelpOptions = true,
    description =
        "Explains a rule: its source, its scenarios, the last verdicts; or a scenario, or a fault.")
final class ExplainCommand implements Callable<Integer> {
  @Parameters(
      paramLabel = "NAME",
      description =
          "a rule such as REFUSE-1, a known fault such as FAULT-4, a scenario, a fault of"
              + " qemu/faults")
  private String name;

  @Override
  public Integer call() {
    // Who types by hand types small letters.
    String upper = name.toUpperCase(Locale.ROOT);
    Optional<Corpus.Fault> fault = Home.corpus().fault(upper);
    if (fault.isPresent()) {
      print(fault.get());
      return 0;
    }
    Catalogue catalogue = Home.catalogue();
    Optional<RuleId> rule = RuleId.parse(upper);
    if (rule.isPresent()) {
      rule(rule.get(), catalogue);
    } else {
      other(catalogue);
    }
    return 0;
  }

  /** A scenario or one of our faults, by name or file. */
  private void other(Catalogue catalogue) {
    String bare = name.replaceFirst("^.*/", "").replaceFirst("\\.(kmem|sed)$", "");
    try {
      Named named = new Named(catalogue);
      Optional<Scenario> scenario = named.one(bare);
      Path fault = Home.folder().resolve("qemu/faults/" + bare + ".sed");
      if (scenario.isPresent()) {
        print(scenario.get(), catalogue);
      } else if (Files.isRegularFile(fault)) {
        print(DriverFault.of(fault));
      } else {
        throw new Failure("'" + name + "' is no rule, scenario or fault" + named.hint(bare));
      }
    } catch (ScenarioException e) {
      throw new Failure(e);
    } catch (IOException e) {
      throw new Failure(e);
    }
  }

  private static void print(Scenario scenario, Catalogue catalogue) {
    System.out.println(scenario.name() + " (" + scenario.file() + ")");
    scenario
        .rules()
        .forEach(
            r ->
                System.out.println(
                    "  %s: %s%n    source: %s"
                        .formatted(
                            r.rule(),
                            catalogue.rule(r.rule()).map(Catalogue.Rule::sentence).orElse(""),
                            r.citation())));
    System.out.println();
    scenario.source().lines().forEach(l -> System.out.println("  " + l));
  }

  private static void print(DriverFault fault) {
    System.out.println(fault.name() + " (" + Home.shown(fault.file()) + ")");
    System.out.println("  " + fault.fault());
    line("breaks", fault.breaks().stream().map(RuleId::toString).toList());
    line("needs", fault.needs().isEmpty() ? List.of() : List.of(fault.needs()));
    line("shown by", fault.shownBy());
    fault.unseen().ifPresent(why -> line("not from outside", List.of(why)));
  }

  private static void rule(RuleId id, Catalogue catalogue) {
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
