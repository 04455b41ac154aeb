package org.daxcheck.guest;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads a guest's serial console as it grows and understands what it says. */
final class SerialConsole {
  private static final String READY = "daxcheck-guest: ready ";
  private static final String FAILED = "daxcheck-guest: failed: ";
  private static final String PANIC = "Kernel panic - not syncing: ";

  /** Time and caller before a kernel message, where they are printed. */
  private static final Pattern STAMP = Pattern.compile("^\\[ *\\d+\\.\\d+\\](\\[ *[TC]\\d+\\])? ");

  /** The kernel on its own defects. The colon tells Oops: from words that hold its letters. */
  private static final Pattern OOPS =
      Pattern.compile(
          "^(BUG: |Oops: |Oops:$|kernel BUG at |general protection fault|Internal error: )");

  /** What the kernel says about tasks and processors that do not move. */
  private static final Pattern STUCK =
      Pattern.compile(
          "blocked for more than \\d+ seconds|BUG: (soft|hard) lockup|detected stalls on"
              + "|self-detected stall|hard LOCKUP");

  private static final Pattern SYMBOL =
      Pattern.compile("^(?:RIP: 0010:|Code: )?([A-Za-z_][\\w.]*)\\+0x[0-9a-f]+/0x[0-9a-f]+.*");

  private static final int KEPT = 60;
  private static final int TOP = 4;

  private final Path file;
  private long read;
  private String partial = "";
  private Optional<String> ready = Optional.empty();
  private Optional<String> failed = Optional.empty();
  private Optional<String> panic = Optional.empty();
  private Optional<String> oops = Optional.empty();
  private Optional<String> stuck = Optional.empty();
  private final List<String> trouble = new ArrayList<>();
  private final Deque<String> tail = new ArrayDeque<>();

  SerialConsole(Path file) {
    this.file = file;
  }

  /** Takes in what is new; true where there was something. */
  synchronized boolean poll() throws IOException {
    if (!Files.exists(file) || Files.size(file) <= read) {
      return false;
    }
    try (RandomAccessFile in = new RandomAccessFile(file.toFile(), "r")) {
      in.seek(read);
      byte[] bytes = new byte[(int) Math.min(in.length() - read, 1 << 20)];
      in.readFully(bytes);
      read += bytes.length;
      accept(new String(bytes, StandardCharsets.ISO_8859_1));
    }
    return true;
  }

  synchronized void accept(String text) {
    String[] lines = (partial + text).split("\n", -1);
    for (int i = 0; i < lines.length - 1; i++) {
      line(lines[i].replace("\r", ""));
    }
    partial = lines[lines.length - 1];
  }

  private void line(String raw) {
    String line = STAMP.matcher(raw).replaceFirst("");
    tail.add(raw);
    if (tail.size() > 15) {
      tail.remove();
    }
    // A line of ours may follow an unfinished one of the kernel.
    int ours = line.indexOf("daxcheck-guest: ");
    if (ours >= 0 && line.startsWith(READY, ours) && ready.isEmpty()) {
      ready = Optional.of(line.substring(ours + READY.length()).strip());
    } else if (ours >= 0 && line.startsWith(FAILED, ours) && failed.isEmpty()) {
      failed = Optional.of(line.substring(ours + FAILED.length()).strip());
    } else if (line.startsWith(PANIC)) {
      panic = panic.or(() -> Optional.of(line.substring(PANIC.length()).strip()));
    } else if (STUCK.matcher(line).find()) {
      stuck = stuck.or(() -> Optional.of(line.strip()));
    } else if (OOPS.matcher(line).find()) {
      oops = oops.or(() -> Optional.of(line.strip()));
    }
    if ((panic.isPresent() || oops.isPresent() || stuck.isPresent()) && trouble.size() < KEPT) {
      trouble.add(raw);
    }
  }

  /** What follows "ready": the device and its driver. */
  synchronized Optional<String> ready() {
    return ready;
  }

  /** What the console shows of the guest's end, if anything. */
  synchronized Optional<GuestFailure> death() {
    if (panic.isPresent()) {
      String first = oops.map(o -> ", after: " + o).orElse("");
      return Optional.of(
          death(GuestFailure.Kind.PANIC, "the kernel panicked: " + panic.get() + first, trouble));
    }
    if (oops.isPresent()) {
      return Optional.of(
          death(GuestFailure.Kind.OOPS, "the kernel reported a defect: " + oops.get(), trouble));
    }
    return failed.map(
        what -> death(GuestFailure.Kind.INIT, "the guest could not be made ready: " + what, tail));
  }

  /** A guest that did not do what was waited for in time. */
  synchronized GuestFailure hang(String waitedFor) {
    String said = stuck.map(s -> "; the kernel says: " + s).orElse("");
    String last =
        tail.isEmpty() ? "; the console is empty" : "; last on the console: " + tail.getLast();
    return death(
        GuestFailure.Kind.HANG,
        "the guest hangs: " + waitedFor + (said.isEmpty() ? last : said),
        stuck.isPresent() ? trouble : tail);
  }

  /** QEMU's end where the kernel had nothing to say. */
  synchronized GuestFailure died(String how) {
    return death(GuestFailure.Kind.QEMU, how, tail);
  }

  private GuestFailure death(GuestFailure.Kind kind, String sentence, Iterable<String> lines) {
    List<String> shown = new ArrayList<>();
    lines.forEach(shown::add);
    return new GuestFailure(kind, sentence, shown, fingerprint(trouble));
  }

  /** The first symbols of the stack; those marked ? are leftovers that the kernel distrusts. */
  static String fingerprint(List<String> lines) {
    List<String> symbols = new ArrayList<>();
    for (String raw : lines) {
      Matcher matcher = SYMBOL.matcher(STAMP.matcher(raw).replaceFirst("").strip());
      if (matcher.matches() && !symbols.contains(matcher.group(1)) && symbols.size() < TOP) {
        symbols.add(matcher.group(1));
      }
    }
    return String.join(" < ", symbols);
  }
}
