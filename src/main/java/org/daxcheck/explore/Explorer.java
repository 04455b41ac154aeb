package org.daxcheck.explore;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import org.daxcheck.abi.Policy;
import org.daxcheck.oracle.Divergence;
import org.daxcheck.oracle.Verdict;
import org.daxcheck.scenario.Catalogue;
import org.daxcheck.scenario.Scenario;
import org.daxcheck.step.Step;
import org.daxcheck.suite.Run;
import org.daxcheck.trace.Trace;

/**
 * Walks at random over everything that can be done to a device, lets the oracle judge, and shrinks
 * what breaks a rule to a scenario that fails by itself.
 */
public final class Explorer {
  /** How often a saved scenario is run to see whether it fails again. */
  public static final int AGAIN = 3;

  private static final int STAY = 10;
  private static final int STAY_TO_LEARN = 4;

  /** So many walks in a row without a target say that there is none to be had. */
  private static final int MOST_ERRORS_IN_A_ROW = 3;

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

    /** A walk, or the way to the first one, took branches of the kernel for the first time. */
    default void reached(Run.Case done) throws IOException {
      // Most kernels count nothing.
    }
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
  private final Policy bootPolicy;
  private final Map<String, List<Integer>> shapes;
  private final Path folder;
  private final Listener listener;
  private final Map<String, RandomWalker> walkers = new LinkedHashMap<>();
  private final Deque<Drawn> drawn = new ArrayDeque<>();
  private final WalkScenarios scenarios;
  private final Reduction reduction;
  private final Corpus corpus;
  private final boolean guided;
  private Journal journal;

  /**
   * An exploration that begins where the journal ends.
   *
   * @param shapes how many memory blocks each range has, by the topologies of the journal
   * @param folder takes the journal and, in {@code found}, the scenarios; in {@code corpus} it may
   *     have walks to go on with
   * @param guided whether later walks are made from those that took new branches of the kernel,
   *     where it counts them
   * @throws IOException where the corpus cannot be read
   */
  public Explorer(
      ScenarioRunner bench,
      Catalogue catalogue,
      Policy bootPolicy,
      Map<String, List<Integer>> shapes,
      Journal journal,
      Path folder,
      boolean guided,
      Listener listener)
      throws IOException {
    this.bench = bench;
    this.bootPolicy = bootPolicy;
    this.shapes = new LinkedHashMap<>(shapes);
    this.journal = journal;
    this.folder = folder;
    this.listener = listener;
    this.guided = guided;
    scenarios = new WalkScenarios(catalogue, journal.seed());
    reduction = new Reduction(bench, catalogue, scenarios, this.shapes, walkers, folder, listener);
    corpus = new Corpus(folder.resolve(Corpus.FOLDER), catalogue, journal.seed());
  }

  /** How many branches of the kernel were taken; 0 where it does not count them. */
  public int branches() {
    return corpus.branches();
  }

  /** How many walks took some that none took before. */
  public int kept() {
    return corpus.walks();
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
          "walk %d on %s, %d steps done, %d found%s"
              .formatted(
                  number,
                  topology,
                  journal.steps(),
                  journal.found().size(),
                  branches() > 0 ? ", " + branches() + " branches" : ""));
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
      learn(done, number);
      Optional<String> signature = Reduction.broken(done).map(Reduction::signature);
      boolean known = signature.filter(journal.again()::containsKey).isPresent();
      // A walk that is being shrunk when the process is killed is done again.
      Optional<Journal.Found> found =
          signature.isPresent() && !known
              ? Optional.of(reduction.shrunk(journal, number, topology, walk, done))
              : Optional.empty();
      keep(RandomWalker.count(walk), lost, signature, found);
    }
  }

  /** A walk that is drawn. */
  private record Drawn(int number, String topology, List<Step> steps, Scenario scenario) {}

  /** The next walk; those behind it are announced, so that several guests have work. */
  private Drawn next() {
    while (drawn.size() <= ahead()) {
      int number = journal.walks() + drawn.size() + 1;
      String topology = topology(number);
      RandomWalker walker = walkers.get(topology);
      Optional<List<Step>> kept = guided ? corpus.draw(topology) : Optional.empty();
      List<Step> steps = kept.map(walker::like).orElseGet(walker::next);
      drawn.add(new Drawn(number, topology, steps, scenarios.walk(number, steps, walker)));
      bench.coming(drawn.getLast().scenario(), topology);
    }
    return drawn.remove();
  }

  /** So many walks in a row are on one topology: where walks are learnt from, not so many. */
  private int stay() {
    return guided && corpus.branches() > 0 ? STAY_TO_LEARN : STAY;
  }

  /**
   * So many walks are drawn ahead: enough for a guest of each of two topologies. What is drawn
   * ahead knows nothing of the walks before it.
   */
  private int ahead() {
    boolean learns = guided && corpus.branches() > 0;
    return !learns ? 2 * STAY : journal.topologies().size() > 1 ? STAY_TO_LEARN : 0;
  }

  /**
   * Keeps a walk that took branches of the kernel that none took before.
   *
   * @param number of the walk; 0 for what asked which target it is, which is not kept
   */
  private void learn(Run.Case done, int number) throws IOException {
    Set<String> fresh = corpus.fresh(bench.taken(done.scenario()));
    if (fresh.isEmpty()) {
      return;
    }
    if (number > 0) {
      corpus.keep(done.topology(), done.scenario());
    }
    listener.reached(done);
    corpus.note(fresh);
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
  private void meet() throws Stopped, IOException {
    String topology = journal.topologies().get(0);
    listener.doing("waiting for the first guest");
    Run.Case hello = bench.run(scenarios.first(), topology);
    if (hello.trace().isEmpty()) {
      throw new Stopped(hello.verdict().reason());
    }
    Trace.Header header = hello.trace().get().header();
    String target = bench.target() + ", dialect " + header.dialect();
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
          WalkScenarios.walker(
              header.dialect(),
              name,
              shapes.get(name),
              bootPolicy,
              journal.seed() + i++,
              journal.length()));
    }
    learn(hello, 0);
    // The walks that are done are drawn again: which steps were done often is learnt from them.
    for (int number = 1; number <= journal.walks(); number++) {
      walkers.get(topology(number)).next();
    }
  }

  /** Where a walk goes. Another topology is another guest, so several walks stay on one. */
  private String topology(int number) {
    return journal.topologies().get((number - 1) / stay() % journal.topologies().size());
  }
}
