package org.daxcheck.report;

import java.util.ArrayList;
import java.util.List;
import org.daxcheck.step.BlockRef;
import org.daxcheck.step.Device;
import org.daxcheck.step.Result;
import org.daxcheck.step.Step;
import org.daxcheck.trace.Trace;

/**
 * Says steps as commands of a shell, such as a guest's busybox has: what a shell cannot do, or
 * would not tell, the agent does by its command line.
 */
final class ByHand {
  static final String MEMORY = AgentWords.MEMORY;
  static final String BUS = AgentWords.BUS;

  /** What bounds a step that hung, in ms: the agent's own limit. */
  private static final int LIMIT_MILLIS = 10_000;

  private final Device device;
  private final AgentWords words;

  ByHand(Trace.Header header) {
    this.device = header.device();
    this.words = new AgentWords(header);
  }

  /** The path of the attribute. */
  String attribute() {
    return words.attribute();
  }

  /** A file of the device. */
  String file(String name) {
    return words.file(name);
  }

  /** The commands of a step whose result does not matter. */
  List<String> quiet(Step step) {
    return switch (step.kind()) {
      case WRITE -> {
        Step.Write w = (Step.Write) step;
        boolean plain =
            w.who() == Step.Who.ROOT && w.offset() == 0 && AgentWords.isEchoed(w.payload());
        yield plain ? List.of(echo(w.payload().text().strip(), attribute())) : loud(step);
      }
      case READ ->
          ((Step.Read) step).who() == Step.Who.ROOT ? List.of("cat " + attribute()) : loud(step);
      case BIND, UNBIND, SET_POLICY, BLOCK_WRITE, NEIGHBOUR_WRITE ->
          loud(step).stream().map(ByHand::echoed).toList();
      case RESHAPE ->
          switch (((Step.Reshape) step).shape()) {
            case MAPPING -> loud(step);
            case SIZE, ALIGN, MEMMAP, DELETE -> loud(step).stream().map(ByHand::echoed).toList();
          };
      case PIN,
          UNPIN,
          UNLOAD,
          LOAD,
          AWAIT,
          SLEEP,
          SIGNAL,
          FILL,
          VERIFY,
          FREE,
          INJECT,
          REFUSE_ADD,
          OCCUPY,
          DELAY,
          FAIL_NTH,
          LOOK,
          ACTORS ->
          loud(step);
    };
  }

  /** The commands of a step that print what it returned. */
  List<String> loud(Step step) {
    return switch (step.kind()) {
      case PIN -> List.of("held=\"$held $(agent pin " + name() + " " + pinned(step) + ")\"");
      case UNPIN -> List.of("agent stop $held; held=");
      case FILL -> List.of("fill=$(agent fill " + name() + " " + ((Step.Fill) step).bytes() + ")");
      case VERIFY -> List.of("agent verify ${fill:-0}");
      case FREE -> List.of("agent stop $fill; fill=");
      case LOOK -> List.of();
      case NEIGHBOUR_WRITE ->
          List.of(
              "other=$(ls -d " + BUS + "/drivers/kmem/dax* | grep -v /" + name() + "$ | head -n 1)",
              agent(
                  "write \"$other/"
                      + words.attributeName()
                      + "\" "
                      + ((Step.NeighbourWrite) step).word().text()));
      case BLOCK_WRITE -> blockWrite((Step.BlockWrite) step);
      case ACTORS -> race((Step.Actors) step);
      case SLEEP -> List.of("sleep " + seconds(((Step.Sleep) step).micros()));
      case WRITE,
          READ,
          BIND,
          UNBIND,
          SET_POLICY,
          UNLOAD,
          LOAD,
          AWAIT,
          SIGNAL,
          INJECT,
          REFUSE_ADD,
          OCCUPY,
          DELAY,
          FAIL_NTH,
          RESHAPE ->
          AgentWords.wrapped("agent ", words.of(step).get(0));
    };
  }

  /** The same, interrupted as the step was that did not end by itself. */
  List<String> loud(Step step, Result result) {
    List<String> commands = loud(step);
    return result.timeout()
        ? commands.stream()
            .map(c -> c.replaceFirst("^agent ", "agent --timeout " + LIMIT_MILLIS + " "))
            .toList()
        : commands;
  }

  /** What {@link #loud} prints of a step that returned this. */
  Shown shown(Step step, Result result) {
    return switch (step.kind()) {
      case READ ->
          result.errno().isPresent()
              ? new Shown(Shown.Sort.RESULT, result.errno().get().name(), device)
              : Shown.text(device, result.data());
      case ACTORS -> raced((Step.Actors) step, result);
      case WRITE ->
          new Shown(
              Shown.Sort.RESULT,
              result.errno().map(e -> e.name()).orElse("= " + result.value()),
              device);
      case FAIL_NTH -> shown(((Step.FailNth) step).step(), result);
      case BIND,
          UNBIND,
          SET_POLICY,
          BLOCK_WRITE,
          PIN,
          UNPIN,
          UNLOAD,
          LOAD,
          AWAIT,
          SLEEP,
          SIGNAL,
          FILL,
          VERIFY,
          FREE,
          INJECT,
          REFUSE_ADD,
          OCCUPY,
          RESHAPE,
          NEIGHBOUR_WRITE,
          DELAY,
          LOOK ->
          new Shown(Shown.Sort.OUTCOME, result.errno().map(e -> e.name()).orElse("ok"), device);
    };
  }

  private Shown raced(Step.Actors step, Result result) {
    List<String> answers = new ArrayList<>();
    for (Result.ActorResult actor : result.actors()) {
      List<Step> steps =
          step.actors().stream()
              .filter(a -> a.name().equals(actor.name()))
              .flatMap(a -> a.steps().stream())
              .toList();
      for (int i = 0; i < actor.steps().size() && i < steps.size(); i++) {
        Result r = actor.steps().get(i);
        if (steps.get(i).kind().idle()) {
          continue;
        }
        String answer =
            r.killed().isEmpty()
                ? r.errno().map(e -> " = -1 " + e.name()).orElse(" = ok")
                : " killed by " + r.killed();
        boolean waited = r.killed().isEmpty() && r.nanos() >= Shown.LONG_MILLIS * 1_000_000;
        words
            .of(steps.get(i))
            .forEach(
                w ->
                    answers.add(
                        actor.name()
                            + " "
                            + w.split(" ")[0]
                            + answer
                            + (waited ? Shown.WAITED : "")));
      }
    }
    answers.sort(null);
    return new Shown(Shown.Sort.RACE, String.join("\n", answers), device);
  }

  private List<String> race(Step.Actors step) {
    List<String> commands = new ArrayList<>();
    boolean other = step.acts().stream().anyMatch(s -> s.kind() == Step.Kind.NEIGHBOUR_WRITE);
    if (other) {
      commands.add(
          "other=$(ls -d " + BUS + "/drivers/kmem/dax* | grep -v /" + name() + "$ | head -n 1)");
    }
    commands.add("agent race --within " + step.limitMillis() + "ms \\");
    for (Step.Actor actor : step.actors()) {
      for (Step s : actor.steps()) {
        words.of(s).forEach(w -> commands.add("  \"" + actor.name() + " " + w + "\" \\"));
      }
    }
    int last = commands.size() - 1;
    commands.set(last, commands.get(last).replaceFirst(" \\\\$", ""));
    return commands;
  }

  private List<String> blockWrite(Step.BlockWrite step) {
    List<Long> numbers = words.numbers(step.blocks());
    if (numbers.size() <= 2) {
      return words.of(step).stream().map(w -> "agent " + w).toList();
    }
    return List.of(
        "for n in " + list(numbers) + "; do",
        "  agent write " + MEMORY + "/memory$n/state " + step.word(),
        "done");
  }

  /** The numbers for a loop; the runs of a large device as {@code $(seq FIRST LAST)}. */
  static String list(List<Long> numbers) {
    List<String> words = new ArrayList<>();
    int from = 0;
    for (int i = 1; i <= numbers.size(); i++) {
      if (i < numbers.size() && numbers.get(i) == numbers.get(i - 1) + 1) {
        continue;
      }
      if (i - from > 3) {
        words.add("$(seq " + numbers.get(from) + " " + numbers.get(i - 1) + ")");
      } else {
        numbers.subList(from, i).forEach(n -> words.add(n.toString()));
      }
      from = i;
    }
    return String.join(" ", words);
  }

  private String pinned(Step step) {
    BlockRef ref = ((Step.Pin) step).block();
    boolean one = ref.range().kind() == BlockRef.Place.Kind.EVERY;
    if (one && ref.block().kind() != BlockRef.Place.Kind.EVERY) {
      return ref.block().toString();
    }
    return words.numbers(ref).stream()
        .map(n -> "memory" + n)
        .collect(java.util.stream.Collectors.joining(" "));
  }

  /** The numbers of memory blocks. */
  List<Long> numbers(BlockRef blocks) {
    return words.numbers(blocks);
  }

  private String name() {
    return device.name();
  }

  static String echo(String word, String file) {
    return "echo " + word + " > " + file;
  }

  private static String agent(String words) {
    return "agent " + words;
  }

  /** {@code agent write FILE WORD} as the shell's own. */
  private static String echoed(String command) {
    return command.replaceFirst("agent write (\\S+) (\\S+)$", "echo $2 > $1");
  }

  static String seconds(long micros) {
    return new java.math.BigDecimal(micros).movePointLeft(6).stripTrailingZeros().toPlainString();
  }
}
