package org.daxcheck.scenario;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.daxcheck.io.IoReason;

/** Finds and reads the files of scenarios. */
public final class Scenarios {
  private Scenarios() {}

  /**
   * Reads the scenarios of these files and folders, each once: in the order given, those of a
   * folder in the order of their paths. Their rules must stand in the catalogue.
   */
  public static List<Scenario> load(List<Path> filesOrFolders, Catalogue catalogue)
      throws ScenarioException {
    return load(filesOrFolders, catalogue, file -> false);
  }

  /**
   * The same, where some files may be of scenarios that are only tried.
   *
   * @param tried true of a file that may do without prose, rules and citations
   */
  public static List<Scenario> load(
      List<Path> filesOrFolders, Catalogue catalogue, Predicate<Path> tried)
      throws ScenarioException {
    List<Scenario> scenarios = new ArrayList<>();
    Map<String, String> files = new HashMap<>();
    Mistakes mistakes = new Mistakes();
    for (Path file : files(filesOrFolders)) {
      List<Scenario> found;
      try {
        found = Parser.all(file.toString(), text(file), catalogue, tried.test(file));
      } catch (ScenarioException e) {
        mistakes.add(e);
        continue;
      }
      for (Scenario scenario : found) {
        String other = files.putIfAbsent(scenario.name(), scenario.file());
        if (other != null) {
          mistakes.add(
              new ScenarioException(
                  scenario.file(),
                  1,
                  1 + "KMEM ".length(),
                  "found the name '" + scenario.name() + "' also in " + other + "; rename one"));
        }
      }
      scenarios.addAll(found);
    }
    mistakes.end();
    return List.copyOf(scenarios);
  }

  /** The scenario files of these files and folders, each once; folders are searched for .kmem. */
  public static List<Path> files(List<Path> filesOrFolders) throws ScenarioException {
    Set<Path> files = new LinkedHashSet<>();
    for (Path path : filesOrFolders) {
      if (!Files.isDirectory(path)) {
        files.add(path.normalize());
        continue;
      }
      List<Path> inside = below(path);
      if (inside.isEmpty()) {
        throw new ScenarioException(
            path.toString(), "found no scenario in this folder, expected *.kmem files", null);
      }
      inside.forEach(file -> files.add(file.normalize()));
    }
    return List.copyOf(files);
  }

  /** The scenario files below the folder, in the order of their paths. */
  static List<Path> below(Path folder) throws ScenarioException {
    try (Stream<Path> all = Files.walk(folder)) {
      return all.filter(file -> file.toString().endsWith(Parser.SUFFIX))
          .filter(Files::isRegularFile)
          .sorted()
          .toList();
    } catch (IOException e) {
      throw unsearched(folder, e);
    } catch (UncheckedIOException e) {
      throw unsearched(folder, e.getCause());
    }
  }

  private static ScenarioException unsearched(Path folder, IOException e) {
    return new ScenarioException(folder.toString(), "cannot be searched: " + IoReason.of(e), e);
  }

  /** The text of a file. */
  static String text(Path file) throws ScenarioException {
    try {
      return Files.readString(file);
    } catch (CharacterCodingException e) {
      throw new ScenarioException(file.toString(), "found bytes that are not UTF-8 text", e);
    } catch (NoSuchFileException e) {
      throw new ScenarioException(file.toString(), "no such file", e);
    } catch (IOException e) {
      throw new ScenarioException(file.toString(), "cannot be read: " + IoReason.of(e), e);
    }
  }
}
