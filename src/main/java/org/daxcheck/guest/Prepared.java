package org.daxcheck.guest;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What boots, all of it in the cache.
 *
 * @param boots the kernel in the form that QEMU starts quickest
 * @param hotremove false where the driver was built without CONFIG_MEMORY_HOTREMOVE
 * @param attribute the name that the driver has for its attribute; empty where it is built in
 * @param took how long it took to find and make all this
 */
record Prepared(
    Topology topology,
    QemuProgram qemu,
    KernelImage kernel,
    Path boots,
    Path initramfs,
    boolean hotremove,
    Optional<String> attribute,
    Duration took) {

  /** Fetches and makes what is missing. */
  static Prepared of(GuestSpec spec) throws GuestException {
    long start = System.nanoTime();
    Topology topology = Topology.read(spec.topology());
    byte[] replaced = null;
    if (spec.kmemModule().isPresent()) {
      replaced = Cache.read(spec.kmemModule().get(), "the kmem driver of --kmem-module");
    }
    Cache cache = Cache.ofUser();
    Cache.Lock lock = cache.lock(spec.progress());
    try {
      KernelImage kernel = new Kernels(cache, spec.progress()).find(spec.kernel());
      // Behind the kernel, which asks whether the package lists are of today.
      QemuProgram qemu = QemuProgram.of(spec.qemu(), cache, spec.progress());
      FailureModule helper = FailureModule.begin(cache, spec, kernel);
      Modules modules = new Modules(kernel.modules());
      var ordered =
          replaced == null
              ? modules.ordered()
              : modules.ordered(replaced, spec.kmemModule().get().toString());
      List<Path> packages = new Userland(cache, spec.progress()).packages();
      Path boots = UncompressedKernel.of(cache, kernel.vmlinuz());
      Path initramfs =
          new Initramfs(cache, spec.progress())
              .shared(spec.home(), topology, ordered, modules.onDemand(), helper, packages);
      Optional<byte[]> kmem = Optional.ofNullable(ordered.get("kmem"));
      // Where the driver is built in, only the kernel itself can tell.
      boolean hotremove =
          kmem.isPresent()
              ? Modules.hotremove(kmem.get())
              : Modules.hotremoveOf(
                  UncompressedKernel.plain(Cache.read(kernel.vmlinuz(), "the kernel")));
      return new Prepared(
          topology,
          qemu,
          kernel,
          boots,
          initramfs,
          hotremove,
          kmem.map(Modules::attribute),
          Duration.ofNanos(System.nanoTime() - start));
    } finally {
      lock.close();
    }
  }

  /** The kernel's release, and the Debian package where it is of one, as a target tells it. */
  String kernelText() {
    String of = kernel.packageVersion();
    return of.isEmpty() ? kernel.release() : kernel.release() + " (" + of + ")";
  }

  /** Differs between any two kernels. */
  String kernelHash() throws GuestException {
    return Cache.hash(List.of(Cache.read(kernel.vmlinuz(), "the kernel")));
  }

  /** What a guest is made of: the kernel, the archive it boots with, and QEMU. */
  List<String> ingredients() throws GuestException {
    return List.of(kernelHash(), initramfs.getFileName().toString(), qemu.identity());
  }
}
