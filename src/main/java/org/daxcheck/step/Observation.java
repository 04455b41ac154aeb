package org.daxcheck.step;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.daxcheck.abi.Driver;
import org.daxcheck.abi.Zone;

/**
 * What could be seen of the device after a step.
 *
 * @param attributes both names an attribute can have, each present or not
 * @param driver the driver's name, {@code none} where the device is unbound
 * @param policy the content of auto_online_blocks without the newline
 * @param memTotalKib MemTotal of /proc/meminfo in KiB
 * @param blocks the device's memory blocks that exist, ascending, in whichever order they came
 * @param iomem the lines of /proc/iomem inside the device's ranges or with its name
 * @param taint /proc/sys/kernel/tainted
 * @param log kernel log lines since the observation before
 * @param logLost true where the kernel overwrote lines before they were read
 * @param uevents uevents of memory blocks and dax devices since the observation before
 * @param neighbours the other dax devices, each with its driver, attribute, lines of iomem and
 *     blocks, as one text; empty where there are none
 * @param ueventsLost true where uevents were lost before they were read
 */
public record Observation(
    List<Attribute> attributes,
    String driver,
    String policy,
    long memTotalKib,
    List<Block> blocks,
    List<Region> iomem,
    long taint,
    List<LogLine> log,
    boolean logLost,
    List<Uevent> uevents,
    String neighbours,
    boolean ueventsLost) {

  /** An observation that has every uevent. */
  public Observation(
      List<Attribute> attributes,
      String driver,
      String policy,
      long memTotalKib,
      List<Block> blocks,
      List<Region> iomem,
      long taint,
      List<LogLine> log,
      boolean logLost,
      List<Uevent> uevents,
      String neighbours) {
    this(
        attributes,
        driver,
        policy,
        memTotalKib,
        blocks,
        iomem,
        taint,
        log,
        logLost,
        uevents,
        neighbours,
        false);
  }

  /** An observation of a device without neighbours. */
  public Observation(
      List<Attribute> attributes,
      String driver,
      String policy,
      long memTotalKib,
      List<Block> blocks,
      List<Region> iomem,
      long taint,
      List<LogLine> log,
      boolean logLost,
      List<Uevent> uevents) {
    this(attributes, driver, policy, memTotalKib, blocks, iomem, taint, log, logLost, uevents, "");
  }

  public Observation {
    attributes = List.copyOf(attributes);
    // A target tells them range by range, and ranges may stand in any order.
    blocks = blocks.stream().sorted(Comparator.comparingLong(Block::number)).toList();
    iomem = List.copyOf(iomem);
    log = List.copyOf(log);
    uevents = List.copyOf(uevents);
  }

  /**
   * An attribute file.
   *
   * @param mode octal with a leading zero, such as {@code 0644}; empty where the file is absent
   * @param error name of the error of opening or reading it; empty where there was none
   * @param text what a read gave, newline and all
   */
  public record Attribute(String name, String mode, int uid, int gid, String error, String text) {
    /** True where the file exists. */
    public boolean present() {
      return !mode.isEmpty();
    }
  }

  /**
   * A memory block.
   *
   * @param number N of memoryN
   * @param state such as {@code online}
   * @param zones the content of valid_zones: the zone of an online block, the possible ones of an
   *     offline one
   */
  public record Block(long number, String state, String zones, int node) {
    /** True where the kernel says that it is online. */
    public boolean online() {
      return state.equals("online");
    }

    /**
     * The zone of a block that is online; empty where it is not, or in none that daxcheck knows.
     */
    public Optional<Zone> zone() {
      return online()
          ? Arrays.stream(Zone.values()).filter(z -> z.text().equals(zones)).findFirst()
          : Optional.empty();
    }
  }

  /** A line of /proc/iomem; depth counts from 0. */
  public record Region(long start, long end, String name, int depth) {
    /** The name that kmem gives added memory. Source: kmem.c 7.3, dax_kmem_init. */
    public static final String RAM = "System RAM (kmem)";

    /** True where it is memory that kmem added. */
    public boolean ram() {
      return name.equals(RAM);
    }
  }

  /** A kernel log line; level as in syslog, time in microseconds since boot. */
  public record LogLine(int level, long micros, String text) {}

  /** A uevent; devpath as the kernel sends it. */
  public record Uevent(String action, String devpath) {
    private static final String MEMORY = "/memory/memory";

    /** The number of the memory block that it is about; empty where it is about something else. */
    public OptionalLong block() {
      int at = devpath.lastIndexOf(MEMORY);
      String number = at < 0 ? "" : devpath.substring(at + MEMORY.length());
      return number.matches("\\d{1,18}")
          ? OptionalLong.of(Long.parseLong(number))
          : OptionalLong.empty();
    }

    /** True where it is about the device of this name. */
    public boolean isOf(String device) {
      return devpath.endsWith("/" + device);
    }
  }

  /** The same sight, with other lines and uevents, none of which was lost. */
  public Observation after(List<LogLine> lines, boolean lost, List<Uevent> events) {
    return after(lines, lost, events, false);
  }

  /** The same sight, with other lines and uevents, some of which may have been lost. */
  public Observation after(
      List<LogLine> lines, boolean lost, List<Uevent> events, boolean eventsLost) {
    return new Observation(
        attributes,
        driver,
        policy,
        memTotalKib,
        blocks,
        iomem,
        taint,
        lines,
        lost,
        events,
        neighbours,
        eventsLost);
  }

  /** The attribute of that name, where the observation has it and it exists. */
  public Optional<Attribute> attribute(String name) {
    return attributes.stream().filter(a -> a.name().equals(name) && a.present()).findFirst();
  }

  /** The memory block of that number, where it exists. */
  public Optional<Block> block(long number) {
    int low = 0;
    int high = blocks.size() - 1;
    while (low <= high) {
      int middle = (low + high) >>> 1;
      Block block = blocks.get(middle);
      if (block.number() == number) {
        return Optional.of(block);
      }
      low = block.number() < number ? middle + 1 : low;
      high = block.number() < number ? high : middle - 1;
    }
    return Optional.empty();
  }

  /** The driver; empty where its name is not one daxcheck knows. */
  public Optional<Driver> knownDriver() {
    return Driver.of(driver);
  }
}
