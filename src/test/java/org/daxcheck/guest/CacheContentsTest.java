package org.daxcheck.guest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.daxcheck.io.Trees;
import org.testng.annotations.AfterMethod;
import org.testng.annotations.BeforeMethod;
import org.testng.annotations.DataProvider;
import org.testng.annotations.Test;

/** What the cache hands out is as it was made, and what is removed is used by nobody. */
public class CacheContentsTest {
  private static final Path HOME = Path.of(System.getProperty("daxcheck.home", "."));

  private Path root;
  private final List<String> told = new ArrayList<>();

  @BeforeMethod
  public void open() throws IOException {
    root = Files.createTempDirectory("cache-contents");
    told.clear();
  }

  @AfterMethod(alwaysRun = true)
  public void remove() throws IOException {
    Trees.remove(root);
  }

  private Path made(String name, String text) throws GuestException {
    return made(new Cache(root), name, text);
  }

  private Path made(Cache cache, String name, String text) throws GuestException {
    Cache.Lock lock = cache.lock(told::add);
    try {
      return cache.once(name, "for a test", part -> Files.writeString(part, text));
    } finally {
      lock.close();
    }
  }

  /** One that another process made: what this one made is used by it. */
  private Path foreign(String name, int bytes, Duration ago) throws IOException {
    Path thing = root.resolve(name);
    Files.createDirectories(thing.getParent());
    Files.write(thing, new byte[bytes]);
    CacheSeal.write(thing, thing, "by another");
    Files.setLastModifiedTime(CacheSeal.of(thing), FileTime.from(Instant.now().minus(ago)));
    return thing;
  }

  @DataProvider
  public Object[][] damages() {
    return new Object[][] {{"cut", "who"}, {"altered", "whoLe"}, {"longer", "whole, and more"}};
  }

  @Test(dataProvider = "damages")
  public void aFileThatIsNotAsItWasIsToldAndMadeAnew(String how, String text) throws Exception {
    Path thing = foreign("helper/module.ko", 0, Duration.ZERO);
    Files.writeString(thing, "whole");
    CacheSeal.write(thing, thing, "by another");
    Files.writeString(thing, text);

    assertThat(made("helper/module.ko", "anew")).as(how).hasContent("anew");
    assertThat(told).singleElement().asString().startsWith(thing + " is cut or altered");
    assertThat(CacheSeal.damage(thing)).isEmpty();
  }

  @Test
  public void aFileWithoutSealIsMadeAnew() throws Exception {
    Files.createDirectories(root.resolve("agent"));
    Files.writeString(root.resolve("agent/old"), "of before");
    assertThat(made("agent/old", "anew")).hasContent("anew");
    assertThat(told).singleElement().asString().contains("has no SHA-256 beside it");
  }

  @Test
  public void aFolderIsWholeOnlyWithAllItsFilesAsTheyWere() throws Exception {
    Path folder = Files.createDirectories(root.resolve("kernels/one/below"));
    Path one = root.resolve("kernels/one");
    Files.writeString(folder.resolve("kmem.ko"), "module");
    Files.writeString(one.resolve("vmlinuz"), "kernel");
    CacheSeal.write(one, one, "by another");
    assertThat(CacheSeal.damage(one)).isEmpty();

    Files.writeString(folder.resolve("more"), "");
    assertThat(CacheSeal.damage(one)).isPresent();
    Files.delete(folder.resolve("more"));
    assertThat(CacheSeal.damage(one)).isEmpty();

    FileTime was = Files.getLastModifiedTime(one.resolve("vmlinuz"));
    Files.writeString(one.resolve("vmlinuz"), "kernal");
    Files.setLastModifiedTime(one.resolve("vmlinuz"), was);
    assertThat(CacheSeal.damage(one)).as("of the same length and time").isPresent();
    Files.writeString(one.resolve("vmlinuz"), "kernel");
    assertThat(CacheSeal.damage(one)).as("written to, but as it was").isEmpty();
  }

  @Test
  public void sealsAreWhatSha256sumAndBashRead() throws Exception {
    Path file = foreign("kmem/a.ko", 300, Duration.ZERO);
    Path folder = Files.createDirectories(root.resolve("kernels/one"));
    Files.writeString(folder.resolve("vmlinuz"), "kernel");
    CacheSeal.write(folder, folder, "by another");
    String script =
        """
        . "$1/qemu/cache.bash" &&
        (cd kmem && sha256sum --quiet -c a.ko.sha256) &&
        (cd kernels/one && sha256sum --quiet -c ../one.sha256) &&
        cache_whole kmem/a.ko && cache_whole kernels/one &&
        mkdir -p new.part/b && echo text >new.part/b/c && cache_keep new.part kernels/new "by bash" &&
        echo text >new.part && cache_keep new.part kmem/b.ko "by bash" &&
        echo more >>kmem/a.ko && ! cache_whole kmem/a.ko
        """;
    Command.Output output =
        Command.run(
            Duration.ofMinutes(1),
            root,
            Map.of(),
            "bash",
            "-c",
            script,
            "-",
            HOME.toAbsolutePath().toString());

    assertThat(output.err())
        .isEqualTo(
            "cache: kmem/a.ko is cut or altered, its SHA-256 is not that of when it was made;"
                + " it is made anew\n");
    assertThat(output.exit()).isZero();
    assertThat(CacheSeal.damage(root.resolve("kernels/new"))).isEmpty();
    assertThat(CacheSeal.damage(root.resolve("kmem/b.ko"))).isEmpty();
    assertThat(CacheSeal.damage(file)).contains(CacheSeal.Damage.ALTERED);
    assertThat(CacheSeal.read(root.resolve("kmem/b.ko")).orElseThrow())
        .extracting(CacheSeal::how, CacheSeal::bytes)
        .containsExactly("by bash", 5L);
  }

  @Test
  public void listsWhatThereIsNewestFirst() throws Exception {
    foreign("kmem/old.ko", 10, Duration.ofDays(9));
    foreign("initramfs/new.cpio", 2000, Duration.ofDays(1));
    Files.createDirectories(root.resolve("try"));
    Files.writeString(root.resolve("try/history"), "typed");
    Files.writeString(root.resolve("lock"), "");

    assertThat(new CacheContents(root).entries())
        .extracting(CacheEntry::name, CacheEntry::bytes, CacheEntry::how)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple("initramfs/new.cpio", 2000L, "by another"),
            org.assertj.core.groups.Tuple.tuple("kmem/old.ko", 10L, "by another"));
  }

  private static List<String> names(List<CacheEntry> entries) {
    return entries.stream().map(CacheEntry::name).toList();
  }

  @Test
  public void prunesOldestFirstByAgeBySizeAndAll() throws Exception {
    for (int days = 1; days <= 5; days++) {
      foreign("initramfs/" + days, 100, Duration.ofDays(days));
    }
    CacheContents cache = new CacheContents(root);
    Instant old = Instant.now().minus(Duration.ofHours(4 * 24 + 12));
    assertThat(names(cache.prune(old, 0, told::add).removed())).containsExactly("initramfs/5");
    assertThat(names(cache.prune(Instant.MAX, 250, told::add).removed()))
        .containsExactly("initramfs/4", "initramfs/3");
    assertThat(root.resolve("initramfs/3.sha256")).doesNotExist();
    assertThat(names(cache.prune(Instant.MAX, 0, told::add).removed()))
        .containsExactly("initramfs/2", "initramfs/1");
    assertThat(cache.entries()).isEmpty();
  }

  @Test
  public void keepsWhatAnotherProcessUsesUntilItEndsEvenByAKill() throws Exception {
    foreign("initramfs/used", 100, Duration.ofDays(3));
    foreign("initramfs/idle", 100, Duration.ofDays(1));
    Process user =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                User.class.getName(),
                root.toString(),
                "initramfs/used")
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try {
      assertThat(user.inputReader().readLine()).isEqualTo("used");
      FileTime old = FileTime.from(Instant.now().minus(Duration.ofDays(3)));
      Files.setLastModifiedTime(CacheSeal.of(root.resolve("initramfs/used")), old);
      CacheContents.Removal beside = new CacheContents(root).prune(Instant.MAX, 0, told::add);
      assertThat(names(beside.removed())).containsExactly("initramfs/idle");
      assertThat(names(beside.kept())).containsExactly("initramfs/used");
      assertThat(root.resolve("initramfs/used")).exists();
    } finally {
      user.destroyForcibly().waitFor();
    }
    assertThat(names(new CacheContents(root).prune(Instant.MAX, 0, told::add).removed()))
        .containsExactly("initramfs/used");
    assertThat(root.resolve("users")).isEmptyDirectory();
  }

  /** Uses a thing until it is killed. */
  static final class User {
    public static void main(String[] args) throws Exception {
      new Cache(Path.of(args[0])).whole(args[1]).orElseThrow();
      System.out.println("used");
      System.in.read();
    }
  }

  @Test
  public void keepsWhatABuildUsesAndWhatItDoesNotKnow() throws Exception {
    foreign("kmem/a.ko", 100, Duration.ofDays(1));
    foreign("of-tomorrow/x", 100, Duration.ofDays(1));
    Process build =
        new ProcessBuilder(
                "bash", "-c", "exec 7>kmem-build.use; flock -s 7; echo held; read -r end")
            .directory(root.toFile())
            .start();
    try {
      assertThat(build.inputReader().readLine()).isEqualTo("held");
      assertThat(names(new CacheContents(root).prune(Instant.MAX, 0, told::add).kept()))
          .containsExactlyInAnyOrder("kmem/a.ko", "of-tomorrow/x");
    } finally {
      build.destroyForcibly().waitFor();
    }
    CacheContents.Removal after = new CacheContents(root).prune(Instant.MAX, 0, told::add);
    assertThat(names(after.removed())).containsExactly("kmem/a.ko");
    assertThat(root.resolve("kmem")).isEmptyDirectory();
    assertThat(root.resolve("of-tomorrow/x")).exists();
  }

  @Test
  public void removesWhatAKilledBuildLeftButNotWhatIsBeingMade() throws Exception {
    Files.createDirectories(root.resolve("kbuild/tree.part." + ProcessHandle.current().pid()));
    Process ended = new ProcessBuilder("true").start();
    ended.waitFor();
    Files.createDirectories(root.resolve("kbuild/tree.part." + ended.pid()));
    CacheContents.Removal done = new CacheContents(root).prune(Instant.MAX, -1, told::add);
    assertThat(names(done.removed())).containsExactly("kbuild/tree.part." + ended.pid());
    assertThat(done.kept()).hasSize(1);
  }

  @Test
  public void theBoundTakesWhatWasNotUsedForLongestAndSaysSo() throws Exception {
    foreign("initramfs/oldest", 600, Duration.ofDays(8));
    foreign("initramfs/old", 600, Duration.ofDays(3));
    foreign("initramfs/new", 600, Duration.ofDays(1));
    assertThat(new CacheContents(root, 1300).bound().orElseThrow())
        .isEqualTo(
            "the cache had 1.8 KiB of 1.3 KiB at most: removed 1 of its things that were not used for"
                + " longest, 600 B");
    assertThat(new CacheContents(root, 1300).bound()).isEmpty();
    assertThat(names(new CacheContents(root).entries()))
        .containsExactly("initramfs/new", "initramfs/old");
  }

  @Test
  public void manyAtOnceMakeAThingOnceAndSeeItWhole() throws Exception {
    AtomicInteger times = new AtomicInteger();
    String text = "x".repeat(100_000);
    ExecutorService pool = Executors.newFixedThreadPool(8);
    try {
      List<Callable<Path>> all = new ArrayList<>();
      for (int i = 0; i < 24; i++) {
        String name = "plain/" + i % 3;
        all.add(
            () -> {
              Cache cache = new Cache(root);
              Cache.Lock lock = cache.lock(line -> {});
              try {
                return cache.once(
                    name,
                    "for a test",
                    part -> {
                      times.incrementAndGet();
                      Files.writeString(part, text.substring(0, 10));
                      Files.writeString(part, text.substring(10), StandardOpenOption.APPEND);
                    });
              } finally {
                lock.close();
              }
            });
      }
      for (var done : pool.invokeAll(all)) {
        assertThat(done.get()).hasContent(text);
      }
    } finally {
      pool.shutdownNow();
    }
    assertThat(times).hasValue(3);
  }
}
