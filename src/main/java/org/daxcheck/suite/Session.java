package org.daxcheck.suite;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.daxcheck.abi.Driver;
import org.daxcheck.abi.Errno;
import org.daxcheck.abi.Policy;
import org.daxcheck.abi.TargetKind;
import org.daxcheck.abi.Word;
import org.daxcheck.abi.Zone;
import org.daxcheck.oracle.Cause;
import org.daxcheck.oracle.Verdict.Why;
import org.daxcheck.scenario.Scenario;
import org.daxcheck.scenario.StepText;
import org.daxcheck.step.Observation;
import org.daxcheck.step.Reply;
import org.daxcheck.step.Step;
import org.daxcheck.target.Target;
import org.daxcheck.target.TargetException;
import org.daxcheck.trace.Trace;

/** A target in use by one scenario after the other, which brings it back each time. */
public final class Session implements AutoCloseable {
  /** How often the way back is tried: an unplug from a kernel zone may be refused. */
  private static final int RESTORE_TRIES = 3;

  /** What the scenario and its way back lost is told as theirs. */
  private static final Planned LEAKS =
      new Planned(Trace.Phase.RESTORE, 0, Step.Look.at(Step.Aspect.LEAKS));

  private final Target target;
  private final long seed;
  private final Resting resting;
  private final Observation first;
  private Observation last;
  private boolean clean;
  private Optional<Planned> stopped = Optional.empty();
  private Optional<Observation> boot;
  private List<Trace.Entry> entered = List.of();
  private Optional<RaceTimes> attempts = Optional.empty();

  private Session(Target target, long seed, Observation first) {
    this.target = target;
    this.seed = seed;
    this.resting = new Resting(target, first);
    this.first = first;
    this.last = first;
    this.boot = target.isUnused() ? Optional.of(first) : Optional.empty();
  }

  /** Takes a fresh target into use, with times drawn from seed 0. */
  public static Session open(Target target) throws TargetException {
    return open(target, 0);
  }

  /** Takes a fresh target into use; the seed draws the times of races. */
  static Session open(Target target, long seed) throws TargetException {
    Session session = at(target, seed);
    session.enter();
    return session;
  }

  /** Looks at a fresh target, and leaves it as it is. */
  static Session at(Target target, long seed) throws TargetException {
    List<Reply> first = target.run(List.of(Step.Look.at(Step.Aspect.ATTRIBUTE)));
    return new Session(target, seed, first.get(0).observation());
  }

  /**
   * Brings a fresh target into the state between scenarios. Where it dies of that, what was done is
   * told as the beginning of the scenario's trace.
   */
  void enter(Scenario scenario, TraceSink sink) throws TargetException {
    try {
      enter();
    } catch (TargetException e) {
      if (e.kind() == TargetException.Kind.KERNEL) {
        List<Planned> plan =
            resting.wayBack(last, false).stream()
                .map(step -> new Planned(Trace.Phase.SETUP, 0, step))
                .toList();
        stop(plan, e, recorder(scenario, sink));
      }
      throw e;
    }
  }

  /** Asks again where the first answer is no, since a kernel may once refuse what it can do. */
  private void enter() throws TargetException {
    List<Trace.Entry> done = new ArrayList<>();
    int tries = 0;
    do {
      List<Step> steps = resting.wayBack(last, false);
      List<Reply> replies = steps.isEmpty() ? List.of() : target.run(steps);
      for (int i = 0; i < replies.size(); i++) {
        Step step = steps.get(i);
        done.add(new Trace.Entry(Trace.Phase.SETUP, 0, StepText.of(step), step, replies.get(i)));
      }
      note(replies);
      clean = resting.isReached(last);
      tries++;
      // Where a kernel that nobody else used does not get there at once, that is its doing, and the
      // first case judges it.
      entered = clean && tries == 1 || target.kind() != TargetKind.GUEST ? List.of() : done;
    } while (tries < RESTORE_TRIES && !clean);
  }

  /**
   * Begins a trace; of what was done before, with what the first case after a boot has to judge.
   */
  private TraceRecorder recorder(Scenario scenario, TraceSink sink) {
    Observation before = entered.isEmpty() ? last : first;
    TraceRecorder recorder = new TraceRecorder(header(scenario), before, takeBoot(), sink);
    entered.forEach(recorder::add);
    entered = List.of();
    return recorder;
  }

  /** What the boot had left; told once, with the first scenario. */
  private Optional<Observation> takeBoot() {
    Optional<Observation> taken = boot;
    boot = Optional.empty();
    return taken;
  }

  /** True where the boot was to bind the device and did not, so that no scenario can begin. */
  boolean bootFailed() {
    return boot.isPresent()
        && boot.get().driver().equals(Driver.NONE.text())
        && Misfit.refusesBind(target).isEmpty();
  }

  /**
   * What there is to judge of a boot that failed, as the trace of a scenario that did not begin.
   */
  Trace failedBoot(Scenario scenario) {
    return new Trace(header(scenario), last, List.of(), boot);
  }

  /** Binds the device by hand; what the kernel says, such as {@code ok} or {@code ENOMEM}. */
  String bindByHand() throws TargetException {
    List<Reply> replies = target.run(List.of(new Step.Bind(Driver.KMEM)));
    return replies.get(0).result().errno().map(Errno::name).orElse("ok");
  }

  /** The step that the target did not come back from; empty where there was none. */
  Optional<Planned> stopped() {
    return stopped;
  }

  Target target() {
    return target;
  }

  /** Does the steps outside any scenario. They must neither pin, fill, inject nor unload. */
  public List<Reply> perform(List<Step> steps) throws TargetException {
    clean = false;
    List<Reply> replies = target.run(steps);
    note(replies);
    return replies;
  }

  /** Brings the device back; false where it did not come back, and the target is used up. */
  public boolean comeBack() throws TargetException {
    clean =
        resting.isReached(last)
            && (resting.driver() != Driver.KMEM || resting.reads(last, Word.UNPLUGGED));
    for (int i = 0; i < RESTORE_TRIES && !clean; i++) {
      List<Step> back = resting.wayBack(last, false);
      if (!back.isEmpty()) {
        note(target.run(back));
      }
      clean = resting.isReached(last);
    }
    return clean;
  }

  /** A trace of somebody who tries steps one by one, before the first of them. */
  public Trace attempts(Scenario scenario) {
    target.begin(scenario);
    attempts = Optional.of(RaceTimes.of(seed, scenario));
    return new Trace(header(scenario), last, List.of(), takeBoot());
  }

  /**
   * Does one step more of somebody who tries. Nothing takes it back, so that no scenario can
   * follow.
   *
   * @param line the line that the step has in the trace
   */
  public Trace.Entry attempt(int line, Step step) throws TargetException {
    clean = false;
    Step drawn = attempts.orElseThrow().times(step);
    List<Reply> replies = target.run(List.of(drawn));
    note(replies);
    return new Trace.Entry(Trace.Phase.SCENARIO, line, StepText.of(drawn), drawn, replies.get(0));
  }

  /** What was seen last. */
  public Observation last() {
    return last;
  }

  /** True while the device is as every scenario wants to find it. */
  public boolean isClean() {
    return clean;
  }

  /**
   * Why no scenario can begin here: the policy of the boot put the device into a kernel zone, and
   * the kernel did not let go of it again, as it may (TRANS-5). Empty where this is not so.
   */
  Optional<Why> heldByTheKernel() {
    Policy boot = target.bootPolicy();
    boolean asked = boot == Policy.ONLINE || boot == Policy.ONLINE_KERNEL;
    boolean held =
        last.blocks().stream()
            .anyMatch(b -> Resting.isOnline(b) && b.zones().equals(Zone.NORMAL.text()));
    return asked && held && !clean && target.hotremove()
        ? Misfit.because(
            Cause.HELD_BY_THE_KERNEL,
            "under policy "
                + boot
                + " the kernel holds memory of the device (TRANS-5); topology cxl-kernel avoids it")
        : Optional.empty();
  }

  /**
   * Runs the scenario and brings the device back. Where the target dies, the exception's answers
   * are in the sink's trace already.
   */
  Trace run(Scenario scenario, TraceSink sink) throws TargetException {
    target.begin(scenario);
    TraceRecorder recorder = recorder(scenario, sink);
    clean = false;
    List<Planned> plan = new ArrayList<>();
    for (Step step : resting.setup(scenario.start())) {
      plan.add(new Planned(Trace.Phase.SETUP, 0, step));
    }
    RaceTimes draw = RaceTimes.of(seed, scenario);
    boolean goesOn = true;
    for (int round = 0; round < scenario.repeats() && goesOn; round++) {
      for (Scenario.Line line : scenario.lines()) {
        plan.add(new Planned(Trace.Phase.SCENARIO, line.number(), draw.times(line.step())));
      }
      goesOn = perform(plan, recorder);
      plan.clear();
    }
    if (!scenario.leaks()) {
      restore(recorder);
    }
    target.takeCounts().ifPresent(sink::counted);
    return recorder.trace();
  }

  private Trace.Header header(Scenario scenario) {
    return new Trace.Header(
        scenario.name(),
        scenario.source(),
        target.name(),
        target.kind(),
        target.dialect(),
        target.kernel(),
        target.topology(),
        target.bootPolicy().text(),
        target.device(),
        resting.baselineKib(),
        target.hotremove());
  }

  private void restore(TraceRecorder recorder) throws TargetException {
    List<Step> back = recorder.open();
    // The module is loaded under the policy of the boot, which the way back sets first.
    boolean unloaded = back.remove(new Step.Load());
    for (int i = 0; i < RESTORE_TRIES && !clean; i++) {
      back.addAll(resting.wayBack(last, unloaded && i == 0));
      perform(back.stream().map(s -> new Planned(Trace.Phase.RESTORE, 0, s)).toList(), recorder);
      clean = resting.isReached(last);
      back.clear();
    }
    if (target.findsLeaks()) {
      perform(List.of(LEAKS), recorder);
    }
    clean &= !recorder.isSpent();
  }

  /** Does the steps; false where the target stopped before the last of them. */
  private boolean perform(List<Planned> plan, TraceRecorder recorder) throws TargetException {
    if (plan.isEmpty()) {
      return true;
    }
    try {
      List<Reply> replies = target.run(plan.stream().map(Planned::step).toList());
      record(plan, replies, recorder);
      return replies.size() == plan.size();
    } catch (TargetException e) {
      stop(plan, e, recorder);
      throw e;
    }
  }

  /** Keeps what was answered, and the step that was not. */
  private void stop(List<Planned> plan, TargetException e, TraceRecorder recorder) {
    record(plan, e.answered(), recorder);
    stopped = plan.stream().skip(e.answered().size()).findFirst();
  }

  private void record(List<Planned> plan, List<Reply> replies, TraceRecorder recorder) {
    for (int i = 0; i < replies.size(); i++) {
      Planned p = plan.get(i);
      recorder.add(p.phase(), p.line(), p.step(), replies.get(i));
    }
    note(replies);
  }

  private void note(List<Reply> replies) {
    if (!replies.isEmpty()) {
      last = replies.get(replies.size() - 1).observation();
    }
  }

  @Override
  public void close() {
    target.close();
  }

  record Planned(Trace.Phase phase, int line, Step step) {}
}
