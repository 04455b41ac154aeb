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
 * @param text the file, verbatim
 */
public record Topology(
    String name,
    long memory,
    int cpus,
    long cxl,
    List<Range> layout,
    Optional<String> kernel,
    String text) {
  private static final Pattern SIZE = Pattern.compile("([1-9][0-9]{0,5})([MG])");
  private static final Pattern RANGE = Pattern.compile("(dax0\\.[0-9]{1,2}):(.*)");
  private static final List<String> KEYS = List.of("memory", "cpus", "cxl", "layout", "kernel");
  private static final List<String> REQUIRED = List.of("memory", "cpus", "cxl", "layout");
  private static final long MIB = 1L << 20;
  private static final long CXL_UNIT = 256 * MIB;

  /** A range of a dax device, with its size in bytes. */
  public record Range(String device, long size) {}

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
      throw new GuestException(file + ": cannot read the topology: " + e.getMessage(), e);
    }
  }

  static Topology parse(Path file, String text) throws GuestException {
    Map<String, Integer> lines = new HashMap<>();
    long memory = 0;
    int cpus = 0;
    long cxl = 0;
    List<Range> layout = List.of();
    Optional<String> kernel = Optional.empty();
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
      List<String> others =
          layout.stream().map(Range::device).filter(d -> !d.equals("dax0.0")).toList();
      if (!others.contains(kernel.get())) {
        throw bad(
            file,
            lines.get("kernel"),
            10,
            "expected a device of the layout other than dax0.0, got '" + kernel.get() + "'");
      }
    }
    String base = file.getFileName().toString();
    int dot = base.lastIndexOf('.');
    String name = dot > 0 ? base.substring(0, dot) : base;
    return new Topology(name, memory, cpus, cxl, layout, kernel, text);
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
    if (!ranges.get(0).device().equals("dax0.0")) {
      throw bad(file, line, column, "the first range must be of dax0.0, the device under test");
    }
    return ranges;
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
