package org.daxcheck.cli;

import java.io.PrintWriter;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The command line. Nothing else in daxcheck prints. */
@Command(
    name = "daxcheck",
    mixinStandardHelpOptions = true,
    version = "daxcheck " + Main.VERSION,
    description = "Does this Linux kernel keep the dax/kmem whole-device memory hotplug ABI?",
    subcommands = {
      RunCommand.class,
      PatchCommand.class,
      ExploreCommand.class,
      LearnCommand.class,
      ListCommand.class,
      ExplainCommand.class,
      DiffCommand.class,
      JudgeCommand.class,
      CoverageCommand.class,
      ReportCommand.class,
      MutantsCommand.class,
      FormatCommand.class,
      GuestCommand.class,
      DoctorCommand.class,
      VerifyCommand.class
    },
    footer = {
      "",
      "Exit codes: 0 pass, 1 divergence, 2 error, 3 no results, 4 all skipped.",
      "Without arguments, 'run' takes the suite gate to the model and to a QEMU guest."
    })
public final class Main implements Runnable {
  static final String VERSION = "0.1.0";

  /** Exit code of a usage error, and of whatever else is no verdict. */
  static final int ERROR = 2;

  @CommandLine.Spec private CommandLine.Model.CommandSpec spec;

  private Main() {}

  @Override
  public void run() {
    throw new CommandLine.ParameterException(spec.commandLine(), "no command given");
  }

  /** Runs the command and exits with its code. */
  public static void main(String[] args) {
    CommandLine line = new CommandLine(new Main());
    line.setUsageHelpWidth(100);
    // What stands behind the first word of a command for the guest is the guest's.
    line.getSubcommands().get("guest").getSubcommands().get("ssh").setStopAtPositional(true);
    line.setParameterExceptionHandler(Main::usage);
    line.setExecutionExceptionHandler(Main::failed);
    System.exit(line.execute(args));
  }

  /** One sentence, and where the words of the command are explained. */
  private static int usage(CommandLine.ParameterException e, String[] args) {
    PrintWriter err = e.getCommandLine().getErr();
    String name = e.getCommandLine().getCommandSpec().qualifiedName();
    String first = e.getMessage().lines().findFirst().orElse("wrong usage");
    err.println("daxcheck: " + first + "; see '" + name + " --help'");
    return ERROR;
  }

  private static int failed(Exception e, CommandLine line, CommandLine.ParseResult parsed) {
    PrintWriter err = line.getErr();
    if (e instanceof Failure) {
      err.println("daxcheck: " + e.getMessage());
    } else {
      err.println("daxcheck: a fault of daxcheck itself; please report what follows");
      e.printStackTrace(err);
    }
    return ERROR;
  }
}
