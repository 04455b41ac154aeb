package org.daxcheck.lab;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.daxcheck.abi.Policy;
import org.daxcheck.target.TargetException;

/**
 * What a machine says of itself before anything is changed, and after.
 *
 * @param facts single words, such as arch and policy
 * @param devices the dax devices
 * @param nodes the nodes with their memory
 * @param ranges of the chosen device
 * @param blocks those of the chosen device that exist
 * @param users processes that have the device open or mapped, in words
 * @param mounts file systems and swap on block devices
 * @param rules lines of udev rules that bring memory blocks online
 * @param processes running programs that may act on memory blocks, in words
 * @param text all of it, as the machine said it
 */
record Survey(
    Map<String, String> facts,
    List<Dax> devices,
    List<Node> nodes,
    List<Range> ranges,
    List<Block> blocks,
    List<String> users,
    List<Mount> mounts,
    List<String> rules,
    List<String> processes,
    String text) {
  /** How a udev rule puts a block online in the zone that the kernel chooses. */
  private static final Pattern TO_ANY_ZONE = Pattern.compile("ATTR\\{state\\}=\"online\"");

  private static final String MOVABLE = "Movable";
  private static final String NONE = "none";

  /** Memory that must be left free elsewhere when what is in use has moved, in KiB. */
  private static final long MARGIN_KIB = 128 << 10;

  /**
   * A dax device.
   *
   * @param attribute state or hotplug, or none
   * @param word what the attribute reads, or -
   * @param size in bytes
   * @param path its place in /sys/devices
   */
  record Dax(
      String name, String driver, String attribute, String word, long size, int node, String path) {
    String inWords() {
      return "%s (%d MiB, driver %s, %s, node %d)"
          .formatted(name, size >> 20, driver, word.equals("-") ? "no attribute" : word, node);
    }
  }

  /** A node; total and free are its MemTotal and MemFree, in KiB. */
  record Node(int number, long total, long free) {}

  /** Physical addresses, both included. */
  record Range(long start, long end) {}

  /** A memory block; the zones of an online one are its zone. */
  record Block(long number, String state, String zones) {
    boolean online() {
      return !state.equals("offline");
    }
  }

  /** A file system or swap; the path is that of its block device in /sys/devices, or empty. */
  record Mount(String source, String folder, String path) {}

  /**
   * Reads the lines of survey.sh.
   *
   * @throws TargetException where they are not whole, or no such lines
   */
  static Survey of(String text) throws TargetException {
    Map<String, String> facts = new LinkedHashMap<>();
    List<Dax> devices = new ArrayList<>();
    List<Node> nodes = new ArrayList<>();
    List<Range> ranges = new ArrayList<>();
    List<Block> blocks = new ArrayList<>();
    List<String> users = new ArrayList<>();
    List<Mount> mounts = new ArrayList<>();
    List<String> rules = new ArrayList<>();
    List<String> processes = new ArrayList<>();
    boolean whole = false;
    for (String line : text.split("\n")) {
      String[] w = line.trim().split(" ");
      try {
        switch (w[0]) {
          case "dax" ->
              devices.add(
                  new Dax(
                      w[1], w[2], w[3], w[4], Long.parseLong(w[5]), Integer.parseInt(w[6]), w[7]));
          case "node" ->
              nodes.add(
                  new Node(Integer.parseInt(w[1]), Long.parseLong(w[2]), Long.parseLong(w[3])));
          case "range" -> ranges.add(new Range(Long.parseLong(w[1]), Long.parseLong(w[2])));
          case "block" ->
              blocks.add(
                  new Block(
                      Long.parseLong(w[1]),
                      w[2],
                      String.join(" ", Arrays.asList(w).subList(3, w.length))));
          case "user" -> {
            String user = "process " + w[1] + " (" + w[2] + ")";
            if (!users.contains(user)) {
              users.add(user);
            }
          }
          case "mount" -> mounts.add(new Mount(w[1], w[2], w.length > 3 ? w[3] : ""));
          case "rule" -> rules.add(line.trim().substring("rule ".length()));
          case "process" -> processes.add(w[2] + " (process " + w[1] + ")");
          case "end" -> whole = true;
          default -> facts.put(w[0], w.length > 1 ? w[1] : "");
        }
      } catch (ArrayIndexOutOfBoundsException | NumberFormatException e) {
        throw new TargetException("the machine's answer makes no sense: '" + line + "'", e);
      }
    }
    if (!whole) {
      String shown = text.length() > 200 ? text.substring(0, 200) + "..." : text;
      throw new TargetException(
          "the machine's answer is not whole: '" + shown.strip() + "'; is it a Linux machine?");
    }
    return new Survey(facts, devices, nodes, ranges, blocks, users, mounts, rules, processes, text);
  }

  String fact(String key) {
    return facts.getOrDefault(key, "");
  }

  long blockSize() throws TargetException {
    try {
      return Long.parseLong(fact("blocksize"));
    } catch (NumberFormatException e) {
      throw new TargetException("the machine does not tell the size of its memory blocks", e);
    }
  }

  Policy policy() throws TargetException {
    return Policy.of(fact("policy"))
        .orElseThrow(
            () ->
                new TargetException(
                    "the machine's auto_online_blocks reads '%s', which is no policy"
                        .formatted(fact("policy"))));
  }

  Optional<Dax> device(String name) {
    return devices.stream().filter(d -> d.name().equals(name)).findFirst();
  }

  private String devicesInWords() {
    return devices.isEmpty()
        ? "it has no dax device"
        : "it has " + devices.stream().map(Dax::inWords).collect(Collectors.joining(", "));
  }

  /**
   * Why nothing may be done to the device; empty where it may.
   *
   * @param name what the user named; empty for nothing
   */
  Optional<String> refusal(Optional<String> name) throws TargetException {
    Optional<String> unfit = unfit(name);
    if (unfit.isPresent()) {
      return unfit;
    }
    Optional<String> missing = missing(name.orElseThrow());
    return missing.isPresent() ? missing : inUse(device(name.get()).orElseThrow());
  }

  /** That there is no such device; empty where there is. */
  Optional<String> missing(String name) {
    return device(name).isPresent()
        ? Optional.empty()
        : Optional.of("there is no " + name + "; " + devicesInWords());
  }

  /** The same as far as it does not hang on what the device is at the moment. */
  Optional<String> unfit(Optional<String> name) {
    if (name.isEmpty()) {
      return Optional.of("name the device that may be changed by --device; " + devicesInWords());
    }
    if (!fact("uid").equals("0")) {
      return Optional.of("sysfs can be written by root only; log in as root, or give --sudo");
    }
    return fact("arch").equals("x86_64")
        ? Optional.empty()
        : Optional.of(
            "the agent is built for x86_64 and the machine is "
                + fact("arch")
                + ", so it cannot run");
  }

  private Optional<String> inUse(Dax device) throws TargetException {
    String name = device.name();
    if (!users.isEmpty()) {
      return Optional.of(name + " is in use by " + String.join(", ", users) + "; end that first");
    }
    Optional<Mount> mount = mounts.stream().filter(m -> on(m.path(), device.path())).findFirst();
    if (mount.isPresent()) {
      String what =
          mount.get().folder().equals("/") ? "the root file system" : mount.get().folder();
      return Optional.of(
          what + " is on " + mount.get().source() + ", which is the same memory as " + name);
    }
    List<Block> online = blocks.stream().filter(Block::online).toList();
    Optional<Block> kept = online.stream().filter(b -> !b.zones().equals(MOVABLE)).findFirst();
    if (kept.isPresent()) {
      return Optional.of(
          "memory%d of %s is online in zone %s, and may hold unmovable kernel memory; offline it yourself first"
              .formatted(kept.get().number(), name, kept.get().zones()));
    }
    long mine = online.size() * blockSize() >> 10;
    long elsewhere =
        nodes.stream().filter(n -> n.number() != device.node()).mapToLong(Node::free).sum();
    Optional<Node> node = nodes.stream().filter(n -> n.number() == device.node()).findFirst();
    long total = nodes.stream().mapToLong(Node::total).sum();
    if (mine > 0 && total <= mine) {
      return Optional.of(name + " is the only memory that the machine has");
    }
    long used = node.map(n -> Math.min(mine, n.total() - n.free())).orElse(0L);
    long beside = node.map(n -> Math.max(0, n.free() - mine)).orElse(0L);
    if (mine > 0 && used + MARGIN_KIB > elsewhere + beside) {
      return Optional.of(
          "%d MiB of %s may be in use and only %d MiB are free elsewhere: taking it away could run the machine out of memory"
              .formatted(used >> 10, name, elsewhere + beside >> 10));
    }
    return Optional.empty();
  }

  /** Whether a block device lies in the same CXL region, or the same parent, as the dax device. */
  private static boolean on(String block, String dax) {
    if (block.isEmpty()) {
      return false;
    }
    int region = dax.indexOf("/dax_region");
    String parent =
        region > 0 ? dax.substring(0, region) : dax.substring(0, Math.max(0, dax.lastIndexOf('/')));
    // An e820 or hmem device stands below /sys/devices/platform itself, which is everyone's parent.
    boolean own = parent.chars().filter(c -> c == '/').count() > 3;
    return own && block.startsWith(parent + "/");
  }

  /** What the device is now, in words. */
  String state(String name) {
    Dax d = device(name).orElse(new Dax(name, "gone", NONE, "-", 0, -1, ""));
    return "driver %s, %s%s, policy %s, %s"
        .formatted(
            d.driver(),
            d.attribute().equals(NONE) ? "no attribute" : d.attribute() + " reads ",
            d.attribute().equals(NONE) ? "" : d.word(),
            fact("policy"),
            blocksInWords());
  }

  private String blocksInWords() {
    if (blocks.isEmpty()) {
      return "no memory blocks";
    }
    Map<String, Long> kinds =
        blocks.stream()
            .collect(
                Collectors.groupingBy(
                    b -> b.online() ? "online in " + b.zones() : "offline",
                    LinkedHashMap::new,
                    Collectors.counting()));
    return kinds.entrySet().stream()
        .map(e -> e.getValue() + (e.getValue() == 1 ? " block " : " blocks ") + e.getKey())
        .collect(Collectors.joining(", "));
  }

  /** What putback.sh is told, as words for a shell. */
  String wordsForPutBack(String name) {
    Dax d = device(name).orElseThrow();
    List<String> words = new ArrayList<>(List.of(d.name(), d.attribute(), d.driver(), d.word()));
    words.add(fact("policy"));
    blocks.forEach(
        b -> words.add(b.number() + ":" + b.state() + ":" + b.zones().replace(' ', '-')));
    return words.stream().map(Survey::quoted).collect(Collectors.joining(" "));
  }

  /** A word that a shell takes as it is. */
  static String quoted(String word) {
    return "'" + word.replace("'", "'\\''") + "'";
  }

  /** What will be changed, for the user to read before it is. */
  String plan(String name) throws TargetException {
    Dax d = device(name).orElseThrow();
    StringBuilder text = new StringBuilder();
    text.append("%s on %s, Linux %s%n".formatted(name, fact("host"), fact("release")));
    for (Range r : ranges) {
      text.append(
          "  memory    [%#x-%#x], %d MiB%n"
              .formatted(r.start(), r.end(), r.end() - r.start() + 1 >> 20));
    }
    text.append("  node      %d, memory blocks of %d MiB%n".formatted(d.node(), blockSize() >> 20));
    text.append("  now       %s%n".formatted(state(name)));
    text.append(
        "  daxcheck  will plug, unplug, bind and unbind it, and set its blocks online and offline%n"
            .formatted());
    text.append("  policy    it changes auto_online_blocks, which is system-wide%n".formatted());
    text.append("  after     everything is restored, also if daxcheck is killed%n".formatted());
    for (String rule : rules) {
      text.append("  beware    a udev rule acts on memory blocks: %s%n".formatted(rule));
      if (TO_ANY_ZONE.matcher(rule).find()) {
        text.append(
            "            what it puts online in a kernel zone may stay until the next boot\n");
      }
    }
    for (String process : processes) {
      text.append("  beware    %s runs and may act on memory blocks%n".formatted(process));
    }
    return text.toString();
  }

  /** Who is known to act on memory blocks here, in words. */
  String suspects() {
    List<String> all = new ArrayList<>();
    rules.forEach(r -> all.add("the udev rule " + r));
    all.addAll(processes);
    return all.isEmpty()
        ? "no udev rule or program known to do so was found"
        : String.join("; ", all);
  }

  /** What of the device is not as it was here, each thing with how it was; empty where all is. */
  String changes(Survey now, String name) {
    Dax was = device(name).orElseThrow();
    Optional<Dax> is = now.device(name);
    if (is.isEmpty()) {
      return name + " is gone";
    }
    List<String> all = new ArrayList<>();
    changed(all, "driver ", was.driver(), is.get().driver());
    changed(all, was.attribute() + " reads ", was.word(), is.get().word());
    changed(all, "policy ", fact("policy"), now.fact("policy"));
    Map<Long, String> mine = states(blocks);
    Map<Long, String> theirs = states(now.blocks);
    SortedSet<Long> numbers = new TreeSet<>(mine.keySet());
    numbers.addAll(theirs.keySet());
    for (long block : numbers) {
      changed(
          all,
          "memory" + block + " ",
          mine.getOrDefault(block, "absent"),
          theirs.getOrDefault(block, "absent"));
    }
    return String.join(", ", all);
  }

  private static void changed(List<String> all, String what, String was, String is) {
    if (!was.equals(is)) {
      all.add(what + is + " (was " + was + ")");
    }
  }

  /** Of offline blocks the zones are those that they could join, which says nothing of them. */
  private static Map<Long, String> states(List<Block> blocks) {
    return blocks.stream()
        .collect(
            Collectors.toMap(
                Block::number, b -> b.online() ? b.state() + " " + b.zones() : b.state()));
  }

  /** What is not as it was, in words; empty where all is. */
  String difference(Survey now, String name) {
    return state(name).equals(now.state(name)) && blocks.equals(now.blocks)
        ? ""
        : "it was: " + state(name) + "; it is: " + now.state(name);
  }
}
