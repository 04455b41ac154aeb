package org.daxcheck.cli;

import java.util.concurrent.Callable;
import org.daxcheck.run.Failure;
import picocli.CommandLine.Command;

@Command(
    name = "verify",
    mixinStandardHelpOptions = true,
    description = "Builds daxcheck and runs all of its tests, those on a real guest among them.")
final class VerifyCommand implements Callable<Integer> {
  @Override
  public Integer call() {
    throw new Failure("'verify' is started by the launcher: call ./daxcheck verify");
  }
}
