package org.daxcheck.suite;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;
import org.daxcheck.oracle.Allowance;
import org.daxcheck.oracle.Verdict;
import org.daxcheck.target.TargetSource;

/**
 * Runs the cases of a plan on several targets at a time. Each lane has a source of its own and
 * takes the cases of that source's name from one queue: first those of the topology that it has at
 * hand, and what uses up a target when nothing else is left for it. Where a name has one lane its
 * cases run in the order of the plan.
 */
public final class ParallelRunner implements RunInProgress, AutoCloseable {
  /** A second target of the same topology is worth its boot where so much is left to do, in ms. */
  private static final long WORTH_A_BOOT_MILLIS = 20_000;

  /** What a case is taken to last that was never run, and a round of a race, in ms. */
  private static final long CASE_MILLIS = 400;

  private static final long ROUND_MILLIS = 100;

  /** A run that broke rules so often at the price of a boot each time has shown what it can. */
  static final int MOST_SPOILED = 20;

  private List<PlannedCase> plan;
  private final Map<String, Integer> parts = new HashMap<>();
  private final List<List<PlannedCase>> pending = new ArrayList<>();
  private final List<Integer> unfinished = new ArrayList<>();
  private final List<Lane> lanes = new ArrayList<>();
  private final Map<Lane, String> topologies = new HashMap<>();
  private final ToLongFunction<PlannedCase> millis;
  private final List<RunListener> listeners = new CopyOnWriteArrayList<>();
  private Throwable failure;
  private final Map<String, Allowance> allowances = new ConcurrentHashMap<>();
  private boolean stopped;
  private boolean bounded;
  private int spoiled;
  private Optional<String> last = Optional.empty();

  /**
   * A conductor and the name of its source.
   *
   * @param alone true where no other lane has a source of that name
   */
  private record Lane(String source, Runner conductor, boolean alone) {}

  /**
   * Lanes for these cases.
   *
   * @param sources one for each lane
   * @param parts the cases; none of a part is taken while one of a part before it is waiting
   * @param listener hears of all lanes, from their threads
   * @param sinks gives what takes the trace of a case
   * @param seed draws the times of races
   * @param millis about how long a case takes, in ms
   */
  public ParallelRunner(
      List<? extends TargetSource> sources,
      List<List<PlannedCase>> parts,
      RunListener listener,
      Function<PlannedCase, TraceSink> sinks,
      long seed,
      ToLongFunction<PlannedCase> millis) {
    this.plan = parts.stream().flatMap(List::stream).toList();
    this.millis = millis;
    for (List<PlannedCase> part : parts) {
      part.forEach(c -> this.parts.put(c.id(), pending.size()));
      pending.add(new ArrayList<>(part));
      unfinished.add(part.size());
    }
    listeners.add(listener);
    for (TargetSource source : sources) {
      boolean alone = sources.stream().filter(s -> s.name().equals(source.name())).count() == 1;
      // A lane that knew the plan would boot ahead of need, and then there were more guests at a
      // time than lanes.
      List<PlannedCase> known =
          alone ? plan.stream().filter(c -> c.source().equals(source.name())).toList() : List.of();
      lanes.add(
          new Lane(
              source.name(),
              new Runner(List.of(source), known, new Told(), sinks, seed, allowances),
              alone));
    }
  }

  /**
   * About how long a case takes that was never measured, in ms: what is between two cases, and each
   * round.
   */
  public static long guess(PlannedCase c) {
    return CASE_MILLIS + ROUND_MILLIS * (c.scenario().repeats() - 1);
  }

  /** Lets another hear of the run; to be called before it. */
  public void hear(RunListener listener) {
    listeners.add(listener);
  }

  private final class Told implements RunListener {
    @Override
    public void started(PlannedCase planned) {
      listeners.forEach(l -> l.started(planned));
    }

    @Override
    public void finished(PlannedCase planned, Run.Case done) {
      listeners.forEach(l -> l.finished(planned, done));
    }
  }

  /**
   * What targets of this source took of what a run may meet but a few times, before this run went
   * on; to be called before it.
   */
  public void taken(String source, int times) {
    allowances.put(source, new Allowance(times));
  }

  /** Begins the cases of this source when all others are through; to be called before the run. */
  public void last(String source) {
    last = Optional.of(source);
  }

  /** Leaves out the other cases; to be called before the run. */
  public synchronized void keep(Predicate<PlannedCase> wanted) {
    plan = plan.stream().filter(wanted).toList();
    for (int part = 0; part < pending.size(); part++) {
      pending.get(part).removeIf(wanted.negate());
      unfinished.set(part, pending.get(part).size());
    }
  }

  /**
   * Stops by itself where {@value #MOST_SPOILED} cases failed and left a kernel behind that is of
   * no use; to be called before the run.
   */
  public void bound() {
    bounded = true;
  }

  /** True where the run stopped by itself. */
  public synchronized boolean isSpoiled() {
    return bounded && spoiled >= MOST_SPOILED && isCutShort();
  }

  /** Lets the cases that have begun end, and begins no other. */
  public synchronized void stop() {
    stopped = true;
  }

  /** True where {@link #stop} kept cases from running. */
  public synchronized boolean isCutShort() {
    return stopped && pending.stream().anyMatch(p -> !p.isEmpty());
  }

  /** Runs all cases and returns when the last is done. */
  public void run() {
    run(part -> {});
  }

  /**
   * Runs all cases and returns when the last is done.
   *
   * @param partDone hears when every case of a part is done, with the part's place from 0
   */
  public void run(Consumer<Integer> partDone) {
    for (int part = 0; part < pending.size(); part++) {
      if (pending.get(part).isEmpty()) {
        partDone.accept(part);
      }
    }
    List<Lane> first = lanes.stream().filter(l -> !last.equals(Optional.of(l.source()))).toList();
    together(first, partDone);
    together(lanes.stream().filter(l -> !first.contains(l)).toList(), partDone);
    synchronized (this) {
      if (failure != null) {
        throw new IllegalStateException("a lane failed: " + failure.getMessage(), failure);
      }
    }
  }

  private void together(List<Lane> some, Consumer<Integer> partDone) {
    if (some.size() == 1) {
      work(some.get(0), partDone);
      return;
    }
    List<Thread> threads = new ArrayList<>();
    for (Lane lane : some) {
      Thread thread = new Thread(() -> work(lane, partDone), "lane " + (threads.size() + 1));
      thread.setDaemon(true);
      threads.add(thread);
      thread.start();
    }
    for (Thread thread : threads) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        fail(e);
      }
    }
  }

  private void work(Lane lane, Consumer<Integer> partDone) {
    try (Runner conductor = lane.conductor()) {
      for (Optional<PlannedCase> next = take(lane); next.isPresent(); next = take(lane)) {
        Run.Case done = conductor.perform(next.get());
        if (isSpoiling(next.get(), done) && !conductor.hasSession()) {
          spoil();
        }
        finished(next.get()).ifPresent(partDone);
      }
    } catch (RuntimeException | Error e) {
      fail(e);
    }
  }

  /** Whether the next case needs a boot because this one failed, not because it is made so. */
  private static boolean isSpoiling(PlannedCase planned, Run.Case done) {
    return !planned.scenario().leaks()
        && !planned.scenario().runsShort()
        && done.trace().filter(t -> t.header().kind().isKernel()).isPresent()
        && (done.verdict().status() == Verdict.Status.DIVERGENCE
            || done.verdict().status() == Verdict.Status.ERROR);
  }

  private synchronized void spoil() {
    spoiled++;
    if (bounded && spoiled >= MOST_SPOILED) {
      stopped = true;
    }
  }

  private synchronized void fail(Throwable cause) {
    if (failure == null) {
      failure = cause;
    } else {
      failure.addSuppressed(cause);
    }
  }

  /** The part that ended with this case. */
  private synchronized Optional<Integer> finished(PlannedCase done) {
    int part = parts.get(done.id());
    unfinished.set(part, unfinished.get(part) - 1);
    return unfinished.get(part) == 0 ? Optional.of(part) : Optional.empty();
  }

  private synchronized Optional<PlannedCase> take(Lane lane) {
    if (failure != null || stopped) {
      return Optional.empty();
    }
    for (List<PlannedCase> part : pending) {
      List<PlannedCase> own = part.stream().filter(c -> c.source().equals(lane.source())).toList();
      if (!own.isEmpty()) {
        Optional<PlannedCase> taken = lane.alone() ? Optional.of(own.get(0)) : choose(lane, own);
        if (taken.isPresent()) {
          part.remove(taken.get());
          topologies.put(lane, taken.get().topology());
          return taken;
        }
      }
    }
    // What is left is for the lanes that are where it runs; ours is held by nobody any more.
    topologies.remove(lane);
    return Optional.empty();
  }

  private Optional<PlannedCase> choose(Lane lane, List<PlannedCase> part) {
    String here = topologies.getOrDefault(lane, "");
    Optional<PlannedCase> same = first(part, here, false);
    // The target at hand serves once more, for what uses it up, before it is left.
    return same.or(() -> lane.conductor().hasSession() ? first(part, here, true) : Optional.empty())
        .or(() -> elsewhere(lane, part));
  }

  /** What takes the least time comes first: so most is known soon. */
  private Optional<PlannedCase> first(List<PlannedCase> part, String topology, boolean leaks) {
    return part.stream()
        .filter(c -> c.topology().equals(topology) && c.scenario().leaks() == leaks)
        .min(Comparator.comparingLong(millis));
  }

  /** The topology with the most left to do that no other lane is at, or that is worth a second. */
  private Optional<PlannedCase> elsewhere(Lane lane, List<PlannedCase> part) {
    Map<String, Long> left = new LinkedHashMap<>();
    part.stream()
        .filter(c -> !c.scenario().leaks())
        .forEach(c -> left.merge(c.topology(), millis.applyAsLong(c), Long::sum));
    Set<String> held = new LinkedHashSet<>();
    topologies.forEach(
        (other, topology) -> {
          if (other != lane && other.source().equals(lane.source())) {
            held.add(topology);
          }
        });
    Optional<String> best =
        left.entrySet().stream()
            .filter(e -> !held.contains(e.getKey()) || e.getValue() > WORTH_A_BOOT_MILLIS)
            .max(
                Comparator.comparing((Map.Entry<String, Long> e) -> !held.contains(e.getKey()))
                    .thenComparing(Map.Entry::getValue))
            .map(Map.Entry::getKey);
    if (best.isPresent()) {
      return first(part, best.get(), false);
    }
    // What uses up a target needs one of its own anyway, unless the lane that is there has one
    // left over in the end; that lane comes for it.
    return part.stream()
        .filter(c -> c.scenario().leaks())
        .filter(c -> !held.contains(c.topology()) || count(part, c.topology()) > 1)
        .findFirst();
  }

  private static long count(List<PlannedCase> part, String topology) {
    return part.stream().filter(c -> c.scenario().leaks() && c.topology().equals(topology)).count();
  }

  @Override
  public synchronized List<PlannedCase> plan() {
    return plan;
  }

  @Override
  public List<Run.Case> done() {
    Map<String, Integer> place = new HashMap<>();
    plan.forEach(c -> place.put(c.id(), place.size()));
    return conductors()
        .flatMap(l -> l.done().stream())
        .sorted(Comparator.comparing(c -> place.get(c.id())))
        .toList();
  }

  /** As a single lane would tell them: a target that several lanes met has the details of all. */
  @Override
  public List<Run.TargetInfo> targets() {
    Map<String, Run.TargetInfo> targets = new LinkedHashMap<>();
    conductors()
        .flatMap(l -> l.targets().stream())
        .forEach(t -> targets.merge(t.name(), t, (a, b) -> a.andOn(b.topologies())));
    return List.copyOf(targets.values());
  }

  @Override
  public List<GateResult.Retry> retries() {
    return conductors().flatMap(l -> l.retries().stream()).toList();
  }

  @Override
  public long kernelNanos() {
    return conductors().mapToLong(RunInProgress::kernelNanos).sum();
  }

  @Override
  public long waitedNanos() {
    return conductors().mapToLong(RunInProgress::waitedNanos).sum();
  }

  @Override
  public void close() {
    conductors().forEach(Runner::close);
  }

  private Stream<Runner> conductors() {
    return lanes.stream().map(Lane::conductor);
  }
}
