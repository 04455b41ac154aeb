package org.daxcheck.cli;

import picocli.CommandLine;
import picocli.CommandLine.Option;

/** For how many causes of divergences the reproducer is run before it is printed. */
final class ReplayOptions {
  private static final int CAUSES = 3;

  @Option(
      names = "--replay",
      paramLabel = "N",
      description =
          "runs the reproducers of the first N causes of divergences in fresh guests before they are"
              + " printed"
              + " (3; none with --fail-fast or --quick)")
  private Integer causes;

  @Option(names = "--no-replay", description = "runs no reproducer, like --replay 0")
  private boolean none;

  @CommandLine.Spec(CommandLine.Spec.Target.MIXEE)
  private CommandLine.Model.CommandSpec spec;

  /**
   * For how many causes.
   *
   * @param hurried true where the first answer is what is waited for
   */
  int causes(boolean hurried) {
    if (causes != null && (none || causes < 0)) {
      throw new CommandLine.ParameterException(
          spec.commandLine(),
          none
              ? "--replay and --no-replay exclude each other"
              : "--replay " + causes + " is not from 0 on");
    }
    return none ? 0 : causes != null ? causes : hurried ? 0 : CAUSES;
  }
}
