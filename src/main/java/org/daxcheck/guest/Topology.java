package org.daxcheck.guest;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.daxcheck.abi.Policy;
import org.daxcheck.io.IoReason;

/**
 * The hardware of a guest and how its CXL memory is given to dax devices. The same text goes into
 * the guest, where init reads it by words: one blank on each side of the sign, no comment behind a
 * value.
 *
 * @param name file name without its ending
 * @param memory main memory in bytes
 * @param cpus number of processors
 * @param cxl size of the one volatile CXL device in bytes
 * @param layout ranges in order of addresses
 * @param kernel a device that init gives to the kernel for good at boot, so that the kernel keeps
 *     its structures of the node there and not in the device under test
 * @param neighbour a device that init binds to kmem under a policy of its own, to be watched
 * @param memmapOnMemory whether each memory block of dax0.0 holds its own memory map
 * @param text the file, verbatim
 */
public record Topology(
    String name,
    long memory,
    int cpus,
    long cxl,
    List<Range> layout,
    Optional<String> kernel,
    Optional<Neighbour> neighbour,
    boolean memmapOnMemory,
    String text) {
  private static final Pattern SIZE = Pattern.compile("([1-9][0-9]{0,5})([MG])");
  private static final Pattern RANGE = Pattern.compile("(dax0\\.[0-9]{1,2}):(.*)");
  private static final List<String> KEYS =
      List.of("memory", "cpus", "cxl", "layout", "kernel", "neighbour", "memmap_on_memory");
  private static final String TESTED = "dax0.0";
  private static final List<String> REQUIRED = List.of("memory", "cpus", "cxl", "layout");
  private static final long MIB = 1L << 20;
  static final long CXL_UNIT = 256 * MIB;

  /** A range of a dax device, with its size in bytes. */
  public record Range(String device, long size) {}

  /** A device beside the one under test, and the policy under which it was bound. */
  public record Neighbour(String device, Policy policy) {}

  public Topology {
    layout = List.copyOf(layout);
  }

  /** Reads the file. The message of what is wrong begins with file:line:column. */
  public static Topology read(Path file) throws GuestException {
    try {
      return parse(file, Files.readString(file));
    } catch (NoSuchFileException e) {
      throw new GuestException(
          file + ": no such topology; the known ones are in qemu/topologies/", e);
    } catch (IOException e) {
      throw new GuestException(file + ": cannot read the topology: " + IoReason.of(e), e);
    }
  }

  static Topology parse(Path file, String text) throws GuestException {
    Map<String, Integer> lines = new HashMap<>();
    long memory = 0;
    int cpus = 0;
    long cxl = 0;
    List<Range> layout = List.of();
    Optional<String> kernel = Optional.empty();
    Optional<Neighbour> neighbour = Optional.empty();
    boolean memmapOnMemory = false;
    String[] all = text.split("\n", -1);
    for (int i = 0; i < all.length; i++) {
      String line = all[i];
      if (line.isBlank() || line.startsWith("#")) {
        continue;
      }
      int number = i + 1;
      int sign = line.indexOf(" = ");
      if (sign < 0) {
        throw bad(file, number, 1, "expected KEY = VALUE, with a blank on each side of =");
      }
      String key = line.substring(0, sign);
      String value = line.substring(sign + 3);
      int column = sign + 4;
      if (!KEYS.contains(key)) {
        throw bad(file, number, 1, "unknown key '" + key + "'; keys are " + list(KEYS));
      }
      if (lines.putIfAbsent(key, number) != null) {
        throw bad(file, number, 1, "'" + key + "' stands in line " + lines.get(key) + " already");
      }
      switch (key) {
        case "memory" -> memory = size(file, number, column, value);
        case "cpus" -> cpus = count(file, number, column, value);
        case "cxl" -> {
          cxl = size(file, number, column, value);
          if (cxl % CXL_UNIT != 0) {
            throw bad(file, number, column, "CXL memory comes in multiples of 256M");
          }
        }
        case "kernel" -> kernel = Optional.of(value);
        case "neighbour" -> neighbour = Optional.of(neighbour(file, number, column, value));
        case "memmap_on_memory" -> memmapOnMemory = yes(file, number, column, value);
        default -> layout = layout(file, number, column, value);
      }
    }
    for (String key : REQUIRED) {
      if (!lines.containsKey(key)) {
        throw bad(file, all.length, 1, "'" + key + " = ...' is missing");
      }
    }
    long used = layout.stream().mapToLong(Range::size).sum();
    if (used > cxl) {
      throw bad(
          file,
          lines.get("layout"),
          10,
          "the ranges need " + used / MIB + "M, but cxl has only " + cxl / MIB + "M");
    }
    if (kernel.isPresent()) {
      requireOther(file, lines.get("kernel"), "kernel = ", kernel.get(), layout);
    }
    if (neighbour.isPresent()) {
      String device = neighbour.get().device();
      requireOther(file, lines.get("neighbour"), "neighbour = ", device, layout);
      if (kernel.filter(device::equals).isPresent()) {
        throw bad(
            file,
            lines.get("neighbour"),
            "neighbour = ".length() + 1,
            device + " belongs to the kernel by line " + lines.get("kernel") + " already");
      }
    }
    return new Topology(
        TopologyChoice.nameOf(file),
        memory,
        cpus,
        cxl,
        layout,
        kernel,
        neighbour,
        memmapOnMemory,
        text);
  }

  private static List<Range> layout(Path file, int line, int column, String value)
      throws GuestException {
    List<Range> ranges = new ArrayList<>();
    int at = column;
    for (String word : value.split(" ", -1)) {
      Matcher matcher = RANGE.matcher(word);
      if (!matcher.matches()) {
        throw bad(file, line, at, "expected DEVICE:SIZE such as dax0.0:256M, got '" + word + "'");
      }
      long size = size(file, line, at + matcher.start(2), matcher.group(2));
      ranges.add(new Range(matcher.group(1), size));
      at += word.length() + 1;
    }
    if (ranges.stream().noneMatch(r -> r.device().equals(TESTED))) {
      throw bad(file, line, column, "no range is of dax0.0, the device under test");
    }
    return ranges;
  }

  private static Neighbour neighbour(Path file, int line, int column, String value)
      throws GuestException {
    String[] words = value.split(" ", -1);
    if (words.length != 2) {
      throw bad(
          file, line, column, "expected DEVICE POLICY such as dax0.1 online, got '" + value + "'");
    }
    return new Neighbour(
        words[0],
        Policy.of(words[1])
            .orElseThrow(
                () ->
                    bad(
                        file,
                        line,
                        column + words[0].length() + 1,
                        "unknown policy '"
                            + words[1]
                            + "'; policies are "
                            + list(Stream.of(Policy.values()).map(Policy::text).toList()))));
  }

  private static boolean yes(Path file, int line, int column, String value) throws GuestException {
    if (!value.equals("yes") && !value.equals("no")) {
      throw bad(file, line, column, "expected yes or no, got '" + value + "'");
    }
    return value.equals("yes");
  }

  private static void requireOther(
      Path file, int line, String before, String device, List<Range> layout) throws GuestException {
    if (device.equals(TESTED) || layout.stream().noneMatch(r -> r.device().equals(device))) {
      throw bad(
          file,
          line,
          before.length() + 1,
          "expected a device of the layout other than dax0.0, got '" + device + "'");
    }
  }

  /**
   * How many whole memory blocks each range of dax0.0 has. The layout is filled from the region's
   * start, which is a border of blocks.
   */
  List<Integer> shape(long blockSize) {
    List<Integer> blocks = new ArrayList<>();
    long start = 0;
    for (Range range : layout) {
      long end = start + range.size();
      if (range.device().equals(TESTED)) {
        long first = (start + blockSize - 1) / blockSize;
        blocks.add((int) Math.max(0, end / blockSize - first));
      }
      start = end;
    }
    return blocks;
  }

  private static long size(Path file, int line, int column, String value) throws GuestException {
    Matcher matcher = SIZE.matcher(value);
    if (!matcher.matches()) {
      throw bad(file, line, column, "expected a size such as 256M or 2G, got '" + value + "'");
    }
    return Long.parseLong(matcher.group(1)) * (matcher.group(2).equals("G") ? 1024 * MIB : MIB);
  }

  private static int count(Path file, int line, int column, String value) throws GuestException {
    if (!value.matches("[1-9][0-9]?")) {
      throw bad(file, line, column, "expected a number from 1 to 99, got '" + value + "'");
    }
    return Integer.parseInt(value);
  }

  private static GuestException bad(Path file, int line, int column, String what) {
    return new GuestException(file + ":" + line + ":" + column + ": " + what);
  }

  private static String list(List<String> words) {
    return String.join(", ", words);
  }

  /** The topology as words for QEMU. */
  List<String> arguments() {
    long window = Math.max(4096 * MIB, cxl);
    return List.of(
        "-smp",
        Integer.toString(cpus),
        "-m",
        memory / MIB + "M,maxmem=" + (memory + 6144 * MIB) / MIB + "M,slots=4",
        "-object",
        "memory-backend-ram,id=vmem0,size=" + cxl / MIB + "M,share=on",
        "-device",
        "pxb-cxl,bus_nr=12,bus=pcie.0,id=cxl.1",
        "-device",
        "cxl-rp,port=0,bus=cxl.1,id=rp0,chassis=0,slot=2",
        "-device",
        "cxl-type3,bus=rp0,volatile-memdev=vmem0,id=cxl-vmem0",
        "-M",
        "cxl-fmw.0.targets.0=cxl.1,cxl-fmw.0.size=" + window / MIB + "M");
  }

  byte[] bytes() {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
