package org.daxcheck.suite;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.daxcheck.abi.Dialect;
import org.daxcheck.abi.DialectProperties;
import org.daxcheck.abi.Driver;
import org.daxcheck.abi.Errno;
import org.daxcheck.abi.Policy;
import org.daxcheck.abi.Word;
import org.daxcheck.abi.Zone;
import org.daxcheck.oracle.Cause;
import org.daxcheck.oracle.Verdict.Why;
import org.daxcheck.scenario.Scenario;
import org.daxcheck.scenario.StepText;
import org.daxcheck.step.BlockRef;
import org.daxcheck.step.Observation;
import org.daxcheck.step.Payload;
import org.daxcheck.step.Reply;
import org.daxcheck.step.Step;
import org.daxcheck.target.Target;
import org.daxcheck.target.TargetException;
import org.daxcheck.trace.Trace;

/**
 * A target in use by one scenario after the other. Between scenarios the device has no memory and
 * MemTotal is at its baseline, under the policy of the boot. It is bound to kmem and unplugged, or
 * unbound where that cannot be: without an attribute nothing unplugs a bound device, and some
 * devices are never bound (see {@link #refusesBind}).
 */
public final class Session implements AutoCloseable {
  /** How often the way back is tried: an unplug from a kernel zone may be refused. */
  private static final int RESTORE_TRIES = 3;

  private static final String OFFLINE = Word.OFFLINE.text();

  private final Target target;
  private final DialectProperties properties;
  private final long seed;
  private final Driver between;
  private final long baselineKib;
  private final String neighbours;
  private Observation last;
  private boolean clean;
  private Optional<Planned> stopped = Optional.empty();
  private Optional<Observation> boot;
  private Optional<RaceTimes> attempts = Optional.empty();

  private Session(Target target, long seed, Observation first) {
    this.target = target;
    this.properties = DialectProperties.of(target.dialect());
    this.seed = seed;
    this.between =
        hasAttribute(target) && refusesBind(target).isEmpty() ? Driver.KMEM : Driver.NONE;
    this.last = first;
    this.boot = target.isFreshlyBooted() ? Optional.of(first) : Optional.empty();
    this.neighbours = first.neighbours();
    long online = first.blocks().stream().filter(Session::isOnline).count();
    this.baselineKib = first.memTotalKib() - online * target.device().memTotalPerBlockKib();
  }

  /** Takes a fresh target into use, with times drawn from seed 0. */
  public static Session open(Target target) throws TargetException {
    return open(target, 0);
  }

  /** Takes a fresh target into use; the seed draws the times of races. */
  static Session open(Target target, long seed) throws TargetException {
    Session session = at(target, seed);
    session.enter(session.wayBack(false));
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
    List<Step> steps = wayBack(false);
    try {
      enter(steps);
    } catch (TargetException e) {
      if (e.kind() == TargetException.Kind.KERNEL) {
        List<Planned> plan = steps.stream().map(s -> new Planned(Trace.Phase.SETUP, 0, s)).toList();
        stop(plan, e, new TraceRecorder(header(scenario), last, takeBoot(), sink));
      }
      throw e;
    }
  }

  private void enter(List<Step> steps) throws TargetException {
    if (!steps.isEmpty()) {
      note(target.run(steps));
    }
    clean = atBaseline();
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
        && refusesBind(target).isEmpty();
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
    clean = atBaseline() && (between != Driver.KMEM || reads(Word.UNPLUGGED));
    for (int i = 0; i < RESTORE_TRIES && !clean; i++) {
      List<Step> back = wayBack(false);
      if (!back.isEmpty()) {
        note(target.run(back));
      }
      clean = atBaseline();
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
        last.blocks().stream().anyMatch(b -> isOnline(b) && b.zones().equals(Zone.NORMAL.text()));
    return asked && held && !clean && target.hotremove()
        ? because(
            Cause.HELD_BY_THE_KERNEL,
            "under policy "
                + boot
                + " the kernel holds memory of the device (TRANS-5); topology cxl-kernel avoids it")
        : Optional.empty();
  }

  private static Optional<Why> because(Cause cause, String text) {
    return Optional.of(new Why(cause, text));
  }

  /** What the scenario needs and the target has not; empty where it fits. */
  static Optional<Why> misfit(Scenario scenario, Target target) {
    Scenario.Needs needs = scenario.needs();
    if (needs.topology().filter(t -> !t.equals(target.topology())).isPresent()) {
      return because(
          Cause.OTHER_TOPOLOGY,
          "it needs topology " + needs.topology().get() + ", this is " + target.topology());
    }
    if (needs.attribute() && !hasAttribute(target)) {
      return because(Cause.NO_ATTRIBUTE, "the kernel has no attribute");
    }
    if (!needs.dialects().isEmpty() && !needs.dialects().contains(target.dialect())) {
      return because(
          Cause.OTHER_DIALECT,
          "it is about dialect "
              + needs.dialects().stream()
                  .sorted()
                  .map(Dialect::text)
                  .collect(Collectors.joining(" or "))
              + ", the target's is "
              + target.dialect());
    }
    boolean frozen = DialectProperties.of(target.dialect()).policyAtCreation();
    Optional<Policy> wanted =
        scenario.start().state().filter(Word.OFFLINE::equals).isPresent()
            ? Optional.of(Policy.OFFLINE)
            : scenario.start().policy();
    if (frozen && wanted.filter(p -> p != target.bootPolicy()).isPresent()) {
      return because(
          Cause.FROZEN_POLICY,
          target.dialect()
              + " fixes the policy at boot ("
              + target.bootPolicy()
              + "); the scenario needs "
              + wanted.get());
    }
    if (target.device().ranges().size() < needs.ranges()) {
      return because(
          Cause.TOO_FEW_RANGES, "the device has fewer than " + needs.ranges() + " ranges");
    }
    if (target.device().blocks() < needs.blocks()) {
      return because(
          Cause.TOO_FEW_BLOCKS, "the device has fewer than " + needs.blocks() + " blocks");
    }
    if (needs.features().contains(Scenario.Feature.INJECTOR) && !target.injector()) {
      return because(Cause.NO_INJECTOR, "the kernel cannot be told to refuse memory blocks");
    }
    if (needs.features().contains(Scenario.Feature.HELPER) && !target.helper()) {
      return because(Cause.NO_HELPER, "the guest has no module that makes adding memory fail");
    }
    if (needs.features().contains(Scenario.Feature.NO_HOTREMOVE) && target.hotremove()) {
      return because(Cause.HAS_HOTREMOVE, "the kernel can remove memory");
    }
    if (!needs.features().contains(Scenario.Feature.NO_HOTREMOVE) && !target.hotremove()) {
      return because(
          Cause.NO_HOTREMOVE,
          "the kernel cannot remove memory: every unplug is refused (ATOMIC-7)");
    }
    return misfit(scenario.start(), target)
        .or(() -> target.refuses(scenario).map(text -> new Why(Cause.REFUSED_BY_MACHINE, text)));
  }

  /** What forbids that a scenario begins like this. */
  private static Optional<Why> misfit(Scenario.Start start, Target target) {
    if (start.driver().orElse(Driver.KMEM) != Driver.KMEM) {
      return Optional.empty();
    }
    Optional<Why> refused = refusesBind(target);
    if (refused.isPresent()) {
      return because(refused.get().cause(), "it begins bound to kmem, but " + refused.get().text());
    }
    if (!hasAttribute(target) && start.state().filter(Word.UNPLUGGED::equals).isPresent()) {
      return because(
          Cause.NO_ATTRIBUTE,
          "it begins unplugged, but the kernel has no attribute to write that to");
    }
    DialectProperties properties = DialectProperties.of(target.dialect());
    Optional<Word> lacking =
        start.state().filter(w -> properties.hasAttribute() && !properties.has(w));
    if (lacking.isPresent()) {
      return because(
          Cause.NO_SUCH_WORD,
          "it starts in " + lacking.get() + ", which " + target.dialect() + " does not support");
    }
    return Optional.empty();
  }

  /**
   * Why kmem refuses the device of this target, whatever is done to it; empty where it does not. A
   * device needs a whole block (EFFECT-8), and some dialects do not know all policies.
   */
  private static Optional<Why> refusesBind(Target target) {
    if (target.device().blocks() == 0) {
      return because(Cause.BIND_REFUSED, "the device has no whole memory block");
    }
    Policy boot = target.bootPolicy();
    return DialectProperties.of(target.dialect()).refusedPolicies().contains(boot)
        ? because(
            Cause.REFUSED_POLICY,
            "dialect " + target.dialect() + " refuses to bind under policy " + boot)
        : Optional.empty();
  }

  private static boolean hasAttribute(Target target) {
    return DialectProperties.of(target.dialect()).hasAttribute();
  }

  /**
   * Runs the scenario and brings the device back. Where the target dies, the exception's answers
   * are in the sink's trace already.
   */
  Trace run(Scenario scenario, TraceSink sink) throws TargetException {
    target.begin(scenario);
    TraceRecorder recorder = new TraceRecorder(header(scenario), last, takeBoot(), sink);
    clean = false;
    List<Planned> plan = new ArrayList<>();
    for (Step step : setup(scenario.start())) {
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
        baselineKib,
        target.hotremove());
  }

  private void restore(TraceRecorder recorder) throws TargetException {
    List<Step> back = recorder.open();
    // The module is loaded under the policy of the boot, which the way back sets first.
    boolean unloaded = back.remove(new Step.Load());
    for (int i = 0; i < RESTORE_TRIES && !clean; i++) {
      back.addAll(wayBack(unloaded && i == 0));
      perform(back.stream().map(s -> new Planned(Trace.Phase.RESTORE, 0, s)).toList(), recorder);
      clean = atBaseline();
      back.clear();
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

  /** The steps from the state between scenarios to the start of this one. */
  private List<Step> setup(Scenario.Start start) {
    return setup(start, properties, between, target.bootPolicy());
  }

  /**
   * The steps from the state between scenarios to the start of one.
   *
   * @param between what the device is bound to between scenarios
   */
  static List<Step> setup(
      Scenario.Start start, DialectProperties properties, Driver between, Policy boot) {
    List<Step> steps = new ArrayList<>();
    Driver driver = start.driver().orElse(Driver.KMEM);
    if (driver != Driver.KMEM) {
      start.policy().ifPresent(p -> steps.add(new Step.SetPolicy(p)));
      if (between == Driver.KMEM) {
        steps.add(new Step.Unbind());
      }
      if (driver == Driver.DEVICE_DAX) {
        steps.add(new Step.Bind(driver));
      }
      return steps;
    }
    // Only a bind under a policy leads to `offline`, and without an attribute to any other state.
    // What is onlined without a reservation is never unplugged again, what was onlined at bind is.
    Optional<Policy> bindUnder =
        start
            .state()
            .filter(
                w ->
                    w == Word.OFFLINE
                        || between == Driver.NONE
                        || isOnlyOfBind(w, properties, boot))
            .flatMap(w -> Policy.of(w.text()));
    if (bindUnder.isPresent()) {
      if (between == Driver.KMEM) {
        steps.add(new Step.Unbind());
      }
      steps.add(new Step.SetPolicy(bindUnder.get()));
      steps.add(new Step.Bind(Driver.KMEM));
      steps.add(new Step.SetPolicy(start.policy().orElse(boot)));
      return steps;
    }
    start.policy().ifPresent(p -> steps.add(new Step.SetPolicy(p)));
    if (between == Driver.NONE) {
      steps.add(new Step.Bind(Driver.KMEM));
    }
    start.state().filter(Word::isOnline).ifPresent(w -> steps.add(Step.Write.word(w)));
    return steps;
  }

  private static boolean isOnlyOfBind(Word word, DialectProperties properties, Policy boot) {
    return properties.hasAttribute() && !properties.reservesAgain() && word == boot.word();
  }

  /** The steps from what was seen last to the state between scenarios. */
  private List<Step> wayBack(boolean unloaded) {
    List<Step> steps = new ArrayList<>();
    if (!last.policy().equals(target.bootPolicy().text())) {
      steps.add(new Step.SetPolicy(target.bootPolicy()));
    }
    if (unloaded) {
      steps.add(new Step.Load());
    }
    if (between == Driver.KMEM) {
      bindAndUnplug(unloaded, steps);
    } else {
      offlineAndUnbind(unloaded, steps);
    }
    return steps;
  }

  private void bindAndUnplug(boolean unloaded, List<Step> steps) {
    boolean bound = last.driver().equals(Driver.KMEM.text());
    if (unloaded) {
      bound = last.driver().equals(Driver.NONE.text());
    }
    if (last.driver().equals(Driver.DEVICE_DAX.text())) {
      steps.add(new Step.Unbind());
    }
    if (!bound) {
      steps.add(new Step.Bind(Driver.KMEM));
    }
    boolean plugged = !bound || unloaded || !reads(Word.UNPLUGGED) || !last.blocks().isEmpty();
    if (plugged && target.hotremove()) {
      steps.add(new Step.Write(Payload.line(properties.unplugWord()), Step.Who.ROOT));
    }
  }

  /** An unbind removes the memory where every block is offline, and leaks it elsewhere. */
  private void offlineAndUnbind(boolean unloaded, List<Step> steps) {
    List<Integer> online = new ArrayList<>();
    for (int i = 0; i < target.device().blocks(); i++) {
      if (last.block(target.device().blockNumber(i)).filter(Session::isOnline).isPresent()) {
        online.add(i);
      }
    }
    // Loading kmem binds the device again, under the policy.
    boolean again = unloaded && last.driver().equals(Driver.NONE.text());
    if (again || online.size() == target.device().blocks() && !online.isEmpty()) {
      steps.add(new Step.BlockWrite(BlockRef.ofDevice(BlockRef.Place.EVERY), OFFLINE));
    } else {
      online.forEach(
          i -> steps.add(new Step.BlockWrite(BlockRef.ofDevice(BlockRef.Place.at(i)), OFFLINE)));
    }
    if (again || !last.driver().equals(Driver.NONE.text())) {
      steps.add(new Step.Unbind());
    }
  }

  private static boolean isOnline(Observation.Block block) {
    return block.state().equals(Word.ONLINE.text());
  }

  private boolean reads(Word word) {
    return last.attribute(target.dialect().attribute())
        .filter(a -> a.text().equals(word.text() + "\n"))
        .isPresent();
  }

  /** What counts is what there is, not what the attribute says of it: that may be the fault. */
  private boolean atBaseline() {
    return last.driver().equals(between.text())
        && last.blocks().isEmpty()
        && last.iomem().stream().noneMatch(r -> r.name().equals(target.device().name()))
        && last.memTotalKib() == baselineKib
        && last.neighbours().equals(neighbours)
        && last.policy().equals(target.bootPolicy().text());
  }

  @Override
  public void close() {
    target.close();
  }

  record Planned(Trace.Phase phase, int line, Step step) {}
}
