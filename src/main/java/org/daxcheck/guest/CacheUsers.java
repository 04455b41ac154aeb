package org.daxcheck.guest;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/**
 * What running processes use of a cache. Each has a file in {@code users} that it holds locked
 * until it ends, however it ends, with a line for each thing.
 */
final class CacheUsers {
  /** That of each cache that this process uses; the kernel knows such a lock once a process. */
  private static final Map<Path, CacheUsers> OURS = new ConcurrentHashMap<>();

  private final Path file;
  private final FileChannel held;
  private final Set<String> names = new HashSet<>();

  private CacheUsers(Path root) throws IOException {
    Path folder = Files.createDirectories(root.resolve("users"));
    this.file = folder.resolve(ProcessHandle.current().pid() + "-" + UUID.randomUUID());
    this.held = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    held.lock();
    AtExit.add(() -> Cache.deleteLeftover(file));
  }

  /** This process uses it from now on. */
  static void use(Path root, String name) throws IOException {
    Path real = root.toRealPath();
    synchronized (OURS) {
      CacheUsers ours = OURS.get(real);
      // Who looks between the making of the file and its lock removes it.
      while (ours == null || !Files.exists(ours.file)) {
        Set<String> before = ours == null ? Set.of() : ours.names;
        ours = new CacheUsers(real);
        OURS.put(real, ours);
        for (String used : before) {
          ours.add(used);
        }
      }
      ours.add(name);
    }
  }

  private void add(String name) throws IOException {
    if (names.add(name)) {
      held.write(ByteBuffer.wrap((name + "\n").getBytes(StandardCharsets.UTF_8)));
    }
  }

  /** What is in use; files of processes that ended are removed. */
  static Set<String> used(Path root) throws IOException {
    Path folder = root.toRealPath().resolve("users");
    if (!Files.isDirectory(folder)) {
      return Set.of();
    }
    CacheUsers ours = OURS.get(root.toRealPath());
    List<Path> files;
    try (Stream<Path> all = Files.list(folder)) {
      files = all.toList();
    }
    Set<String> used = new HashSet<>();
    for (Path file : files) {
      // Our own must not be opened: closing it would let go of the lock.
      boolean own = ours != null && file.equals(ours.file);
      if (own) {
        synchronized (OURS) {
          used.addAll(ours.names);
        }
      } else if (isHeld(file)) {
        used.addAll(Files.readAllLines(file));
      } else {
        Files.deleteIfExists(file);
      }
    }
    return used;
  }

  private static boolean isHeld(Path file) throws IOException {
    try (FileChannel other = FileChannel.open(file, StandardOpenOption.WRITE)) {
      return other.tryLock() == null;
    }
  }
}
