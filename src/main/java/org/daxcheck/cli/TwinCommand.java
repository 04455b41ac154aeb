package org.daxcheck.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import org.daxcheck.guest.GuestException;
import org.daxcheck.guest.TopologyChoice;
import org.daxcheck.guest.TopologyTwin;
import org.daxcheck.io.IoReason;
import org.daxcheck.lab.LabMachine;
import org.daxcheck.lab.MachineLayout;
import org.daxcheck.report.ExitCode;
import org.daxcheck.run.Failure;
import org.daxcheck.target.TargetException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "twin",
    mixinStandardHelpOptions = true,
    description = {
      "Makes a topology that is laid out as a device of a machine in a lab, for the same run in QEMU.",
      "It only looks at the machine."
    })
final class TwinCommand implements Callable<Integer> {
  @Parameters(paramLabel = "ssh://USER@HOST[:PORT]", description = "the machine")
  private String machine;

  @CommandLine.Mixin private MachineLogin login;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description = "a new file for the topology, such as lab1.topology; else it is printed")
  private Path out;

  @Override
  public Integer call() {
    try {
      if (out != null) {
        check(out);
      }
      MachineLayout layout =
          LabMachine.look(
              login.wish(machine, false, Duration.ZERO, LabMachine.Use.LOOK, "daxcheck twin"));
      String title =
          "Laid out as %s of %s, Linux %s."
              .formatted(layout.device().name(), layout.host(), layout.release());
      TopologyTwin twin = TopologyTwin.of(title, layout.device(), layout.beside());
      write(twin);
    } catch (GuestException | TargetException e) {
      throw new Failure(e);
    }
    return ExitCode.PASS.code();
  }

  private static void check(Path file) throws GuestException {
    TopologyChoice.checkName(file);
    if (Files.exists(file)) {
      throw new Failure("--out " + file + " is there already; name a new file");
    }
  }

  private void write(TopologyTwin twin) {
    if (out == null) {
      System.out.print(twin.text());
      System.out.flush();
    } else {
      try {
        Files.writeString(out, twin.text(), StandardOpenOption.CREATE_NEW);
      } catch (IOException e) {
        throw new Failure("--out " + out + " cannot be written: " + IoReason.of(e));
      }
    }
    List<String> differences = twin.differences();
    differences.forEach(d -> System.err.println("daxcheck: not as there: " + d));
  }
}
