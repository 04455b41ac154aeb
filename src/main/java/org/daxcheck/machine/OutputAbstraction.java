package org.daxcheck.machine;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.daxcheck.abi.Dialect;
import org.daxcheck.abi.Policy;
import org.daxcheck.abi.Word;
import org.daxcheck.abi.Zone;
import org.daxcheck.step.Device;
import org.daxcheck.step.Observation;
import org.daxcheck.step.Reply;
import org.daxcheck.step.Result;
import org.daxcheck.step.Step;
import org.daxcheck.target.Target;

/**
 * The abstraction: of an answer and an observation, what a machine's output keeps. That is the
 * answer, the attribute's word, the driver, each block's state and zone, the policy, and whether
 * iomem and MemTotal fit the blocks. It leaves out times, log, taint, uevents, addresses, nodes,
 * and zones that the kernel is free to choose.
 */
public final class OutputAbstraction {
  private final Device device;
  private final Dialect dialect;
  private final Policy bootPolicy;
  private final long baselineKib;

  /**
   * A view of a device.
   *
   * @param baselineKib MemTotal while no block of the device is online, in KiB
   */
  public OutputAbstraction(Device device, Dialect dialect, Policy bootPolicy, long baselineKib) {
    this.device = device;
    this.dialect = dialect;
    this.bootPolicy = bootPolicy;
    this.baselineKib = baselineKib;
  }

  /** A view of the target's device, which looks like this now. */
  public static OutputAbstraction of(Target target, Observation now) {
    long online = now.blocks().stream().filter(b -> isOnline(b)).count();
    return new OutputAbstraction(
        target.device(),
        target.dialect(),
        target.bootPolicy(),
        now.memTotalKib() - online * target.device().memTotalPerBlockKib());
  }

  /** The output that a reply to the step stands for. */
  public MealyOutput of(Step step, Reply reply) {
    return new MealyOutput(answer(step, reply.result()), sight(reply.observation()));
  }

  private static String answer(Step step, Result result) {
    if (result.timeout()) {
      return "no end";
    }
    if (result.errno().isPresent()) {
      return result.errno().get().name();
    }
    return step.isWhole(result) ? "ok" : "returned " + result.value();
  }

  /** What is seen of the device, in a few words. */
  public String sight(Observation seen) {
    List<String> parts = new ArrayList<>();
    Optional<String> word =
        seen.attribute(dialect.attribute())
            .map(a -> a.error().isEmpty() ? a.text().strip() : a.error());
    if (!seen.driver().equals("kmem")) {
      parts.add(seen.driver().equals("none") ? "unbound" : seen.driver());
    }
    word.ifPresent(parts::add);
    if (word.isEmpty() && seen.driver().equals("kmem")) {
      parts.add("no attribute");
    }
    // Where the whole device was onlined by `online`, the kernel chose the zone.
    boolean anyZone = word.filter(Word.ONLINE.text()::equals).isPresent();
    if (!seen.blocks().isEmpty()) {
      parts.add(blocks(seen, anyZone));
    }
    if (!seen.policy().equals(bootPolicy.text())) {
      parts.add("policy " + seen.policy());
    }
    iomem(seen).ifPresent(parts::add);
    long online = seen.blocks().stream().filter(OutputAbstraction::isOnline).count();
    long over = seen.memTotalKib() - baselineKib - online * device.memTotalPerBlockKib();
    if (over != 0) {
      parts.add("MemTotal " + (over > 0 ? "+" : "") + over + " kB");
    }
    return String.join(", ", parts);
  }

  /** A letter for each block, range by range. */
  private String blocks(Observation seen, boolean anyZone) {
    List<String> ranges = new ArrayList<>();
    for (Device.Range range : device.ranges()) {
      StringBuilder letters = new StringBuilder();
      for (int i = 0; i < range.blocks(); i++) {
        letters.append(seen.block(range.firstBlock() + i).map(b -> letter(b, anyZone)).orElse("-"));
      }
      if (range.blocks() > 0) {
        ranges.add(letters.toString());
      }
    }
    return String.join(" ", ranges);
  }

  private static String letter(Observation.Block block, boolean anyZone) {
    if (!isOnline(block)) {
      return block.state().equals("offline") ? "o" : "?";
    }
    if (anyZone) {
      return "+";
    }
    return block.zones().equals(Zone.MOVABLE.text())
        ? "M"
        : block.zones().equals(Zone.NORMAL.text()) ? "N" : "?";
  }

  private static boolean isOnline(Observation.Block block) {
    return block.state().equals(Word.ONLINE.text());
  }

  /** What is odd: a range has both its lines exactly while it has blocks. */
  private Optional<String> iomem(Observation seen) {
    int reserved = 0;
    int ram = 0;
    boolean odd = false;
    for (Device.Range range : device.ranges()) {
      boolean added = false;
      for (int i = 0; i < range.blocks(); i++) {
        added |= seen.block(range.firstBlock() + i).isPresent();
      }
      boolean isReserved = has(seen, range, device.name());
      boolean isRam = has(seen, range, Observation.Region.RAM);
      reserved += isReserved ? 1 : 0;
      ram += isRam ? 1 : 0;
      odd |= isReserved != added || isRam != added;
    }
    String of = " of " + device.ranges().size();
    return odd
        ? Optional.of("iomem: reserved " + reserved + of + ", RAM " + ram + of)
        : Optional.empty();
  }

  private static boolean has(Observation seen, Device.Range range, String name) {
    return seen.iomem().stream()
        .anyMatch(
            r -> r.name().equals(name) && r.start() <= range.end() && r.end() >= range.start());
  }
}
