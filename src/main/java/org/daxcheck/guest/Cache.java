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
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.daxcheck.io.IoReason;
import org.daxcheck.io.Trees;

/** The user's cache folder: packages, kernels and archives that need not be made twice. */
final class Cache {
  private static final Duration LOCK_LIMIT = Duration.ofMinutes(20);
  private static final String PART = ".part";
  private static final ReentrantLock IN_THIS_PROCESS = new ReentrantLock();

  /** What this process found whole: each thing is read once. */
  private static final Set<Path> WHOLE = ConcurrentHashMap.newKeySet();

  /** Hears what the user has to know even where progress is not shown. */
  private static volatile Optional<Consumer<String>> notices = Optional.empty();

  /** Caches of which the user was told that they are from before there were seals. */
  private static final Set<Path> OLD = ConcurrentHashMap.newKeySet();

  private final Path root;
  private Consumer<String> told = text -> {};
  private volatile boolean grown;

  Cache(Path root) {
    this.root = root;
  }

  static Cache ofUser() throws GuestException {
    Cache cache = new Cache(rootOfUser());
    cache.folder("");
    return cache;
  }

  static void hear(Consumer<String> listener) {
    notices = Optional.of(listener);
  }

  static void notice(String text, Consumer<String> otherwise) {
    notices.orElse(otherwise).accept(text);
  }

  static Path rootOfUser() {
    String configured = System.getenv("XDG_CACHE_HOME");
    return (configured != null && configured.startsWith("/")
            ? Path.of(configured)
            : Path.of(System.getProperty("user.home"), ".cache"))
        .resolve("daxcheck");
  }

  Path folder(String name) throws GuestException {
    Path folder = name.isEmpty() ? root : root.resolve(name);
    try {
      return Files.createDirectories(folder);
    } catch (IOException e) {
      throw new GuestException(
          "cannot make the cache folder "
              + folder
              + ": "
              + IoReason.of(e)
              + "; set XDG_CACHE_HOME to another",
          e);
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
    told = progress;
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
        try (held) {
          bound();
        } catch (IOException e) {
          throw new java.io.UncheckedIOException("cannot release " + root.resolve("lock"), e);
        } finally {
          IN_THIS_PROCESS.unlock();
        }
      };
    } catch (InterruptedException e) {
      throw interrupted(e);
    } catch (IOException e) {
      throw new GuestException("cannot lock the cache " + root + ": " + IoReason.of(e), e);
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
      throw new GuestException("cannot close the lock of the cache: " + IoReason.of(e), e);
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
    for (Path kind : CacheContents.listed(root)) {
      if (kind.getFileName().toString().endsWith(PART)) {
        Trees.remove(kind);
      } else if (Files.isDirectory(kind)) {
        for (Path path : CacheContents.listed(kind)) {
          if (path.getFileName().toString().endsWith(PART)) {
            Trees.remove(path);
          }
        }
      }
    }
  }

  /** Makes something at a path that does not count until it is whole. */
  @FunctionalInterface
  interface Maker {
    void make(Path part) throws IOException, GuestException;
  }

  /**
   * A thing that is there and as it was made; it counts as used by this process from now on. Empty
   * where it has to be made: whoever cut or altered it, its user is told.
   */
  Optional<Path> whole(String name) throws GuestException {
    Path path = root.resolve(name);
    if (!Files.exists(path)) {
      return Optional.empty();
    }
    try {
      if (!WHOLE.contains(path)) {
        Optional<CacheSeal.Damage> damage = CacheSeal.damage(path);
        if (damage.isPresent()) {
          tell(path, damage.get());
          return Optional.empty();
        }
        WHOLE.add(path);
      }
      use(name);
      return Optional.of(path);
    } catch (IOException e) {
      throw new GuestException("cannot read " + path + ": " + IoReason.of(e), e);
    }
  }

  private void tell(Path path, CacheSeal.Damage damage) {
    switch (damage) {
      case ALTERED -> notice(path + " " + damage.text() + "; it is made anew", told);
      case NO_SEAL -> {
        if (OLD.add(root)) {
          notice(path + " " + damage.text() + "; such things are made anew", told);
        }
      }
    }
  }

  /** Notes that a thing is used by this process, and when it was. */
  void use(String name) throws IOException {
    CacheUsers.use(root, name);
    Path seal = CacheSeal.of(root.resolve(name));
    if (Files.exists(seal)) {
      Files.setLastModifiedTime(seal, FileTime.from(Instant.now()));
    }
  }

  /** Where {@code name} is, made first where it is not there as it was made. */
  Path once(String name, String how, Maker maker) throws GuestException {
    Optional<Path> known = whole(name);
    if (known.isPresent()) {
      return known.get();
    }
    Path path = root.resolve(name);
    folder(root.relativize(path.getParent()).toString());
    Path part = path.resolveSibling(path.getFileName() + PART);
    Runnable ending = () -> deleteLeftover(part);
    AtExit.add(ending);
    try {
      maker.make(part);
      return keep(part, name, how);
    } catch (IOException e) {
      throw new GuestException("cannot write " + path + ": " + IoReason.of(e), e);
    } finally {
      deleteLeftover(part);
      AtExit.remove(ending);
    }
  }

  /** Takes in what was made at {@code part}, in place of what was there. */
  Path keep(Path part, String name, String how) throws IOException {
    Path path = root.resolve(name);
    CacheSeal.write(part, path, how);
    if (Files.isDirectory(path)) {
      Path old = path.resolveSibling(path.getFileName() + ".old" + PART);
      Files.move(path, old, StandardCopyOption.ATOMIC_MOVE);
      Trees.remove(old);
    }
    Files.move(part, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    WHOLE.add(path);
    use(name);
    grown = true;
    return path;
  }

  /** The lines of a small file that {@link #write} left; empty where it has to be made. */
  Optional<List<String>> lines(String name) throws GuestException {
    Optional<Path> file = whole(name);
    return file.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new String(read(file.get(), "a record"), StandardCharsets.UTF_8).lines().toList());
  }

  /** Writes a small file whole or not at all. */
  void write(String name, String text) throws GuestException {
    Path path = root.resolve(name);
    folder(root.relativize(path.getParent()).toString());
    Path part = path.resolveSibling(path.getFileName() + PART);
    try {
      Files.writeString(part, text);
      keep(part, name, "which packages were found");
    } catch (IOException e) {
      throw new GuestException("cannot write " + path + ": " + IoReason.of(e), e);
    }
  }

  /** Keeps the cache within its bound, where this process made it larger. */
  private void bound() {
    if (!grown) {
      return;
    }
    grown = false;
    try {
      new CacheContents(root).bound().ifPresent(text -> notice(text, told));
    } catch (IOException e) {
      notice("cannot look for what is too much in " + root + ": " + IoReason.of(e), told);
    }
  }

  static void deleteLeftover(Path part) {
    try {
      Trees.remove(part);
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

  static MessageDigest sha256() {
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
      throw new GuestException(file + ": cannot read " + what + ": " + IoReason.of(e), e);
    }
  }
}
