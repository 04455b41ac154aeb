package org.daxcheck.guest;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.daxcheck.abi.Policy;
import org.daxcheck.abi.Purpose;
import org.daxcheck.guest.DeviceMemory.Cxl;
import org.daxcheck.guest.DeviceMemory.Node;
import org.daxcheck.guest.DeviceMemory.Wiring;

/** The text of a topology file, which is read once and refused where something is wrong. */
final class TopologyFile {
  private static final Pattern SIZE = Pattern.compile("([1-9][0-9]{0,5})([MG])");
  private static final Pattern RANGE = Pattern.compile("(dax[0-9]\\.[0-9]{1,2}):([^@]*)(?:@(.*))?");
  private static final long MIB = 1L << 20;

  /** What the kernel makes CXL regions of. */
  static final long CXL_UNIT = 256 * MIB;

  /** What a dax device's size is a multiple of. */
  private static final long DAX_UNIT = 2 * MIB;

  /** The border above which QEMU puts memory behind the hole of the PCI devices. */
  private static final long LOW = 2048 * MIB;

  private enum Key {
    FOR,
    MEMORY,
    CPUS,
    BLOCK,
    CXL,
    WIRING,
    REGIONS,
    NVDIMM,
    PMEM,
    SOFT_RESERVED,
    MAP,
    LAYOUT,
    KERNEL,
    NEIGHBOUR,
    MEMMAP_ON_MEMORY,
    CMDLINE;

    String text() {
      return name().toLowerCase(Locale.ROOT);
    }

    static Optional<Key> of(String text) {
      return Arrays.stream(values()).filter(k -> k.text().equals(text)).findFirst();
    }
  }

  /** A word of the file, and where it begins. */
  private record Place(int line, int column, String text) {
    Place from(int index) {
      return new Place(line, column + index, text.substring(index));
    }

    List<Place> words() {
      List<Place> words = new ArrayList<>();
      int at = 0;
      for (String word : text.split(" ", -1)) {
        words.add(new Place(line, column + at, word));
        at += word.length() + 1;
      }
      return words;
    }
  }

  private final Path file;
  private final String text;
  private final Map<Key, Place> values = new EnumMap<>(Key.class);
  private int lines;

  TopologyFile(Path file, String text) {
    this.file = file;
    this.text = text;
  }

  Topology topology() throws GuestException {
    readLines();
    long memory = size(required(Key.MEMORY));
    int cpus = count(required(Key.CPUS));
    long block = values.containsKey(Key.BLOCK) ? block(values.get(Key.BLOCK)) : QemuSource.BLOCK;
    Purpose purpose = one(Key.FOR, Purpose.EVERYTHING, Purpose.values(), Purpose::text);
    DeviceMemory device = device(memory);
    List<Topology.Range> layout = layout(device, block, purpose);
    Optional<String> kernel = Optional.ofNullable(values.get(Key.KERNEL)).map(Place::text);
    if (kernel.isPresent()) {
      requireOther(values.get(Key.KERNEL), layout);
    } else if (purpose == Purpose.KERNEL_ZONES) {
      throw bad(
          values.get(Key.FOR),
          "a device comes back from a kernel zone only beside one that the kernel owns: say"
              + " kernel = dax0.1");
    }
    Optional<Topology.Neighbour> neighbour = neighbour(layout);
    return new Topology(
        TopologyChoice.nameOf(file),
        purpose,
        memory,
        cpus,
        block,
        device,
        layout,
        kernel,
        neighbour,
        one(
            Key.MEMMAP_ON_MEMORY,
            Topology.MemoryMap.UNSAID,
            Topology.MemoryMap.values(),
            Topology.MemoryMap::text),
        commandLine(),
        text);
  }

  private void readLines() throws GuestException {
    String[] all = text.split("\n", -1);
    lines = all.length;
    for (int i = 0; i < all.length; i++) {
      String line = all[i];
      if (line.isBlank() || line.startsWith("#")) {
        continue;
      }
      Place begin = new Place(i + 1, 1, line);
      int sign = line.indexOf(" = ");
      if (sign < 0) {
        throw bad(begin, "expected KEY = VALUE, with a blank on each side of =");
      }
      String word = line.substring(0, sign);
      Key key =
          Key.of(word)
              .orElseThrow(
                  () ->
                      bad(
                          begin,
                          "unknown key '" + word + "'; keys are " + list(Key.values(), Key::text)));
      Place before = values.putIfAbsent(key, begin.from(sign + 3));
      if (before != null) {
        throw bad(begin, "'" + word + "' stands in line " + before.line() + " already");
      }
    }
  }

  private Place required(Key key) throws GuestException {
    Place value = values.get(key);
    if (value == null) {
      throw bad(new Place(lines, 1, ""), "'" + key.text() + " = ...' is missing");
    }
    return value;
  }

  private DeviceMemory device(long memory) throws GuestException {
    List<Key> said =
        Stream.of(Key.CXL, Key.NVDIMM, Key.PMEM, Key.SOFT_RESERVED)
            .filter(values::containsKey)
            .toList();
    if (said.size() > 1) {
      throw bad(
          values.get(said.get(1)),
          "the memory of the dax devices is that of line "
              + values.get(said.get(0)).line()
              + " already");
    }
    Key key = said.isEmpty() ? Key.CXL : said.get(0);
    Place value = required(key);
    if (key == Key.CXL) {
      return cxl(value);
    }
    refuse(key, Key.WIRING, Key.REGIONS);
    long size = size(value);
    if (size % QemuSource.BLOCK != 0) {
      throw bad(value, "memory of a node of its own comes in multiples of 128M");
    }
    if (memory > LOW && key != Key.NVDIMM) {
      throw bad(required(Key.MEMORY), "beside " + key.text() + " main memory is at most 2G");
    }
    if (key == Key.SOFT_RESERVED) {
      refuse(key, Key.MAP);
      return new Node(size, Node.Kind.SOFT_RESERVED, false);
    }
    refuse(key, Key.LAYOUT, Key.KERNEL, Key.NEIGHBOUR);
    boolean onDevice = one(Key.MAP, "mem", new String[] {"mem", "dev"}, w -> w).equals("dev");
    return new Node(size, key == Key.NVDIMM ? Node.Kind.NVDIMM : Node.Kind.LEGACY, onDevice);
  }

  private Cxl cxl(Place value) throws GuestException {
    refuse(Key.CXL, Key.MAP);
    List<Long> cards = new ArrayList<>();
    for (Place card : value.words()) {
      long size = size(card);
      if (size % CXL_UNIT != 0) {
        throw bad(
            card, "CXL memory comes in multiples of 256M; the kernel makes nothing of others");
      }
      cards.add(size);
    }
    if (cards.size() > 2) {
      throw bad(value, "a guest has one CXL card or two");
    }
    Wiring wiring = one(Key.WIRING, Wiring.ROOT_PORTS, Wiring.values(), Wiring::text);
    boolean interleaved =
        one(Key.REGIONS, "interleaved", new String[] {"interleaved", "one each"}, w -> w)
            .equals("interleaved");
    if (interleaved && cards.stream().distinct().count() > 1) {
      throw bad(value, "cards of one interleaved region have the same size");
    }
    return new Cxl(cards, wiring, interleaved);
  }

  private void refuse(Key kind, Key... others) throws GuestException {
    for (Key other : others) {
      if (values.containsKey(other)) {
        throw bad(
            values.get(other), "'" + other.text() + "' says nothing where there is " + kind.text());
      }
    }
  }

  private List<Topology.Range> layout(DeviceMemory device, long block, Purpose purpose)
      throws GuestException {
    List<Topology.Range> ranges = new ArrayList<>();
    Place said = values.get(Key.LAYOUT);
    if (!device.divided()) {
      long start = device.reserved();
      long size = device.regions().get(0) - start;
      ranges.add(new Topology.Range(Topology.TESTED, start, size));
      said = new Place(1, 1, "");
    } else {
      said = required(Key.LAYOUT);
      long[] ends = new long[device.regions().size()];
      for (Place word : said.words()) {
        ranges.add(range(word, device, ranges, ends));
      }
    }
    if (ranges.stream().noneMatch(r -> r.device().equals(Topology.TESTED))) {
      throw bad(said, "no range is of dax0.0, the device under test");
    }
    boolean none = Topology.shape(ranges, block).stream().allMatch(b -> b == 0);
    if (none && purpose != Purpose.NAMED) {
      throw bad(
          said,
          "dax0.0 has no whole memory block of %dM, so that kmem refuses it; where that is meant,"
                  .formatted(block / MIB)
              + " say for = "
              + Purpose.NAMED.text());
    }
    return ranges;
  }

  /** Reads one range; without an address it stands behind all that are before it in the region. */
  private Topology.Range range(
      Place word, DeviceMemory device, List<Topology.Range> before, long[] ends)
      throws GuestException {
    Matcher matcher = RANGE.matcher(word.text());
    if (!matcher.matches()) {
      throw bad(word, "expected DEVICE:SIZE such as dax0.0:256M, got '" + word.text() + "'");
    }
    int region = word.text().charAt(3) - '0';
    if (region >= ends.length) {
      throw bad(
          word,
          "there " + (ends.length == 1 ? "is one region, dax0" : "are the regions dax0, dax1"));
    }
    long size = size(new Place(word.line(), word.column() + matcher.start(2), matcher.group(2)));
    long start = ends[region];
    if (matcher.group(3) != null) {
      Place at = new Place(word.line(), word.column() + matcher.start(3), matcher.group(3));
      start = at.text().equals("0") ? 0 : size(at);
    }
    if (size % DAX_UNIT != 0 || start % DAX_UNIT != 0) {
      throw bad(word, "ranges begin and end at multiples of 2M");
    }
    Topology.Range range = new Topology.Range(matcher.group(1), start, size);
    if (range.end() > device.regions().get(region)) {
      throw bad(
          word,
          "the ranges need %dM, but their memory is only %dM"
              .formatted(range.end() / MIB, device.regions().get(region) / MIB));
    }
    if (before.stream().anyMatch(range::overlaps)) {
      throw bad(word, "the range overlaps one before it");
    }
    ends[region] = Math.max(ends[region], range.end());
    return range;
  }

  private Optional<Topology.Neighbour> neighbour(List<Topology.Range> layout)
      throws GuestException {
    Place value = values.get(Key.NEIGHBOUR);
    if (value == null) {
      return Optional.empty();
    }
    List<Place> words = value.words();
    if (words.size() != 2) {
      throw bad(value, "expected DEVICE POLICY such as dax0.1 online, got '" + value.text() + "'");
    }
    requireOther(words.get(0), layout);
    Policy policy = policy(words.get(1));
    Place kernel = values.get(Key.KERNEL);
    if (kernel != null && kernel.text().equals(words.get(0).text())) {
      throw bad(
          value, kernel.text() + " belongs to the kernel by line " + kernel.line() + " already");
    }
    return Optional.of(new Topology.Neighbour(words.get(0).text(), policy));
  }

  private Policy policy(Place word) throws GuestException {
    return Policy.of(word.text())
        .orElseThrow(
            () ->
                bad(
                    word,
                    "unknown policy '"
                        + word.text()
                        + "'; policies are "
                        + list(Policy.values(), Policy::text)));
  }

  private void requireOther(Place word, List<Topology.Range> layout) throws GuestException {
    if (word.text().equals(Topology.TESTED)
        || layout.stream().noneMatch(r -> r.device().equals(word.text()))) {
      throw bad(
          word, "expected a device of the layout other than dax0.0, got '" + word.text() + "'");
    }
  }

  private List<String> commandLine() throws GuestException {
    Place value = values.get(Key.CMDLINE);
    if (value == null) {
      return List.of();
    }
    for (Place word : value.words()) {
      if (word.text().isEmpty()) {
        throw bad(word, "expected words for the kernel's command line, one blank between them");
      }
      if (word.text().startsWith(Topology.BOOT_POLICY)) {
        policy(word.from(Topology.BOOT_POLICY.length()));
      }
    }
    return value.words().stream().map(Place::text).toList();
  }

  /** The value of a closed set that stands at a key. */
  private <T> T one(Key key, T unsaid, T[] all, Function<T, String> words) throws GuestException {
    Place value = values.get(key);
    if (value == null) {
      return unsaid;
    }
    return Arrays.stream(all)
        .filter(t -> !value.text().isEmpty() && words.apply(t).equals(value.text()))
        .findFirst()
        .orElseThrow(
            () ->
                bad(
                    value,
                    "expected " + alternatives(all, words) + ", got '" + value.text() + "'"));
  }

  private long block(Place value) throws GuestException {
    long size = size(value);
    if (size < QemuSource.BLOCK || Long.bitCount(size) != 1) {
      throw bad(value, "memory blocks are of 128M or a power of two of that");
    }
    return size;
  }

  private long size(Place value) throws GuestException {
    Matcher matcher = SIZE.matcher(value.text());
    if (!matcher.matches()) {
      throw bad(value, "expected a size such as 256M or 2G, got '" + value.text() + "'");
    }
    return Long.parseLong(matcher.group(1)) * (matcher.group(2).equals("G") ? 1024 * MIB : MIB);
  }

  private int count(Place value) throws GuestException {
    if (!value.text().matches("[1-9][0-9]?")) {
      throw bad(value, "expected a number from 1 to 99, got '" + value.text() + "'");
    }
    return Integer.parseInt(value.text());
  }

  private GuestException bad(Place place, String what) {
    return new GuestException(file + ":" + place.line() + ":" + place.column() + ": " + what);
  }

  private static <T> String alternatives(T[] all, Function<T, String> words) {
    return Arrays.stream(all)
        .map(words)
        .filter(w -> !w.isEmpty())
        .collect(Collectors.joining(" or "));
  }

  private static <T> String list(T[] all, Function<T, String> words) {
    return Arrays.stream(all).map(words).collect(Collectors.joining(", "));
  }
}
