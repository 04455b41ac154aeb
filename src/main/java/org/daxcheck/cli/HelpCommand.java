package org.daxcheck.cli;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/**
 * {@code help run} is {@code run --help}, and {@code help guest ssh} is {@code guest ssh --help}.
 */
@Command(
    name = "help",
    mixinStandardHelpOptions = true,
    description = "Shows what a command does and which options it has.")
final class HelpCommand implements Callable<Integer> {
  @Parameters(
      paramLabel = "COMMAND",
      completionCandidates = Names.class,
      description = "the command, and one of its own where it has some; all where none is given")
  private List<String> names = new ArrayList<>();

  @CommandLine.Spec private CommandLine.Model.CommandSpec spec;

  /** The names of the commands, for the shell to complete. */
  static final class Names implements Iterable<String> {
    @Override
    public Iterator<String> iterator() {
      return Stream.of(Main.class.getAnnotation(Command.class).subcommands())
          .map(c -> c.getAnnotation(Command.class).name())
          .iterator();
    }
  }

  @Override
  public Integer call() {
    CommandLine meant = spec.commandLine().getParent();
    for (String name : names) {
      CommandLine next = meant.getSubcommands().get(name);
      if (next == null) {
        throw new CommandLine.UnmatchedArgumentException(meant, List.of(name));
      }
      meant = next;
    }
    meant.usage(spec.commandLine().getOut());
    return 0;
  }
}
