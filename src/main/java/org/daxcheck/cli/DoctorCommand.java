package org.daxcheck.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import org.daxcheck.guest.GuestException;
import org.daxcheck.guest.GuestSpec;
import org.daxcheck.guest.HostCheck;
import org.daxcheck.run.Home;
import picocli.CommandLine;
import picocli.CommandLine.Command;

@Command(
    name = "doctor",
    mixinStandardHelpOptions = true,
    description = "Checks that this host has what daxcheck needs.")
final class DoctorCommand implements Callable<Integer> {
  @CommandLine.Mixin private QemuOptions qemu;

  private boolean healthy = true;

  @Override
  public Integer call() {
    tell(true, "Java", System.getProperty("java.version"));
    tell("QEMU", () -> HostCheck.qemu(qemu.choice()));
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
    tell("accelerator", this::accelerator);
    System.out.println(healthy ? "ready" : "./daxcheck run installs it");
    return healthy ? 0 : Main.ERROR;
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

  private String accelerator() throws GuestException {
    Path topology = Home.folder().resolve("qemu/topologies/cxl.topology");
    return HostCheck.accelerator(
        GuestSpec.of(Home.folder(), topology, Path.of("unused"))
            .withQemu(qemu.choice())
            .withProgress(line -> System.err.println("daxcheck: " + line)));
  }

  /** Asks for what has to be run or looked up. */
  @FunctionalInterface
  private interface Question {
    String answer() throws GuestException;
  }

  private void tell(String what, Question question) {
    try {
      tell(true, what, question.answer());
    } catch (GuestException e) {
      tell(false, what, e.getMessage());
    }
  }

  private void tell(boolean good, String what, String detail) {
    healthy &= good;
    System.out.println((good ? "  " : "! ") + what + ": " + (good ? "" : "MISSING, ") + detail);
  }
}
