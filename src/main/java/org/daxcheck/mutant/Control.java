package org.daxcheck.mutant;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import org.daxcheck.oracle.Verdict;
import org.daxcheck.suite.PlannedCase;
import org.daxcheck.suite.Run;
import org.daxcheck.suite.RunListener;
import org.daxcheck.suite.Runner;
import org.daxcheck.suite.TraceSink;
import org.daxcheck.target.TargetException;

/**
 * What the stock driver does in the same scenarios, each once: what it breaks as well is no proof
 * that a fault was noticed. Several threads may use it.
 */
public final class Control {
  /** The verdict of a scenario that the stock driver passes. */
  static final String PASS = Verdict.Status.PASS.name();

  private final long seed;
  private final Map<String, String> cases = new ConcurrentHashMap<>();
  private final Map<String, Selftest> selftests = new ConcurrentHashMap<>();
  private final BiConsumer<String, String> ranCase;
  private final BiConsumer<String, Selftest> ranSelftest;

  /**
   * A control.
   *
   * @param seed draws the times of races
   * @param ranCase told of the case and its verdict when one was run
   * @param ranSelftest told of the topology and the result when the kernel's own test was run
   */
  public Control(
      long seed, BiConsumer<String, String> ranCase, BiConsumer<String, Selftest> ranSelftest) {
    this.seed = seed;
    this.ranCase = ranCase;
    this.ranSelftest = ranSelftest;
  }

  /** Takes over what an earlier run found. */
  public void remember(Map<String, String> verdicts, Map<String, Selftest> tests) {
    cases.putAll(verdicts);
    selftests.putAll(tests);
  }

  private static String key(PlannedCase planned) {
    // What changed is another scenario.
    String hash = DriverFault.hash(planned.scenario().source().getBytes(StandardCharsets.UTF_8));
    return planned.scenario().name() + "." + planned.topology() + "@" + hash;
  }

  /** True where the case was run on the stock driver. */
  public boolean knows(PlannedCase planned) {
    return cases.containsKey(key(planned));
  }

  /** The verdict on the stock driver; ERROR where it is not known. */
  String verdict(PlannedCase planned) {
    return cases.getOrDefault(key(planned), Verdict.Status.ERROR.name());
  }

  /** Runs the case on the stock driver, unless that was done. */
  void run(PlannedCase planned, Lab lab) {
    run(List.of(planned), lab, done -> {});
  }

  /** Told of each case that begins. */
  @FunctionalInterface
  public interface Doing {
    void tell(String what);
  }

  /** Runs the cases on the stock driver that were not run yet. */
  public void run(List<PlannedCase> planned, Lab lab, Doing doing) {
    List<PlannedCase> left = planned.stream().filter(p -> !knows(p)).toList();
    if (left.isEmpty()) {
      return;
    }
    RunListener listener =
        new RunListener() {
          @Override
          public void started(PlannedCase begun) {
            doing.tell("stock: " + begun.scenario().name());
          }

          @Override
          public void finished(PlannedCase begun, Run.Case done) {
            Verdict.Status status = done.verdict().status();
            // What failed without a verdict is tried again where it is asked for again.
            if (status != Verdict.Status.ERROR) {
              cases.put(key(begun), status.name());
              ranCase.accept(key(begun), status.name());
            }
          }
        };
    try (Runner conductor =
        new Runner(
            List.of(lab.targets(Optional.empty())), left, listener, c -> TraceSink.NONE, seed)) {
      left.forEach(conductor::perform);
    } catch (TargetException e) {
      doing.tell("no control: " + e.getMessage());
    }
  }

  /** What the kernel's own test says of the stock driver. */
  Selftest selftest(String topology, Lab lab) {
    Selftest known = selftests.get(topology);
    if (known != null) {
      return known;
    }
    Selftest fresh;
    try {
      fresh = Selftest.of(lab.selftest(Optional.empty(), topology));
    } catch (TargetException e) {
      return Selftest.error(e.getMessage());
    }
    selftests.put(topology, fresh);
    ranSelftest.accept(topology, fresh);
    return fresh;
  }
}
