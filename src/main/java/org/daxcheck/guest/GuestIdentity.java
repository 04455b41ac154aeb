package org.daxcheck.guest;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Which guests a spec stands for at this moment. */
public final class GuestIdentity {
  private GuestIdentity() {}

  /**
   * The same spec with its kernel named to the last digit, so that everything done with it is done
   * on the same kernel, whatever comes into the archive meanwhile.
   *
   * @throws GuestException where there is no such kernel
   */
  public static GuestSpec pinned(GuestSpec spec) throws GuestException {
    if (spec.kernel() instanceof KernelChoice.Files
        || spec.kernel() instanceof KernelChoice.Built) {
      return spec;
    }
    Cache cache = Cache.ofUser();
    Cache.Lock lock = cache.lock(spec.progress());
    try {
      return spec.withKernel(new Kernels(cache, spec.progress()).pinned(spec.kernel()));
    } finally {
      lock.close();
    }
  }

  /**
   * A line that is the same for two specs only where guests of them are made of the same things:
   * kernel, modules, command line, agent, topologies, the programs beside it, and QEMU. What is
   * missing for that in the cache is fetched and made.
   *
   * @param topologies the files of the topologies
   */
  public static String digest(GuestSpec spec, List<Path> topologies) throws GuestException {
    List<byte[]> parts = new ArrayList<>();
    for (Path topology : topologies) {
      GuestSpec guest = spec.at(topology, spec.console());
      Prepared prepared = Prepared.of(guest);
      QemuVersion version = prepared.qemu().version();
      parts.add(Cache.utf8(Kvm.ofHost().accelerator(guest, prepared).text()));
      parts.add(Cache.utf8(QemuArguments.processor(version, prepared.topology())));
      QemuArguments.kernelWords(version, prepared.topology())
          .forEach(a -> parts.add(Cache.utf8(a)));
      prepared.ingredients().forEach(i -> parts.add(Cache.utf8(i)));
    }
    parts.add(Cache.utf8(spec.bootPolicy().text()));
    spec.extraArguments().forEach(a -> parts.add(Cache.utf8(a)));
    return Cache.hash(parts);
  }
}
