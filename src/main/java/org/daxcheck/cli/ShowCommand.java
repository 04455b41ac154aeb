package org.daxcheck.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.daxcheck.report.Colours;
import org.daxcheck.report.FinishedRun;
import org.daxcheck.run.Failure;
import org.daxcheck.run.Home;
import org.daxcheck.scenario.Catalogue;
import org.daxcheck.show.CaseChoice;
import org.daxcheck.show.Retold;
import org.daxcheck.show.RunList;
import org.daxcheck.show.ShownCase;
import org.daxcheck.trace.TraceFileException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "show",
    mixinStandardHelpOptions = true,
    description =
        "Shows the traces of a finished run: each step, its answer, what changed, the kernel's log,"
            + " races against time, and why what happened is forbidden. Without CASE, a line a"
            + " case.")
final class ShowCommand implements Callable<Integer> {
  private static final int LEAST_WIDTH = 60;

  @Parameters(index = "0", paramLabel = "RUN", description = "the folder of a run, or its run.json")
  private Path named;

  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "CASE",
      description =
          "a scenario, a case such as NAME.cxl or qemu/cxl/NAME, a glob of these, or a rule: the"
              + " cases that break it, else those that are about it")
  private String wanted;

  @Option(
      names = "--width",
      paramLabel = "COLUMNS",
      description = "columns to keep to, at least 60; else those of the terminal, or 100")
  private Integer width;

  @Option(
      names = "--all",
      description = "leaves out no step of a long trace, and no line of the kernel's log")
  private boolean all;

  @Override
  public Integer call() {
    int columns = width == null ? Math.max(LEAST_WIDTH, Home.columns()) : width;
    if (columns < LEAST_WIDTH) {
      throw new Failure("--width " + width + " is too narrow; it takes at least " + LEAST_WIDTH);
    }
    FinishedRun run;
    try {
      run = FinishedRun.read(named);
    } catch (IOException e) {
      throw new Failure(e);
    }
    Colours colours = Colours.of(Home.isTerminal(1), System.getenv());
    if (wanted == null) {
      // What reads a pipe wants whole lines.
      boolean cut = width != null || Home.isTerminal(1);
      print(RunList.of(run, cut ? columns : Integer.MAX_VALUE, colours));
      return 0;
    }
    List<FinishedRun.Case> cases = CaseChoice.of(run, wanted);
    if (cases.isEmpty()) {
      throw new Failure(
          "'" + wanted + "' fits no case of this run; './daxcheck show " + named + "' lists them");
    }
    Catalogue catalogue = Home.catalogue();
    boolean first = true;
    for (FinishedRun.Case c : cases) {
      print((first ? "" : "\n") + text(c, catalogue, columns, colours));
      first = false;
    }
    return 0;
  }

  private String text(FinishedRun.Case c, Catalogue catalogue, int columns, Colours colours) {
    try {
      Optional<ShownCase.Told> told = Retold.of(c, catalogue);
      return told.isEmpty()
          ? c.name()
              + " on "
              + c.target()
              + " has no trace"
              + (c.verdict().reason().isEmpty() ? "" : ": " + c.verdict().reason())
              + "\n"
          : ShownCase.of(told.get(), catalogue, columns, colours, all);
    } catch (TraceFileException e) {
      throw new Failure(e);
    }
  }

  private static void print(String text) {
    System.out.print(text);
    System.out.flush();
  }
}
