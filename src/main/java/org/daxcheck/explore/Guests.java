package org.daxcheck.explore;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.daxcheck.scenario.Scenario;
import org.daxcheck.suite.PlannedCase;
import org.daxcheck.suite.Run;
import org.daxcheck.suite.Runner;
import org.daxcheck.target.TargetSource;

/**
 * Guests, kept as long as scenarios leave them clean. What is announced runs ahead, so that guests
 * of several topologies work at the same time; each topology keeps to one of them.
 */
final class Guests implements ScenarioRunner, AutoCloseable {
  private final List<Lane> lanes;
  private final TakenBranches taken;
  private final Map<String, Lane> places = new HashMap<>();
  private final Map<String, Future<Run.Case>> ahead = new ConcurrentHashMap<>();

  private record Lane(Runner conductor, TargetSource source, ExecutorService thread) {}

  /**
   * Guests of these conductors, each with its one source.
   *
   * @param conductors the first is asked which target it is
   * @param taken hears what they count
   */
  Guests(List<Runner> conductors, List<? extends TargetSource> sources, TakenBranches taken) {
    this.taken = taken;
    lanes = new ArrayList<>();
    for (int i = 0; i < conductors.size(); i++) {
      lanes.add(
          new Lane(
              conductors.get(i),
              sources.get(i),
              Executors.newSingleThreadExecutor(
                  task -> {
                    Thread thread = new Thread(task, "guests of explore");
                    thread.setDaemon(true);
                    return thread;
                  })));
    }
  }

  private synchronized Lane lane(String topology) {
    return places.computeIfAbsent(topology, t -> lanes.get(places.size() % lanes.size()));
  }

  private Future<Run.Case> begun(Scenario scenario, String topology) {
    Lane lane = lane(topology);
    PlannedCase planned = new PlannedCase(scenario, lane.source().name(), topology);
    return lane.thread().submit(() -> lane.conductor().once(planned));
  }

  @Override
  public void coming(Scenario scenario, String topology) {
    if (lanes.size() > 1) {
      ahead.put(scenario.name(), begun(scenario, topology));
    }
  }

  @Override
  public Run.Case run(Scenario scenario, String topology) {
    Future<Run.Case> known = ahead.remove(scenario.name());
    Future<Run.Case> result = known != null ? known : begun(scenario, topology);
    try {
      return result.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while a walk ran", e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException r) {
        throw r;
      }
      throw new IllegalStateException(e.getCause());
    }
  }

  @Override
  public Set<String> taken(Scenario scenario) {
    return taken.of(scenario);
  }

  @Override
  public String target() {
    return lanes.get(0).conductor().targets().stream()
        .findFirst()
        .map(t -> t.name() + " " + t.kernel() + ", " + t.details())
        .orElse("");
  }

  @Override
  public void expect(String topology) {
    // With several, one more would be more guests than were asked for.
    if (lanes.size() == 1) {
      lanes.get(0).source().expect(topology);
    }
  }

  /** The targets that were met. */
  List<Run.TargetInfo> targets() {
    Map<String, Run.TargetInfo> all = new LinkedHashMap<>();
    lanes.stream()
        .flatMap(l -> l.conductor().targets().stream())
        .forEach(t -> all.merge(t.name(), t, (a, b) -> a.andOn(b.topologies())));
    return List.copyOf(all.values());
  }

  /** Time waited for guests to be ready, in ns, of all. */
  long waitedNanos() {
    return lanes.stream().mapToLong(l -> l.conductor().waitedNanos()).sum();
  }

  @Override
  public void close() {
    lanes.forEach(l -> l.thread().shutdownNow());
    lanes.forEach(l -> l.conductor().close());
  }
}
