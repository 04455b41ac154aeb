package org.daxcheck.explore;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.daxcheck.scenario.Catalogue;
import org.daxcheck.scenario.Scenario;
import org.daxcheck.scenario.ScenarioException;
import org.daxcheck.scenario.Scenarios;
import org.daxcheck.step.Step;

/**
 * Walks that took branches of the kernel that no walk before had taken, and all branches that were
 * taken. It is kept in a folder: a folder of scenarios for each topology, and a list of branches.
 */
final class Corpus {
  /** Its name in the folder of results. */
  static final String FOLDER = "corpus";

  private static final String BRANCHES = "branches";

  private final Path folder;
  private final SplittableRandom random;
  private final Set<String> branches = new HashSet<>();
  private final Map<String, List<List<Step>>> walks = new TreeMap<>();

  /**
   * What is in this folder; nothing where it is not there yet.
   *
   * @param seed draws which walks are taken
   * @throws IOException where it cannot be read
   */
  Corpus(Path folder, Catalogue catalogue, long seed) throws IOException {
    this.folder = folder;
    Path list = folder.resolve(BRANCHES);
    if (Files.exists(list)) {
      branches.addAll(Files.readAllLines(list));
      try (Stream<Path> topologies = Files.list(folder)) {
        for (Path topology : topologies.filter(Files::isDirectory).sorted().toList()) {
          walks.put(topology.getFileName().toString(), read(topology, catalogue));
        }
      }
    }
    random = new SplittableRandom(seed + branches.size());
  }

  private static List<List<Step>> read(Path topology, Catalogue catalogue) throws IOException {
    List<List<Step>> read = new ArrayList<>();
    try (Stream<Path> files = Files.list(topology)) {
      // By their names, the shorter first: walk 9 was before walk 10.
      Comparator<Path> byNumber =
          Comparator.comparing((Path f) -> f.toString().length()).thenComparing(Path::toString);
      for (Path file : files.sorted(byNumber).toList()) {
        read.add(steps(Scenarios.load(List.of(file), catalogue).get(0)));
      }
    } catch (ScenarioException e) {
      throw new IOException("a kept walk cannot be read: " + e.getMessage(), e);
    }
    return read;
  }

  /** How many branches were taken. */
  int branches() {
    return branches.size();
  }

  /** How many walks are kept. */
  int walks() {
    return walks.values().stream().mapToInt(List::size).sum();
  }

  /** Those of these branches that were not taken before. */
  Set<String> fresh(Set<String> taken) {
    Set<String> fresh = new TreeSet<>(taken);
    fresh.removeAll(branches);
    return fresh;
  }

  /**
   * Keeps a walk. Its branches are new until they are taken note of, so that nothing is lost where
   * the process is killed in between.
   *
   * @throws IOException where it cannot be written
   */
  void keep(String topology, Scenario walk) throws IOException {
    Path file = folder.resolve(topology).resolve(walk.name() + ".kmem");
    Files.createDirectories(file.getParent());
    Files.writeString(file, walk.source());
    walks.computeIfAbsent(topology, t -> new ArrayList<>()).add(steps(walk));
  }

  /**
   * Takes note of branches that were taken for the first time.
   *
   * @throws IOException where they cannot be written
   */
  void note(Set<String> fresh) throws IOException {
    Files.createDirectories(folder);
    Files.write(
        folder.resolve(BRANCHES), fresh, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    branches.addAll(fresh);
  }

  private static List<Step> steps(Scenario walk) {
    return walk.lines().stream().map(Scenario.Line::step).toList();
  }

  /**
   * In half of the cases a walk on this topology that the next one is to be like. Later ones are
   * likelier, for they came further.
   */
  Optional<List<Step>> draw(String topology) {
    List<List<Step>> kept = walks.getOrDefault(topology, List.of());
    if (kept.isEmpty() || random.nextBoolean()) {
      return Optional.empty();
    }
    int at = Math.max(random.nextInt(kept.size()), random.nextInt(kept.size()));
    return Optional.of(kept.get(at));
  }
}
