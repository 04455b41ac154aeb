package org.daxcheck.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/** How many guests run at a time. */
final class JobsOption {
  private static final int MOST = 8;

  /** What a guest takes at most, in KiB: its own memory and QEMU's. */
  private static final long GUEST_KIB = 4L << 20;

  private static final Pattern AVAILABLE = Pattern.compile("(?m)^MemAvailable: +(\\d+) kB$");

  @CommandLine.Spec(CommandLine.Spec.Target.MIXEE)
  private CommandLine.Model.CommandSpec spec;

  @Option(
      names = "--jobs",
      paramLabel = "N",
      description = "guests at a time; where it is not given, what processors and memory bear")
  private Integer asked;

  /** At least one. */
  int number() {
    if (asked == null) {
      return fitting(Runtime.getRuntime().availableProcessors(), availableKib());
    }
    if (asked < 1 || asked > MOST) {
      throw new CommandLine.ParameterException(
          spec.commandLine(), "--jobs " + asked + " is not from 1 to " + MOST);
    }
    return asked;
  }

  /**
   * One guest a processor, as many as the memory holds.
   *
   * @param availableKib memory that can be had, in KiB
   */
  static int fitting(int processors, long availableKib) {
    return (int) Math.max(1, Math.min(Math.min(processors, MOST), availableKib / GUEST_KIB));
  }

  /** Where nothing is told of the memory, there is enough for two. */
  private static long availableKib() {
    try {
      Matcher found = AVAILABLE.matcher(Files.readString(Path.of("/proc/meminfo")));
      return found.find() ? Long.parseLong(found.group(1)) : 2 * GUEST_KIB;
    } catch (IOException e) {
      return 2 * GUEST_KIB;
    }
  }
}
