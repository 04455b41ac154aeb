package org.daxcheck.guest;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.daxcheck.abi.Policy;

/**
 * What guest to boot.
 *
 * @param home daxcheck's own folder, which holds qemu/
 * @param topology the file of the topology, which may be one of the user's
 * @param kmemModule a kmem.ko that takes the place of the kernel's own
 * @param bootPolicy memhp_default_state on the kernel's command line
 * @param console file that receives the serial console
 * @param extraArguments more words for the kernel's command line
 * @param tryKvm whether to try KVM before emulation. KVM guests may crash when they run from
 *     emulated CXL memory, which is MMIO to KVM.
 * @param limit longest time from the start of QEMU until the guest is ready
 * @param silence longest time without a new line on the console until then
 * @param helper whether it has the helper module, which may have to be built, where its kernel has
 *     one; scenarios that make an add fail or occupy a range need it
 * @param progress receives one line for each thing that takes time
 */
public record GuestSpec(
    Path home,
    Path topology,
    KernelChoice kernel,
    Optional<Path> kmemModule,
    Policy bootPolicy,
    Path console,
    List<String> extraArguments,
    boolean tryKvm,
    Duration limit,
    Duration silence,
    boolean helper,
    Consumer<String> progress) {
  public GuestSpec {
    extraArguments = List.copyOf(extraArguments);
  }

  /** The newest Debian kernel with the attribute, under online_movable, which can be unplugged. */
  public static GuestSpec of(Path home, Path topology, Path console) {
    return new GuestSpec(
        home,
        topology,
        new KernelChoice.Newest(),
        Optional.empty(),
        Policy.ONLINE_MOVABLE,
        console,
        List.of(),
        false,
        Duration.ofSeconds(300),
        Duration.ofSeconds(90),
        true,
        line -> {});
  }

  /**
   * The file of a topology: the one at hand where it has that name, else that of qemu/topologies.
   */
  public Path topologyFile(String name) {
    return TopologyChoice.nameOf(topology).equals(name)
        ? topology
        : home.resolve("qemu/topologies/" + name + ".topology");
  }

  /** The same on other hardware, with another file for its console. */
  public GuestSpec at(Path otherTopology, Path otherConsole) {
    return new GuestSpec(
        home,
        otherTopology,
        kernel,
        kmemModule,
        bootPolicy,
        otherConsole,
        extraArguments,
        tryKvm,
        limit,
        silence,
        helper,
        progress);
  }

  /** The same with another kernel. */
  public GuestSpec withKernel(KernelChoice choice) {
    return new GuestSpec(
        home,
        topology,
        choice,
        kmemModule,
        bootPolicy,
        console,
        extraArguments,
        tryKvm,
        limit,
        silence,
        helper,
        progress);
  }

  /** The same with another kmem driver. */
  public GuestSpec withKmemModule(Optional<Path> module) {
    return new GuestSpec(
        home,
        topology,
        kernel,
        module,
        bootPolicy,
        console,
        extraArguments,
        tryKvm,
        limit,
        silence,
        helper,
        progress);
  }

  /** The same under another policy. */
  public GuestSpec withBootPolicy(Policy policy) {
    return new GuestSpec(
        home,
        topology,
        kernel,
        kmemModule,
        policy,
        console,
        extraArguments,
        tryKvm,
        limit,
        silence,
        helper,
        progress);
  }

  /** The same with someone listening. */
  public GuestSpec withProgress(Consumer<String> listener) {
    return new GuestSpec(
        home,
        topology,
        kernel,
        kmemModule,
        bootPolicy,
        console,
        extraArguments,
        tryKvm,
        limit,
        silence,
        helper,
        listener);
  }

  /** The same with the helper module, or without it. */
  public GuestSpec withHelper(boolean wanted) {
    return new GuestSpec(
        home,
        topology,
        kernel,
        kmemModule,
        bootPolicy,
        console,
        extraArguments,
        tryKvm,
        limit,
        silence,
        wanted,
        progress);
  }
}
