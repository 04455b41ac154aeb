package org.daxcheck.guest;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.daxcheck.io.IoReason;
import org.daxcheck.io.Trees;

/** What is in the cache, and how it is made smaller. */
public final class CacheContents {
  /** What the cache may have before what was not used for longest goes, in bytes. */
  static final long BOUND = 8L << 30;

  /** Its own locks and records are no things; what was typed at the prompt is the user's. */
  private static final Set<String> NO_THINGS = Set.of("users", "try");

  /**
   * Half made things of qemu/kmem-build and qemu/kernel-build, named by the process that makes
   * them.
   */
  private static final Pattern PART = Pattern.compile(".*\\.part\\.(\\d+)");

  /** Those of both: who begins to use something, and who uses it. */
  private static final List<String> OF_BUILDS = List.of("kmem-build.lock", "kmem-build.use");

  private static final Duration REMOVING = Duration.ofMinutes(10);
  private static final int BUSY = 75;

  private final Path root;
  private final long bound;

  CacheContents(Path root) {
    this(root, BOUND);
  }

  CacheContents(Path root, long bound) {
    this.root = root;
    this.bound = bound;
  }

  /** That of the user. */
  public static CacheContents ofUser() {
    return new CacheContents(Cache.rootOfUser());
  }

  /** Where it is. */
  public Path root() {
    return root;
  }

  /**
   * What a removal came to.
   *
   * @param removed what is gone, oldest first
   * @param kept what would have been removed, but a running process uses it, or may
   */
  public record Removal(List<CacheEntry> removed, List<CacheEntry> kept) {
    public Removal {
      removed = List.copyOf(removed);
      kept = List.copyOf(kept);
    }

    /** Bytes of what is gone. */
    public long bytes() {
      return CacheContents.bytes(removed);
    }
  }

  /** Bytes of all of them. */
  public static long bytes(Collection<CacheEntry> entries) {
    return entries.stream().mapToLong(CacheEntry::bytes).sum();
  }

  /**
   * All that is in it, what was used last first.
   *
   * @throws GuestException where it cannot be read
   */
  public List<CacheEntry> entries() throws GuestException {
    try {
      return read();
    } catch (IOException e) {
      throw unreadable(e);
    }
  }

  /**
   * Removes what was used before a time, oldest first, until no more than so much is left; never
   * what a running process uses.
   *
   * @param progress hears of a wait for another process
   * @throws GuestException where something cannot be removed
   */
  public Removal prune(Instant before, long bytes, Consumer<String> progress)
      throws GuestException {
    Cache cache = new Cache(root);
    if (!Files.isDirectory(root)) {
      return new Removal(List.of(), List.of());
    }
    Cache.Lock lock = cache.lock(progress);
    try {
      return removed(before, bytes);
    } catch (IOException e) {
      throw unreadable(e);
    } finally {
      lock.close();
    }
  }

  /** How much the cache may have before what was not used for longest is removed, in bytes. */
  public long limit() {
    return bound;
  }

  /**
   * Removes what is too much; for who holds the cache's lock.
   *
   * @return what to tell the user; empty where nothing was
   */
  Optional<String> bound() throws IOException {
    long size = bytes(read());
    if (size <= bound) {
      return Optional.empty();
    }
    Removal done = removed(Instant.MAX, bound);
    return Optional.of(
        "the cache had %s of %s at most: removed %d of its things that were not used for longest, %s"
            .formatted(text(size), text(bound), done.removed().size(), text(done.bytes())));
  }

  /** A size in words, such as {@code 1.4 GiB}. */
  public static String text(long bytes) {
    if (bytes < 1000) {
      return bytes + " B";
    }
    double value = bytes / 1024.0;
    for (String unit : List.of("KiB", "MiB")) {
      if (value < 1000) {
        return "%.1f %s".formatted(value, unit);
      }
      value /= 1024;
    }
    return "%.1f GiB".formatted(value);
  }

  private GuestException unreadable(IOException e) {
    return new GuestException(
        "cannot go through the cache " + root + ": " + IoReason.sentence(e), e);
  }

  private Removal removed(Instant before, long most) throws IOException {
    List<CacheEntry> all = read();
    Set<String> used = CacheUsers.used(root);
    List<CacheEntry> kept = new ArrayList<>();
    Map<List<String>, List<CacheEntry>> wanted = new LinkedHashMap<>();
    long left = bytes(all);
    for (int i = all.size() - 1; i >= 0; i--) {
      CacheEntry entry = all.get(i);
      if (left <= most || !entry.used().isBefore(before)) {
        break;
      }
      Optional<List<String>> locks = locks(entry.name());
      if (locks.isEmpty() || used.contains(entry.name()) || isBeingMade(entry.name())) {
        kept.add(entry);
      } else {
        wanted.computeIfAbsent(locks.get(), l -> new ArrayList<>()).add(entry);
        left -= entry.bytes();
      }
    }
    List<CacheEntry> removed = new ArrayList<>();
    for (Map.Entry<List<String>, List<CacheEntry>> group : wanted.entrySet()) {
      (remove(group.getKey(), group.getValue()) ? removed : kept).addAll(group.getValue());
    }
    removed.sort(Comparator.comparing(CacheEntry::used));
    return new Removal(removed, kept);
  }

  private static boolean isBeingMade(String name) {
    Matcher part = PART.matcher(name);
    return part.matches() && ProcessHandle.of(Long.parseLong(part.group(1))).isPresent();
  }

  /**
   * The locks beside the cache's own that keep others from using a thing; empty for what this
   * daxcheck does not know: it may be another's, of whose users nothing can be said.
   */
  private static Optional<List<String>> locks(String name) {
    return switch (name.substring(0, name.indexOf('/'))) {
      case "agent",
          "helper",
          "initramfs",
          "kernels",
          "kvm",
          "plain",
          "qemu",
          "selftests",
          "unpatched" ->
          Optional.of(List.of());
      case "kmem", "kbuild", "linux-source", "debs", "trees", "built" -> Optional.of(OF_BUILDS);
      case "apt" ->
          switch (name) {
            case "apt/kernel" -> Optional.of(OF_BUILDS);
            case "apt/host" -> Optional.of(List.of("install.lock"));
            default -> Optional.of(List.of());
          };
      default -> Optional.empty();
    };
  }

  /** Whether they are gone; false where somebody holds one of the locks. */
  private boolean remove(List<String> locks, List<CacheEntry> entries) throws IOException {
    if (locks.isEmpty()) {
      for (CacheEntry entry : entries) {
        Path path = root.resolve(entry.name());
        Path part = path.resolveSibling(path.getFileName() + ".old.part");
        // What is removed by half must not be taken for whole.
        Files.move(path, part, StandardCopyOption.ATOMIC_MOVE);
        Files.deleteIfExists(CacheSeal.of(path));
        Trees.remove(part);
      }
      return true;
    }
    // Locks of flock(1), which Java cannot take.
    List<String> words = new ArrayList<>();
    for (String lock : locks) {
      words.addAll(List.of("flock", "-n", "-E", Integer.toString(BUSY), lock));
    }
    words.addAll(List.of("rm", "-rf", "--"));
    for (CacheEntry entry : entries) {
      Path seal = CacheSeal.of(root.resolve(entry.name()));
      words.add(root.relativize(seal).toString());
      words.add(entry.name());
    }
    try {
      Command.Output output = Command.run(REMOVING, root, Map.of(), words.toArray(String[]::new));
      if (!output.ok() && output.exit() != BUSY) {
        throw new IOException(output.complaint());
      }
      return output.ok();
    } catch (GuestException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  private List<CacheEntry> read() throws IOException {
    List<CacheEntry> all = new ArrayList<>();
    for (Path kind : listed(root)) {
      if (!Files.isDirectory(kind) || NO_THINGS.contains(kind.getFileName().toString())) {
        continue;
      }
      for (Path thing : listed(kind)) {
        if (!CacheSeal.isSeal(thing)) {
          entry(thing).ifPresent(all::add);
        }
      }
    }
    all.sort(Comparator.comparing(CacheEntry::used).reversed().thenComparing(CacheEntry::name));
    return all;
  }

  private Optional<CacheEntry> entry(Path thing) throws IOException {
    String name = root.relativize(thing).toString();
    try {
      Optional<CacheSeal> seal = CacheSeal.read(thing);
      if (seal.isPresent()) {
        Instant used = Files.getLastModifiedTime(CacheSeal.of(thing)).toInstant();
        return Optional.of(new CacheEntry(name, seal.get().bytes(), used, seal.get().how()));
      }
      String how =
          PART.matcher(name).matches()
              ? "half made"
              : name.startsWith("apt/") && Files.isDirectory(thing)
                  ? "package lists"
                  : "by an earlier daxcheck";
      Instant used = Files.getLastModifiedTime(thing).toInstant();
      return Optional.of(new CacheEntry(name, size(thing), used, how));
    } catch (NoSuchFileException e) {
      return Optional.empty(); // somebody removed it meanwhile
    }
  }

  private static long size(Path thing) throws IOException {
    long bytes = 0;
    TreeSet<Path> left = new TreeSet<>(List.of(thing));
    while (!left.isEmpty()) {
      Path next = left.pollFirst();
      if (Files.isDirectory(next, LinkOption.NOFOLLOW_LINKS)) {
        left.addAll(listed(next));
      } else if (Files.isRegularFile(next, LinkOption.NOFOLLOW_LINKS)) {
        bytes += Files.size(next);
      }
    }
    return bytes;
  }

  /** What is in a folder; nothing where it is gone. */
  static List<Path> listed(Path folder) throws IOException {
    try (Stream<Path> all = Files.list(folder)) {
      return all.sorted().toList();
    } catch (NoSuchFileException e) {
      return List.of();
    }
  }
}
