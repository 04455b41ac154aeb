package org.daxcheck.guest;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.daxcheck.abi.Dialect;
import org.daxcheck.abi.TargetKind;
import org.daxcheck.io.IoReason;
import org.daxcheck.scenario.Scenario;
import org.daxcheck.step.Reply;
import org.daxcheck.step.Step;
import org.daxcheck.target.ForwardingTarget;
import org.daxcheck.target.KernelCounts;
import org.daxcheck.target.TargetException;
import org.daxcheck.target.ssh.Endpoint;
import org.daxcheck.target.ssh.GuestEndpoint;
import org.daxcheck.target.ssh.SshTarget;

/** A guest as a target: what SSH reaches, and the machine around it, which ends with it. */
final class GuestTarget extends ForwardingTarget {
  /** How long after a lost connection the console may still tell why, in ms. */
  private static final long LAST_WORDS_MILLIS = 3_000;

  private static final long POLL_MILLIS = 50;

  private static final long COUNTS_MILLIS = 20_000;

  /**
   * Tells the size and the path of each file of counters, an empty line, and then all of them, and
   * begins anew. Starting a program takes an emulated guest long, so it starts three and not some
   * for each file.
   */
  private static final String TAKE_COUNTS =
      "d=/sys/kernel/debug; [ -d $d/gcov ] || mount -t debugfs none $d; cd $d/gcov || exit 1;"
          + " IFS='\n'; set -f; set -- $(find . -name '*.gcda');"
          + " wc -c \"$@\" && echo && cat \"$@\" && echo 1 > reset";

  private final Guest guest;
  private final SshTarget reached;
  private Optional<KernelCounts.Notes> notes = Optional.empty();
  private boolean closed;

  private GuestTarget(Guest guest, SshTarget reached) {
    super(reached);
    this.guest = guest;
    this.reached = reached;
  }

  /** The guest as a target; the guest is closed where it cannot be reached. */
  static GuestTarget of(Guest guest, Optional<Dialect> dialect) throws TargetException {
    String hostKey = guest.knownHostsLine().split(" ", 2)[1];
    Endpoint endpoint =
        new GuestEndpoint(
            guest.host(),
            guest.port(),
            guest.user(),
            guest.userPrivateKey(),
            hostKey,
            "/agent",
            () -> death(guest).map(GuestFailure::sentence));
    try {
      return new GuestTarget(
          guest,
          SshTarget.open(
              endpoint,
              "qemu",
              guest.topology().name(),
              guest.bootPolicy(),
              guest.device(),
              dialect.or(() -> guest.isBound() ? Optional.empty() : guest.dialectOfDriver())));
    } catch (TargetException e) {
      guest.close();
      throw e;
    }
  }

  private static Optional<GuestFailure> death(Guest guest) {
    try {
      return guest.death();
    } catch (GuestException e) {
      return Optional.of(new GuestFailure(GuestFailure.Kind.QEMU, e.getMessage(), List.of(), ""));
    }
  }

  Guest guest() {
    return guest;
  }

  SshTarget reached() {
    return reached;
  }

  @Override
  public List<Reply> run(List<Step> steps) throws TargetException {
    // What cannot be done says nothing about the guest, so nobody waits for its last words.
    reached.refuse(steps);
    try {
      return reached.run(steps);
    } catch (TargetException e) {
      throw closed ? e : explained(e);
    }
  }

  /** A kernel that died is a finding about the kernel; anything else is trouble of the lab. */
  TargetException explained(TargetException e) {
    long until = System.nanoTime() + LAST_WORDS_MILLIS * 1_000_000;
    Optional<GuestFailure> death = death(guest);
    while (death.isEmpty() && System.nanoTime() < until) {
      try {
        Thread.sleep(POLL_MILLIS);
      } catch (InterruptedException interrupted) {
        Thread.currentThread().interrupt();
        break;
      }
      death = death(guest);
    }
    if (death.isEmpty()) {
      return e;
    }
    boolean kernel =
        death.get().kind() == GuestFailure.Kind.PANIC
            || death.get().kind() == GuestFailure.Kind.OOPS;
    return new TargetException(
        kernel ? TargetException.Kind.KERNEL : e.kind(),
        death.get().sentence() + "; the console is in " + guest.console(),
        e.answered(),
        e);
  }

  @Override
  public Optional<String> refuses(Scenario scenario) {
    boolean reloads =
        scenario.lines().stream()
            .flatMap(l -> l.step().acts().stream())
            .map(Step::kind)
            .anyMatch(k -> k == Step.Kind.UNLOAD || k == Step.Kind.LOAD);
    return reloads && !guest.hasModule()
        ? Optional.of("kmem is built into the kernel, so that it is neither unloaded nor loaded")
        : Optional.empty();
  }

  @Override
  public boolean isUnused() {
    return true;
  }

  /** A kernel built with gcov gives its counters by debugfs, in files whose size reads 0. */
  @Override
  public Optional<KernelCounts> takeCounts() throws TargetException {
    if (guest.notes().isEmpty()) {
      return Optional.empty();
    }
    byte[] counters = reached.shell(TAKE_COUNTS, new byte[0], COUNTS_MILLIS);
    try {
      if (notes.isEmpty()) {
        notes = Optional.of(new KernelCounts.Notes(guest.notes().get()));
      }
      return Optional.of(notes.get().read(counters));
    } catch (IOException e) {
      throw new TargetException("the kernel's counts cannot be read: " + IoReason.of(e), e);
    }
  }

  @Override
  public TargetKind kind() {
    return TargetKind.GUEST;
  }

  @Override
  public String kernel() {
    return guest.kernelPackage().isEmpty()
        ? reached.kernel()
        : reached.kernel() + " (" + guest.kernelPackage() + ")";
  }

  @Override
  public boolean hotremove() {
    return guest.hotremove();
  }

  @Override
  public String details() {
    return "QEMU "
        + guest.qemuVersion().text()
        + ", "
        + guest.accelerator().text()
        + ", "
        + QemuArguments.POISON;
  }

  @Override
  public String driver() {
    return guest.replacedDriver();
  }

  @Override
  public void close() {
    closed = true;
    reached.close();
    guest.close();
  }
}
