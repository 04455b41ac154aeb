package org.daxcheck.report;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.daxcheck.oracle.Aspect;
import org.daxcheck.step.BlockRef;
import org.daxcheck.step.Device;
import org.daxcheck.step.Observation;
import org.daxcheck.step.Step;
import org.daxcheck.trace.Trace;

/**
 * Commands that look at a device: for a step that does, and for what a divergence is about. Some
 * looks compare, so that something has to be kept before the steps or before the one that diverged.
 */
final class Looks {
  private static final String EVENTS = "/tmp/events";

  /** What was logged since; raw, for the levels. */
  private static final String NEWS = "dmesg -r | tail -n +$((${logged:-0} + 1))";

  private final Trace.Header header;
  private final Device device;
  private final ByHand hand;
  private final Lines lines;

  /**
   * Looks.
   *
   * @param lines take the commands, and what they show
   */
  Looks(Trace.Header header, ByHand hand, Lines lines) {
    this.header = header;
    this.device = header.device();
    this.hand = hand;
    this.lines = lines;
  }

  /** What must be kept before the first step. */
  static List<String> beforeAll(List<Aspect> aspects) {
    return aspects.stream()
        .flatMap(
            a ->
                switch (a) {
                  case MEMTOTAL -> Stream.of("before=" + TOTAL);
                  case SPLAT -> Stream.of("tainted=$(cat /proc/sys/kernel/tainted)");
                  case RESULT, HISTORY, STATED, PRESENCE, NAME, MODE, FORM, VALUE, BLOCKS, ZONES ->
                      none();
                  case IOMEM, DRIVER, POLICY, LOG, UEVENTS, CHANGES, NODES, FOREIGN -> none();
                  case DEVICE, NEIGHBOURS, UNKNOWN -> none();
                })
        .toList();
  }

  /** What must be kept right before the step that diverged. */
  static List<String> beforeTheStep(List<Aspect> aspects) {
    return aspects.stream()
        .flatMap(
            a ->
                switch (a) {
                  case LOG, SPLAT -> Stream.of("logged=$(dmesg -r | wc -l)");
                  case UEVENTS, CHANGES, FOREIGN, DEVICE ->
                      Stream.of("listener=$(agent events " + EVENTS + ")");
                  case RESULT, HISTORY, STATED, PRESENCE, NAME, MODE, FORM, VALUE, BLOCKS, ZONES ->
                      none();
                  case IOMEM, MEMTOTAL, DRIVER, POLICY, NODES, NEIGHBOURS, UNKNOWN -> none();
                })
        .distinct()
        .toList();
  }

  /**
   * What stands between the step that diverged and the looks. Whoever observes a device reads its
   * attribute, and what that makes the kernel log or send is seen with the rest.
   */
  List<String> afterTheStep(List<Aspect> aspects) {
    boolean heard = !beforeTheStep(aspects).isEmpty();
    return heard ? List.of("cat " + hand.attribute()) : List.of();
  }

  private static Stream<String> none() {
    return Stream.empty();
  }

  /** What a step looks at. */
  void of(Step.Look look, Observation seen, Observation before) {
    switch (look.aspect()) {
      case BLOCKS -> blocks(hand.numbers(look.blocks()), seen);
      case ATTRIBUTE -> attribute(seen);
      case IOMEM -> of(Aspect.IOMEM, seen, before);
      case MEMTOTAL -> of(Aspect.MEMTOTAL, seen, before);
      case DRIVER -> of(Aspect.DRIVER, seen, before);
      case POLICY -> of(Aspect.POLICY, seen, before);
      case LOG -> of(Aspect.LOG, seen, before);
      case TAINT -> of(Aspect.SPLAT, seen, before);
      case UEVENTS -> of(Aspect.UEVENTS, seen, before);
      case LEAKS -> show("agent leaks; " + NEWS, Shown.warnings(device, seen));
    }
  }

  /** What a divergence says of this aspect. */
  void of(Aspect aspect, Observation seen, Observation before) {
    switch (aspect) {
      case RESULT, HISTORY, STATED, UNKNOWN -> {
        // The step itself shows it.
      }
      case PRESENCE, MODE, FORM, VALUE -> attribute(seen);
      case NAME -> otherAttributes(seen);
      case BLOCKS, ZONES -> blocks(hand.numbers(BlockRef.ofDevice(BlockRef.Place.EVERY)), seen);
      case NODES -> nodes(seen);
      case IOMEM ->
          show(
              "grep -e " + device.name() + " -e 'System RAM (kmem)' /proc/iomem",
              Shown.iomem(device, seen));
      case MEMTOTAL ->
          show(
              "echo $((" + TOTAL + " - ${before:-0}))",
              Shown.text(device, Long.toString(seen.memTotalKib() - header.baselineKib())));
      case DRIVER ->
          show(
              "readlink " + hand.file("driver"),
              new Shown(Shown.Sort.DRIVER, seen.driver(), device));
      case POLICY ->
          show("cat " + ByHand.MEMORY + "/auto_online_blocks", Shown.text(device, seen.policy()));
      case LOG -> show(NEWS, Shown.driverLog(device, seen));
      case SPLAT -> {
        show(NEWS, Shown.warnings(device, seen));
        long news = seen.taint() & ~before.taint();
        show(
            "echo $(($(cat /proc/sys/kernel/tainted) & ~${tainted:-0}))",
            Shown.text(device, Long.toString(news)));
      }
      case UEVENTS, CHANGES, FOREIGN, DEVICE -> uevents(seen);
      case NEIGHBOURS ->
          show("agent neighbours " + device.name(), Shown.text(device, seen.neighbours()));
    }
  }

  private static final String TOTAL = "$(sed -n 's/MemTotal: *\\([0-9]*\\).*/\\1/p' /proc/meminfo)";

  private void attribute(Observation seen) {
    String file = hand.attribute();
    Optional<Observation.Attribute> is = seen.attribute(header.dialect().attribute());
    show(
        "stat -c '%a %u' " + file,
        Shown.text(
            device, is.map(a -> a.mode().replaceFirst("^0+", "") + " " + a.uid()).orElse("")));
    show("cat " + file, Shown.text(device, is.map(Observation.Attribute::text).orElse("")));
  }

  /** Those that only another dialect has. */
  private void otherAttributes(Observation seen) {
    seen.attributes().stream()
        .filter(a -> !a.name().equals(header.dialect().attribute()))
        .forEach(
            a -> {
              String file = hand.file(a.name());
              show("ls " + file, Shown.text(device, a.present() ? file : ""));
            });
  }

  private void uevents(Observation seen) {
    lines.add("agent stop $listener");
    show(
        "cat " + EVENTS,
        Shown.text(
            device,
            seen.uevents().stream()
                .map(u -> u.action() + " " + u.devpath())
                .collect(Collectors.joining("\n"))));
  }

  private void blocks(List<Long> numbers, Observation seen) {
    lines.show(
        List.of(
            "for n in " + ByHand.list(numbers) + "; do",
            "  (cd " + ByHand.MEMORY + "/memory$n && echo memory$n $(cat state valid_zones))",
            "done"),
        Shown.blocks(device, numbers, seen));
  }

  private void nodes(Observation seen) {
    List<Long> all = Shown.all(device);
    lines.show(
        List.of(
            "for n in " + ByHand.list(all) + "; do",
            "  (cd " + ByHand.MEMORY + " && ls -d memory$n/node[0-9]*)",
            "done"),
        Shown.nodes(device, all, seen));
  }

  private void show(String command, Shown shown) {
    lines.show(List.of(command), shown);
  }
}
