package org.daxcheck.selection;

import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.daxcheck.abi.RuleId;
import org.daxcheck.run.Failure;
import org.daxcheck.run.Home;
import org.daxcheck.scenario.Catalogue;
import org.daxcheck.scenario.Hint;
import org.daxcheck.scenario.Scenario;
import org.daxcheck.scenario.ScenarioException;
import org.daxcheck.scenario.Scenarios;

/** Scenarios as users name them: by file, folder, name, glob, rule or group of rules. */
public final class Named {
  private final Catalogue catalogue;
  private final Map<String, Scenario> known = new LinkedHashMap<>();

  /** Those of the suites are known by name. */
  public Named(Catalogue catalogue) throws ScenarioException {
    this.catalogue = catalogue;
    for (Scenario s : Home.relative(Scenarios.load(List.of(Home.suites()), catalogue))) {
      known.put(s.name(), s);
    }
  }

  /** The scenario of the suites that has this name, or that of a case, such as NAME.cxl. */
  public Optional<Scenario> one(String name) {
    int dot = name.lastIndexOf('.');
    return Optional.ofNullable(known.get(name))
        .or(() -> Optional.ofNullable(dot < 0 ? null : known.get(name.substring(0, dot))));
  }

  /** The scenarios about a rule. */
  public List<Scenario> about(RuleId rule) {
    return those(s -> s.rules().stream().anyMatch(r -> r.rule().equals(rule)));
  }

  /**
   * All that are named, each once.
   *
   * @throws ScenarioException where a file cannot be read, or is none
   */
  public List<Scenario> all(List<Path> named) throws ScenarioException {
    Map<String, Scenario> all = new LinkedHashMap<>();
    List<Path> files = new ArrayList<>();
    for (Path name : named) {
      if (Files.exists(name) || name.getNameCount() > 1) {
        files.add(name);
      } else {
        of(name.toString()).forEach(s -> all.put(s.name(), s));
      }
    }
    if (!files.isEmpty()) {
      Home.relative(Scenarios.load(files, catalogue, file -> !isOfSuites(file)))
          .forEach(s -> all.put(s.name(), s));
    }
    return List.copyOf(all.values());
  }

  /** Those must cite their rule; what is only tried need not. */
  private static boolean isOfSuites(Path file) {
    return file.toAbsolutePath().normalize().startsWith(Home.suites());
  }

  private List<Scenario> of(String word) {
    Optional<Scenario> one = one(word);
    if (one.isPresent()) {
      return List.of(one.get());
    }
    String upper = word.toUpperCase(Locale.ROOT);
    Optional<RuleId> rule = RuleId.parse(upper);
    List<Scenario> found =
        rule.isPresent()
            ? about(rule.get())
            : catalogue.groups().contains(upper)
                ? those(s -> s.rules().stream().anyMatch(r -> r.rule().group().equals(upper)))
                : glob(word);
    if (found.isEmpty()) {
      throw new Failure(word + ": no such file, scenario, rule or group" + hint(word));
    }
    return found;
  }

  private List<Scenario> glob(String word) {
    if (!word.contains("*") && !word.contains("?")) {
      return List.of();
    }
    PathMatcher glob = FileSystems.getDefault().getPathMatcher("glob:" + word);
    return those(s -> glob.matches(Path.of(s.name())));
  }

  private List<Scenario> those(Predicate<Scenario> wanted) {
    return known.values().stream().filter(wanted).toList();
  }

  /** What is near to a word that nobody knows, as a part of a sentence. */
  public String hint(String word) {
    Set<String> names = new TreeSet<>(known.keySet());
    names.addAll(catalogue.groups());
    catalogue.rules().forEach(r -> names.add(r.id().toString()));
    return Hint.ofSeveral(word, names);
  }
}
