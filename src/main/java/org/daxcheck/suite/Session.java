package org.daxcheck.suite;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.daxcheck.abi.Dialect;
import org.daxcheck.abi.Driver;
import org.daxcheck.abi.Policy;
import org.daxcheck.abi.Word;
import org.daxcheck.scenario.Scenario;
import org.daxcheck.step.Observation;
import org.daxcheck.step.Reply;
import org.daxcheck.step.Step;
import org.daxcheck.target.Target;
import org.daxcheck.target.TargetException;
import org.daxcheck.trace.Trace;

/**
 * A target in use by one scenario after the other. Between scenarios the device is bound to kmem
 * and unplugged, under the policy of the boot, with MemTotal at its baseline.
 */
final class Session implements AutoCloseable {
  /** How often the way back is tried: an unplug from a kernel zone may be refused. */
  private static final int RESTORE_TRIES = 3;

  private final Target target;
  private final long baselineKib;
  private Observation last;
  private boolean clean;

  private Session(Target target, Observation first) {
    this.target = target;
    this.last = first;
    long online = first.blocks().stream().filter(b -> b.state().equals("online")).count();
    this.baselineKib = first.memTotalKib() - online * (target.device().blockSize() >> 10);
  }

  /** Takes a fresh target into use. */
  static Session open(Target target) throws TargetException {
    List<Reply> first = target.run(List.of(Step.Look.at(Step.Aspect.ATTRIBUTE)));
    Session session = new Session(target, first.get(0).observation());
    List<Step> back = session.wayBack(false, false);
    if (!back.isEmpty()) {
      session.note(target.run(back));
    }
    session.clean = session.atBaseline();
    return session;
  }

  Target target() {
    return target;
  }

  /** True while the device is as every scenario wants to find it. */
  boolean isClean() {
    return clean;
  }

  /** What the scenario needs and the target has not, as a sentence; empty where it fits. */
  static Optional<String> misfit(Scenario scenario, Target target) {
    Scenario.Needs needs = scenario.needs();
    if (needs.attribute() && target.dialect().attribute().isEmpty()) {
      return Optional.of("the kernel has no attribute");
    }
    if (!needs.dialects().isEmpty() && !needs.dialects().contains(target.dialect())) {
      return Optional.of(
          "it is about dialect " + needs.dialects() + ", the target's is " + target.dialect());
    }
    boolean frozen = target.dialect() == Dialect.V3 || target.dialect() == Dialect.V4;
    Optional<Policy> wanted =
        scenario.start().state().filter(Word.OFFLINE::equals).isPresent()
            ? Optional.of(Policy.OFFLINE)
            : scenario.start().policy();
    if (frozen && wanted.filter(p -> p != target.bootPolicy()).isPresent()) {
      return Optional.of(
          "dialect "
              + target.dialect()
              + " keeps the policy of the boot ("
              + target.bootPolicy()
              + "), the scenario wants "
              + wanted.get());
    }
    if (target.device().ranges().size() < needs.ranges()) {
      return Optional.of("the device has fewer than " + needs.ranges() + " ranges");
    }
    if (target.device().blocks() < needs.blocks()) {
      return Optional.of("the device has fewer than " + needs.blocks() + " blocks");
    }
    return Optional.empty();
  }

  /**
   * Runs the scenario and brings the device back. Where the target dies, the exception's answers
   * are in the sink's trace already.
   */
  Trace run(Scenario scenario, TraceSink sink) throws TargetException {
    Trace.Header header =
        new Trace.Header(
            scenario.name(),
            scenario.source(),
            target.name(),
            target.dialect(),
            target.kernel(),
            target.topology(),
            target.bootPolicy().text(),
            target.device(),
            baselineKib,
            target.hotremove());
    TraceRecorder recorder = new TraceRecorder(header, last, sink);
    clean = false;
    List<Planned> plan = new ArrayList<>();
    for (Step step : setup(scenario.start())) {
      plan.add(new Planned(Trace.Phase.SETUP, 0, step));
    }
    for (Scenario.Line line : scenario.lines()) {
      plan.add(new Planned(Trace.Phase.SCENARIO, line.number(), line.step()));
    }
    perform(plan, recorder);
    if (!scenario.leaks()) {
      restore(scenario, recorder);
    }
    return recorder.trace();
  }

  private void restore(Scenario scenario, TraceRecorder recorder) throws TargetException {
    boolean unloaded = lastOf(scenario, Step.Unload.class) > lastOf(scenario, Step.Load.class);
    boolean pinned = lastOf(scenario, Step.Pin.class) > lastOf(scenario, Step.Unpin.class);
    for (int i = 0; i < RESTORE_TRIES && !clean; i++) {
      List<Step> back = wayBack(unloaded && i == 0, pinned && i == 0);
      perform(back.stream().map(s -> new Planned(Trace.Phase.RESTORE, 0, s)).toList(), recorder);
      clean = atBaseline();
    }
  }

  private static int lastOf(Scenario scenario, Class<? extends Step> kind) {
    int found = -1;
    for (int i = 0; i < scenario.lines().size(); i++) {
      if (kind.isInstance(scenario.lines().get(i).step())) {
        found = i;
      }
    }
    return found;
  }

  private void perform(List<Planned> plan, TraceRecorder recorder) throws TargetException {
    if (plan.isEmpty()) {
      return;
    }
    try {
      record(plan, target.run(plan.stream().map(Planned::step).toList()), recorder);
    } catch (TargetException e) {
      record(plan, e.answered(), recorder);
      throw e;
    }
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

  /** The steps from the state between scenarios to the start of this one. */
  private List<Step> setup(Scenario.Start start) {
    List<Step> steps = new ArrayList<>();
    if (start.state().filter(Word.OFFLINE::equals).isPresent()) {
      steps.add(new Step.Unbind());
      steps.add(new Step.SetPolicy(Policy.OFFLINE));
      steps.add(new Step.Bind(Driver.KMEM));
      steps.add(new Step.SetPolicy(start.policy().orElse(target.bootPolicy())));
    } else {
      start.policy().ifPresent(p -> steps.add(new Step.SetPolicy(p)));
      start.state().filter(Word::isOnline).ifPresent(w -> steps.add(Step.Write.word(w)));
    }
    start
        .driver()
        .filter(d -> d != Driver.KMEM)
        .ifPresent(
            d -> {
              steps.add(new Step.Unbind());
              if (d == Driver.DEVICE_DAX) {
                steps.add(new Step.Bind(d));
              }
            });
    return steps;
  }

  private List<Step> wayBack(boolean unloaded, boolean pinned) {
    List<Step> steps = new ArrayList<>();
    if (pinned) {
      steps.add(new Step.Unpin());
    }
    if (!last.policy().equals(target.bootPolicy().text())) {
      steps.add(new Step.SetPolicy(target.bootPolicy()));
    }
    boolean bound = last.driver().equals(Driver.KMEM.text());
    if (unloaded) {
      steps.add(new Step.Load());
      bound = last.driver().equals(Driver.NONE.text());
    }
    if (last.driver().equals(Driver.DEVICE_DAX.text())) {
      steps.add(new Step.Unbind());
    }
    if (!bound) {
      steps.add(new Step.Bind(Driver.KMEM));
    }
    if (!target.dialect().attribute().isEmpty()
        && (!bound || unloaded || !reads(Word.UNPLUGGED) || !last.blocks().isEmpty())) {
      steps.add(Step.Write.word(Word.UNPLUGGED));
    }
    return steps;
  }

  private boolean reads(Word word) {
    return last.attribute(target.dialect().attribute())
        .filter(a -> a.text().equals(word.text() + "\n"))
        .isPresent();
  }

  /** What counts is what there is, not what the attribute says of it: that may be the fault. */
  private boolean atBaseline() {
    return last.driver().equals(Driver.KMEM.text())
        && last.blocks().isEmpty()
        && last.iomem().stream().noneMatch(r -> r.name().equals(target.device().name()))
        && last.memTotalKib() == baselineKib
        && last.policy().equals(target.bootPolicy().text());
  }

  @Override
  public void close() {
    target.close();
  }

  private record Planned(Trace.Phase phase, int line, Step step) {}
}
