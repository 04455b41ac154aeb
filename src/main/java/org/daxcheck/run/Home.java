package org.daxcheck.run;

import java.nio.file.Path;
import java.util.List;
import org.daxcheck.report.RuleBook;
import org.daxcheck.scenario.Catalogue;
import org.daxcheck.scenario.Corpus;
import org.daxcheck.scenario.Findings;
import org.daxcheck.scenario.Scenario;
import org.daxcheck.scenario.ScenarioException;

/** daxcheck's own folder, as the launcher says it. */
public final class Home {
  private Home() {}

  /** Where daxcheck was unpacked; the folder that it is started in where no launcher says. */
  public static Path folder() {
    return Path.of(System.getProperty("daxcheck.home", ".")).toAbsolutePath().normalize();
  }

  /** The folder of the scenarios and their rules. */
  public static Path suites() {
    return folder().resolve("suites");
  }

  /** The rules; a file that cannot be read is a failure. */
  public static Catalogue catalogue() {
    try {
      return Catalogue.load(suites().resolve("rules.yaml"));
    } catch (ScenarioException e) {
      throw new Failure(e);
    }
  }

  /** What reports look up. */
  public static RuleBook book(Catalogue catalogue) {
    return new RuleBook(catalogue.rules(), findings());
  }

  /** What is known of differences; a file that cannot be read is a failure. */
  public static Findings findings() {
    try {
      return Findings.load(suites().resolve("findings.yaml"));
    } catch (ScenarioException e) {
      throw new Failure(e);
    }
  }

  /** The faults of the field; a file that cannot be read is a failure. */
  public static Corpus corpus() {
    try {
      return Corpus.load(suites().resolve("corpus.yaml"));
    } catch (ScenarioException e) {
      throw new Failure(e);
    }
  }

  /** The folder that runs leave their results in. */
  public static Path results() {
    return folder().resolve("reports/out");
  }

  /** The path as the user would write it: relative to here, where it is below. */
  public static String shown(Path path) {
    Path here = Path.of("").toAbsolutePath();
    Path whole = path.toAbsolutePath().normalize();
    return whole.startsWith(here) ? here.relativize(whole).toString() : whole.toString();
  }

  /** The scenarios, those below daxcheck's own folder named by their place in it. */
  public static List<Scenario> relative(List<Scenario> scenarios) {
    return scenarios.stream()
        .map(
            s -> {
              Path file = Path.of(s.file()).toAbsolutePath().normalize();
              return file.startsWith(folder()) ? s.inFile(folder().relativize(file).toString()) : s;
            })
        .toList();
  }

  /** Whether the launcher found the stream (0, 1 or 2) to be a terminal. */
  public static boolean isTerminal(int stream) {
    return System.getProperty("daxcheck.terminals", "").contains(Integer.toString(stream));
  }

  /** Columns of the terminal, as the launcher or COLUMNS says; 100 where there is none. */
  public static int columns() {
    String said = System.getenv().getOrDefault("COLUMNS", System.getProperty("daxcheck.columns"));
    return said != null && said.matches("[1-9][0-9]{0,3}") ? Integer.parseInt(said) : 100;
  }
}
