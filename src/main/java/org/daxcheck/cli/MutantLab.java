package org.daxcheck.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.daxcheck.guest.DriverSwapper;
import org.daxcheck.guest.GuestException;
import org.daxcheck.guest.GuestSpec;
import org.daxcheck.guest.KmemBuild;
import org.daxcheck.guest.UpstreamTest;
import org.daxcheck.mutant.DriverFault;
import org.daxcheck.mutant.Lab;
import org.daxcheck.target.TargetException;
import org.daxcheck.target.TargetSource;

/** Guests in which faults are tried, and the drivers that have them. */
final class MutantLab implements Lab, AutoCloseable {
  private final DriverSwapper bench;
  private final Drivers drivers;
  private final Optional<UpstreamTest> upstream;

  /** Builds drivers one after the other, ahead of need. */
  static final class Drivers implements AutoCloseable {
    private final GuestSpec spec;
    private final Map<String, Future<Path>> built = new ConcurrentHashMap<>();
    private final ExecutorService builder =
        Executors.newSingleThreadExecutor(
            task -> {
              Thread thread = new Thread(task, "driver ahead of need");
              thread.setDaemon(true);
              return thread;
            });

    Drivers(GuestSpec spec) {
      this.spec = spec;
    }

    void expect(DriverFault fault) {
      built.computeIfAbsent(
          fault.name(), name -> builder.submit(() -> KmemBuild.of(spec, List.of(fault.file()))));
    }

    private DriverSwapper.Kmem of(DriverFault fault) throws TargetException {
      expect(fault);
      try {
        return new DriverSwapper.Kmem(fault.name(), Optional.of(built.get(fault.name()).get()));
      } catch (ExecutionException e) {
        throw new TargetException(fault.name() + ": " + e.getCause().getMessage(), e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new TargetException("interrupted while a driver was built", e);
      }
    }

    @Override
    public void close() {
      builder.shutdownNow();
    }
  }

  MutantLab(DriverSwapper bench, Drivers drivers, Optional<UpstreamTest> upstream) {
    this.bench = bench;
    this.drivers = drivers;
    this.upstream = upstream;
  }

  @Override
  public TargetSource targets(Optional<DriverFault> fault) throws TargetException {
    return bench.targets(driver(fault));
  }

  private DriverSwapper.Kmem driver(Optional<DriverFault> fault) throws TargetException {
    return fault.isPresent() ? drivers.of(fault.get()) : DriverSwapper.Kmem.STOCK;
  }

  @Override
  public String selftest(Optional<DriverFault> fault, String topology) throws TargetException {
    UpstreamTest test =
        upstream.orElseThrow(() -> new TargetException("the kernel's own test was not fetched"));
    bench.target(topology, driver(fault)).close();
    return test.run(bench);
  }

  String kernelPackage() throws GuestException {
    return bench.kernelPackage();
  }

  /** Guests booted and drivers exchanged so far. */
  int[] counts() {
    return new int[] {bench.booted(), bench.exchanged()};
  }

  @Override
  public void close() {
    bench.close();
  }
}
