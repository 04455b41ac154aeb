package org.daxcheck.report;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.daxcheck.abi.Driver;
import org.daxcheck.step.Device;
import org.daxcheck.step.Observation;

/**
 * What commands of a reproducer print where they show what a divergence saw.
 *
 * @param sort how their output is read
 * @param expected what it comes to, read so
 * @param device whose lines count
 */
public record Shown(Sort sort, String expected, Device device) {
  /** Behind what an actor got: its call took long. */
  static final String WAITED = " in a second or more";

  static final long LONG_MILLIS = 1000;

  private static final Pattern TIME = Pattern.compile(" in (\\d+) ms$");

  /** How much of what was printed is told, in columns. */
  private static final int TOLD = 120;

  /** How the output of commands is read. */
  public enum Sort {
    /** What steps returned: {@code = 15}, {@code = -1 EBUSY}; of several the first that failed. */
    RESULT,
    /** The same, where only the error matters. */
    OUTCOME,
    /** What each line of an actor returned, and whether that took long, sorted. */
    RACE,
    /** Lines as they are. */
    TEXT,
    /** memoryN, its state, and its zone while it is online. */
    BLOCKS,
    /** The device's lines of /proc/iomem. */
    IOMEM,
    /** The last name of a path. */
    DRIVER,
    /** What the driver logged, line by line. */
    DRIVER_LOG,
    /** That certain lines are in the kernel's log, whatever else is. */
    WARNINGS
  }

  /** What output of the commands shows instead, in words; empty where it shows the same. */
  public Optional<String> missing(String output) {
    String is = read(output);
    return is.equals(expected)
        ? Optional.empty()
        : Optional.of("got " + told(is) + ", not " + told(expected));
  }

  private static String told(String text) {
    return text.isEmpty() ? "nothing" : Text.clip(Text.oneLine(text.replace("\n", "; ")), TOLD);
  }

  private String read(String output) {
    List<String> lines = output.lines().map(String::strip).filter(l -> !l.isEmpty()).toList();
    return switch (sort) {
      case TEXT -> String.join("\n", lines);
      case RESULT -> result(lines);
      case OUTCOME -> result(lines).replaceFirst("^= .*", "ok");
      case RACE ->
          lines.stream()
              .filter(l -> l.matches("P\\d+ .*") && !l.matches("P\\d+ (sleep|signal) .*"))
              .map(Shown::actor)
              .sorted()
              .collect(Collectors.joining("\n"));
      case BLOCKS -> lines.stream().map(Shown::block).collect(Collectors.joining("\n"));
      case IOMEM -> lines.stream().filter(this::isOfDevice).collect(Collectors.joining("\n"));
      case DRIVER -> lines.isEmpty() ? Driver.NONE.text() : lines.get(0).replaceFirst(".*/", "");
      case DRIVER_LOG -> LogText.of(lines).ofDriver(device);
      case WARNINGS -> LogText.of(lines).have(expected);
    };
  }

  /** What an actor got; a call that took longer than any does that waits for nobody says so. */
  private static String actor(String line) {
    Matcher time = TIME.matcher(line);
    String answer = time.replaceFirst("").replaceFirst(" at \\w+$", "");
    // Who is killed at the limit has waited, and no time is told of him.
    boolean waited = time.reset().find() && Long.parseLong(time.group(1)) >= LONG_MILLIS;
    return answer.replaceFirst(" = \\d.*", " = ok") + (waited ? WAITED : "");
  }

  private static String result(List<String> lines) {
    List<String> answers =
        lines.stream()
            .map(l -> l.replaceFirst("^agent: ", ""))
            .filter(l -> l.startsWith("= "))
            .toList();
    return answers.stream()
        .filter(l -> l.startsWith("= -1 "))
        .map(l -> l.split(" ")[2])
        .findFirst()
        .orElse(answers.isEmpty() ? "" : answers.get(answers.size() - 1));
  }

  /** Which zones an offline block could join depends on other blocks. */
  private static String block(String line) {
    String[] words = line.split(" ");
    return words.length < 2 || words[1].equals("online")
        ? String.join(" ", words)
        : words[0] + " " + words[1];
  }

  private boolean isOfDevice(String line) {
    String[] parts = line.split("[- ]+", 3);
    long start = Long.parseUnsignedLong(parts[0], 16);
    return device.ranges().stream().anyMatch(r -> start >= r.start() && start <= r.end());
  }

  static Shown text(Device device, String expected) {
    return new Shown(Sort.TEXT, expected.strip(), device);
  }

  static Shown blocks(Device device, List<Long> numbers, Observation seen) {
    String expected =
        numbers.stream()
            .flatMap(n -> seen.block(n).stream())
            .map(b -> "memory" + b.number() + " " + b.state() + (b.online() ? " " + b.zones() : ""))
            .collect(Collectors.joining("\n"));
    return new Shown(Sort.BLOCKS, expected, device);
  }

  static Shown nodes(Device device, List<Long> numbers, Observation seen) {
    return text(
        device,
        numbers.stream()
            .flatMap(n -> seen.block(n).stream())
            .map(b -> "memory" + b.number() + "/node" + b.node())
            .collect(Collectors.joining("\n")));
  }

  static Shown iomem(Device device, Observation seen) {
    String expected =
        seen.iomem().stream()
            .filter(r -> r.ram() || r.name().equals(device.name()))
            .map(r -> String.format(Locale.ROOT, "%08x-%08x : %s", r.start(), r.end(), r.name()))
            .collect(Collectors.joining("\n"));
    return new Shown(Sort.IOMEM, expected, device);
  }

  /** The driver's lines, where one is missing or another than it should be. */
  static Shown driverLog(Device device, Observation seen) {
    return new Shown(Sort.DRIVER_LOG, LogText.of(seen).ofDriver(device), device);
  }

  /** The warnings, where one should not be. */
  static Shown warnings(Device device, Observation seen) {
    return new Shown(Sort.WARNINGS, LogText.of(seen).warnings(), device);
  }

  /** All memory blocks of the device by number. */
  static List<Long> all(Device device) {
    return IntStream.range(0, device.blocks()).mapToObj(device::blockNumber).toList();
  }
}
