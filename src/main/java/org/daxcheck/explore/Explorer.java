package org.daxcheck.explore;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.daxcheck.abi.Dialect;
import org.daxcheck.abi.Policy;
import org.daxcheck.abi.RuleId;
import org.daxcheck.model.Model;
import org.daxcheck.oracle.Divergence;
import org.daxcheck.oracle.Verdict;
import org.daxcheck.scenario.Catalogue;
import org.daxcheck.scenario.Scenario;
import org.daxcheck.scenario.ScenarioException;
import org.daxcheck.scenario.Scenarios;
import org.daxcheck.step.Step;
import org.daxcheck.suite.Plan;
import org.daxcheck.suite.Run;
import org.daxcheck.trace.Trace;

/**
 * Walks at random over everything that can be done to a device, lets the oracle judge, and shrinks
 * what breaks a rule to a scenario that fails by itself.
 */
public final class Explorer {
  /** How often a saved scenario is run to see whether it fails again. */
  public static final int AGAIN = 3;

  /** The steps of a race may have to be tried more than once until they break the rule again. */
  private static final int TRIES_OF_A_RACE = 4;

  /** How often a saved scenario that takes luck says to try. */
  private static final int ROUNDS = 20;

  /** So many walks in a row are on one topology. */
  private static final int STAY = 10;

  /** So many walks are drawn ahead: enough for a guest of each of two topologies. */
  private static final int AHEAD = 2 * STAY;

  private static final int MOST_TRIALS = 150;

  /** So many walks in a row without a target say that there is none to be had. */
  private static final int MOST_ERRORS_IN_A_ROW = 3;

  /** What a walk is about: nothing that it does may do harm. */
  private static final RuleId EVERYTHING = new RuleId("ROBUST", 1);

  /**
   * When an exploration ends.
   *
   * @param steps after so many steps of walks
   * @param isOver when this says so
   * @param most after so many ways to break a rule
   */
  public record Limits(long steps, BooleanSupplier isOver, int most) {}

  /** Hears what happens. */
  public interface Listener {
    /** A walk, or the shrinking of one, begins or goes on. */
    void doing(String what);

    /** A walk broke a rule that was not broken like this before. */
    void broke(int walk, Divergence how, Run.Case done) throws IOException;

    /** Something that broke a rule was shrunk and saved. */
    void found(Journal.Found found, Run.Case last);
  }

  /** Why no more could be done, in a sentence. */
  public static final class Stopped extends Exception {
    private static final long serialVersionUID = 1L;

    Stopped(String message) {
      super(message);
    }

    Stopped(String message, Throwable cause) {
      super(message, cause);
    }
  }

  private final ScenarioRunner bench;
  private final Catalogue catalogue;
  private final Policy bootPolicy;
  private final Map<String, List<Integer>> shapes;
  private final Path folder;
  private final Listener listener;
  private final Map<String, RandomWalker> walkers = new LinkedHashMap<>();
  private final Deque<Drawn> drawn = new ArrayDeque<>();
  private Journal journal;
  private Dialect dialect = Dialect.LINUX_7_3;

  /**
   * An exploration that begins where the journal ends.
   *
   * @param shapes how many memory blocks each range has, by the topologies of the journal
   * @param folder takes the journal and, in {@code found}, the scenarios
   */
  public Explorer(
      ScenarioRunner bench,
      Catalogue catalogue,
      Policy bootPolicy,
      Map<String, List<Integer>> shapes,
      Journal journal,
      Path folder,
      Listener listener) {
    this.bench = bench;
    this.catalogue = catalogue;
    this.bootPolicy = bootPolicy;
    this.shapes = new LinkedHashMap<>(shapes);
    this.journal = journal;
    this.folder = folder;
    this.listener = listener;
  }

  /** How far it got; safe to ask from another thread. */
  public synchronized Journal journal() {
    return journal;
  }

  /**
   * Walks until a limit is reached.
   *
   * @throws Stopped where there is no target, or it is another one than before
   */
  public void explore(Limits limits) throws Stopped, IOException {
    meet();
    int errors = 0;
    while (journal.steps() < limits.steps()
        && journal.found().size() < limits.most()
        && !limits.isOver().getAsBoolean()) {
      Drawn next = next();
      int number = next.number();
      String topology = next.topology();
      List<Step> walk = next.steps();
      listener.doing(
          "walk %d on %s, %d steps done, %d found"
              .formatted(number, topology, journal.steps(), journal.found().size()));
      Run.Case done = bench.run(next.scenario(), topology);
      Verdict verdict = done.verdict();
      if (verdict.status() == Verdict.Status.SKIPPED) {
        throw new Stopped("nothing can be explored here: " + verdict.reason());
      }
      boolean lost = verdict.status() == Verdict.Status.ERROR;
      errors = lost ? errors + 1 : 0;
      if (errors == MOST_ERRORS_IN_A_ROW) {
        throw new Stopped(
            "%d walks in a row had no verdict, the last: %s".formatted(errors, verdict.reason()));
      }
      Optional<String> signature = broken(done).map(Explorer::signature);
      boolean known = signature.filter(journal.again()::containsKey).isPresent();
      // A walk that is being shrunk when the process is killed is done again.
      Optional<Journal.Found> found =
          signature.isPresent() && !known
              ? Optional.of(shrunk(number, topology, walk, done))
              : Optional.empty();
      keep(RandomWalker.count(walk), lost, signature, found);
    }
  }

  /** A walk that is drawn; what is drawn does not depend on how earlier walks came out. */
  private record Drawn(int number, String topology, List<Step> steps, Scenario scenario) {}

  /** The next walk; those behind it are announced, so that several guests have work. */
  private Drawn next() {
    while (drawn.size() <= AHEAD) {
      int number = journal.walks() + drawn.size() + 1;
      String topology = topology(number);
      List<Step> steps = walkers.get(topology).next();
      drawn.add(new Drawn(number, topology, steps, walk(number, steps, topology)));
      bench.coming(drawn.getLast().scenario(), topology);
    }
    return drawn.remove();
  }

  private void keep(
      int steps, boolean lost, Optional<String> signature, Optional<Journal.Found> found)
      throws IOException {
    List<Journal.Found> all = new ArrayList<>(journal.found());
    found.ifPresent(all::add);
    Map<String, Integer> again = new TreeMap<>(journal.again());
    signature.ifPresent(s -> again.merge(s, 1, Integer::sum));
    Journal next = journal.after(steps, lost, all, again);
    next.write(folder);
    synchronized (this) {
      journal = next;
    }
  }

  /** Finds out the dialect, and that the target is the one that was explored before. */
  private void meet() throws Stopped {
    String topology = journal.topologies().get(0);
    listener.doing("waiting for the first guest");
    Run.Case hello =
        bench.run(
            ScenarioWriter.scenario(
                "explore-begins",
                "A read, to learn which target this is.",
                rule(EVERYTHING),
                "attribute",
                false,
                1,
                List.of(new Step.Read(Step.Who.ROOT))),
            topology);
    if (hello.trace().isEmpty()) {
      throw new Stopped(hello.verdict().reason());
    }
    Trace.Header header = hello.trace().get().header();
    dialect = header.dialect();
    String target = bench.target() + ", dialect " + dialect;
    if (!journal.target().isEmpty() && !journal.target().equals(target)) {
      throw new Stopped(
          "what was explored in %s is %s, this is %s; take another --out"
              .formatted(folder, journal.target(), target));
    }
    synchronized (this) {
      journal = journal.of(target);
    }
    int i = 0;
    for (String name : journal.topologies()) {
      walkers.put(
          name,
          walker(
              dialect, name, shapes.get(name), bootPolicy, journal.seed() + i++, journal.length()));
    }
    // The walks that are done are drawn again: which steps were done often is learnt from them.
    for (int number = 1; number <= journal.walks(); number++) {
      walkers.get(topology(number)).next();
    }
  }

  /** Where a walk goes. Another topology is another guest, so several walks stay on one. */
  private String topology(int number) {
    return journal.topologies().get((number - 1) / STAY % journal.topologies().size());
  }

  private static RandomWalker walker(
      Dialect dialect, String topology, List<Integer> shape, Policy policy, long seed, int length) {
    return new RandomWalker(
        new Model(dialect), shape, policy, topology.equals(Plan.KERNEL_ZONE), true, seed, length);
  }

  /**
   * The first walks of a seed as scenarios, for suites.
   *
   * @param shape how many memory blocks each range of the topology has
   * @param length steps of a walk, those of actors counted one by one
   */
  public static List<Scenario> walks(
      Dialect dialect,
      String topology,
      List<Integer> shape,
      Policy bootPolicy,
      Catalogue catalogue,
      long seed,
      int count,
      int length) {
    RandomWalker walker = walker(dialect, topology, shape, bootPolicy, seed, length);
    Catalogue.Rule rule = catalogue.rule(EVERYTHING).orElseThrow();
    List<Scenario> walks = new ArrayList<>();
    for (int i = 1; i <= count; i++) {
      List<Step> walk = walker.next();
      walks.add(
          ScenarioWriter.scenario(
              "walk-%s-%d-%d".formatted(topology, seed, i),
              "Walk %d of seed %d: steps drawn at random, none of which uses up the guest."
                  .formatted(i, seed),
              rule,
              "attribute, dialect " + dialect + ", topology " + topology + features(walk),
              walker.wear(walk) == RandomWalker.Wear.SPENDS,
              1,
              walk));
    }
    return walks;
  }

  private boolean spends(List<Step> steps, String topology) {
    return walkers.get(topology).wear(steps) == RandomWalker.Wear.SPENDS;
  }

  private Scenario walk(int number, List<Step> walk, String topology) {
    return ScenarioWriter.scenario(
        "walk-%d-%d".formatted(journal.seed(), number),
        "Walk %d of seed %d.".formatted(number, journal.seed()),
        rule(EVERYTHING),
        "attribute" + features(walk),
        spends(walk, topology),
        1,
        walk);
  }

  /** What the steps need of a target, as the language writes it behind another part. */
  private static String features(List<Step> steps) {
    return steps.stream()
        .flatMap(s -> s.acts().stream())
        .flatMap(s -> Scenario.Feature.neededBy(s.kind()).stream())
        .distinct()
        .sorted()
        .map(f -> ", " + f.text())
        .collect(Collectors.joining());
  }

  private Catalogue.Rule rule(RuleId id) {
    return catalogue.rule(id).orElseThrow();
  }

  // ---- what broke a rule

  private static Optional<Divergence> broken(Run.Case done) {
    return done.verdict().divergences().stream().findFirst();
  }

  /** What was broken, without what differs each time. */
  private static String signature(Divergence broken) {
    String verb = broken.step().replaceFirst("\\s.*", "");
    return String.join(
        " / ",
        broken.rule().toString(),
        verb,
        broken.aspect().replaceAll("\\d+", "N"),
        broken.seen().replaceAll("\\d+", "N"));
  }

  private Journal.Found shrunk(int number, String topology, List<Step> walk, Run.Case done)
      throws IOException, Stopped {
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
              return breaks(candidate(number, steps, topology), topology, broken.rule());
            },
            MOST_TRIALS);
    List<Step> least = shrinker.shrink(begun);
    Saved saved = save(number, topology, broken, begun, least, 1);
    Tried tried = again(saved, topology, broken.rule());
    List<Step> back = walker.back(least);
    if (tried.broke() < AGAIN && !back.isEmpty()) {
      // It takes luck: then the file says how often to try, with a way back between.
      List<Step> round = new ArrayList<>(least);
      round.addAll(back);
      Saved rounds = save(number, topology, broken, begun, round, ROUNDS);
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

  private Scenario candidate(int number, List<Step> steps, String topology) {
    return ScenarioWriter.scenario(
        "walk-%d-%d-shrinking".formatted(journal.seed(), number),
        "A part of walk %d.".formatted(number),
        rule(EVERYTHING),
        "attribute" + features(steps),
        spends(steps, topology),
        1,
        steps);
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

  /** How many of {@link #AGAIN} runs broke the rule, and the last that did. */
  private record Tried(int broke, Optional<Run.Case> last) {}

  private Tried again(Saved saved, String topology, RuleId rule) throws Stopped {
    int broke = 0;
    Optional<Run.Case> last = Optional.empty();
    for (int i = 0; i < AGAIN; i++) {
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
    int ranges = shapes.get(topology).size();
    Scenario scenario =
        ScenarioWriter.scenario(
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
            rule(broken.rule()),
            "attribute" + (ranges > 1 ? ", ranges >= " + ranges : "") + features(steps),
            spends(steps, topology),
            rounds,
            steps);
    Path file = folder.resolve("found").resolve(name + ".kmem");
    Files.createDirectories(file.getParent());
    Files.writeString(file, scenario.source());
    return new Saved(name, file);
  }

  private Scenario reread(Path file) throws Stopped {
    try {
      return Scenarios.load(List.of(file), catalogue).get(0);
    } catch (ScenarioException e) {
      throw new Stopped("a saved scenario cannot be read: " + e.getMessage(), e);
    }
  }
}
