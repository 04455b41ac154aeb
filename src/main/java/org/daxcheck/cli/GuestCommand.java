package org.daxcheck.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import org.daxcheck.guest.DriverSwapper;
import org.daxcheck.guest.Guest;
import org.daxcheck.guest.GuestException;
import org.daxcheck.guest.GuestShell;
import org.daxcheck.guest.GuestSpec;
import org.daxcheck.guest.UpstreamTest;
import org.daxcheck.mutant.Selftest;
import org.daxcheck.report.ExitCode;
import org.daxcheck.report.Progress;
import org.daxcheck.run.Failure;
import org.daxcheck.run.Home;
import org.daxcheck.target.TargetException;
import picocli.CommandLine;
import picocli.CommandLine.Command;

@Command(
    name = "guest",
    mixinStandardHelpOptions = true,
    description =
        "Boots a guest to look at: 'boot' keeps it until Ctrl-C, 'ssh' opens a shell, 'selftest' runs"
            + " the kernel's own test of the attribute in it.",
    subcommands = {GuestCommand.Boot.class, GuestCommand.Ssh.class, GuestCommand.OwnTest.class})
final class GuestCommand implements Runnable {
  @CommandLine.Spec private CommandLine.Model.CommandSpec spec;

  @Override
  public void run() {
    throw new CommandLine.ParameterException(
        spec.commandLine(), "name 'boot', 'ssh' or 'selftest'");
  }

  /** What both have in common. */
  abstract static class Booting implements Callable<Integer>, Need.Needing {
    @CommandLine.Mixin private TopologyOption topology;

    @CommandLine.Mixin private GuestOptions options;

    @Override
    public Set<Need> needs() {
      return options.needs();
    }

    @Override
    public Integer call() throws IOException {
      Path hardware = topology.orUsual().file();
      GuestSpec asked =
          options.built(
              options
                  .asked(GuestSpec.of(Home.folder(), hardware, Path.of("unused")))
                  .withProgress(line -> System.err.println("daxcheck: " + line)));
      Path folder = Files.createTempDirectory("daxcheck-guest");
      GuestSpec spec = asked.at(hardware, folder.resolve("console.log"));
      try (GuestShell.Folder files = new GuestShell.Folder(folder);
          Guest guest = Guest.boot(spec)) {
        System.err.printf(
            "daxcheck: %s with %s is ready after %.1f s; its console is in %s%n",
            guest.kernelRelease(),
            guest.device(),
            guest.bootTime().toMillis() / 1e3,
            guest.console());
        return use(GuestShell.of(guest, files));
      } catch (GuestException e) {
        throw new Failure(e);
      }
    }

    abstract int use(GuestShell shell) throws GuestException;
  }

  @Command(
      name = "boot",
      mixinStandardHelpOptions = true,
      description = "Boots a guest, says how to reach it, and keeps it until Ctrl-C.")
  static final class Boot extends Booting {
    @Override
    int use(GuestShell shell) throws GuestException {
      System.out.println(String.join(" ", shell.command()));
      System.out.flush();
      shell.untilDead();
      throw new GuestException("the guest has ended");
    }
  }

  @Command(
      name = "ssh",
      mixinStandardHelpOptions = true,
      description = "Boots a guest and opens a shell in it; the guest ends with the shell.")
  static final class Ssh extends Booting {
    @CommandLine.Parameters(paramLabel = "COMMAND", description = "runs this instead of a shell")
    private java.util.List<String> command = new java.util.ArrayList<>();

    @Override
    int use(GuestShell shell) throws GuestException {
      return shell.run(command);
    }
  }

  @Command(
      name = "selftest",
      mixinStandardHelpOptions = true,
      description = {
        "Runs tools/testing/selftests/dax/dax-kmem-hotplug.sh, from Debian's source package of the"
            + " guest's kernel, and prints its KTAP.",
        "Lines of '# daxcheck:' behind it have its exit code, and what it may take from the log."
      },
      footer = {"", "Exit codes: 0 passed, 1 failed, 2 it could not be run, 4 it skipped itself."})
  static final class OwnTest implements Callable<Integer> {
    @CommandLine.Mixin private GuestOptions options;

    @Override
    public Integer call() throws IOException {
      Path folder = Files.createTempDirectory("daxcheck-guest");
      GuestShell.Folder consoles = new GuestShell.Folder(folder);
      String ktap;
      try (Progress progress = new Progress(System.err, Home.isTerminal(2), Home.columns())) {
        ktap = ktap(folder, progress);
      } catch (GuestException | TargetException e) {
        throw new Failure(e);
      } finally {
        consoles.close();
      }
      System.out.print(ktap);
      System.out.flush();
      Selftest said = Selftest.of(ktap);
      System.err.println(
          "daxcheck: the kernel's own test: "
              + said.inWords()
              + (said.note().isEmpty() ? "" : ": " + said.note()));
      return exit(said.result()).code();
    }

    private String ktap(Path folder, Progress progress) throws GuestException, TargetException {
      GuestSpec spec =
          options.built(
              options
                  .asked(GuestSpec.of(Home.folder(), Path.of("unused"), Path.of("unused")))
                  .withProgress(progress::doing));
      UpstreamTest test = UpstreamTest.of(spec);
      DriverSwapper.Kmem driver =
          spec.kmemModule()
              .map(m -> new DriverSwapper.Kmem("named", Optional.of(m)))
              .orElse(DriverSwapper.Kmem.STOCK);
      try (DriverSwapper bench = new DriverSwapper(spec, folder, "selftest", false)) {
        bench.target("cxl", driver).close();
        progress.doing("the kernel's own test is running");
        return test.run(bench);
      }
    }

    private static ExitCode exit(Selftest.Result result) {
      return switch (result) {
        case PASS -> ExitCode.PASS;
        case FAIL, FALSE_ALARM -> ExitCode.DIVERGENCE;
        case SKIP -> ExitCode.ALL_SKIPPED;
        case ERROR, NONE -> ExitCode.ERROR;
      };
    }
  }
}
