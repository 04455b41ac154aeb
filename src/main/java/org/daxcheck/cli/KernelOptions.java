package org.daxcheck.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import org.daxcheck.guest.GuestException;
import org.daxcheck.guest.KernelChoice;
import org.daxcheck.run.Failure;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/** Which kernel a guest boots: the user's own, a package, or the newest with the attribute. */
final class KernelOptions {
  static final class Own {
    @Option(
        names = "--kernel",
        paramLabel = "VMLINUZ",
        required = true,
        description = "a bzImage of your own")
    private Path vmlinuz;

    @Option(
        names = "--modules",
        paramLabel = "DIR",
        required = true,
        description = "the folder of its modules")
    private Path modules;
  }

  @ArgGroup(exclusive = false)
  private Own own;

  @Option(
      names = "--kernel-package",
      paramLabel = "NAME[=VERSION]",
      description = "a kernel package of Debian")
  private String packaged;

  KernelChoice choice() {
    if (own != null) {
      return new KernelChoice.Files(own.vmlinuz, own.modules);
    }
    if (packaged == null) {
      return new KernelChoice.Newest();
    }
    try {
      return KernelChoice.Packaged.of(packaged);
    } catch (GuestException e) {
      throw new Failure(e);
    }
  }

  /** True where a certain kernel was asked for. */
  boolean isChosen() {
    return own != null || packaged != null;
  }

  /** Says at once which named file is not there, before anything takes time. */
  void check(Path kmemModule) {
    if (own != null) {
      require("--kernel", own.vmlinuz, Files.isRegularFile(own.vmlinuz), "a bzImage");
      require(
          "--modules",
          own.modules,
          Files.isDirectory(own.modules),
          "a folder such as /lib/modules/RELEASE");
    }
    if (kmemModule != null) {
      require("--kmem-module", kmemModule, Files.isRegularFile(kmemModule), "a kmem.ko");
    }
    choice();
  }

  private static void require(String option, Path path, boolean there, String what) {
    if (!there) {
      throw new Failure(option + " " + path + ": no such file; name " + what);
    }
  }
}
