package org.daxcheck.guest;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The QEMU of Debian's trixie-backports with all that it needs, in a folder of the cache: nothing
 * of the host is used but its kernel, so that each host judges with the same one.
 */
final class FetchedQemu {
  /** The version of the package, then the packages that the folder was made of. */
  private static final String RECORD = "apt/qemu";

  private static final String SUITE = "trixie-backports";
  private static final String PACKAGE = "qemu-system-x86";
  private static final String PROGRAM = "usr/bin/qemu-system-x86_64";

  /** Part of the folder's name: another layout makes another folder. */
  private static final String LAYOUT = "1";

  /** What only the packages' own scripts need, and ROMs that boot from a network. */
  private static final List<String> ASSUMED = List.of("adduser", "debconf", "ipxe-qemu");

  private static final Pattern FIRMWARE =
      Pattern.compile("usr/share/(?:qemu|seabios)/((?:bios|kvmvapic|linuxboot|pvh)[^/]*\\.bin)");

  private static final Pattern HAVE_FIRMWARE =
      Pattern.compile("/(qemu-system-data|seabios)_[^/]+$");

  private final Cache cache;
  private final Consumer<String> progress;

  FetchedQemu(Cache cache, Consumer<String> progress) {
    this.cache = cache;
    this.progress = progress;
  }

  /** The one in the cache, without a look at the archive; empty where there is none. */
  Optional<QemuProgram> known() throws GuestException {
    Optional<List<String>> record = cache.lines(RECORD);
    if (record.isEmpty() || record.get().isEmpty()) {
      return Optional.empty();
    }
    List<String> debs = record.get().subList(1, record.get().size());
    Optional<Path> folder = cache.whole(folder(debs));
    return folder.isEmpty() ? Optional.empty() : Optional.of(program(folder.get()));
  }

  /**
   * The one in the cache, or a newer one where the package lists were fetched since and have it.
   */
  QemuProgram program() throws GuestException {
    Optional<QemuProgram> known = known();
    Apt apt = Userland.trixie(cache, progress);
    if (known.isPresent() && !apt.isNewerThan(cache.file(RECORD))) {
      return known.get();
    }
    try {
      return newest(apt, known);
    } catch (GuestException e) {
      if (known.isEmpty()) {
        throw e;
      }
      progress.accept(e.getMessage() + "; going on with QEMU " + known.get().version().text());
      return known.get();
    }
  }

  private QemuProgram newest(Apt apt, Optional<QemuProgram> known) throws GuestException {
    if (known.isEmpty()) {
      apt.refresh();
    }
    Apt.Version newest =
        apt.versions(List.of(PACKAGE)).stream()
            .max(Comparator.comparing(v -> new DebianVersion(v.version())))
            .orElseThrow(
                () ->
                    new GuestException(
                        "Debian's "
                            + SUITE
                            + " has no "
                            + PACKAGE
                            + "; name another mirror by DAXCHECK_MIRROR, or take --qemu host"));
    List<String> record = known.isEmpty() ? List.of() : cache.lines(RECORD).orElse(List.of());
    if (!record.isEmpty() && record.get(0).equals(newest.version())) {
      cache.write(RECORD, String.join("\n", record) + "\n");
      return known.get();
    }
    List<Path> debs = apt.fetch(apt.closure(newest, SUITE, ASSUMED));
    List<String> names = debs.stream().map(d -> d.getFileName().toString()).toList();
    Path folder =
        cache.once(
            folder(names),
            newest + " with its libraries and firmware",
            part -> {
              progress.accept("unpacking QEMU " + newest.version());
              unpack(debs, part);
            });
    QemuProgram program = program(folder);
    cache.write(RECORD, newest.version() + "\n" + String.join("\n", names) + "\n");
    return program;
  }

  private static String folder(List<String> debs) {
    List<byte[]> parts = new ArrayList<>(List.of(Cache.utf8(LAYOUT)));
    debs.forEach(d -> parts.add(Cache.utf8(d)));
    return "qemu/" + Cache.hash(parts);
  }

  /** Started by the loader of its own C library, which may be newer than the host's. */
  private static QemuProgram program(Path folder) throws GuestException {
    List<String> words =
        List.of(
            "env",
            // Made for the host's libraries.
            "--unset=LD_PRELOAD",
            "--unset=LD_LIBRARY_PATH",
            // There are none: all that guests need is built in.
            "QEMU_MODULE_DIR=" + folder.resolve("modules"),
            folder.resolve("lib/ld.so").toString(),
            "--library-path",
            folder.resolve("lib").toString(),
            folder.resolve("qemu-system-x86_64").toString(),
            "-L",
            folder.resolve("firmware").toString());
    return QemuProgram.of(
        words,
        " " + folder.getFileName(),
        "the fetched QEMU does not fit this host; take --qemu host");
  }

  private static void unpack(List<Path> debs, Path part) throws GuestException, IOException {
    Userland.Choice choice = new Userland.Choice(RECORD, List.of(PACKAGE), List.of(PROGRAM));
    Map<String, byte[]> files = new LinkedHashMap<>(Userland.files(debs, choice));
    byte[] qemu = files.get(PROGRAM);
    String loader =
        new Elf(PROGRAM, qemu)
            .interpreter()
            .orElseThrow(() -> new GuestException(PROGRAM + " names no loader"))
            .substring(1);
    write(part.resolve("qemu-system-x86_64"), files.remove(PROGRAM));
    write(part.resolve("lib/ld.so"), files.remove(loader));
    for (Map.Entry<String, byte[]> library : files.entrySet()) {
      write(
          part.resolve("lib").resolve(Path.of(library.getKey()).getFileName()), library.getValue());
    }
    // To go through a package takes its time; these have firmware.
    for (Path deb :
        debs.stream().filter(d -> HAVE_FIRMWARE.matcher(d.toString()).find()).toList()) {
      Map<String, byte[]> firmware = Deb.read(deb, path -> FIRMWARE.matcher(path).matches());
      for (Map.Entry<String, byte[]> file : firmware.entrySet()) {
        Matcher name = FIRMWARE.matcher(file.getKey());
        if (name.matches()) {
          write(part.resolve("firmware").resolve(name.group(1)), file.getValue());
        }
      }
    }
  }

  private static void write(Path file, byte[] content) throws IOException {
    Files.createDirectories(file.getParent());
    Files.write(file, content);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }
}
