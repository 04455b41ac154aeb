package org.daxcheck.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.daxcheck.abi.Dialect;
import org.daxcheck.abi.Policy;
import org.daxcheck.engine.SuiteLauncher;
import org.daxcheck.guest.GuestSpec;
import org.daxcheck.guest.QemuSource;
import org.daxcheck.lab.Machine;
import org.daxcheck.oracle.Verdict;
import org.daxcheck.report.Colours;
import org.daxcheck.report.ExitCode;
import org.daxcheck.report.Gatekeeper;
import org.daxcheck.report.Progress;
import org.daxcheck.report.ReportFile;
import org.daxcheck.report.RunJournal;
import org.daxcheck.report.Text;
import org.daxcheck.report.TextReport;
import org.daxcheck.scenario.Catalogue;
import org.daxcheck.suite.Lanes;
import org.daxcheck.suite.Measured;
import org.daxcheck.suite.PlannedCase;
import org.daxcheck.suite.Run;
import org.daxcheck.suite.RunListener;
import org.daxcheck.suite.Shard;
import org.daxcheck.target.ModelSource;
import org.daxcheck.target.TargetException;
import org.daxcheck.target.TargetSource;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "run",
    mixinStandardHelpOptions = true,
    description = "Runs scenarios on the model and on a real kernel, and says where they differ.")
final class RunCommand implements Callable<Integer> {
  private static final int COLUMNS = 100;

  /** What may be said anew where a run is gone on with. */
  private static final Set<String> AT_RESUMPTION =
      Set.of("--resume", "--jobs", "--format", "--keep-going");

  private static final String MODEL = RunPlan.MODEL;
  private static final String QEMU = "qemu";

  enum Format {
    text(ReportFile.TEXT),
    ktap(ReportFile.KTAP),
    kselftest(ReportFile.KSELFTEST),
    lava(ReportFile.LAVA),
    json(ReportFile.JSON);

    private final ReportFile file;

    Format(ReportFile file) {
      this.file = file;
    }
  }

  @Parameters(paramLabel = "SCENARIO-FILE-OR-FOLDER", description = "scenarios instead of a suite")
  private List<Path> files = new ArrayList<>();

  @Option(
      names = "--suite",
      paramLabel = "NAME",
      description = "quick, smoke, gate or full; gate where no scenarios are given")
  private String suite;

  @Option(
      names = "--target",
      paramLabel = "model|qemu|ssh://USER@HOST[:PORT]",
      description =
          "what to run on; may be given several times; model and qemu where none is given; a"
              + " machine is changed only where --device names one of its devices")
  private List<String> targets = new ArrayList<>();

  @Option(
      names = "--dialect",
      paramLabel = "auto|v3|v4|7.3|absent",
      defaultValue = "auto",
      description = "the dialect of the ABI; auto finds it by probing")
  private String dialect;

  @Option(
      names = "--topology",
      paramLabel = "NAME",
      description = "only this topology of qemu/topologies")
  private String topology;

  @CommandLine.Mixin private GuestOptions guestOptions;

  @CommandLine.Mixin private MachineOptions machineOptions;

  @Option(
      names = "--complete",
      paramLabel = "K",
      description =
          "the complete test suite against machines with up to K states more than the model's;"
              + " beside the suite or files, or alone")
  private Integer complete;

  @Option(
      names = "--alphabet",
      paramLabel = "NAME",
      defaultValue = "words",
      description = "its inputs: words, lifecycle or wide (${DEFAULT-VALUE})")
  private String alphabet;

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "seed of the model's choices and the times of races; else a fresh one")
  private Long seed;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "folder for the results; a new one below reports/out where none is given")
  private Path out;

  @Option(
      names = "--format",
      paramLabel = "text|ktap|kselftest|lava|json",
      defaultValue = "text",
      description = "what is printed at the end (${DEFAULT-VALUE})")
  private Format format;

  @CommandLine.Mixin private GateOptions gateOptions;

  @CommandLine.Mixin private JobsOption jobs;

  @Option(
      names = "--shard",
      paramLabel = "I/N",
      description = "runs one of N parts, the I-th; './daxcheck merge' makes one run of all parts")
  private String shard;

  @Option(
      names = "--resume",
      paramLabel = "RUN",
      description =
          "does the rest of a run that was interrupted or killed, with its options and seed; what it"
              + " had judged is kept")
  private Path resume;

  @Option(
      names = "--rerun-failed",
      paramLabel = "RUN",
      description = "what diverged or failed in this finished run, with its seed")
  private Path rerun;

  @Option(names = "--fail-fast", description = "begins no other case behind the first divergence")
  private boolean failFast;

  @Option(
      names = "--keep-going",
      description =
          "goes on even if 20 cases failed and each left a kernel that had to be booted anew")
  private boolean keepGoing;

  @CommandLine.Spec private CommandLine.Model.CommandSpec spec;

  @Override
  public Integer call() {
    return resume == null ? run(Optional.empty()) : resumed();
  }

  /** The command that began the run, again. */
  private int resumed() {
    List<String> others =
        spec.commandLine().getParseResult().matchedOptions().stream()
            .map(CommandLine.Model.OptionSpec::longestName)
            .filter(o -> !AT_RESUMPTION.contains(o))
            .toList();
    if (!others.isEmpty() || !files.isEmpty()) {
      throw usage("--resume takes all from the run but --jobs, --format and --keep-going");
    }
    Resumption before = Resumption.of(resume);
    String here = Path.of("").toAbsolutePath().toString();
    if (!before.origin().directory().equals(here)) {
      throw new Failure(
          resume
              + " was begun in "
              + before.origin().directory()
              + ", and names its files from there; resume it there");
    }
    RunCommand begun = new RunCommand();
    new CommandLine(begun).parseArgs(before.origin().command().toArray(String[]::new));
    begun.seed = before.sofar().seed();
    begun.out = resume;
    begun.format = format;
    begun.jobs = jobs;
    begun.keepGoing |= keepGoing;
    return begun.run(Optional.of(before));
  }

  /** What was said behind {@code run}, but for where the results go. */
  private List<String> said() {
    List<String> words = new ArrayList<>(spec.commandLine().getParseResult().originalArgs());
    if (!words.isEmpty() && words.get(0).equals(spec.name())) {
      words.remove(0);
    }
    for (int i = 0; i < words.size(); i++) {
      if (words.get(i).equals("--out")) {
        words.subList(i, i + 2).clear();
        i--;
      } else if (words.get(i).startsWith("--out=")) {
        words.remove(i--);
      }
    }
    return words;
  }

  private int run(Optional<Resumption> before) {
    long begin = System.nanoTime();
    RunFolder.check(out);
    Instant started = before.map(r -> r.sofar().started()).orElse(Instant.now());
    Catalogue catalogue = Home.catalogue();
    // What is wrong in it must be told before anything is measured.
    Home.book(catalogue);
    Optional<Shard> part = shard();
    Optional<FailedCases> failed = failed();
    Selection selection =
        failed
            .map(f -> f.selection(catalogue).on(topology))
            .orElseGet(() -> select(catalogue))
            .only(part);
    selection.walks();
    List<CompleteSuites.Asked> completes =
        complete == null ? selection.complete() : List.of(CompleteSuites.asked(complete, alphabet));
    GateOptions.Read gate = gateOptions.read(catalogue, started);
    Set<String> wanted = wanted();
    Optional<Machine> machine = machine(wanted);
    if (machineOptions.dryRun()) {
      machine.ifPresent(Machine::close);
      return ExitCode.PASS.code();
    }
    Policy bootPolicy = machine.isPresent() ? policy(machine.get()) : guestOptions.bootPolicy();
    Optional<Dialect> forced = forcedDialect();
    GuestSpec asked =
        guestOptions.asked(GuestSpec.of(Home.folder(), Path.of("unused"), Path.of("unused")));
    long chosenSeed =
        seed != null
            ? seed
            : failed.map(FailedCases::seed).orElse(new Random().nextLong() & 0xffff_ffffL);
    boolean unknown = forced.isEmpty() && (machine.isPresent() || guestOptions.mayHaveAnyDialect());

    // A kernel that may be of any dialect goes first, so that the model can be of the same.
    List<String> order = new ArrayList<>(wanted);
    if (unknown && order.remove(MODEL)) {
      order.add(MODEL);
    }
    TargetSource shapes =
        machine.isPresent()
            ? machine.get()
            : new QemuSource(asked, Path.of("unused"), Optional.empty());
    RunPlan planned =
        RunPlan.of(
            selection,
            completes,
            new RunPlan.Where(
                order,
                shapes,
                machine.isPresent(),
                Optional.ofNullable(topology),
                forced.or(guestOptions::namedDialect).orElse(Dialect.LINUX_7_3),
                bootPolicy),
            part,
            failed,
            catalogue);
    List<PlannedCase> plan = planned.cases();
    Resumption.Kept kept =
        before.map(r -> r.kept(plan, catalogue)).orElse(new Resumption.Kept(List.of(), Map.of()));
    Set<String> done = kept.cases().stream().map(Run.Case::id).collect(Collectors.toSet());
    List<PlannedCase> left = plan.stream().filter(c -> !done.contains(c.id())).toList();

    // Nothing is wrong in what was asked; only now something is made.
    Progress progress = new Progress(System.err, Home.isTerminal(2), COLUMNS);
    GuestSpec guest =
        wanted.contains(QEMU) ? guestOptions.built(asked.withProgress(progress::doing)) : asked;
    String module = guest.kmemModule().map(RunCommand::hash).orElse("");
    if (before.isPresent() && !before.get().origin().module().equals(module)) {
      throw new Failure(
          "the driver is another one than when " + out + " began; run all of it anew");
    }
    RunFolder folder = before.isPresent() ? RunFolder.keep(out) : RunFolder.make(out, started);
    kept.cases().forEach(folder::has);
    List<QemuSource> guests =
        IntStream.rangeClosed(1, jobs.number())
            .mapToObj(i -> new QemuSource(guest, folder.path().resolve("console/" + i), forced))
            .toList();
    List<? extends TargetSource> hardware = machine.isPresent() ? List.of(machine.get()) : guests;
    ModelSource model =
        new ModelSource(
            () ->
                forced
                    .or(() -> guests.stream().flatMap(g -> g.found().stream()).findFirst())
                    .or(() -> machine.flatMap(Machine::found))
                    .or(() -> before.flatMap(Resumption::dialect))
                    .or(guestOptions::namedDialect)
                    .orElse(Dialect.LINUX_7_3),
            bootPolicy,
            guestOptions.hotremove(),
            shapes::shape,
            chosenSeed);
    planned.refusing(chosenSeed).ifPresent(model.refusals()::keepFor);
    List<TargetSource> sources = new ArrayList<>();
    for (String target : order) {
      sources.addAll(target.equals(MODEL) ? List.of(model) : hardware);
      String name = target.equals(MODEL) ? MODEL : shapes.name();
      progress.expect(name, (int) left.stream().filter(c -> c.source().equals(name)).count());
    }
    Lanes lanes =
        new Lanes(
            sources,
            List.of(left),
            telling(progress),
            folder::sink,
            chosenSeed,
            planned.times()::of);
    kept.taken().forEach(lanes::taken);
    if (unknown) {
      lanes.last(MODEL);
    }
    if (failFast) {
      lanes.hear(stopping(lanes));
    }
    if (!keepGoing) {
      lanes.bound();
    }
    Measured measured =
        before
            .<Measured>map(r -> new Resumption.Joined(plan, kept.cases(), r, lanes))
            .orElse(lanes);
    Ending ending =
        new Ending(
            folder,
            measured,
            catalogue,
            selection.name(),
            started,
            begin,
            chosenSeed,
            planned.claims()::claims,
            run ->
                Gatekeeper.rule(
                    run.as(planned.part()),
                    gate.asked(selection, measured.retries(), Optional.empty()),
                    Home.book(catalogue)));
    RunJournal.Origin origin =
        new RunJournal.Origin(plan.size(), said(), Path.of("").toAbsolutePath().toString(), module);
    Keeper keeper = Keeper.of(folder, ending.sofar(), origin, before.isPresent(), catalogue);
    lanes.hear(keeper.listener(measured, planned.part()));
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  progress.close();
                  ending.interrupted();
                },
                "interrupted run"));
    machine.ifPresent(
        m -> {
          Runtime.getRuntime().addShutdownHook(new Thread(m::close, "machine given back"));
          MachineOptions.take(m, progress::doing);
        });
    Optional<String> stopped = Optional.empty();
    try (lanes) {
      if (!left.isEmpty()) {
        SuiteLauncher.run(lanes, folder.path().resolve("allure-results"))
            .ifPresent(w -> progress.say("Allure's results are incomplete: " + w));
      }
    } catch (IllegalStateException e) {
      stopped = Optional.of(Keeper.unwritable(e).orElseThrow(() -> e));
    }
    if (lanes.isSpoiled()) {
      progress.say(
          "stopped: so many cases failed and left a kernel that had to be booted anew; 'run --resume "
              + Home.shown(folder.path())
              + " --keep-going' does the rest");
    }
    progress.close();
    before.ifPresent(r -> r.mustBeOf(lanes.targets()));
    Run run = written(ending, stopped);
    print(run, catalogue, folder);
    if (stopped.isEmpty()) {
      // Who waits for the verdict has it by now.
      ending.page();
    }
    keeper.close(run.complete());
    folder.close();
    int code = ExitCode.of(run).code();
    boolean notBack = machine.filter(m -> !m.notBack().isEmpty()).isPresent();
    return notBack && code != ExitCode.DIVERGENCE.code() ? ExitCode.ERROR.code() : code;
  }

  /** The results, in files where there is room for them. */
  private static Run written(Ending ending, Optional<String> stopped) {
    if (stopped.isEmpty()) {
      try {
        return ending.finished();
      } catch (Failure e) {
        stopped = Optional.of(e.getMessage());
      }
    }
    Run run = ending.given();
    System.err.printf(
        "daxcheck: %s; what follows is of the %s that were judged%n",
        stopped.get(), Text.count(run.cases().size(), "case", "cases"));
    return run;
  }

  private static String hash(Path file) {
    try {
      return HexFormat.of()
          .formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file)));
    } catch (IOException e) {
      throw new Failure("cannot read " + file + ": " + Failure.why(e));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // every Java has it
    }
  }

  private Optional<FailedCases> failed() {
    if (rerun == null) {
      return Optional.empty();
    }
    if (suite != null || !files.isEmpty() || shard != null || complete != null) {
      throw usage("--rerun-failed takes what to run from the run that it names");
    }
    return Optional.of(FailedCases.of(rerun));
  }

  private Optional<Shard> shard() {
    if (shard == null) {
      return Optional.empty();
    }
    Optional<Shard> known = Shard.of(shard);
    if (known.isEmpty()) {
      throw usage("--shard '" + shard + "' is no part such as 2/3, of at most " + Shard.MOST);
    }
    if (seed == null) {
      throw usage("--shard needs --seed: all parts of a run have the same");
    }
    if (targets.stream().anyMatch(t -> t.contains("://"))) {
      throw usage("--shard is for guests: a machine in a lab runs all of it");
    }
    return known;
  }

  private Set<String> wanted() {
    Set<String> all = new LinkedHashSet<>(targets.isEmpty() ? List.of(MODEL, QEMU) : targets);
    for (String target : all) {
      if (!target.equals(MODEL) && !target.equals(QEMU) && !target.contains("://")) {
        throw usage(
            "--target '" + target + "' is unknown; expected model, qemu, ssh://user@host[:port]");
      }
    }
    long real = all.stream().filter(t -> !t.equals(MODEL)).count();
    if (real > 1 && all.stream().anyMatch(t -> t.contains("://"))) {
      throw usage("one machine at a time, and no guest beside it: compare their runs by diff");
    }
    Optional<String> idle = machineOptions.idle();
    if (idle.isPresent() && all.stream().noneMatch(t -> t.contains("://"))) {
      throw usage(idle.get() + " is for --target ssh://user@host");
    }
    return all;
  }

  private Optional<Machine> machine(Set<String> wanted) {
    Optional<String> named = wanted.stream().filter(t -> t.contains("://")).findFirst();
    if (named.isEmpty()) {
      return Optional.empty();
    }
    Machine machine =
        machineOptions.reach(named.get(), text -> System.err.println("daxcheck: " + text));
    try {
      System.err.print(machine.plan());
    } catch (TargetException e) {
      machine.close();
      throw new Failure(e);
    }
    return Optional.of(machine);
  }

  private static Policy policy(Machine machine) {
    try {
      return machine.policy();
    } catch (TargetException e) {
      machine.close();
      throw new Failure(e);
    }
  }

  private static RunListener telling(Progress progress) {
    return new RunListener() {
      @Override
      public void started(PlannedCase planned) {
        progress.begin(planned.source(), planned.scenario().name());
      }

      @Override
      public void finished(PlannedCase planned, Run.Case done) {
        progress.end(done);
      }
    };
  }

  private static RunListener stopping(Lanes lanes) {
    return new RunListener() {
      @Override
      public void started(PlannedCase planned) {
        // What has begun goes on.
      }

      @Override
      public void finished(PlannedCase planned, Run.Case done) {
        if (done.verdict().status() == Verdict.Status.DIVERGENCE) {
          lanes.stop();
        }
      }
    };
  }

  private void print(Run run, Catalogue catalogue, RunFolder folder) {
    var texts = Home.book(catalogue);
    String text =
        format == Format.text
            ? TextReport.of(run, texts, Colours.of(Home.isTerminal(1), System.getenv()))
                + "results in "
                + Home.shown(folder.path())
                + "\n"
            : format.file.text(run, texts, folder::traceOf).orElseThrow();
    System.out.print(text);
    System.out.flush();
  }

  private Optional<Dialect> forcedDialect() {
    if (dialect.equals("auto")) {
      return Optional.empty();
    }
    Optional<Dialect> known = Dialect.of(dialect);
    if (known.isEmpty()) {
      throw usage("--dialect '" + dialect + "' is unknown; expected auto, v3, v4, 7.3, absent");
    }
    return known;
  }

  private CommandLine.ParameterException usage(String message) {
    return new CommandLine.ParameterException(spec.commandLine(), message);
  }

  private Selection select(Catalogue catalogue) {
    if (suite != null && !files.isEmpty()) {
      throw usage("--suite " + suite + " and scenario files exclude each other");
    }
    if (suite == null && files.isEmpty() && complete != null) {
      return new Selection("complete " + complete, List.of(), List.of(), List.of(), false, "")
          .on(topology);
    }
    Selection all =
        files.isEmpty()
            ? Selection.suite(suite == null ? "gate" : suite, catalogue)
            : Selection.files(files, catalogue);
    if (!all.tried().isEmpty()) {
      System.err.println(
          "daxcheck: "
              + String.join(", ", all.tried())
              + ": counts for no rule, since it names none with its citation");
    }
    return all.on(topology);
  }
}
