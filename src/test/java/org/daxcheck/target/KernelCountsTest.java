package org.daxcheck.target;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.daxcheck.io.Trees;
import org.testng.annotations.AfterClass;
import org.testng.annotations.BeforeClass;
import org.testng.annotations.Test;

public class KernelCountsTest {
  private Path notes;

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

  @Test
  public void twoOfOneNameAreToldApartByTheirFolders() throws IOException {
    byte[] archive = archive("./.#b#drivers#dax#device.gcda", "./.#b#drivers#dax#hmem#device.gcda");
    assertThat(new KernelCounts.Notes(notes).read(archive).data())
        .containsOnlyKeys("drivers#dax#device.gcda", "drivers#dax#hmem#device.gcda");
  }

  @Test
  public void whatThereIsNoNoteOfIsLeftOutWhateverItsName() throws IOException {
    byte[] archive =
        archive(
            "./.#drivers#dax#device.gcda",
            "../../up.gcda",
            "/etc/passwd",
            ".#mm#a b.gcda",
            ".#drivers#base#device.gcda");
    assertThat(new KernelCounts.Notes(notes).read(archive).data())
        .containsOnlyKeys("drivers#dax#device.gcda");
  }

  @Test
  public void whatHoldsNoneIsRefused() throws IOException {
    byte[] others = archive("other");
    assertThatThrownBy(() -> new KernelCounts.Notes(notes).read(others))
        .hasMessage("there are none");
    assertThatThrownBy(() -> new KernelCounts.Notes(notes).read(new byte[0]))
        .hasMessage("there are none");
    assertThatThrownBy(() -> new KernelCounts.Notes(notes).read(new byte[17 << 20]))
        .hasMessage("they have 17825792 bytes");
  }
}
