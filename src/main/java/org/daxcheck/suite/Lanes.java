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
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import org.daxcheck.oracle.Allowance;
import org.daxcheck.target.TargetSource;

/**
 * Runs the cases of a plan on several targets at a time. Each lane has a source of its own and
 * takes cases from one queue: first those of the topology that it has at hand, and what uses up a
 * target when nothing else is left for it. With one lane the cases run in the order of the plan.
 */
public final class Lanes implements Measured, AutoCloseable {
  /** A second target of the same topology is worth its boot where so much is left to do, in ms. */
  private static final long WORTH_A_BOOT_MILLIS = 20_000;

  private final List<PlannedCase> plan;
  private final Map<String, Integer> parts = new HashMap<>();
  private final List<List<PlannedCase>> pending = new ArrayList<>();
  private final List<Integer> unfinished = new ArrayList<>();
  private final List<Conductor> lanes = new ArrayList<>();
  private final Map<Conductor, String> topologies = new HashMap<>();
  private final ToLongFunction<PlannedCase> millis;
  private Throwable failure;

  /**
   * Lanes for these cases.
   *
   * @param sources one for each lane, all of the same name
   * @param parts the cases; none of a part is taken while one of a part before it is waiting
   * @param listener hears of all lanes, from their threads
   * @param sinks gives what takes the trace of a case
   * @param seed draws the times of races
   * @param millis about how long a case takes, in ms
   */
  public Lanes(
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
    // A lane that knew the plan would boot ahead of need, and then there were more guests at a
    // time than lanes.
    List<PlannedCase> known = sources.size() == 1 ? plan : List.of();
    Map<String, Allowance> allowances = new ConcurrentHashMap<>();
    for (TargetSource source : sources) {
      lanes.add(new Conductor(List.of(source), known, listener, sinks, seed, allowances));
    }
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
    if (lanes.size() == 1) {
      work(lanes.get(0), partDone);
    } else {
      List<Thread> threads = new ArrayList<>();
      for (Conductor lane : lanes) {
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
    synchronized (this) {
      if (failure != null) {
        throw new IllegalStateException("a lane failed: " + failure.getMessage(), failure);
      }
    }
  }

  private void work(Conductor lane, Consumer<Integer> partDone) {
    try (lane) {
      for (Optional<PlannedCase> next = take(lane); next.isPresent(); next = take(lane)) {
        lane.perform(next.get());
        finished(next.get()).ifPresent(partDone);
      }
    } catch (RuntimeException | Error e) {
      fail(e);
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

  private synchronized Optional<PlannedCase> take(Conductor lane) {
    if (failure != null) {
      return Optional.empty();
    }
    for (List<PlannedCase> part : pending) {
      if (!part.isEmpty()) {
        Optional<PlannedCase> taken =
            lanes.size() == 1 ? Optional.of(part.get(0)) : choose(lane, part);
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

  private Optional<PlannedCase> choose(Conductor lane, List<PlannedCase> part) {
    String here = topologies.getOrDefault(lane, "");
    Optional<PlannedCase> same = first(part, here, false);
    // The target at hand serves once more, for what uses it up, before it is left.
    return same.or(() -> lane.hasSession() ? first(part, here, true) : Optional.empty())
        .or(() -> elsewhere(lane, part));
  }

  /** What takes the least time comes first: so most is known soon. */
  private Optional<PlannedCase> first(List<PlannedCase> part, String topology, boolean leaks) {
    return part.stream()
        .filter(c -> c.topology().equals(topology) && c.scenario().leaks() == leaks)
        .min(Comparator.comparingLong(millis));
  }

  /** The topology with the most left to do that no other lane is at, or that is worth a second. */
  private Optional<PlannedCase> elsewhere(Conductor lane, List<PlannedCase> part) {
    Map<String, Long> left = new LinkedHashMap<>();
    part.stream()
        .filter(c -> !c.scenario().leaks())
        .forEach(c -> left.merge(c.topology(), millis.applyAsLong(c), Long::sum));
    Set<String> held = new LinkedHashSet<>();
    topologies.forEach(
        (other, topology) -> {
          if (other != lane) {
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
  public List<PlannedCase> plan() {
    return plan;
  }

  @Override
  public List<Run.Case> done() {
    Map<String, Integer> place = new HashMap<>();
    plan.forEach(c -> place.put(c.id(), place.size()));
    return lanes.stream()
        .flatMap(l -> l.done().stream())
        .sorted(
            Comparator.comparing(
                c -> place.get(new PlannedCase(c.scenario(), c.target(), c.topology()).id())))
        .toList();
  }

  /** As a single lane would tell them: a target that several lanes met has the details of all. */
  @Override
  public List<Run.TargetInfo> targets() {
    Map<String, Run.TargetInfo> targets = new LinkedHashMap<>();
    for (Conductor lane : lanes) {
      lane.targets().forEach(t -> targets.merge(t.name(), t, (a, b) -> a.andOn(b.topologies())));
    }
    return List.copyOf(targets.values());
  }

  @Override
  public List<Ruling.Retry> retries() {
    return lanes.stream().flatMap(l -> l.retries().stream()).toList();
  }

  @Override
  public long kernelNanos() {
    return lanes.stream().mapToLong(Measured::kernelNanos).sum();
  }

  @Override
  public long waitedNanos() {
    return lanes.stream().mapToLong(Measured::waitedNanos).sum();
  }

  @Override
  public void close() {
    lanes.forEach(Conductor::close);
  }
}
