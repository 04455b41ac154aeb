package org.daxcheck.guest;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The command lines of QEMU and of the kernel in it. */
final class QemuArguments {
  /**
   * Has the kernel overwrite small memory as it is freed, and watch the bytes behind it. In the
   * sizes that a driver's record of its ranges can have it also knows what was asked for, so that
   * the bytes up to the next size are watched too; for all sizes that would slow down a boot.
   */
  static final String POISON =
      "slab_debug=FZPU,kmalloc-64,kmalloc-96,kmalloc-128,kmalloc-192;FZP,kmalloc-*";

  private QemuArguments() {}

  /** What stands on every guest's kernel command line. */
  static List<String> kernelWords(QemuVersion version, Topology topology) {
    List<String> words =
        new ArrayList<>(
            List.of(
                "console=ttyS0",
                "panic=-1",
                // A kernel that knows its hypervisor does not measure the timer against the
                // processor, which a busy host makes it fail; ours does not know of one.
                "no_timer_check",
                // The serial line is slow; what matters after an accident is of level 4 or worse.
                "loglevel=5",
                // Freed memory keeps its bytes for a while, and who still uses it is seen by luck
                // only.
                POISON,
                // That shows addresses as they are, with a notice of 15 lines.
                "hash_pointers=always"));
    if (!mapsDirectly(version, topology)) {
      // Clearing every page on allocation takes most of the time where the page is a device's.
      words.add("init_on_alloc=0");
    }
    return words;
  }

  /** What the processor of a guest is. */
  static String processor(QemuVersion version, Topology topology) {
    // With the hypervisor bit the kernel refuses to commit a CXL region: it would have to trust
    // that the host's caches are invalidated.
    String all = "max,hypervisor=off";
    // Where CXL memory is a device to QEMU, string stores of bytes go to it one by one.
    return mapsDirectly(version, topology) ? all : all + ",erms=off,fsrm=off";
  }

  /** Whether the device's memory is memory to the guest's processors, not asked at each access. */
  private static boolean mapsDirectly(QemuVersion version, Topology topology) {
    return version.mapsCxlDirectly() && !topology.interleaves();
  }

  private static String accelerator(Accelerator accelerator) {
    return switch (accelerator) {
      case KVM -> "kvm";
      // One thread for all processors: the kernel patches its own code while it runs, and emulated
      // processors that really run side by side have been seen to trip over that.
      case TCG -> "tcg,thread=single";
      case MTTCG -> "tcg,thread=multi";
    };
  }

  /**
   * QEMU's command line.
   *
   * @param folder the guest's own, with its initrd
   * @param port of this host that leads to the guest's SSH server
   * @param monitor the socket that tells how the guest is, where somebody asks
   */
  static List<String> of(
      GuestSpec spec,
      Prepared prepared,
      Accelerator accelerator,
      Path folder,
      int port,
      Optional<Path> monitor) {
    QemuVersion version = prepared.qemu().version();
    List<String> kernel = new ArrayList<>(kernelWords(version, prepared.topology()));
    if (prepared.topology().bootPolicy().isEmpty()) {
      kernel.add(Topology.BOOT_POLICY + spec.bootPolicy().text());
    }
    kernel.addAll(prepared.topology().kernelWords());
    if (spec.kernel() instanceof KernelChoice.Built built) {
      kernel.addAll(built.words());
    }
    kernel.addAll(spec.extraArguments());
    List<String> words = new ArrayList<>(prepared.qemu().words());
    // The fetched one is started by a loader, and would be called as that is.
    words.addAll(List.of("-name", "daxcheck,process=qemu-system-x86"));
    words.addAll(List.of("-no-user-config", "-nodefaults", "-display", "none"));
    words.addAll(List.of("-machine", "q35,cxl=on", "-accel", accelerator(accelerator)));
    words.addAll(List.of("-cpu", processor(version, prepared.topology()), "-no-reboot"));
    words.addAll(prepared.topology().arguments());
    words.addAll(List.of("-chardev", "file,id=console,path=" + escaped(spec.console())));
    words.addAll(List.of("-serial", "chardev:console"));
    monitor.ifPresent(
        socket -> words.addAll(List.of("-qmp", "unix:" + escaped(socket) + ",server=on,wait=off")));
    words.addAll(
        List.of(
            "-netdev",
            "user,id=net0,restrict=on,hostfwd=tcp:127.0.0.1:" + port + "-:22",
            "-device",
            "virtio-net-pci,netdev=net0,bus=pcie.0,romfile="));
    words.addAll(List.of("-kernel", prepared.boots().toAbsolutePath().toString()));
    words.addAll(List.of("-initrd", folder.resolve("initrd").toString()));
    words.addAll(List.of("-append", String.join(" ", kernel)));
    return words;
  }

  /** In QEMU's options a comma in a value is written twice. */
  private static String escaped(Path path) {
    return path.toAbsolutePath().toString().replace(",", ",,");
  }
}
