package org.daxcheck.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** The man page, written from the commands and options themselves. */
final class ManPage {
  /** Variables that the launcher and the commands read, and what they are for. */
  static final List<List<String>> ENVIRONMENT =
      List.of(
          List.of("DAXCHECK_MIRROR", "Debian mirror to use instead of the one that apt is set to."),
          List.of("JAVA_HOME", "JDK to use, if it is 17 or newer."),
          List.of("XDG_CACHE_HOME", "Downloads and builds are kept in its folder daxcheck."),
          List.of("COLUMNS", "Width of what is printed."),
          List.of("NO_COLOR", "If set, nothing is coloured."));

  private static final int ONE_LINE = 10_000;

  private final StringBuilder page = new StringBuilder();

  private ManPage() {}

  /** The page of this command and of all its subcommands, as troff. */
  static String of(CommandSpec root) {
    return new ManPage().whole(root);
  }

  private String whole(CommandSpec root) {
    String name = root.name();
    String about = String.join(" ", root.usageMessage().description());
    macro("TH", name.toUpperCase(java.util.Locale.ROOT), "1", "", root.version()[0]);
    // Neither hyphens nor stretched gaps in what may be copied.
    line(".nh");
    line(".ad l");
    macro("SH", "NAME");
    text(name + " - checks the dax/kmem memory hotplug ABI of a Linux kernel");
    macro("SH", "SYNOPSIS");
    line("\\fB" + escaped(name) + "\\fR \\fICOMMAND\\fR [\\fIOPTION\\fR...] [\\fIARGUMENT\\fR...]");
    macro("SH", "DESCRIPTION");
    text(about);
    root.subcommands()
        .values()
        .forEach(
            c ->
                item(bold(c.getCommandName()), c.getCommandSpec().usageMessage().description()[0]));
    foot(root);
    macro("SH", "OPTIONS");
    text("Every command has these:");
    root.options().forEach(o -> item(names(root, o), o.description()));
    macro("SH", "COMMANDS");
    root.subcommands().values().forEach(c -> command(c.getCommandSpec()));
    macro("SH", "EXIT STATUS");
    text("The first that fits counts. A command that says something else above has its own.");
    root.usageMessage()
        .exitCodeList()
        .forEach((code, meaning) -> item(bold(code.strip()), meaning));
    macro("SH", "ENVIRONMENT");
    ENVIRONMENT.forEach(e -> item(bold(e.get(0)), e.get(1)));
    macro("SH", "SEE ALSO");
    text(
        "README.md and docs/ in the folder of "
            + name
            + "; suites/README.md is the language of scenarios.");
    return page.toString();
  }

  private void command(CommandSpec command) {
    macro("SS", command.qualifiedName());
    line(escaped(synopsis(command)));
    for (String sentence : command.usageMessage().description()) {
      macro("PP");
      text(sentence);
    }
    command.positionalParameters().forEach(p -> item(italic(p.paramLabel()), p.description()));
    command.options().stream()
        .filter(o -> !o.usageHelp() && !o.versionHelp() && !o.hidden())
        .forEach(o -> item(names(command, o), o.description()));
    foot(command);
    command.subcommands().values().forEach(c -> command(c.getCommandSpec()));
  }

  /** In one line: where it is broken picocli's rules would put blanks into words. */
  private static String synopsis(CommandSpec command) {
    int width = command.usageMessage().width();
    command.usageMessage().width(ONE_LINE);
    try {
      return new CommandLine.Help(command, CommandLine.Help.Ansi.OFF).synopsis(0).strip();
    } finally {
      command.usageMessage().width(width);
    }
  }

  /** What stands below the options in the help of the command, with its lines as they are. */
  private void foot(CommandSpec command) {
    List<String> lines =
        Stream.of(command.usageMessage().footer()).filter(f -> !f.isEmpty()).toList();
    if (!lines.isEmpty()) {
      macro("PP");
      line(lines.stream().map(ManPage::escaped).collect(Collectors.joining("\n.br\n")));
    }
  }

  private static String names(CommandSpec command, OptionSpec option) {
    List<String> names = new ArrayList<>(List.of(option.names()));
    if (option.negatable()) {
      for (String name : option.names()) {
        names.add(command.negatableOptionTransformer().makeNegative(name, command));
      }
    }
    String label = option.arity().max() == 0 ? "" : "=" + italic(option.paramLabel());
    return names.stream().map(n -> bold(n) + label).collect(Collectors.joining(", "));
  }

  private void item(String tag, String... description) {
    macro("TP");
    line(tag);
    text(String.join(" ", description));
  }

  private void macro(String name, String... arguments) {
    line(
        Stream.concat(Stream.of("." + name), Stream.of(arguments).map(a -> '"' + escaped(a) + '"'))
            .collect(Collectors.joining(" ")));
  }

  private void text(String words) {
    line(escaped(words));
  }

  private void line(String troff) {
    page.append(troff).append('\n');
  }

  private static String bold(String words) {
    return "\\fB" + escaped(words) + "\\fR";
  }

  private static String italic(String words) {
    return "\\fI" + escaped(words) + "\\fR";
  }

  /**
   * The words as troff prints them: no macro at the start, hyphens and quotes that can be copied.
   */
  static String escaped(String words) {
    String plain =
        words
            .replace("\\", "\\e")
            .replace("-", "\\-")
            .replace("'", "\\(aq")
            .replace("\"", "\\(dq")
            .replace("^", "\\(ha")
            .replace("~", "\\(ti")
            .replace("`", "\\(ga");
    return plain.startsWith(".") ? "\\&" + plain : plain;
  }
}
