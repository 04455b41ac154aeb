package org.daxcheck.guest;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.daxcheck.abi.Dialect;
import org.daxcheck.abi.Driver;
import org.daxcheck.abi.Policy;
import org.daxcheck.io.IoReason;
import org.daxcheck.io.Trees;

/**
 * A virtual machine with emulated CXL memory, which is up and takes SSH connections. It ends when
 * it is closed or when this process ends, however that happens.
 */
public final class Guest implements AutoCloseable {
  private static final Duration POLL = Duration.ofMillis(20);

  /** The longest time without a new line on the console, and until the guest is ready. */
  private static final Duration EMULATED_SILENCE = Duration.ofSeconds(90);

  private static final Duration EMULATED_LIMIT = Duration.ofSeconds(300);

  /** Emulation takes 6 s; a KVM that takes longer than this is of no use. */
  private static final Duration KVM_LIMIT = Duration.ofSeconds(20);

  private static final int PORT_TRIES = 5;
  private static final String PORT_TAKEN = "Could not set up host forwarding rule";

  private final GuestSpec spec;
  private final Prepared prepared;
  private final GuestKeys keys;
  private final int port;
  private final Accelerator accelerator;
  private final SerialConsole console;
  private final Qemu qemu;
  private final Runnable ending = this::close;
  private final long started = System.nanoTime();
  private Duration bootTime = Duration.ZERO;
  private volatile boolean closed;

  /** Boots a guest and waits, in bounded time, until it is ready. */
  public static Guest boot(GuestSpec spec) throws GuestException {
    return boot(spec, Kvm.ofHost());
  }

  /** The same with another KVM. */
  static Guest boot(GuestSpec spec, Kvm kvm) throws GuestException {
    Prepared prepared = Prepared.of(spec);
    Optional<Accelerator> wanted = spec.qemu().accelerator();
    if (wanted.isPresent()) {
      return boot(spec, prepared, wanted.get());
    }
    if (kvm.runs(spec, prepared)) {
      long begin = System.nanoTime();
      try {
        return boot(spec, prepared, Accelerator.KVM);
      } catch (GuestException e) {
        kvm.failed(spec, prepared, e, begin);
      }
    }
    return boot(spec, prepared, Accelerator.TCG);
  }

  /**
   * Makes all that a guest is booted from, and boots none.
   *
   * @return the kernel's release, and the Debian package where it is of one, as a target tells it
   * @throws GuestException with a sentence for the user where something named for it is not to be
   *     used, or cannot be had
   */
  public static String check(GuestSpec spec) throws GuestException {
    return Prepared.of(spec).kernelText();
  }

  static Guest boot(GuestSpec spec, Prepared prepared, Accelerator accelerator)
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

  private Guest(GuestSpec spec, Prepared prepared, Accelerator accelerator, int port)
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
    Path socket = folder.resolve("qmp");
    Optional<Path> monitor =
        switch (accelerator) {
          case KVM -> Optional.of(socket);
          case TCG, MTTCG -> Optional.empty();
        };
    this.qemu =
        new Qemu(
            folder, QemuArguments.of(spec, prepared, accelerator, folder, port, monitor), monitor);
    AtExit.add(ending);
    AtExit.remove(leftover);
  }

  private static void removeAfter(Path folder, IOException cause) {
    try {
      if (folder != null) {
        Trees.remove(folder);
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
      Optional<String> stopped = qemu.stopped();
      if (stopped.isPresent()) {
        throw ended(console.died(stopped.get() + ", before it was ready"));
      }
      long now = System.nanoTime();
      boolean silent = now - moved > silence().toNanos();
      if (silent || now - started > limit().toNanos()) {
        String waited =
            silent
                ? "nothing on the console for " + silence().toSeconds() + " s"
                : "not ready within " + limit().toSeconds() + " s";
        throw ended(death.orElse(console.hang(waited)));
      }
      pause();
    }
  }

  private Duration silence() {
    return switch (accelerator) {
      case KVM -> KVM_LIMIT;
      case TCG, MTTCG -> EMULATED_SILENCE;
    };
  }

  private Duration limit() {
    return switch (accelerator) {
      case KVM -> KVM_LIMIT;
      case TCG, MTTCG -> EMULATED_LIMIT;
    };
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
    return prepared.topology().bootPolicy().orElse(spec.bootPolicy());
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
    return prepared.qemu().version();
  }

  /** File name of the kmem driver that took the place of the kernel's own, or empty. */
  String replacedDriver() {
    return spec.kmemModule().map(file -> file.getFileName().toString()).orElse("");
  }

  /** What runs its code. */
  public Accelerator accelerator() {
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
    if (seen.isPresent() || closed) {
      return seen;
    }
    return (running ? qemu.stopped() : qemu.ended()).map(console::died);
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
