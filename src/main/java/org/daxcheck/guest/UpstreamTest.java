package org.daxcheck.guest;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.daxcheck.io.IoReason;
import org.daxcheck.target.TargetException;
import org.tukaani.xz.XZInputStream;

/**
 * The kernel's own test of the attribute, tools/testing/selftests/dax/dax-kmem-hotplug.sh, out of
 * Debian's source package of the kernel that the guest runs.
 */
public final class UpstreamTest {
  /**
   * It takes some 5 to 15 s under emulation, much more on a loaded machine; a fault may hang it.
   */
  private static final long LIMIT_MILLIS = 240_000;

  private static final String SELFTESTS = "tools/testing/selftests/";
  private static final List<String> FILES =
      List.of("dax/dax-kmem-hotplug.sh", "kselftest/ktap_helpers.sh");
  private static final Pattern RELEASE = Pattern.compile("linux-image-(\\d+\\.\\d+)\\S* (\\S+)");

  /** bash runs it; its own dmesg -C is not one of busybox. */
  private static final Userland.Choice PROGRAMS =
      new Userland.Choice(
          "apt/upstream-test",
          List.of("bash", "util-linux"),
          List.of("usr/bin/bash", "usr/bin/dmesg"));

  private static final String SCRIPT =
      """
      cd / && tar x || exit 99
      mkdir -p /upstream/bin && busybox --install -s /upstream/bin && rm -f /upstream/bin/dmesg
      export PATH=/upstream/bin:/usr/bin
      [ -e /sys/bus/dax/devices/dax0.0/driver ] ||
        echo dax0.0 2>/dev/null > /sys/bus/dax/drivers/kmem/bind
      cd /upstream/dax
      DAX_KMEM_TEST_DEV=dax0.0 DAX_KMEM_TEST_UNBIND=1 bash ./dax-kmem-hotplug.sh 2>&1
      echo "# daxcheck: exit $?"
      dmesg | grep -iE 'KASAN|BUG:|use-after-free|general protection|Oops|refcount_t' |
        sed 's/^/# daxcheck: log /'
      """;

  private final byte[] archive;

  private UpstreamTest(byte[] archive) {
    this.archive = archive;
  }

  /** Fetches and extracts what the test needs, once; later calls take it from the cache. */
  public static UpstreamTest of(GuestSpec spec) throws GuestException {
    Cache cache = Cache.ofUser();
    Consumer<String> progress = spec.progress();
    Cache.Lock lock = cache.lock(progress);
    try {
      String named = new Kernels(cache, progress).find(spec.kernel()).packageVersion();
      Matcher matcher = RELEASE.matcher(named);
      if (!matcher.matches()) {
        throw new GuestException(
            "the kernel's own test comes from Debian's source package, but the kernel is no package"
                + " of Debian; leave it out by --no-upstream");
      }
      Apt.Version source = new Apt.Version("linux-source-" + matcher.group(1), matcher.group(2));
      List<Path> packages = new Userland(cache, progress, PROGRAMS).packages();
      Path scripts =
          cache.once(
              "selftests/" + source.version(),
              "the kernel's own test, out of " + source,
              part -> {
                progress.accept("extracting the kernel's own test");
                extract(source(cache, progress, source), part);
              });
      return new UpstreamTest(archive(scripts, Userland.files(packages, PROGRAMS)));
    } catch (IOException e) {
      throw new GuestException("cannot pack the kernel's own test: " + IoReason.of(e), e);
    } finally {
      lock.close();
    }
  }

  private static Path source(Cache cache, Consumer<String> progress, Apt.Version wanted)
      throws GuestException {
    Optional<Path> known =
        cache.whole(
            "debs/%s_%s_all.deb".formatted(wanted.name(), wanted.version().replace(":", "%3a")));
    if (known.isPresent()) {
      return known.get();
    }
    Apt apt = Userland.trixie(cache, progress);
    apt.refresh();
    return apt.fetch(List.of(wanted)).get(0);
  }

  private static void extract(Path deb, Path into) throws GuestException {
    Deb.visit(
        deb,
        path -> path.matches("usr/src/linux-source-[^/]*\\.tar\\.xz"),
        (path, content) -> {
          // Not closed: the package is read on behind it.
          var tar =
              new TarArchiveInputStream(
                  new XZInputStream(new BufferedInputStream(content, 1 << 16)));
          int missing = FILES.size();
          for (TarArchiveEntry e = tar.getNextEntry();
              e != null && missing > 0;
              e = tar.getNextEntry()) {
            String name = e.getName().replaceFirst("^[^/]+/", "");
            Optional<String> wanted =
                FILES.stream().filter(f -> name.equals(SELFTESTS + f)).findFirst();
            if (wanted.isPresent()) {
              Path file = into.resolve(wanted.get());
              Files.createDirectories(file.getParent());
              Files.write(file, tar.readAllBytes());
              missing--;
            }
          }
          if (missing > 0) {
            throw new IOException("it lacks a file of " + SELFTESTS);
          }
        });
  }

  private static byte[] archive(Path scripts, Map<String, byte[]> programs) throws IOException {
    Map<String, byte[]> files = new LinkedHashMap<>(programs);
    for (String file : FILES) {
      files.put("upstream/" + file, Files.readAllBytes(scripts.resolve(file)));
    }
    return Userland.tar(files);
  }

  /**
   * Runs it on the guest of the bench, which is of no more use afterwards: the test leaves memory
   * online without a driver.
   *
   * @return its KTAP, and behind it lines that begin with {@code # daxcheck:}, {@code exit} with
   *     its exit code and {@code log} with what the kernel's log has of what it searches there
   * @throws TargetException of kind KERNEL where the kernel died of it or it never ended
   */
  public String run(DriverSwapper bench) throws TargetException {
    GuestTarget guest = bench.takeOver();
    try {
      byte[] out = guest.reached().shell(SCRIPT, archive, LIMIT_MILLIS);
      Optional<GuestFailure> death = guest.guest().death();
      if (death.isPresent()) {
        throw new TargetException(
            TargetException.Kind.KERNEL, death.get().sentence(), List.of(), null);
      }
      return new String(out, StandardCharsets.UTF_8);
    } catch (TargetException e) {
      throw guest.explained(e);
    } catch (GuestException e) {
      throw new TargetException(e.getMessage(), e);
    }
  }
}
