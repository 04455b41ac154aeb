package org.daxcheck.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.daxcheck.explore.Exploration;
import org.daxcheck.explore.Explorer;
import org.daxcheck.explore.Journal;
import org.daxcheck.explore.Told;
import org.daxcheck.guest.GuestSpec;
import org.daxcheck.guest.QemuSource;
import org.daxcheck.report.Colours;
import org.daxcheck.report.ExitCode;
import org.daxcheck.report.Progress;
import org.daxcheck.report.ShellCommand;
import org.daxcheck.report.TextReport;
import org.daxcheck.run.Failure;
import org.daxcheck.run.Home;
import org.daxcheck.run.Results;
import org.daxcheck.run.RunFolder;
import org.daxcheck.scenario.Catalogue;
import org.daxcheck.suite.Plan;
import org.daxcheck.suite.Run;
import org.daxcheck.target.TargetException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "explore",
    mixinStandardHelpOptions = true,
    description = {
      "Walks at random over everything that can be done to the device, lets the oracle judge, and",
      "shrinks what breaks a rule to a scenario that fails by itself."
    })
final class ExploreCommand implements Callable<Integer>, Need.Needing {
  private static final int COLUMNS = 100;

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "draws the walks: the same seed, the same walks; else a fresh one")
  private Long seed;

  @Option(
      names = "--steps",
      paramLabel = "M",
      defaultValue = "2000",
      description = "ends after so many steps, at the end of a walk (${DEFAULT-VALUE})")
  private long steps;

  @Option(
      names = "--minutes",
      paramLabel = "T",
      description = "ends after so many minutes, at the end of a walk")
  private Integer minutes;

  @Option(
      names = "--length",
      paramLabel = "L",
      defaultValue = "40",
      description = "steps of a walk (${DEFAULT-VALUE})")
  private int length;

  @Option(
      names = "--most",
      paramLabel = "K",
      defaultValue = "5",
      description = "ends when so many different violations were found (${DEFAULT-VALUE})")
  private int most;

  @Option(
      names = "--topology",
      paramLabel = "NAME",
      description = "walks take these in turn (cxl-kernel and cxl-ranges where none is given)")
  private List<String> topologies = new ArrayList<>();

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "folder for the results; a new one below reports/out where none is given")
  private Path out;

  @Option(
      names = "--resume",
      paramLabel = "DIR",
      description = "goes on where an earlier exploration ended: its seed, length and topologies")
  private Path resume;

  @Option(
      names = "--unguided",
      description =
          "draws every walk anew on a kernel that counts its branches too; else half of them are"
              + " made from walks that took new ones")
  private boolean unguided;

  @CommandLine.Mixin private GuestOptions guestOptions;
  @CommandLine.Mixin private JobsOption jobs;
  @CommandLine.Spec private CommandLine.Model.CommandSpec spec;

  @Override
  public Set<Need> needs() {
    return guestOptions.needs();
  }

  @Override
  public Integer call() throws IOException {
    long begin = System.nanoTime();
    RunFolder.check(out);
    Instant started = Instant.now();
    Catalogue catalogue = Home.catalogue();
    Home.book(catalogue);
    Journal journal = journal();
    GuestSpec asked =
        guestOptions.asked(GuestSpec.of(Home.folder(), Path.of("unused"), Path.of("unused")));
    RunFolder folder = resume == null ? RunFolder.make(out, started) : RunFolder.keep(resume);
    Progress progress = new Progress(System.err, Home.isTerminal(2), COLUMNS);
    GuestSpec guest = guestOptions.built(asked.withProgress(progress::doing));
    // A guest stays with its topology, so more of them would wait.
    List<QemuSource> sources =
        IntStream.rangeClosed(1, Math.min(jobs.number(), journal.topologies().size()))
            .mapToObj(
                i -> new QemuSource(guest, folder.path().resolve("console/" + i), Optional.empty()))
            .toList();
    Exploration exploration;
    try {
      exploration =
          new Exploration(
              sources,
              guestOptions.bootPolicy(),
              catalogue,
              journal,
              folder,
              !unguided,
              progress::doing,
              progress::say);
    } catch (TargetException | IOException e) {
      throw new Failure(e);
    }
    Thread interrupted =
        new Thread(
            () -> {
              progress.close();
              System.err.printf(
                  "daxcheck: interrupted after %d walks; this goes on: %s%n",
                  exploration.journal().walks(), resumption(folder.path()));
            },
            "interrupted exploration");
    Runtime.getRuntime().addShutdownHook(interrupted);
    long limit = minutes == null ? Long.MAX_VALUE : Duration.ofMinutes(minutes).toNanos();
    Run run;
    try {
      run =
          exploration.explore(
              new Explorer.Limits(steps, () -> System.nanoTime() - begin >= limit, most));
    } catch (Explorer.Stopped e) {
      throw new Failure(
          e.getMessage() + "; what was done is kept, this goes on: " + resumption(folder.path()));
    } finally {
      Runtime.getRuntime().removeShutdownHook(interrupted);
      progress.close();
    }
    if (!run.cases().isEmpty()) {
      Results.write(run, folder, catalogue);
      System.out.print(
          TextReport.of(
              run, Home.book(catalogue), Colours.of(Home.isTerminal(1), System.getenv())));
      System.out.println();
    }
    System.out.print(Told.summary(exploration.journal(), System.nanoTime() - begin));
    System.out.print(exploration.reached());
    System.out.println("results in " + Home.shown(folder.path()));
    return exploration.journal().found().isEmpty()
        ? ExitCode.PASS.code()
        : ExitCode.DIVERGENCE.code();
  }

  private Journal journal() {
    if (resume != null) {
      if (out != null || seed != null || !topologies.isEmpty()) {
        throw usage(
            "--resume takes seed, topologies and folder from the exploration it goes on with");
      }
      try {
        return Journal.read(resume);
      } catch (IOException e) {
        throw new Failure(e);
      }
    }
    if (length < 1 || length > 500) {
      throw usage("--length " + length + " is not from 1 to 500");
    }
    if (steps < 1 || most < 1 || minutes != null && minutes < 1) {
      throw usage("--steps, --minutes and --most are at least 1");
    }
    if (out != null && Files.exists(out.resolve(Journal.FILE))) {
      throw new Failure(
          out + " holds an exploration; name another --out, or go on with it: " + resumption(out));
    }
    return Journal.begin(
        seed != null ? seed : new Random().nextInt(Integer.MAX_VALUE),
        length,
        topologies.isEmpty() ? List.of(Plan.KERNEL_ZONE, "cxl-ranges") : topologies);
  }

  /** The same again, with what the journal does not know: which kernel and driver. */
  private String resumption(Path folder) {
    List<String> words =
        new ArrayList<>(
            ShellCommand.without(
                spec.commandLine().getParseResult().originalArgs(),
                Set.of("--seed", "--topology", "--out", "--resume")));
    words.remove(spec.name());
    words.add(0, spec.name());
    words.addAll(List.of("--resume", Home.shown(folder)));
    return ShellCommand.of(words);
  }

  private CommandLine.ParameterException usage(String message) {
    return new CommandLine.ParameterException(spec.commandLine(), message);
  }
}
