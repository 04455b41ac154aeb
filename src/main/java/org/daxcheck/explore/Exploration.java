package org.daxcheck.explore;

import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.daxcheck.abi.Policy;
import org.daxcheck.oracle.Divergence;
import org.daxcheck.run.RunFolder;
import org.daxcheck.run.Version;
import org.daxcheck.scenario.Catalogue;
import org.daxcheck.suite.PlannedCase;
import org.daxcheck.suite.Run;
import org.daxcheck.suite.RunListener;
import org.daxcheck.suite.Runner;
import org.daxcheck.suite.TraceSink;
import org.daxcheck.target.TargetException;
import org.daxcheck.target.TargetSource;

/** Walks on targets into a folder of results; what was found comes out as a run. */
public final class Exploration {
  private static final String FOUND = "found-";

  private final TakenBranches taken = new TakenBranches();
  private final RunFolder folder;
  private final Guests guests;
  private final Explorer explorer;
  private final Instant started = Instant.now();
  private final long begin = System.nanoTime();
  private final List<Run.Case> found = new ArrayList<>();

  /**
   * An exploration.
   *
   * @param sources of targets, one for each that works at a time
   * @param bootPolicy that the targets have after boot
   * @param journal what was done before, or its beginning
   * @param guided whether later walks are made from those that took new branches of the kernel
   * @param doing told what is happening now
   * @param say told what the user should read
   * @throws TargetException for a topology that is not known
   * @throws IOException where the walks that were kept before cannot be read
   */
  public Exploration(
      List<? extends TargetSource> sources,
      Policy bootPolicy,
      Catalogue catalogue,
      Journal journal,
      RunFolder folder,
      boolean guided,
      Consumer<String> doing,
      Consumer<String> say)
      throws TargetException, IOException {
    this.folder = folder;
    Map<String, List<Integer>> shapes = new LinkedHashMap<>();
    for (String topology : journal.topologies()) {
      shapes.put(topology, sources.get(0).shape(topology));
    }
    List<Runner> conductors =
        sources.stream()
            .map(
                s ->
                    new Runner(
                        List.of(s),
                        List.of(),
                        RunListener.NONE,
                        c -> taken.sink(c, isFound(c) ? folder.sink(c) : TraceSink.NONE),
                        journal.seed()))
            .toList();
    guests = new Guests(conductors, sources, taken);
    explorer =
        new Explorer(
            guests,
            catalogue,
            bootPolicy,
            shapes,
            journal,
            folder.path(),
            guided,
            new Heard(folder, doing, say));
  }

  private static boolean isFound(PlannedCase planned) {
    return planned.scenario().name().startsWith(FOUND);
  }

  private final class Heard implements Explorer.Listener {
    private final RunFolder folder;
    private final WalkFolder walks;
    private final Consumer<String> doing;
    private final Consumer<String> say;

    Heard(RunFolder folder, Consumer<String> doing, Consumer<String> say) {
      this.folder = folder;
      this.walks = new WalkFolder(folder.path());
      this.doing = doing;
      this.say = say;
    }

    @Override
    public void doing(String what) {
      doing.accept(what);
    }

    @Override
    public void broke(int walk, Divergence how, Run.Case done) throws IOException {
      walks.keep(done);
      say.accept(Told.broke(walk, how));
    }

    /** So that './daxcheck coverage --driver' shows what was taken. */
    @Override
    public void reached(Run.Case done) {
      taken.keep(folder.sink(new PlannedCase(done.scenario(), done.target(), done.topology())));
    }

    @Override
    public void found(Journal.Found one, Run.Case last) {
      found.add(last);
      say.accept(Told.line(one));
    }
  }

  /** What was reached of the kernel, in a sentence; empty where it does not count its branches. */
  public String reached() {
    return explorer.branches() == 0
        ? ""
        : Told.reached(explorer.branches(), explorer.kept(), folder.path());
  }

  /** What was done so far; any thread may ask. */
  public Journal journal() {
    return explorer.journal();
  }

  /**
   * Explores until a limit is reached; the targets are closed then.
   *
   * @return the last run of each violation that was found now; without any, a run without cases
   * @throws Explorer.Stopped where it cannot go on; what was done is kept
   * @throws IOException where something cannot be written
   */
  public Run explore(Explorer.Limits limits) throws Explorer.Stopped, IOException {
    try (guests) {
      explorer.explore(limits);
    }
    return new Run(
        Version.TEXT,
        "explore",
        started,
        explorer.journal().seed(),
        true,
        guests.targets(),
        found,
        new Run.Times(guests.waitedNanos(), 0, System.nanoTime() - begin));
  }
}
