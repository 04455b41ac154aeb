package org.daxcheck.show;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.daxcheck.model.ReturnValue;
import org.daxcheck.step.BlockRef;
import org.daxcheck.step.Observation;
import org.daxcheck.step.Step;
import org.daxcheck.trace.Trace;

/** An observation for people, and what changed between two; addresses as the kernel prints them. */
public final class ObservationText {
  private final Trace.Header header;

  /** The sight of the device that this header names. */
  public ObservationText(Trace.Header header) {
    this.header = header;
  }

  /**
   * A line of text about one part of the device.
   *
   * @param label the part, such as {@code blocks}; empty where the line goes on from the one before
   */
  public record Line(String label, String text) {}

  /** All that is seen of the device. */
  public List<Line> whole(Observation seen) {
    List<Line> lines = new ArrayList<>();
    lines.add(new Line("driver", seen.driver()));
    lines.add(new Line(attribute(), attribute(seen)));
    add(lines, "blocks", blocks(seen));
    add(lines, "iomem", seen.iomem().stream().map(ObservationText::region).toList());
    lines.add(new Line("MemTotal", memTotal(seen)));
    lines.add(new Line("policy", seen.policy()));
    lines.add(new Line("taint", Long.toString(seen.taint())));
    if (!seen.neighbours().isEmpty()) {
      lines.add(new Line("others", seen.neighbours()));
    }
    return lines;
  }

  /** What is otherwise than before, and the uevents; empty where nothing is. */
  public List<Line> changes(Observation before, Observation now) {
    List<Line> lines = new ArrayList<>();
    changed(lines, "driver", before.driver(), now.driver());
    changed(lines, attribute(), attribute(before), attribute(now));
    add(lines, "blocks", changedBlocks(before, now));
    add(lines, "iomem", changedRegions(before, now));
    changed(lines, "MemTotal", memTotal(before), memTotal(now));
    changed(lines, "policy", before.policy(), now.policy());
    changed(lines, "taint", Long.toString(before.taint()), Long.toString(now.taint()));
    changed(lines, "others", before.neighbours(), now.neighbours());
    String events = events(now);
    if (!events.isEmpty()) {
      lines.add(new Line("uevents", events));
    }
    return lines;
  }

  /** What a look looks at, as it was; of the log and of uevents what came since the last action. */
  String look(Step.Look look, Trace trace, int index) {
    Observation now = trace.entries().get(index).reply().observation();
    return switch (look.aspect()) {
      case ATTRIBUTE -> attribute(now);
      case BLOCKS -> {
        BlockRef which = look.blocks();
        BlockList blocks = new BlockList();
        for (int i : which.in(header.device().blocksOfRanges())) {
          long number = header.device().blockNumber(i);
          blocks.put(number, now.block(number).map(ObservationText::block).orElse("absent"));
        }
        List<String> text = blocks.text();
        yield text.isEmpty() ? "none" : String.join("; ", text);
      }
      case IOMEM ->
          now.iomem().isEmpty()
              ? "none"
              : String.join("; ", now.iomem().stream().map(r -> region(r).strip()).toList());
      case MEMTOTAL -> memTotal(now);
      case DRIVER -> now.driver();
      case POLICY -> now.policy();
      case TAINT -> Long.toString(now.taint());
      case LOG -> logged(trace.sinceAction(index));
      case LEAKS -> logged(List.of(now));
      case UEVENTS -> {
        List<String> events =
            trace.sinceAction(index).stream()
                .map(ObservationText::events)
                .filter(e -> !e.isEmpty())
                .toList();
        yield events.isEmpty() ? "none" : String.join(", ", events);
      }
    };
  }

  private static String logged(List<Observation> seen) {
    List<String> lines =
        seen.stream().flatMap(o -> o.log().stream()).map(Observation.LogLine::text).toList();
    return lines.isEmpty()
        ? "no line"
        : lines.get(0) + (lines.size() > 1 ? ", and " + (lines.size() - 1) + " more" : "");
  }

  /** A line of the kernel's log, with its time as the kernel prints it. */
  static String log(Observation.LogLine line) {
    return String.format(Locale.ROOT, "[%12.6f] %s", line.micros() / 1e6, line.text());
  }

  /** A physical range, as /proc/iomem has it. */
  static String range(long start, long end) {
    return String.format(Locale.ROOT, "%08x-%08x", start, end);
  }

  private String attribute() {
    return header.dialect().attribute().isEmpty() ? "attribute" : header.dialect().attribute();
  }

  private static void add(List<Line> lines, String label, List<String> texts) {
    for (int i = 0; i < texts.size(); i++) {
      lines.add(new Line(i == 0 ? label : "", texts.get(i)));
    }
  }

  private static void changed(List<Line> lines, String label, String before, String now) {
    if (!before.equals(now)) {
      lines.add(new Line(label, before + " -> " + now));
    }
  }

  private String attribute(Observation seen) {
    List<String> texts = new ArrayList<>();
    for (Observation.Attribute a : seen.attributes()) {
      if (a.present()) {
        String name = a.name().equals(attribute()) ? "" : a.name() + " = ";
        String usual =
            a.mode().equals("0644") && a.uid() == 0 ? "" : " (" + a.mode() + " of " + a.uid() + ")";
        texts.add(
            name
                + (a.error().isEmpty() ? ReturnValue.quoted(a.text()) : "error " + a.error())
                + usual);
      }
    }
    return texts.isEmpty() ? "absent" : String.join(", ", texts);
  }

  private static String block(Observation.Block b) {
    return b.state() + (b.online() ? " " + b.zones() : "");
  }

  private static List<String> blocks(Observation seen) {
    BlockList blocks = new BlockList();
    seen.blocks().forEach(b -> blocks.put(b.number(), block(b)));
    List<String> text = blocks.text();
    return text.isEmpty() ? List.of("none") : text;
  }

  private static List<String> changedBlocks(Observation before, Observation now) {
    TreeSet<Long> numbers = new TreeSet<>();
    Stream.concat(before.blocks().stream(), now.blocks().stream())
        .forEach(b -> numbers.add(b.number()));
    BlockList changed = new BlockList();
    for (long number : numbers) {
      String was = before.block(number).map(ObservationText::block).orElse("absent");
      String is = now.block(number).map(ObservationText::block).orElse("absent");
      if (!was.equals(is)) {
        changed.put(number, was + " -> " + is);
      }
    }
    return changed.text();
  }

  private static String region(Observation.Region r) {
    return "  ".repeat(r.depth()) + range(r.start(), r.end()) + " : " + r.name();
  }

  private static List<String> changedRegions(Observation before, Observation now) {
    List<String> lines = new ArrayList<>();
    before.iomem().stream()
        .filter(r -> !now.iomem().contains(r))
        .forEach(r -> lines.add("- " + region(r)));
    now.iomem().stream()
        .filter(r -> !before.iomem().contains(r))
        .forEach(r -> lines.add("+ " + region(r)));
    return lines;
  }

  private String memTotal(Observation seen) {
    long more = seen.memTotalKib() - header.baselineKib();
    return more == 0 ? "baseline" : String.format(Locale.ROOT, "baseline %+d KiB", more);
  }

  private static String events(Observation now) {
    Map<String, Integer> byAction = new TreeMap<>();
    for (Observation.Uevent e : now.uevents()) {
      String of =
          e.block().isPresent()
              ? ""
              : " " + e.devpath().substring(e.devpath().lastIndexOf('/') + 1);
      byAction.merge(e.action() + of, 1, Integer::sum);
    }
    List<String> parts = new ArrayList<>();
    byAction.forEach((action, n) -> parts.add(n + " " + action));
    if (now.ueventsLost()) {
      parts.add("some were lost");
    }
    return String.join(", ", parts);
  }
}
