package org.daxcheck.report;

import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.daxcheck.oracle.PageDump;
import org.daxcheck.oracle.Splat;
import org.daxcheck.step.Device;
import org.daxcheck.step.Observation;

/**
 * The kernel's log as {@code dmesg -r} prints it and as traces have it, brought to one form: a line
 * each, its level in front, without times, numbers and addresses.
 */
final class LogText {
  private static final Pattern RAW = Pattern.compile("<(\\d+)>\\[ *[\\d.]+\\] ?(.*)");

  /** KERN_WARNING: lines up to this level are never without meaning. */
  private static final int WARNING = 4;

  /** More lines of the driver are a dump, whose registers and addresses differ each time. */
  private static final int DUMP = 12;

  private final List<Line> lines;

  private record Line(int level, String text) {
    String alike() {
      return level
          + " "
          + text.strip()
              .replaceFirst("(,? CPU[:#]| at \\S+\\+0x).*", "")
              .replaceAll("\\b(0x)?[0-9a-f]*\\d[0-9a-f]*\\b", "N");
    }

    /** Lines of a stack and of registers are of whoever called, such as a shell. */
    boolean isOfStack() {
      return text.contains("+0x") || text.startsWith("Modules linked in:");
    }
  }

  private LogText(List<Line> lines) {
    this.lines = lines;
  }

  static LogText of(Observation seen) {
    return new LogText(seen.log().stream().map(l -> new Line(l.level(), l.text())).toList());
  }

  /** What was printed; lines that are none of a log are left out. */
  static LogText of(List<String> printed) {
    return new LogText(
        printed.stream()
            .map(RAW::matcher)
            .filter(Matcher::matches)
            .map(m -> new Line(Integer.parseInt(m.group(1)) & 7, m.group(2)))
            .toList());
  }

  /** All that the driver and a broken kernel say, in its order: other lines come when they come. */
  String ofDriver(Device device) {
    List<String> own =
        lines.stream()
            .filter(
                l ->
                    Splat.isOne(l.text())
                        || (l.text().contains("kmem") || l.text().contains(device.name()))
                            && !l.isOfStack())
            .map(Line::alike)
            .toList();
    return own.size() > DUMP ? own.get(0) : String.join("\n", own);
  }

  /** The lines that speak of a broken kernel; where none does, all of level 4 and worse. */
  String warnings() {
    List<Line> splats = lines.stream().filter(l -> Splat.isOne(l.text())).toList();
    Stream<Line> all =
        splats.isEmpty()
            ? lines.stream()
                .filter(l -> l.level() <= WARNING && !PageDump.hasLine(l.text()) && !l.isOfStack())
            : splats.stream();
    return all.map(Line::alike).distinct().collect(Collectors.joining("\n"));
  }

  /** Which of these lines stand in it. */
  String have(String wanted) {
    Set<String> all = lines.stream().map(Line::alike).collect(Collectors.toSet());
    return wanted.lines().filter(all::contains).collect(Collectors.joining("\n"));
  }
}
