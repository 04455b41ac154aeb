package org.daxcheck.guest;

import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** The user's cache folder: packages, kernels and archives that need not be made twice. */
final class Cache {
  private static final Duration LOCK_LIMIT = Duration.ofMinutes(20);
  private static final String PART = ".part";
  private static final ReentrantLock IN_THIS_PROCESS = new ReentrantLock();

  private final Path root;

  Cache(Path root) {
    this.root = root;
  }

  static Cache ofUser() throws GuestException {
    String configured = System.getenv("XDG_CACHE_HOME");
    Path base =
        configured != null && configured.startsWith("/")
            ? Path.of(configured)
            : Path.of(System.getProperty("user.home"), ".cache");
    Cache cache = new Cache(base.resolve("daxcheck"));
    cache.folder("");
    return cache;
  }

  Path folder(String name) throws GuestException {
    Path folder = name.isEmpty() ? root : root.resolve(name);
    try {
      return Files.createDirectories(folder);
    } catch (IOException e) {
      throw new GuestException(
          "cannot make the cache folder " + folder + "; set XDG_CACHE_HOME to one that can", e);
    }
  }

  Path file(String name) {
    return root.resolve(name);
  }

  /** The only one to change the cache until it is closed. */
  interface Lock {
    void close();
  }

  /** Waits for the lock, in bounded time, and removes what a killed run left half made. */
  Lock lock(Consumer<String> progress) throws GuestException {
    long end = System.nanoTime() + LOCK_LIMIT.toNanos();
    try {
      if (!IN_THIS_PROCESS.tryLock(LOCK_LIMIT.toSeconds(), TimeUnit.SECONDS)) {
        throw locked();
      }
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
    FileChannel channel = null;
    boolean done = false;
    try {
      channel =
          FileChannel.open(
              root.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      FileLock lock = channel.tryLock();
      for (boolean told = false; lock == null; lock = channel.tryLock()) {
        if (!told) {
          progress.accept("waiting for another daxcheck that fills " + root);
          told = true;
        }
        if (System.nanoTime() > end) {
          throw locked();
        }
        Thread.sleep(100);
      }
      removeParts();
      done = true;
      FileChannel held = channel;
      return () -> {
        try {
          held.close();
        } catch (IOException e) {
          throw new java.io.UncheckedIOException("cannot release " + root.resolve("lock"), e);
        } finally {
          IN_THIS_PROCESS.unlock();
        }
      };
    } catch (InterruptedException e) {
      throw interrupted(e);
    } catch (IOException e) {
      throw new GuestException("cannot lock the cache " + root + ": " + e.getMessage(), e);
    } finally {
      if (!done) {
        IN_THIS_PROCESS.unlock();
        closeQuietly(channel);
      }
    }
  }

  private static void closeQuietly(FileChannel channel) throws GuestException {
    if (channel == null) {
      return;
    }
    try {
      channel.close();
    } catch (IOException e) {
      throw new GuestException("cannot close the lock of the cache", e);
    }
  }

  private GuestException locked() {
    return new GuestException(
        "another daxcheck holds "
            + root.resolve("lock")
            + " for more than "
            + LOCK_LIMIT.toMinutes()
            + " minutes; end it, or set XDG_CACHE_HOME to another folder");
  }

  private static GuestException interrupted(InterruptedException e) {
    Thread.currentThread().interrupt();
    return new GuestException("interrupted while waiting for the cache", e);
  }

  private void removeParts() throws IOException {
    List<Path> parts;
    try (Stream<Path> all = Files.walk(root, 2)) {
      parts = all.filter(p -> p.getFileName().toString().endsWith(PART)).toList();
    }
    for (Path part : parts) {
      deleteTree(part);
    }
  }

  /** Makes something at a path that does not count until it is whole. */
  @FunctionalInterface
  interface Maker {
    void make(Path part) throws IOException, GuestException;
  }

  /** The path of {@code name}, made first where it is not there yet. */
  Path once(String name, Maker maker) throws GuestException {
    Path path = root.resolve(name);
    if (Files.exists(path)) {
      return path;
    }
    folder(root.relativize(path.getParent()).toString());
    Path part = path.resolveSibling(path.getFileName() + PART);
    Runnable ending = () -> deleteLeftover(part);
    AtExit.add(ending);
    try {
      maker.make(part);
      Files.move(part, path, StandardCopyOption.ATOMIC_MOVE);
      return path;
    } catch (IOException e) {
      throw new GuestException("cannot write " + path + ": " + e.getMessage(), e);
    } finally {
      deleteLeftover(part);
      AtExit.remove(ending);
    }
  }

  /** Writes a small file whole or not at all. */
  void write(String name, String text) throws GuestException {
    Path path = root.resolve(name);
    folder(root.relativize(path.getParent()).toString());
    Path part = path.resolveSibling(path.getFileName() + PART);
    try {
      Files.writeString(part, text);
      Files.move(part, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new GuestException("cannot write " + path + ": " + e.getMessage(), e);
    }
  }

  static void deleteTree(Path tree) throws IOException {
    if (!Files.exists(tree, java.nio.file.LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    List<Path> all;
    try (Stream<Path> walk = Files.walk(tree)) {
      all = walk.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path path : all) {
      Files.deleteIfExists(path);
    }
  }

  static void deleteLeftover(Path part) {
    try {
      deleteTree(part);
    } catch (IOException e) {
      // The next run that takes the lock removes it; nothing reads a part.
      System.getLogger(Cache.class.getName()).log(System.Logger.Level.DEBUG, part.toString(), e);
    }
  }

  /** SHA-256 of the parts, each with its length, so that no two lists of parts meet. */
  static String hash(List<byte[]> parts) {
    MessageDigest digest = sha256();
    for (byte[] part : parts) {
      digest.update((part.length + "\n").getBytes(StandardCharsets.US_ASCII));
      digest.update(part);
    }
    return HexFormat.of().formatHex(digest.digest()).substring(0, 24);
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  static byte[] read(Path file, String what) throws GuestException {
    try (InputStream in = Files.newInputStream(file)) {
      return in.readAllBytes();
    } catch (java.nio.file.NoSuchFileException e) {
      throw new GuestException(file + ": no such file; it should be " + what, e);
    } catch (IOException e) {
      throw new GuestException(file + ": cannot read " + what + ": " + e.getMessage(), e);
    }
  }
}
