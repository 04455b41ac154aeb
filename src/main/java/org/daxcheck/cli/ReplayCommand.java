package org.daxcheck.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.daxcheck.guest.Guest;
import org.daxcheck.guest.GuestException;
import org.daxcheck.guest.GuestShell;
import org.daxcheck.guest.GuestSpec;
import org.daxcheck.oracle.Divergence;
import org.daxcheck.replay.Boot;
import org.daxcheck.replay.PastCase;
import org.daxcheck.replay.Replay;
import org.daxcheck.report.ExitCode;
import org.daxcheck.report.FinishedRun;
import org.daxcheck.report.Progress;
import org.daxcheck.report.Reproducer;
import org.daxcheck.report.Reproduction;
import org.daxcheck.report.RunDocument;
import org.daxcheck.run.Failure;
import org.daxcheck.run.Home;
import org.daxcheck.target.TargetException;
import org.daxcheck.trace.Trace;
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
            + " the reproducer shows it, or opens a shell before a step.",
    footer = {
      "",
      "Exit codes: 0 it was never shown, 1 it was shown, 2 error. With --shell or --step that of the shell."
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
      description = "opens a shell before the step that diverged; pages stay held")
  private boolean shell;

  @Option(
      names = "--step",
      paramLabel = "LINE",
      description =
          "opens the shell before the step of this line of the scenario instead; also of a case in"
              + " which nothing diverged")
  private Integer step;

  @Override
  public Set<Need> needs() {
    return Set.of(Need.GUEST);
  }

  @Override
  public Integer call() {
    if (times < 1 || times > MOST) {
      throw new Failure("--times " + times + " is not from 1 to " + MOST);
    }
    try {
      RunDocument document = FinishedRun.document(named);
      return replayed(PastCase.of(FinishedRun.read(named), wanted), document);
    } catch (IOException | TraceFileException | GuestException | TargetException e) {
      throw new Failure(e);
    } catch (IllegalArgumentException e) {
      throw new Failure(e.getMessage() + "; './daxcheck show " + named + "' lists the cases");
    }
  }

  private int replayed(PastCase past, RunDocument document)
      throws IOException, GuestException, TargetException {
    Optional<Reproduction> by = step == null ? Optional.empty() : Optional.of(until(past));
    if (by.isEmpty() && past.divergence().isEmpty()) {
      throw new Failure(
          "nothing diverged in " + past.name() + "; --step LINE opens a shell before a step of it");
    }
    Path folder = Files.createTempDirectory("daxcheck-replay");
    try (GuestShell.Folder files = new GuestShell.Folder(folder);
        Progress progress = new Progress(System.err, Home.isTerminal(2), Home.columns())) {
      GuestSpec spec = guest(document, progress);
      GuestSpec same = Replay.guest(spec, past.trace().header(), folder.resolve("console.log"));
      new Boot(Guest.check(same), Boot.module(same))
          .changesSince(
              new Boot(
                  past.trace().header().kernel(),
                  document.made().map(RunDocument.Made::module).orElse("")))
          .forEach(c -> progress.say("not the guest of the run: " + c));
      if (shell || by.isPresent()) {
        return shell(
            by.orElseGet(
                () -> Reproducer.reproduction(past.trace(), past.divergence().orElseThrow())),
            same,
            files,
            progress);
      }
      return check(past, past.divergence().orElseThrow(), new Replay(spec, folder), progress);
    }
  }

  private Reproduction until(PastCase past) {
    return Reproducer.until(past.trace(), step)
        .orElseThrow(
            () ->
                new Failure(
                    past.name()
                        + " has no step of line "
                        + step
                        + "; its steps are of the lines "
                        + past.trace().entries().stream()
                            .map(Trace.Entry::line)
                            .filter(l -> l > 0)
                            .distinct()
                            .map(Object::toString)
                            .collect(Collectors.joining(", "))));
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

  private int check(PastCase past, Divergence divergence, Replay replay, Progress progress)
      throws TargetException {
    System.out.println(past.name() + ": " + divergence.rule());
    Reproducer.commands(past.trace(), divergence).forEach(l -> System.out.println("  " + l));
    System.out.flush();
    progress.doing(
        "running it in %d fresh guests, at most %d s each".formatted(times, Replay.LIMIT_SECONDS));
    Replay.Tried tried = replay.run(past.trace(), divergence, times);
    progress.close();
    System.out.println(tried.result().text());
    if (tried.result().worked() < times) {
      System.out.println("the last run printed:");
      tried.printed().get(times - 1).lines().forEach(l -> System.out.println("  " + l));
    }
    return tried.result().worked() > 0 ? ExitCode.DIVERGENCE.code() : ExitCode.PASS.code();
  }

  private static int shell(
      Reproduction by, GuestSpec spec, GuestShell.Folder files, Progress progress)
      throws GuestException {
    try (Guest guest = Guest.boot(spec)) {
      progress.close();
      System.out.println("The guest stands before the step. What comes next:");
      by.rest().forEach(l -> System.out.println("  " + l));
      System.out.flush();
      // One shell for all of it: what comes next names its variables.
      String script = "cd /\nset -a\n" + String.join("\n", by.before()) + "\nset +a\nexec sh -l";
      return GuestShell.of(guest, files)
          .run(Home.isTerminal(0) ? List.of("-t", script) : List.of(script));
    }
  }
}
