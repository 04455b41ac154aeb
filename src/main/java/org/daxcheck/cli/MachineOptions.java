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
import picocli.CommandLine;
import picocli.CommandLine.Option;

/** How a machine of the user's is reached, and what may be done to it. */
final class MachineOptions {
  private static final int WATCH_MILLIS = 50;
  private static final int LONGEST_WATCH_MILLIS = 5_000;

  @CommandLine.Mixin private MachineLogin login;

  @Option(
      names = "--destructive",
      description =
          "with --target ssh://: also scenarios after which the machine may need a boot: leaks,"
              + " kernel zones, injected failures")
  private boolean destructive;

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
    Optional<String> first = login.idle();
    if (first.isPresent()) {
      return first;
    }
    if (watch != null) {
      return Optional.of("--watch");
    }
    if (putRight) {
      return Optional.of("--put-right");
    }
    return destructive
        ? Optional.of("--destructive")
        : dryRun ? Optional.of("--dry-run") : Optional.empty();
  }

  /**
   * Logs in, takes the machine unless it is only to be looked at, and looks.
   *
   * @param out where the results go
   * @param told hears of the machine, a sentence at a time
   * @param plan hears what will be done to it, in lines
   */
  LabMachine reach(String target, Path out, Consumer<String> told, Consumer<String> plan) {
    int millis = watch == null ? WATCH_MILLIS : watch;
    if (millis < 0 || millis > LONGEST_WATCH_MILLIS) {
      throw new Failure("--watch " + millis + " is not from 0 to " + LONGEST_WATCH_MILLIS);
    }
    LabMachine.Use use =
        dryRun ? LabMachine.Use.LOOK : putRight ? LabMachine.Use.PUT_RIGHT : LabMachine.Use.TAKE;
    LabMachine.Wish wish =
        login.wish(target, destructive, Duration.ofMillis(millis), use, holder(out));
    try {
      LabMachine machine = LabMachine.reach(wish, told);
      // Also where nothing comes of the run.
      Runtime.getRuntime().addShutdownHook(new Thread(machine::close, "machine given back"));
      plan.accept(machine.plan());
      return machine;
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
