package org.daxcheck.report;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.daxcheck.abi.Driver;
import org.daxcheck.abi.Word;
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
    if (divergence.entry() == Divergence.BOOT) {
      r.boot(divergence);
      return List.copyOf(r.lines);
    }
    r.start(trace.before());
    List<Trace.Entry> entries = trace.entries();
    int last = Math.min(divergence.entry(), entries.size() - 1);
    boolean unloaded =
        entries.subList(0, last + 1).stream().anyMatch(e -> e.step().kind() == Step.Kind.UNLOAD);
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
        comment("expected: " + divergence.allowed());
        comment("got: " + divergence.seen().replace("\n", "; "));
      }
      step(entries.get(i).step());
      if (i == diverged) {
        for (String aspect : divergence.aspect().split("; ")) {
          look(aspect);
        }
      }
    }
  }

  /** What the boot did cannot be done again without one, but a bind by hand is the same. */
  private void boot(Divergence divergence) {
    String device = header.device().name();
    comment("boot with memhp_default_state=" + header.bootPolicy() + ", which binds " + device);
    comment("expected: " + divergence.allowed());
    comment("got: " + divergence.seen());
    lines.add("echo " + device + " > /sys/bus/dax/drivers/kmem/bind");
    lines.add("ls -l /sys/bus/dax/devices/" + device + "/driver");
    lines.add("dmesg | tail -n 5");
  }

  /** The step that the kernel did not come back from stands in no trace. */
  private void fatal(Divergence divergence) {
    comment("the kernel did not come back from: " + Text.step(divergence.step()));
    comment("got: " + divergence.seen().replace("\n", "; "));
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
    Runnable told =
        switch (step.kind()) {
          case WRITE -> {
            Step.Write w = (Step.Write) step;
            yield () -> lines.addAll(as(w.who(), write(w.payload(), w.offset())));
          }
          case READ -> {
            Step.Read r = (Step.Read) step;
            yield () -> lines.addAll(as(r.who(), List.of("cat " + attribute())));
          }
          case BIND -> () -> bind(((Step.Bind) step).driver());
          case UNBIND -> () -> lines.add(echo(name(), device("driver/unbind")));
          case SET_POLICY ->
              () ->
                  lines.add(
                      echo(
                          ((Step.SetPolicy) step).policy().text(), MEMORY + "/auto_online_blocks"));
          case BLOCK_WRITE -> () -> blockWrite((Step.BlockWrite) step);
          case PIN -> () -> pin(((Step.Pin) step).block());
          case UNPIN -> () -> comment("agent: unpin each of the pins");
          case UNLOAD -> () -> lines.add("modprobe -r kmem");
          case LOAD -> () -> lines.add("modprobe kmem");
          case AWAIT -> () -> await((Step.Await) step);
          case SLEEP -> () -> lines.add("sleep " + seconds(((Step.Sleep) step).micros()));
          case SIGNAL -> () -> signal((Step.Signal) step);
          case FILL -> () -> fill(((Step.Fill) step).bytes());
          case VERIFY ->
              () ->
                  lines.add(
                      "[ \"$sum\" = \"$(sha256sum < " + FILLED + "/pattern)\" ] || echo differs");
          case FREE -> () -> lines.add("umount " + FILLED);
          case INJECT -> () -> inject((Step.Inject) step);
          case REFUSE_ADD -> () -> refuse((Step.RefuseAdd) step);
          case OCCUPY -> () -> occupy((Step.Occupy) step);
          case RESHAPE -> () -> lines.addAll(reshape(((Step.Reshape) step).shape()));
          case NEIGHBOUR_WRITE -> () -> neighbour(((Step.NeighbourWrite) step).word());
          case ACTORS -> () -> actors((Step.Actors) step);
          case LOOK -> () -> look((Step.Look) step);
        };
    told.run();
  }

  private void await(Step.Await step) {
    lines.add(
        "timeout "
            + seconds(step.limitMillis() * 1000L)
            + " sh -c 'until grep -qx "
            + step.word().text()
            + " "
            + attribute());
    lines.add("do sleep 0.01; done'");
  }

  private void signal(Step.Signal step) {
    if (step.afterMicros() > 0) {
      lines.add("sleep " + seconds(step.afterMicros()));
    }
    lines.add("kill -" + step.signal() + " -$" + step.actor());
  }

  /** No file of the kernel does this; a module of daxcheck does. */
  private void refuse(Step.RefuseAdd step) {
    Optional<Device.Range> range = whole(step.range());
    comment(
        range.isPresent()
            ? String.format(
                Locale.ROOT,
                "fail to add range %s; agent: addfail 0x%x %s",
                step.range().get(),
                start(range.get()),
                step.errno())
            : "add every range again; agent: addfail nothing");
  }

  private void occupy(Step.Occupy step) {
    Optional<Device.Range> range = whole(step.range());
    comment(
        range.isPresent()
            ? String.format(
                Locale.ROOT,
                "take range %s; agent: occupy 0x%x 0x%x",
                step.range().get(),
                start(range.get()),
                start(range.get()) + range.get().blocks() * header.device().blockSize() - 1)
            : "let go of it; agent: occupy nothing");
  }

  /** The range, where there is one and it has a whole block. */
  private Optional<Device.Range> whole(Optional<BlockRef.Place> place) {
    List<Device.Range> all = header.device().ranges();
    return place.stream()
        .flatMap(p -> p.in(all.size()).stream())
        .map(all::get)
        .filter(r -> r.blocks() > 0)
        .findFirst();
  }

  private long start(Device.Range range) {
    return range.firstBlock() * header.device().blockSize();
  }

  private List<String> reshape(Step.Shape shape) {
    return switch (shape) {
      case MAPPING ->
          List.of(
              "# START: a free part of the region, see /proc/iomem; one memory block long",
              "end=$((START + " + header.device().blockSize() + " - 1))",
              "printf '%x-%x' $((START)) $end > " + device("mapping"));
      case SIZE -> List.of(echo("0", device("size")));
      case ALIGN -> List.of(echo(Long.toString(1L << 30), device("align")));
      case MEMMAP ->
          List.of(echo(header.device().memmapKib() == 0 ? "1" : "0", device("memmap_on_memory")));
      case DELETE -> List.of(echo(name(), device("../dax_region/delete")));
    };
  }

  /** The trace does not name the other device; the driver's folder does. */
  private void neighbour(Word word) {
    lines.add(
        "other=$(ls -d " + BUS + "/drivers/kmem/dax* | grep -v /" + name() + "$ | head -n 1)");
    lines.add(echo(word.text(), "$other/" + attributeName()));
  }

  /** A write of the payload by one write(2). */
  private List<String> write(Payload payload, long offset) {
    String text = payload.text();
    if (text.isEmpty()) {
      // No shell command calls write(2) with no bytes.
      String open = "perl -e 'open(F, \">\", \"" + attribute() + "\");";
      String write = " print syswrite(F, \"\"), \"\\n\"'";
      return offset == 0
          ? List.of(open + write)
          : List.of(open + " sysseek(F, " + offset + ", 0);", write);
    }
    if (offset != 0) {
      return piped(payload, "oflag=seek_bytes conv=notrunc seek=" + offset);
    }
    if (ECHOED.matcher(text).matches() && text.length() <= 2 * PIECE) {
      return List.of(echo(text.strip(), attribute()));
    }
    if (payload.length() <= PIECE) {
      return List.of("printf '" + printf(text) + "' > " + attribute());
    }
    // Shells split a long printf into several writes; dd makes it one again.
    return piped(payload, "");
  }

  /** The payload through a pipe to one write(2) of dd, with more options where there are some. */
  private List<String> piped(Payload payload, String options) {
    String text = payload.text();
    String dd =
        "dd bs="
            + payload.length()
            + " count=1 iflag=fullblock status=none"
            + (options.isEmpty() ? "" : " " + options + " \\\n   ")
            + " of="
            + attribute();
    return piped(payload, text, dd).stream().flatMap(String::lines).toList();
  }

  private static List<String> piped(Payload payload, String text, String dd) {
    if (payload.length() <= PIECE) {
      return List.of("printf '" + printf(text) + "' |", "  " + dd);
    }
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
            .filter(a -> a.steps().stream().anyMatch(s -> s.kind() == Step.Kind.SIGNAL))
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
    return device(attributeName());
  }

  private String attributeName() {
    String name = header.dialect().attribute();
    return name.isEmpty() ? "state" : name;
  }

  private String name() {
    return header.device().name();
  }

  /** A file of the device. */
  private String device(String file) {
    return BUS + "/devices/" + name() + "/" + file;
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
