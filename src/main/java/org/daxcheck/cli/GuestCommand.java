package org.daxcheck.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.daxcheck.guest.Guest;
import org.daxcheck.guest.GuestException;
import org.daxcheck.guest.GuestShell;
import org.daxcheck.guest.GuestSpec;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "guest",
    mixinStandardHelpOptions = true,
    description = "Boots a guest to look at: 'boot' keeps it until Ctrl-C, 'ssh' opens a shell.",
    subcommands = {GuestCommand.Boot.class, GuestCommand.Ssh.class})
final class GuestCommand implements Runnable {
  @CommandLine.Spec private CommandLine.Model.CommandSpec spec;

  @Override
  public void run() {
    throw new CommandLine.ParameterException(spec.commandLine(), "name 'boot' or 'ssh'");
  }

  /** What both have in common. */
  abstract static class Booting implements Callable<Integer> {
    @Option(
        names = "--topology",
        paramLabel = "NAME",
        defaultValue = "cxl",
        description = "a topology of qemu/topologies (${DEFAULT-VALUE})")
    private String topology;

    @CommandLine.Mixin private GuestOptions options;

    @Override
    public Integer call() throws IOException {
      Path hardware = Home.folder().resolve("qemu/topologies/" + topology + ".topology");
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
}
