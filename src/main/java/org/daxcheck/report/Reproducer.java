package org.daxcheck.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.daxcheck.abi.DialectProperties;
import org.daxcheck.abi.Driver;
import org.daxcheck.abi.Word;
import org.daxcheck.oracle.Aspect;
import org.daxcheck.oracle.Divergence;
import org.daxcheck.step.BlockRef;
import org.daxcheck.step.Device;
import org.daxcheck.step.Observation;
import org.daxcheck.step.Result;
import org.daxcheck.step.Step;
import org.daxcheck.trace.Trace;

/**
 * The shell commands that do the steps of a trace by hand, as root on the machine under test. They
 * make the state themselves that they begin in. What a shell cannot do or tell (hold a page, name
 * an error, act at once) does the agent, which every guest has and a C compiler makes.
 */
public final class Reproducer {
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

  /**
   * The commands of the scenario, divided before the first step of a line of it.
   *
   * @return empty where the trace has no step of that line
   */
  public static Optional<Reproduction> until(Trace trace, int line) {
    List<Trace.Entry> entries = trace.entries();
    OptionalInt at =
        IntStream.range(0, entries.size()).filter(i -> entries.get(i).line() == line).findFirst();
    if (at.isEmpty()) {
      return Optional.empty();
    }
    Reproducer r = new Reproducer(trace.header());
    r.start(trace.before(), List.of());
    r.steps(entries.subList(0, at.getAsInt()));
    r.lines.here();
    int from = at.getAsInt();
    int to = from;
    // One round of it.
    while (to < entries.size()
        && entries.get(to).phase() == Trace.Phase.SCENARIO
        && (to == from || entries.get(to).line() > entries.get(to - 1).line())) {
      r.lines.comment("line " + entries.get(to).line() + ": " + Text.step(entries.get(to).text()));
      r.lines.addAll(r.hand.loud(entries.get(to).step(), entries.get(to).reply().result()));
      to++;
    }
    return Optional.of(new Reproduction(withAgent(r.lines), false));
  }

  private static Lines lines(Trace trace, Divergence divergence) {
    Reproducer r = new Reproducer(trace.header());
    if (divergence.entry() == Divergence.BOOT) {
      r.boot(divergence);
    } else {
      r.all(trace, divergence);
    }
    return withAgent(r.lines);
  }

  private static Lines withAgent(Lines lines) {
    boolean agent = lines.texts().stream().anyMatch(l -> l.matches("(?!#).*\\bagent .*"));
    Lines whole = new Lines();
    whole.addAll(agent ? AGENT : List.of());
    whole.addAll(lines);
    return whole;
  }

  private void all(Trace trace, Divergence divergence) {
    List<Trace.Entry> entries = trace.entries();
    int last = Math.min(divergence.entry(), entries.size() - 1);
    List<Trace.Entry> done = entries.subList(0, last + 1);
    start(trace.before(), divergence.aspects());
    boolean unloaded = done.stream().anyMatch(e -> e.step().kind() == Step.Kind.UNLOAD);
    if (unloaded && divergence.aspects().contains(Aspect.IOMEM)) {
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
      if (i == diverged) {
        diverged(entries.get(i), divergence, before);
      } else {
        steps(List.of(entries.get(i)));
      }
    }
  }

  /** Steps on the way; what only looks is left out. */
  private void steps(List<Trace.Entry> entries) {
    for (Trace.Entry entry : entries) {
      Result result = entry.reply().result();
      if (entry.step().kind() != Step.Kind.LOOK) {
        lines.addAll(result.timeout() ? hand.loud(entry.step(), result) : hand.quiet(entry.step()));
      }
    }
  }

  private void diverged(Trace.Entry entry, Divergence divergence, Observation before) {
    lines.here();
    lines.comment("line " + divergence.line() + ": " + Text.step(divergence.step()));
    lines.comment("expected: " + divergence.allowed());
    lines.comment("got: " + divergence.seen());
    lines.addAll(Looks.beforeTheStep(divergence.aspects()));
    Step step = entry.step();
    Result result = entry.reply().result();
    Observation seen = entry.reply().observation();
    Looks looks = new Looks(header, hand, lines);
    if (step.kind() == Step.Kind.LOOK) {
      looks.of((Step.Look) step, seen, before);
    } else if (divergence.aspects().stream().anyMatch(Reproducer::isOfTheAnswer)) {
      lines.show(hand.loud(step, result), hand.shown(step, result));
    } else {
      steps(List.of(entry));
    }
    lines.addAll(looks.afterTheStep(divergence.aspects()));
    divergence.aspects().forEach(a -> looks.of(a, seen, before));
  }

  private static boolean isOfTheAnswer(Aspect aspect) {
    return aspect == Aspect.RESULT || aspect == Aspect.HISTORY || aspect == Aspect.STATED;
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
  private void start(Observation before, List<Aspect> aspects) {
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
    lines.addAll(Looks.beforeAll(aspects));
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
        // Where the word claims memory that is not there, it is not what made the state.
        .filter(word -> kmem && has && word != Word.UNPLUGGED && !before.blocks().isEmpty())
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
}
