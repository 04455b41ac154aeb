package org.daxcheck.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.daxcheck.abi.RuleId;
import org.daxcheck.report.RuleText;
import org.daxcheck.scenario.Catalogue;
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

  static Function<RuleId, RuleText> texts(Catalogue catalogue) {
    return id ->
        catalogue
            .rule(id)
            .map(
                r ->
                    new RuleText(
                        r.sentence(),
                        r.citations().stream()
                            .map(Catalogue.Citation::toString)
                            .collect(Collectors.joining("; "))))
            .orElseGet(() -> new RuleText("", ""));
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

  /** Whether the launcher found the stream (1 or 2) to be a terminal. */
  static boolean isTerminal(int stream) {
    return System.getProperty("daxcheck.terminals", "").contains(Integer.toString(stream));
  }
}
