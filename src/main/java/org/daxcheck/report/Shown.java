package org.daxcheck.report;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.daxcheck.abi.Driver;
import org.daxcheck.oracle.Splat;
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
  /** How much of what was printed is told, in columns. */
  private static final int TOLD = 120;

  /** A log longer than this is a dump, whose registers and addresses differ each time. */
  private static final int DUMP = 12;

  /** How the output of commands is read. */
  public enum Sort {
    /** What steps returned: {@code = 15}, {@code = -1 EBUSY}; of several the first that failed. */
    RESULT,
    /** The same, where only the error matters. */
    OUTCOME,
    /** What each line of an actor returned, sorted. */
    RACE,
    /** Lines as they are. */
    TEXT,
    /** memoryN, its state, and its zone while it is online. */
    BLOCKS,
    /** The device's lines of /proc/iomem. */
    IOMEM,
    /** The last name of a path. */
    DRIVER,
    /**
     * What the driver and a broken kernel logged, without times, numbers and addresses: other lines
     * come when they come.
     */
    LOG,
    /** The whole of the kernel's log, in the same way. */
    WHOLE_LOG
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
              .map(l -> l.replaceFirst(" at \\w+$", "").replaceFirst(" = \\d.*", " = ok"))
              .sorted()
              .collect(Collectors.joining("\n"));
      case BLOCKS -> lines.stream().map(Shown::block).collect(Collectors.joining("\n"));
      case IOMEM -> lines.stream().filter(this::isOfDevice).collect(Collectors.joining("\n"));
      case DRIVER -> lines.isEmpty() ? Driver.NONE.text() : lines.get(0).replaceFirst(".*/", "");
      case LOG -> log(times(lines).filter(l -> isOfDriver(l, device)));
      case WHOLE_LOG -> log(times(lines));
    };
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

  private static String log(Stream<String> texts) {
    List<String> all =
        texts
            .filter(t -> !t.isBlank())
            .map(t -> t.strip().replaceFirst("(,? CPU[:#]| at \\S+\\+0x).*", ""))
            .map(t -> t.replaceAll("\\b(0x)?[0-9a-f]*\\d[0-9a-f]*\\b", "N"))
            .toList();
    return all.size() > DUMP ? all.get(0) : String.join("\n", all);
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

  /** What is to be logged again; where a line of somebody else is what should not be, all of it. */
  static Shown log(Device device, Observation seen, boolean strangers) {
    List<String> all = seen.log().stream().map(Observation.LogLine::text).toList();
    boolean own = !strangers || all.stream().anyMatch(l -> isOfDriver(l, device));
    return own
        ? new Shown(Sort.LOG, log(all.stream().filter(l -> isOfDriver(l, device))), device)
        : new Shown(Sort.WHOLE_LOG, log(all.stream()), device);
  }

  private static Stream<String> times(List<String> lines) {
    return lines.stream().map(l -> l.replaceFirst("^\\[ *[\\d.]+\\] ?", ""));
  }

  /** Lines of a stack and of registers are of whoever called, such as a shell. */
  private static boolean isOfDriver(String line, Device device) {
    boolean names = line.contains("kmem") || line.contains(device.name());
    return Splat.isOne(line)
        || names && !line.contains("+0x") && !line.startsWith("Modules linked in:");
  }

  /** All memory blocks of the device by number. */
  static List<Long> all(Device device) {
    return IntStream.range(0, device.blocks()).mapToObj(device::blockNumber).toList();
  }
}
