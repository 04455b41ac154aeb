package org.daxcheck.lab;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.daxcheck.abi.Dialect;
import org.daxcheck.abi.DialectProperties;
import org.daxcheck.abi.Policy;
import org.daxcheck.scenario.Scenario;
import org.daxcheck.step.Observation;
import org.daxcheck.step.Payload;
import org.daxcheck.step.Reply;
import org.daxcheck.step.Step;
import org.daxcheck.suite.Harm;
import org.daxcheck.target.Target;
import org.daxcheck.target.TargetException;
import org.daxcheck.target.TargetSource;
import org.daxcheck.target.ssh.Connection;
import org.daxcheck.target.ssh.Login;
import org.daxcheck.target.ssh.SshTarget;

/**
 * A machine of somebody, with one of its dax devices. Nothing is changed before {@link #fresh}. The
 * machine itself brings the device back to what it was when the agent ends, however that happens:
 * at the end of a run, when it is interrupted, or when the connection is lost.
 */
public final class LabMachine implements TargetSource {
  /** What targets and topology of this kind are called. */
  public static final String NAME = "machine";

  static final long BACK_MILLIS = 120_000;
  private static final long PATIENCE_MILLIS = 30_000;
  private static final long POLL_MILLIS = 100;

  private final Wish wish;
  private final MachineShell shell;
  private final Survey before;
  private final String device;
  private final String plan;
  private final Policy policy;
  private final Consumer<String> told;
  private final Optional<MachineLock> lock;
  private Optional<String> folder = Optional.empty();
  private Optional<SshTarget> inUse = Optional.empty();
  private String notBack = "";
  private Optional<Dialect> found = Optional.empty();
  private boolean closed;

  /**
   * What the user asks for.
   *
   * @param sudo to become root by sudo, which must want no password
   * @param device the only device that may be changed
   * @param destructive that scenarios may leave the machine in need of a boot
   * @param watch how long the device is watched after each change for what others do
   * @param use what is to be done with the machine
   * @param holder who asks, in words, on one line: others who want the machine read it
   */
  public record Wish(
      Login login,
      boolean sudo,
      Optional<String> device,
      boolean destructive,
      Duration watch,
      Use use,
      String holder) {}

  /** What is to be done with a machine. */
  public enum Use {
    /** Only look, also while somebody else has it. */
    LOOK,
    /** Take it, if all is as it was before those who had it. */
    TAKE,
    /** Take it, and bring back first what an earlier run left changed. */
    PUT_RIGHT
  }

  private LabMachine(
      Wish wish,
      MachineShell shell,
      Survey before,
      Optional<MachineLock> lock,
      Consumer<String> told)
      throws TargetException {
    this.wish = wish;
    this.shell = shell;
    this.before = before;
    this.lock = lock;
    this.device = wish.device().orElseThrow();
    this.plan = before.plan(device);
    this.policy = before.policy();
    this.told = told;
  }

  /**
   * Logs in, takes the machine for itself, and looks. Nothing is changed but what an earlier run
   * left, and that only where it was asked for.
   *
   * @param told hears how the machine was left
   * @throws TargetException with a sentence, where it cannot be reached or must not be used
   */
  public static LabMachine reach(Wish wish, Consumer<String> told) throws TargetException {
    MachineShell shell = MachineShell.open(wish);
    Optional<MachineLock> lock = Optional.empty();
    try {
      String device = wish.device().orElse("");
      // What a machine is while somebody else uses it is no reason to refuse it.
      Survey first = shell.survey(device);
      refuse(wish, first.unfit(wish.device()));
      if (wish.use() == Use.LOOK) {
        MachineLock.inUse(wish).ifPresent(told);
      } else {
        lock = Optional.of(MachineLock.take(wish, told));
        new Leftover(wish, shell, told).settle(lock.get());
      }
      Survey survey = wish.use() == Use.LOOK ? first : shell.survey(device);
      refuse(wish, survey.refusal(wish.device()));
      return new LabMachine(wish, shell, survey, lock, told);
    } catch (TargetException e) {
      if (lock.isPresent()) {
        lock.get().release(shell);
      }
      shell.close();
      throw e;
    }
  }

  /**
   * Logs in and looks at the device, whoever uses it and for what. Nothing is changed.
   *
   * @throws TargetException with a sentence, where it cannot be reached or has no such device
   */
  public static MachineLayout look(Wish wish) throws TargetException {
    try (MachineShell shell = MachineShell.open(wish)) {
      Survey survey = shell.survey(wish.device().orElse(""));
      refuse(wish, survey.unfit(wish.device()));
      refuse(wish, survey.missing(wish.device().orElseThrow()));
      return MachineLayout.of(survey, wish.device().orElseThrow());
    }
  }

  private static void refuse(Wish wish, Optional<String> refusal) throws TargetException {
    if (refusal.isPresent()) {
      throw MachineShell.wrong(wish, refusal.get());
    }
  }

  /** What will be done to which memory, in lines, for the user to read before it is. */
  public String plan() {
    return plan;
  }

  /** The policy that the machine has, which is its own between scenarios. */
  public Policy policy() {
    return policy;
  }

  /** The dialect of the machine's kernel, once it was probed. */
  public Optional<Dialect> found() {
    return found;
  }

  /** Stores the agent and what brings the device back; {@link #fresh} needs it. */
  public void take(byte[] agent) throws TargetException {
    MachineLock held =
        lock.orElseThrow(() -> new TargetException("the machine was only looked at"));
    held.write(shell, device, before.text());
    Connection.Output made = shell.sh(MachineShell.script("folder.sh"), new byte[0]);
    String where = MachineShell.text(made.out()).strip();
    if (made.exit() != 0 || !where.startsWith("/")) {
      throw new TargetException(
          "the machine has no folder that programs may be started from: tried /run, /tmp, /var/tmp");
    }
    folder = Optional.of(where);
    store(where + "/agent", agent);
    store(where + "/putback", MachineShell.bytes("putback.sh"));
    String serve = MachineShell.script("alive.sh") + MachineShell.script("serve.sh");
    store(where + "/serve", serve.getBytes(StandardCharsets.UTF_8));
  }

  private void store(String file, byte[] content) throws TargetException {
    Connection.Output stored = shell.sh("cat > " + file + " && chmod 700 " + file, content);
    if (stored.exit() != 0) {
      throw new TargetException(
          "cannot write " + file + " on the machine: " + MachineShell.text(stored.err()).strip());
    }
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public List<Integer> shape(String topology) throws TargetException {
    known(topology);
    return MachineLayout.of(before, device).device().blocksOfRanges();
  }

  private static void known(String topology) throws TargetException {
    if (!topology.equals(NAME)) {
      throw new TargetException("a machine has no topology " + topology + "; it is as it is");
    }
  }

  @Override
  public synchronized Target fresh(String topology) throws TargetException {
    if (closed || folder.isEmpty()) {
      throw new TargetException("the machine was given back, so its source is closed");
    }
    known(topology);
    if (inUse.isPresent()) {
      throw new TargetException(device + " of the machine is still in use by another target");
    }
    if (!notBack.isEmpty()) {
      throw new TargetException(
          "the machine did not come back, so nothing more is run: " + notBack);
    }
    shell.sh("rm -f " + folder.get() + "/back.done", new byte[0]);
    SshTarget reached =
        SshTarget.open(
            wish.login().endpoint(MachineShell.root(wish, serve())),
            NAME,
            NAME,
            policy(),
            device,
            Optional.empty());
    inUse = Optional.of(reached);
    found = Optional.of(reached.dialect());
    try {
      unplug(reached);
    } catch (TargetException e) {
      giveBack(reached);
      throw e;
    }
    return new LabTarget(reached, this, wish.watch().toNanos() / 1000);
  }

  private String serve() {
    String holder = lock.orElseThrow().file();
    String words = before.wordsForPutBack(device);
    return "sh %1$s/serve %1$s %2$s %3$s".formatted(folder.orElseThrow(), holder, words);
  }

  /** Scenarios begin where no memory is plugged; a machine that is in use may not come there. */
  private void unplug(SshTarget reached) throws TargetException {
    Observation seen =
        reached.run(List.of(Step.Look.at(Step.Aspect.ATTRIBUTE))).get(0).observation();
    boolean plugged = seen.blocks().stream().anyMatch(b -> b.online());
    if (!plugged) {
      return;
    }
    if (reached.dialect().attribute().isEmpty()) {
      throw new TargetException(
          device + " has memory online, and this kernel has no attribute to unplug it by");
    }
    Step unplug =
        new Step.Write(
            Payload.line(DialectProperties.of(reached.dialect()).unplugWord()), Step.Who.ROOT);
    Reply answer = reached.run(List.of(unplug)).get(0);
    if (answer.result().errno().isPresent()) {
      throw new TargetException(
          device
              + " cannot be unplugged ("
              + answer.result().errno().get()
              + "), so no scenario can begin; free its memory and run again");
    }
  }

  Optional<String> refuses(Scenario scenario) {
    Optional<String> never = Harm.forbids(scenario);
    if (never.isPresent() || wish.destructive()) {
      return never;
    }
    return Harm.destroys(scenario).map(why -> why + "; --destructive allows it");
  }

  /** Why a step must not be done here, whatever scenario it is of; empty where it may. */
  Optional<String> refuses(Step step) {
    return switch (step.hazard()) {
      case NONE -> Optional.empty();
      case MAY_NEED_BOOT ->
          wish.destructive()
              ? Optional.empty()
              : Optional.of("the machine may need a boot afterwards; --destructive allows it");
      case NEVER -> Optional.of("it may change more of the machine than the device");
    };
  }

  String suspects() {
    return before.suspects();
  }

  /** A udev rule that acts on memory blocks makes all that differs doubtful. */
  Optional<String> interferer() {
    return before.rules().isEmpty()
        ? Optional.empty()
        : Optional.of("the udev rule " + before.rules().get(0));
  }

  String details() {
    return before.fact("host") + " (" + wish.login().address() + "), " + device;
  }

  /** Ends the agent, waits until the machine has brought the device back, and looks. */
  synchronized void giveBack(SshTarget reached) {
    // One that was given back before must not take the device from who has it now.
    if (inUse.filter(now -> now == reached).isEmpty()) {
      return;
    }
    inUse = Optional.empty();
    try {
      reached.finish();
      notBack = back();
    } catch (TargetException e) {
      notBack =
          "it could not be asked ("
              + e.getMessage()
              + "); it brings the device back by itself when the connection ends";
    } finally {
      reached.close();
    }
  }

  private String back() throws TargetException {
    long begin = System.nanoTime();
    boolean killed = false;
    String done = folder.orElseThrow() + "/back.done";
    while (true) {
      Connection.Output said = shell.again("cat " + done);
      if (said.exit() == 0) {
        return compared(MachineShell.text(said.out()).strip());
      }
      long millis = (System.nanoTime() - begin) / 1_000_000;
      if (millis > BACK_MILLIS) {
        return "the agent does not end, so the device cannot be brought back";
      }
      if (millis > PATIENCE_MILLIS && !killed) {
        killed = true;
        shell.again("kill -9 $(cat " + folder.get() + "/pid)");
      }
      try {
        Thread.sleep(POLL_MILLIS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new TargetException("interrupted while the device was brought back", e);
      }
    }
  }

  private String compared(String complaints) throws TargetException {
    String difference = before.difference(shell.survey(device), device);
    if (difference.isEmpty()) {
      return "";
    }
    return difference + (complaints.isEmpty() ? "" : "; " + complaints.replace("\n", "; "));
  }

  /** How the machine is not as it was; empty where it is as it was, or was never changed. */
  public synchronized String notBack() {
    return notBack;
  }

  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    boolean used = folder.isPresent();
    inUse.ifPresent(this::giveBack);
    try {
      if (used) {
        shell.again("rm -rf " + folder.get());
      }
      if (lock.isPresent()) {
        // Where it is not as it was, the next run must know how it was.
        if (notBack.isEmpty()) {
          lock.get().forget(shell);
        }
        lock.get().release(shell);
      }
    } catch (TargetException e) {
      told.accept(
          "something of daxcheck is left on the machine, the next run there clears it away: "
              + e.getMessage());
    }
    shell.close();
    if (used) {
      told.accept(
          notBack.isEmpty()
              ? device + " on " + before.fact("host") + " is as it was: " + before.state(device)
              : device + " on " + before.fact("host") + " could NOT be put back: " + notBack);
    }
  }
}
