package org.daxcheck.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.daxcheck.guest.DriverSwapper;
import org.daxcheck.guest.GuestException;
import org.daxcheck.guest.GuestSpec;
import org.daxcheck.guest.UpstreamTest;
import org.daxcheck.mutant.Choice;
import org.daxcheck.mutant.Control;
import org.daxcheck.mutant.DriverFault;
import org.daxcheck.mutant.KillMatrix;
import org.daxcheck.mutant.Ledger;
import org.daxcheck.mutant.Trial;
import org.daxcheck.mutant.Trials;
import org.daxcheck.report.Progress;
import org.daxcheck.report.ShellCommand;
import org.daxcheck.run.Failure;
import org.daxcheck.run.Home;
import org.daxcheck.scenario.Catalogue;
import org.daxcheck.scenario.Scenario;
import org.daxcheck.selection.Selection;
import org.daxcheck.suite.Plan;
import org.daxcheck.suite.PlannedCase;
import org.daxcheck.target.TargetException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "mutants",
    mixinStandardHelpOptions = true,
    description = {
      "Puts the faults of qemu/faults into the real driver, one at a time, and says which of them the"
          + " scenarios notice.",
      "A fault is killed by a scenario that diverges on it and passes on the stock driver."
    },
    footer = {
      "",
      "Exit codes: 0 none survived without an argument, 1 some did, 2 error.",
      "'mutants --model' is started by the launcher: mutation testing of the model and oracle."
    })
final class MutantsCommand implements Callable<Integer>, Need.Needing {
  private static final int COLUMNS = 100;

  @Parameters(paramLabel = "NAME", description = "faults by name; all where none is given")
  private List<String> names = new ArrayList<>();

  @Option(
      names = "--only",
      paramLabel = "GLOB",
      description = "faults whose names match, such as 'unbind-*'")
  private String only;

  @CommandLine.Spec private CommandLine.Model.CommandSpec spec;

  @Option(
      names = "--resume",
      description = "takes over what the folder of --out, or the last one, has and is still true")
  private boolean resume;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "folder for the results (reports/out/mutants)")
  private Path out;

  @CommandLine.Mixin private JobsOption jobs;

  @Option(
      names = "--suite",
      paramLabel = "NAME",
      defaultValue = "gate",
      description =
          "the suite that a fault must pass unnoticed to count as survived (${DEFAULT-VALUE})")
  private String suite;

  @Option(
      names = "--whole",
      description = "runs the whole suite on each fault, also behind the first that notices it")
  private boolean whole;

  @Option(
      names = "--upstream",
      negatable = true,
      defaultValue = "true",
      fallbackValue = "true",
      description = "runs the kernel's own test on each fault as well; --no-upstream leaves it out")
  private boolean upstream;

  @Option(names = "--fresh", description = "boots a fresh guest for each fault, to compare")
  private boolean fresh;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "1",
      description = "seed of the times of races (${DEFAULT-VALUE})")
  private long seed;

  @Option(
      names = "--write",
      paramLabel = "DIR",
      description = "writes kill-matrix.yaml and kill-matrix.md there, such as to reports")
  private Path write;

  @CommandLine.Mixin private QemuOptions qemu;

  private final List<MutantLab> labs = new ArrayList<>();

  @Override
  public Set<Need> needs() {
    return qemu.needs();
  }

  @Override
  public Integer call() throws IOException {
    long begin = System.nanoTime();
    int lanes = jobs.number();
    Catalogue catalogue = Home.catalogue();
    List<DriverFault> all = faults();
    List<DriverFault> chosen = chosen(all);
    Path folder = out != null ? out : Home.results().resolve("mutants");
    Files.createDirectories(folder);
    Progress progress = new Progress(System.err, Home.isTerminal(2), COLUMNS);
    GuestSpec guest =
        GuestSpec.of(Home.folder(), Path.of("unused"), Path.of("unused"))
            .withQemu(qemu.choice())
            .withProgress(progress::doing);
    try (MutantLab.Drivers drivers = new MutantLab.Drivers(guest)) {
      Optional<UpstreamTest> test =
          upstream ? Optional.of(UpstreamTest.of(guest)) : Optional.empty();
      for (int i = 1; i <= lanes; i++) {
        DriverSwapper bench =
            new DriverSwapper(guest, folder.resolve("console"), "bench" + i, !fresh);
        labs.add(new MutantLab(bench, drivers, test));
      }
      String kernel = labs.get(0).kernelPackage();
      Ledger.Key key =
          new Ledger.Key(kernel, KillMatrix.hash(Home.suites().resolve("rules.yaml")), seed, whole);
      try (Ledger ledger = Ledger.open(folder.resolve("results.jsonl"), key, resume)) {
        Control control = new Control(seed, ledger::addStock, ledger::addStock);
        control.remember(ledger.stock(), ledger.selftests());
        Trials trials =
            new Trials(
                labs,
                trial(catalogue, control),
                control,
                ledger,
                new MutantWatch(drivers, progress, folder));
        Thread interrupted = new Thread(() -> interrupted(trials, progress), "interrupted mutants");
        Runtime.getRuntime().addShutdownHook(interrupted);
        trials.run(chosen);
        Runtime.getRuntime().removeShutdownHook(interrupted);
        progress.close();
        KillMatrix matrix =
            KillMatrix.of(
                all,
                ledger.results(),
                ledger.selftests(),
                kernel,
                LocalDate.ofInstant(Instant.now(), ZoneOffset.UTC).toString());
        return finish(matrix, chosen, (System.nanoTime() - begin) / 1_000_000);
      }
    } catch (GuestException | TargetException e) {
      progress.close();
      throw new Failure(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Failure("interrupted; this goes on: " + resumption());
    } finally {
      labs.forEach(MutantLab::close);
    }
  }

  /** What is under way gives no result: its guest ends with this process. */
  private void interrupted(Trials trials, Progress progress) {
    trials.stop();
    progress.close();
    System.err.println("daxcheck: interrupted; this goes on: " + resumption());
  }

  private String resumption() {
    List<String> words = new ArrayList<>(spec.commandLine().getParseResult().originalArgs());
    words.removeAll(List.of(spec.name(), "--resume"));
    words.add(0, spec.name());
    words.add("--resume");
    return ShellCommand.of(words);
  }

  private static List<DriverFault> faults() {
    try {
      return DriverFault.all(Home.folder().resolve("qemu/faults"));
    } catch (IOException e) {
      throw new Failure(e);
    }
  }

  private List<DriverFault> chosen(List<DriverFault> all) {
    try {
      return new Choice(names, only == null ? "*" : only).of(all);
    } catch (IllegalArgumentException e) {
      throw new Failure(e);
    }
  }

  private Trial trial(Catalogue catalogue, Control control) throws TargetException {
    Selection full = Selection.suite("full", catalogue);
    List<PlannedCase> plan =
        Plan.of(
            full.scenarios(), full.topologies(), List.of(labs.get(0).targets(Optional.empty())));
    return new Trial(
        plan,
        namesOf("smoke", catalogue),
        namesOf(suite, catalogue),
        control,
        seed,
        whole,
        upstream);
  }

  private static Set<String> namesOf(String suite, Catalogue catalogue) {
    return Selection.suite(suite, catalogue).scenarios().stream()
        .map(Scenario::name)
        .collect(Collectors.toCollection(HashSet::new));
  }

  private int finish(KillMatrix matrix, List<DriverFault> chosen, long millis) throws IOException {
    if (write != null) {
      Path yaml = write.resolve("kill-matrix.yaml");
      KillMatrix kept = Files.exists(yaml) ? matrix.keeping(KillMatrix.read(yaml)) : matrix;
      Files.createDirectories(write);
      Files.writeString(yaml, kept.yaml());
      Files.writeString(write.resolve("kill-matrix.md"), kept.markdown());
    }
    int booted = labs.stream().mapToInt(l -> l.counts()[0]).sum();
    int exchanged = labs.stream().mapToInt(l -> l.counts()[1]).sum();
    Set<String> names = chosen.stream().map(DriverFault::name).collect(Collectors.toSet());
    KillMatrix shown = matrix.only(names);
    System.out.print(shown.summary());
    System.out.printf(
        "together %.1f s; %d guests booted, %d drivers exchanged in running guests%n",
        millis / 1000.0, booted, exchanged);
    System.out.flush();
    return shown.exitCode();
  }
}
