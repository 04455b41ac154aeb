package org.daxcheck.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.daxcheck.explore.Explorer;
import org.daxcheck.explore.Journal;
import org.daxcheck.guest.GuestSpec;
import org.daxcheck.guest.QemuSource;
import org.daxcheck.oracle.Divergence;
import org.daxcheck.report.Colours;
import org.daxcheck.report.ExitCode;
import org.daxcheck.report.Progress;
import org.daxcheck.report.TextReport;
import org.daxcheck.run.Failure;
import org.daxcheck.run.Home;
import org.daxcheck.run.Results;
import org.daxcheck.run.RunFolder;
import org.daxcheck.run.Version;
import org.daxcheck.scenario.Catalogue;
import org.daxcheck.suite.Conductor;
import org.daxcheck.suite.Plan;
import org.daxcheck.suite.Run;
import org.daxcheck.suite.RunListener;
import org.daxcheck.suite.TraceSink;
import org.daxcheck.target.TargetException;
import org.daxcheck.trace.TraceFile;
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
final class ExploreCommand implements Callable<Integer> {
  private static final int COLUMNS = 100;
  private static final String FOUND = "found-";

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

  @CommandLine.Mixin private GuestOptions guestOptions;
  @CommandLine.Mixin private JobsOption jobs;
  @CommandLine.Spec private CommandLine.Model.CommandSpec spec;

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
    Map<String, List<Integer>> shapes = new LinkedHashMap<>();
    try {
      for (String topology : journal.topologies()) {
        shapes.put(topology, sources.get(0).shape(topology));
      }
    } catch (TargetException e) {
      throw new Failure(e);
    }
    List<Conductor> conductors =
        sources.stream()
            .map(
                q ->
                    new Conductor(
                        List.of(q),
                        List.of(),
                        RunListener.NONE,
                        c ->
                            c.scenario().name().startsWith(FOUND) ? folder.sink(c) : TraceSink.NONE,
                        journal.seed()))
            .toList();
    Guests guests = new Guests(conductors, sources);
    List<Run.Case> found = new ArrayList<>();
    Explorer explorer =
        new Explorer(
            guests,
            catalogue,
            guestOptions.bootPolicy(),
            shapes,
            journal,
            folder.path(),
            new Explorer.Listener() {
              @Override
              public void doing(String what) {
                progress.doing(what);
              }

              @Override
              public void broke(int walk, Divergence how, Run.Case done) throws IOException {
                keep(done, folder.path().resolve("walks"));
                progress.say(
                    "walk %d broke %s by '%s': %s expected %s, got %s; shrinking it"
                        .formatted(
                            walk,
                            how.rule(),
                            how.step().replace('\n', ','),
                            how.aspect(),
                            how.allowed(),
                            how.seen()));
              }

              @Override
              public void found(Journal.Found one, Run.Case last) {
                found.add(last);
                progress.say(line(one));
              }
            });
    Thread interrupted =
        new Thread(
            () -> {
              progress.close();
              System.err.printf(
                  "daxcheck: interrupted after %d walks; go on with --resume %s%n",
                  explorer.journal().walks(), Home.shown(folder.path()));
            },
            "interrupted exploration");
    Runtime.getRuntime().addShutdownHook(interrupted);
    long limit = minutes == null ? Long.MAX_VALUE : Duration.ofMinutes(minutes).toNanos();
    try (guests) {
      explorer.explore(new Explorer.Limits(steps, () -> System.nanoTime() - begin >= limit, most));
    } catch (Explorer.Stopped e) {
      throw new Failure(
          e.getMessage()
              + "; what was done is kept, go on with --resume "
              + Home.shown(folder.path()));
    } finally {
      Runtime.getRuntime().removeShutdownHook(interrupted);
      progress.close();
    }
    Run run =
        new Run(
            Version.TEXT,
            "explore",
            started,
            journal.seed(),
            true,
            guests.targets(),
            found,
            new Run.Times(guests.waitedNanos(), 0, System.nanoTime() - begin));
    if (!found.isEmpty()) {
      Results.write(run, folder, catalogue);
      System.out.print(
          TextReport.of(
              run, Home.book(catalogue), Colours.of(Home.isTerminal(1), System.getenv())));
      System.out.println();
    }
    System.out.print(summary(explorer.journal(), begin));
    System.out.println("results in " + Home.shown(folder.path()));
    return explorer.journal().found().isEmpty() ? ExitCode.PASS.code() : ExitCode.DIVERGENCE.code();
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
          out
              + " holds an exploration; go on with it by --resume "
              + out
              + ", or name another --out");
    }
    return Journal.begin(
        seed != null ? seed : new Random().nextInt(Integer.MAX_VALUE),
        length,
        topologies.isEmpty() ? List.of(Plan.KERNEL_ZONE, "cxl-ranges") : topologies);
  }

  private CommandLine.ParameterException usage(String message) {
    return new CommandLine.ParameterException(spec.commandLine(), message);
  }

  /** Keeps a walk that broke a rule as it was: shrinking may fail, or find something else. */
  private static void keep(Run.Case walk, Path folder) throws IOException {
    Files.createDirectories(folder);
    String name = walk.scenario().name();
    Files.writeString(folder.resolve(name + ".kmem"), walk.scenario().source());
    Path file = folder.resolve(name + ".jsonl");
    Files.deleteIfExists(file);
    TraceFile.write(file, walk.trace().orElseThrow());
  }

  private static String line(Journal.Found found) {
    return "%s broken at step %d (walk %d); %d steps shrunk to %d by %d trials%s; failed again %d of %d times: %s"
        .formatted(
            found.rule(),
            found.atStep(),
            found.walk(),
            found.before(),
            found.after(),
            found.trials(),
            found.minimal() ? "" : " (not to the end)",
            found.repeated(),
            Explorer.AGAIN,
            found.file());
  }

  private static String summary(Journal journal, long begin) {
    StringBuilder text = new StringBuilder();
    text.append(
        "Explored: seed %d, %s, %d walks, %d steps, %d different violations, %.1f s%n"
            .formatted(
                journal.seed(),
                String.join(", ", journal.topologies()),
                journal.walks(),
                journal.steps(),
                journal.found().size(),
                (System.nanoTime() - begin) / 1e9));
    if (journal.errors() > 0) {
      text.append(
          "  %d walks had no verdict, since the target was lost%n".formatted(journal.errors()));
    }
    for (Journal.Found found : journal.found()) {
      int times = journal.again().getOrDefault(found.signature(), 1);
      text.append("  ").append(line(found));
      text.append(times > 1 ? "; met %d times%n".formatted(times) : "\n");
    }
    return text.toString();
  }
}
