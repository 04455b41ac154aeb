package org.daxcheck.cli;

import picocli.CommandLine;
import picocli.CommandLine.Option;

/** Of how many broken rules the reproducer is run before it is printed. */
final class ReplayOptions {
  private static final int RULES = 3;

  @Option(
      names = "--replay",
      paramLabel = "N",
      description =
          "runs the reproducers of the first N broken rules in fresh guests before they are printed"
              + " (3; none with --fail-fast or --quick)")
  private Integer rules;

  @Option(names = "--no-replay", description = "runs no reproducer, like --replay 0")
  private boolean none;

  @CommandLine.Spec(CommandLine.Spec.Target.MIXEE)
  private CommandLine.Model.CommandSpec spec;

  /**
   * How many rules.
   *
   * @param hurried true where the first answer is what is waited for
   */
  int rules(boolean hurried) {
    if (rules != null && (none || rules < 0)) {
      throw new CommandLine.ParameterException(
          spec.commandLine(),
          none
              ? "--replay and --no-replay exclude each other"
              : "--replay " + rules + " is not from 0 on");
    }
    return none ? 0 : rules != null ? rules : hurried ? 0 : RULES;
  }
}
