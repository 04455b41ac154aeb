package org.daxcheck.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.daxcheck.guest.GuestException;
import org.daxcheck.guest.KernelChoice;
import org.daxcheck.kernel.BuiltKernel;
import org.daxcheck.kernel.KernelBuild;
import org.daxcheck.kernel.KernelRecipe;
import org.daxcheck.report.Progress;
import org.daxcheck.run.Failure;
import org.daxcheck.run.Home;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/** Which kernel a guest boots: the user's own, a package, one built now, or Debian's newest. */
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

  static final class Sources {
    @Option(
        names = "--kernel-config",
        paramLabel = "small|debug|coverage|FILE",
        description =
            "build a kernel with this config, or the file of a fragment on top of small, of Debian's"
                + " newest linux-source or the tree of --tree")
    private String config;

    @Option(
        names = "--tree",
        paramLabel = "DIR",
        description =
            "your kernel tree: booted as it was built there, or with --kernel-config built anew in"
                + " the cache")
    private Path tree;

    private KernelRecipe recipe() {
      return KernelRecipe.plain(Optional.ofNullable(tree), config);
    }
  }

  @ArgGroup(exclusive = false)
  private Own own;

  @ArgGroup(exclusive = false)
  private Sources sources;

  @Option(
      names = "--kernel-package",
      paramLabel = "NAME[=VERSION]",
      description = "a kernel package of Debian")
  private String packaged;

  private Optional<KernelChoice> built = Optional.empty();

  /** The kernel; where one is to be built, that is done now, once. */
  KernelChoice choice() {
    try {
      if (own != null) {
        return new KernelChoice.Files(own.vmlinuz, own.modules);
      }
      if (isBuilt()) {
        built = Optional.of(built.isPresent() ? built.get() : build());
        return built.get();
      }
      if (sources != null) {
        return KernelChoice.ofTree(sources.tree);
      }
      return packaged == null ? new KernelChoice.Newest() : KernelChoice.Packaged.of(packaged);
    } catch (GuestException e) {
      throw new Failure(e);
    }
  }

  private KernelChoice build() throws GuestException {
    BuiltKernel kernel;
    try (Progress progress = progress()) {
      kernel = new KernelBuild(Home.folder(), progress::doing).required(sources.recipe());
    }
    kernel.unset().forEach(u -> System.err.println("daxcheck: not set: " + u));
    return kernel.choice();
  }

  private static Progress progress() {
    return new Progress(System.err, Home.isTerminal(2), Home.columns());
  }

  /** True where a certain kernel was asked for. */
  boolean isChosen() {
    return own != null || packaged != null || sources != null;
  }

  /** True where the kernel is built from source. */
  boolean isBuilt() {
    return sources != null && sources.config != null;
  }

  /** The driver of a kernel that is built, with these edits. */
  Path driver(List<Path> edits, String name) throws GuestException {
    try (Progress progress = progress()) {
      return new KernelBuild(Home.folder(), progress::doing)
          .driver(sources.recipe().edited(edits), name);
    }
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
