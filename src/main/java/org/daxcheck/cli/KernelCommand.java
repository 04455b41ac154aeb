package org.daxcheck.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import org.daxcheck.guest.GuestException;
import org.daxcheck.kernel.BuiltKernel;
import org.daxcheck.kernel.KernelBuild;
import org.daxcheck.kernel.KernelRecipe;
import org.daxcheck.report.ExitCode;
import org.daxcheck.report.Progress;
import org.daxcheck.run.Failure;
import org.daxcheck.run.Home;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "kernel",
    mixinStandardHelpOptions = true,
    description = "Builds kernels for guests, with patches and with the kernel's own instruments.",
    subcommands = {KernelCommand.Build.class})
final class KernelCommand implements Runnable {
  @CommandLine.Spec private CommandLine.Model.CommandSpec spec;

  @Override
  public void run() {
    throw new CommandLine.ParameterException(
        spec.commandLine(), "say what to do with a kernel: build");
  }

  @Command(
      name = "build",
      mixinStandardHelpOptions = true,
      description = {
        "Builds a kernel, or finds it in the cache, and prints its folder: bzImage, System.map, config"
            + " and modules.",
        "'run --kernel-config' and 'patch --kernel' build what they need by themselves."
      },
      footer = {"", "Exit codes: 0 built, 2 error: a patch does not apply or does not compile."})
  static final class Build implements Callable<Integer>, Need.Needing {
    @Option(
        names = "--source",
        paramLabel = "DIR",
        description =
            "a kernel tree, which is only read; Debian's newest linux-source if not given")
    private Path source;

    @Option(
        names = "--patch",
        paramLabel = "FILE",
        description = "a patch to apply, a mail or a plain diff; may be repeated, applied in order")
    private List<Path> patches = new ArrayList<>();

    @Option(names = "--fuzz", description = "apply a patch though lines around a hunk differ")
    private boolean fuzz;

    @Option(
        names = "--config",
        paramLabel = "small|debug|coverage|FILE",
        defaultValue = "small",
        description = "a config, or the file of a fragment on top of small (${DEFAULT-VALUE})")
    private String config;

    @Override
    public Set<Need> needs() {
      return Set.of(Need.KERNEL, Need.PATCH);
    }

    @Override
    public Integer call() {
      KernelRecipe recipe =
          KernelRecipe.plain(Optional.ofNullable(source), config).patched(patches, fuzz);
      KernelBuild.Result result;
      try (Progress progress = new Progress(System.err, Home.isTerminal(2), Home.columns())) {
        result = new KernelBuild(Home.folder(), progress::doing).of(recipe);
      } catch (GuestException e) {
        throw new Failure(e);
      }
      if (result instanceof KernelBuild.Refused refused) {
        refused.why().words().forEach(System.err::println);
        System.err.println("daxcheck: " + refused.why().sentence());
        return ExitCode.ERROR.code();
      }
      BuiltKernel kernel = ((KernelBuild.Built) result).kernel();
      kernel.notes().forEach(n -> System.err.println("note: " + n));
      kernel.unset().forEach(u -> System.err.println("not set: " + u));
      System.err.println("daxcheck: " + kernel.release() + " of " + kernel.made());
      System.out.println(kernel.folder());
      System.out.flush();
      return ExitCode.PASS.code();
    }
  }
}
