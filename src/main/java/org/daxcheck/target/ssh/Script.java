package org.daxcheck.target.ssh;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.daxcheck.abi.Driver;
import org.daxcheck.step.BlockRef;
import org.daxcheck.step.Device;
import org.daxcheck.step.Payload;
import org.daxcheck.step.Step;

/** Says steps in the words of the agent's protocol (qemu/agent/PROTOCOL.md). */
final class Script {
  private static final String DEVICES = "/sys/bus/dax/devices/";
  private static final String DRIVERS = "/sys/bus/dax/drivers/";
  private static final String MEMORY = "/sys/devices/system/memory/";
  private static final String FILL = "filled";
  private static final String OBSERVE = "observe";
  private static final String NOTHING = "nothing";

  /** No device of ours has it: they are aligned to 2 MiB. */
  private static final long OTHER_ALIGN = 1L << 30;

  /** Where the machine's kmem driver lies. */
  static final String MODULE = "/lib/daxcheck/modules/kmem.ko";

  /** Emulated CXL memory is slow to search for a free page in a given block. */
  private static final int PIN_LIMIT_MILLIS = 30_000;

  /** What the agent allows a step that says nothing. */
  static final int DEFAULT_LIMIT_MILLIS = 10_000;

  /** Its memory is slow to search and to write; 16 MiB take some seconds. */
  private static final int FILL_LIMIT_MILLIS = 30_000;

  /** Where a block's memory map lies in it, a change writes that much of slow memory. */
  private static final int MEMMAP_LIMIT_MILLIS = 30_000;

  private final Device device;
  private final String attribute;
  private final Optional<String> neighbour;
  private final List<String> pins = new ArrayList<>();
  private int pinned;

  /**
   * A script for the device.
   *
   * @param attribute name of the attribute file
   * @param neighbour another dax device that is bound to kmem; empty where there is none
   */
  Script(Device device, String attribute, Optional<String> neighbour) {
    this.device = device;
    this.attribute = attribute;
    this.neighbour = neighbour;
  }

  /** The requests for one step, at least one; the step's result is that of the first that fails. */
  List<String> lines(Step step) {
    List<String> lines = words(step);
    return device.memmapKib() == 0
        ? lines
        : lines.stream()
            .map(l -> l.replaceFirst("^write ", "write limit=" + MEMMAP_LIMIT_MILLIS + " "))
            .toList();
  }

  private List<String> words(Step step) {
    return switch (step.kind()) {
      case WRITE -> {
        Step.Write write = (Step.Write) step;
        yield List.of(
            (write.who() == Step.Who.ROOT ? "write " : "uwrite ")
                + dev(attribute)
                + " "
                + bytes(write.payload())
                + (write.offset() == 0 ? "" : " " + write.offset()));
      }
      case READ -> {
        Step.Who who = ((Step.Read) step).who();
        yield List.of((who == Step.Who.ROOT ? "read " : "uread ") + dev(attribute));
      }
      case BIND ->
          ((Step.Bind) step).driver() == Driver.KMEM
              ? List.of("write " + DRIVERS + "kmem/bind " + name())
              // device_dax takes a device of the kmem kind only by its id, and binds it at once, or
              // fails in silence; the second line then tells the error.
              : List.of(
                  "write " + DRIVERS + "device_dax/new_id " + name(),
                  "write " + DRIVERS + "device_dax/bind " + name(),
                  "write " + DRIVERS + "device_dax/remove_id " + name());
      case UNBIND -> List.of("write " + dev("driver/unbind") + " " + name());
      case SET_POLICY ->
          List.of(
              "write "
                  + MEMORY
                  + "auto_online_blocks "
                  + line(((Step.SetPolicy) step).policy().text()));
      case BLOCK_WRITE -> {
        Step.BlockWrite write = (Step.BlockWrite) step;
        yield write.blocks().in(device.blocksOfRanges()).stream()
            .map(i -> "write " + MEMORY + "memory" + device.blockNumber(i) + "/state ")
            .map(l -> l + line(write.word()))
            .toList();
      }
      case PIN ->
          ((Step.Pin) step).block().in(device.blocksOfRanges()).stream().map(this::pin).toList();
      case UNPIN -> {
        List<String> lines = new ArrayList<>(pins.stream().map(id -> "unpin " + id).toList());
        pins.clear();
        yield lines.isEmpty() ? List.of(OBSERVE) : lines;
      }
      case UNLOAD -> List.of("rmmod kmem");
      case LOAD -> List.of("insmod " + MODULE);
      case AWAIT -> {
        Step.Await await = (Step.Await) step;
        String word = bytes(Payload.exactly(await.word().text()));
        yield List.of("wait " + dev(attribute) + " " + word + " " + await.limitMillis());
      }
      case SLEEP -> List.of("sleep " + ((Step.Sleep) step).micros());
      case SIGNAL -> {
        Step.Signal signal = (Step.Signal) step;
        yield List.of(
            "signal %s SIG%s %d".formatted(signal.actor(), signal.signal(), signal.afterMicros()));
      }
      case FILL ->
          List.of(
              "fill limit=%d %s %d %d =1"
                  .formatted(FILL_LIMIT_MILLIS, FILL, device.node(), ((Step.Fill) step).bytes()));
      case VERIFY -> List.of("verify limit=" + FILL_LIMIT_MILLIS + " " + FILL);
      case FREE -> List.of("free " + FILL);
      case INJECT -> {
        Step.Inject inject = (Step.Inject) step;
        yield List.of(
            "inject "
                + inject
                    .change()
                    .map(c -> c.name().toLowerCase(Locale.ROOT) + " " + inject.errno().name())
                    .orElse(NOTHING));
      }
      case REFUSE_ADD -> {
        Step.RefuseAdd refuse = (Step.RefuseAdd) step;
        yield List.of(
            "addfail "
                + whole(refuse.range())
                    .map(r -> "0x%x %s".formatted(start(r), refuse.errno().name()))
                    .orElse(NOTHING));
      }
      case OCCUPY ->
          List.of(
              "occupy "
                  + whole(((Step.Occupy) step).range())
                      .map(r -> "0x%x 0x%x".formatted(start(r), end(r)))
                      .orElse(NOTHING));
      case RESHAPE -> List.of(reshape(((Step.Reshape) step).shape()));
      case NEIGHBOUR_WRITE ->
          List.of(
              "write "
                  + DEVICES
                  + neighbour.orElseThrow(() -> new IllegalStateException("no neighbour"))
                  + "/"
                  + attribute
                  + " "
                  + line(((Step.NeighbourWrite) step).word().text()));
      case ACTORS -> actors((Step.Actors) step);
      case LOOK -> List.of(OBSERVE);
    };
  }

  private String reshape(Step.Shape shape) {
    return switch (shape) {
      case MAPPING -> "remap " + device.name();
      case SIZE -> "write " + dev("size") + " =0";
      case ALIGN -> "write " + dev("align") + " " + line(Long.toString(OTHER_ALIGN));
      case MEMMAP ->
          "write " + dev("memmap_on_memory") + " " + line(device.memmapKib() == 0 ? "1" : "0");
      case DELETE -> "write " + dev("../dax_region/delete") + " " + name();
    };
  }

  /** The range, where there is one and it has a whole block; what has none is never added. */
  private Optional<Device.Range> whole(Optional<BlockRef.Place> place) {
    return place.stream()
        .flatMap(p -> p.in(device.ranges().size()).stream())
        .map(i -> device.ranges().get(i))
        .filter(r -> r.blocks() > 0)
        .findFirst();
  }

  /** The first byte of the range's whole blocks. */
  private long start(Device.Range range) {
    return range.firstBlock() * device.blockSize();
  }

  /** The last byte of the range's whole blocks. */
  private long end(Device.Range range) {
    return start(range) + range.blocks() * device.blockSize() - 1;
  }

  /** A file of the device. */
  private String dev(String file) {
    return DEVICES + device.name() + "/" + file;
  }

  private static String line(String word) {
    return bytes(Payload.line(word));
  }

  private List<String> actors(Step.Actors actors) {
    List<String> lines = new ArrayList<>();
    for (Step.Actor actor : actors.actors()) {
      for (Step step : actor.steps()) {
        // What bounds an actor is the limit of them all.
        lines(step)
            .forEach(
                l -> lines.add(actor.name() + " " + l.replaceFirst("^!?(\\S+) limit=\\d+", "$1")));
      }
    }
    lines.add(0, "actors " + actors.limitMillis() + " " + lines.size());
    return lines;
  }

  /** The pin that was asked for last is not there. */
  void forgetLastPin() {
    if (!pins.isEmpty()) {
      pins.remove(pins.size() - 1);
    }
  }

  private String pin(int block) {
    String id = "p" + pinned++;
    pins.add(id);
    long start = device.blockNumber(block) * device.blockSize();
    return "!pin limit=%d %s %d 0x%x 0x%x"
        .formatted(PIN_LIMIT_MILLIS, id, device.node(), start, start + device.blockSize());
  }

  private String name() {
    return bytes(Payload.exactly(device.name()));
  }

  /** How long the agent may take over a step, in ms, before it must have answered. */
  static int limitMillis(Step step) {
    return switch (step.kind()) {
      case ACTORS -> ((Step.Actors) step).limitMillis() + 4_000;
      case AWAIT -> ((Step.Await) step).limitMillis();
      case FILL, VERIFY -> FILL_LIMIT_MILLIS;
      case PIN -> PIN_LIMIT_MILLIS;
      case WRITE,
          READ,
          BIND,
          UNBIND,
          SET_POLICY,
          BLOCK_WRITE,
          UNPIN,
          UNLOAD,
          LOAD,
          SLEEP,
          SIGNAL,
          FREE,
          INJECT,
          REFUSE_ADD,
          OCCUPY,
          RESHAPE,
          NEIGHBOUR_WRITE,
          LOOK ->
          DEFAULT_LIMIT_MILLIS;
    };
  }

  /** A byte string of the protocol: {@code =} and the bytes, all but plain ones as %XX. */
  static String bytes(Payload payload) {
    StringBuilder out = new StringBuilder("=");
    for (byte b : payload.bytes()) {
      int c = b & 0xff;
      boolean plain =
          c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_';
      if (plain || c == '.' || c == '-') {
        out.append((char) c);
      } else {
        out.append('%').append(String.format("%02X", c));
      }
    }
    return out.toString();
  }
}
