package org.daxcheck.oracle;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.daxcheck.abi.Dialect;
import org.daxcheck.abi.Driver;
import org.daxcheck.abi.Policy;
import org.daxcheck.abi.RuleId;
import org.daxcheck.abi.Word;
import org.daxcheck.abi.Zone;
import org.daxcheck.model.BlockState;
import org.daxcheck.model.Claims;
import org.daxcheck.model.Facet;
import org.daxcheck.model.RangeState;
import org.daxcheck.model.State;
import org.daxcheck.step.Device;
import org.daxcheck.step.Observation;
import org.daxcheck.trace.Trace;

/** Reads observations of one device: compares them with states, and turns them into states. */
final class Lens {
  /** Name of the child that added memory has in /proc/iomem. Source: kmem.c 7.3, dax_kmem_init. */
  private static final String RAM = "System RAM (kmem)";

  /**
   * MemTotal is of all devices, and a driver that is loaded takes the others too. That nothing else
   * changes them is a rule of its own (ROBUST-5).
   */
  private static final Pattern NEIGHBOUR_ONLINE = Pattern.compile("\\bmemory\\d+ online\\b");

  /** MemTotal grows by less where the memory map lies on the device itself. */
  private static final RuleId MEMMAP = new RuleId("ROBUST", 3);

  private final Dialect dialect;
  private final Device device;
  private final long baselineKib;
  private final long neighbours;

  Lens(Trace trace) {
    this.dialect = trace.header().dialect();
    this.device = trace.header().device();
    this.baselineKib = trace.header().baselineKib();
    this.neighbours = online(trace.before());
  }

  /** Memory blocks of other devices that are online. */
  private static long online(Observation seen) {
    return NEIGHBOUR_ONLINE.matcher(seen.neighbours()).results().count();
  }

  /**
   * What of the observation is not as the state says, without what the belief knows already.
   *
   * @param before the observation before the step
   * @param logged texts that the step must have logged
   * @param mayWarn true where a WARN and its taint bit are announced
   * @param mayReturn true where a block may have gone and come back in between
   */
  List<Mismatch> compare(
      Belief belief,
      Observation seen,
      Claims claims,
      Observation before,
      List<String> logged,
      boolean mayWarn,
      boolean mayReturn) {
    List<Mismatch> found = new ArrayList<>();
    State state = belief.state();
    attribute(state, seen, claims, found);
    blocks(state, seen, claims, found);
    differs(found, claims, Facet.IOMEM, expectedIomem(state), Text.list(iomem(seen)));
    memTotal(state, seen, claims, found);
    differs(found, claims, Facet.DRIVER, state.driver().text(), seen.driver());
    differs(found, claims, Facet.POLICY, state.policy().text(), seen.policy());
    if (!seen.logLost()) {
      for (String text : logged) {
        if (seen.log().stream().noneMatch(line -> line.text().contains(text))) {
          differs(found, claims, Facet.LOG, "a line with \"" + text + "\"", "no such line");
        }
      }
    }
    health(seen, claims, before.taint(), mayWarn, found);
    if (claims.rule(Facet.UEVENTS).isPresent()) {
      // What is done to every device may add the blocks of others.
      boolean others = claims.rule(Facet.NEIGHBOURS).isPresent();
      differs(found, claims, Facet.UEVENTS, "none", uevents(seen, others));
    } else {
      changes(before, seen, claims, mayReturn, found);
    }
    differs(found, claims, Facet.NEIGHBOURS, before.neighbours(), seen.neighbours());
    Map<Facet, String> known = belief.known();
    return found.stream().filter(m -> !m.seen().equals(known.get(m.facet()))).toList();
  }

  private void memTotal(State state, Observation seen, Claims claims, List<Mismatch> found) {
    long online = state.onlineBlocks() + online(seen) - neighbours;
    long elsewhere = baselineKib + online * (device.blockSize() >> 10);
    // All of the memory counts: its map does not lie on it.
    boolean map = device.memmapKib() > 0 && online > 0 && seen.memTotalKib() == elsewhere;
    differs(
        found,
        map && claims.rule(Facet.MEMTOTAL).isPresent() ? claims.by(MEMMAP, Facet.MEMTOTAL) : claims,
        Facet.MEMTOTAL,
        memTotal(baselineKib + online * device.memTotalPerBlockKib()),
        memTotal(seen.memTotalKib()));
  }

  private void attribute(State state, Observation seen, Claims claims, List<Mismatch> found) {
    for (Observation.Attribute other : seen.attributes()) {
      if (!other.name().equals(dialect.attribute())) {
        differs(found, claims, Facet.NAME, "absent", other.present() ? "present" : "absent");
      }
    }
    Optional<Observation.Attribute> attribute = seen.attribute(dialect.attribute());
    // Another driver than there should be is told by itself; the file must go with that driver.
    boolean bound = seen.driver().equals(Driver.KMEM.text());
    differs(
        found,
        claims,
        Facet.PRESENCE,
        bound ? "present" : "absent",
        attribute.isPresent() ? "present" : "absent");
    if (attribute.isEmpty() || state.word().isEmpty()) {
      return;
    }
    Observation.Attribute file = attribute.get();
    differs(found, claims, Facet.MODE, "0644 owner 0", file.mode() + " owner " + file.uid());
    Optional<Word> word = word(file);
    if (word.isEmpty()) {
      differs(
          found,
          claims,
          Facet.FORM,
          "one word of the vocabulary and a newline",
          file.error().isEmpty() ? Text.quoted(file.text()) : "read fails with " + file.error());
    } else {
      differs(found, claims, Facet.VALUE, state.word().get().text(), word.get().text());
    }
  }

  private static Optional<Word> word(Observation.Attribute file) {
    return file.error().isEmpty() ? word(file.text()) : Optional.empty();
  }

  /** The word that a read gave, where it gave exactly one and a newline. */
  static Optional<Word> word(String text) {
    return text.endsWith("\n") ? Word.of(text.substring(0, text.length() - 1)) : Optional.empty();
  }

  private void blocks(State state, Observation seen, Claims claims, List<Mismatch> found) {
    List<BlockState> expected = state.blocks();
    List<String> wantStates = new ArrayList<>();
    List<String> seenStates = new ArrayList<>();
    List<String> wantZones = new ArrayList<>();
    List<String> seenZones = new ArrayList<>();
    for (int i = 0; i < expected.size(); i++) {
      BlockState want = expected.get(i);
      Optional<Observation.Block> is = seen.block(device.blockNumber(i));
      wantStates.add(want.presence().name().toLowerCase(java.util.Locale.ROOT));
      seenStates.add(is.map(Observation.Block::state).orElse("absent"));
      if (want.isOnline() && is.isPresent() && is.get().state().equals("online")) {
        String zone = is.get().zones();
        boolean fits = want.zones().stream().anyMatch(z -> z.text().equals(zone));
        seenZones.add(zone);
        wantZones.add(
            fits ? zone : want.zones().stream().map(Zone::text).collect(Collectors.joining("|")));
      }
    }
    differs(found, claims, Facet.BLOCKS, Text.list(wantStates), Text.list(seenStates));
    List<String> strangers =
        seen.blocks().stream()
            .filter(b -> b.node() >= 0 && b.node() != device.node())
            .map(b -> Integer.toString(b.node()))
            .distinct()
            .toList();
    if (!strangers.isEmpty()) {
      String own = Integer.toString(device.node());
      differs(found, claims, Facet.NODES, own, String.join(", ", strangers));
    }
    if (!wantZones.equals(seenZones)) {
      differs(found, claims, Facet.ZONES, Text.list(wantZones), Text.list(seenZones));
    }
  }

  private void health(
      Observation seen, Claims claims, long taintBefore, boolean mayWarn, List<Mismatch> found) {
    long news = seen.taint() & ~taintBefore;
    long warned = 1L << 9;
    if (mayWarn) {
      news &= ~warned;
    }
    List<String> splats =
        seen.log().stream()
            .map(Observation.LogLine::text)
            .filter(Splat::isOne)
            .filter(line -> !mayWarn || !Splat.isWarnOfKmem(line))
            .toList();
    if (!splats.isEmpty() || news != 0) {
      String text = splats.isEmpty() ? "" : "\"" + splats.get(0) + "\"";
      String taint = news == 0 ? "" : "new taint bits " + bits(news);
      differs(
          found,
          claims,
          Facet.SPLAT,
          "no warning and no new taint",
          text + (text.isEmpty() || taint.isEmpty() ? "" : ", ") + taint);
    }
  }

  /** Whether each block's uevents lead from what it was to what it is. */
  private void changes(
      Observation before,
      Observation seen,
      Claims claims,
      boolean mayReturn,
      List<Mismatch> found) {
    for (int i = 0; i < device.blocks(); i++) {
      long number = device.blockNumber(i);
      String state = before.block(number).map(Observation.Block::state).orElse("absent");
      String end = seen.block(number).map(Observation.Block::state).orElse("absent");
      List<String> events = new ArrayList<>();
      for (Observation.Uevent event : seen.uevents()) {
        if (event.devpath().endsWith("/memory/memory" + number)) {
          events.add(event.action());
        }
      }
      String path = state;
      for (String action : events) {
        path = after(path, action);
      }
      boolean straight = events.size() <= SHORTEST.getOrDefault(state + " " + end, 0);
      if (!path.equals(end) || !straight && !mayReturn) {
        differs(
            found,
            claims,
            Facet.CHANGES,
            "that lead from " + state + " to " + end + " (block " + i + ")",
            events.isEmpty() ? "none" : String.join(", ", events));
      }
    }
  }

  /** How many uevents lead straight from one state of a block to another. */
  private static final Map<String, Integer> SHORTEST =
      Map.of(
          "absent offline", 1,
          "absent online", 2,
          "offline online", 1,
          "offline absent", 1,
          "online offline", 1,
          "online absent", 2);

  private static String after(String state, String action) {
    return switch (state + " " + action) {
      case "absent add", "online offline" -> "offline";
      case "offline online" -> "online";
      case "offline remove" -> "absent";
      // Other actions (change) leave a block as it is; these do not fit its state.
      case "absent online", "absent offline", "absent remove" -> "wrong";
      case "offline add", "online add", "offline offline", "online online", "online remove" ->
          "wrong";
      default -> state;
    };
  }

  private static String bits(long taint) {
    List<String> set = new ArrayList<>();
    for (int i = 0; i < 64; i++) {
      if ((taint >> i & 1) == 1) {
        set.add(Integer.toString(i));
      }
    }
    return String.join(",", set);
  }

  private static void differs(
      List<Mismatch> found, Claims claims, Facet facet, String want, String is) {
    Optional<RuleId> rule = claims.rule(facet);
    if (rule.isPresent() && !want.equals(is)) {
      found.add(new Mismatch(facet, rule.get(), want, is));
    }
  }

  private String memTotal(long kib) {
    long delta = kib - baselineKib;
    return delta == 0 ? "baseline" : "baseline %+d KiB".formatted(delta);
  }

  private String uevents(Observation seen, boolean others) {
    List<String> memory =
        seen.uevents().stream()
            .filter(e -> e.devpath().contains("/memory/memory"))
            .filter(e -> others || isOwn(e))
            .map(e -> e.action() + " " + e.devpath().substring(e.devpath().lastIndexOf('/') + 1))
            .toList();
    return memory.isEmpty() ? "none" : String.join(", ", memory);
  }

  private boolean isOwn(Observation.Uevent event) {
    return IntStream.range(0, device.blocks())
        .anyMatch(i -> event.devpath().endsWith("/memory/memory" + device.blockNumber(i)));
  }

  private String expectedIomem(State state) {
    List<String> ranges = new ArrayList<>();
    for (RangeState range : state.ranges()) {
      String bare = range.reserved() ? "ram" : "ram without reservation";
      ranges.add(range.added() ? bare : range.reserved() ? "reserved" : "none");
    }
    return Text.list(ranges);
  }

  /**
   * What /proc/iomem has of each range. kmem reserves the whole blocks of a range, device_dax all
   * of it; lines of the device that are neither are told, whatever else there is.
   */
  List<String> iomem(Observation seen) {
    boolean cut = !seen.driver().equals(Driver.DEVICE_DAX.text());
    List<String> ranges = new ArrayList<>();
    for (Device.Range range : device.ranges()) {
      long first = range.firstBlock() * device.blockSize();
      long start = cut ? first : range.start();
      long end = cut ? first + range.blocks() * device.blockSize() - 1 : range.end();
      boolean reserved = false;
      boolean unfit = false;
      boolean ram = false;
      for (Observation.Region line : seen.iomem()) {
        boolean touches = line.start() <= range.end() && line.end() >= range.start();
        boolean whole = line.start() == start && line.end() == end;
        boolean inside = line.start() >= start && line.end() <= end;
        boolean named = touches && line.name().equals(device.name());
        boolean added = touches && line.name().equals(RAM);
        reserved |= named && whole;
        ram |= added && inside;
        unfit |= named && !whole || added && !inside;
      }
      String bare = reserved ? "ram" : "ram without reservation";
      ranges.add(unfit ? "lines that do not fit it" : ram ? bare : reserved ? "reserved" : "none");
    }
    return ranges;
  }

  /** The state with its open zones closed by what was seen. */
  State refine(State state, Observation seen) {
    State refined = state;
    List<BlockState> blocks = state.blocks();
    for (int i = 0; i < blocks.size(); i++) {
      if (blocks.get(i).zones().size() > 1) {
        Optional<Zone> zone = zone(seen.block(device.blockNumber(i)));
        if (zone.isPresent()) {
          refined = refined.withBlock(i, blocks.get(i).inZone(zone.get()));
        }
      }
    }
    return refined;
  }

  private static Optional<Zone> zone(Optional<Observation.Block> block) {
    return block.flatMap(
        b -> Arrays.stream(Zone.values()).filter(z -> z.text().equals(b.zones())).findFirst());
  }

  /** The state that the observation shows; what it cannot show is as in {@code otherwise}. */
  State adopt(Observation seen, State otherwise) {
    Driver driver = seen.knownDriver().orElse(Driver.NONE);
    Optional<Word> word =
        driver == Driver.KMEM
            ? seen.attribute(dialect.attribute()).flatMap(f -> word(f)).or(otherwise::word)
            : Optional.empty();
    List<RangeState> ranges = new ArrayList<>();
    int index = 0;
    List<BlockState> before = otherwise.blocks();
    List<String> lines = iomem(seen);
    for (int r = 0; r < device.ranges().size(); r++) {
      List<BlockState> blocks = new ArrayList<>();
      for (int b = 0; b < device.ranges().get(r).blocks(); b++, index++) {
        blocks.add(adopt(seen.block(device.blockNumber(index)), before.get(index).pinned()));
      }
      boolean reserved = lines.get(r).equals("ram") || lines.get(r).equals("reserved");
      boolean left = !lines.get(r).equals("none");
      boolean leaked = left && (driver == Driver.NONE || otherwise.ranges().get(r).leaked());
      ranges.add(new RangeState(reserved, leaked, blocks));
    }
    return new State(
            driver,
            word,
            Policy.of(seen.policy()).orElse(otherwise.policy()),
            otherwise.createdUnder(),
            otherwise.loaded() || driver == Driver.KMEM,
            otherwise.refused(),
            ranges)
        .hidden(otherwise);
  }

  private static BlockState adopt(Optional<Observation.Block> block, boolean pinned) {
    if (block.isEmpty()) {
      return new BlockState(BlockState.Presence.ABSENT, Set.of(), pinned);
    }
    if (!block.get().state().equals("online")) {
      return new BlockState(BlockState.Presence.OFFLINE, Set.of(), pinned);
    }
    Set<Zone> zones =
        zone(block).<Set<Zone>>map(EnumSet::of).orElseGet(() -> EnumSet.allOf(Zone.class));
    return new BlockState(BlockState.Presence.ONLINE, zones, pinned);
  }
}
