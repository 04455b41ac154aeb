package org.daxcheck.guest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.daxcheck.abi.Policy;
import org.daxcheck.io.Trees;
import org.daxcheck.target.TargetException;
import org.testng.annotations.Test;

/** A boot may be tried twice, but not where the kernel itself said that it is broken. */
public class QemuSourceTest {
  private static final Path HOME =
      Path.of(System.getProperty("daxcheck.home", ".")).toAbsolutePath().normalize();

  @Test
  public void aKernelThatPanicsIsNotBootedAgain() throws Exception {
    Path folder = Files.createTempDirectory("daxcheck-panic");
    GuestSpec usual = GuestSpec.of(HOME, Path.of("unused"), Path.of("unused"));
    // A kernel without its first program gives up.
    GuestSpec spec =
        new GuestSpec(
            HOME,
            usual.topology(),
            usual.kernel(),
            Optional.empty(),
            Policy.ONLINE_MOVABLE,
            usual.console(),
            List.of("rdinit=/nothing"),
            usual.qemu(),
            true,
            text -> {});
    try (QemuSource source = new QemuSource(spec, folder, Optional.empty())) {
      assertThatThrownBy(() -> source.fresh("cxl"))
          .isInstanceOf(TargetException.class)
          .hasMessageContaining("the kernel panicked");
      assertThat(source.retries()).isEmpty();
      try (Stream<Path> consoles = Files.list(folder)) {
        assertThat(consoles).hasSize(1);
      }
    } finally {
      Trees.remove(folder);
    }
  }
}
