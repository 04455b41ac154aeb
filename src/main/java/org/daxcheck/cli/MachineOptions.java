package org.daxcheck.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.function.Consumer;
import org.daxcheck.io.IoReason;
import org.daxcheck.lab.LabMachine;
import org.daxcheck.run.Failure;
import org.daxcheck.run.Home;
import org.daxcheck.target.TargetException;
import org.daxcheck.target.ssh.Address;
import org.daxcheck.target.ssh.Login;
import picocli.CommandLine.Option;

/** How a machine of the user's is reached, and what may be done to it. */
final class MachineOptions {
  private static final int WATCH_MILLIS = 50;
  private static final int LONGEST_WATCH_MILLIS = 5_000;

  @Option(
      names = "--device",
      paramLabel = "daxX.Y",
      description = "with --target ssh://: the only device that may be changed")
  private String device;

  @Option(
      names = "--destructive",
      description =
          "with --target ssh://: also scenarios after which the machine may need a boot: leaks,"
              + " kernel zones, injected failures")
  private boolean destructive;

  @Option(
      names = "--identity",
      paramLabel = "FILE",
      description = "with --target ssh://: the private key; else ssh-agent, or the files of ~/.ssh")
  private Path identity;

  @Option(
      names = "--known-hosts",
      paramLabel = "FILE",
      description = "with --target ssh://: where its host key stands (~/.ssh/known_hosts)")
  private Path knownHosts;

  @Option(
      names = "--jump",
      paramLabel = "ssh://USER@HOST[:PORT]",
      description = "with --target ssh://: the host to go through")
  private String jump;

  @Option(names = "--sudo", description = "with --target ssh://: become root by sudo")
  private boolean sudo;

  @Option(
      names = "--watch",
      paramLabel = "MS",
      description =
          "with --target ssh://: how long the device is watched after each change for what others"
              + " do to it, in ms ("
              + WATCH_MILLIS
              + ")")
  private Integer watch;

  @Option(
      names = "--dry-run",
      description = "with --target ssh://: only show what would be done, and to which memory")
  private boolean dryRun;

  @Option(
      names = "--put-right",
      description =
          "with --target ssh://: first brings back what an earlier run there, which was killed,"
              + " left changed")
  private boolean putRight;

  boolean dryRun() {
    return dryRun;
  }

  /** The option that was given though no machine was, if there is one. */
  Optional<String> idle() {
    if (device != null) {
      return Optional.of("--device");
    }
    if (jump != null) {
      return Optional.of("--jump");
    }
    if (identity != null) {
      return Optional.of("--identity");
    }
    if (knownHosts != null) {
      return Optional.of("--known-hosts");
    }
    if (watch != null) {
      return Optional.of("--watch");
    }
    if (putRight) {
      return Optional.of("--put-right");
    }
    return destructive
        ? Optional.of("--destructive")
        : dryRun ? Optional.of("--dry-run") : sudo ? Optional.of("--sudo") : Optional.empty();
  }

  /**
   * Logs in, takes the machine unless it is only to be looked at, and looks.
   *
   * @param out where the results go
   */
  LabMachine reach(String target, Path out, Consumer<String> told) {
    int millis = watch == null ? WATCH_MILLIS : watch;
    if (millis < 0 || millis > LONGEST_WATCH_MILLIS) {
      throw new Failure("--watch " + millis + " is not from 0 to " + LONGEST_WATCH_MILLIS);
    }
    if (identity != null && !Files.isReadable(identity)) {
      throw new Failure("--identity " + identity + ": no such file; name a private key");
    }
    Path hosts =
        knownHosts != null
            ? knownHosts
            : Path.of(System.getProperty("user.home", "."), ".ssh/known_hosts");
    if (!Files.isReadable(hosts)) {
      throw new Failure(
          hosts
              + ": no such file, so the machine's host key is not known; connect once by ssh, or"
              + " name --known-hosts");
    }
    try {
      Login login =
          new Login(
              Address.of(target),
              Optional.ofNullable(identity),
              hosts,
              Optional.ofNullable(jump).map(Address::of));
      return LabMachine.reach(
          new LabMachine.Wish(
              login,
              sudo,
              Optional.ofNullable(device),
              destructive,
              Duration.ofMillis(millis),
              dryRun
                  ? LabMachine.Use.LOOK
                  : putRight ? LabMachine.Use.PUT_RIGHT : LabMachine.Use.TAKE,
              holder(out)),
          told);
    } catch (IllegalArgumentException e) {
      throw new Failure(e.getMessage());
    } catch (TargetException e) {
      throw new Failure(e);
    }
  }

  /** Who asks for the machine, for others who want it. */
  private static String holder(Path out) {
    return "daxcheck of %s (process %d, since %s, results %s)"
        .formatted(
            System.getProperty("user.name") + "@" + host(),
            ProcessHandle.current().pid(),
            Instant.now().truncatedTo(ChronoUnit.SECONDS),
            out == null
                ? "below " + Home.folder().resolve("reports/out")
                : "in " + out.toAbsolutePath().normalize())
        .replaceAll("[^ -~]", "?");
  }

  private static String host() {
    try {
      return Files.readString(Path.of("/proc/sys/kernel/hostname")).strip();
    } catch (IOException e) {
      throw new Failure("the name of this host cannot be read: " + IoReason.of(e));
    }
  }
}
