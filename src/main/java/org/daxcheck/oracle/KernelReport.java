package org.daxcheck.oracle;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.daxcheck.step.Observation;

/**
 * What the kernel logs of something that is broken, from its first line to its last: a WARN, a BUG,
 * or what KASAN, lockdep, UBSAN and the other instruments of a debug kernel report.
 *
 * @param title the line that says what is broken, as it was logged
 * @param locks for an order of locks: the one that is taken, and the one that is held
 * @param symbols the functions that led there, the nearest first, without those of the instrument
 * @param lines all of it
 */
public record KernelReport(
    String title, List<String> locks, List<String> symbols, List<Observation.LogLine> lines) {
  /** How many functions tell one report from another. */
  private static final int TOP = 3;

  private static final String CUT_HERE = "------------[ cut here ]------------";
  private static final String END_TRACE = "---[ end trace ";
  private static final String END_OF_STACK = "</TASK>";
  private static final Pattern RULER = Pattern.compile("={30,}");

  /** KASAN and its kin draw a line below their report, too; lockdep does not. */
  private static final Pattern RULED_OFF = Pattern.compile("BUG: (?:KASAN|KCSAN|KFENCE|KMSAN): .*");

  private static final Pattern STACK =
      Pattern.compile("(?:Call Trace|stack backtrace|backtrace \\(crc):?.*");

  private static final Pattern FRAME =
      Pattern.compile("\\s*([A-Za-z_][\\w.]*)\\+0x[0-9a-f]+/0x[0-9a-f]+.*");

  private static final Pattern AT =
      Pattern.compile("RIP: 0010:([A-Za-z_][\\w.]*)\\+0x[0-9a-f]+/0x[0-9a-f]+.*");

  private static final Pattern LOCK =
      Pattern.compile("[0-9a-f]+ \\((.+?)(?:#\\d+)?(?:/\\d+)?\\)\\{.*");

  /** Functions that report, or that every report goes through. */
  private static final Pattern REPORTING =
      Pattern.compile(
          "dump_stack\\w*|show_stack|print_\\w+|_*kasan_\\w+|__asan_\\w+|lockdep_\\w+"
              + "|_*lock_acquire|validate_chain|check_(?:noncircular|prevs?_add|deadlock|usage\\w*"
              + "|irq_usage|bytes_and_report|object)|_*might_\\w+|_*ubsan_\\w+|_*warn\\w*|report_bug"
              + "|handle_bug|(?:asm_)?exc_\\w+|_*die\\w*|oops_\\w+|page_fault_oops|panic|_*schedule"
              + "|kmemleak_\\w+|_*k[mz]alloc\\w*|_*kmem_cache_alloc\\w*|slab_post_alloc_hook"
              + "|slab_err|object_err|_*slab_pad_check|should_fail\\w*|fail_dump|debug_print_object");

  public KernelReport {
    locks = List.copyOf(locks);
    symbols = List.copyOf(symbols);
    lines = List.copyOf(lines);
  }

  /** The reports in a part of the log, in their order. */
  public static List<KernelReport> in(List<Observation.LogLine> log) {
    List<KernelReport> found = new ArrayList<>();
    int from = 0;
    while (from < log.size()) {
      int title = from;
      while (title < log.size() && !Splat.isOne(log.get(title).text())) {
        title++;
      }
      if (title < log.size()) {
        int begin = title > from && opens(log.get(title - 1).text()) ? title - 1 : title;
        int end = end(log, begin, title);
        found.add(of(log.get(title).text(), log.subList(begin, end)));
        title = end - 1;
      }
      from = title + 1;
    }
    return found;
  }

  /** The lines of the log that are in no report. */
  static List<Observation.LogLine> outside(List<Observation.LogLine> log) {
    List<Observation.LogLine> inside =
        in(log).stream().flatMap(r -> r.lines().stream()).collect(Collectors.toList());
    List<Observation.LogLine> outside = new ArrayList<>();
    for (Observation.LogLine line : log) {
      // The reports stand in the order of the log.
      if (!inside.isEmpty() && inside.get(0) == line) {
        inside.remove(0);
      } else {
        outside.add(line);
      }
    }
    return outside;
  }

  private static boolean opens(String line) {
    return line.equals(CUT_HERE) || RULER.matcher(line).matches();
  }

  /**
   * Index behind the last line of a report. Where its end is not to be seen, it is all the rest.
   */
  private static int end(List<Observation.LogLine> log, int begin, int title) {
    if (Splat.isLeak(log.get(title).text())) {
      return endOfLeak(log, title + 1);
    }
    boolean cut = log.get(begin).text().equals(CUT_HERE);
    boolean ruled = RULED_OFF.matcher(log.get(title).text()).matches();
    boolean stack = false;
    for (int i = title + 1; i < log.size(); i++) {
      String text = log.get(i).text();
      if (text.startsWith(END_TRACE) || ruled && RULER.matcher(text).matches()) {
        return i + 1;
      }
      // Before its stack a report may say in several lines what is broken; any other is a new one.
      boolean more = !stack && (cut || isOops(log.get(title).text()));
      if (opens(text) || Splat.isOne(text) && !more) {
        return i;
      }
      stack |= STACK.matcher(text.strip()).matches();
      if (!cut && !ruled && stack && text.strip().equals(END_OF_STACK)) {
        return isOops(log.get(title).text()) ? endOfOops(log, i + 1) : i + 1;
      }
    }
    return log.size();
  }

  private static boolean isOops(String title) {
    return title.contains("Oops: ")
        || title.contains("kernel BUG at ")
        || title.startsWith("BUG: kernel NULL")
        || title.startsWith("BUG: unable to handle");
  }

  private static int endOfLeak(List<Observation.LogLine> log, int from) {
    int at = from;
    while (at < log.size()
        && log.get(at).text().startsWith(Splat.OF_LEAKS + " ")
        && !Splat.isLeak(log.get(at).text())) {
      at++;
    }
    return at;
  }

  private static int endOfOops(List<Observation.LogLine> log, int from) {
    for (int i = from; i < log.size(); i++) {
      if (log.get(i).text().startsWith(END_TRACE)) {
        return i + 1;
      }
    }
    return from;
  }

  private static KernelReport of(String title, List<Observation.LogLine> lines) {
    List<String> locks = new ArrayList<>();
    List<String> symbols = new ArrayList<>();
    boolean stack = false;
    boolean lock = false;
    for (Observation.LogLine line : lines) {
      String text = line.text().replaceFirst("^" + Splat.OF_LEAKS, "").strip();
      Matcher named = LOCK.matcher(text);
      if (lock && named.matches()) {
        locks.add(named.group(1));
      }
      lock = text.endsWith("is trying to acquire lock:") || text.contains("already holding lock:");
      Matcher at = AT.matcher(text);
      if (at.matches() && symbols.isEmpty()) {
        symbol(at.group(1)).ifPresent(symbols::add);
      }
      stack |= STACK.matcher(text).matches();
      Matcher frame = FRAME.matcher(text);
      if (stack && frame.matches()) {
        symbol(frame.group(1)).filter(s -> !symbols.contains(s)).ifPresent(symbols::add);
      }
      if (stack && text.equals(END_OF_STACK)) {
        break;
      }
    }
    return new KernelReport(
        title, locks, symbols.stream().limit(TOP).collect(Collectors.toList()), lines);
  }

  /** A function without what the compiler put behind its name; empty for one that reports. */
  private static Optional<String> symbol(String name) {
    String plain = name.replaceFirst("\\.(?:isra|constprop|part|cold).*", "");
    return REPORTING.matcher(plain).matches() ? Optional.empty() : Optional.of(plain);
  }

  /** True where all that it says to be broken is a WARN of the kmem driver itself. */
  boolean isOnlyWarnOfKmem() {
    return lines.stream()
        .map(Observation.LogLine::text)
        .filter(Splat::isOne)
        .allMatch(Splat::isWarnOfKmem);
  }

  /**
   * What is the same for two reports of the same fault: what is broken, and the functions that led
   * there, without numbers that are another each time.
   */
  public String fingerprint() {
    String what =
        title
            .replaceAll("\\+0x[0-9a-f]+/0x[0-9a-f]+", "")
            .replaceAll("CPU: \\d+ PID: \\d+ |, CPU#\\d+.*|\\b0x[0-9a-f]+|(?<=\\w):\\d+\\b", "")
            .strip();
    return what + trail();
  }

  /** The report in a line: its title, the locks, and the functions that led there. */
  public String text() {
    return '"' + title + '"' + trail();
  }

  private String trail() {
    return (locks.size() < 2 ? "" : ", " + locks.get(0) + " under " + locks.get(1))
        + (symbols.isEmpty() ? "" : ", in " + String.join(" < ", symbols));
  }
}
