package org.daxcheck.guest;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Kmem drivers that are built from the kernel's own source and our edits of it. */
public final class KmemBuild {
  /** A first build fetches headers, compiler and source. */
  private static final Duration LIMIT = Duration.ofMinutes(15);

  private KmemBuild() {}

  /**
   * The edits of that name in qemu/drivers and qemu/faults.
   *
   * @throws GuestException for a name that is in neither
   */
  public static List<Path> edits(Path home, List<String> names) throws GuestException {
    List<Path> found = new ArrayList<>();
    for (String name : names) {
      Path driver = home.resolve("qemu/drivers/" + name + ".sed");
      Path fault = home.resolve("qemu/faults/" + name + ".sed");
      if (!name.matches("[a-z0-9-]+")
          || !Files.isRegularFile(driver) && !Files.isRegularFile(fault)) {
        throw new GuestException(
            "--driver '"
                + name
                + "' is neither in qemu/drivers ("
                + String.join(", ", names(home.resolve("qemu/drivers")))
                + ") nor in qemu/faults");
      }
      found.add(Files.isRegularFile(driver) ? driver : fault);
    }
    return found;
  }

  private static List<String> names(Path folder) throws GuestException {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .map(f -> f.getFileName().toString())
          .filter(f -> f.endsWith(".sed"))
          .map(f -> f.substring(0, f.length() - 4))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new GuestException("cannot list " + folder + ": " + e.getMessage(), e);
    }
  }

  /**
   * The module with these edits, for the kernel of the guest.
   *
   * @throws GuestException where it cannot be built; for a kernel that is no package, too
   */
  public static Path of(GuestSpec spec, List<Path> edits) throws GuestException {
    if (spec.kernel() instanceof KernelChoice.Files) {
      throw new GuestException(
          "--driver builds for a Debian kernel package; for a kernel of your own name"
              + " --kmem-module");
    }
    spec.progress()
        .accept(
            "building kmem with "
                + String.join(", ", edits.stream().map(KmemBuild::name).toList()));
    try {
      Path folder = Files.createTempDirectory("daxcheck-kmem");
      Path module = folder.resolve("kmem.ko");
      AtExit.add(() -> remove(folder));
      List<String> words = new ArrayList<>();
      words.add(spec.home().resolve("qemu/kmem-build").toString());
      for (Path edit : edits) {
        words.add("--edit");
        words.add(edit.toString());
      }
      if (spec.kernel() instanceof KernelChoice.Packaged packaged) {
        words.add("--package");
        words.add(packaged.name() + packaged.version().map(v -> "=" + v).orElse(""));
      }
      words.add("--out");
      words.add(module.toString());
      Command.Output output =
          Command.run(LIMIT, spec.home(), Map.of(), words.toArray(String[]::new));
      if (!output.ok()) {
        throw new GuestException("the driver cannot be built: " + output.complaint());
      }
      return module;
    } catch (IOException e) {
      throw new GuestException("no temporary folder for the driver: " + e.getMessage(), e);
    }
  }

  private static String name(Path edit) {
    return edit.getFileName().toString().replaceFirst("\\.sed$", "");
  }

  private static void remove(Path folder) {
    try {
      Files.deleteIfExists(folder.resolve("kmem.ko"));
      Files.deleteIfExists(folder);
    } catch (IOException e) {
      System.getLogger(KmemBuild.class.getName())
          .log(System.Logger.Level.DEBUG, "the temporary folder stays", e);
    }
  }
}
