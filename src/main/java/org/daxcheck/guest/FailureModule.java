package org.daxcheck.guest;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;

/**
 * The helper module of a guest (qemu/module/daxcheck.c): it makes adding memory fail, or occupies a
 * range. Built for Debian's kernels like a driver; a guest can do without.
 */
final class FailureModule {
  /** File name in the guest. */
  static final String FILE = "daxcheck.ko";

  /** A first build fetches headers and a compiler. */
  private static final Duration LIMIT = Duration.ofMinutes(15);

  /** What could not be built is not tried at every boot. */
  private static final Set<String> FAILED = ConcurrentHashMap.newKeySet();

  private final CompletableFuture<Optional<byte[]>> built;

  private FailureModule(CompletableFuture<Optional<byte[]>> built) {
    this.built = built;
  }

  /** Begins to build it where it was never built for this kernel; what else there is may go on. */
  static FailureModule begin(Cache cache, GuestSpec spec, KernelImage kernel)
      throws GuestException {
    Consumer<String> progress = spec.progress();
    Path home = spec.home();
    Optional<String> name = packageName(kernel);
    if (kernel.helper().isPresent() && spec.helper()) {
      byte[] content = Cache.read(kernel.helper().get(), "the helper module");
      return new FailureModule(CompletableFuture.completedFuture(Optional.of(content)));
    }
    if (name.isEmpty() || !spec.helper()) {
      return new FailureModule(CompletableFuture.completedFuture(Optional.empty()));
    }
    Path source = home.resolve("qemu/module/daxcheck.c");
    Path build = home.resolve("qemu/kmem-build");
    String key =
        Cache.hash(
            List.of(
                Cache.read(source, "the helper module's source"),
                Cache.read(build, "the program that builds modules"),
                Cache.utf8(name.get())));
    Optional<Path> file = cache.whole("helper/" + key + ".ko");
    CompletableFuture<Optional<byte[]>> built = new CompletableFuture<>();
    if (file.isPresent()) {
      built.complete(Optional.of(Cache.read(file.get(), "the helper module")));
    } else if (FAILED.contains(key)) {
      built.complete(Optional.empty());
    } else {
      Thread thread =
          new Thread(
              () -> {
                try {
                  built.complete(Optional.of(build(cache, progress, key, build, source, name)));
                } catch (GuestException e) {
                  FAILED.add(key);
                  progress.accept("no helper module in guests: " + e.getMessage());
                  built.complete(Optional.empty());
                } catch (RuntimeException e) {
                  built.completeExceptionally(e);
                }
              },
              "daxcheck-helper");
      thread.setDaemon(true);
      thread.start();
    }
    return new FailureModule(built);
  }

  private static byte[] build(
      Cache cache,
      Consumer<String> progress,
      String key,
      Path build,
      Path source,
      Optional<String> name)
      throws GuestException {
    Path module =
        cache.once(
            "helper/" + key + ".ko",
            "the helper module, built for " + name.orElseThrow(),
            part -> {
              progress.accept("building the helper module");
              Command.Output output =
                  Command.run(
                      LIMIT,
                      part.getParent(),
                      Map.of(),
                      build.toAbsolutePath().toString(),
                      "--module",
                      source.toAbsolutePath().toString(),
                      "--package",
                      name.orElseThrow(),
                      "--out",
                      part.toString());
              KmemBuild.tellOfCache(output, progress);
              if (!output.ok()) {
                throw new GuestException(output.complaint());
              }
            });
    return Cache.read(module, "the helper module");
  }

  /** {@code NAME=VERSION} of the kernel's package; empty for a kernel of another origin. */
  static Optional<String> packageName(KernelImage kernel) {
    String[] words = kernel.packageVersion().split(" ");
    return words.length == 2 ? Optional.of(words[0] + "=" + words[1]) : Optional.empty();
  }

  /** The module, or empty where there can be none; waits until that is known. */
  Optional<byte[]> await() throws GuestException {
    try {
      return built.get();
    } catch (ExecutionException e) {
      throw new GuestException("the helper module cannot be built: " + e.getCause(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new GuestException("interrupted while the helper module was built", e);
    }
  }
}
