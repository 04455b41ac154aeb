package org.daxcheck.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.daxcheck.lab.LabMachine;
import org.daxcheck.run.Failure;
import org.daxcheck.target.ssh.Address;
import org.daxcheck.target.ssh.Login;
import picocli.CommandLine.Option;

/** How a machine of the user's is reached, and which of its devices is meant. */
final class MachineLogin {
  @Option(
      names = "--device",
      paramLabel = "daxX.Y",
      description = "of a machine: its dax device; no other is ever changed")
  private String device;

  @Option(
      names = "--identity",
      paramLabel = "FILE",
      description = "of a machine: the private key; else ssh-agent, or the files of ~/.ssh")
  private Path identity;

  @Option(
      names = "--known-hosts",
      paramLabel = "FILE",
      description = "of a machine: where its host key stands (~/.ssh/known_hosts)")
  private Path knownHosts;

  @Option(
      names = "--jump",
      paramLabel = "ssh://USER@HOST[:PORT]",
      description = "of a machine: the host to go through")
  private String jump;

  @Option(names = "--sudo", description = "of a machine: become root by sudo")
  private boolean sudo;

  /** The option that was given, where one was. */
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
    return knownHosts != null
        ? Optional.of("--known-hosts")
        : sudo ? Optional.of("--sudo") : Optional.empty();
  }

  /**
   * What is asked of a machine.
   *
   * @param address ssh://USER@HOST[:PORT]
   */
  LabMachine.Wish wish(
      String address, boolean destructive, Duration watch, LabMachine.Use use, String holder) {
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
              Address.of(address),
              Optional.ofNullable(identity),
              hosts,
              Optional.ofNullable(jump).map(Address::of));
      return new LabMachine.Wish(
          login, sudo, Optional.ofNullable(device), destructive, watch, use, holder);
    } catch (IllegalArgumentException e) {
      throw new Failure(e.getMessage());
    }
  }
}
