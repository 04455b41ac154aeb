package org.daxcheck.mutant;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import org.daxcheck.abi.RuleId;
import org.daxcheck.oracle.Divergence;
import org.daxcheck.oracle.Verdict;
import org.daxcheck.suite.PlannedCase;
import org.daxcheck.suite.Run;
import org.daxcheck.suite.RunListener;
import org.daxcheck.suite.Runner;
import org.daxcheck.suite.TraceSink;
import org.daxcheck.target.Target;
import org.daxcheck.target.TargetException;
import org.daxcheck.target.TargetSource;

/**
 * Tries scenarios on a fault until one finds it: first those that its file names, then the quick
 * ones and those about the rules that it breaks, then the rest of the suite.
 */
public final class Trial {
  /** Topologies where the kernel's own test has the one device alone. */
  private static final Set<String> PLAIN = Set.of("cxl", "cxl-ranges", "cxl-unaligned");

  /** A lab that fails so often on a fault tells nothing more about it. */
  private static final int MOST_ERRORS = 2;

  private static final RuleId ROBUST = new RuleId("ROBUST", 1);

  private final Map<String, PlannedCase> cases = new LinkedHashMap<>();
  private final Set<String> quick;
  private final Set<String> suite;
  private final Control control;
  private final long seed;
  private final boolean whole;
  private final boolean upstream;

  /**
   * A trial.
   *
   * @param planned every scenario, each with its place
   * @param quick names of scenarios to try before the rest of the suite
   * @param suite names of the scenarios that a fault must survive to be called survived
   * @param seed draws the times of races
   * @param whole whether to go on behind the first scenario that finds the fault
   * @param upstream whether the kernel's own test is run as well
   */
  public Trial(
      List<PlannedCase> planned,
      Set<String> quick,
      Set<String> suite,
      Control control,
      long seed,
      boolean whole,
      boolean upstream) {
    planned.forEach(p -> cases.put(p.scenario().name(), p));
    this.quick = Set.copyOf(quick);
    this.suite = Set.copyOf(suite);
    this.control = control;
    this.seed = seed;
    this.whole = whole;
    this.upstream = upstream;
  }

  /** The cases of the scenarios that these faults name, in the order of the plan. */
  public List<PlannedCase> shown(List<DriverFault> faults) {
    Set<String> names = new HashSet<>();
    faults.forEach(f -> names.addAll(f.shownBy()));
    return cases.values().stream().filter(c -> names.contains(c.scenario().name())).toList();
  }

  /** The topology where the fault is tried first. */
  public String topology(DriverFault fault) {
    return fault.shownBy().stream()
        .filter(cases::containsKey)
        .map(name -> cases.get(name).topology())
        .findFirst()
        .orElse("cxl");
  }

  /** Where the kernel's own test is tried on the fault. */
  public String selftestTopology(DriverFault fault) {
    String first = topology(fault);
    return PLAIN.contains(first) ? first : "cxl";
  }

  /**
   * Hash of what a verdict stands on: the scenarios that found the fault, or all where none did.
   *
   * @param kills names of those that found it
   */
  private String inputs(List<String> kills) {
    StringBuilder text = new StringBuilder();
    cases.values().stream()
        .filter(c -> kills.isEmpty() || kills.contains(c.scenario().name()))
        .forEach(
            c ->
                text.append(c.topology())
                    .append(c.scenario().source())
                    .append(kills.isEmpty() && suite.contains(c.scenario().name())));
    return DriverFault.hash(text.toString().getBytes(StandardCharsets.UTF_8));
  }

  /** True where a verdict is known and nothing has changed that it stands on. */
  public boolean isStillTrue(DriverFault fault, FaultResult known) {
    return known != null
        && known.hash().equals(fault.hash())
        && known.verdict() != FaultResult.Verdict.ERROR
        && known
            .inputs()
            .equals(inputs(known.kills().stream().map(FaultResult.Kill::scenario).toList()));
  }

  /** True where nothing is left to be tried on the fault. */
  public boolean isDone(DriverFault fault, FaultResult known) {
    return isStillTrue(fault, known)
        && (!upstream
            || known.selftest().result() != Selftest.Result.NONE
                && known.selftest().result() != Selftest.Result.ERROR);
  }

  private List<List<PlannedCase>> stages(DriverFault fault) {
    List<List<PlannedCase>> stages = new ArrayList<>();
    stages.add(fault.shownBy().stream().filter(cases::containsKey).map(cases::get).toList());
    Set<String> near = new LinkedHashSet<>(quick);
    cases.values().stream()
        .filter(c -> suite.contains(c.scenario().name()))
        .filter(c -> c.scenario().rules().stream().anyMatch(r -> fault.breaks().contains(r.rule())))
        .forEach(c -> near.add(c.scenario().name()));
    // Where the fault is expected comes first, so that its guest is used on.
    String home = topology(fault);
    stages.add(placed(near, home, true));
    stages.add(placed(near, home, false));
    stages.add(placed(suite, home, true));
    stages.add(placed(suite, home, false));
    return stages;
  }

  private List<PlannedCase> placed(Set<String> names, String home, boolean there) {
    return cases.values().stream()
        .filter(c -> names.contains(c.scenario().name()))
        .filter(c -> c.topology().equals(home) == there)
        .toList();
  }

  /**
   * Tries the fault in the lab.
   *
   * @param known what an earlier run found, or null; what of it is still true is not tried again
   * @param sinks where the traces go
   * @param doing told of each case that begins
   */
  public FaultResult examine(
      DriverFault fault,
      FaultResult known,
      Lab lab,
      Function<PlannedCase, TraceSink> sinks,
      Consumer<String> doing) {
    if (isStillTrue(fault, known)) {
      return isDone(fault, known) ? known : known.with(selftest(fault, lab, doing));
    }
    Tally tally = new Tally(fault);
    long begin = System.nanoTime();
    try {
      // A driver that has to be built first costs time that is not the suite's.
      lab.targets(Optional.of(fault));
      begin = System.nanoTime();
      search(fault, lab, tally, () -> bench(fault, lab, sinks, doing));
    } catch (TargetException e) {
      tally.errors.add(e.getMessage());
    }
    FaultResult result = tally.result((System.nanoTime() - begin) / 1_000_000);
    return upstream ? result.with(selftest(fault, lab, doing)) : result;
  }

  private Bench bench(
      DriverFault fault, Lab lab, Function<PlannedCase, TraceSink> sinks, Consumer<String> doing)
      throws TargetException {
    Watched source = new Watched(lab.targets(Optional.of(fault)));
    return new Bench(
        source,
        new Runner(
            List.of(source), List.copyOf(cases.values()), telling(fault, doing), sinks, seed));
  }

  private record Bench(Watched source, Runner conductor) {}

  @FunctionalInterface
  private interface Benches {
    Bench fresh() throws TargetException;
  }

  private void search(DriverFault fault, Lab lab, Tally tally, Benches benches)
      throws TargetException {
    Set<String> done = new HashSet<>();
    boolean first = true;
    Bench bench = benches.fresh();
    try {
      for (List<PlannedCase> stage : stages(fault)) {
        for (PlannedCase planned : stage) {
          if (!done.add(planned.scenario().name())) {
            continue;
          }
          Verdict verdict = bench.conductor().perform(planned).verdict();
          Optional<FaultResult.Kill> kill =
              tally.kill(planned, verdict, bench.source().takeDeath());
          if (kill.isPresent()) {
            if (!control.knows(planned)) {
              // The control takes the guest, so the conductor's target is of no more use.
              bench.conductor().close();
              control.run(planned, lab);
              bench = benches.fresh();
            }
            tally.count(planned, kill.get(), control.verdict(planned));
          }
          if (tally.errors.size() >= MOST_ERRORS) {
            return;
          }
          boolean enough = first ? tally.isRight() : !tally.kills.isEmpty();
          if (enough && !whole) {
            return;
          }
        }
        if (!tally.kills.isEmpty() && !whole) {
          return;
        }
        first = false;
      }
    } finally {
      bench.conductor().close();
    }
  }

  private Selftest selftest(DriverFault fault, Lab lab, Consumer<String> doing) {
    String topology = selftestTopology(fault);
    doing.accept(fault.name() + ": the kernel's own test on " + topology);
    Selftest stock = control.selftest(topology, lab);
    if (stock.result() != Selftest.Result.PASS) {
      return Selftest.error("on the stock driver it gives " + stock.inWords());
    }
    try {
      return Selftest.of(lab.selftest(Optional.of(fault), topology));
    } catch (TargetException e) {
      return e.kind() == TargetException.Kind.KERNEL
          ? Selftest.died(e.getMessage())
          : Selftest.error(e.getMessage());
    }
  }

  private static RunListener telling(DriverFault fault, Consumer<String> doing) {
    return new RunListener() {
      @Override
      public void started(PlannedCase planned) {
        doing.accept(fault.name() + ": " + planned.scenario().name());
      }

      @Override
      public void finished(PlannedCase planned, Run.Case done) {
        // The result of the whole fault is told.
      }
    };
  }

  /** What came of the cases so far. */
  private final class Tally {
    private final DriverFault fault;
    private final List<FaultResult.Kill> kills = new ArrayList<>();
    private final List<String> errors = new ArrayList<>();
    private final List<String> voided = new ArrayList<>();
    private int survived;

    Tally(DriverFault fault) {
      this.fault = fault;
    }

    /** A kill counts where the stock driver passes the same. */
    void count(PlannedCase planned, FaultResult.Kill kill, String stock) {
      if (stock.equals(Control.PASS)) {
        kills.add(kill);
      } else {
        voided.add(planned.scenario().name() + " (stock: " + stock + ")");
      }
    }

    boolean isRight() {
      return kills.stream().anyMatch(FaultResult.Kill::right);
    }

    /** A divergence, or a kernel that died before the scenario could begin. */
    Optional<FaultResult.Kill> kill(PlannedCase planned, Verdict verdict, Optional<String> death) {
      List<RuleId> rules =
          new ArrayList<>(
              verdict.divergences().stream().map(Divergence::rule).distinct().sorted().toList());
      if (rules.isEmpty() && death.isPresent()) {
        rules.add(ROBUST);
      }
      if (rules.isEmpty()) {
        switch (verdict.status()) {
          case ERROR -> errors.add(planned.scenario().name() + ": " + verdict.reason());
          case PASS -> survived++;
          default -> {
            // What was skipped says nothing.
          }
        }
        return Optional.empty();
      }
      return Optional.of(
          new FaultResult.Kill(
              planned.scenario().name(),
              planned.topology(),
              rules.stream().map(RuleId::toString).toList(),
              rules.stream().anyMatch(fault.breaks()::contains)));
    }

    FaultResult result(long millis) {
      FaultResult.Verdict verdict;
      String reason = "";
      if (!kills.isEmpty()) {
        verdict = FaultResult.Verdict.KILLED;
      } else if (!errors.isEmpty()) {
        verdict = FaultResult.Verdict.ERROR;
        reason = errors.get(0);
      } else if (fault.unseen().isPresent()) {
        verdict = FaultResult.Verdict.ARGUED;
        reason = fault.unseen().get();
      } else {
        verdict = FaultResult.Verdict.SURVIVED;
        reason = voided.isEmpty() ? "" : "not counted: " + String.join(", ", voided);
      }
      return new FaultResult(
          fault.name(),
          fault.hash(),
          inputs(kills.stream().map(FaultResult.Kill::scenario).toList()),
          fault.breaks().stream().map(RuleId::toString).toList(),
          verdict,
          kills,
          survived,
          reason,
          millis,
          Selftest.NONE);
    }
  }

  /** The lab's targets; it notices where the kernel dies while a target is made ready. */
  static final class Watched implements TargetSource {
    private final TargetSource source;
    private Optional<String> death = Optional.empty();

    Watched(TargetSource source) {
      this.source = source;
    }

    Optional<String> takeDeath() {
      Optional<String> was = death;
      death = Optional.empty();
      return was;
    }

    @Override
    public String name() {
      return source.name();
    }

    @Override
    public List<Integer> shape(String topology) throws TargetException {
      return source.shape(topology);
    }

    @Override
    public Target fresh(String topology) throws TargetException {
      return new WatchedTarget(
          source.fresh(topology), died -> death = Optional.of(died.getMessage()));
    }

    @Override
    public void close() {
      source.close();
    }
  }
}
