package org.daxcheck.guest;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.testng.annotations.Test;

/** The QEMU of the cache, which takes nothing of this host but its kernel. */
public class FetchedQemuTest {
  @Test
  public void itMapsCxlMemoryDirectly() throws Exception {
    QemuProgram fetched = fetched();
    assertThat(fetched.version().mapsCxlDirectly()).isTrue();
    assertThat(new FetchedQemu(Cache.ofUser(), line -> {}).known()).contains(fetched);
  }

  @Test(timeOut = 60_000)
  public void itLoadsNoLibraryOfTheHost() throws Exception {
    QemuProgram fetched = fetched();
    List<String> words = new ArrayList<>(fetched.words());
    words.addAll(List.of("-machine", "none", "-display", "none", "-nodefaults"));
    words.addAll(List.of("-accel", "tcg", "-qmp", "stdio"));
    Process qemu = new ProcessBuilder(words).start();
    try {
      // It greets when it is up.
      assertThat(qemu.inputReader().readLine()).contains("\"QMP\"");
      List<String> mapped =
          Files.readAllLines(Path.of("/proc", Long.toString(qemu.pid()), "maps")).stream()
              .map(line -> line.replaceFirst(".* ", ""))
              .filter(name -> name.startsWith("/") && !name.startsWith("/dev/"))
              .distinct()
              .toList();
      String own = Cache.ofUser().folder("qemu").toString();
      assertThat(mapped).isNotEmpty().allMatch(name -> name.startsWith(own));
    } finally {
      qemu.destroyForcibly();
      assertThat(qemu.waitFor(10, TimeUnit.SECONDS)).isTrue();
    }
  }

  private static QemuProgram fetched() throws GuestException {
    Cache cache = Cache.ofUser();
    Cache.Lock lock = cache.lock(line -> {});
    try {
      return QemuProgram.of(QemuChoice.of("fetched"), cache, line -> {});
    } finally {
      lock.close();
    }
  }
}
