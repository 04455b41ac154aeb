package org.daxcheck.guest;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.daxcheck.io.IoReason;

/** The modules of one kernel, and the order in which those of the guest load. */
final class Modules {
  private static final Pattern FILE = Pattern.compile("(.+)\\.ko(\\.xz|\\.zst|\\.gz)?");

  /**
   * What a guest needs, in an order that loads. CXL memory becomes a dax device by dax_cxl; the
   * persistent memory modules are there because cxl_pmem and dax_hmem come with them.
   */
  private static final List<String> WANTED =
      List.of(
          "virtio_pci",
          "virtio_net",
          "libnvdimm",
          "nd_btt",
          "nd_pmem",
          "dax_pmem",
          "nfit",
          "nd_e820",
          "device_dax",
          "kmem",
          "dax_hmem",
          "dax_cxl",
          "cxl_port",
          "cxl_pmem",
          "cxl_acpi",
          "cxl_mem",
          "cxl_pci");

  private static final Set<String> REQUIRED =
      Set.of(
          "virtio_pci",
          "virtio_net",
          "device_dax",
          "kmem",
          "dax_cxl",
          "cxl_port",
          "cxl_acpi",
          "cxl_mem",
          "cxl_pci");

  private static final List<String> ON_DEMAND =
      List.of("notifier_error_inject", "memory_notifier_error_inject");

  private final Path folder;
  private final Map<String, Path> files = new HashMap<>();
  private final Set<String> builtin = new HashSet<>();

  /** Indexes the folder of a kernel's modules. */
  Modules(Path folder) throws GuestException {
    this.folder = folder;
    if (!Files.isDirectory(folder)) {
      throw new GuestException(folder + ": no such folder; it should hold a kernel's modules");
    }
    Set<Path> built = listed(folder);
    try (Stream<Path> walk = Files.walk(folder)) {
      for (Path path : (Iterable<Path>) walk::iterator) {
        String file = path.getFileName().toString();
        Matcher matcher = FILE.matcher(file);
        if (matcher.matches()) {
          if (built.isEmpty() || built.contains(path)) {
            files.put(key(matcher.group(1)), path);
          }
        } else if (file.equals("modules.builtin") && (built.isEmpty() || isIn(folder, path))) {
          readBuiltin(path);
        }
      }
    } catch (IOException e) {
      throw new GuestException(folder + ": cannot read the modules: " + IoReason.of(e), e);
    }
  }

  private static boolean isIn(Path folder, Path file) {
    return folder.equals(file.getParent());
  }

  /**
   * The modules that the last build of a kernel tree made; empty where the folder is none. A tree
   * may hold others besides: of builds before, or installed to a folder in it.
   */
  private static Set<Path> listed(Path folder) throws GuestException {
    Path order = folder.resolve("modules.order");
    Set<Path> built = new HashSet<>();
    if (Files.isRegularFile(folder.resolve("Makefile")) && Files.isRegularFile(order)) {
      try {
        for (String line : Files.readAllLines(order)) {
          built.add(folder.resolve(line.strip().replaceFirst("\\.o$", ".ko")));
        }
      } catch (IOException e) {
        throw new GuestException(order + ": cannot be read: " + IoReason.of(e), e);
      }
    }
    return built;
  }

  private void readBuiltin(Path list) throws IOException {
    for (String line : Files.readAllLines(list)) {
      Matcher matcher = FILE.matcher(line.substring(line.lastIndexOf('/') + 1));
      if (matcher.matches()) {
        builtin.add(key(matcher.group(1)));
      }
    }
  }

  /** Dashes and underscores are the same in a module's name. */
  private static String key(String name) {
    return name.replace('-', '_');
  }

  /** The content of a module, or null where the kernel has no such module. */
  private byte[] module(String name) throws GuestException {
    Path file = files.get(key(name));
    if (file == null) {
      return null;
    }
    try (InputStream in =
        Deb.decompress(file.getFileName().toString(), Files.newInputStream(file))) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new GuestException(file + ": cannot read the module: " + IoReason.of(e), e);
    }
  }

  /**
   * The kmem driver; empty where it is built in.
   *
   * @throws GuestException where the kernel has none
   */
  Optional<byte[]> kmem() throws GuestException {
    byte[] kmem = module("kmem");
    if (kmem == null && !builtin.contains("kmem")) {
      throw GuestException.notApplicable(
          folder.getFileName()
              + " was built without the kmem driver (CONFIG_DEV_DAX_KMEM), so there is nothing to"
              + " judge");
    }
    return Optional.ofNullable(kmem);
  }

  /** Name of the attribute that a kmem driver makes: state, hotplug, or empty for none. */
  static String attribute(byte[] kmem) {
    String text = new String(kmem, StandardCharsets.ISO_8859_1);
    return Stream.of("state", "hotplug")
        .filter(name -> text.contains("\0dev_attr_" + name + "\0"))
        .findFirst()
        .orElse("");
  }

  /**
   * False for a kmem driver that was built without CONFIG_MEMORY_HOTREMOVE: it never calls the
   * kernel's functions that remove memory.
   */
  static boolean hotremove(byte[] kmem) {
    return new String(kmem, StandardCharsets.ISO_8859_1).contains("remove_memory");
  }

  /**
   * The same of a kernel with the driver built in: it has a function's words for the log only where
   * it can remove memory (remove_memory in memory_hotplug.c).
   */
  static boolean hotremoveOf(byte[] kernel) {
    return new String(kernel, StandardCharsets.ISO_8859_1).contains("removing memory fails");
  }

  /**
   * The modules that are only loaded when a scenario wants them, by name: those that make the
   * kernel's memory notifiers fail. Empty where the kernel has none.
   */
  Map<String, byte[]> onDemand() throws GuestException {
    Map<String, byte[]> found = new LinkedHashMap<>();
    for (String name : ON_DEMAND) {
      byte[] content = module(name);
      if (content != null) {
        found.put(name, content);
      }
    }
    return found;
  }

  /** The release of the kernel that a module was built for; empty where it does not say. */
  static String builtFor(byte[] module) throws GuestException {
    return new Elf("kmem.ko", module)
        .modinfo("vermagic").stream().map(m -> m.split(" ")[0]).findFirst().orElse("");
  }

  /** The content of every module of a guest by name, in an order that loads. */
  Map<String, byte[]> ordered() throws GuestException {
    Optional<byte[]> kmem = kmem();
    return kmem.isPresent() ? ordered(kmem.get(), "kmem.ko") : inOrder(null);
  }

  /** The same with another kmem driver; {@code name} is for messages. */
  Map<String, byte[]> ordered(byte[] kmem, String name) throws GuestException {
    if (builtin.contains("kmem")) {
      throw new GuestException(
          folder
              + ": kmem is built into this kernel, so that "
              + name
              + " cannot take its place; build with CONFIG_DEV_DAX_KMEM=m");
    }
    List<String> names = new Elf(name, kmem).modinfo("name");
    if (!names.contains("kmem")) {
      throw new GuestException(
          name
              + ": not a kmem driver but "
              + (names.isEmpty() ? "no kernel module" : "the module " + names.get(0))
              + "; the module's name must be kmem, for one symbol is exported to that name only");
    }
    return inOrder(kmem);
  }

  private Map<String, byte[]> inOrder(byte[] kmem) throws GuestException {
    Map<String, byte[]> ordered = new LinkedHashMap<>();
    Set<String> seen = new HashSet<>();
    for (String wanted : WANTED) {
      if (!files.containsKey(wanted) && !builtin.contains(wanted) && REQUIRED.contains(wanted)) {
        // A tree without modules.builtin leaves open what is built in: the guest will tell.
        if (!builtin.isEmpty()) {
          throw missing(wanted, "the guest");
        }
      }
      add(wanted, kmem, ordered, seen);
    }
    return ordered;
  }

  private void add(String name, byte[] kmem, Map<String, byte[]> ordered, Set<String> seen)
      throws GuestException {
    if (!seen.add(key(name))) {
      return;
    }
    byte[] content = key(name).equals("kmem") ? kmem : module(name);
    if (content == null) {
      return;
    }
    Elf elf = new Elf(name + ".ko", content);
    for (String soft : elf.modinfo("softdep")) {
      for (String before : before(soft)) {
        add(before, kmem, ordered, seen);
      }
    }
    for (String depends : elf.modinfo("depends")) {
      for (String needed : depends.split(",")) {
        if (!needed.isEmpty()) {
          if (!files.containsKey(key(needed)) && !builtin.contains(key(needed))) {
            throw missing(needed, name);
          }
          add(needed, kmem, ordered, seen);
        }
      }
    }
    ordered.put(key(name), content);
  }

  /** The modules that a soft dependency wants first: those between "pre:" and "post:". */
  static List<String> before(String softdep) {
    int pre = softdep.indexOf("pre:");
    if (pre < 0) {
      return List.of();
    }
    int post = softdep.indexOf("post:");
    String names = softdep.substring(pre + 4, post > pre ? post : softdep.length()).strip();
    return names.isEmpty() ? List.of() : Arrays.asList(names.split("\\s+"));
  }

  private GuestException missing(String module, String by) {
    return new GuestException(
        folder
            + ": the module "
            + module
            + ", needed by "
            + by
            + ", is neither in it nor built in; take a kernel with CXL memory"
            + " (CONFIG_CXL_REGION, CONFIG_DEV_DAX_CXL) and virtio, or name the folder that holds"
            + " all its modules");
  }
}
