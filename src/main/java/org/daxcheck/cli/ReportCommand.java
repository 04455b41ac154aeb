package org.daxcheck.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.daxcheck.html.HtmlReport;
import org.daxcheck.report.FinishedRun;
import org.daxcheck.report.Rejudge;
import org.daxcheck.run.Failure;
import org.daxcheck.run.Home;
import org.daxcheck.run.Results;
import org.daxcheck.run.RunFolder;
import org.daxcheck.scenario.Catalogue;
import org.daxcheck.suite.Run;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "report",
    mixinStandardHelpOptions = true,
    description = "Makes one HTML page of finished runs; several stand side by side in it.",
    footer = {
      "",
      "The page needs no network and no other file. Every run leaves its own report.html."
    })
final class ReportCommand implements Callable<Integer> {
  @Parameters(
      paramLabel = "RUN",
      arity = "1..*",
      description = "folders of runs, or their run.json")
  private List<Path> named = new ArrayList<>();

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description =
          "the page; report.html in the first run's folder where none is given, for several"
              + " runs here")
  private Path out;

  @Override
  public Integer call() {
    Path page = out != null ? out : usual();
    named.forEach(ReportCommand::mend);
    try {
      if (page.toAbsolutePath().getParent() != null) {
        Files.createDirectories(page.toAbsolutePath().getParent());
      }
      HtmlReport.write(page, named, Results.shelf(Home.catalogue()));
    } catch (IOException e) {
      throw new Failure(e);
    }
    System.out.println(Home.shown(page));
    System.out.flush();
    return 0;
  }

  /** A run that was killed has a journal alone; its results are made of that. */
  private static void mend(Path named) {
    if (!Files.isRegularFile(named.resolve(RunFolder.JOURNAL))
        || Files.exists(named.resolve("run.json"))) {
      return;
    }
    Catalogue catalogue = Home.catalogue();
    try (RunFolder folder = RunFolder.keep(named)) {
      FinishedRun sofar = FinishedRun.sofar(named);
      Rejudge again = Rejudge.of(sofar, Optional.empty(), catalogue, c -> {});
      again.cases().stream().filter(c -> c.trace().isPresent()).forEach(folder::has);
      Run run =
          new Run(
                  sofar.version(),
                  sofar.suite(),
                  sofar.started(),
                  sofar.seed(),
                  false,
                  sofar.targets(),
                  again.cases(),
                  sofar.times(),
                  List.of())
              .as(sofar.part());
      Results.files(run, folder, catalogue);
    } catch (IOException e) {
      throw new Failure(e);
    }
  }

  private Path usual() {
    Path first = named.get(0);
    Path folder = Files.isDirectory(first) ? first : first.toAbsolutePath().getParent();
    return named.size() > 1 ? Path.of("report.html") : folder.resolve("report.html");
  }
}
