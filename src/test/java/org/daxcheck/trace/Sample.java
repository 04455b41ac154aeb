package org.daxcheck.trace;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.daxcheck.abi.Dialect;
import org.daxcheck.abi.TargetKind;
import org.daxcheck.step.Device;
import org.daxcheck.step.Observation;
import org.daxcheck.step.Reply;
import org.daxcheck.step.Result;
import org.daxcheck.step.Step;

/** Builds traces of a device of two ranges: blocks 34 and 35, and 37 to 39. */
public final class Sample {
  public static final long BLOCK_SIZE = 128L << 20;
  public static final Device DEVICE =
      new Device("dax0.0", 1, BLOCK_SIZE, List.of(range(34, 2), range(37, 3)));

  private final List<Trace.Entry> entries = new ArrayList<>();
  private final Map<String, Step> steps = new LinkedHashMap<>();
  private final Trace.Header header;
  private final Device device;

  private Sample(Trace.Header header) {
    this.header = header;
    this.device = header.device();
  }

  /** A trace of a target. */
  public static Sample of(String target) {
    return of(target, DEVICE, 2_000_000);
  }

  /** A trace of a target with its own device and MemTotal. */
  public static Sample of(String target, Device device, long baselineKib) {
    return new Sample(
        new Trace.Header(
            "type-change",
            "KMEM type-change\n# A \"change\" – needs an unplug.\n",
            target,
            TargetKind.of(target).orElse(TargetKind.GUEST),
            Dialect.LINUX_7_3,
            "7.3.4",
            "cxl-ranges",
            "offline",
            device,
            baselineKib,
            true));
  }

  /** A range of whole blocks. */
  public static Device.Range range(long first, int blocks) {
    return new Device.Range(first * BLOCK_SIZE, (first + blocks) * BLOCK_SIZE - 1, first, blocks);
  }

  /** Adds a step of the scenario. */
  public Sample step(int line, String text, Step step, Result result, Observation seen) {
    return step(Trace.Phase.SCENARIO, line, text, step, result, seen);
  }

  /** Adds a step. */
  public Sample step(
      Trace.Phase phase, int line, String text, Step step, Result result, Observation seen) {
    steps.put(text, step);
    entries.add(new Trace.Entry(phase, line, text, step, new Reply(result, seen)));
    return this;
  }

  /** The trace. */
  public Trace trace() {
    return new Trace(header, unplugged(), entries);
  }

  /** Reads exactly the texts of this trace's steps. */
  public Function<String, Step> parser() {
    return text -> {
      Step step = steps.get(text);
      if (step == null) {
        throw new IllegalArgumentException("no such step: " + text);
      }
      return step;
    };
  }

  /** The observation of the unplugged device. */
  public Observation unplugged() {
    return seen("unplugged", List.of(), List.of(), List.of());
  }

  /** The observation of the device with every block online in a zone. */
  public Observation online(String word, String zone, Observation.LogLine... log) {
    List<Observation.Block> blocks = new ArrayList<>();
    List<Observation.Region> iomem = new ArrayList<>();
    for (Device.Range r : device.ranges()) {
      for (int i = 0; i < r.blocks(); i++) {
        blocks.add(new Observation.Block(r.firstBlock() + i, "online", zone, 1));
      }
      iomem.add(new Observation.Region(r.start(), r.end(), device.name(), 1));
      iomem.add(new Observation.Region(r.start(), r.end(), "System RAM (kmem)", 2));
    }
    return seen(word, blocks, iomem, List.of(log));
  }

  private Observation seen(
      String word,
      List<Observation.Block> blocks,
      List<Observation.Region> iomem,
      List<Observation.LogLine> log) {
    return new Observation(
        List.of(
            new Observation.Attribute("state", "0644", 0, 0, "", word + "\n"),
            new Observation.Attribute("hotplug", "", 0, 0, "", "")),
        "kmem",
        "offline",
        header.baselineKib() + blocks.size() * (BLOCK_SIZE >> 10),
        blocks,
        iomem,
        12288,
        log,
        false,
        List.of(new Observation.Uevent("change", "/devices/system/memory/memory34")));
  }

  /** A result with every member set. */
  public static Result full() {
    Result inner =
        new Result(-1, Optional.of(org.daxcheck.abi.Errno.EINTR), "", 5, 6, true, "", List.of());
    return new Result(
        0,
        Optional.empty(),
        "bytes \u0000\u00ff\n",
        1234,
        5_000_000_000L,
        false,
        "KILL",
        List.of(new Result.ActorResult("P0", List.of(inner), true)));
  }
}
