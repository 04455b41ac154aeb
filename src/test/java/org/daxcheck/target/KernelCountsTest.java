package org.daxcheck.target;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.testng.annotations.Test;

public class KernelCountsTest {
  private static final Path NOTES = Path.of("notes");

  private static byte[] archive(String... names) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (TarArchiveOutputStream out = new TarArchiveOutputStream(bytes)) {
      for (String name : names) {
        TarArchiveEntry entry = new TarArchiveEntry(name, true);
        entry.setSize(3);
        out.putArchiveEntry(entry);
        out.write(new byte[] {1, 2, 3});
        out.closeArchiveEntry();
      }
    }
    return bytes.toByteArray();
  }

  @Test
  public void onlyNamesOfCountersCountAndNoPath() throws IOException {
    assertThat(
            KernelCounts.read(
                    NOTES, archive("./kmem.gcda", "../../up.gcda", "/etc/passwd", "a b.gcda"))
                .data())
        .containsOnlyKeys("kmem.gcda", "up.gcda");
  }

  @Test
  public void whatHoldsNoneIsRefused() throws IOException {
    byte[] others = archive("other");
    assertThatThrownBy(() -> KernelCounts.read(NOTES, others)).hasMessage("there are none");
    assertThatThrownBy(() -> KernelCounts.read(NOTES, new byte[0])).hasMessage("there are none");
    assertThatThrownBy(() -> KernelCounts.read(NOTES, new byte[17 << 20]))
        .hasMessage("they have 17825792 bytes");
  }
}
