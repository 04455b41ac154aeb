package org.daxcheck.guest;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.daxcheck.abi.Dialect;
import org.daxcheck.abi.Policy;
import org.daxcheck.abi.Purpose;
import org.daxcheck.target.Target;
import org.daxcheck.target.TargetException;
import org.daxcheck.target.TargetSource;

/** Boots guests, one ahead of need where it is told that one will be needed. */
public final class QemuSource implements TargetSource {
  /** Bytes of a memory block where a topology does not say: x86 takes 128 MiB below 64 GiB. */
  static final long BLOCK = 128L << 20;

  /** Emulation under load sometimes fails a boot that has nothing to do with the kernel. */
  private static final int BOOT_TRIES = 2;

  private final GuestSpec spec;
  private final Path consoles;
  private final Optional<Dialect> dialect;
  private final ExecutorService ahead =
      Executors.newSingleThreadExecutor(
          task -> {
            Thread thread = new Thread(task, "guest ahead of need");
            thread.setDaemon(true);
            return thread;
          });
  private final List<String> retries = new CopyOnWriteArrayList<>();
  private final AtomicInteger booted = new AtomicInteger();
  private final AtomicLong waited = new AtomicLong();
  private final Map<String, Future<Guest>> spare = new HashMap<>();
  private volatile Optional<Dialect> found = Optional.empty();
  private boolean closed;

  /**
   * A source of guests.
   *
   * @param spec what each guest is; its topology and console are replaced
   * @param consoles folder for the serial consoles
   * @param dialect the dialect to take, or empty to find it by probing
   */
  public QemuSource(GuestSpec spec, Path consoles, Optional<Dialect> dialect) {
    this.spec = spec;
    this.consoles = consoles;
    this.dialect = dialect;
  }

  @Override
  public String name() {
    return "qemu";
  }

  @Override
  public List<Integer> shape(String topology) throws TargetException {
    return read(topology).shape();
  }

  @Override
  public Purpose purpose(String topology) throws TargetException {
    return read(topology).purpose();
  }

  @Override
  public Optional<Policy> bootPolicy(String topology) throws TargetException {
    return read(topology).bootPolicy();
  }

  private Topology read(String topology) throws TargetException {
    try {
      return Topology.read(spec.topologyFile(topology));
    } catch (GuestException e) {
      throw new TargetException(e.getMessage(), e);
    }
  }

  @Override
  public synchronized void expect(String topology) {
    // One guest in use and one on its way are what two processors bear.
    if (spare.isEmpty() && !closed) {
      spare.put(topology, ahead.submit(() -> boot(topology)));
    }
  }

  @Override
  public Target fresh(String topology) throws TargetException {
    long begin = System.nanoTime();
    synchronized (this) {
      if (closed) {
        throw new TargetException("the source of guests was closed");
      }
    }
    try {
      Target target = GuestTarget.of(guest(topology), dialect);
      found = Optional.of(target.dialect());
      return target;
    } catch (GuestException e) {
      throw new TargetException(
          e.isNotApplicable()
              ? TargetException.Kind.NOT_APPLICABLE
              : TargetException.Kind.INFRASTRUCTURE,
          e.getMessage(),
          List.of(),
          e);
    } finally {
      waited.addAndGet(System.nanoTime() - begin);
    }
  }

  private Guest guest(String topology) throws GuestException {
    Future<Guest> ready;
    synchronized (this) {
      ready = spare.remove(topology);
    }
    if (ready != null) {
      Guest guest = await(ready);
      Optional<GuestFailure> death = guest.death();
      if (death.isEmpty()) {
        return guest;
      }
      if (death.get().isOfKernel()) {
        guest.close();
        throw new GuestException(
            "a pre-booted guest died before it was used: " + death.get().sentence(), death.get());
      }
      retries.add(
          "booted twice on "
              + topology
              + ": a pre-booted guest died before it was used, "
              + death.get().sentence());
      guest.close();
    }
    return boot(topology);
  }

  private static Guest await(Future<Guest> ready) throws GuestException {
    try {
      return ready.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof GuestException failed) {
        throw failed;
      }
      throw new GuestException("the guest did not boot: " + e.getCause(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new GuestException("interrupted while the guest was booting", e);
    }
  }

  private Guest boot(String topology) throws GuestException {
    for (int tries = 1; ; tries++) {
      Path console = consoles.resolve("%s-%d.log".formatted(topology, booted.incrementAndGet()));
      try {
        return Guest.boot(spec.at(spec.topologyFile(topology), console));
      } catch (GuestException e) {
        // A panic that a second boot does not repeat is a fault all the same.
        if (e.death().filter(d -> !d.isOfKernel()).isEmpty() || tries == BOOT_TRIES) {
          throw e;
        }
        retries.add("booted twice on " + topology + ": the first time " + e.getMessage());
        spec.progress().accept("the guest did not boot, trying once more: " + e.getMessage());
      }
    }
  }

  /** The dialect of the last guest that was used; empty where none was. */
  public Optional<Dialect> found() {
    return found;
  }

  @Override
  public List<String> retries() {
    return List.copyOf(retries);
  }

  @Override
  public long waitedNanos() {
    return waited.get();
  }

  @Override
  public void close() {
    List<Future<Guest>> left;
    synchronized (this) {
      closed = true;
      left = List.copyOf(spare.values());
      spare.clear();
    }
    for (Future<Guest> ready : left) {
      ready.cancel(true);
      try {
        if (!ready.isCancelled()) {
          ready.get().close();
        }
      } catch (ExecutionException | InterruptedException e) {
        // A guest that never came needs no end; the process's own end takes care of the rest.
        spec.progress().accept("a guest that was not needed did not boot: " + e.getMessage());
      }
    }
    ahead.shutdownNow();
  }
}
