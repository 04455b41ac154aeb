package org.daxcheck.guest;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.daxcheck.abi.Policy;
import org.daxcheck.abi.Purpose;
import org.daxcheck.io.IoReason;

/**
 * The hardware of a guest and how its memory is given to dax devices. The same text goes into the
 * guest, where init reads it by words: one blank on each side of the sign, no comment behind a
 * value.
 *
 * @param name file name without its ending
 * @param purpose which scenarios it is there for
 * @param memory main memory in bytes
 * @param cpus number of processors
 * @param block bytes of a memory block, which init looks at
 * @param device what the dax devices are made of
 * @param layout ranges, those of a device in the order in which it has them
 * @param kernel a device that init gives to the kernel for good at boot, so that the kernel keeps
 *     its structures of the node there and not in the device under test
 * @param neighbour a device that init binds to kmem under a policy of its own, to be watched
 * @param memmapOnMemory whether each memory block of dax0.0 holds its own memory map
 * @param commandLine words of its own for the kernel
 * @param text the file, verbatim
 */
public record Topology(
    String name,
    Purpose purpose,
    long memory,
    int cpus,
    long block,
    DeviceMemory device,
    List<Range> layout,
    Optional<String> kernel,
    Optional<Neighbour> neighbour,
    MemoryMap memmapOnMemory,
    List<String> commandLine,
    String text) {
  static final String TESTED = "dax0.0";
  static final String BOOT_POLICY = "memhp_default_state=";

  /**
   * A range of a dax device.
   *
   * @param start bytes from the start of its region
   * @param size in bytes
   */
  record Range(String device, long start, long size) {
    long end() {
      return start + size;
    }

    boolean overlaps(Range other) {
      return region().equals(other.region()) && start < other.end() && other.start < end();
    }

    /** The region's device that comes first, up to the dot. */
    String region() {
      return device.substring(0, device.indexOf('.'));
    }
  }

  /** A device beside the one under test, and the policy under which it was bound. */
  record Neighbour(String device, Policy policy) {}

  /** Whether each memory block of a device holds its own memory map. */
  enum MemoryMap {
    UNSAID("", List.of()),
    NO("no", List.of()),
    YES("yes", List.of("memory_hotplug.memmap_on_memory=1")),
    /** Also where that wastes part of the block. */
    FORCE("force", List.of("memory_hotplug.memmap_on_memory=force"));

    private final String text;
    private final List<String> kernelWords;

    MemoryMap(String text, List<String> kernelWords) {
      this.text = text;
      this.kernelWords = kernelWords;
    }

    /** The word of the topology file. */
    String text() {
      return text;
    }
  }

  public Topology {
    layout = List.copyOf(layout);
    commandLine = List.copyOf(commandLine);
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
    return new TopologyFile(file, text).topology();
  }

  /** How many whole memory blocks each range of dax0.0 has. Regions begin on a border of blocks. */
  List<Integer> shape() {
    return shape(layout, block);
  }

  static List<Integer> shape(List<Range> layout, long block) {
    List<Integer> blocks = new ArrayList<>();
    for (Range range : layout) {
      if (range.device().equals(TESTED)) {
        long first = (range.start() + block - 1) / block;
        blocks.add((int) Math.max(0, range.end() / block - first));
      }
    }
    return blocks;
  }

  /** The policy of the boot that its command line says; empty where it says none. */
  Optional<Policy> bootPolicy() {
    return commandLine.stream()
        .filter(w -> w.startsWith(BOOT_POLICY))
        .findFirst()
        .flatMap(w -> Policy.of(w.substring(BOOT_POLICY.length())));
  }

  /** Whether memory of its dax devices is spread over several cards, which is slow in QEMU. */
  boolean interleaves() {
    return device instanceof DeviceMemory.Cxl cxl && cxl.interleaved() && cxl.cards().size() > 1;
  }

  /** The topology as words for QEMU. */
  List<String> arguments() {
    List<String> words = new ArrayList<>(List.of("-smp", Integer.toString(cpus)));
    words.addAll(device.qemuWords(memory));
    return words;
  }

  /** What it adds to the kernel's command line; a policy of the boot is among it. */
  List<String> kernelWords() {
    List<String> words = new ArrayList<>(device.kernelWords(memory));
    words.addAll(memmapOnMemory.kernelWords);
    words.addAll(commandLine);
    return words;
  }

  byte[] bytes() {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
