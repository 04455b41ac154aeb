package org.daxcheck.cli;

import java.io.PrintWriter;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.stream.Collectors;
import org.daxcheck.guest.UserCache;
import org.daxcheck.report.ExitCode;
import org.daxcheck.run.Failure;
import org.daxcheck.run.Home;
import org.daxcheck.run.Version;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The command line. Nothing else in daxcheck prints. */
@Command(
    name = "daxcheck",
    mixinStandardHelpOptions = true,
    version = "daxcheck " + Version.TEXT,
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
      ShowCommand.class,
      TryCommand.class,
      ReplayCommand.class,
      TwinCommand.class,
      MergeCommand.class,
      CoverageCommand.class,
      ReportCommand.class,
      MutantsCommand.class,
      FormatCommand.class,
      GuestCommand.class,
      KernelCommand.class,
      CacheCommand.class,
      DoctorCommand.class,
      VerifyCommand.class,
      HelpCommand.class,
      ManCommand.class,
      CompletionCommand.class
    },
    exitCodeListHeading = "%nExit codes:%n",
    footer = {
      "",
      "Without arguments, 'run' takes the suite gate to the model and to a QEMU guest."
    })
public final class Main implements Runnable {
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
    if (Boolean.getBoolean(Need.ASKED)) {
      System.out.println(Need.words(Need.of(args)));
      return;
    }
    UserCache.hear(Main::note);
    System.exit(status(args));
  }

  /** Runs the command and gives its code; a verdict that nobody could read is none. */
  static int status(String... args) {
    int code = line().execute(args);
    if (System.out.checkError()) {
      System.err.println("daxcheck: standard output could not be written");
      return ERROR;
    }
    return code;
  }

  /** A sentence for the user, in place of a line of progress that may stand there. */
  private static void note(String text) {
    System.err.println((Home.isTerminal(2) ? "\r\u001b[K" : "") + "daxcheck: " + text);
  }

  /** The command line with all its commands. */
  static CommandLine line() {
    CommandLine line = new CommandLine(new Main());
    line.setUsageHelpWidth(100);
    // What stands behind the first word of a command for the guest is the guest's.
    line.getSubcommands().get("guest").getSubcommands().get("ssh").setStopAtPositional(true);
    line.setExecutionStrategy(Main::execute);
    line.setParameterExceptionHandler(Main::usage);
    line.setExecutionExceptionHandler(Main::failed);
    line.getCommandSpec()
        .usageMessage()
        .exitCodeList(
            Arrays.stream(ExitCode.values())
                .collect(
                    Collectors.toMap(
                        c -> " " + c.code(), Main::meaning, (a, b) -> a, LinkedHashMap::new)));
    line.getSubcommands().values().forEach(Main::joinSentences);
    return line;
  }

  private static String meaning(ExitCode code) {
    return code.text()
        + switch (code) {
          case PASS -> ": every target judged something and nothing is against a rule";
          case DIVERGENCE -> ": a rule is broken, and no waiver lets it through";
          case ERROR -> ": something could not be judged, a gate has a hole, or a wrong command";
          case NO_RESULTS -> ": a target has no case at all";
          case ALL_SKIPPED -> ": a target skipped every case";
        };
  }

  /** The list of commands shows the first line of a description: let that be whole sentences. */
  private static void joinSentences(CommandLine command) {
    StringBuilder lines = new StringBuilder();
    for (String line : command.getCommandSpec().usageMessage().description()) {
      lines.append(line).append(line.endsWith(".") ? "\n" : " ");
    }
    command.getCommandSpec().usageMessage().description(lines.toString().strip().split("\n"));
  }

  /** As picocli does, but a word that nobody knows is an error beside --help as well. */
  private static int execute(CommandLine.ParseResult all) {
    for (CommandLine.ParseResult parsed = all;
        parsed != null;
        parsed = parsed.hasSubcommand() ? parsed.subcommand() : null) {
      if (!parsed.unmatched().isEmpty()) {
        throw new CommandLine.UnmatchedArgumentException(
            parsed.commandSpec().commandLine(), parsed.unmatched());
      }
    }
    return new CommandLine.RunLast().execute(all);
  }

  /** One sentence, and where the words of the command are explained. */
  private static int usage(CommandLine.ParameterException e, String[] args) {
    PrintWriter err = e.getCommandLine().getErr();
    String name = e.getCommandLine().getCommandSpec().qualifiedName();
    String first =
        e instanceof CommandLine.UnmatchedArgumentException unmatched
            ? unknown(unmatched)
            : e.getMessage().lines().findFirst().orElse("wrong usage");
    err.println(
        "daxcheck: " + first + (first.endsWith("?") ? " See '" : "; see '") + name + " --help'");
    return ERROR;
  }

  private static String unknown(CommandLine.UnmatchedArgumentException e) {
    String word = e.getUnmatched().get(0);
    String what =
        word.startsWith("-")
            ? "unknown option"
            : e.getCommandLine().getSubcommands().isEmpty()
                ? "unexpected argument"
                : "unknown command";
    // What picocli finds similar begins with another letter more often than a slip of the finger.
    return what
        + " '"
        + word
        + "'"
        + e.getSuggestions().stream()
            .filter(s -> initial(s).equalsIgnoreCase(initial(word)))
            .findFirst()
            .map(s -> "; did you mean '" + s + "'?")
            .orElse("");
  }

  private static String initial(String word) {
    String letters = word.replaceFirst("^-+", "");
    return letters.isEmpty() ? "" : letters.substring(0, 1);
  }

  private static int failed(Exception e, CommandLine line, CommandLine.ParseResult parsed) {
    PrintWriter err = line.getErr();
    Failure.in(e)
        .ifPresentOrElse(
            failure -> err.println("daxcheck: " + failure.getMessage()),
            () -> {
              err.println("daxcheck: internal error; please report what follows");
              e.printStackTrace(err);
            });
    return ERROR;
  }
}
