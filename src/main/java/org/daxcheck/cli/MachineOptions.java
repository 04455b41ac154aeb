package org.daxcheck.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import org.daxcheck.lab.Machine;
import org.daxcheck.run.Failure;
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
    return destructive
        ? Optional.of("--destructive")
        : dryRun ? Optional.of("--dry-run") : sudo ? Optional.of("--sudo") : Optional.empty();
  }

  /** Logs in and looks; nothing is changed. */
  Machine reach(String target, Consumer<String> told) {
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
      return Machine.reach(
          new Machine.Wish(
              login, sudo, Optional.ofNullable(device), destructive, Duration.ofMillis(millis)),
          told);
    } catch (IllegalArgumentException e) {
      throw new Failure(e.getMessage());
    } catch (TargetException e) {
      throw new Failure(e);
    }
  }
}
