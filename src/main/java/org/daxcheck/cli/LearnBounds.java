package org.daxcheck.cli;

import java.time.Duration;
import org.daxcheck.machine.Learning;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/** How far learning goes. */
final class LearnBounds {
  @CommandLine.Spec(CommandLine.Spec.Target.MIXEE)
  private CommandLine.Model.CommandSpec spec;

  @Option(
      names = "--extra",
      paramLabel = "K",
      defaultValue = "1",
      description = "the last check looks for machines with up to K states more (${DEFAULT-VALUE})")
  private int extra;

  @Option(
      names = "--random",
      paramLabel = "N",
      defaultValue = "" + Learning.RANDOM_WORDS,
      description = "how many random words are asked before the last check (${DEFAULT-VALUE})")
  private int randomWords;

  @Option(
      names = "--guests",
      paramLabel = "N",
      defaultValue = "40",
      description =
          "how many fresh guests may be used where the device does not come back"
              + " (${DEFAULT-VALUE})")
  private int guests;

  @Option(
      names = "--minutes",
      paramLabel = "N",
      defaultValue = "30",
      description = "how long it may take (${DEFAULT-VALUE})")
  private int minutes;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "0",
      description = "seed of the random words (${DEFAULT-VALUE})")
  private long seed;

  /** Checked. */
  Learning.Bounds bounds() {
    if (extra < 0 || extra > 3 || guests < 1 || minutes < 1) {
      throw new CommandLine.ParameterException(
          spec.commandLine(), "--extra is 0 to 3, --guests and --minutes are 1 or more");
    }
    return new Learning.Bounds(extra, guests, Duration.ofMinutes(minutes), seed);
  }

  /** How many random words are asked before the last check. */
  int randomWords() {
    return randomWords;
  }

  /** How many states more the last check looks for. */
  int extra() {
    return extra;
  }
}
