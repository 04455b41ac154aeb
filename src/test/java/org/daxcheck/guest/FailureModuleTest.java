package org.daxcheck.guest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.daxcheck.io.Trees;
import org.testng.annotations.AfterClass;
import org.testng.annotations.BeforeClass;
import org.testng.annotations.Test;

/** The helper module, for Debian's newest kernel. */
public class FailureModuleTest {
  private static final Path HOME =
      Path.of(System.getProperty("daxcheck.home", ".")).toAbsolutePath().normalize();

  private Cache cache;
  private KernelImage kernel;
  private Path other;

  @BeforeClass
  public void find() throws Exception {
    cache = Cache.ofUser();
    Cache.Lock lock = cache.lock(line -> {});
    try {
      kernel = new Kernels(cache, line -> {}).find(new KernelChoice.Newest());
    } finally {
      lock.close();
    }
    other = Files.createTempDirectory("daxcheck-helper");
  }

  @AfterClass(alwaysRun = true)
  public void clean() throws IOException {
    if (other != null) {
      Trees.remove(other);
    }
  }

  private static GuestSpec spec(Path home) {
    return GuestSpec.of(home, Path.of("unused"), Path.of("unused"));
  }

  private Optional<byte[]> made(GuestSpec spec, KernelImage image) throws GuestException {
    Cache.Lock lock = cache.lock(line -> {});
    try {
      return FailureModule.begin(cache, spec, image).await();
    } finally {
      lock.close();
    }
  }

  @Test
  public void isBuiltForTheKernel() throws Exception {
    byte[] module = made(spec(HOME), kernel).orElseThrow();
    Elf elf = new Elf("the helper", module);
    assertThat(elf.modinfo("name")).containsExactly("daxcheck");
    assertThat(elf.modinfo("vermagic").get(0)).startsWith(kernel.release() + " ");
    assertThat(made(spec(HOME), kernel).orElseThrow()).isEqualTo(module);
  }

  @Test
  public void isLeftOutWhereNobodyNeedsIt() throws Exception {
    assertThat(made(spec(HOME).withHelper(false), kernel)).isEmpty();
  }

  @Test
  public void aKernelOfTheUsersOwnHasNone() throws Exception {
    KernelImage own = new KernelImage("7.3.0", kernel.vmlinuz(), kernel.modules(), "");
    assertThat(made(spec(HOME), own)).isEmpty();
  }

  @Test
  public void aGuestCanDoWithoutOneThatCannotBeBuilt() throws Exception {
    Files.createDirectories(other.resolve("qemu/module"));
    Files.writeString(other.resolve("qemu/module/daxcheck.c"), "no module\n");
    Files.createSymbolicLink(other.resolve("qemu/kmem-build"), HOME.resolve("qemu/kmem-build"));
    List<String> told = new CopyOnWriteArrayList<>();
    GuestSpec spec = spec(other).withProgress(told::add);
    for (int boot = 0; boot < 2; boot++) {
      assertThat(made(spec, kernel)).isEmpty();
    }
    assertThat(told).as("tried once").hasSize(2);
    assertThat(told.get(1)).startsWith("no helper module in guests: ").contains("error:");
  }
}
