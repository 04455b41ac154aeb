package org.daxcheck.mutant;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;
import org.daxcheck.suite.PlannedCase;
import org.daxcheck.suite.TraceSink;

/**
 * Tries faults in several labs at a time: first the scenarios that show them on the stock driver,
 * then each fault, those that nobody can see last, since they take the whole suite.
 */
public final class Trials {
  private final List<? extends Lab> labs;
  private final Trial trial;
  private final Control control;
  private final Ledger ledger;
  private final Listener listener;
  private volatile boolean stopped;

  /** Hears of what is going on, from the threads of all labs. */
  public interface Listener {
    /** These faults will be tried, in this order. */
    void expect(List<DriverFault> faults);

    /** What takes the traces of a fault that is about to be tried. */
    Function<PlannedCase, TraceSink> traces(DriverFault fault);

    /** What is happening now. */
    void doing(String what);

    /** What the user should read. */
    void say(String what);
  }

  /**
   * Trials.
   *
   * @param labs each is used by one thread
   * @param ledger takes each result when it is there
   */
  public Trials(
      List<? extends Lab> labs, Trial trial, Control control, Ledger ledger, Listener listener) {
    this.labs = List.copyOf(labs);
    this.trial = trial;
    this.control = control;
    this.ledger = ledger;
    this.listener = listener;
  }

  /** From now on nothing that ends is a result: its guest may have ended with this process. */
  public void stop() {
    stopped = true;
  }

  /**
   * Tries all that have no result yet.
   *
   * @throws InterruptedException where the thread is interrupted before the last is through
   */
  public void run(List<DriverFault> chosen) throws InterruptedException {
    Map<String, FaultResult> known = ledger.results();
    List<DriverFault> left =
        chosen.stream()
            .filter(f -> !trial.isDone(f, known.get(f.name())))
            .sorted(
                Comparator.comparing((DriverFault f) -> f.unseen().isPresent())
                    .thenComparing(trial::topology)
                    .thenComparing(DriverFault::name))
            .toList();
    int done = chosen.size() - left.size();
    if (done > 0) {
      listener.say(
          "%d of %d faults have a result that is still true".formatted(done, chosen.size()));
    }
    listener.expect(left);
    stock(left.stream().filter(f -> !trial.isStillTrue(f, known.get(f.name()))).toList());
    faults(left, known, new AtomicInteger(done), chosen.size());
  }

  /** What the stock driver does in the scenarios that are to show these faults. */
  private void stock(List<DriverFault> unjudged) throws InterruptedException {
    Map<String, List<PlannedCase>> controls = new LinkedHashMap<>();
    trial.shown(unjudged).stream()
        .filter(c -> !control.knows(c))
        .forEach(c -> controls.computeIfAbsent(c.topology(), t -> new ArrayList<>()).add(c));
    Queue<List<PlannedCase>> queue = new ConcurrentLinkedQueue<>(controls.values());
    if (!queue.isEmpty()) {
      long count = controls.values().stream().mapToLong(List::size).sum();
      listener.say("control: %d scenarios on the stock driver".formatted(count));
    }
    everyLab(
        lab -> {
          for (List<PlannedCase> c = queue.poll(); c != null; c = queue.poll()) {
            control.run(c, lab, listener::doing);
          }
        });
  }

  private void faults(
      List<DriverFault> left, Map<String, FaultResult> known, AtomicInteger done, int all)
      throws InterruptedException {
    Queue<DriverFault> queue = new ConcurrentLinkedQueue<>(left);
    everyLab(
        lab -> {
          for (DriverFault fault = queue.poll(); fault != null; fault = queue.poll()) {
            FaultResult result =
                trial.examine(
                    fault, known.get(fault.name()), lab, listener.traces(fault), listener::doing);
            if (stopped) {
              return;
            }
            ledger.add(result);
            listener.say("[%d/%d] %s".formatted(done.incrementAndGet(), all, result.line()));
          }
        });
  }

  /** Does the work in all labs at once, and waits for the last. */
  private void everyLab(Consumer<Lab> work) throws InterruptedException {
    ExecutorService workers =
        Executors.newFixedThreadPool(
            labs.size(),
            task -> {
              Thread thread = new Thread(task, "lab");
              thread.setDaemon(true);
              return thread;
            });
    try {
      List<Future<?>> running = new ArrayList<>();
      labs.forEach(lab -> running.add(workers.submit(() -> work.accept(lab))));
      for (Future<?> one : running) {
        one.get();
      }
    } catch (ExecutionException e) {
      throw new IllegalStateException("a lab failed: " + e.getCause(), e);
    } finally {
      workers.shutdownNow();
    }
  }
}
