package org.daxcheck.guest;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/** Programs of a guest with their libraries, out of Debian packages. */
final class Userland {
  /** What every guest has. */
  private static final Choice BASE =
      new Choice(
          "apt/userland",
          List.of("busybox-static", "dropbear-bin"),
          List.of("busybox", "usr/sbin/dropbear"));

  /** What busybox is called in the package of Debian 12 and before, and since. */
  private static final List<String> SHELLS = List.of("bin/busybox", "usr/bin/busybox");

  private final Cache cache;
  private final Consumer<String> progress;
  private final Choice choice;

  /**
   * Which programs.
   *
   * @param record the file of the cache that remembers the packages
   * @param packages where to begin; what they depend on is fetched as far as needed
   * @param programs their paths in the packages; {@code busybox} stands for that program alone
   */
  record Choice(String record, List<String> packages, List<String> programs) {}

  Userland(Cache cache, Consumer<String> progress) {
    this(cache, progress, BASE);
  }

  Userland(Cache cache, Consumer<String> progress, Choice choice) {
    this.cache = cache;
    this.progress = progress;
    this.choice = choice;
  }

  static Apt trixie(Cache cache, Consumer<String> progress) {
    List<String> suites =
        List.of("trixie", "trixie-updates", "trixie-backports", "trixie-security");
    return new Apt(cache, "trixie", suites, progress);
  }

  /** The packages, fetched first where they are not in the cache. */
  List<Path> packages() throws GuestException {
    List<String> names = new ArrayList<>();
    List<Path> known = new ArrayList<>();
    for (String name : cache.lines(choice.record()).orElse(List.of())) {
      names.add(name);
      cache.whole("debs/" + name).ifPresent(known::add);
    }
    if (!names.isEmpty() && known.size() == names.size()) {
      return known;
    }
    List<Path> fetched = fetch();
    StringBuilder record = new StringBuilder();
    fetched.forEach(deb -> record.append(deb.getFileName()).append('\n'));
    cache.write(choice.record(), record.toString());
    return fetched;
  }

  /** Follows dependencies until every library that the programs are linked to is there. */
  private List<Path> fetch() throws GuestException {
    Apt apt = trixie(cache, progress);
    apt.refresh();
    List<Path> debs = new ArrayList<>();
    Set<String> seen = new LinkedHashSet<>();
    List<String> names = choice.packages();
    for (int depth = 0; depth < 4 && !names.isEmpty(); depth++) {
      List<Apt.Version> versions = new ArrayList<>();
      for (String name : names) {
        // A virtual package has none; a library that misses for it is reported by name.
        apt.candidate(name).ifPresent(versions::add);
      }
      if (depth == 0 && versions.size() < names.size()) {
        throw new GuestException(
            "Debian's trixie lacks one of "
                + String.join(", ", names)
                + "; name another mirror by DAXCHECK_MIRROR");
      }
      if (!versions.isEmpty()) {
        debs.addAll(apt.fetch(versions));
      }
      if (depth > 0 && missing(debs, choice).isEmpty()) {
        return debs;
      }
      seen.addAll(names);
      Set<String> next = new LinkedHashSet<>();
      for (Apt.Version version : versions) {
        apt.depends(version).forEach(depended -> next.add(depended.name()));
      }
      next.removeAll(seen);
      names = List.copyOf(next);
    }
    throw new GuestException(
        "the packages of "
            + String.join(", ", choice.packages())
            + " lack "
            + String.join(", ", missing(debs, choice))
            + " that it needs");
  }

  private static Set<String> missing(List<Path> debs, Choice choice) throws GuestException {
    Set<String> missing = new LinkedHashSet<>();
    collect(debs, choice, missing);
    return missing;
  }

  /** The files of every guest by path. */
  static Map<String, byte[]> files(List<Path> debs) throws GuestException {
    return files(debs, BASE);
  }

  /** The chosen programs and what they need, by path. */
  static Map<String, byte[]> files(List<Path> debs, Choice choice) throws GuestException {
    Set<String> missing = new LinkedHashSet<>();
    Map<String, byte[]> files = collect(debs, choice, missing);
    if (!missing.isEmpty()) {
      throw new GuestException("the guest's packages lack " + String.join(", ", missing));
    }
    return files;
  }

  /** Programs and other files as an archive, each of which may be run. */
  static byte[] tar(Map<String, byte[]> files) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (TarArchiveOutputStream tar = new TarArchiveOutputStream(bytes)) {
      for (Map.Entry<String, byte[]> file : files.entrySet()) {
        TarArchiveEntry entry = new TarArchiveEntry(file.getKey());
        entry.setSize(file.getValue().length);
        entry.setMode(0100755);
        tar.putArchiveEntry(entry);
        tar.write(file.getValue());
        tar.closeArchiveEntry();
      }
    }
    return bytes.toByteArray();
  }

  private static Map<String, byte[]> collect(List<Path> debs, Choice choice, Set<String> missing)
      throws GuestException {
    Map<String, byte[]> found = new LinkedHashMap<>();
    for (Path deb : debs) {
      found.putAll(
          Deb.read(
              deb,
              path ->
                  choice.programs().contains(path)
                      || SHELLS.contains(path)
                      || path.contains(".so")));
    }
    Map<String, byte[]> files = new LinkedHashMap<>();
    for (String program : choice.programs()) {
      if (program.equals("busybox")) {
        SHELLS.stream()
            .filter(found::containsKey)
            .forEach(shell -> files.put("bin/busybox", found.get(shell)));
        if (!files.containsKey("bin/busybox")) {
          missing.add(program);
        }
      } else if (found.containsKey(program)) {
        files.put(program, found.get(program));
        addLibraries(program, found, files, missing);
      } else {
        missing.add(program);
      }
    }
    return files;
  }

  private static void addLibraries(
      String program, Map<String, byte[]> found, Map<String, byte[]> files, Set<String> missing)
      throws GuestException {
    Elf elf = new Elf(program, found.get(program));
    Optional<String> loader = elf.interpreter();
    if (loader.isPresent()) {
      String path = loader.get().substring(1);
      put(found, path, path.substring(path.lastIndexOf('/') + 1), files, missing);
    }
    Deque<String> queue = new ArrayDeque<>(elf.needed());
    Set<String> seen = new LinkedHashSet<>();
    while (!queue.isEmpty()) {
      String library = queue.remove();
      // The loader looks into this folder without a cache of its own.
      if (seen.add(library)
          && put(found, "lib/x86_64-linux-gnu/" + library, library, files, missing)) {
        byte[] content = files.get("lib/x86_64-linux-gnu/" + library);
        queue.addAll(new Elf(library, content).needed());
      }
    }
  }

  private static boolean put(
      Map<String, byte[]> found,
      String path,
      String name,
      Map<String, byte[]> files,
      Set<String> missing) {
    for (Map.Entry<String, byte[]> file : found.entrySet()) {
      if (file.getKey().endsWith("/" + name)) {
        files.put(path, file.getValue());
        return true;
      }
    }
    missing.add(name);
    return false;
  }
}
