package org.daxcheck.lab;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.daxcheck.scenario.Scenario;
import org.daxcheck.scenario.StepText;
import org.daxcheck.step.Observation;
import org.daxcheck.step.Reply;
import org.daxcheck.step.Step;
import org.daxcheck.target.Feasible;
import org.daxcheck.target.ForwardingTarget;
import org.daxcheck.target.TargetException;
import org.daxcheck.target.ssh.SshTarget;

/**
 * A machine that is somebody's: others may act on its memory too. The kernel tells who writes to
 * sysfs, and after each step that changes something the device is watched for a while: what changes
 * when no step runs, somebody else did. Neither is ever blamed on the kernel.
 */
final class LabTarget extends ForwardingTarget {
  private static final int WRITERS_SHOWN = 3;

  private final SshTarget reached;
  private final LabMachine machine;
  private final long watchMicros;
  private Optional<Observation> last = Optional.empty();
  private boolean tellsWriters;
  private boolean closed;

  LabTarget(SshTarget reached, LabMachine machine, long watchMicros) {
    super(reached);
    this.reached = reached;
    this.machine = machine;
    this.watchMicros = watchMicros;
  }

  @Override
  public List<Reply> run(List<Step> steps) throws TargetException {
    if (closed) {
      throw new TargetException("the machine's device was given back, so the target is closed");
    }
    for (Step step : steps) {
      Optional<String> never = machine.refuses(step);
      if (never.isPresent()) {
        throw Feasible.refusal(step, never.get());
      }
    }
    // The steps go out one by one, so that all are looked at before the first.
    reached.refuse(steps);
    List<Reply> replies = new ArrayList<>();
    for (Step step : steps) {
      try {
        Reply reply = one(step);
        replies.add(reply);
        last = Optional.of(reply.observation());
        if (step.kind().isMust() && reply.result().errno().isPresent()) {
          return replies;
        }
      } catch (TargetException e) {
        List<Reply> all = new ArrayList<>(replies);
        all.addAll(e.answered());
        throw new TargetException(e.kind(), e.getMessage(), all, e);
      }
    }
    return replies;
  }

  private Reply one(Step step) throws TargetException {
    if (last.isEmpty()) {
      // Who wrote before the first step is of no interest.
      reached.watch();
    } else if (!step.kind().observesOnly()) {
      check(last.get(), reached.watch(), "before '" + StepText.of(step) + "'");
    }
    Reply reply = reached.run(List.of(step)).get(0);
    if (!watches(step)) {
      return reply;
    }
    Observation pause = reached.run(List.of(new Step.Sleep(watchMicros))).get(0).observation();
    SshTarget.Watched watched = reached.watch();
    check(reply.observation(), watched, "during or after '" + StepText.of(step) + "'");
    List<Observation.LogLine> log = new ArrayList<>(reply.observation().log());
    List<Observation.Uevent> uevents = new ArrayList<>(reply.observation().uevents());
    boolean lost = reply.observation().logLost();
    boolean ueventsLost = reply.observation().ueventsLost();
    for (Observation later : List.of(pause, watched.seen())) {
      log.addAll(later.log());
      uevents.addAll(later.uevents());
      lost |= later.logLost();
      ueventsLost |= later.ueventsLost();
    }
    return new Reply(reply.result(), reply.observation().after(log, lost, uevents, ueventsLost));
  }

  /** Nobody but us may have written, and nothing may have changed while no step ran. */
  private void check(Observation was, SshTarget.Watched watched, String when)
      throws TargetException {
    tellsWriters = watched.writers().isPresent();
    List<String> writers = watched.writers().orElse(List.of());
    String changed = changed(was, watched.seen());
    if (writers.isEmpty() && changed.isEmpty()) {
      return;
    }
    String who =
        writers.isEmpty()
            ? changed + " and no step did that; suspect: " + machine.suspects()
            : String.join(", ", writers.stream().distinct().limit(WRITERS_SHOWN).toList());
    throw new TargetException(
        TargetException.Kind.INTERFERENCE,
        "interference " + when + ": " + who + "; stop that program and run again",
        List.of(),
        null);
  }

  /** True where the device is watched for a while after the step. */
  static boolean watches(Step step) {
    return step.kind().watched();
  }

  /** What differs between two sights between which no step ran, in words. */
  static String changed(Observation was, Observation is) {
    List<String> all = new ArrayList<>();
    if (!was.driver().equals(is.driver())) {
      all.add("the driver went from " + was.driver() + " to " + is.driver());
    }
    if (!was.policy().equals(is.policy())) {
      all.add("the policy went from " + was.policy() + " to " + is.policy());
    }
    for (Observation.Block block : is.blocks()) {
      Optional<Observation.Block> before = was.block(block.number());
      String state = block.state() + (block.online() ? " " + block.zones() : "");
      if (before.isEmpty()) {
        all.add("memory" + block.number() + " appeared");
      } else if (!before.get().state().equals(block.state())
          || block.online() && !before.get().zones().equals(block.zones())) {
        all.add("memory" + block.number() + " went " + state);
      }
    }
    was.blocks().stream()
        .filter(b -> is.block(b.number()).isEmpty())
        .forEach(b -> all.add("memory" + b.number() + " went away"));
    for (Observation.Attribute a : is.attributes()) {
      String text = was.attribute(a.name()).map(Observation.Attribute::text).orElse("");
      if (!Objects.equals(text, a.text())) {
        all.add(a.name() + " went from " + text.strip() + " to " + a.text().strip());
      }
    }
    if (!was.neighbours().equals(is.neighbours())) {
      all.add("another dax device changed");
    }
    return String.join(", ", all);
  }

  @Override
  public Optional<String> refuses(Scenario scenario) {
    return machine.refuses(scenario);
  }

  @Override
  public Optional<String> interferer() {
    return tellsWriters ? Optional.empty() : machine.interferer();
  }

  @Override
  public String name() {
    return LabMachine.NAME;
  }

  @Override
  public String details() {
    return machine.details();
  }

  @Override
  public void close() {
    closed = true;
    machine.giveBack(reached);
  }
}
