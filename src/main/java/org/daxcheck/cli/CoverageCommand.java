package org.daxcheck.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.BiFunction;
import org.daxcheck.coverage.Arguments;
import org.daxcheck.coverage.KernelCode;
import org.daxcheck.coverage.SourceCoverage;
import org.daxcheck.coverage.SourceCoverageText;
import org.daxcheck.execution.PastTimes;
import org.daxcheck.html.SourcePage;
import org.daxcheck.io.IoReason;
import org.daxcheck.report.Coverage;
import org.daxcheck.report.PastRun;
import org.daxcheck.report.RuleBook;
import org.daxcheck.run.Failure;
import org.daxcheck.run.Home;
import org.daxcheck.run.RunCounts;
import org.daxcheck.scenario.BranchTable;
import org.daxcheck.scenario.Hint;
import org.daxcheck.scenario.ScenarioException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "coverage",
    mixinStandardHelpOptions = true,
    description = {
      "Shows which rules finished runs have judged, by dialect, on model and guest; with --driver"
          + " which lines and branches of the kernel they ran."
    },
    footer = {
      "",
      "--driver needs runs of a kernel that counts, such as 'run --kernel-config coverage'.",
      "Exit code 1 where a rule that binds a dialect which was run was never judged on a guest."
    })
final class CoverageCommand implements Callable<Integer> {
  /** The source of which everything that never ran is told. */
  private static final String DRIVER = "drivers/dax/kmem.c";

  @Parameters(
      paramLabel = "RUN",
      description = "folders of runs, or their run.json; all below reports/out where none is given")
  private List<Path> named = new ArrayList<>();

  @Option(
      names = "--write",
      paramLabel = "FILE",
      description = "writes the record of what was judged, such as reports/coverage.yaml")
  private Path file;

  @Option(
      names = "--times",
      paramLabel = "FILE",
      description =
          "writes how long each case of these runs took on a guest, such as reports/times.yaml")
  private Path times;

  @Option(
      names = "--driver",
      description =
          "shows how much of the driver's sources ran, and what of kmem.c never did, with why")
  private boolean driver;

  @Option(
      names = "--source",
      paramLabel = "FILE",
      description = "with --driver: what of this source never ran, such as mm/memory_hotplug.c")
  private List<String> sources = new ArrayList<>();

  @Option(
      names = "--function",
      paramLabel = "NAME",
      split = ",",
      description = "with --driver: only of this function, such as offline_and_remove_memory")
  private List<String> functions = new ArrayList<>();

  @Option(
      names = "--page",
      paramLabel = "FILE",
      description = "with --driver: writes a page of the sources with counts and scenarios")
  private Path page;

  @Override
  public Integer call() {
    if (driver) {
      return driver();
    }
    if (page != null || !sources.isEmpty() || !functions.isEmpty()) {
      throw new Failure("--page, --source and --function need --driver");
    }
    RuleBook book = Home.book(Home.catalogue());
    List<PastRun> runs = named.isEmpty() ? PastRuns.all() : PastRuns.of(named);
    if (runs.isEmpty()) {
      throw new Failure("no run yet; ./daxcheck run makes one");
    }
    Coverage coverage = Coverage.of(runs);
    if (file != null) {
      try {
        Files.writeString(file, coverage.record());
      } catch (IOException e) {
        throw new Failure("cannot write " + file + ": " + IoReason.of(e));
      }
    }
    if (times != null) {
      try {
        Files.writeString(times, PastTimes.of(named).text());
      } catch (IOException e) {
        throw new Failure("cannot write " + times + ": " + IoReason.of(e));
      }
    }
    System.out.print(coverage.table(book));
    System.out.flush();
    return coverage.holes(book).isEmpty() ? 0 : 1;
  }

  private int driver() {
    if (named.isEmpty()) {
      throw new Failure("name runs of a kernel that counts");
    }
    SourceCoverage coverage = RunCounts.of(named);
    SourceCoverage.Source kmem = coverage.sources().get(DRIVER);
    Arguments arguments = arguments(kmem == null ? List.of() : kmem.text());
    BiFunction<String, Integer, String> argument =
        (source, line) -> source.equals(DRIVER) ? arguments.of(line) : "";
    if (functions.isEmpty()) {
      sources(coverage, argument);
    } else {
      functions(coverage, argument);
    }
    if (page != null) {
      try {
        Files.writeString(page, SourcePage.of(coverage, argument));
      } catch (IOException e) {
        throw new Failure("cannot write " + page + ": " + IoReason.of(e));
      }
    }
    System.out.flush();
    return 0;
  }

  private void sources(SourceCoverage coverage, BiFunction<String, Integer, String> argument) {
    System.out.print(SourceCoverageText.table(coverage));
    List<String> told = sources.isEmpty() ? List.of(DRIVER) : sources;
    coverage
        .sources()
        .forEach(
            (name, source) -> {
              if (told.stream().anyMatch(name::endsWith)) {
                System.out.println();
                System.out.print(
                    SourceCoverageText.missing(name, source, n -> argument.apply(name, n)));
              }
            });
  }

  /** All of that name: static functions of several sources may have the same. */
  private void functions(SourceCoverage coverage, BiFunction<String, Integer, String> argument) {
    List<KernelCode.Function> all =
        coverage.sources().entrySet().stream()
            .filter(e -> sources.isEmpty() || sources.stream().anyMatch(e.getKey()::endsWith))
            .flatMap(e -> e.getValue().functions().stream())
            .toList();
    List<String> names = all.stream().map(KernelCode.Function::name).toList();
    for (String name : functions) {
      if (!names.contains(name)) {
        throw new Failure(
            "no function " + name + " in the sources that count" + Hint.ofSeveral(name, names));
      }
    }
    String gap = "";
    for (KernelCode.Function function : all) {
      if (functions.contains(function.name())) {
        String source = function.source();
        System.out.print(gap);
        System.out.print(
            SourceCoverageText.function(
                function, coverage.sources().get(source), n -> argument.apply(source, n)));
        gap = "\n";
      }
    }
  }

  private static Arguments arguments(List<String> text) {
    Path table = Home.folder().resolve("reports/branches.yaml");
    try {
      return new Arguments(BranchTable.load(table), text);
    } catch (ScenarioException e) {
      throw new Failure(e.getMessage());
    }
  }
}
