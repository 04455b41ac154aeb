package org.daxcheck.explore;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.daxcheck.abi.RuleId;
import org.daxcheck.oracle.Divergence;
import org.daxcheck.oracle.Verdict;
import org.daxcheck.scenario.Catalogue;
import org.daxcheck.scenario.Scenario;
import org.daxcheck.scenario.ScenarioException;
import org.daxcheck.scenario.Scenarios;
import org.daxcheck.step.Step;
import org.daxcheck.suite.Run;

/** Turns a walk that broke a rule into a scenario of few steps that fails by itself. */
final class Reduction {
  /** The steps of a race may have to be tried more than once until they break the rule again. */
  private static final int TRIES_OF_A_RACE = 4;

  /** How often a saved scenario that takes luck says to try. */
  private static final int ROUNDS = 20;

  private static final int MOST_TRIALS = 150;

  private final ScenarioRunner bench;
  private final Catalogue catalogue;
  private final WalkScenarios scenarios;
  private final Map<String, List<Integer>> shapes;
  private final Map<String, RandomWalker> walkers;
  private final Path folder;
  private final Explorer.Listener listener;

  /**
   * A reduction of walks.
   *
   * @param shapes how many memory blocks each range has, by topology
   * @param walkers those that drew the walks, by topology
   * @param folder takes the scenarios, in {@code found}
   */
  Reduction(
      ScenarioRunner bench,
      Catalogue catalogue,
      WalkScenarios scenarios,
      Map<String, List<Integer>> shapes,
      Map<String, RandomWalker> walkers,
      Path folder,
      Explorer.Listener listener) {
    this.bench = bench;
    this.catalogue = catalogue;
    this.scenarios = scenarios;
    this.shapes = shapes;
    this.walkers = walkers;
    this.folder = folder;
    this.listener = listener;
  }

  /** What broke a rule first. */
  static Optional<Divergence> broken(Run.Case done) {
    return done.verdict().divergences().stream().findFirst();
  }

  /** What was broken, without what differs each time. */
  static String signature(Divergence broken) {
    String verb = broken.step().replaceFirst("\\s.*", "");
    return String.join(
        " / ",
        broken.rule().toString(),
        verb,
        broken.aspect().replaceAll("\\d+", "N"),
        broken.seen().replaceAll("\\d+", "N"));
  }

  /**
   * Shrinks a walk that broke a rule, saves what is left, and runs it again.
   *
   * @param journal how far the exploration was before this walk
   */
  Journal.Found shrunk(Journal journal, int number, String topology, List<Step> walk, Run.Case done)
      throws IOException, Explorer.Stopped {
    Divergence broken = broken(done).orElseThrow();
    RandomWalker walker = walkers.get(topology);
    listener.broke(number, broken, done);
    List<Step> begun = upTo(broken, walk, done.scenario());
    long atStep = journal.steps() + RandomWalker.count(begun);
    bench.expect(topology);
    int[] trials = {0};
    Shrinker shrinker =
        new Shrinker(
            walker,
            steps -> {
              listener.doing(
                  "walk %d broke %s, shrinking: trial %d, %d steps"
                      .formatted(number, broken.rule(), ++trials[0], RandomWalker.count(steps)));
              return breaks(scenarios.part(number, steps, walker), topology, broken.rule());
            },
            MOST_TRIALS);
    List<Step> least = shrinker.shrink(begun);
    Saved saved = save(journal, number, topology, broken, begun, least, 1);
    Tried tried = again(saved, topology, broken.rule());
    List<Step> back = walker.back(least);
    if (tried.broke() < Explorer.AGAIN && !back.isEmpty()) {
      // It takes luck: then the file says how often to try, with a way back between.
      List<Step> round = new ArrayList<>(least);
      round.addAll(back);
      Saved rounds = save(journal, number, topology, broken, begun, round, ROUNDS);
      Tried more = again(rounds, topology, broken.rule());
      boolean better = more.broke() > tried.broke();
      Files.delete(better ? saved.file() : rounds.file());
      saved = better ? rounds : saved;
      tried = better ? more : tried;
    }
    Journal.Found found =
        new Journal.Found(
            broken.rule().toString(),
            number,
            atStep,
            RandomWalker.count(begun),
            RandomWalker.count(least),
            shrinker.trials(),
            shrinker.isMinimal(),
            tried.broke(),
            folder.relativize(saved.file()).toString(),
            signature(broken));
    listener.found(found, tried.last().orElse(done));
    return found;
  }

  /** The steps of the walk up to the one that broke the rule; all where the way back broke it. */
  private static List<Step> upTo(Divergence broken, List<Step> walk, Scenario scenario) {
    int upTo = 0;
    for (int i = 0; i < walk.size(); i++) {
      int line = scenario.lines().get(i).number();
      if (line <= broken.line()) {
        upTo = i + 1;
      }
    }
    return upTo == 0 ? walk : walk.subList(0, upTo);
  }

  private Optional<Boolean> breaks(Scenario scenario, String topology, RuleId rule) {
    boolean race = scenario.lines().stream().anyMatch(l -> l.step().kind() == Step.Kind.ACTORS);
    for (int i = race ? TRIES_OF_A_RACE : 1; i > 0; i--) {
      bench.expect(topology);
      Run.Case done = bench.run(scenario, topology);
      if (blames(done, rule)) {
        return Optional.of(true);
      }
      if (done.verdict().status() == Verdict.Status.ERROR) {
        return Optional.empty();
      }
    }
    return Optional.of(false);
  }

  private static boolean blames(Run.Case done, RuleId rule) {
    return broken(done).filter(d -> d.rule().equals(rule)).isPresent();
  }

  private record Saved(String name, Path file) {}

  /** How many of {@link Explorer#AGAIN} runs broke the rule, and the last that did. */
  private record Tried(int broke, Optional<Run.Case> last) {}

  private Tried again(Saved saved, String topology, RuleId rule) throws Explorer.Stopped {
    int broke = 0;
    Optional<Run.Case> last = Optional.empty();
    for (int i = 0; i < Explorer.AGAIN; i++) {
      listener.doing("running %s again".formatted(saved.name()));
      bench.expect(topology);
      Run.Case done = bench.run(reread(saved.file()), topology);
      if (blames(done, rule)) {
        broke++;
        last = Optional.of(done);
      }
    }
    return new Tried(broke, last);
  }

  /** Saves the steps as a scenario that stands for itself. */
  private Saved save(
      Journal journal,
      int number,
      String topology,
      Divergence broken,
      List<Step> begun,
      List<Step> steps,
      int rounds)
      throws IOException {
    String text = rounds + steps.toString();
    String name =
        "found-%s-%s"
            .formatted(
                broken.rule().toString().toLowerCase(Locale.ROOT),
                HexFormat.of().toHexDigits(text.hashCode()));
    Scenario scenario =
        scenarios.found(
            name,
            "Found by explore, seed %d, walk %d, on %s; shrunk from %d steps to %d%s. '%s': expected: %s; got: %s."
                .formatted(
                    journal.seed(),
                    number,
                    journal.target(),
                    RandomWalker.count(begun),
                    RandomWalker.count(steps),
                    rounds > 1 ? " with the way back" : "",
                    broken.step().replace('\n', ' '),
                    broken.allowed(),
                    broken.seen()),
            broken,
            shapes.get(topology).size(),
            rounds,
            steps,
            walkers.get(topology));
    Path file = folder.resolve("found").resolve(name + ".kmem");
    Files.createDirectories(file.getParent());
    Files.writeString(file, scenario.source());
    return new Saved(name, file);
  }

  private Scenario reread(Path file) throws Explorer.Stopped {
    try {
      return Scenarios.load(List.of(file), catalogue).get(0);
    } catch (ScenarioException e) {
      throw new Explorer.Stopped("a saved scenario cannot be read: " + e.getMessage(), e);
    }
  }
}
