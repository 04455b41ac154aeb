package org.daxcheck.cli;

import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;

@Command(
    name = "man",
    mixinStandardHelpOptions = true,
    description = "Prints the man page.",
    footer = {
      "",
      "Read it with:     ./daxcheck man | man -l -",
      "Install it with:  ./daxcheck man > /usr/local/share/man/man1/daxcheck.1"
    })
final class ManCommand implements Callable<Integer> {
  @CommandLine.Spec private CommandLine.Model.CommandSpec spec;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    out.print(ManPage.of(spec.root()));
    out.flush();
    return 0;
  }
}
