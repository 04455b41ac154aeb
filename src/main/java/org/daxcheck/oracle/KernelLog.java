package org.daxcheck.oracle;

import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.daxcheck.abi.Dialect;
import org.daxcheck.abi.DialectProperties;
import org.daxcheck.model.Logged;
import org.daxcheck.step.Device;
import org.daxcheck.step.Observation;
import org.daxcheck.step.Step;

/**
 * What the kernel logs during a step: lines that it must log, each once, with their level and their
 * whole text; and lines of level 4 (warning) and worse that it may. Any other of these is against
 * ROBUST-1.
 */
final class KernelLog {
  /** Level of a kernel log line up to which it must be expected (KERN_WARNING). */
  static final int WARNING = 4;

  /** What a leak at unbind makes remove_memory() say; memory_hotplug.c. */
  private static final Pattern IS_ONLINED =
      Pattern.compile(
          "removing memory fails, because memory \\[0x[0-9a-f]+-0x[0-9a-f]+\\] is onlined");

  private static final Pattern PROBE_FAILED =
      Pattern.compile("\\w+ dax\\d+\\.\\d+: probe with driver \\w+ failed with error -\\d+");

  private static final Pattern TRUNCATED =
      Pattern.compile("kmem dax\\d+\\.\\d+: DAX region truncated by .* due to alignment");

  private static final Pattern REJECTED =
      Pattern.compile(
          "kmem dax\\d+\\.\\d+: rejecting DAX region without any memory after alignment");

  /** device_dax after kmem: what it says of the page map, and of ranges that it cannot have. */
  private static final Pattern DEVICE_DAX =
      Pattern.compile(
          "device_dax dax\\d+\\.\\d+: (?:dynamic-dax with pre-populated page map"
              + "|mapping\\d+: 0x[0-9a-f]+-0x[0-9a-f]+ could not reserve range)");

  /** v3 says of each range that did not go that it did not; see qemu/drivers/v3.sed. */
  private static final Pattern STAYED =
      Pattern.compile("kmem dax\\d+\\.\\d+: mapping\\d+: 0x[0-9a-f]+-0x[0-9a-f]+ hotremove failed");

  /** v3 tries to add what is there already, and says so. */
  private static final Pattern ADD_FAILED =
      Pattern.compile(
          "kmem dax\\d+\\.\\d+: mapping\\d+: 0x[0-9a-f]+-0x[0-9a-f]+ memory add failed");

  /**
   * What a writer that is killed while it onlines the first memory of a node leaves: no thread can
   * be started for it, so the node goes without until memory is onlined again; vmscan.c,
   * compaction.c. A kernel without CONFIG_SYMBOLIC_ERRNAME tells an error by its number.
   */
  private static final Pattern KILLED =
      Pattern.compile(
          "vmscan: Failed to start kswapd on node \\d+, ret=-(?:EINTR|4)"
              + "|Failed to start kcompactd on node \\d+");

  /** A module of ours comes into the kernel, unsigned and from outside its tree. */
  private static final Pattern MODULE =
      Pattern.compile(
          "daxcheck\\w*: (?:loading out-of-tree module taints kernel\\."
              + "|module verification failed: .*)");

  /** What a machine says of its clocks and its load, whoever uses it. */
  private static final Pattern SURROUNDINGS =
      Pattern.compile(
          "hrtimer: interrupt took \\d+ ns|clocksource: .*|workqueue: .* hogged CPU for .*"
              + "|perf: interrupt took too long .*|sched: RT throttling activated"
              + "|(?:Timer|TSC|tsc)[: ].*|NOHZ.*|systemd.*|udevd.*|dropbear.*|random: .*");

  /** What a line must be about to be the device's on a machine that does other work too. */
  private static final Pattern OURS =
      Pattern.compile(
          "(?i).*(?:\\bk?mem\\b|\\bdax|memory|hotplug|hotremove|memblock|resource|\\bpage\\b|\\bpfn\\b"
              + "|\\bnode\\b|\\bzone\\b|sysfs|kobject|kernfs|sparse|memtier).*");

  private static final Map<Step.Kind, List<Pattern>> MAY = may();

  private final Device device;
  private final boolean shared;
  private final boolean addsAgain;

  /**
   * The log of a machine.
   *
   * @param shared true for one that does other work too, so that lines about that are not judged
   */
  KernelLog(Device device, Dialect dialect, boolean shared) {
    this.device = device;
    this.shared = shared;
    this.addsAgain = !DialectProperties.of(dialect).reservesAgain();
  }

  /** The list of each kind of step: lines that may come, besides those that must. */
  private static Map<Step.Kind, List<Pattern>> may() {
    Map<Step.Kind, List<Pattern>> may = new EnumMap<>(Step.Kind.class);
    for (Step.Kind kind : Step.Kind.values()) {
      may.put(
          kind,
          switch (kind) {
            case WRITE, NEIGHBOUR_WRITE -> List.of(PageDump.LINE, STAYED);
            case BLOCK_WRITE -> List.of(PageDump.LINE);
            case BIND -> List.of(PROBE_FAILED, TRUNCATED, REJECTED, DEVICE_DAX);
            case LOAD -> List.of(PROBE_FAILED, TRUNCATED, REJECTED);
            case UNBIND, UNLOAD -> List.of(PageDump.LINE, IS_ONLINED);
            case ACTORS ->
                List.of(
                    PageDump.LINE,
                    STAYED,
                    PROBE_FAILED,
                    TRUNCATED,
                    REJECTED,
                    DEVICE_DAX,
                    IS_ONLINED);
            case FAIL_NTH ->
                List.of(PageDump.LINE, STAYED, PROBE_FAILED, TRUNCATED, REJECTED, IS_ONLINED);
            case REFUSE_ADD, OCCUPY, DELAY -> List.of(MODULE);
            case READ, SET_POLICY, PIN, UNPIN, AWAIT, SLEEP, SIGNAL -> List.of();
            case FILL, VERIFY, FREE, INJECT, RESHAPE, LOOK -> List.of();
          });
    }
    return may;
  }

  /** A way in which the log is not as it must be: what was allowed, and what was seen. */
  record Wrong(String allowed, String seen) {}

  /** Lines that must be there and are not, or not once, or not at their level. */
  Optional<Wrong> missing(List<Logged> must, Observation seen) {
    Map<String, Long> times = new LinkedHashMap<>();
    Map<String, Integer> levels = new LinkedHashMap<>();
    for (Logged line : must) {
      String text = line.on(device);
      times.merge(text, 1L, Long::sum);
      levels.put(text, line.level());
    }
    for (Map.Entry<String, Long> line : times.entrySet()) {
      String text = line.getKey();
      List<Observation.LogLine> same =
          seen.log().stream().filter(l -> l.text().equals(text)).toList();
      int level = levels.get(text);
      String want =
          (line.getValue() == 1 ? "" : line.getValue() + " times ")
              + "the line \""
              + text
              + "\" of level "
              + level;
      if (same.isEmpty()) {
        return Optional.of(new Wrong(want, "no such line" + nearest(text, seen)));
      }
      // Of a line without a device's name others may have one too.
      boolean others = must.stream().anyMatch(l -> l.bare() && l.on(device).equals(text));
      if (others ? same.size() < line.getValue() : same.size() != line.getValue()) {
        return Optional.of(new Wrong(want, "it came " + times(same.size())));
      }
      Optional<Observation.LogLine> other =
          same.stream().filter(l -> l.level() != level).findFirst();
      if (other.isPresent()) {
        return Optional.of(new Wrong(want, "it has level " + other.get().level()));
      }
    }
    // A line that differs in its numbers alone says the same of another range, or another error.
    List<String> shapes = must.stream().map(l -> shape(l.on(device))).toList();
    return seen.log().stream()
        .map(Observation.LogLine::text)
        .filter(t -> !times.containsKey(t) && shapes.contains(shape(t)) && !isOfAnother(t))
        .findFirst()
        .map(
            t -> new Wrong("none like \"" + times.keySet().iterator().next() + '"', '"' + t + '"'));
  }

  private static String times(int n) {
    return n == 1 ? "once" : n + " times";
  }

  /** The line that says the same of something else, or has the same end, for a reader. */
  private static String nearest(String text, Observation seen) {
    String end = text.substring(text.lastIndexOf(": ") + 1);
    return seen.log().stream()
        .map(Observation.LogLine::text)
        .filter(t -> t.endsWith(end) || shape(t).equals(shape(text)))
        .findFirst()
        .map(t -> ", but \"" + t + "\"")
        .orElse("");
  }

  /**
   * The first line of level 4 and worse that neither must come nor may.
   *
   * @param killed true where a signal ended an actor in the step
   */
  Optional<String> strange(Step.Kind kind, List<Logged> must, boolean killed, Observation seen) {
    // A line like one that must be there is told of as that one.
    List<String> expected = must.stream().map(l -> shape(l.on(device))).toList();
    List<Observation.LogLine> lines = KernelReport.outside(seen.log());
    boolean starved = kind == Step.Kind.FAIL_NTH;
    return (starved ? AllocationFailure.outside(lines) : lines)
        .stream()
            .filter(l -> l.level() <= WARNING)
            .map(Observation.LogLine::text)
            .filter(t -> !t.isBlank() && !expected.contains(shape(t)))
            .filter(t -> !may(kind, t))
            .filter(t -> !isOfOthers(kind, t) && !(addsAgain && ADD_FAILED.matcher(t).matches()))
            .filter(t -> !(killed && KILLED.matcher(t).matches()))
            .filter(t -> !SURROUNDINGS.matcher(t).matches())
            .filter(t -> !shared || OURS.matcher(t).matches())
            .findFirst();
  }

  /** What the driver says of other devices, where a step is done to all of them. */
  private boolean isOfOthers(Step.Kind kind, String line) {
    boolean all = kind == Step.Kind.UNLOAD || kind == Step.Kind.LOAD;
    return all && isOfAnother(line);
  }

  private boolean isOfAnother(String line) {
    return line.startsWith("kmem dax") && !line.startsWith("kmem " + device.name() + ":");
  }

  private boolean may(Step.Kind kind, String line) {
    boolean listed = MAY.get(kind).stream().anyMatch(p -> p.matcher(line).matches());
    if (!listed || isOfAnother(line)) {
      return listed;
    }
    // How this device is cut is known, so neither line may come without its cause.
    if (TRUNCATED.matcher(line).matches()) {
      return Logged.ofAlignment(device).stream().anyMatch(l -> l.on(device).equals(line));
    }
    return !REJECTED.matcher(line).matches() || device.blocks() == 0;
  }

  /** A line but for its numbers. */
  private static String shape(String line) {
    return line.replaceAll("0x[0-9a-f]+|\\d+", "0");
  }
}
