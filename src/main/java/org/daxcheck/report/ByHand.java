package org.daxcheck.report;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.daxcheck.abi.Driver;
import org.daxcheck.step.BlockRef;
import org.daxcheck.step.Device;
import org.daxcheck.step.Payload;
import org.daxcheck.step.Result;
import org.daxcheck.step.Step;
import org.daxcheck.trace.Trace;

/**
 * Says steps as commands of a shell, such as a guest's busybox has: what a shell cannot do, or
 * would not tell, the agent does by its command line.
 */
final class ByHand {
  static final String MEMORY = "/sys/devices/system/memory";
  static final String BUS = "/sys/bus/dax";

  /** What bounds a step that hung, in ms: the agent's own limit. */
  private static final int LIMIT_MILLIS = 10_000;

  /** Words that {@code echo} of every shell writes as they are. */
  private static final Pattern ECHOED = Pattern.compile("[A-Za-z0-9_]+\n");

  /** The longest piece of one argument, so that a line stays readable in a mail. */
  private static final int PIECE = 60;

  private final Device device;
  private final String attribute;

  ByHand(Trace.Header header) {
    this.device = header.device();
    String name = header.dialect().attribute();
    this.attribute = file(name.isEmpty() ? "state" : name);
  }

  /** The path of the attribute. */
  String attribute() {
    return attribute;
  }

  /** A file of the device. */
  String file(String name) {
    return BUS + "/devices/" + device.name() + "/" + name;
  }

  /** The commands of a step whose result does not matter. */
  List<String> quiet(Step step) {
    return switch (step.kind()) {
      case WRITE -> {
        Step.Write w = (Step.Write) step;
        boolean plain =
            w.who() == Step.Who.ROOT
                && w.offset() == 0
                && ECHOED.matcher(w.payload().text()).matches()
                && w.payload().length() <= PIECE;
        yield plain ? List.of(echo(w.payload().text().strip(), attribute)) : loud(step);
      }
      case READ ->
          ((Step.Read) step).who() == Step.Who.ROOT ? List.of("cat " + attribute) : loud(step);
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
                      + attribute.substring(file("").length())
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
          RESHAPE ->
          wrapped("agent ", words(step).get(0));
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
        words(steps.get(i))
            .forEach(w -> answers.add(actor.name() + " " + w.split(" ")[0] + answer));
      }
    }
    answers.sort(null);
    return new Shown(Shown.Sort.RACE, String.join("\n", answers), device);
  }

  /** The words of a step behind {@code agent}, and of an actor's line; several lines in order. */
  private List<String> words(Step step) {
    return switch (step.kind()) {
      case WRITE -> {
        Step.Write w = (Step.Write) step;
        yield List.of(
            (w.who() == Step.Who.ROOT ? "write " : "uwrite ")
                + attribute
                + " "
                + data(w.payload())
                + (w.offset() == 0 ? "" : " --at " + w.offset()));
      }
      case READ ->
          List.of((((Step.Read) step).who() == Step.Who.ROOT ? "read " : "uread ") + attribute);
      case BIND -> {
        // A device meant for kmem matches device_dax only by its id; adding the id binds it too.
        Driver driver = ((Step.Bind) step).driver();
        yield List.of(
            "write "
                + BUS
                + "/drivers/"
                + driver.text()
                + (driver == Driver.DEVICE_DAX ? "/new_id " : "/bind ")
                + name());
      }
      case UNBIND -> List.of("write " + file("driver/unbind") + " " + name());
      case SET_POLICY ->
          List.of(
              "write " + MEMORY + "/auto_online_blocks " + ((Step.SetPolicy) step).policy().text());
      case BLOCK_WRITE ->
          numbers(((Step.BlockWrite) step).blocks()).stream()
              .map(n -> "write " + memory(n) + "/state " + ((Step.BlockWrite) step).word())
              .toList();
      case NEIGHBOUR_WRITE ->
          List.of(
              "write $other/"
                  + attribute.substring(file("").length())
                  + " "
                  + ((Step.NeighbourWrite) step).word().text());
      case AWAIT ->
          List.of(
              "wait "
                  + attribute
                  + " "
                  + ((Step.Await) step).word().text()
                  + " "
                  + ((Step.Await) step).limitMillis());
      case SLEEP -> List.of("sleep " + ((Step.Sleep) step).micros() + "us");
      case SIGNAL -> {
        Step.Signal s = (Step.Signal) step;
        yield List.of("signal " + s.actor() + " " + s.signal() + " " + s.afterMicros() + "us");
      }
      case UNLOAD -> List.of("rmmod kmem");
      case LOAD -> List.of("load kmem");
      case INJECT -> {
        Step.Inject inject = (Step.Inject) step;
        yield List.of(
            "inject "
                + inject
                    .change()
                    .map(c -> c.name().toLowerCase(Locale.ROOT) + " " + inject.errno().name())
                    .orElse("nothing"));
      }
      case REFUSE_ADD -> {
        Step.RefuseAdd refuse = (Step.RefuseAdd) step;
        yield List.of(
            "addfail "
                + whole(refuse.range())
                    .map(r -> hex(start(r)) + " " + refuse.errno().name())
                    .orElse("nothing"));
      }
      case OCCUPY ->
          List.of(
              "occupy "
                  + whole(((Step.Occupy) step).range())
                      .map(r -> hex(start(r)) + " " + hex(end(r)))
                      .orElse("nothing"));
      case RESHAPE -> List.of(reshape(((Step.Reshape) step).shape()));
      case PIN, UNPIN, FILL, VERIFY, FREE, LOOK, ACTORS ->
          throw new IllegalArgumentException(step.kind() + " is no one step of the agent");
    };
  }

  private String reshape(Step.Shape shape) {
    return switch (shape) {
      case MAPPING -> "remap " + name();
      case SIZE -> "write " + file("size") + " 0";
      case ALIGN -> "write " + file("align") + " " + (1L << 30);
      case MEMMAP ->
          "write " + file("memmap_on_memory") + " " + (device.memmapKib() == 0 ? "1" : "0");
      case DELETE -> "write " + file("../dax_region/delete") + " " + name();
    };
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
        words(s).forEach(w -> commands.add("  \"" + actor.name() + " " + w + "\" \\"));
      }
    }
    int last = commands.size() - 1;
    commands.set(last, commands.get(last).replaceFirst(" \\\\$", ""));
    return commands;
  }

  private List<String> blockWrite(Step.BlockWrite step) {
    List<Long> numbers = numbers(step.blocks());
    if (numbers.size() <= 2) {
      return words(step).stream().map(w -> "agent " + w).toList();
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
    return numbers(ref).stream()
        .map(n -> "memory" + n)
        .collect(java.util.stream.Collectors.joining(" "));
  }

  /** The numbers of memory blocks. */
  List<Long> numbers(BlockRef blocks) {
    return blocks.in(device.blocksOfRanges()).stream().map(device::blockNumber).toList();
  }

  /** The range, where there is one and it has a whole block. */
  private Optional<Device.Range> whole(Optional<BlockRef.Place> place) {
    List<Device.Range> all = device.ranges();
    return place.stream()
        .flatMap(p -> p.in(all.size()).stream())
        .map(all::get)
        .filter(r -> r.blocks() > 0)
        .findFirst();
  }

  private long start(Device.Range range) {
    return range.firstBlock() * device.blockSize();
  }

  private long end(Device.Range range) {
    return start(range) + range.blocks() * device.blockSize() - 1;
  }

  private static String hex(long address) {
    return "0x" + Long.toHexString(address);
  }

  private String name() {
    return device.name();
  }

  static String memory(long number) {
    return MEMORY + "/memory" + number;
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

  /** The payload of a write: a word and its newline, or exact bytes in pieces of a line each. */
  private static String data(Payload payload) {
    String text = payload.text();
    if (ECHOED.matcher(text).matches() && text.length() <= PIECE) {
      return text.strip();
    }
    if (text.length() > PIECE && text.chars().distinct().count() == 1) {
      String one = escaped(text.substring(0, 1));
      if (one.length() == 1) {
        return "=$(head -c " + text.length() + " /dev/zero | tr '\\000' '" + one + "')";
      }
    }
    List<String> pieces = new ArrayList<>();
    StringBuilder piece = new StringBuilder("=");
    for (int i = 0; i < text.length(); i++) {
      piece.append(escaped(text.substring(i, i + 1)));
      if (piece.length() > PIECE) {
        pieces.add(piece.toString());
        piece = new StringBuilder("=");
      }
    }
    if (piece.length() > 1 || pieces.isEmpty()) {
      pieces.add(piece.toString());
    }
    return String.join(" ", pieces);
  }

  private static String escaped(String text) {
    StringBuilder out = new StringBuilder();
    for (byte b : text.getBytes(StandardCharsets.ISO_8859_1)) {
      int c = b & 0xff;
      boolean plain = c < 128 && (Character.isLetterOrDigit(c) || c == '_' || c == '.');
      out.append(plain ? Character.toString(c) : String.format(Locale.ROOT, "%%%02x", c));
    }
    return out.toString();
  }

  /** A command whose many pieces of bytes are a line each. */
  private static List<String> wrapped(String agent, String words) {
    if (words.length() <= 90 - agent.length()) {
      return List.of(agent + words);
    }
    List<String> lines = new ArrayList<>(List.of((agent + words).split(" (?==|--at)")));
    for (int i = 0; i < lines.size(); i++) {
      lines.set(i, (i == 0 ? "" : "  ") + lines.get(i) + (i < lines.size() - 1 ? " \\" : ""));
    }
    return lines;
  }

  static String seconds(long micros) {
    return new java.math.BigDecimal(micros).movePointLeft(6).stripTrailingZeros().toPlainString();
  }
}
