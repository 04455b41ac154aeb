package org.daxcheck.report;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.daxcheck.abi.Driver;
import org.daxcheck.oracle.Divergence;
import org.daxcheck.step.BlockRef;
import org.daxcheck.step.Device;
import org.daxcheck.step.Observation;
import org.daxcheck.step.Payload;
import org.daxcheck.step.Step;
import org.daxcheck.trace.Trace;

/**
 * The shell commands that do the steps of a trace by hand, as root on the machine under test. What
 * a shell cannot do (hold a page at a known place) is a comment that names the agent's step.
 */
public final class Reproducer {
  private static final String MEMORY = "/sys/devices/system/memory";
  private static final String BUS = "/sys/bus/dax";

  private static final String FILLED = "/run/daxcheck";
  private static final String INJECTOR = "/sys/kernel/debug/notifier-error-inject/memory/actions";

  /** Words that {@code echo} of every shell writes as they are. */
  private static final Pattern ECHOED = Pattern.compile("[A-Za-z0-9_]+\n");

  /** The longest piece of one printf, so that a line stays readable in a mail. */
  private static final int PIECE = 40;

  private static final Pattern BLOCK = Pattern.compile("block (\\d+).*");

  /** Columns of a comment's text: in a mail, indented, it must not be wrapped again. */
  private static final int COMMENT = 66;

  private final Trace.Header header;
  private final List<String> lines = new ArrayList<>();
  private int pins;

  private Reproducer(Trace.Header header) {
    this.header = header;
  }

  /**
   * The commands up to the step that diverged, and then those that show what it was about.
   *
   * @return lines of POSIX shell; comments where there is no command
   */
  public static List<String> commands(Trace trace, Divergence divergence) {
    Reproducer r = new Reproducer(trace.header());
    r.start(trace.before());
    List<Trace.Entry> entries = trace.entries();
    int last = Math.min(divergence.entry(), entries.size() - 1);
    boolean unloaded =
        entries.subList(0, last + 1).stream().anyMatch(e -> e.step() instanceof Step.Unload);
    if (unloaded && divergence.aspect().contains("iomem")) {
      r.comment(
          "memory that was freed keeps its bytes for a while; booted with"
              + " slab_debug=FP,kmalloc-* a kernel overwrites it at once");
    }
    List<Integer> rounds = rounds(entries);
    if (rounds.size() < 3) {
      boolean died = divergence.entry() > last;
      r.steps(entries.subList(0, last + 1), died ? -1 : last, divergence);
      if (died) {
        r.fatal(divergence);
      }
      return List.copyOf(r.lines);
    }
    int end = rounds.get(rounds.size() - 1);
    // Where a round diverged, its times are those to try again; the last round's else.
    int round = 0;
    while (round < rounds.size() - 2 && rounds.get(round + 1) <= last) {
      round++;
    }
    r.steps(entries.subList(0, Math.min(rounds.get(0), last + 1)), last, divergence);
    if (last >= rounds.get(0)) {
      r.round(entries, rounds, round, last, divergence);
    }
    if (last >= end) {
      r.steps(entries.subList(end, last + 1), last - end, divergence);
    }
    return List.copyOf(r.lines);
  }

  /**
   * Where the rounds of the scenario's lines begin among the entries, and last where the last of
   * them ends. A round begins where the lines begin anew.
   */
  private static List<Integer> rounds(List<Trace.Entry> entries) {
    List<Integer> starts = new ArrayList<>();
    int line = Integer.MAX_VALUE;
    int end = 0;
    for (int i = 0; i < entries.size(); i++) {
      Trace.Entry entry = entries.get(i);
      if (entry.phase() == Trace.Phase.SCENARIO) {
        if (entry.line() <= line) {
          starts.add(i);
        }
        line = entry.line();
        end = i + 1;
      }
    }
    starts.add(end);
    return starts;
  }

  /** A loop over the lines of this round; where it was cut short, its end is that of the first. */
  private void round(
      List<Trace.Entry> entries, List<Integer> rounds, int round, int last, Divergence divergence) {
    int begin = rounds.get(round);
    List<Trace.Entry> all = new ArrayList<>(entries.subList(begin, rounds.get(round + 1)));
    int whole = rounds.get(1) - rounds.get(0);
    all.addAll(entries.subList(rounds.get(0) + Math.min(whole, all.size()), rounds.get(1)));
    comment("the scenario's lines, again and again, as in round " + (round + 1));
    Reproducer inner = new Reproducer(header);
    inner.steps(all, last - begin, divergence);
    lines.add("for round in $(seq " + (rounds.size() - 1) + "); do");
    inner.lines.forEach(l -> lines.add("  " + l));
    lines.add("done");
  }

  /** The steps, and around the one that diverged what is to be said and seen of it. */
  private void steps(List<Trace.Entry> entries, int diverged, Divergence divergence) {
    for (int i = 0; i < entries.size(); i++) {
      if (i == diverged) {
        comment("line " + divergence.line() + ": " + Text.step(divergence.step()));
        comment("allowed are only: " + divergence.allowed());
        comment("seen was: " + divergence.seen().replace("\n", "; "));
      }
      step(entries.get(i).step());
      if (i == diverged) {
        for (String aspect : divergence.aspect().split("; ")) {
          look(aspect);
        }
      }
    }
  }

  /** The step that the kernel did not come back from stands in no trace. */
  private void fatal(Divergence divergence) {
    comment("the kernel did not come back from: " + Text.step(divergence.step()));
    comment("seen was: " + divergence.seen().replace("\n", "; "));
    try {
      step(FinishedRun.step(divergence.step()));
    } catch (IllegalArgumentException e) {
      comment("this cannot be told in commands: " + Text.step(divergence.step()));
    }
  }

  private void start(Observation before) {
    String word =
        before.attributes().stream()
            .filter(Observation.Attribute::present)
            .map(a -> ", " + a.name() + " reads " + a.text().strip())
            .findFirst()
            .orElse("");
    comment(
        "booted with memhp_default_state="
            + header.bootPolicy()
            + "; "
            + header.device().name()
            + (before.driver().equals(Driver.NONE.text())
                ? " is unbound"
                : " is bound to " + before.driver())
            + word);
  }

  private void step(Step step) {
    if (step instanceof Step.Write w) {
      lines.addAll(as(w.who(), write(w.payload())));
    } else if (step instanceof Step.Read r) {
      lines.addAll(as(r.who(), List.of("cat " + attribute())));
    } else if (step instanceof Step.Bind b) {
      bind(b.driver());
    } else if (step instanceof Step.Unbind) {
      lines.add(
          echo(
              header.device().name(),
              BUS + "/devices/" + header.device().name() + "/driver/unbind"));
    } else if (step instanceof Step.SetPolicy p) {
      lines.add(echo(p.policy().text(), MEMORY + "/auto_online_blocks"));
    } else if (step instanceof Step.BlockWrite b) {
      blockWrite(b);
    } else if (step instanceof Step.Pin p) {
      pin(p.block());
    } else if (step instanceof Step.Unpin) {
      comment("agent: unpin each of the pins");
    } else if (step instanceof Step.Unload) {
      lines.add("modprobe -r kmem");
    } else if (step instanceof Step.Load) {
      lines.add("modprobe kmem");
    } else if (step instanceof Step.Await a) {
      lines.add(
          "timeout "
              + seconds(a.limitMillis() * 1000L)
              + " sh -c 'until grep -qx "
              + a.word().text()
              + " "
              + attribute());
      lines.add("do sleep 0.01; done'");
    } else if (step instanceof Step.Sleep s) {
      lines.add("sleep " + seconds(s.micros()));
    } else if (step instanceof Step.Signal s) {
      if (s.afterMicros() > 0) {
        lines.add("sleep " + seconds(s.afterMicros()));
      }
      lines.add("kill -" + s.signal() + " -$" + s.actor());
    } else if (step instanceof Step.Fill f) {
      fill(f.bytes());
    } else if (step instanceof Step.Verify) {
      lines.add("[ \"$sum\" = \"$(sha256sum < " + FILLED + "/pattern)\" ] || echo differs");
    } else if (step instanceof Step.Free) {
      lines.add("umount " + FILLED);
    } else if (step instanceof Step.Inject i) {
      inject(i);
    } else if (step instanceof Step.Look l) {
      look(l);
    } else if (step instanceof Step.Actors a) {
      actors(a);
    }
  }

  /** A write of the payload by one write(2). */
  private List<String> write(Payload payload) {
    String text = payload.text();
    if (ECHOED.matcher(text).matches() && text.length() <= 2 * PIECE) {
      return List.of(echo(text.strip(), attribute()));
    }
    if (text.isEmpty()) {
      // No shell command calls write(2) with no bytes.
      return List.of(
          "perl -e 'open(F, \">\", \"" + attribute() + "\"); print syswrite(F, \"\"), \"\\n\"'");
    }
    if (payload.length() <= PIECE) {
      return List.of("printf '" + printf(text) + "' > " + attribute());
    }
    // Shells split a long printf into several writes; dd makes it one again.
    String dd =
        "dd bs=" + payload.length() + " count=1 iflag=fullblock status=none of=" + attribute();
    if (text.chars().distinct().count() == 1) {
      return List.of(
          "head -c "
              + payload.length()
              + " /dev/zero | tr '\\000' '"
              + String.format(Locale.ROOT, "\\%03o", (int) text.charAt(0))
              + "' |",
          "  " + dd);
    }
    List<String> commands = new ArrayList<>();
    for (int i = 0; i < text.length(); i += PIECE) {
      commands.add(
          (i == 0 ? "{ " : "  ")
              + "printf '"
              + printf(text.substring(i, Math.min(text.length(), i + PIECE)))
              + "'");
    }
    commands.add("} | " + dd);
    return commands;
  }

  /** The bytes as the format of printf(1) inside single quotes. */
  private static String printf(String text) {
    StringBuilder out = new StringBuilder();
    for (byte b : text.getBytes(StandardCharsets.ISO_8859_1)) {
      int c = b & 0xff;
      switch (c) {
        case '\n' -> out.append("\\n");
        case '\t' -> out.append("\\t");
        case '\\' -> out.append("\\\\");
        case '%' -> out.append("%%");
        default -> {
          // A quote would end the string, and a leading '-' could be taken for an option.
          if (c < ' ' || c > '~' || c == '\'' || c == '-' && out.isEmpty()) {
            out.append(String.format(Locale.ROOT, "\\%03o", c));
          } else {
            out.append((char) c);
          }
        }
      }
    }
    return out.toString();
  }

  private static List<String> as(Step.Who who, List<String> commands) {
    if (who == Step.Who.ROOT) {
      return commands;
    }
    String quoted = String.join("\n", commands).replace("'", "'\\''");
    return List.of(("su -s /bin/sh nobody -c '" + quoted + "'").split("\n"));
  }

  private void bind(Driver driver) {
    String name = header.device().name();
    if (driver == Driver.DEVICE_DAX) {
      // A device meant for kmem matches device_dax only by its id; adding the id binds it too.
      lines.add(echo(name, BUS + "/drivers/device_dax/new_id"));
    } else {
      lines.add(echo(name, BUS + "/drivers/" + driver.text() + "/bind"));
    }
  }

  private void blockWrite(Step.BlockWrite step) {
    List<Long> numbers = numbers(step.blocks());
    if (numbers.size() <= 2) {
      numbers.forEach(n -> lines.add(echo(step.word(), memory(n) + "/state")));
      return;
    }
    StringBuilder list = new StringBuilder("for n in");
    numbers.forEach(n -> list.append(' ').append(n));
    List<String> wrapped = Text.wrap(list + "; do", 90);
    for (int i = 0; i < wrapped.size(); i++) {
      boolean last = i == wrapped.size() - 1;
      lines.add((i == 0 ? "" : "    ") + wrapped.get(i) + (last ? "" : " \\"));
    }
    lines.add("  " + echo(step.word(), MEMORY + "/memory$n/state"));
    lines.add("done");
  }

  private void pin(BlockRef block) {
    Device device = header.device();
    for (long n : numbers(block)) {
      comment(
          String.format(
              Locale.ROOT,
              "hold a page of memory%d; agent: pin p%d %d 0x%x 0x%x",
              n,
              pins++,
              device.node(),
              n * device.blockSize(),
              (n + 1) * device.blockSize()));
    }
  }

  /** A file in memory of the device's node, as far as there is any. */
  private void fill(long bytes) {
    String node = "mpol=prefer:" + header.device().node();
    lines.add("mkdir -p " + FILLED + " && mount -t tmpfs -o " + node + " fill " + FILLED);
    lines.add("head -c " + bytes + " /dev/urandom > " + FILLED + "/pattern");
    lines.add("sum=$(sha256sum < " + FILLED + "/pattern)");
  }

  private void inject(Step.Inject step) {
    if (step.change().isPresent()) {
      lines.add("modprobe memory-notifier-error-inject");
    }
    for (Step.Change change : Step.Change.values()) {
      boolean now = step.change().filter(change::equals).isPresent();
      if (now || step.change().isEmpty()) {
        lines.add(
            echo(
                now ? "-" + step.errno().number() : "0",
                INJECTOR + "/MEM_GOING_" + change + "/error"));
      }
    }
  }

  private void actors(Step.Actors step) {
    comment("processes that act at once, in bash: each is a group that can be signalled");
    lines.add("set -m");
    // Actors that only send signals act last: whom they signal must have been started.
    List<Step.Actor> signallers =
        step.actors().stream()
            .filter(a -> a.steps().stream().anyMatch(Step.Signal.class::isInstance))
            .toList();
    for (Step.Actor actor : step.actors()) {
      if (!signallers.contains(actor)) {
        actor(actor);
      }
    }
    signallers.forEach(this::actor);
    lines.add("wait");
  }

  private void actor(Step.Actor actor) {
    Reproducer inner = new Reproducer(header);
    inner.pins = pins;
    actor.steps().forEach(inner::step);
    pins = inner.pins;
    lines.add("(");
    inner.lines.forEach(l -> lines.add("  " + l));
    if (inner.lines.stream().allMatch(l -> l.startsWith("#"))) {
      lines.add("  :");
    }
    lines.add(") & " + actor.name() + "=$!");
  }

  private void look(Step.Look look) {
    switch (look.aspect()) {
      case BLOCKS -> blocks(numbers(look.blocks()));
      default -> look(look.aspect().name().toLowerCase(Locale.ROOT));
    }
  }

  /** The commands that show an aspect, by the word that a divergence names it with. */
  private void look(String aspect) {
    Matcher block = BLOCK.matcher(aspect);
    if (block.matches() && Integer.parseInt(block.group(1)) < header.device().blocks()) {
      blocks(List.of(header.device().blockNumber(Integer.parseInt(block.group(1)))));
    } else if (aspect.startsWith("block") || aspect.startsWith("zone")) {
      blocks(numbers(BlockRef.ofDevice(BlockRef.Place.EVERY)));
    } else if (aspect.startsWith("attribute")) {
      lines.add("ls -l " + attribute());
      lines.add("cat " + attribute());
    } else if (aspect.startsWith("iomem")) {
      lines.add("grep -e " + header.device().name() + " -e 'System RAM (kmem)' /proc/iomem");
    } else if (aspect.startsWith("memtotal")) {
      lines.add("grep MemTotal /proc/meminfo");
      comment("with no block of the device present: " + header.baselineKib() + " kB");
    } else if (aspect.startsWith("driver")) {
      lines.add("readlink " + BUS + "/devices/" + header.device().name() + "/driver");
    } else if (aspect.startsWith("policy")) {
      lines.add("cat " + MEMORY + "/auto_online_blocks");
    } else if (aspect.startsWith("log")) {
      lines.add("dmesg | tail -n 20");
    } else if (aspect.startsWith("taint")) {
      lines.add("cat /proc/sys/kernel/tainted");
    } else if (aspect.startsWith("uevent")) {
      comment("beforehand, elsewhere: udevadm monitor --kernel --subsystem-match=memory");
    } else if (aspect.startsWith("result")) {
      comment("dash hides the error's name; bash shows it, and strace -e trace=write does");
    }
  }

  private void blocks(List<Long> numbers) {
    List<Long> shown = numbers.size() <= 4 ? numbers : numbers.subList(0, 4);
    shown.forEach(n -> lines.add("(cd " + memory(n) + " && grep . state valid_zones)"));
    if (shown.size() < numbers.size()) {
      comment("and so on up to memory" + numbers.get(numbers.size() - 1));
    }
  }

  private List<Long> numbers(BlockRef blocks) {
    return blocks.in(header.device().blocksOfRanges()).stream()
        .map(i -> header.device().blockNumber(i))
        .toList();
  }

  private String attribute() {
    String name = header.dialect().attribute();
    return BUS + "/devices/" + header.device().name() + "/" + (name.isEmpty() ? "state" : name);
  }

  private static String memory(long number) {
    return MEMORY + "/memory" + number;
  }

  private static String echo(String word, String file) {
    return "echo " + word + " > " + file;
  }

  private void comment(String text) {
    Text.wrap(Text.oneLine(text), COMMENT).forEach(l -> lines.add("# " + l));
  }

  private static String seconds(long micros) {
    return new java.math.BigDecimal(micros).movePointLeft(6).stripTrailingZeros().toPlainString();
  }
}
