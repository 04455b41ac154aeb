package org.daxcheck.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import org.daxcheck.abi.Policy;
import org.daxcheck.abi.TargetKind;
import org.daxcheck.guest.Guest;
import org.daxcheck.guest.GuestException;
import org.daxcheck.guest.GuestShell;
import org.daxcheck.guest.GuestSpec;
import org.daxcheck.oracle.Divergence;
import org.daxcheck.replay.Replay;
import org.daxcheck.report.ExitCode;
import org.daxcheck.report.FinishedRun;
import org.daxcheck.report.Progress;
import org.daxcheck.report.Reproducer;
import org.daxcheck.report.Reproduction;
import org.daxcheck.report.RunDocument;
import org.daxcheck.run.Failure;
import org.daxcheck.run.Home;
import org.daxcheck.show.CaseChoice;
import org.daxcheck.target.TargetException;
import org.daxcheck.trace.Trace;
import org.daxcheck.trace.TraceFile;
import org.daxcheck.trace.TraceFileException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "replay",
    mixinStandardHelpOptions = true,
    description =
        "Does by hand, in a fresh guest like that of the run, what diverged in it: says how often"
            + " the reproducer shows it, or opens a shell before the step.",
    footer = {
      "",
      "Exit codes: 0 it was never shown, 1 it was shown, 2 error. With --shell that of the shell."
    })
final class ReplayCommand implements Callable<Integer>, Need.Needing {
  private static final int MOST = 20;

  @Parameters(index = "0", paramLabel = "RUN", description = "the folder of a run, or its run.json")
  private Path named;

  @Parameters(
      index = "1",
      paramLabel = "CASE",
      description = "the case: a scenario, NAME.cxl, a glob, or the rule that it breaks")
  private String wanted;

  @Option(
      names = "--times",
      paramLabel = "N",
      defaultValue = "3",
      description = "in so many fresh guests (${DEFAULT-VALUE})")
  private int times;

  @Option(
      names = "--shell",
      description =
          "stops before the step that diverged and opens a shell there; pages stay held, files open")
  private boolean shell;

  /** A case that diverged, its first divergence, and what it was seen in. */
  private record Found(FinishedRun.Case of, Divergence divergence, Trace trace) {}

  @Override
  public Set<Need> needs() {
    return Set.of(Need.GUEST);
  }

  @Override
  public Integer call() throws IOException {
    if (times < 1 || times > MOST) {
      throw new Failure("--times " + times + " is not from 1 to " + MOST);
    }
    RunDocument document;
    FinishedRun run;
    try {
      run = FinishedRun.read(named);
      document = FinishedRun.document(named);
    } catch (IOException e) {
      throw new Failure(e);
    }
    Found found = found(run);
    Path folder = Files.createTempDirectory("daxcheck-replay");
    try (GuestShell.Folder files = new GuestShell.Folder(folder);
        Progress progress = new Progress(System.err, Home.isTerminal(2), Home.columns())) {
      GuestSpec spec = guest(document, progress);
      return shell ? shell(found, spec, folder, files) : check(found, spec, folder, progress);
    } catch (GuestException e) {
      throw new Failure(e);
    } catch (TargetException e) {
      throw new Failure(e);
    }
  }

  private Found found(FinishedRun run) {
    List<FinishedRun.Case> diverged =
        CaseChoice.of(run, wanted).stream()
            .filter(c -> !c.verdict().divergences().isEmpty())
            .toList();
    if (diverged.isEmpty()) {
      throw new Failure(
          "'"
              + wanted
              + "' fits no case of this run that diverged; './daxcheck show "
              + named
              + "' lists them");
    }
    FinishedRun.Case first = diverged.get(0);
    boolean ofGuest =
        run.targets().stream()
            .anyMatch(t -> t.name().equals(first.target()) && t.kind() == TargetKind.GUEST);
    if (!ofGuest) {
      throw new Failure(
          first.name()
              + " did not run in a guest but on "
              + first.target()
              + "; do it by hand there");
    }
    try {
      Trace trace =
          first
              .load()
              .map(TraceFile.Loaded::trace)
              .orElseThrow(() -> new Failure(first.name() + " has no trace"));
      return new Found(first, first.verdict().divergences().get(0), trace);
    } catch (TraceFileException e) {
      throw new Failure(e);
    }
  }

  /** A guest with the kernel and the driver of the run, as its command line named them. */
  private static GuestSpec guest(RunDocument run, Progress progress) {
    List<String> command =
        run.made()
            .map(RunDocument.Made::command)
            .orElseThrow(
                () ->
                    new Failure("the run does not say by which command it was made; run it anew"));
    RunCommand begun = new RunCommand();
    try {
      new CommandLine(begun).parseArgs(command.toArray(String[]::new));
    } catch (CommandLine.ParameterException e) {
      throw new Failure("the run was not made by 'run', but by: " + String.join(" ", command));
    }
    GuestOptions options = begun.guestOptions();
    return options.built(
        options
            .asked(GuestSpec.of(Home.folder(), begun.hardware(), Path.of("unused")))
            .withProgress(progress::doing));
  }

  private int check(Found found, GuestSpec spec, Path folder, Progress progress)
      throws TargetException {
    System.out.println(found.of().name() + ": " + found.divergence().rule());
    Reproducer.commands(found.trace(), found.divergence())
        .forEach(l -> System.out.println("  " + l));
    System.out.flush();
    progress.doing("the reproducer is running, " + times + " times in a fresh guest");
    Replay.Tried tried = new Replay(spec, folder).run(found.trace(), found.divergence(), times);
    progress.close();
    System.out.println(tried);
    if (tried.worked() < times) {
      System.out.println("the last run printed:");
      tried.printed().get(times - 1).lines().forEach(l -> System.out.println("  " + l));
    }
    return tried.worked() > 0 ? ExitCode.DIVERGENCE.code() : ExitCode.PASS.code();
  }

  private static int shell(Found found, GuestSpec spec, Path folder, GuestShell.Folder files)
      throws GuestException {
    Trace.Header header = found.trace().header();
    GuestSpec same =
        Policy.of(header.bootPolicy())
            .map(spec::withBootPolicy)
            .orElse(spec)
            .at(spec.topologyFile(header.topology()), folder.resolve("console.log"));
    Reproduction by = Reproducer.reproduction(found.trace(), found.divergence());
    try (Guest guest = Guest.boot(same)) {
      System.out.println("The guest stands before the step that diverged. What comes next:");
      by.rest().forEach(l -> System.out.println("  " + l));
      System.out.flush();
      // One shell for all of it: what comes next names its variables.
      String script = "cd /\nset -a\n" + String.join("\n", by.before()) + "\nset +a\nexec sh -l";
      return GuestShell.of(guest, files)
          .run(Home.isTerminal(0) ? List.of("-t", script) : List.of(script));
    }
  }
}
