package org.daxcheck.oracle;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.daxcheck.abi.Dialect;
import org.daxcheck.abi.DialectProperties;
import org.daxcheck.abi.Driver;
import org.daxcheck.abi.Policy;
import org.daxcheck.abi.RuleId;
import org.daxcheck.abi.Rules;
import org.daxcheck.abi.Word;
import org.daxcheck.abi.Zone;
import org.daxcheck.model.BlockState;
import org.daxcheck.model.Logged;
import org.daxcheck.model.Property;
import org.daxcheck.model.RangeState;
import org.daxcheck.model.RuleOf;
import org.daxcheck.model.State;
import org.daxcheck.step.Device;
import org.daxcheck.step.Observation;
import org.daxcheck.step.Step;
import org.daxcheck.trace.Trace;

/** Reads observations of one device: compares them with states, and turns them into states. */
final class ObservationCheck {
  /**
   * MemTotal is of all devices, and a driver that is loaded takes the others too. That nothing else
   * changes them is a rule of its own (ROBUST-5).
   */
  private static final Pattern NEIGHBOUR_ONLINE = Pattern.compile("\\bmemory\\d+ online\\b");

  /** MemTotal grows by less where the memory map lies on the device itself. */
  private static final RuleId MEMMAP = new RuleId("ROBUST", 3);

  /** Lines of /proc/iomem that lie around a device's ranges, and may be as long as one of them. */
  private static final Pattern AROUND =
      Pattern.compile(
          "region\\d+|CXL Window.*|Persistent Memory.*|Soft Reserved.*|hmem\\.\\d+|namespace.*"
              + "|dax_region.*|pmem.*|System RAM");

  private final Dialect dialect;
  private final Device device;
  private final long baselineKib;
  private final long neighbours;

  private final KernelLog kernelLog;
  private final Uevents uevents;

  ObservationCheck(Trace trace) {
    this.dialect = trace.header().dialect();
    this.device = trace.header().device();
    this.baselineKib = trace.header().baselineKib();
    this.neighbours = online(trace.before());
    this.kernelLog = new KernelLog(device, dialect, trace.header().isShared());
    this.uevents = new Uevents(device);
  }

  /** Memory blocks of other devices that are online. */
  private static long online(Observation seen) {
    return NEIGHBOUR_ONLINE.matcher(seen.neighbours()).results().count();
  }

  /**
   * What a step may leave in the log and among the uevents.
   *
   * @param claims which rule speaks about each facet
   * @param must lines that the step must have logged
   * @param mayWarn true where a WARN and its taint bit are announced
   * @param mayReturn true where a block may have gone and come back in between
   * @param killed true where a signal ended an actor in the step
   * @param kind the step's kind, which has a list of lines that may come; empty where the log is
   *     not looked at
   */
  record Expected(
      RuleOf claims,
      List<Logged> must,
      boolean mayWarn,
      boolean mayReturn,
      boolean killed,
      Optional<Step.Kind> kind) {
    /** What the device alone shows, whatever was logged. */
    static Expected ofTheDevice(RuleOf claims) {
      return new Expected(claims, List.of(), true, true, false, Optional.empty());
    }
  }

  /**
   * What of the observation is not as the state says, without what the belief knows already.
   *
   * @param before the observation before the step
   */
  List<Discrepancy> compare(
      PossibleState belief, Observation seen, Observation before, Expected expected) {
    List<Discrepancy> found = new ArrayList<>();
    RuleOf claims = expected.claims();
    State state = refine(belief.state(), seen);
    attribute(state, seen, claims, found);
    blocks(state, seen, claims, found);
    differs(found, claims, Property.IOMEM, expectedIomem(state), Text.list(iomem(seen, state)));
    memTotal(state, seen, claims, found);
    differs(found, claims, Property.DRIVER, state.driver().text(), seen.driver());
    differs(found, claims, Property.POLICY, state.policy().text(), seen.policy());
    log(before, seen, expected, found);
    uevents(seen, before, expected, found);
    differs(found, claims, Property.NEIGHBOURS, before.neighbours(), seen.neighbours());
    Map<Property, String> known = belief.known();
    return found.stream().filter(m -> !m.seen().equals(known.get(m.facet()))).toList();
  }

  private static boolean binds(Step.Kind kind) {
    return kind == Step.Kind.BIND || kind == Step.Kind.LOAD;
  }

  /** True where kmem took the device in between. */
  private static boolean isBound(Observation before, Observation seen) {
    return seen.knownDriver().filter(Driver.KMEM::equals).isPresent()
        && !seen.driver().equals(before.driver());
  }

  private void log(
      Observation before, Observation seen, Expected expected, List<Discrepancy> found) {
    RuleOf claims = expected.claims();
    if (expected.kind().isPresent() && !seen.logLost()) {
      kernelLog
          .missing(expected.must(), seen)
          .ifPresent(w -> differs(found, claims, Property.LOG, w.allowed(), w.seen()));
      boolean says = DialectProperties.of(dialect).hasAttribute();
      if (says && binds(expected.kind().get()) && isBound(before, seen)) {
        RuleOf cut = claims.by(Rules.EFFECT_8, Property.LOG);
        kernelLog
            .missing(Logged.ofAlignment(device), seen)
            .ifPresent(w -> differs(found, cut, Property.LOG, w.allowed(), w.seen()));
      }
    }
    health(seen, before.taint(), expected, found);
  }

  private void uevents(
      Observation seen, Observation before, Expected expected, List<Discrepancy> found) {
    if (seen.ueventsLost()) {
      return;
    }
    RuleOf claims = expected.claims();
    if (claims.rule(Property.UEVENTS).isPresent()) {
      differs(found, claims, Property.UEVENTS, "none", uevents.ofOwnBlocks(seen));
    } else {
      uevents
          .ofBlocks(before, seen, expected.mayReturn())
          .ifPresent(w -> differs(found, claims, Property.CHANGES, w.allowed(), w.seen()));
    }
    differs(found, claims, Property.FOREIGN, "none", uevents.ofOtherBlocks(seen));
    uevents
        .ofDevice(before, seen, expected.kind().filter(k -> k != Step.Kind.ACTORS).isEmpty())
        .ifPresent(w -> differs(found, claims, Property.DEVICE, w.allowed(), w.seen()));
  }

  private void memTotal(State state, Observation seen, RuleOf claims, List<Discrepancy> found) {
    long online = state.onlineBlocks() + online(seen) - neighbours;
    long elsewhere = baselineKib + online * (device.blockSize() >> 10);
    // All of the memory counts: its map does not lie on it.
    boolean map = device.memmapKib() > 0 && online > 0 && seen.memTotalKib() == elsewhere;
    differs(
        found,
        map && claims.rule(Property.MEMTOTAL).isPresent()
            ? claims.by(MEMMAP, Property.MEMTOTAL)
            : claims,
        Property.MEMTOTAL,
        memTotal(baselineKib + online * device.memTotalPerBlockKib()),
        memTotal(seen.memTotalKib()));
  }

  private void attribute(State state, Observation seen, RuleOf claims, List<Discrepancy> found) {
    for (Observation.Attribute other : seen.attributes()) {
      if (!other.name().equals(dialect.attribute())) {
        differs(found, claims, Property.NAME, "absent", other.present() ? "present" : "absent");
      }
    }
    Optional<Observation.Attribute> attribute = seen.attribute(dialect.attribute());
    // Another driver than there should be is told by itself; the file must go with that driver.
    boolean bound = seen.driver().equals(Driver.KMEM.text());
    differs(
        found,
        claims,
        Property.PRESENCE,
        bound ? "present" : "absent",
        attribute.isPresent() ? "present" : "absent");
    if (attribute.isEmpty() || state.word().isEmpty()) {
      return;
    }
    Observation.Attribute file = attribute.get();
    differs(found, claims, Property.MODE, "0644 owner 0", file.mode() + " owner " + file.uid());
    Optional<Word> word = word(file);
    if (word.isEmpty()) {
      differs(
          found,
          claims,
          Property.FORM,
          "one word of the vocabulary and a newline",
          file.error().isEmpty() ? Text.quoted(file.text()) : "read fails with " + file.error());
    } else {
      differs(found, claims, Property.VALUE, state.word().get().text(), word.get().text());
    }
  }

  private static Optional<Word> word(Observation.Attribute file) {
    return file.error().isEmpty() ? word(file.text()) : Optional.empty();
  }

  /** The word that a read gave, where it gave exactly one and a newline. */
  static Optional<Word> word(String text) {
    return text.endsWith("\n") ? Word.of(text.substring(0, text.length() - 1)) : Optional.empty();
  }

  private void blocks(State state, Observation seen, RuleOf claims, List<Discrepancy> found) {
    List<BlockState> expected = state.blocks();
    List<String> wantStates = new ArrayList<>();
    List<String> seenStates = new ArrayList<>();
    List<String> wantZones = new ArrayList<>();
    List<String> seenZones = new ArrayList<>();
    for (int i = 0; i < expected.size(); i++) {
      BlockState want = expected.get(i);
      Optional<Observation.Block> is = seen.block(device.blockNumber(i));
      wantStates.add(want.presence().text());
      seenStates.add(is.map(Observation.Block::state).orElse(BlockState.Presence.ABSENT.text()));
      if (want.isOnline() && is.isPresent() && is.get().online()) {
        String zone = is.get().zones();
        boolean fits = want.zones().stream().anyMatch(z -> z.text().equals(zone));
        seenZones.add(zone);
        wantZones.add(
            fits ? zone : want.zones().stream().map(Zone::text).collect(Collectors.joining("|")));
      }
    }
    differs(found, claims, Property.BLOCKS, Text.list(wantStates), Text.list(seenStates));
    List<String> strangers =
        seen.blocks().stream()
            .filter(b -> b.node() >= 0 && b.node() != device.node())
            .map(b -> Integer.toString(b.node()))
            .distinct()
            .toList();
    if (!strangers.isEmpty()) {
      String own = Integer.toString(device.node());
      differs(found, claims, Property.NODES, own, String.join(", ", strangers));
    }
    if (!wantZones.equals(seenZones)) {
      differs(found, claims, Property.ZONES, Text.list(wantZones), Text.list(seenZones));
    }
  }

  private void health(
      Observation seen, long taintBefore, Expected expected, List<Discrepancy> found) {
    long news = seen.taint() & ~taintBefore;
    if (expected.mayWarn()) {
      news &= ~WARNED;
    }
    if (expected.kind().filter(ObservationCheck::loadsOurs).isPresent()) {
      news &= ~OURS_IS_LOADED;
    }
    List<String> wrong = new ArrayList<>();
    reports(seen, expected.mayWarn()).stream().limit(1).forEach(r -> wrong.add(r.text()));
    if (wrong.isEmpty() && expected.kind().isPresent()) {
      kernelLog
          .strange(expected.kind().get(), expected.must(), expected.killed(), seen)
          .ifPresent(line -> wrong.add("a line that nothing allows: \"" + line + '"'));
    }
    if (news != 0) {
      wrong.add("new taint bits " + bits(news));
    }
    if (!wrong.isEmpty()) {
      differs(found, expected.claims(), Property.SPLAT, QUIET, String.join(", ", wrong));
    }
  }

  /** What the kernel reported broken, but for a WARN of kmem where that may come. */
  static List<KernelReport> reports(Observation seen, boolean mayWarn) {
    return KernelReport.in(seen.log()).stream()
        .filter(r -> !mayWarn || !r.isOnlyWarnOfKmem())
        .toList();
  }

  /** What a kernel does in which nothing is broken. */
  static final String QUIET = "no warning, no error and no new taint";

  /** TAINT_WARN. */
  private static final long WARNED = 1L << 9;

  /** TAINT_OOT_MODULE and TAINT_UNSIGNED_MODULE: our module comes into the kernel when needed. */
  private static final long OURS_IS_LOADED = 1L << 12 | 1L << 13;

  private static boolean loadsOurs(Step.Kind kind) {
    return kind == Step.Kind.REFUSE_ADD || kind == Step.Kind.OCCUPY || kind == Step.Kind.DELAY;
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
      List<Discrepancy> found, RuleOf claims, Property facet, String want, String is) {
    Optional<RuleId> rule = claims.rule(facet);
    if (rule.isPresent() && !want.equals(is)) {
      found.add(new Discrepancy(facet, rule.get(), want, is));
    }
  }

  private String memTotal(long kib) {
    long delta = kib - baselineKib;
    return delta == 0 ? "baseline" : "baseline %+d KiB".formatted(delta);
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
      List<Observation.Region> reservations = new ArrayList<>();
      List<Observation.Region> memory = new ArrayList<>();
      for (Observation.Region line : seen.iomem()) {
        if (line.start() <= range.end() && line.end() >= range.start()) {
          if (line.name().equals(device.name())) {
            reservations.add(line);
          } else if (line.ram()) {
            memory.add(line);
          }
        }
      }
      ranges.add(iomem(reservations, memory, start, end));
    }
    return ranges;
  }

  /** The same, where a line of another name is told unless somebody is known to hold the range. */
  private List<String> iomem(Observation seen, State state) {
    List<String> ranges = new ArrayList<>(iomem(seen));
    List<Boolean> others = occupied(seen);
    for (int i = 0; i < ranges.size(); i++) {
      if (others.get(i) && !state.ranges().get(i).occupied() && ranges.get(i).equals("none")) {
        ranges.set(i, "a line of another name");
      }
    }
    return ranges;
  }

  /** One line each, from end to end of the range, the memory right inside the reservation. */
  private static String iomem(
      List<Observation.Region> reservations,
      List<Observation.Region> memory,
      long start,
      long end) {
    boolean fit =
        Stream.concat(reservations.stream(), memory.stream())
                .allMatch(l -> l.start() == start && l.end() == end)
            && reservations.size() <= 1
            && memory.size() <= 1;
    if (!fit) {
      return "lines that do not fit it";
    }
    if (memory.isEmpty()) {
      return reservations.isEmpty() ? "none" : "reserved";
    }
    if (reservations.isEmpty()) {
      return "ram without reservation";
    }
    return memory.get(0).depth() == reservations.get(0).depth() + 1
        ? "ram"
        : "ram beside the reservation";
  }

  /** Whether somebody else holds addresses of each range. */
  private List<Boolean> occupied(Observation seen) {
    return device.ranges().stream()
        .map(
            range ->
                seen.iomem().stream()
                    .filter(l -> !l.name().equals(device.name()) && !l.ram())
                    .filter(l -> l.start() >= range.start() && l.end() <= range.end())
                    .anyMatch(l -> !AROUND.matcher(l.name()).matches()))
        .toList();
  }

  /** The state where each range is occupied that is seen to be. */
  State withOccupied(State state, Observation seen) {
    List<Boolean> occupied = occupied(seen);
    List<RangeState> ranges = new ArrayList<>();
    for (int i = 0; i < state.ranges().size(); i++) {
      ranges.add(state.ranges().get(i).occupied(occupied.get(i)));
    }
    return state.withRanges(ranges);
  }

  /** The state with what the model left open closed by what was seen: zones, and blocks. */
  State refine(State state, Observation seen) {
    List<BlockState> blocks = new ArrayList<>(state.blocks());
    boolean open = false;
    for (int i = 0; i < blocks.size(); i++) {
      BlockState block = blocks.get(i);
      if (!block.undecided() && block.zones().size() < 2) {
        continue;
      }
      open = true;
      Optional<Observation.Block> is = seen.block(device.blockNumber(i));
      if (block.undecided() && is.isPresent()) {
        block = block.decided(is.get().online());
      }
      Optional<Zone> zone = is.flatMap(Observation.Block::zone);
      if (block.zones().size() > 1 && zone.filter(block.zones()::contains).isPresent()) {
        block = block.inZone(zone.get());
      }
      blocks.set(i, block);
    }
    return open ? state.withBlocks(blocks) : state;
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
    List<Boolean> occupied = occupied(seen);
    for (int r = 0; r < device.ranges().size(); r++) {
      List<BlockState> blocks = new ArrayList<>();
      for (int b = 0; b < device.ranges().get(r).blocks(); b++, index++) {
        blocks.add(adopt(seen.block(device.blockNumber(index)), before.get(index).pinned()));
      }
      boolean reserved = lines.get(r).equals("ram") || lines.get(r).equals("reserved");
      boolean left = !lines.get(r).equals("none");
      boolean leaked = left && (driver == Driver.NONE || otherwise.ranges().get(r).leaked());
      ranges.add(new RangeState(reserved, leaked, occupied.get(r), blocks));
    }
    return new State(
        driver,
        word,
        Policy.of(seen.policy()).orElse(otherwise.policy()),
        otherwise.createdUnder(),
        otherwise.loaded() || driver == Driver.KMEM,
        otherwise.hidden(),
        ranges);
  }

  private static BlockState adopt(Optional<Observation.Block> block, boolean pinned) {
    if (block.isEmpty()) {
      return new BlockState(BlockState.Presence.ABSENT, Set.of(), pinned);
    }
    if (!block.get().online()) {
      return new BlockState(BlockState.Presence.OFFLINE, Set.of(), pinned);
    }
    Set<Zone> zones =
        block.get().zone().<Set<Zone>>map(EnumSet::of).orElseGet(() -> EnumSet.allOf(Zone.class));
    return new BlockState(BlockState.Presence.ONLINE, zones, pinned);
  }
}
