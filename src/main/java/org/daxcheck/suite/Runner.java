package org.daxcheck.suite;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.daxcheck.abi.RuleId;
import org.daxcheck.oracle.Allowance;
import org.daxcheck.oracle.Aspect;
import org.daxcheck.oracle.Cause;
import org.daxcheck.oracle.Divergence;
import org.daxcheck.oracle.Oracle;
import org.daxcheck.oracle.Verdict;
import org.daxcheck.oracle.Verdict.Why;
import org.daxcheck.scenario.Scenario;
import org.daxcheck.scenario.StepText;
import org.daxcheck.step.Observation;
import org.daxcheck.target.KernelCounts;
import org.daxcheck.target.Target;
import org.daxcheck.target.TargetException;
import org.daxcheck.target.TargetSource;
import org.daxcheck.trace.Trace;

/**
 * Runs the cases of a plan one after the other, each on a target that is as it should be: it keeps
 * a target while scenarios leave it clean, and gets a fresh one where not.
 */
public final class Runner implements RunInProgress, AutoCloseable {
  private final Map<String, TargetSource> sources = new LinkedHashMap<>();
  private final List<PlannedCase> plan;
  private final RunListener listener;
  private final Function<PlannedCase, TraceSink> sinks;
  private final long seed;
  private final List<Run.Case> done = new ArrayList<>();
  private final Map<String, Run.TargetInfo> targets = new LinkedHashMap<>();
  private final Map<String, Allowance> allowances;
  private final Map<String, Why> unavailable = new LinkedHashMap<>();
  private Session session;
  private String sessionKey = "";
  private long kernelNanos;

  /**
   * A conductor of this plan.
   *
   * @param sinks gives the file, or whatever else, that takes the trace of a case
   * @param seed draws the times of races
   */
  public Runner(
      List<TargetSource> sources,
      List<PlannedCase> plan,
      RunListener listener,
      Function<PlannedCase, TraceSink> sinks,
      long seed) {
    this(sources, plan, listener, sinks, seed, new ConcurrentHashMap<>());
  }

  /**
   * One of several conductors of a run.
   *
   * @param allowances what the run may still meet of what is legal once in a while, by the name of
   *     the source; all conductors of the run share it
   */
  Runner(
      List<TargetSource> sources,
      List<PlannedCase> plan,
      RunListener listener,
      Function<PlannedCase, TraceSink> sinks,
      long seed,
      Map<String, Allowance> allowances) {
    this.allowances = allowances;
    sources.forEach(s -> this.sources.put(s.name(), s));
    this.plan = List.copyOf(plan);
    this.listener = listener;
    this.sinks = sinks;
    this.seed = seed;
  }

  @Override
  public List<PlannedCase> plan() {
    return plan;
  }

  @Override
  public synchronized List<Run.Case> done() {
    return List.copyOf(done);
  }

  @Override
  public synchronized List<Run.TargetInfo> targets() {
    return List.copyOf(targets.values());
  }

  @Override
  public synchronized long kernelNanos() {
    return kernelNanos;
  }

  @Override
  public long waitedNanos() {
    return sources.values().stream().mapToLong(TargetSource::waitedNanos).sum();
  }

  @Override
  public List<GateResult.Retry> retries() {
    return sources.values().stream()
        .flatMap(s -> s.retries().stream().map(r -> new GateResult.Retry(s.name(), "", r)))
        .toList();
  }

  /** Runs one case of the plan and gives its verdict. */
  public Run.Case perform(PlannedCase planned) {
    listener.started(planned);
    Run.Case result = once(planned);
    synchronized (this) {
      done.add(result);
      kernelNanos +=
          result.trace().filter(t -> t.header().kind().isKernel()).stream()
              .flatMap(t -> t.entries().stream())
              .mapToLong(e -> e.reply().result().nanos())
              .sum();
    }
    listener.finished(planned, result);
    return result;
  }

  /** Runs a case that need not be in the plan; its result is not kept among what is done. */
  public Run.Case once(PlannedCase planned) {
    long begin = System.nanoTime();
    Watched watched = new Watched(sinks.apply(planned));
    Verdict verdict;
    try {
      verdict = attempt(planned, watched);
    } finally {
      watched.end(watched.whole);
    }
    return new Run.Case(
        planned.scenario(),
        planned.source(),
        planned.topology(),
        verdict,
        watched.trace(),
        System.nanoTime() - begin);
  }

  private Verdict attempt(PlannedCase planned, Watched watched) {
    Scenario scenario = planned.scenario();
    Why broken = unavailable.get(key(planned));
    if (broken != null) {
      return without(broken);
    }
    try {
      Session in = session(planned, watched);
      if (in.bootFailed()) {
        watched.keep(in.failedBoot(scenario));
        return failedBoot(planned, in.failedBoot(scenario), in.bindByHand());
      }
      Optional<Why> misfit = Misfit.of(scenario, in.target()).or(in::heldByTheKernel);
      if (misfit.isPresent()) {
        return Verdict.skipped(misfit.get());
      }
      in.run(scenario, watched);
      watched.whole = true;
    } catch (TargetException e) {
      Optional<Session.Planned> stopped = Optional.ofNullable(session).flatMap(Session::stopped);
      endSession();
      return failed(planned, watched, e, stopped);
    }
    Verdict verdict = Oracle.judge(watched.trace().orElseThrow(), scenario, allowance(planned));
    if (!verdict.divergences().isEmpty()) {
      Optional<String> interferer = session.target().interferer();
      if (interferer.isPresent()) {
        verdict = doubtful(verdict, interferer.get());
      }
    }
    // What a failed allocation left behind may show itself in the next scenario only.
    boolean damaged = !verdict.divergences().isEmpty() && scenario.runsShort();
    if (session != null && (damaged || !session.isClean())) {
      endSession();
    }
    return verdict;
  }

  /** The boot is judged once, with the first case; the others of its kind have no target. */
  private Verdict failedBoot(PlannedCase planned, Trace boot, String byHand) {
    Why why =
        new Why(
            Cause.BOOT_FAILED,
            "the driver did not bind the device at boot; a bind by hand then: " + byHand);
    unavailable.put(key(planned), why);
    endSession();
    Verdict judged = Oracle.judge(boot, planned.scenario());
    if (judged.divergences().isEmpty()) {
      return without(why);
    }
    List<Divergence> told =
        judged.divergences().stream()
            .map(d -> d.seeing(d.seen() + "; a bind by hand then: " + byHand))
            .toList();
    return new Verdict(judged.status(), told, judged.notes(), judged.judged(), why);
  }

  /**
   * What is left to the target of what is legal once in a while; each kind of target has its own.
   */
  private Allowance allowance(PlannedCase planned) {
    return allowances.computeIfAbsent(planned.source(), n -> new Allowance());
  }

  /** No judgement, for what was found before. */
  private static Verdict without(Why why) {
    return why.cause().isOfSkip() ? Verdict.skipped(why) : Verdict.error(why.cause(), why.text());
  }

  /** What differs may be the work of somebody else, so it is neither passed nor blamed. */
  private static Verdict doubtful(Verdict verdict, String interferer) {
    Divergence first = verdict.divergences().get(0);
    return Verdict.error(
        Cause.INTERFERENCE,
        "interference: %s acts on memory blocks by itself, so this cannot be blamed on the kernel: %s, seen %s, allowed %s (%s); disable it and run again"
            .formatted(interferer, first.step(), first.seen(), first.allowed(), first.rule()));
  }

  /** A dead kernel is a finding; anything else that failed says nothing about the kernel. */
  private Verdict failed(
      PlannedCase planned, Watched watched, TargetException e, Optional<Session.Planned> stopped) {
    Why why = why(e);
    if (e.kind() == TargetException.Kind.INTERFERENCE) {
      return without(why);
    }
    if (e.kind() == TargetException.Kind.NOT_APPLICABLE) {
      unavailable.put(key(planned), why);
      return without(why);
    }
    Optional<Trace> trace = watched.trace();
    Verdict sofar =
        trace
            .map(t -> Oracle.judge(t, planned.scenario(), allowance(planned)))
            .orElseGet(() -> without(why));
    if (trace.isEmpty()) {
      unavailable.put(key(planned), why);
    }
    if (trace.isEmpty() || e.kind() == TargetException.Kind.INFRASTRUCTURE) {
      boolean diverged = !sofar.divergences().isEmpty();
      return new Verdict(
          diverged ? Verdict.Status.DIVERGENCE : Verdict.Status.ERROR,
          sofar.divergences(),
          sofar.notes(),
          sofar.judged(),
          why);
    }
    RuleId robust = new RuleId("ROBUST", 1);
    List<Divergence> divergences = new ArrayList<>(sofar.divergences());
    int at = trace.get().entries().size();
    divergences.add(
        new Divergence(
            robust,
            at,
            stopped.map(Session.Planned::line).orElse(0),
            stopped.map(p -> StepText.of(p.step())).orElse("the way back"),
            Aspect.SPLAT,
            "the kernel lives",
            e.getMessage(),
            0));
    Map<RuleId, Integer> judged = new TreeMap<>(sofar.judged());
    judged.merge(robust, 1, Integer::sum);
    return new Verdict(Verdict.Status.DIVERGENCE, divergences, sofar.notes(), judged, why);
  }

  private static Why why(TargetException e) {
    Cause cause =
        switch (e.kind()) {
          case KERNEL -> Cause.KERNEL_DIED;
          case INTERFERENCE -> Cause.INTERFERENCE;
          case NOT_APPLICABLE -> Cause.NO_DRIVER;
          case INFRASTRUCTURE -> Cause.INFRASTRUCTURE;
        };
    return new Why(cause, e.getMessage());
  }

  private static String key(PlannedCase planned) {
    return planned.source() + "/" + planned.topology();
  }

  private Session session(PlannedCase planned, Watched watched) throws TargetException {
    if (session == null || !sessionKey.equals(key(planned))) {
      endSession();
      Target target = sources.get(planned.source()).fresh(planned.topology());
      try {
        session = Session.at(target, seed);
      } catch (TargetException e) {
        target.close();
        throw e;
      }
      sessionKey = key(planned);
      synchronized (this) {
        targets.merge(
            target.name(), info(target), (known, again) -> known.andOn(again.topologies()));
      }
      if (session.bootFailed()) {
        return session;
      }
      try {
        session.enter(planned.scenario(), watched);
      } catch (TargetException e) {
        if (e.kind() == TargetException.Kind.KERNEL) {
          // The next boot would end like this one.
          unavailable.put(key(planned), why(e));
        }
        throw e;
      }
    }
    expectNext(planned);
    return session;
  }

  private static Run.TargetInfo info(Target target) {
    return new Run.TargetInfo(
        target.name(),
        target.kind(),
        target.kernel(),
        target.dialect().text(),
        target.driver(),
        target.details(),
        List.of(target.topology()));
  }

  /** Tells the source ahead which target will be wanted after this case. */
  private void expectNext(PlannedCase now) {
    int at = plan.indexOf(now);
    if (at < 0 || at + 1 >= plan.size()) {
      return;
    }
    boolean usesUp = now.scenario().leaks();
    for (PlannedCase later : plan.subList(at + 1, plan.size())) {
      if (usesUp || !key(later).equals(key(now))) {
        sources.get(later.source()).expect(later.topology());
        return;
      }
      usesUp = later.scenario().leaks();
    }
  }

  /** Whether it has a target at hand that the next case of the same kind can use. */
  boolean hasSession() {
    return session != null;
  }

  private void endSession() {
    if (session != null) {
      session.close();
      session = null;
    }
    sessionKey = "";
  }

  @Override
  public void close() {
    endSession();
    sources.values().forEach(TargetSource::close);
  }

  /** Keeps the trace as far as it got, besides handing it on. */
  private static final class Watched implements TraceSink {
    private final TraceSink next;
    private final List<Trace.Entry> entries = new ArrayList<>();
    private Trace.Header header;
    private Observation before;
    private Optional<Observation> boot = Optional.empty();
    private boolean whole;

    Watched(TraceSink next) {
      this.next = next;
    }

    @Override
    public void begin(Trace.Header h, Observation seen, Optional<Observation> left) {
      header = h;
      before = seen;
      boot = left;
      next.begin(h, seen, left);
    }

    /** Takes a whole trace over. */
    void keep(Trace trace) {
      begin(trace.header(), trace.before(), trace.boot());
      whole = true;
    }

    @Override
    public void add(Trace.Entry entry) {
      entries.add(entry);
      next.add(entry);
    }

    @Override
    public void counted(KernelCounts counts) {
      next.counted(counts);
    }

    @Override
    public void end(boolean complete) {
      next.end(complete);
    }

    Optional<Trace> trace() {
      return header == null
          ? Optional.empty()
          : Optional.of(new Trace(header, before, entries, boot));
    }
  }
}
