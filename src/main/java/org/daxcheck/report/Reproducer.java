package org.daxcheck.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.daxcheck.abi.DialectProperties;
import org.daxcheck.abi.Driver;
import org.daxcheck.abi.Word;
import org.daxcheck.oracle.Divergence;
import org.daxcheck.step.BlockRef;
import org.daxcheck.step.Device;
import org.daxcheck.step.Observation;
import org.daxcheck.step.Reply;
import org.daxcheck.step.Step;
import org.daxcheck.trace.Trace;

/**
 * The shell commands that do the steps of a trace by hand, as root on the machine under test. They
 * make the state themselves that they begin in. What a shell cannot do or tell (hold a page, name
 * an error, act at once) does the agent, which every guest has and a C compiler makes.
 */
public final class Reproducer {
  private static final Pattern BLOCK = Pattern.compile("block (\\d+).*");
  private static final String EVENTS = "/tmp/events";

  /** An agent in the folder where it was built, or that of a guest. */
  private static final List<String> AGENT =
      List.of("# not in a guest of daxcheck: cc -static -o agent qemu/agent/*.c", "PATH=$PATH:.:/");

  private final Trace.Header header;
  private final Device device;
  private final ByHand hand;
  private final Lines lines = new Lines();

  private Reproducer(Trace.Header header) {
    this.header = header;
    this.device = header.device();
    this.hand = new ByHand(header);
  }

  /**
   * The commands up to the step that diverged, and then those that show what it was about.
   *
   * @return lines of POSIX shell
   */
  public static List<String> commands(Trace trace, Divergence divergence) {
    return lines(trace, divergence).texts();
  }

  /** The same as something to be run. */
  public static Reproduction reproduction(Trace trace, Divergence divergence) {
    boolean kills = divergence.entry() >= trace.entries().size();
    return new Reproduction(lines(trace, divergence), kills);
  }

  private static Lines lines(Trace trace, Divergence divergence) {
    Reproducer r = new Reproducer(trace.header());
    if (divergence.entry() == Divergence.BOOT) {
      r.boot(divergence);
    } else {
      r.all(trace, divergence);
    }
    boolean agent = r.lines.texts().stream().anyMatch(l -> l.matches("(?!#).*\\bagent .*"));
    Lines whole = new Lines();
    whole.addAll(agent ? AGENT : List.of());
    whole.addAll(r.lines);
    return whole;
  }

  private void all(Trace trace, Divergence divergence) {
    List<Trace.Entry> entries = trace.entries();
    int last = Math.min(divergence.entry(), entries.size() - 1);
    List<Trace.Entry> done = entries.subList(0, last + 1);
    start(trace.before(), divergence);
    boolean unloaded = done.stream().anyMatch(e -> e.step().kind() == Step.Kind.UNLOAD);
    if (unloaded && divergence.aspect().contains("iomem")) {
      lines.comment(
          "memory that was freed keeps its bytes for a while; booted with"
              + " slab_debug=FP,kmalloc-* a kernel overwrites it at once");
    }
    Observation before = trace.before();
    List<Integer> rounds = rounds(entries);
    if (rounds.size() < 3) {
      boolean died = divergence.entry() > last;
      steps(done, died ? -1 : last, divergence, before);
      if (died) {
        fatal(divergence);
      }
    } else {
      inRounds(entries, rounds, last, divergence, before);
    }
    letGo(done);
  }

  private void inRounds(
      List<Trace.Entry> entries,
      List<Integer> rounds,
      int last,
      Divergence divergence,
      Observation before) {
    int end = rounds.get(rounds.size() - 1);
    // Where a round diverged, its times are those to try again; the last round's else.
    int round = 0;
    while (round < rounds.size() - 2 && rounds.get(round + 1) <= last) {
      round++;
    }
    steps(entries.subList(0, Math.min(rounds.get(0), last + 1)), last, divergence, before);
    if (last >= rounds.get(0)) {
      round(entries, rounds, round, last, divergence, before);
    }
    if (last >= end) {
      steps(entries.subList(end, last + 1), last - end, divergence, before);
    }
  }

  /** Nothing is held any more, so that the device can be unplugged. */
  private void letGo(List<Trace.Entry> done) {
    boolean pins = false;
    boolean fill = false;
    for (Trace.Entry e : done) {
      switch (e.step().kind()) {
        case PIN -> pins = true;
        case UNPIN -> pins = false;
        case FILL -> fill = true;
        case FREE -> fill = false;
        default -> {
          // It holds nothing.
        }
      }
    }
    if (pins || fill) {
      lines.add("agent stop" + (pins ? " $held" : "") + (fill ? " $fill" : ""));
    }
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
      List<Trace.Entry> entries,
      List<Integer> rounds,
      int round,
      int last,
      Divergence divergence,
      Observation before) {
    int begin = rounds.get(round);
    List<Trace.Entry> all = new ArrayList<>(entries.subList(begin, rounds.get(round + 1)));
    int whole = rounds.get(1) - rounds.get(0);
    all.addAll(entries.subList(rounds.get(0) + Math.min(whole, all.size()), rounds.get(1)));
    lines.here();
    lines.comment("the scenario's lines, again and again, as in round " + (round + 1));
    Reproducer inner = new Reproducer(header);
    inner.steps(all, last - begin, divergence, before);
    lines.add("for round in $(seq " + (rounds.size() - 1) + "); do");
    lines.indented(inner.lines);
    lines.add("done");
  }

  /** The steps, and around the one that diverged what is to be said and seen of it. */
  private void steps(
      List<Trace.Entry> entries, int diverged, Divergence divergence, Observation before) {
    for (int i = 0; i < entries.size(); i++) {
      Trace.Entry entry = entries.get(i);
      if (i == diverged) {
        diverged(entry, divergence, before);
      } else if (entry.step().kind() == Step.Kind.LOOK) {
        look((Step.Look) entry.step(), entry.reply(), before, false);
      } else if (entry.reply().result().timeout()) {
        lines.addAll(hand.loud(entry.step(), entry.reply().result()));
      } else {
        lines.addAll(hand.quiet(entry.step()));
      }
    }
  }

  private void diverged(Trace.Entry entry, Divergence divergence, Observation before) {
    lines.here();
    lines.comment("line " + divergence.line() + ": " + Text.step(divergence.step()));
    lines.comment("expected: " + divergence.allowed());
    lines.comment("got: " + divergence.seen());
    List<String> aspects = List.of(divergence.aspect().split("; "));
    if (aspects.stream().anyMatch(Reproducer::isOfLog)) {
      lines.add("logged=$(dmesg | wc -l)");
    }
    if (aspects.stream().anyMatch(a -> a.startsWith("uevent"))) {
      lines.add("listener=$(agent events " + EVENTS + ")");
    }
    Step step = entry.step();
    boolean result = aspects.stream().anyMatch(a -> a.equals("result") || a.equals("history"));
    if (step.kind() == Step.Kind.LOOK) {
      look((Step.Look) step, entry.reply(), before, true);
    } else if (result) {
      lines.show(hand.loud(step, entry.reply().result()), hand.shown(step, entry.reply().result()));
    } else {
      lines.addAll(
          entry.reply().result().timeout()
              ? hand.loud(step, entry.reply().result())
              : hand.quiet(step));
    }
    aspects.forEach(a -> look(a, entry.reply().observation(), before, true));
  }

  private static boolean isOfLog(String aspect) {
    return aspect.startsWith("log") || aspect.startsWith("taint");
  }

  /** What the boot did cannot be done again without one, but a bind by hand is the same. */
  private void boot(Divergence divergence) {
    String name = device.name();
    lines.comment("boot with memhp_default_state=" + header.bootPolicy() + ", which binds " + name);
    lines.comment("expected: " + divergence.allowed());
    lines.comment("got: " + divergence.seen());
    lines.here();
    lines.add(ByHand.echo(name, ByHand.BUS + "/drivers/kmem/bind"));
    lines.add("ls -l " + hand.file("driver"));
    lines.add("dmesg | tail -n 5");
  }

  /** The step that the kernel did not come back from stands in no trace. */
  private void fatal(Divergence divergence) {
    lines.here();
    lines.comment("the kernel did not come back from: " + Text.step(divergence.step()));
    lines.comment("got: " + divergence.seen());
    try {
      lines.addAll(hand.quiet(FinishedRun.step(divergence.step())));
    } catch (IllegalArgumentException e) {
      lines.comment("this cannot be told in commands: " + Text.step(divergence.step()));
    }
  }

  /** Makes the state that the first step found, whatever the device was before. */
  private void start(Observation before, Divergence divergence) {
    lines.comment("booted with memhp_default_state=" + header.bootPolicy());
    boolean kmem = before.driver().equals(Driver.KMEM.text());
    boolean has = DialectProperties.of(header.dialect()).hasAttribute();
    if (kmem && has) {
      lines.add("[ -e " + ByHand.BUS + "/drivers/kmem/" + device.name() + " ] ||");
      lines.add("  " + hand.quiet(new Step.Bind(Driver.KMEM)).get(0));
      unplug();
    } else {
      lines.add("if [ -e " + hand.file("driver") + " ]; then");
      Reproducer inner = new Reproducer(header);
      inner.unplug();
      inner.lines.addAll(hand.quiet(new Step.Unbind()));
      lines.indented(inner.lines);
      lines.add("fi");
    }
    if (divergence.aspect().contains("memtotal")) {
      lines.add("before=" + total());
    }
    if (divergence.aspect().contains("taint")) {
      lines.add("tainted=$(cat /proc/sys/kernel/tainted)");
    }
    if (!before.policy().isEmpty()) {
      lines.add(ByHand.echo(before.policy(), ByHand.MEMORY + "/auto_online_blocks"));
    }
    if (!(kmem && has)) {
      before
          .knownDriver()
          .filter(d -> d != Driver.NONE)
          .ifPresent(d -> lines.addAll(hand.quiet(new Step.Bind(d))));
    }
    before
        .attribute(header.dialect().attribute())
        .flatMap(a -> Word.of(a.text().strip()))
        .filter(word -> kmem && has && word != Word.UNPLUGGED)
        .ifPresent(word -> lines.addAll(hand.quiet(Step.Write.word(word))));
  }

  /** By the attribute, or block by block where there is none. */
  private void unplug() {
    String word = DialectProperties.of(header.dialect()).unplugWord();
    if (word.isEmpty()) {
      BlockRef every = BlockRef.ofDevice(BlockRef.Place.EVERY);
      lines.addAll(hand.quiet(new Step.BlockWrite(every, "offline")));
    } else {
      lines.add(ByHand.echo(word, hand.attribute()));
    }
  }

  private static String total() {
    return "$(sed -n 's/MemTotal: *\\([0-9]*\\).*/\\1/p' /proc/meminfo)";
  }

  private void look(Step.Look look, Reply reply, Observation before, boolean telling) {
    Observation seen = reply.observation();
    switch (look.aspect()) {
      case BLOCKS -> blocks(hand.numbers(look.blocks()), seen, telling);
      case ATTRIBUTE, IOMEM, MEMTOTAL, DRIVER, POLICY, LOG, TAINT, UEVENTS ->
          look(look.aspect().name().toLowerCase(Locale.ROOT), seen, before, telling);
    }
  }

  /** The commands that show an aspect, by the word that a divergence names it with. */
  private void look(String aspect, Observation seen, Observation before, boolean telling) {
    List<Long> all = Shown.all(device);
    Matcher block = BLOCK.matcher(aspect);
    if (block.matches() && Integer.parseInt(block.group(1)) < all.size()) {
      blocks(List.of(all.get(Integer.parseInt(block.group(1)))), seen, telling);
    } else if (aspect.startsWith("block") || aspect.startsWith("zone")) {
      blocks(hand.numbers(BlockRef.ofDevice(BlockRef.Place.EVERY)), seen, telling);
    } else if (aspect.startsWith("node")) {
      nodes(all, seen, telling);
    } else if (aspect.startsWith("attribute")) {
      attribute(seen, telling);
    } else if (aspect.startsWith("iomem")) {
      show(
          "grep -e " + device.name() + " -e 'System RAM (kmem)' /proc/iomem",
          telling,
          Optional.of(Shown.iomem(device, seen)));
    } else if (aspect.startsWith("memtotal")) {
      show(
          "echo $((" + total() + " - ${before:-0}))",
          telling,
          Optional.of(
              Shown.text(device, Long.toString(seen.memTotalKib() - header.baselineKib()))));
    } else if (aspect.startsWith("driver")) {
      show(
          "readlink " + hand.file("driver"),
          telling,
          Optional.of(new Shown(Shown.Sort.DRIVER, seen.driver(), device)));
    } else if (aspect.startsWith("policy")) {
      show(
          "cat " + ByHand.MEMORY + "/auto_online_blocks",
          telling,
          Optional.of(Shown.text(device, seen.policy())));
    } else if (isOfLog(aspect)) {
      log(aspect, seen, before, telling);
    } else if (aspect.startsWith("uevent")) {
      uevents(seen, telling);
    } else if (aspect.startsWith("other")) {
      show(
          "agent neighbours " + device.name(),
          telling,
          Optional.of(Shown.text(device, seen.neighbours())));
    }
  }

  private void attribute(Observation seen, boolean telling) {
    String file = hand.attribute();
    Optional<Observation.Attribute> is = seen.attribute(header.dialect().attribute());
    show(
        "stat -c '%a %u' " + file,
        telling,
        Optional.of(
            Shown.text(
                device, is.map(a -> a.mode().replaceFirst("^0+", "") + " " + a.uid()).orElse(""))));
    show(
        "cat " + file,
        telling,
        Optional.of(Shown.text(device, is.map(Observation.Attribute::text).orElse(""))));
  }

  private void log(String aspect, Observation seen, Observation before, boolean telling) {
    show("dmesg | tail -n +$((${logged:-0} + 1))", telling, Optional.of(Shown.log(device, seen)));
    if (aspect.startsWith("taint")) {
      long news = seen.taint() & ~before.taint();
      show(
          "echo $(($(cat /proc/sys/kernel/tainted) & ~${tainted:-0}))",
          telling,
          Optional.of(Shown.text(device, Long.toString(news))));
    }
  }

  private void uevents(Observation seen, boolean telling) {
    if (!telling) {
      return;
    }
    lines.add("agent stop $listener");
    show(
        "cat " + EVENTS,
        true,
        Optional.of(
            Shown.text(
                device,
                seen.uevents().stream()
                    .map(u -> u.action() + " " + u.devpath())
                    .collect(Collectors.joining("\n")))));
  }

  private void blocks(List<Long> numbers, Observation seen, boolean telling) {
    List<String> commands =
        List.of(
            "for n in " + ByHand.list(numbers) + "; do",
            "  (cd " + ByHand.MEMORY + "/memory$n && echo memory$n $(cat state valid_zones))",
            "done");
    if (telling) {
      lines.show(commands, Shown.blocks(device, numbers, seen));
    } else {
      lines.addAll(commands);
    }
  }

  private void nodes(List<Long> numbers, Observation seen, boolean telling) {
    List<String> commands =
        List.of(
            "for n in " + ByHand.list(numbers) + "; do",
            "  (cd " + ByHand.MEMORY + " && ls -d memory$n/node[0-9]*)",
            "done");
    if (telling) {
      lines.show(commands, Shown.nodes(device, numbers, seen));
    } else {
      lines.addAll(commands);
    }
  }

  private void show(String command, boolean telling, Optional<Shown> shown) {
    if (telling && shown.isPresent()) {
      lines.show(List.of(command), shown.get());
    } else {
      lines.add(command);
    }
  }
}
