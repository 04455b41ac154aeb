package org.daxcheck.guest;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Finds the kernel that was asked for, on this machine or in Debian's archive. */
final class Kernels {
  /** The first mainline release with the attribute. Only where to look: the driver decides. */
  private static final DebianVersion FIRST = new DebianVersion("7.3~");

  private static final Pattern STOCK = Pattern.compile("linux-image-\\d[^-]*-amd64");
  private static final Pattern PART = Pattern.compile("linux-(image|binary|modules|base)-\\d.*");
  private static final Pattern MODULE_FOLDER = Pattern.compile("(?:usr/)?lib/(modules/.+)");
  private static final Pattern BOOT = Pattern.compile("boot/vmlinuz-.+");

  private final Cache cache;
  private final Consumer<String> progress;

  Kernels(Cache cache, Consumer<String> progress) {
    this.cache = cache;
    this.progress = progress;
  }

  KernelImage find(KernelChoice choice) throws GuestException {
    if (choice instanceof KernelChoice.Files files) {
      return own(files);
    }
    if (choice instanceof KernelChoice.Packaged packaged) {
      return packaged(packaged);
    }
    if (choice instanceof KernelChoice.Built built) {
      return built(built);
    }
    return newest();
  }

  private static KernelImage built(KernelChoice.Built choice) throws GuestException {
    Path vmlinuz = choice.folder().resolve("bzImage");
    String release = KernelImage.release(vmlinuz, Cache.read(vmlinuz, "the kernel that was built"));
    return new KernelImage(
        release,
        vmlinuz,
        choice.folder().resolve("modules").resolve(release),
        choice.made(),
        Optional.of(choice.folder().resolve(FailureModule.FILE)).filter(Files::isRegularFile));
  }

  /** The package that the choice stands for now. */
  KernelChoice pinned(KernelChoice choice) throws GuestException {
    KernelImage image = find(choice);
    String[] named = image.packageVersion().split(" ");
    if (choice instanceof KernelChoice.Newest) {
      // So that it need not be looked up a second time by its name.
      cache.write(
          record(named[0] + "=" + named[1]),
          new String(
              Cache.read(cache.file("apt/newest-kernel"), "the kernel's record"),
              StandardCharsets.UTF_8));
    }
    return new KernelChoice.Packaged(named[0], Optional.of(named[1]));
  }

  private static String record(String asked) {
    return "apt/package-" + asked.replace(':', '%');
  }

  private static KernelImage own(KernelChoice.Files files) throws GuestException {
    String release =
        KernelImage.release(
            files.vmlinuz(), Cache.read(files.vmlinuz(), "the kernel of --kernel, a bzImage"));
    Path modules = files.modules();
    for (String below : List.of(release, "lib/modules/" + release, "usr/lib/modules/" + release)) {
      if (Files.isDirectory(files.modules().resolve(below))) {
        modules = files.modules().resolve(below);
      }
    }
    Optional<byte[]> kmem = kmem(modules);
    String built = kmem.isPresent() ? Modules.builtFor(kmem.get()) : "";
    if (!built.isEmpty() && !built.equals(release)) {
      throw new GuestException(
          modules
              + ": its modules are for "
              + built
              + ", but "
              + files.vmlinuz()
              + " is "
              + release
              + "; give --modules the folder of the same build");
    }
    return new KernelImage(release, files.vmlinuz(), modules, "");
  }

  /** The user named the folder, which may be the wrong one: that is no property of the kernel. */
  private static Optional<byte[]> kmem(Path modules) throws GuestException {
    try {
      return new Modules(modules).kmem();
    } catch (GuestException e) {
      if (!e.isNotApplicable()) {
        throw e;
      }
      throw new GuestException(
          modules
              + ": no kmem.ko in it; build with CONFIG_DEV_DAX_KMEM=m or name the folder that holds"
              + " the kernel's modules");
    }
  }

  private KernelImage newest() throws GuestException {
    String record = "apt/newest-kernel";
    Optional<KernelImage> known = recorded(record);
    if (known.isPresent() && trixie().fresh()) {
      return known.get();
    }
    try {
      return search(record);
    } catch (GuestException e) {
      if (known.isEmpty()) {
        throw e;
      }
      progress.accept(e.getMessage() + "; going on with " + known.get().packageVersion());
      return known.get();
    }
  }

  private KernelImage search(String record) throws GuestException {
    for (Apt apt : List.of(trixie(), sid())) {
      apt.refresh();
      for (Apt.Version candidate : candidates(apt)) {
        List<Apt.Version> parts = parts(apt, candidate);
        KernelImage kernel = unpack(candidate, apt.fetch(parts));
        if (new Modules(kernel.modules())
            .kmem()
            .filter(kmem -> !Modules.attribute(kmem).isEmpty())
            .isPresent()) {
          remember(record, candidate, parts);
          return kernel;
        }
        progress.accept(candidate + " has no attribute; looking further");
      }
    }
    throw new GuestException(
        "Debian's trixie-backports and sid have no kernel of 7.3 or newer whose kmem driver has the"
            + " attribute; name one by --kernel-package, or give --kernel and --modules");
  }

  private static List<Apt.Version> candidates(Apt apt) throws GuestException {
    List<String> names =
        apt.names("linux-image-").stream().filter(n -> STOCK.matcher(n).matches()).toList();
    return newestFirst(apt.versions(names));
  }

  static List<Apt.Version> newestFirst(List<Apt.Version> versions) {
    return versions.stream()
        .filter(v -> STOCK.matcher(v.name()).matches())
        .filter(v -> new DebianVersion(v.version()).compareTo(FIRST) >= 0)
        .sorted(Comparator.comparing((Apt.Version v) -> new DebianVersion(v.version())).reversed())
        .toList();
  }

  private KernelImage packaged(KernelChoice.Packaged choice) throws GuestException {
    String asked = choice.name() + choice.version().map(v -> "=" + v).orElse("");
    String record = record(asked);
    Optional<KernelImage> known = recorded(record);
    if (known.isPresent() && (choice.version().isPresent() || trixie().fresh())) {
      return known.get();
    }
    try {
      for (Apt apt : List.of(trixie(), sid(), bookworm())) {
        apt.refresh();
        Optional<Apt.Version> version =
            apt.versions(List.of(choice.name())).stream()
                .filter(v -> choice.version().map(v.version()::equals).orElse(true))
                .max(Comparator.comparing(v -> new DebianVersion(v.version())));
        if (version.isPresent()) {
          List<Apt.Version> parts = parts(apt, version.get());
          KernelImage kernel = unpack(version.get(), apt.fetch(parts));
          remember(record, version.get(), parts);
          return kernel;
        }
      }
    } catch (GuestException e) {
      if (known.isEmpty()) {
        throw e;
      }
      progress.accept(e.getMessage() + "; going on with " + known.get().packageVersion());
      return known.get();
    }
    throw new GuestException(
        "--kernel-package "
            + asked
            + ": not in Debian's trixie, sid or bookworm; ask 'apt-cache madison "
            + choice.name()
            + "' for its versions, or give --kernel and --modules");
  }

  /** The package and those that hold its parts: since 7.3 linux-image is a shell over others. */
  private static List<Apt.Version> parts(Apt apt, Apt.Version of) throws GuestException {
    Map<String, Apt.Version> parts = new LinkedHashMap<>();
    List<Apt.Version> queue = new ArrayList<>(List.of(of));
    while (!queue.isEmpty()) {
      Apt.Version next = queue.remove(0);
      if (parts.containsKey(next.name())) {
        continue;
      }
      parts.put(next.name(), next);
      for (Apt.Version depended : apt.depends(next)) {
        if (!PART.matcher(depended.name()).matches()) {
          continue;
        }
        Optional<Apt.Version> exact =
            depended.version().isEmpty() ? apt.candidate(depended.name()) : Optional.of(depended);
        exact.ifPresent(queue::add);
      }
    }
    return List.copyOf(parts.values());
  }

  /** The folder of the cache for what these packages hold. */
  private static String folder(List<Path> debs) {
    return "kernels/"
        + Cache.hash(debs.stream().map(d -> Cache.utf8(d.getFileName().toString())).toList());
  }

  /** Unpacks vmlinuz and modules, once for each set of packages. */
  private KernelImage unpack(Apt.Version named, List<Path> debs) throws GuestException {
    Path folder =
        cache.once(
            folder(debs),
            "kernel and modules of " + named,
            part -> {
              progress.accept("unpacking " + named);
              for (Path deb : debs) {
                unpack(deb, part);
              }
              if (!Files.exists(part.resolve("vmlinuz"))) {
                throw new GuestException(
                    named + " holds no kernel; name a package such as linux-image-...-amd64");
              }
            });
    return image(named, folder);
  }

  private static void unpack(Path deb, Path into) throws GuestException {
    Deb.visit(
        deb,
        path -> MODULE_FOLDER.matcher(path).matches() || BOOT.matcher(path).matches(),
        (path, content) -> {
          var module = MODULE_FOLDER.matcher(path);
          boolean kernel = BOOT.matcher(path).matches() || path.endsWith("/vmlinuz");
          Path file = into.resolve(kernel || !module.matches() ? "vmlinuz" : module.group(1));
          Files.createDirectories(file.getParent());
          Files.copy(content, file);
        });
  }

  private static KernelImage image(Apt.Version named, Path folder) throws GuestException {
    Path vmlinuz = folder.resolve("vmlinuz");
    String release = KernelImage.release(vmlinuz, Cache.read(vmlinuz, "the kernel of " + named));
    return new KernelImage(
        release,
        vmlinuz,
        folder.resolve("modules").resolve(release),
        named.name() + " " + named.version());
  }

  private void remember(String record, Apt.Version named, List<Apt.Version> parts)
      throws GuestException {
    StringBuilder text = new StringBuilder(named.name() + " " + named.version() + "\n");
    for (Path deb : debs(parts)) {
      text.append(deb.getFileName()).append('\n');
    }
    cache.write(record, text.toString());
  }

  private List<Path> debs(List<Apt.Version> parts) {
    return parts.stream().map(this::deb).flatMap(Optional::stream).toList();
  }

  private Optional<Path> deb(Apt.Version part) {
    String start = part.name() + "_" + part.version().replace(":", "%3a") + "_";
    return Stream.of("amd64", "all")
        .map(architecture -> cache.file("debs/" + start + architecture + ".deb"))
        .filter(Files::exists)
        .findFirst();
  }

  /** The kernel that an earlier run found, if its packages or what they held are still there. */
  private Optional<KernelImage> recorded(String record) throws GuestException {
    Optional<List<String>> lines = cache.lines(record);
    if (lines.isEmpty() || lines.get().isEmpty()) {
      return Optional.empty();
    }
    String[] named = lines.get().get(0).split(" ");
    List<String> names = lines.get().stream().skip(1).map(name -> "debs/" + name).toList();
    List<Path> debs = names.stream().map(cache::file).toList();
    if (named.length != 2) {
      return Optional.empty();
    }
    if (cache.whole(folder(debs)).isEmpty()) {
      for (String name : names) {
        if (cache.whole(name).isEmpty()) {
          return Optional.empty();
        }
      }
    }
    return Optional.of(unpack(new Apt.Version(named[0], named[1]), debs));
  }

  private Apt trixie() {
    return Userland.trixie(cache, progress);
  }

  private Apt sid() {
    return new Apt(cache, "sid", List.of("sid"), progress);
  }

  private Apt bookworm() {
    return new Apt(
        cache,
        "bookworm",
        List.of("bookworm", "bookworm-backports", "bookworm-security"),
        progress);
  }
}
