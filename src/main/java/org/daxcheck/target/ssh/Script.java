package org.daxcheck.target.ssh;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.daxcheck.abi.Driver;
import org.daxcheck.step.Device;
import org.daxcheck.step.Payload;
import org.daxcheck.step.Step;

/** Says steps in the words of the agent's protocol (qemu/agent/PROTOCOL.md). */
final class Script {
  private static final String DRIVERS = "/sys/bus/dax/drivers/";
  private static final String MEMORY = "/sys/devices/system/memory/";
  private static final String FILL = "filled";

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
  private final List<String> pins = new ArrayList<>();
  private int pinned;

  /**
   * A script for the device.
   *
   * @param attribute name of the attribute file
   */
  Script(Device device, String attribute) {
    this.device = device;
    this.attribute = attribute;
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
    String dev = "/sys/bus/dax/devices/" + device.name() + "/";
    if (step instanceof Step.Write write) {
      String verb = write.who() == Step.Who.ROOT ? "write " : "uwrite ";
      return List.of(verb + dev + attribute + " " + bytes(write.payload()));
    }
    if (step instanceof Step.Read read) {
      return List.of((read.who() == Step.Who.ROOT ? "read " : "uread ") + dev + attribute);
    }
    if (step instanceof Step.Bind bind) {
      return bind.driver() == Driver.KMEM
          ? List.of("write " + DRIVERS + "kmem/bind " + name())
          // device_dax takes a device of the kmem kind only by its id, and binds it at once, or
          // fails in silence; the second line then tells the error.
          : List.of(
              "write " + DRIVERS + "device_dax/new_id " + name(),
              "write " + DRIVERS + "device_dax/bind " + name(),
              "write " + DRIVERS + "device_dax/remove_id " + name());
    }
    if (step instanceof Step.Unbind) {
      return List.of("write " + dev + "driver/unbind " + name());
    }
    if (step instanceof Step.SetPolicy set) {
      return List.of(
          "write " + MEMORY + "auto_online_blocks " + bytes(Payload.line(set.policy().text())));
    }
    if (step instanceof Step.BlockWrite write) {
      return write.blocks().in(device.blocksOfRanges()).stream()
          .map(
              i ->
                  "write %smemory%d/state %s"
                      .formatted(MEMORY, device.blockNumber(i), bytes(Payload.line(write.word()))))
          .toList();
    }
    if (step instanceof Step.Pin pin) {
      return pin.block().in(device.blocksOfRanges()).stream().map(this::pin).toList();
    }
    if (step instanceof Step.Unpin) {
      List<String> lines = new ArrayList<>(pins.stream().map(id -> "unpin " + id).toList());
      pins.clear();
      return lines.isEmpty() ? List.of("observe") : lines;
    }
    if (step instanceof Step.Fill fill) {
      return List.of(
          "fill limit=%d %s %d %d =1"
              .formatted(FILL_LIMIT_MILLIS, FILL, device.node(), fill.bytes()));
    }
    if (step instanceof Step.Verify) {
      return List.of("verify limit=" + FILL_LIMIT_MILLIS + " " + FILL);
    }
    if (step instanceof Step.Free) {
      return List.of("free " + FILL);
    }
    if (step instanceof Step.Inject inject) {
      return List.of(
          inject
              .change()
              .map(c -> "inject " + c.name().toLowerCase(Locale.ROOT) + " " + inject.errno().name())
              .orElse("inject nothing"));
    }
    if (step instanceof Step.Unload) {
      return List.of("rmmod kmem");
    }
    if (step instanceof Step.Load) {
      return List.of("insmod " + MODULE);
    }
    if (step instanceof Step.Await await) {
      return List.of(
          "wait %s%s %s %d"
              .formatted(
                  dev,
                  attribute,
                  bytes(Payload.exactly(await.word().text())),
                  await.limitMillis()));
    }
    if (step instanceof Step.Sleep sleep) {
      return List.of("sleep " + sleep.micros());
    }
    if (step instanceof Step.Signal signal) {
      return List.of(
          "signal %s SIG%s %d".formatted(signal.actor(), signal.signal(), signal.afterMicros()));
    }
    if (step instanceof Step.Actors actors) {
      return actors(actors);
    }
    return List.of("observe");
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
    if (step instanceof Step.Actors actors) {
      return actors.limitMillis() + 4_000;
    }
    if (step instanceof Step.Await await) {
      return await.limitMillis();
    }
    if (step instanceof Step.Fill || step instanceof Step.Verify) {
      return FILL_LIMIT_MILLIS;
    }
    return step instanceof Step.Pin ? PIN_LIMIT_MILLIS : DEFAULT_LIMIT_MILLIS;
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
