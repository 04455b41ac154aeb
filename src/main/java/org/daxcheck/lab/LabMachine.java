package org.daxcheck.lab;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
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

  private static final long COMMAND_MILLIS = 60_000;
  static final long BACK_MILLIS = 120_000;
  private static final long PATIENCE_MILLIS = 30_000;
  private static final long POLL_MILLIS = 100;

  private final Wish wish;
  private final Survey before;
  private final String device;
  private final Consumer<String> told;
  private final Optional<MachineLock> lock;
  private Connection control;
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
      Connection control,
      Survey before,
      Optional<MachineLock> lock,
      Consumer<String> told) {
    this.wish = wish;
    this.control = control;
    this.before = before;
    this.lock = lock;
    this.device = wish.device().orElseThrow();
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
    Connection control = wish.login().connect();
    Optional<MachineLock> lock = Optional.empty();
    try {
      if (wish.sudo()) {
        Connection.Output may = control.run("sudo -n true", new byte[0], COMMAND_MILLIS);
        if (may.exit() != 0) {
          throw new TargetException(
              wish.login().address()
                  + ": sudo does not work without a password: "
                  + text(may.err()).strip());
        }
      }
      // What a machine is while somebody else uses it is no reason to refuse it.
      Survey first = survey(control, wish, named(wish));
      refuse(wish, first.unfit(wish.device()));
      if (wish.use() == Use.LOOK) {
        MachineLock.inUse(wish).ifPresent(told);
      } else {
        lock = Optional.of(MachineLock.take(wish, told));
        new Leftover(wish, control, told).settle(lock.get());
      }
      Survey survey = survey(control, wish, named(wish));
      refuse(wish, survey.refusal(wish.device()));
      return new LabMachine(wish, control, survey, lock, told);
    } catch (TargetException e) {
      if (lock.isPresent()) {
        lock.get().release(control);
      }
      control.close();
      throw e;
    }
  }

  private static void refuse(Wish wish, Optional<String> refusal) throws TargetException {
    if (refusal.isPresent()) {
      throw new TargetException(wish.login().address() + ": " + refusal.get());
    }
  }

  private static String named(Wish wish) {
    return wish.device().orElse("");
  }

  /** What the machine says of itself, and of this device where one is named. */
  static Survey survey(Connection control, Wish wish, String device) throws TargetException {
    String words = device.isEmpty() ? "" : Survey.quoted(device);
    Connection.Output said =
        control.run(root(wish, "sh -s -- " + words), bytes("survey.sh"), COMMAND_MILLIS);
    return Survey.of(text(said.out()));
  }

  static String root(Wish wish, String command) {
    return wish.sudo() ? "sudo -n " + command : command;
  }

  /** A script of ours, as it is stored. */
  static byte[] bytes(String script) {
    try (InputStream in = LabMachine.class.getResourceAsStream(script)) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A script of ours, as text. */
  static String script(String name) {
    return text(bytes(name));
  }

  static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  /** What will be done to which memory, in lines, for the user to read before it is. */
  public String plan() throws TargetException {
    return before.plan(device);
  }

  /** The policy that the machine has, which is its own between scenarios. */
  public Policy policy() throws TargetException {
    return Policy.of(before.fact("policy"))
        .orElseThrow(
            () ->
                new TargetException(
                    "the machine's auto_online_blocks reads '"
                        + before.fact("policy")
                        + "', which is no policy"));
  }

  /** The dialect of the machine's kernel, once it was probed. */
  public Optional<Dialect> found() {
    return found;
  }

  /** Stores the agent and what brings the device back; {@link #fresh} needs it. */
  public void take(byte[] agent) throws TargetException {
    MachineLock held =
        lock.orElseThrow(() -> new TargetException("the machine was only looked at"));
    held.write(control, device, before.text());
    // One that was killed could not clear up, and nobody else is here now.
    String make =
        "find /run /tmp /var/tmp -maxdepth 1 -type d -name 'daxcheck-lab.??????' -user \"$(id -u)\""
            + " -exec rm -rf {} + 2>/dev/null;"
            + " for d in /run /tmp /var/tmp; do"
            + " t=$(mktemp -d $d/daxcheck-lab.XXXXXX 2>/dev/null) || continue;"
            + " printf '#!/bin/sh\nexit 0\n' > $t/x; chmod 700 $t/x;"
            + " if $t/x; then rm $t/x; echo $t; exit 0; fi; rm -rf $t; done; exit 1";
    Connection.Output made = run("sh -c " + Survey.quoted(make), new byte[0]);
    String where = text(made.out()).strip();
    if (made.exit() != 0 || !where.startsWith("/")) {
      throw new TargetException(
          "the machine has no folder that programs may be started from: tried /run, /tmp, /var/tmp");
    }
    folder = Optional.of(where);
    store(where + "/agent", agent);
    store(where + "/putback", bytes("putback.sh"));
    String serve = script("alive.sh") + script("serve.sh");
    store(where + "/serve", serve.getBytes(StandardCharsets.UTF_8));
  }

  private void store(String file, byte[] content) throws TargetException {
    Connection.Output stored =
        run("sh -c " + Survey.quoted("cat > " + file + " && chmod 700 " + file), content);
    if (stored.exit() != 0) {
      throw new TargetException(
          "cannot write " + file + " on the machine: " + text(stored.err()).strip());
    }
  }

  private Connection.Output run(String command, byte[] input) throws TargetException {
    return control.run(root(wish, command), input, COMMAND_MILLIS);
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public List<Integer> shape(String topology) throws TargetException {
    known(topology);
    long size = before.blockSize();
    List<Integer> shape = new ArrayList<>();
    for (Survey.Range r : before.ranges()) {
      long first = (r.start() + size - 1) / size;
      shape.add((int) Math.max(0, (r.end() + 1) / size - first));
    }
    return shape;
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
    run("rm -f " + folder.get() + "/back.done", new byte[0]);
    SshTarget reached =
        SshTarget.open(
            wish.login().endpoint(root(wish, serve())),
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
      Connection.Output said = asked("cat " + done);
      if (said.exit() == 0) {
        return compared(text(said.out()).strip());
      }
      long millis = (System.nanoTime() - begin) / 1_000_000;
      if (millis > BACK_MILLIS) {
        return "the agent does not end, so the device cannot be brought back";
      }
      if (millis > PATIENCE_MILLIS && !killed) {
        killed = true;
        asked("sh -c " + Survey.quoted("kill -9 $(cat " + folder.get() + "/pid)"));
      }
      try {
        Thread.sleep(POLL_MILLIS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new TargetException("interrupted while the device was brought back", e);
      }
    }
  }

  /** On the connection at hand, or on a new one where that was lost. */
  private Connection.Output asked(String command) throws TargetException {
    try {
      Connection.Output said = run(command, new byte[0]);
      if (said.exit() != -1) {
        return said;
      }
    } catch (TargetException e) {
      // A new connection may do better; where it does not, that is what is told.
      control.close();
    }
    control = wish.login().connect();
    return run(command, new byte[0]);
  }

  private String compared(String complaints) throws TargetException {
    String difference = before.difference(survey(control, wish, device), device);
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
        asked("rm -rf " + folder.get());
      }
      if (lock.isPresent()) {
        // Where it is not as it was, the next run must know how it was.
        if (notBack.isEmpty()) {
          lock.get().forget(control);
        }
        lock.get().release(control);
      }
    } catch (TargetException e) {
      told.accept(
          "something of daxcheck is left on the machine, the next run there clears it away: "
              + e.getMessage());
    }
    control.close();
    if (used) {
      told.accept(
          notBack.isEmpty()
              ? device + " on " + before.fact("host") + " is as it was: " + before.state(device)
              : device + " on " + before.fact("host") + " could NOT be put back: " + notBack);
    }
  }
}
