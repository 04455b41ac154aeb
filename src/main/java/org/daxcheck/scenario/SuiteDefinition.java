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
import java.util.stream.Stream;
import org.daxcheck.scenario.Lexer.Kind;
import org.daxcheck.scenario.Lexer.Token;

/**
 * A suite: which scenarios, on which topologies. Its file has lines {@code include GLOB}, {@code
 * exclude GLOB} (applied in their order, relative to the file's folder), {@code topology NAME...},
 * {@code nothing may be skipped}, and one for each part that is generated, such as {@code complete
 * 1} or {@code walks 1 10 cxl}.
 *
 * @param name the file's name without {@code .suite}
 * @param scenarios the scenario files in the order of their paths; at least one where nothing is
 *     generated
 * @param topologies names of topologies in the order given; empty where the file names none
 * @param generated the parts that a generator makes, in the order given
 * @param gate true where nothing may be skipped
 */
public record SuiteDefinition(
    String name,
    List<Path> scenarios,
    List<String> topologies,
    List<Generated> generated,
    boolean gate) {
  private static final String SUFFIX = ".suite";

  /** What can be generated. Which arguments it takes is known where it is made. */
  private static final List<String> GENERATORS = List.of("complete", "walks");

  /** Begins the line {@code nothing may be skipped}. */
  private static final String NOTHING = "nothing";

  private static final List<String> KEYWORDS =
      Stream.concat(Stream.of("include", "exclude", "topology", NOTHING), GENERATORS.stream())
          .toList();

  public SuiteDefinition {
    scenarios = List.copyOf(scenarios);
    topologies = List.copyOf(topologies);
    generated = List.copyOf(generated);
  }

  /**
   * A line that asks for generated scenarios.
   *
   * @param kind its first word
   * @param arguments the words behind it
   * @param file the suite's file
   * @param line the number of the line
   */
  public record Generated(String kind, List<Argument> arguments, String file, int line) {
    public Generated {
      arguments = List.copyOf(arguments);
    }

    /** The error that this line has where an argument is not as it should be or is missing. */
    public ScenarioException error(int argument, String expected) {
      boolean there = argument < arguments.size();
      String found = there ? "'" + arguments.get(argument).text() + "'" : "the end of the line";
      int column = there ? arguments.get(argument).column() : end();
      return new ScenarioException(file, line, column, "found " + found + ", expected " + expected);
    }

    private int end() {
      Argument last =
          arguments.isEmpty() ? new Argument(kind, 1) : arguments.get(arguments.size() - 1);
      return last.column() + last.text().length();
    }
  }

  /** A word of a line and its column, from 1. */
  public record Argument(String text, int column) {}

  /** Reads a suite's file and finds its scenarios. */
  public static SuiteDefinition load(Path file) throws ScenarioException {
    List<String> lines = Scenarios.text(file).lines().toList();
    try {
      return new Reading(file).suite(lines);
    } catch (ScenarioException e) {
      throw e.in(lines);
    }
  }

  /** A file that is read line by line. */
  private static final class Reading {
    private final Path file;
    private final Path folder;
    private final List<Path> all;
    private final Set<Path> scenarios = new TreeSet<>();
    private final Set<String> topologies = new LinkedHashSet<>();
    private final List<Generated> generated = new ArrayList<>();
    private final Mistakes mistakes = new Mistakes();
    private boolean gate;

    Reading(Path file) throws ScenarioException {
      this.file = file;
      this.folder = file.resolveSibling("");
      this.all = Scenarios.below(folder.toString().isEmpty() ? Path.of(".") : folder);
    }

    SuiteDefinition suite(List<String> lines) throws ScenarioException {
      for (int i = 0; i < lines.size(); i++) {
        if (!lines.get(i).isBlank() && !lines.get(i).strip().startsWith("#")) {
          try {
            line(new Lexer(file.toString(), i + 1, lines.get(i)));
          } catch (ScenarioException e) {
            mistakes.add(e);
          }
        }
      }
      mistakes.end();
      if (scenarios.isEmpty() && generated.isEmpty()) {
        throw new ScenarioException(
            file.toString(),
            lines.size() + 1,
            1,
            "found no scenario left in this suite, expected 'include GLOB'");
      }
      String base = String.valueOf(file.getFileName());
      String name =
          base.endsWith(SUFFIX) ? base.substring(0, base.length() - SUFFIX.length()) : base;
      return new SuiteDefinition(
          name, new ArrayList<>(scenarios), new ArrayList<>(topologies), generated, gate);
    }

    private void line(Lexer lexer) throws ScenarioException {
      Token first = lexer.expectOneOf(KEYWORDS);
      String keyword = first.text();
      switch (keyword) {
        case "include" -> scenarios.addAll(matching(lexer, folder, all));
        case "exclude" -> {
          // What a line above failed to include cannot be there.
          if (mistakes.isEmpty()) {
            scenarios.removeAll(matching(lexer, folder, List.copyOf(scenarios)));
          }
        }
        case "topology" -> topologies(lexer, topologies);
        case NOTHING -> {
          for (String word : List.of("may", "be", "skipped")) {
            lexer.expect(word);
          }
          lexer.expectEnd("the end of 'nothing may be skipped'");
          if (gate) {
            throw lexer.error(first, "found 'nothing may be skipped' twice; keep one");
          }
          gate = true;
        }
        default ->
            generated.add(new Generated(keyword, arguments(lexer), file.toString(), lexer.line()));
      }
    }
  }

  private static List<Argument> arguments(Lexer lexer) throws ScenarioException {
    List<Argument> arguments = new ArrayList<>();
    for (Token word = lexer.next(); word.kind() != Kind.END; word = lexer.next()) {
      if (word.kind() != Kind.WORD) {
        throw lexer.unexpected(word, "a word or a number", List.of());
      }
      arguments.add(new Argument(word.text(), word.column()));
    }
    return arguments;
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
