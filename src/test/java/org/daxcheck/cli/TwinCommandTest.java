package org.daxcheck.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.daxcheck.guest.Guest;
import org.daxcheck.guest.GuestShell;
import org.daxcheck.guest.GuestSpec;
import org.daxcheck.guest.QemuSource;
import org.testng.annotations.AfterClass;
import org.testng.annotations.BeforeClass;
import org.testng.annotations.Test;

/** The twin of a guest that is reached as a machine in a lab is. */
public class TwinCommandTest {
  private static final String TOPOLOGY = "cxl-ranges";

  private Path folder;

  @BeforeClass
  public void make() throws Exception {
    folder = Files.createTempDirectory("daxcheck-twin");
  }

  @AfterClass(alwaysRun = true)
  public void clean() throws Exception {
    Finished.delete(folder);
  }

  @Test
  public void aTwinOfRangesHasTheirShape() throws Exception {
    GuestSpec spec =
        GuestSpec.of(
            Finished.HOME,
            Finished.HOME.resolve("qemu/topologies/" + TOPOLOGY + ".topology"),
            folder.resolve("console.log"));
    Path twin = folder.resolve("lab1.topology");
    try (Guest guest = Guest.boot(spec)) {
      GuestShell.of(guest, new GuestShell.Folder(folder));
      Finished.Said said = twin("ssh://root@127.0.0.1:" + guest.port(), "dax0.0", twin);
      assertThat(said.code()).as(said.err()).isZero();
      assertThat(twin("ssh://root@127.0.0.1:" + guest.port(), "dax0.0", twin).err())
          .contains(twin + " is there already");
      Path other = folder.resolve("lab2.topology");
      assertThat(twin("ssh://root@127.0.0.1:" + guest.port(), "dax7.0", other).err())
          .contains("there is no dax7.0; it has dax0.0 (512 MiB");
      assertThat(other).doesNotExist();
    }
    QemuSource guests =
        new QemuSource(
            GuestSpec.of(Finished.HOME, twin, Path.of("unused")), folder, Optional.empty());
    assertThat(guests.shape("lab1")).isEqualTo(guests.shape(TOPOLOGY)).isEqualTo(List.of(1, 2, 1));
    assertThat(twin)
        .content()
        .contains("layout = dax0.0:128M dax0.1:128M dax0.0:256M dax0.1:128M dax0.0:128M")
        .contains("# - there is also dax0.1 (256 MiB");
    Finished.Said run =
        Finished.say(
            new RunCommand(),
            Finished.HOME.resolve("suites/policy/every-range-under-offline.kmem"),
            "--target=model",
            "--topology",
            twin,
            "--out",
            folder.resolve("run"));
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(folder.resolve("run/run.json")).content().contains("\"topology\" : \"lab1\"");
  }

  private Finished.Said twin(String machine, String device, Path out) {
    return Finished.say(
        new TwinCommand(),
        machine,
        "--device",
        device,
        "--identity",
        folder.resolve("key"),
        "--known-hosts",
        folder.resolve("known_hosts"),
        "--out",
        out);
  }

  @Test
  public void namesThatCouldBeTakenForOthersAreRefused() {
    Path taken = folder.resolve("cxl-lab.topology");
    assertThat(twin("ssh://root@127.0.0.1", "dax0.0", taken).err())
        .contains("names that begin with cxl are those of qemu/topologies");
    assertThat(twin("ssh://root@127.0.0.1", "dax0.0", folder.resolve("lab1.txt")).err())
        .contains("such as lab1.topology");
  }
}
