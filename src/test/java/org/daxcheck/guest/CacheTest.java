package org.daxcheck.guest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.commons.compress.archivers.ar.ArArchiveEntry;
import org.apache.commons.compress.archivers.ar.ArArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.daxcheck.io.Trees;
import org.testng.annotations.AfterMethod;
import org.testng.annotations.BeforeMethod;
import org.testng.annotations.Test;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.XZOutputStream;

public class CacheTest {
  private Path root;
  private Cache cache;

  @BeforeMethod
  public void open() throws IOException {
    root = Files.createTempDirectory("cache-test");
    cache = new Cache(root);
  }

  @AfterMethod
  public void remove() throws IOException {
    Trees.remove(root);
  }

  @Test
  public void makesAThingOnce() throws GuestException {
    AtomicInteger made = new AtomicInteger();
    for (int i = 0; i < 2; i++) {
      cache.once(
          "some/thing",
          "for a test",
          part -> Files.writeString(part, "made " + made.incrementAndGet()));
    }

    assertThat(root.resolve("some/thing")).hasContent("made 1");
  }

  @Test
  public void keepsNothingHalfMade() {
    assertThatThrownBy(
            () ->
                cache.once(
                    "thing",
                    "for a test",
                    part -> {
                      Files.writeString(part, "half");
                      throw new GuestException("no more");
                    }))
        .hasMessage("no more");
    assertThat(root).isEmptyDirectory();
  }

  @Test
  public void removesWhatAKilledRunLeft() throws Exception {
    Files.createDirectories(root.resolve("debs/fetch.part/below"));

    cache.lock(line -> {}).close();

    assertThat(root.resolve("debs")).isEmptyDirectory();
  }

  @Test
  public void readsADebianPackage() throws Exception {
    Path deb = root.resolve("p.deb");
    Files.write(deb, deb());

    Map<String, byte[]> files = Deb.read(deb, path -> path.startsWith("usr/lib/"));

    assertThat(files).containsOnlyKeys("usr/lib/libx.so.1.2", "usr/lib/libx.so.1");
    assertThat(files.get("usr/lib/libx.so.1")).asString().isEqualTo("library");
  }

  @Test
  public void namesAPackageThatIsBroken() throws Exception {
    Path deb = root.resolve("p.deb");
    Files.writeString(deb, "no package at all");

    assertThatThrownBy(() -> Deb.read(deb, path -> true))
        .isInstanceOf(GuestException.class)
        .hasMessageStartingWith(deb + ": not a sound Debian package");
  }

  @Test(timeOut = 60_000)
  public void endsACommandThatTakesTooLong() throws GuestException {
    Command.Output output =
        Command.run(
            Duration.ofSeconds(1), root, Map.of(), "sh", "-c", "echo begun; exec sleep 600");

    assertThat(output.ok()).isFalse();
    assertThat(output.out()).isEqualTo("begun\n");
    assertThat(output.complaint()).isEqualTo("it took too long");
  }

  @Test
  public void tellsWhatACommandComplainedOf() throws GuestException {
    Command.Output output =
        Command.run(
            Duration.ofSeconds(20),
            root,
            Map.of("WHAT", "such thing"),
            "sh",
            "-c",
            "echo W: never mind >&2; echo E: no $WHAT >&2; echo done >&2; exit 100");

    assertThat(output.exit()).isEqualTo(100);
    assertThat(output.complaint()).isEqualTo("E: no such thing");
  }

  private static byte[] deb() throws IOException {
    ByteArrayOutputStream data = new ByteArrayOutputStream();
    try (OutputStream xz = new XZOutputStream(data, new LZMA2Options());
        TarArchiveOutputStream tar = new TarArchiveOutputStream(xz)) {
      put(tar, "./usr/lib/libx.so.1.2", "library");
      put(tar, "./usr/bin/other", "program");
      TarArchiveEntry link = new TarArchiveEntry("./usr/lib/libx.so.1", TarArchiveEntry.LF_SYMLINK);
      link.setLinkName("libx.so.1.2");
      tar.putArchiveEntry(link);
      tar.closeArchiveEntry();
    }
    ByteArrayOutputStream deb = new ByteArrayOutputStream();
    try (ArArchiveOutputStream ar = new ArArchiveOutputStream(deb)) {
      for (String member : new String[] {"debian-binary", "data.tar.xz"}) {
        byte[] content = member.startsWith("data") ? data.toByteArray() : Cache.utf8("2.0\n");
        ar.putArchiveEntry(new ArArchiveEntry(member, content.length));
        ar.write(content);
        ar.closeArchiveEntry();
      }
    }
    return deb.toByteArray();
  }

  private static void put(TarArchiveOutputStream tar, String path, String text) throws IOException {
    byte[] content = Cache.utf8(text);
    TarArchiveEntry entry = new TarArchiveEntry(path);
    entry.setSize(content.length);
    tar.putArchiveEntry(entry);
    tar.write(content);
    tar.closeArchiveEntry();
  }
}
