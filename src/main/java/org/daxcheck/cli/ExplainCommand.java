package org.daxcheck.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.daxcheck.abi.RuleId;
import org.daxcheck.scenario.Catalogue;
import org.daxcheck.scenario.Scenario;
import org.daxcheck.scenario.ScenarioException;
import org.daxcheck.scenario.Scenarios;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(
    name = "explain",
    mixinStandardHelpOptions = true,
    description = "Explains a rule: where it comes from, its scenarios, the last verdicts.")
final class ExplainCommand implements Callable<Integer> {
  @Parameters(paramLabel = "RULE", description = "such as REFUSE-1")
  private String name;

  @Override
  public Integer call() {
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
    scenarios(catalogue, id);
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

  /** What the latest run said of the rule, per target. */
  private static void verdicts(RuleId id) {
    Path file = Home.folder().resolve("reports/out/latest/run.json");
    if (!Files.isRegularFile(file)) {
      System.out.println("  no run yet; ./daxcheck run makes one");
      return;
    }
    try {
      JsonNode run = new ObjectMapper().readTree(file.toFile());
      System.out.println("  in the latest run (" + run.path("started").asText() + "):");
      for (JsonNode target : run.path("targets")) {
        int judged = 0;
        int broken = 0;
        for (JsonNode c : run.path("cases")) {
          if (c.path("target").asText().equals(target.path("name").asText())) {
            judged += c.path("judged").path(id.toString()).asInt();
            for (JsonNode d : c.path("divergences")) {
              broken += d.path("rule").asText().equals(id.toString()) ? 1 : 0;
            }
          }
        }
        System.out.printf(
            "    %s, %s: judged %d times, broken in %d scenarios%n",
            target.path("name").asText(), target.path("kernel").asText(), judged, broken);
      }
    } catch (IOException e) {
      throw new Failure(file + ": no readable run: " + e.getMessage());
    }
  }
}
