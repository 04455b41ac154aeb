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
import org.daxcheck.step.Step;
import org.daxcheck.trace.Trace;

/** The words of a step as the agent's command line has them, and the lines of its actors. */
final class AgentWords {
  static final String MEMORY = "/sys/devices/system/memory";
  static final String BUS = "/sys/bus/dax";

  /** Words that {@code echo} of every shell writes as they are. */
  private static final Pattern ECHOED = Pattern.compile("[A-Za-z0-9_]+\n");

  /** The longest piece of one argument, so that a line stays readable in a mail. */
  private static final int PIECE = 60;

  private final Device device;
  private final String attributeName;

  AgentWords(Trace.Header header) {
    this.device = header.device();
    String name = header.dialect().attribute();
    this.attributeName = name.isEmpty() ? "state" : name;
  }

  /** The name of the attribute's file. */
  String attributeName() {
    return attributeName;
  }

  /** The path of the attribute. */
  String attribute() {
    return file(attributeName);
  }

  /** A file of the device. */
  String file(String name) {
    return BUS + "/devices/" + name() + "/" + name;
  }

  /** True where {@code echo} writes the same bytes. */
  static boolean isEchoed(Payload payload) {
    return ECHOED.matcher(payload.text()).matches() && payload.length() <= PIECE;
  }

  /** The words of a step behind {@code agent}, and of an actor's line; several lines in order. */
  List<String> of(Step step) {
    return switch (step.kind()) {
      case WRITE -> {
        Step.Write w = (Step.Write) step;
        yield List.of(
            (w.who() == Step.Who.ROOT ? "write " : "uwrite ")
                + attribute()
                + " "
                + data(w.payload())
                + (w.offset() == 0 ? "" : " --at " + w.offset()));
      }
      case READ ->
          List.of((((Step.Read) step).who() == Step.Who.ROOT ? "read " : "uread ") + attribute());
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
              "write $other/" + attributeName + " " + ((Step.NeighbourWrite) step).word().text());
      case AWAIT ->
          List.of(
              "wait "
                  + attribute()
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
      case DELAY -> {
        Step.Delay delay = (Step.Delay) step;
        yield List.of(
            "delay "
                + delay
                    .point()
                    .map(p -> p.name().toLowerCase(Locale.ROOT) + " " + delay.millis())
                    .orElse("nothing"));
      }
      case FAIL_NTH -> {
        Step.FailNth fail = (Step.FailNth) step;
        String memory = fail.memory().name().toLowerCase(Locale.ROOT);
        yield of(fail.step()).stream()
            .map(l -> "--fail " + memory + ":" + fail.nth() + " " + l)
            .toList();
      }
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

  /** The payload of a write: a word and its newline, or exact bytes in pieces of a line each. */
  private static String data(Payload payload) {
    String text = payload.text();
    if (isEchoed(payload)) {
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
  static List<String> wrapped(String agent, String words) {
    if (words.length() <= 90 - agent.length()) {
      return List.of(agent + words);
    }
    List<String> lines = new ArrayList<>(List.of((agent + words).split(" (?==|--at)")));
    for (int i = 0; i < lines.size(); i++) {
      lines.set(i, (i == 0 ? "" : "  ") + lines.get(i) + (i < lines.size() - 1 ? " \\" : ""));
    }
    return lines;
  }
}
