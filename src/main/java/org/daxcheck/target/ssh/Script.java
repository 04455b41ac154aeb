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

  private static final int SECOND = 1_000;

  /** Emulated CXL memory is slow to search for a free page in a given block. */
  private static final int PIN_LIMIT_MILLIS = 30_000;

  /** What the agent allows a step that says nothing. */
  private static final int DEFAULT_LIMIT_MILLIS = 10_000;

  /** Its memory is slow to search and to write; 16 MiB take some seconds. */
  private static final int FILL_LIMIT_MILLIS = 30_000;

  /** Where a block's memory map lies in it, a change writes that much of slow memory. */
  private static final int MEMMAP_LIMIT_MILLIS = 30_000;

  /** Two scans of all memory, and the age that a leak has before it is told. */
  private static final int SCAN_LIMIT_MILLIS = 60_000;

  private final Device device;
  private final String attribute;
  private final Optional<String> neighbour;
  private final double slowness;
  private final List<String> pins = new ArrayList<>();
  private int pinned;

  /**
   * A script for the device.
   *
   * @param attribute name of the attribute file
   * @param neighbour another dax device that is bound to kmem; empty where there is none
   * @param slowness by what all limits are multiplied, at least 1
   */
  Script(Device device, String attribute, Optional<String> neighbour, double slowness) {
    this.device = device;
    this.attribute = attribute;
    this.neighbour = neighbour;
    this.slowness = slowness;
  }

  /** The requests for one step, at least one; the step's result is that of the first that fails. */
  List<String> lines(Step step) {
    if (step.kind() == Step.Kind.ACTORS) {
      return actors((Step.Actors) step);
    }
    int limit = agentsLimit(step);
    return words(step).stream()
        .map(l -> limit == DEFAULT_LIMIT_MILLIS ? l : l.replaceFirst(" ", " limit=" + limit + " "))
        .toList();
  }

  /** True for a look that is more than a sight: the kernel searches its memory for it. */
  static boolean isScan(Step step) {
    return step.equals(Step.Look.at(Step.Aspect.LEAKS));
  }

  /** What bounds each request of a step at the agent, in ms. */
  private int agentsLimit(Step step) {
    return switch (step.kind()) {
      case FILL, VERIFY -> scaled(FILL_LIMIT_MILLIS);
      case PIN -> scaled(PIN_LIMIT_MILLIS);
      // Where a block's memory map lies in it, what adds or removes it takes longer.
      case WRITE, BIND, UNBIND, SET_POLICY, BLOCK_WRITE ->
          scaled(device.memmapKib() == 0 ? DEFAULT_LIMIT_MILLIS : MEMMAP_LIMIT_MILLIS);
      case READ,
          UNPIN,
          UNLOAD,
          LOAD,
          FREE,
          INJECT,
          REFUSE_ADD,
          OCCUPY,
          RESHAPE,
          NEIGHBOUR_WRITE,
          DELAY ->
          scaled(DEFAULT_LIMIT_MILLIS);
      case AWAIT ->
          Math.max(DEFAULT_LIMIT_MILLIS, scaled(((Step.Await) step).limitMillis()) + SECOND);
      case FAIL_NTH -> agentsLimit(((Step.FailNth) step).step());
      // They say themselves how long they take, or take no time.
      case SLEEP, SIGNAL, ACTORS -> DEFAULT_LIMIT_MILLIS;
      case LOOK -> isScan(step) ? scaled(SCAN_LIMIT_MILLIS) : DEFAULT_LIMIT_MILLIS;
    };
  }

  /** A limit as this machine needs it, in ms: all limits are chosen for a usual one. */
  private int scaled(int millis) {
    return (int) Math.min(Integer.MAX_VALUE, Math.round(millis * slowness));
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
        yield List.of("wait " + dev(attribute) + " " + word + " " + scaled(await.limitMillis()));
      }
      case SLEEP -> List.of("sleep " + ((Step.Sleep) step).micros());
      case SIGNAL -> {
        Step.Signal signal = (Step.Signal) step;
        yield List.of(
            "signal %s SIG%s %d".formatted(signal.actor(), signal.signal(), signal.afterMicros()));
      }
      case FILL ->
          List.of("fill %s %d %d =1".formatted(FILL, device.node(), ((Step.Fill) step).bytes()));
      case VERIFY -> List.of("verify " + FILL);
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
      case DELAY -> {
        Step.Delay delay = (Step.Delay) step;
        yield List.of(
            "delay "
                + delay
                    .point()
                    .map(p -> p.name().toLowerCase(Locale.ROOT) + " " + delay.millis())
                    .orElse(NOTHING));
      }
      case FAIL_NTH -> {
        Step.FailNth fail = (Step.FailNth) step;
        String option =
            " fail=" + fail.memory().name().toLowerCase(Locale.ROOT) + ":" + fail.nth() + " ";
        yield words(fail.step()).stream().map(l -> l.replaceFirst(" ", option)).toList();
      }
      case ACTORS -> actors((Step.Actors) step);
      case LOOK -> List.of(isScan(step) ? "leaks" : OBSERVE);
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
        words(step).forEach(l -> lines.add(actor.name() + " " + l.replaceFirst("^!", "")));
      }
    }
    lines.add(0, "actors " + scaled(actors.limitMillis()) + " " + lines.size());
    return lines;
  }

  /** The pages that are held once all that was asked for is done. */
  List<String> held() {
    return List.copyOf(pins);
  }

  /** Of what was asked for last not all was done: these are the pages that are held. */
  void holdsOnly(List<String> held) {
    pins.clear();
    pins.addAll(held);
  }

  private String pin(int block) {
    String id = "p" + pinned++;
    pins.add(id);
    long start = device.blockNumber(block) * device.blockSize();
    return "!pin %s %d 0x%x 0x%x".formatted(id, device.node(), start, start + device.blockSize());
  }

  private String name() {
    return bytes(Payload.exactly(device.name()));
  }

  /** How long the agent may take over a step, in ms, before it must have answered. */
  int limitMillis(Step step) {
    return switch (step.kind()) {
      case ACTORS -> scaled(((Step.Actors) step).limitMillis()) + 4 * SECOND;
      case WRITE,
          READ,
          BIND,
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
          FAIL_NTH,
          LOOK ->
          agentsLimit(step);
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
