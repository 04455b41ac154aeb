package org.daxcheck.guest;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.daxcheck.abi.Dialect;
import org.daxcheck.abi.Driver;
import org.daxcheck.abi.Policy;
import org.daxcheck.abi.Purpose;
import org.daxcheck.step.Observation;
import org.daxcheck.step.Reply;
import org.daxcheck.step.Step;
import org.daxcheck.target.ForwardingTarget;
import org.daxcheck.target.Target;
import org.daxcheck.target.TargetException;
import org.daxcheck.target.TargetSource;

/**
 * One guest after the other, for drivers that are tried one after the other. A running guest gets
 * the next driver where the last one left it as it was; otherwise a fresh guest is booted. One
 * thread uses it at a time.
 */
public final class DriverSwapper implements AutoCloseable {
  /** Taint bits of a driver that was built outside of the kernel's tree and not signed. */
  private static final long OWN_BUILD = 1L << 12 | 1L << 13;

  private final GuestSpec spec;
  private final Path topologies;
  private final Path consoles;
  private final String name;
  private final boolean exchanges;
  private GuestTarget current;
  private byte[] loaded = new byte[0];
  private Optional<Observation> without = Optional.empty();
  private boolean fit;
  private int booted;
  private int exchanged;
  private int leases;
  private String refused = "";

  /**
   * A driver.
   *
   * @param name for reports, such as that of a fault
   * @param module a kmem.ko; empty for the kernel's own
   */
  public record Kmem(String name, Optional<Path> module) {
    /** The driver that comes with the kernel. */
    public static final Kmem STOCK = new Kmem("stock", Optional.empty());
  }

  /**
   * A bench.
   *
   * @param spec what each guest is; topology, console and driver are replaced
   * @param consoles folder for the serial consoles
   * @param name part of their names
   * @param exchanges false to boot a fresh guest for every driver
   */
  public DriverSwapper(GuestSpec spec, Path consoles, String name, boolean exchanges) {
    this.spec = spec.withKmemModule(Optional.empty());
    this.topologies = spec.home().resolve("qemu/topologies");
    this.consoles = consoles;
    this.name = name;
    this.exchanges = exchanges;
  }

  /** How many memory blocks each range of the device has in a topology. */
  public List<Integer> shape(String topology) throws TargetException {
    return read(topology).shape();
  }

  private Topology read(String topology) throws TargetException {
    try {
      return Topology.read(topologies.resolve(topology + ".topology"));
    } catch (GuestException e) {
      throw new TargetException(e.getMessage(), e);
    }
  }

  /** Targets with this driver; closing it leaves the guest to the bench. */
  public TargetSource targets(Kmem driver) {
    return new TargetSource() {
      @Override
      public String name() {
        return "qemu";
      }

      @Override
      public List<Integer> shape(String topology) throws TargetException {
        return DriverSwapper.this.shape(topology);
      }

      @Override
      public Purpose purpose(String topology) throws TargetException {
        return read(topology).purpose();
      }

      @Override
      public Optional<Policy> bootPolicy(String topology) throws TargetException {
        return read(topology).bootPolicy();
      }

      @Override
      public Target fresh(String topology) throws TargetException {
        return target(topology, driver);
      }

      @Override
      public void close() {
        // The bench keeps its guest for the next driver.
      }
    };
  }

  /**
   * A target with this driver, its device not used since the driver was loaded. It is good until
   * the next one is asked for; closing it leaves the guest to the bench.
   */
  public Target target(String topology, Kmem driver) throws TargetException {
    leases++;
    try {
      Path file = topologies.resolve(topology + ".topology");
      Topology hardware = Topology.read(file);
      // Another driver does not know that it is to take devices of persistent memory too.
      boolean exchangeable =
          hardware.kernel().isEmpty()
              && hardware.neighbour().isEmpty()
              && hardware.device().divided();
      byte[] module = content(driver);
      byte[] buildId = new Elf(driver.name(), module).buildId();
      if (reusable(topology) && exchangeable && exchange(module, buildId)) {
        exchanged++;
        return new Lease(false);
      }
      end();
      boolean atBoot = !exchangeable || driver.module().isEmpty();
      GuestSpec asked = atBoot ? spec.withKmemModule(driver.module()) : spec;
      booted++;
      Path console = consoles.resolve("%s-%d-%s.log".formatted(name, booted, topology));
      // Every driver here is the one of 7.3 with at most an edit, however it looks from outside.
      current = GuestTarget.of(Guest.boot(asked.at(file, console)), Optional.of(Dialect.LINUX_7_3));
      fit = true;
      if (!atBoot && !exchange(module, buildId)) {
        throw new TargetException(
            "a fresh guest cannot take the driver " + driver.name() + ": " + refused);
      }
      loaded = buildId;
      if (!java.util.Arrays.equals(current.reached().runningBuildId(), buildId)) {
        throw new TargetException("the guest does not run the driver " + driver.name());
      }
      return new Lease(atBoot);
    } catch (GuestException e) {
      throw new TargetException(e.getMessage(), e);
    }
  }

  private boolean reusable(String topology) throws GuestException {
    return exchanges
        && fit
        && current != null
        && current.topology().equals(topology)
        && current.guest().death().isEmpty();
  }

  private byte[] content(Kmem driver) throws GuestException {
    if (driver.module().isPresent()) {
      return Cache.read(driver.module().get(), "the kmem driver " + driver.name());
    }
    return new Modules(kernel().modules())
        .kmem()
        .orElseThrow(
            () ->
                new GuestException(
                    "kmem is built into this kernel, so that no other driver can take its place;"
                        + " build with CONFIG_DEV_DAX_KMEM=m"));
  }

  private KernelImage kernel() throws GuestException {
    Cache cache = Cache.ofUser();
    Cache.Lock lock = cache.lock(spec.progress());
    try {
      return new Kernels(cache, spec.progress()).find(spec.kernel());
    } finally {
      lock.close();
    }
  }

  /** Debian package and version of the kernel that the guests boot. */
  public String kernelPackage() throws GuestException {
    return kernel().packageVersion();
  }

  /** False where the last driver left something, so that the guest is of no more use. */
  private boolean exchange(byte[] module, byte[] buildId) {
    fit = false;
    try {
      Observation left = current.reached().unloadDriver();
      if (!isBare(left)) {
        refused = "the one before left memory, iomem, another policy, or a taint";
        return false;
      }
      without = Optional.of(left);
      current.reached().loadDriver(module, buildId);
      loaded = buildId;
      fit = true;
      return true;
    } catch (TargetException e) {
      refused = e.getMessage();
      return false;
    }
  }

  /** Whether nothing is left of the device's memory, and the kernel has not complained. */
  private boolean isBare(Observation seen) {
    boolean empty =
        seen.driver().equals(Driver.NONE.text())
            && seen.blocks().isEmpty()
            && seen.iomem().stream()
                .noneMatch(
                    r ->
                        r.name().equals(current.device().name())
                            || r.name().startsWith("System RAM"));
    return empty
        && seen.policy().equals(current.bootPolicy().text())
        && without
            .map(
                w ->
                    w.memTotalKib() == seen.memTotalKib()
                        && (w.taint() | OWN_BUILD) == (seen.taint() | OWN_BUILD))
            .orElse(true);
  }

  /**
   * Runs a script of a shell in a guest with this driver, its device not used since the driver was
   * loaded.
   *
   * @param limitMillis how long the script may take, in ms
   * @return what it printed, then its errors
   * @throws TargetException of kind KERNEL where the kernel died or the script never ended
   */
  public String script(String topology, Kmem driver, String script, long limitMillis)
      throws TargetException {
    target(topology, driver).close();
    leases++;
    String policy =
        "\necho "
            + current.bootPolicy().text()
            + " > /sys/devices/system/memory/auto_online_blocks\n";
    try {
      return GuestScript.output(current, script + policy, limitMillis);
    } catch (GuestException e) {
      fit = false;
      throw new TargetException(e.getMessage(), e);
    } catch (TargetException e) {
      fit = false;
      throw e;
    }
  }

  /** True where the guest runs and no step of a scenario killed it. */
  public boolean isFit() {
    return fit && current != null;
  }

  /**
   * The guest as it is, with its driver, for something else than scenarios; afterwards it is of no
   * more use. The device is bound and unplugged, or was when the last scenario ended.
   */
  GuestTarget takeOver() throws TargetException {
    if (!isFit()) {
      throw new TargetException("there is no guest to take over");
    }
    fit = false;
    leases++;
    return current;
  }

  /** How many guests were booted so far. */
  public int booted() {
    return booted;
  }

  /** How often a running guest got another driver. */
  public int exchanged() {
    return exchanged;
  }

  /** The build id of the driver that is loaded now, as its file has it. */
  byte[] loaded() {
    return loaded.clone();
  }

  private void end() {
    if (current != null) {
      current.close();
      current = null;
    }
    without = Optional.empty();
    fit = false;
  }

  @Override
  public void close() {
    end();
  }

  /** The guest while one driver is tried. */
  private final class Lease extends ForwardingTarget {
    private final GuestTarget guest = current;
    private final int number = ++leases;

    private final boolean bound;

    /**
     * The guest as it is now.
     *
     * @param bound true where this driver was there at boot; one that is loaded later binds nothing
     *     by itself
     */
    Lease(boolean bound) {
      super(current);
      this.bound = bound;
    }

    @Override
    public boolean isUnused() {
      return bound;
    }

    @Override
    public List<Reply> run(List<Step> steps) throws TargetException {
      if (number != leases || guest != current) {
        throw new TargetException("the bench has another driver by now");
      }
      try {
        return guest.run(steps);
      } catch (TargetException e) {
        fit = false;
        throw e;
      }
    }

    @Override
    public void close() {
      // The bench keeps the guest.
    }
  }
}
