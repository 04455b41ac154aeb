package org.daxcheck.cli;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/** The whole command line, asked in this process: its exit code, and what it printed. */
record Asked(int code, String out, String err) {
  static Asked daxcheck(String... words) {
    CommandLine line = Main.line();
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    line.setOut(new PrintWriter(out, true));
    line.setErr(new PrintWriter(err, true));
    int code = line.execute(words);
    return new Asked(code, out.toString(), err.toString());
  }

  /** Every command and their own ones, without the root. */
  static Stream<CommandSpec> commands() {
    return below(Main.line().getCommandSpec());
  }

  private static Stream<CommandSpec> below(CommandSpec command) {
    return command.subcommands().values().stream()
        .map(CommandLine::getCommandSpec)
        .flatMap(c -> Stream.concat(Stream.of(c), below(c)));
  }
}
