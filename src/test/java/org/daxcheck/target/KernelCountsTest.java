package org.daxcheck.target;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.daxcheck.io.Trees;
import org.testng.annotations.AfterClass;
import org.testng.annotations.BeforeClass;
import org.testng.annotations.Test;

public class KernelCountsTest {
  private Path notes;

  /** Files of three bytes each, the first of which says which it is, as a guest hands them over. */
  private static byte[] handed(String... names) {
    StringBuilder text = new StringBuilder();
    for (String name : names) {
      text.append("        3 ").append(name).append('\n');
    }
    text.append("       ").append(3 * names.length).append(" total\n\n");
    for (int i = 1; i <= names.length; i++) {
      text.append((char) i).append("\n\n");
    }
    return text.toString().getBytes(StandardCharsets.ISO_8859_1);
  }

  @BeforeClass
  public void writeNotes() throws IOException {
    notes = Files.createTempDirectory("daxcheck-notes");
    for (String name : List.of("drivers/dax/device", "drivers/dax/hmem/device")) {
      Path note = notes.resolve(name + KernelCounts.NOTE);
      Files.createDirectories(note.getParent());
      Files.createFile(note);
    }
  }

  @AfterClass(alwaysRun = true)
  public void clean() throws IOException {
    Trees.remove(notes);
  }

  private Map<String, byte[]> read(byte[] counters) throws IOException {
    return new KernelCounts.Notes(notes).read(counters).data();
  }

  @Test
  public void twoOfOneNameAreToldApartByTheirFolders() throws IOException {
    assertThat(read(handed("./b/drivers/dax/device.gcda", "./b/drivers/dax/hmem/device.gcda")))
        .containsOnly(
            entry("drivers#dax#device.gcda", new byte[] {1, '\n', '\n'}),
            entry("drivers#dax#hmem#device.gcda", new byte[] {2, '\n', '\n'}));
  }

  @Test
  public void whatThereIsNoNoteOfIsLeftOutWhateverItsName() throws IOException {
    byte[] counters =
        handed(
            "../../up.gcda",
            "/etc/passwd.gcda",
            "./mm/a b.gcda",
            "./a b/drivers/dax/device.gcda",
            "./drivers/base/device.gcda");
    assertThat(read(counters))
        .containsOnly(entry("drivers#dax#device.gcda", new byte[] {4, '\n', '\n'}));
  }

  @Test
  public void whatHoldsNoneIsRefused() {
    assertThatThrownBy(() -> read(handed("other"))).hasMessage("there are none");
    assertThatThrownBy(() -> read(new byte[0])).hasMessage("there are none");
    assertThatThrownBy(() -> read("x: not found".getBytes(StandardCharsets.UTF_8)))
        .hasMessage("there are none");
    byte[] whole = handed("./drivers/dax/device.gcda");
    assertThatThrownBy(() -> read(Arrays.copyOf(whole, whole.length - 1)))
        .hasMessage("they end too soon");
    assertThatThrownBy(() -> read(new byte[17 << 20])).hasMessage("they have 17825792 bytes");
  }
}
