package org.daxcheck.guest;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.daxcheck.abi.Dialect;
import org.daxcheck.abi.Driver;
import org.daxcheck.abi.Policy;
import org.daxcheck.io.IoReason;

/**
 * A virtual machine with emulated CXL memory, which is up and takes SSH connections. It ends when
 * it is closed or when this process ends, however that happens.
 */
public final class Guest implements AutoCloseable {
  /**
   * Has the kernel overwrite small memory as it is freed, and watch the bytes behind it. In the
   * sizes that a driver's record of its ranges can have it also knows what was asked for, so that
   * the bytes up to the next size are watched too; for all sizes that would slow down a boot.
   */
  static final String POISON =
      "slab_debug=FZPU,kmalloc-64,kmalloc-96,kmalloc-128,kmalloc-192;FZP,kmalloc-*";

  /** What stands on every guest's kernel command line. */
  static final List<String> KERNEL_WORDS =
      List.of(
          "console=ttyS0",
          "panic=-1",
          // A kernel that knows its hypervisor does not measure the timer against the processor,
          // which a busy host makes it fail; ours does not know of one.
          "no_timer_check",
          // The serial line is slow; what matters after an accident is of level 4 or worse.
          "loglevel=5",
          // Clearing every page on allocation takes most of the time where the page is emulated
          // CXL.
          "init_on_alloc=0",
          // Freed memory keeps its bytes for a while, and who still uses it is seen by luck only.
          POISON,
          // That shows addresses as they are, with a notice of 15 lines.
          "hash_pointers=always");

  private static final Duration POLL = Duration.ofMillis(20);
  private static final int PORT_TRIES = 5;
  private static final String PORT_TAKEN = "Could not set up host forwarding rule";

  private final GuestSpec spec;
  private final Prepared prepared;
  private final GuestKeys keys;
  private final int port;
  private final String accelerator;
  private final SerialConsole console;
  private final Qemu qemu;
  private final Runnable ending = this::close;
  private final long started = System.nanoTime();
  private Duration bootTime = Duration.ZERO;
  private volatile boolean closed;

  /** What boots, all of it in the cache. */
  private record Prepared(
      Topology topology,
      QemuVersion version,
      KernelImage kernel,
      Path boots,
      Path initramfs,
      boolean hotremove,
      Optional<String> attribute,
      Duration took) {}

  /** Boots a guest and waits, in bounded time, until it is ready. */
  public static Guest boot(GuestSpec spec) throws GuestException {
    Prepared prepared = prepare(spec);
    if (spec.tryKvm()) {
      try {
        return boot(spec, prepared, "kvm");
      } catch (GuestException e) {
        spec.progress().accept("no guest with KVM, so with emulation: " + e.getMessage());
      }
    }
    return boot(spec, prepared, "tcg");
  }

  /**
   * Makes all that a guest is booted from, and boots none.
   *
   * @return the kernel's release, and the Debian package where it is of one, as a target tells it
   * @throws GuestException with a sentence for the user where something named for it is not to be
   *     used, or cannot be had
   */
  public static String check(GuestSpec spec) throws GuestException {
    KernelImage kernel = prepare(spec).kernel();
    String of = kernel.packageVersion();
    return of.isEmpty() ? kernel.release() : kernel.release() + " (" + of + ")";
  }

  /** What a guest is made of: the kernel, the archive it boots with, and QEMU's version. */
  static List<String> ingredients(GuestSpec spec) throws GuestException {
    Prepared prepared = prepare(spec);
    return List.of(
        Cache.hash(List.of(Cache.read(prepared.kernel().vmlinuz(), "the kernel"))),
        prepared.initramfs().getFileName().toString(),
        prepared.version().text());
  }

  private static Prepared prepare(GuestSpec spec) throws GuestException {
    long start = System.nanoTime();
    Topology topology = Topology.read(spec.topology());
    byte[] replaced = null;
    if (spec.kmemModule().isPresent()) {
      replaced = Cache.read(spec.kmemModule().get(), "the kmem driver of --kmem-module");
    }
    QemuVersion version = QemuVersion.ofHost();
    version.require();
    Cache cache = Cache.ofUser();
    Cache.Lock lock = cache.lock(spec.progress());
    try {
      KernelImage kernel = new Kernels(cache, spec.progress()).find(spec.kernel());
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
      Optional<byte[]> driver = Optional.ofNullable(ordered.get("kmem"));
      boolean hotremove =
          driver.isPresent()
              ? Modules.hotremove(driver.get())
              : Modules.hotremoveOf(
                  UncompressedKernel.plain(Cache.read(kernel.vmlinuz(), "the kernel")));
      Optional<String> attribute = driver.map(Modules::attribute);
      Duration took = Duration.ofNanos(System.nanoTime() - start);
      return new Prepared(topology, version, kernel, boots, initramfs, hotremove, attribute, took);
    } finally {
      lock.close();
    }
  }

  private static Guest boot(GuestSpec spec, Prepared prepared, String accelerator)
      throws GuestException {
    return onFreePort(
        port -> {
          Guest guest = new Guest(spec, prepared, accelerator, port);
          boolean ready = false;
          try {
            guest.await();
            ready = true;
            return guest;
          } finally {
            if (!ready) {
              guest.close();
            }
          }
        });
  }

  /** Something that listens on a port. */
  @FunctionalInterface
  interface Listening<T> {
    T on(int port) throws GuestException;
  }

  /** Tries other ports where someone took the port between our look and QEMU's. */
  static <T> T onFreePort(Listening<T> listening) throws GuestException {
    for (int tries = 1; ; tries++) {
      try {
        return listening.on(freePort());
      } catch (GuestException e) {
        if (tries >= PORT_TRIES || !e.getMessage().contains(PORT_TAKEN)) {
          throw e;
        }
      }
    }
  }

  private Guest(GuestSpec spec, Prepared prepared, String accelerator, int port)
      throws GuestException {
    this.spec = spec;
    this.prepared = prepared;
    this.accelerator = accelerator;
    this.port = port;
    this.keys = GuestKeys.fresh();
    this.console = new SerialConsole(spec.console());
    Path folder = null;
    Runnable leftover = () -> {};
    try {
      Path parent = spec.console().toAbsolutePath().getParent();
      Files.createDirectories(parent);
      // An old console would be taken for this guest's.
      Files.deleteIfExists(spec.console());
      Path made = Files.createTempDirectory("daxcheck-guest-");
      folder = made;
      leftover = () -> Cache.deleteLeftover(made);
      AtExit.add(leftover);
      ByteArrayOutputStream initrd = new ByteArrayOutputStream();
      initrd.writeBytes(Files.readAllBytes(prepared.initramfs()));
      initrd.writeBytes(Initramfs.own(keys));
      Files.write(folder.resolve("initrd"), initrd.toByteArray());
    } catch (IOException e) {
      removeAfter(folder, e);
      throw new GuestException(
          "cannot prepare the guest with console " + spec.console() + ": " + IoReason.of(e), e);
    }
    this.qemu = new Qemu(folder, arguments(folder));
    AtExit.add(ending);
    AtExit.remove(leftover);
  }

  private static void removeAfter(Path folder, IOException cause) {
    try {
      if (folder != null) {
        Cache.deleteTree(folder);
      }
    } catch (IOException e) {
      cause.addSuppressed(e);
    }
  }

  static int freePort() throws GuestException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new GuestException("no free port on 127.0.0.1: " + IoReason.of(e), e);
    }
  }

  private List<String> arguments(Path folder) {
    List<String> kernel = new ArrayList<>(KERNEL_WORDS);
    kernel.add("memhp_default_state=" + spec.bootPolicy().text());
    if (prepared.topology().memmapOnMemory()) {
      kernel.add("memory_hotplug.memmap_on_memory=1");
    }
    if (spec.kernel() instanceof KernelChoice.Built built) {
      kernel.addAll(built.words());
    }
    kernel.addAll(spec.extraArguments());
    List<String> words = new ArrayList<>();
    words.add(QemuVersion.program());
    words.addAll(List.of("-no-user-config", "-nodefaults", "-display", "none"));
    words.addAll(List.of("-machine", "q35,cxl=on"));
    // One thread for all processors: the kernel patches its own code while it runs, and emulated
    // processors that really run side by side have been seen to trip over that.
    words.addAll(List.of("-accel", accelerator.equals("tcg") ? "tcg,thread=single" : accelerator));
    // With the hypervisor bit the kernel refuses to commit a CXL region: it would have to trust
    // that the host's caches are invalidated.
    // Emulated CXL memory is a device to QEMU: string stores of bytes go to it one by one.
    words.addAll(List.of("-cpu", "max,hypervisor=off,erms=off,fsrm=off", "-no-reboot"));
    words.addAll(prepared.topology().arguments());
    words.addAll(List.of("-chardev", "file,id=console,path=" + escaped(spec.console())));
    words.addAll(List.of("-serial", "chardev:console"));
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

  private void await() throws GuestException {
    long moved = System.nanoTime();
    while (true) {
      // First ask whether QEMU runs, then read: what it wrote before it ended is not missed.
      boolean running = qemu.alive();
      if (poll()) {
        moved = System.nanoTime();
      }
      if (console.ready().isPresent()) {
        bootTime = Duration.ofNanos(System.nanoTime() - started);
        return;
      }
      Optional<GuestFailure> death = console.death();
      // An oops is followed by its stack, and often by a panic: let the kernel finish.
      if (death.isPresent() && (death.get().kind() != GuestFailure.Kind.OOPS || !running)) {
        throw ended(death.get());
      }
      if (!running) {
        throw ended(console.died(qemu.ended().orElseThrow() + ", before the guest was ready"));
      }
      long now = System.nanoTime();
      if (now - moved > spec.silence().toNanos() || now - started > spec.limit().toNanos()) {
        String waited =
            now - moved > spec.silence().toNanos()
                ? "nothing on the console for " + spec.silence().toSeconds() + " s"
                : "not ready within " + spec.limit().toSeconds() + " s";
        throw ended(death.orElse(console.hang(waited)));
      }
      pause();
    }
  }

  private GuestException ended(GuestFailure death) {
    return new GuestException(death.sentence() + " (console: " + spec.console() + ")", death);
  }

  private boolean poll() throws GuestException {
    try {
      return console.poll();
    } catch (IOException e) {
      throw new GuestException(
          "cannot read the console " + spec.console() + ": " + IoReason.of(e), e);
    }
  }

  private static void pause() throws GuestException {
    try {
      Thread.sleep(POLL.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new GuestException("interrupted while the guest was booting", e);
    }
  }

  /** Where SSH listens: the loopback address. */
  public String host() {
    return "127.0.0.1";
  }

  /** The port that is forwarded to the guest's SSH server. */
  public int port() {
    return port;
  }

  /** The only user. */
  public String user() {
    return "root";
  }

  /** The private key that may log in, in OpenSSH's own form without a passphrase. */
  public byte[] userPrivateKey() {
    return keys.user().openSsh();
  }

  /** The host key as SSH transfers it, to check the guest's identity by. */
  public byte[] hostKey() {
    return keys.host().publicBlob();
  }

  /** The line that known_hosts has for this guest. */
  public String knownHostsLine() {
    return "[" + host() + "]:" + port + " " + keys.host().publicLine();
  }

  /** The file that the serial console goes to. */
  public Path console() {
    return spec.console();
  }

  /** Name of the device under test, such as dax0.0. */
  public String device() {
    return console.ready().orElseThrow().split(" ")[0];
  }

  /** The driver that took the device at boot: kmem, other, or none. */
  public String driver() {
    String[] words = console.ready().orElseThrow().split(" ");
    return words.length > 1 ? words[1] : "none";
  }

  /** The hardware. */
  public Topology topology() {
    return prepared.topology();
  }

  /** True where the boot bound the device to kmem. */
  boolean isBound() {
    return driver().equals(Driver.KMEM.text());
  }

  /**
   * The dialect that the attribute's name in the driver's file leaves, if it is one alone: what is
   * not bound has no attribute to be probed by.
   */
  Optional<Dialect> dialectOfDriver() {
    List<Dialect> named =
        Arrays.stream(Dialect.values())
            .filter(d -> prepared.attribute().filter(d.attribute()::equals).isPresent())
            .toList();
    return named.size() == 1 ? Optional.of(named.get(0)) : Optional.empty();
  }

  /** False where the kmem driver is built into the kernel, so that it cannot be unloaded. */
  boolean hasModule() {
    return prepared.attribute().isPresent();
  }

  /** False where the kmem driver was built without CONFIG_MEMORY_HOTREMOVE. */
  boolean hotremove() {
    return prepared.hotremove();
  }

  /** The policy on the kernel's command line. */
  public Policy bootPolicy() {
    return spec.bootPolicy();
  }

  /** Release of the kernel, as uname -r says. */
  public String kernelRelease() {
    return prepared.kernel().release();
  }

  /** Debian package and version of the kernel, or empty for one of the user's own. */
  public String kernelPackage() {
    return prepared.kernel().packageVersion();
  }

  /** What tells which line each counter of the kernel is of; empty where the kernel counts none. */
  Optional<Path> notes() {
    return Optional.of(prepared.kernel().vmlinuz().resolveSibling("gcov"))
        .filter(Files::isDirectory);
  }

  /** Version of QEMU. */
  public QemuVersion qemuVersion() {
    return prepared.version();
  }

  /** File name of the kmem driver that took the place of the kernel's own, or empty. */
  String replacedDriver() {
    return spec.kmemModule().map(file -> file.getFileName().toString()).orElse("");
  }

  /** What runs the guest's code: tcg or kvm. */
  public String accelerator() {
    return accelerator;
  }

  /** Finding the kernel and building what boots. */
  public Duration prepareTime() {
    return prepared.took();
  }

  /** From the start of QEMU until the guest was ready. */
  public Duration bootTime() {
    return bootTime;
  }

  /** Whether QEMU runs. A kernel that oopsed may be alive. */
  public boolean alive() {
    return qemu.alive();
  }

  /** What ended the guest or made it unfit, as the console and QEMU show it now. */
  public synchronized Optional<GuestFailure> death() throws GuestException {
    boolean running = qemu.alive();
    while (poll()) {
      // A flood of messages comes in pieces.
    }
    Optional<GuestFailure> seen = console.death();
    if (seen.isPresent() || running || closed) {
      return seen;
    }
    return Optional.of(console.died(qemu.ended().orElseThrow()));
  }

  /**
   * The judgement on a guest that gave no answer: what {@link #death()} knows, or else a hang.
   *
   * @param waitedFor such as "no answer within 30 s"
   */
  public GuestFailure hung(String waitedFor) throws GuestException {
    return death().orElseGet(() -> console.hang(waitedFor));
  }

  /** Ends QEMU and removes its files, save the console. */
  @Override
  public void close() {
    // Whoever comes second waits until QEMU has gone: it may be the end of this process.
    synchronized (ending) {
      if (closed) {
        return;
      }
      closed = true;
      qemu.close();
    }
    AtExit.remove(ending);
  }
}
