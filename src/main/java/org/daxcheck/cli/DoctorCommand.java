package org.daxcheck.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import org.daxcheck.guest.GuestException;
import org.daxcheck.guest.QemuVersion;
import picocli.CommandLine.Command;

@Command(
    name = "doctor",
    mixinStandardHelpOptions = true,
    description = "Checks that this host has what daxcheck needs.")
final class DoctorCommand implements Callable<Integer> {
  private boolean healthy = true;

  @Override
  public Integer call() {
    tell(true, "Java", System.getProperty("java.version"));
    qemu();
    program("gcc", "builds the agent");
    program("mmdebstrap", "makes the tree that kernel modules are built in");
    program("apt-get", "finds and fetches kernels");
    program("patch", "puts patches into the driver");
    List.of("make", "flex", "bison", "bc", "ccache").forEach(this::builder);
    program("dot", "draws the machines that were learned");
    tell(
        Files.exists(Path.of("/usr/share/keyrings/debian-archive-keyring.gpg")),
        "Debian's keyring",
        "checks what is fetched");
    System.out.println(
        "  KVM: "
            + (Files.isWritable(Path.of("/dev/kvm")) ? "there, " : "not there, ")
            + "not used: guests run from emulated CXL memory, which KVM treats as a device");
    System.out.println(healthy ? "ready" : "./daxcheck run installs it");
    return healthy ? 0 : Main.ERROR;
  }

  private void qemu() {
    try {
      QemuVersion version = QemuVersion.ofHost();
      tell(version.hasVolatileCxl(), "QEMU", version.text() + " (needs 8.1 or newer)");
    } catch (GuestException e) {
      tell(false, "QEMU", e.getMessage());
    }
  }

  private void program(String name, String use) {
    tell(isThere(name), name, use);
  }

  /** Only who builds kernels needs it, and the command that does installs it. */
  private void builder(String name) {
    System.out.println(
        "  " + name + ": " + (isThere(name) ? "" : "not there, ") + "builds whole kernels");
  }

  private static boolean isThere(String name) {
    return Arrays.stream(System.getenv().getOrDefault("PATH", "").split(":"))
        .anyMatch(d -> Files.isExecutable(Path.of(d, name)));
  }

  private void tell(boolean good, String what, String detail) {
    healthy &= good;
    System.out.println((good ? "  " : "! ") + what + ": " + (good ? "" : "MISSING, ") + detail);
  }
}
