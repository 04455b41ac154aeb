package org.daxcheck.cli;

import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;

@Command(
    name = "completion",
    mixinStandardHelpOptions = true,
    description = "Prints what makes bash complete daxcheck's commands and options.",
    footer = {
      "",
      "For this shell:  source <(./daxcheck completion)",
      "For good:        ./daxcheck completion > ~/.local/share/bash-completion/completions/daxcheck"
    })
final class CompletionCommand implements Callable<Integer> {
  @CommandLine.Spec private CommandLine.Model.CommandSpec spec;

  @Override
  public Integer call() {
    CommandLine whole = spec.root().commandLine();
    PrintWriter out = spec.commandLine().getOut();
    out.print(AutoComplete.bash(whole.getCommandName(), whole));
    out.flush();
    return 0;
  }
}
