package org.daxcheck.scenario;

import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.PatternSyntaxException;
import org.daxcheck.scenario.Lexer.Kind;
import org.daxcheck.scenario.Lexer.Token;

/**
 * A suite: which scenarios, on which topologies. Its file has lines {@code include GLOB}, {@code
 * exclude GLOB} (applied in their order, relative to the file's folder) and {@code topology
 * NAME...}.
 *
 * @param name the file's name without {@code .suite}
 * @param scenarios the scenario files in the order of their paths, at least one
 * @param topologies names of topologies in the order given; empty where the file names none
 */
public record SuiteDefinition(String name, List<Path> scenarios, List<String> topologies) {
  private static final String SUFFIX = ".suite";
  private static final List<String> KEYWORDS = List.of("include", "exclude", "topology");

  public SuiteDefinition {
    scenarios = List.copyOf(scenarios);
    topologies = List.copyOf(topologies);
  }

  /** Reads a suite's file and finds its scenarios. */
  public static SuiteDefinition load(Path file) throws ScenarioException {
    Path folder = file.resolveSibling("");
    List<Path> all = Scenarios.below(folder.toString().isEmpty() ? Path.of(".") : folder);
    Set<Path> scenarios = new TreeSet<>();
    Set<String> topologies = new LinkedHashSet<>();
    List<String> lines = Scenarios.text(file).lines().toList();
    for (int i = 0; i < lines.size(); i++) {
      if (lines.get(i).isBlank() || lines.get(i).strip().startsWith("#")) {
        continue;
      }
      Lexer lexer = new Lexer(file.toString(), i + 1, lines.get(i));
      switch (lexer.expectOneOf(KEYWORDS).text()) {
        case "include" -> scenarios.addAll(matching(lexer, folder, all));
        case "exclude" -> scenarios.removeAll(matching(lexer, folder, List.copyOf(scenarios)));
        default -> topologies(lexer, topologies);
      }
    }
    if (scenarios.isEmpty()) {
      throw new ScenarioException(
          file.toString(),
          lines.size() + 1,
          1,
          "found no scenario left in this suite, expected 'include GLOB'");
    }
    String base = String.valueOf(file.getFileName());
    String name = base.endsWith(SUFFIX) ? base.substring(0, base.length() - SUFFIX.length()) : base;
    return new SuiteDefinition(name, new ArrayList<>(scenarios), new ArrayList<>(topologies));
  }

  private static List<Path> matching(Lexer lexer, Path folder, List<Path> files)
      throws ScenarioException {
    Token glob = lexer.rest();
    if (glob.kind() == Kind.END) {
      throw lexer.unexpected(glob, "a glob such as refuse/*.kmem", List.of());
    }
    PathMatcher matcher;
    try {
      matcher = FileSystems.getDefault().getPathMatcher("glob:" + glob.text());
    } catch (PatternSyntaxException e) {
      throw lexer.error(
          glob, "found '" + glob.text() + "', which is no glob: " + e.getDescription(), e);
    }
    Path base = folder.toAbsolutePath().normalize();
    List<Path> found =
        files.stream()
            .filter(f -> matcher.matches(base.relativize(f.toAbsolutePath().normalize())))
            .toList();
    if (found.isEmpty()) {
      throw lexer.error(
          glob,
          "found no scenario for '" + glob.text() + "', expected a glob such as refuse/*.kmem");
    }
    return found;
  }

  private static void topologies(Lexer lexer, Set<String> topologies) throws ScenarioException {
    do {
      Token name = lexer.next();
      if (name.kind() != Kind.WORD || !name.text().matches("[a-z0-9-]+")) {
        throw lexer.unexpected(name, "the name of a topology, such as cxl", List.of());
      }
      if (!topologies.add(name.text())) {
        throw lexer.error(name, "found '" + name.text() + "' twice; keep one");
      }
    } while (lexer.peek().kind() != Kind.END);
  }
}
