package org.daxcheck.guest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.commons.compress.archivers.cpio.CpioArchiveEntry;
import org.apache.commons.compress.archivers.cpio.CpioArchiveInputStream;
import org.daxcheck.guest.Initramfs.Archive;
import org.testng.annotations.Test;

public class InitramfsTest {
  @Test
  public void writesFoldersBeforeWhatIsInThem() throws IOException {
    Archive archive = new Archive();
    archive.file("etc/daxcheck/topology", 0644, Cache.utf8("memory = 2G\n"));
    archive.file("etc/other", 0755, new byte[0]);
    archive.link("bin/sh", "busybox");

    assertThat(List.copyOf(read(archive.bytes()).keySet()))
        .containsExactly(
            "etc 40755",
            "etc/daxcheck 40755",
            "etc/daxcheck/topology 100644",
            "etc/other 100755",
            "bin 40755",
            "bin/sh 120777");
    assertThat(read(archive.bytes()))
        .containsEntry("etc/daxcheck/topology 100644", "memory = 2G\n")
        .containsEntry("bin/sh 120777", "busybox");
  }

  @Test
  public void givesTheSameBytesForTheSameFiles() throws IOException {
    List<byte[]> made = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      Archive archive = new Archive();
      archive.file("init", 0755, Cache.utf8("#!/bin/sh"));
      made.add(archive.bytes());
    }
    assertThat(made.get(0)).isEqualTo(made.get(1)).startsWith(Cache.utf8("070701"));
    // The kernel looks for the next archive at a multiple of four.
    assertThat(made.get(0).length % 4).isZero();
  }

  @Test
  public void keepsTheKeysFromOthers() throws Exception {
    Map<String, String> files = read(Initramfs.own(GuestKeys.fresh()));

    assertThat(files)
        .containsKeys(
            "root 40700",
            "root/.ssh 40700",
            "root/.ssh/authorized_keys 100600",
            "etc/dropbear/dropbear_ed25519_host_key 100600");
  }

  @Test
  public void tellsListsOfPartsApart() {
    assertThat(Cache.hash(List.of(Cache.utf8("ab"), Cache.utf8("c"))))
        .isNotEqualTo(Cache.hash(List.of(Cache.utf8("a"), Cache.utf8("bc"))));
  }

  private static Map<String, String> read(byte[] archive) throws IOException {
    Map<String, String> files = new LinkedHashMap<>();
    try (CpioArchiveInputStream in =
        new CpioArchiveInputStream(new ByteArrayInputStream(archive))) {
      for (CpioArchiveEntry e = in.getNextEntry(); e != null; e = in.getNextEntry()) {
        assertThat(e.getTime()).isZero();
        files.put(
            e.getName() + " " + Long.toOctalString(e.getMode()),
            new String(in.readAllBytes(), StandardCharsets.UTF_8));
      }
    }
    return files;
  }
}
