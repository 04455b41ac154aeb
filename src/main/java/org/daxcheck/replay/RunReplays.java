package org.daxcheck.replay;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import org.daxcheck.abi.TargetKind;
import org.daxcheck.oracle.Divergence;
import org.daxcheck.oracle.Reproduced;
import org.daxcheck.report.RootCause;
import org.daxcheck.report.Sighting;
import org.daxcheck.suite.Run;
import org.daxcheck.target.TargetException;
import org.daxcheck.trace.Trace;

/** The reproducers of a run that were run, so that none is printed of which nobody knows. */
public final class RunReplays {
  /** In how many fresh guests each is run. */
  public static final int TIMES = 3;

  /** Runs a reproducer so many times, each in a fresh guest. */
  @FunctionalInterface
  public interface Guests {
    Reproduced run(Trace trace, Divergence divergence, int times) throws TargetException;
  }

  private final Map<String, Map<Divergence, Reproduced>> known = new ConcurrentHashMap<>();

  /**
   * Runs those of the first causes that guests broke rules by, of each the simplest.
   *
   * @param run what is known of it so far
   * @param causes for at most so many causes
   * @param lanes so many guests at a time
   * @param doing hears what is going on
   * @param told hears what the user has to know: a reproducer that could not be run
   */
  public void run(
      Run run,
      int causes,
      Guests guests,
      int lanes,
      Consumer<String> doing,
      Consumer<String> told) {
    List<Sighting.InCase> chosen = new ArrayList<>();
    RootCause.onKernels(run, (c, rule) -> "").stream()
        .flatMap(cause -> cause.own().stream().filter(p -> canRun(run, p)).findFirst().stream())
        .limit(causes)
        .forEach(chosen::add);
    if (chosen.isEmpty()) {
      return;
    }
    ExecutorService workers = Executors.newFixedThreadPool(lanes, RunReplays::thread);
    try {
      List<Future<?>> all = new ArrayList<>();
      for (Sighting.InCase place : chosen) {
        all.add(workers.submit(() -> run(place, guests, doing, told)));
      }
      for (Future<?> one : all) {
        one.get();
      }
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      workers.shutdownNow();
    }
  }

  private static Thread thread(Runnable work) {
    Thread thread = new Thread(work, "reproducer");
    thread.setDaemon(true);
    return thread;
  }

  private static boolean canRun(Run run, Sighting.InCase place) {
    return place.aCase().trace().isPresent()
        && run.target(place.aCase().target()).filter(t -> t.kind() == TargetKind.GUEST).isPresent();
  }

  private void run(
      Sighting.InCase place, Guests guests, Consumer<String> doing, Consumer<String> told) {
    Divergence divergence = place.divergence();
    doing.accept(
        "running the reproducer of %s in %d fresh guests, at most %d s each"
            .formatted(divergence.rule(), TIMES, Replay.LIMIT_SECONDS));
    try {
      Reproduced came = guests.run(place.aCase().trace().orElseThrow(), divergence, TIMES);
      known
          .computeIfAbsent(place.aCase().id(), id -> new ConcurrentHashMap<>())
          .put(divergence, came);
    } catch (TargetException e) {
      told.accept("the reproducer of " + divergence.rule() + " was not run: " + e.getMessage());
    }
  }

  /** The run, with what came of its reproducers. */
  public Run in(Run run) {
    if (known.isEmpty()) {
      return run;
    }
    return run.with(
        run.cases().stream()
            .map(
                c ->
                    Optional.ofNullable(known.get(c.id()))
                        .map(came -> c.with(c.verdict().with(told(c, came))))
                        .orElse(c))
            .toList());
  }

  private static List<Divergence> told(Run.Case c, Map<Divergence, Reproduced> came) {
    return c.verdict().divergences().stream()
        .map(d -> Optional.ofNullable(came.get(d)).map(d::with).orElse(d))
        .toList();
  }
}
