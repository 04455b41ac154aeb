package org.daxcheck.cli;

import java.nio.file.Path;
import java.util.List;
import org.daxcheck.report.RuleBook;
import org.daxcheck.scenario.Catalogue;
import org.daxcheck.scenario.Corpus;
import org.daxcheck.scenario.Findings;
import org.daxcheck.scenario.Scenario;
import org.daxcheck.scenario.ScenarioException;

/** daxcheck's own folder, as the launcher says it. */
final class Home {
  private Home() {}

  static Path folder() {
    return Path.of(System.getProperty("daxcheck.home", ".")).toAbsolutePath().normalize();
  }

  static Path suites() {
    return folder().resolve("suites");
  }

  static Catalogue catalogue() {
    try {
      return Catalogue.load(suites().resolve("rules.yaml"));
    } catch (ScenarioException e) {
      throw new Failure(e);
    }
  }

  /** What reports look up. */
  static RuleBook book(Catalogue catalogue) {
    return new RuleBook(catalogue.rules(), findings());
  }

  static Findings findings() {
    try {
      return Findings.load(suites().resolve("findings.yaml"));
    } catch (ScenarioException e) {
      throw new Failure(e);
    }
  }

  static Corpus corpus() {
    try {
      return Corpus.load(suites().resolve("corpus.yaml"));
    } catch (ScenarioException e) {
      throw new Failure(e);
    }
  }

  /** The folder that runs leave their results in. */
  static Path results() {
    return folder().resolve("reports/out");
  }

  /** The path as the user would write it: relative to here, where it is below. */
  static String shown(Path path) {
    Path here = Path.of("").toAbsolutePath();
    Path whole = path.toAbsolutePath().normalize();
    return whole.startsWith(here) ? here.relativize(whole).toString() : whole.toString();
  }

  /** The scenarios, those below daxcheck's own folder named by their place in it. */
  static List<Scenario> relative(List<Scenario> scenarios) {
    return scenarios.stream()
        .map(
            s -> {
              Path file = Path.of(s.file()).toAbsolutePath().normalize();
              return file.startsWith(folder()) ? s.inFile(folder().relativize(file).toString()) : s;
            })
        .toList();
  }

  /** Whether the launcher found the stream (0, 1 or 2) to be a terminal. */
  static boolean isTerminal(int stream) {
    return System.getProperty("daxcheck.terminals", "").contains(Integer.toString(stream));
  }

  /** Columns of the terminal, as the launcher or COLUMNS says; 100 where there is none. */
  static int columns() {
    String said = System.getenv().getOrDefault("COLUMNS", System.getProperty("daxcheck.columns"));
    return said != null && said.matches("[1-9][0-9]{0,3}") ? Integer.parseInt(said) : 100;
  }
}
