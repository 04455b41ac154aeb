package org.daxcheck.patch;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.daxcheck.guest.CacheSeal;
import org.daxcheck.guest.UserCache;
import org.daxcheck.io.Trees;
import org.daxcheck.suite.PlannedCase;

/**
 * Keeps runs on unpatched drivers. Only whole ones, in which nothing failed, are kept; and a run is
 * found again only by the fingerprint of everything that it depends on.
 */
public final class BaselineStore {
  /** How many are kept; one is a few megabytes. */
  private static final int KEPT = 12;

  /** What of a run is kept: all but the consoles. */
  private static final List<String> WANTED =
      List.of("run.json", "results.ktap", "junit.xml", "report.txt", "traces");

  private final Path root;

  /** A store in this folder. */
  public BaselineStore(Path root) {
    this.root = root;
  }

  /**
   * The newest run of this fingerprint that has all these cases.
   *
   * @param told hears of one that is not as it was kept; it is removed
   */
  public Optional<Baseline> find(String fingerprint, List<PlannedCase> cases, Consumer<String> told)
      throws IOException {
    List<Baseline> found = new ArrayList<>();
    for (Path folder : folders()) {
      if (folder.getFileName().toString().startsWith(fingerprint + ".") && isWhole(folder, told)) {
        Baseline baseline = Baseline.read(folder);
        if (baseline.isSound() && baseline.has(cases)) {
          found.add(baseline);
        }
      }
    }
    Optional<Baseline> newest = found.stream().max(Comparator.comparing(b -> b.run().started()));
    if (newest.isPresent()) {
      UserCache.use(newest.get().folder());
    }
    return newest;
  }

  private static boolean isWhole(Path folder, Consumer<String> told) throws IOException {
    Optional<CacheSeal.Damage> damage = CacheSeal.damage(folder);
    if (damage.isPresent()) {
      told.accept(folder + " " + damage.get().text() + "; it is measured anew");
      remove(folder);
    }
    return damage.isEmpty();
  }

  /**
   * Keeps what a run left, if it is sound.
   *
   * @return whether it is kept
   */
  public boolean keep(String fingerprint, Baseline measured) throws IOException {
    if (!measured.isSound()) {
      return false;
    }
    String name = fingerprint + "." + measured.run().started().toEpochMilli();
    Path fresh = root.resolve("new." + ProcessHandle.current().pid() + "." + name);
    for (String wanted : WANTED) {
      Trees.copy(measured.folder().resolve(wanted), fresh.resolve(wanted));
    }
    CacheSeal.write(fresh, root.resolve(name), "run on the driver without patches");
    Files.move(fresh, root.resolve(name), StandardCopyOption.ATOMIC_MOVE);
    List<Path> all = new ArrayList<>(folders());
    all.sort(Comparator.comparing(BaselineStore::age).reversed());
    for (Path old : all.subList(Math.min(KEPT, all.size()), all.size())) {
      remove(old);
    }
    return true;
  }

  private List<Path> folders() throws IOException {
    try (Stream<Path> all = Files.list(root)) {
      return all.filter(
              f ->
                  f.getFileName().toString().matches("[0-9a-f]+\\.[0-9]+")
                      && Files.isRegularFile(f.resolve("run.json")))
          .sorted()
          .toList();
    }
  }

  private static long age(Path folder) {
    String name = folder.getFileName().toString();
    return Long.parseLong(name.substring(name.indexOf('.') + 1));
  }

  private static void remove(Path folder) throws IOException {
    Trees.remove(folder);
    Files.deleteIfExists(CacheSeal.of(folder));
  }
}
