package org.daxcheck.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.daxcheck.run.Failure;
import org.daxcheck.run.Home;
import org.daxcheck.scenario.Formatter;
import org.daxcheck.scenario.ScenarioException;
import org.daxcheck.scenario.Scenarios;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "fmt",
    mixinStandardHelpOptions = true,
    description = "Brings scenario files into their canonical form.")
final class FormatCommand implements Callable<Integer> {
  @Parameters(paramLabel = "FILE-OR-FOLDER", description = "all scenarios where none is given")
  private List<Path> files = new ArrayList<>();

  @Option(names = "--check", description = "changes nothing; exit code 1 where a file would change")
  private boolean check;

  @Override
  public Integer call() throws IOException {
    int changed = 0;
    List<String> wrong = new ArrayList<>();
    for (Path file : files()) {
      try {
        String old = Files.readString(file);
        String formed = Formatter.format(file.toString(), old);
        if (!formed.equals(old)) {
          changed++;
          System.out.println(Home.shown(file));
          if (!check) {
            Files.writeString(file, formed);
          }
        }
      } catch (NoSuchFileException e) {
        wrong.add(file + ": no such file");
      } catch (ScenarioException e) {
        wrong.add(e.report());
      }
    }
    if (!wrong.isEmpty()) {
      throw new Failure(String.join("\n", wrong));
    }
    return check && changed > 0 ? 1 : 0;
  }

  private List<Path> files() {
    try {
      return Scenarios.files(files.isEmpty() ? List.of(Home.suites()) : files);
    } catch (ScenarioException e) {
      throw new Failure(e);
    }
  }
}
