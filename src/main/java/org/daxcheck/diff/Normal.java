package org.daxcheck.diff;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.daxcheck.oracle.Splat;
import org.daxcheck.step.Device;
import org.daxcheck.step.Observation;
import org.daxcheck.step.Result;
import org.daxcheck.trace.Trace;

/**
 * What of an answer can be compared between targets, as text: no times, and memory blocks and
 * ranges by their place in the device instead of their number and address.
 */
final class Normal {
  private static final Pattern BLOCK = Pattern.compile("\\bmemory(\\d+)\\b");
  private static final Pattern ADDRESS = Pattern.compile("\\b(0x)?[0-9a-f]{8,16}\\b");
  private static final Pattern RANGE = Pattern.compile("mapping[0-9]+: ADDRESS-ADDRESS ");

  /** What lies around a dax device differs between machines, and is not the driver's. */
  private static final Pattern AROUND =
      Pattern.compile("region[0-9]+|CXL Window [0-9]+|Soft Reserved|Persistent Memory");

  /** What the driver logs; other warnings, such as of each page that does not move, are many. */
  private static final Pattern DRIVER = Pattern.compile("\\bkmem\\b|\\bhotplug regions\\b");

  private final Trace trace;

  Normal(Trace trace) {
    this.trace = trace;
  }

  /** The aspect of a step's answer as text. */
  String text(Difference.Aspect aspect, Trace.Entry entry) {
    Observation seen = entry.reply().observation();
    return switch (aspect) {
      case RESULT -> result(entry.reply().result());
      case ATTRIBUTE -> attribute(seen);
      case BLOCKS -> blocks(seen);
      case IOMEM -> iomem(seen);
      case MEMTOTAL -> memTotal(seen);
      case DRIVER -> seen.driver();
      case POLICY -> seen.policy();
      case LOG -> log(seen);
      case TAINT -> taint(seen);
    };
  }

  private static String result(Result r) {
    List<String> parts = new ArrayList<>();
    r.errno().ifPresent(e -> parts.add(e.name()));
    if (r.timeout()) {
      parts.add("timeout");
    }
    if (!r.killed().isEmpty()) {
      parts.add("killed " + r.killed());
    }
    for (Result.ActorResult a : r.actors()) {
      parts.add(
          a.name()
              + ": "
              + String.join(", ", a.steps().stream().map(Normal::result).toList())
              + (a.stuck() ? " stuck" : ""));
    }
    if (parts.isEmpty() && !r.data().isEmpty()) {
      parts.add(r.data().replaceFirst("\n$", "").replace("\n", "\\n"));
    }
    if (parts.isEmpty()) {
      parts.add("ok " + r.value());
    }
    return String.join("; ", parts);
  }

  private String attribute(Observation seen) {
    List<String> parts = new ArrayList<>();
    for (Observation.Attribute a : seen.attributes()) {
      if (a.present()) {
        // Dialects name the attribute differently; that alone is no difference of behaviour.
        String name = a.name().equals(trace.header().dialect().attribute()) ? "" : a.name() + ": ";
        String owner = a.uid() == 0 && a.gid() == 0 ? "" : " " + a.uid() + ":" + a.gid();
        String content =
            a.error().isEmpty() ? a.text().replaceFirst("\n$", "").replace("\n", "\\n") : a.error();
        String newline = a.error().isEmpty() && !a.text().endsWith("\n") ? " without newline" : "";
        parts.add(name + content + newline + " " + a.mode() + owner);
      }
    }
    return parts.isEmpty() ? "absent" : String.join("; ", parts);
  }

  private String blocks(Observation seen) {
    List<String> parts = new ArrayList<>();
    int from = 0;
    List<Observation.Block> blocks = seen.blocks();
    for (int i = 1; i <= blocks.size(); i++) {
      if (i == blocks.size() || !follows(blocks.get(i - 1), blocks.get(i))) {
        String first = index(blocks.get(from).number());
        String last = index(blocks.get(i - 1).number());
        parts.add(
            (first.equals(last) ? first : first + "-" + last) + " " + state(blocks.get(from)));
        from = i;
      }
    }
    return parts.isEmpty() ? "none" : String.join(", ", parts);
  }

  private boolean follows(Observation.Block a, Observation.Block b) {
    int before = place(a.number());
    return before >= 0 && place(b.number()) == before + 1 && state(a).equals(state(b));
  }

  private static String state(Observation.Block b) {
    // The zones of an offline block are only possible ones; they hang on the machine's memory.
    return b.online() ? b.state() + " " + b.zones() : b.state();
  }

  private String index(long number) {
    int place = place(number);
    return place < 0 ? "memory" + number + "?" : Integer.toString(place);
  }

  /** The block's index over all ranges, or -1. */
  private int place(long number) {
    int before = 0;
    for (Device.Range r : trace.header().device().ranges()) {
      if (number >= r.firstBlock() && number < r.firstBlock() + r.blocks()) {
        return before + (int) (number - r.firstBlock());
      }
      before += r.blocks();
    }
    return -1;
  }

  private String iomem(Observation seen) {
    List<String> parts = new ArrayList<>();
    List<Device.Range> ranges = trace.header().device().ranges();
    List<Observation.Region> inside =
        seen.iomem().stream().filter(r -> !AROUND.matcher(r.name()).matches()).toList();
    int top = inside.stream().mapToInt(Observation.Region::depth).min().orElse(0);
    for (Observation.Region region : inside) {
      String where = String.format(Locale.ROOT, "%x-%x", region.start(), region.end());
      for (int i = 0; i < ranges.size(); i++) {
        Device.Range r = ranges.get(i);
        if (region.start() >= r.start() && region.end() <= r.end()) {
          boolean whole = region.start() == r.start() && region.end() == r.end();
          where =
              "range "
                  + i
                  + (whole
                      ? ""
                      : String.format(
                          Locale.ROOT,
                          "+%x..%x",
                          region.start() - r.start(),
                          region.end() - r.start()));
        }
      }
      String name = region.name().replace(trace.header().device().name(), "daxX.Y");
      parts.add(where + " " + ">".repeat(region.depth() - top) + name);
    }
    return parts.isEmpty() ? "none" : String.join(", ", parts);
  }

  private String memTotal(Observation seen) {
    long more = seen.memTotalKib() - trace.header().baselineKib();
    return more == 0 ? "baseline" : String.format(Locale.ROOT, "baseline %+d KiB", more);
  }

  private String log(Observation seen) {
    List<String> parts = new ArrayList<>();
    for (Observation.LogLine line : seen.log()) {
      if (counts(line)) {
        Matcher block = BLOCK.matcher(line.text());
        String text =
            block.replaceAll(
                m ->
                    place(Long.parseLong(m.group(1))) < 0
                        ? m.group()
                        : "block " + place(Long.parseLong(m.group(1))));
        text = ADDRESS.matcher(text).replaceAll("ADDRESS");
        // Which range it is stands in its addresses, and those differ between machines.
        text = RANGE.matcher(text).replaceAll("");
        parts.add(text.replace(trace.header().device().name(), "daxX.Y"));
      }
    }
    return parts.isEmpty() ? "quiet" : String.join(" / ", parts);
  }

  /** Errors, what is broken, and what the driver says from a warning up. */
  private boolean counts(Observation.LogLine line) {
    return line.level() < 4
        || line.level() == 4
            && (Splat.isOne(line.text())
                || DRIVER.matcher(line.text()).find()
                || line.text().contains(trace.header().device().name()));
  }

  private String taint(Observation seen) {
    long added = seen.taint() & ~trace.before().taint();
    return added == 0 ? "unchanged" : "added " + added;
  }
}
