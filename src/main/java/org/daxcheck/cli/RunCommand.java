package org.daxcheck.cli;

import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import org.daxcheck.abi.Dialect;
import org.daxcheck.abi.Policy;
import org.daxcheck.execution.FailedCases;
import org.daxcheck.execution.GateStandard;
import org.daxcheck.execution.Resumption;
import org.daxcheck.execution.RunExecution;
import org.daxcheck.execution.RunRequest;
import org.daxcheck.guest.GuestSpec;
import org.daxcheck.guest.TopologyChoice;
import org.daxcheck.lab.LabMachine;
import org.daxcheck.report.Colours;
import org.daxcheck.report.ExitCode;
import org.daxcheck.report.Progress;
import org.daxcheck.report.ReportFile;
import org.daxcheck.report.ShellCommand;
import org.daxcheck.report.TextReport;
import org.daxcheck.run.Failure;
import org.daxcheck.run.Home;
import org.daxcheck.run.RunFolder;
import org.daxcheck.scenario.Catalogue;
import org.daxcheck.selection.CompleteSuites;
import org.daxcheck.selection.Selection;
import org.daxcheck.suite.Run;
import org.daxcheck.suite.Shard;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "run",
    mixinStandardHelpOptions = true,
    description = "Runs scenarios on the model and on a real kernel, and says where they differ.")
final class RunCommand implements Callable<Integer>, Need.Needing {
  private static final int COLUMNS = 100;

  /** What may be said anew where a run is gone on with. */
  private static final Set<String> AT_RESUMPTION =
      Set.of("--resume", "--jobs", "--format", "--keep-going");

  private static final String MODEL = RunExecution.MODEL;
  private static final String QEMU = RunExecution.QEMU;

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

  @Parameters(
      paramLabel = "SCENARIO",
      description =
          "scenarios instead of a suite: files, folders, names, globs, rules or groups of rules")
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

  @CommandLine.Mixin private TopologyOption topologyOption;

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

  @CommandLine.Mixin private ReplayOptions replays;

  @CommandLine.Spec private CommandLine.Model.CommandSpec spec;

  private String topology() {
    return topologyOption.chosen().map(TopologyChoice::name).orElse(null);
  }

  /** The file of the only topology, where one was named. */
  Path hardware() {
    return topologyOption.chosen().map(TopologyChoice::file).orElse(Path.of("unused"));
  }

  /** How its guests are made, once its command line is read. */
  GuestOptions guestOptions() {
    return guestOptions;
  }

  @Override
  public Set<Need> needs() {
    return targets.isEmpty() || targets.contains(QEMU)
        ? guestOptions.needs()
        : targets.stream().anyMatch(t -> t.contains("://")) ? Set.of(Need.AGENT) : Set.of();
  }

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
    return ShellCommand.without(words, Set.of("--out"));
  }

  private int run(Optional<Resumption> before) {
    RunRequest asked = asked(before);
    if (machineOptions.dryRun()) {
      asked.targets().machine().ifPresent(LabMachine::close);
      return ExitCode.PASS.code();
    }
    RunExecution execution = planned(asked);
    Run run = execution.run();
    // Who waits for the verdict has it before the page is made.
    print(run, asked.catalogue(), execution.folder());
    return execution.end(run).code();
  }

  private static RunExecution planned(RunRequest asked) {
    try {
      return new RunExecution(
          asked,
          new Progress(System.err, Home.isTerminal(2), COLUMNS),
          text -> System.err.println("daxcheck: " + text));
    } catch (Failure e) {
      asked.targets().machine().ifPresent(LabMachine::close);
      throw e;
    }
  }

  /** What is asked for; whatever is wrong in it is told before anything is made. */
  private RunRequest asked(Optional<Resumption> before) {
    long begin = System.nanoTime();
    RunFolder.check(out);
    Instant started = before.map(r -> r.sofar().started()).orElse(Instant.now());
    Catalogue catalogue = Home.catalogue();
    Home.book(catalogue);
    Optional<Shard> part = shard();
    Optional<FailedCases> failed = failed();
    Selection selection =
        failed
            .map(f -> f.selection(catalogue).on(topology()))
            .orElseGet(() -> select(catalogue))
            .only(part);
    selection.walks();
    GateStandard gate = gateOptions.read(catalogue, started);
    Set<String> wanted = wanted();
    Optional<Dialect> forced = forcedDialect();
    int guests = jobs.number();
    Optional<LabMachine> machine = machine(wanted);
    Policy bootPolicy = machine.map(LabMachine::policy).orElseGet(guestOptions::bootPolicy);
    return new RunRequest(
        catalogue,
        started,
        begin,
        selection,
        complete == null ? selection.complete() : List.of(CompleteSuites.asked(complete, alphabet)),
        gate,
        new RunRequest.Targets(
            List.copyOf(wanted),
            machine,
            new RunRequest.Guests(
                guestOptions.asked(GuestSpec.of(Home.folder(), hardware(), Path.of("unused"))),
                guestOptions::built,
                guestOptions.namedDialect(),
                guestOptions.mayHaveAnyDialect(),
                guestOptions.hotremove()),
            Optional.ofNullable(topology()),
            forced,
            bootPolicy),
        new RunRequest.Bounds(guests, failFast, keepGoing, replays.causes(failFast)),
        part,
        failed,
        before,
        Optional.ofNullable(out),
        said(),
        seed != null
            ? seed
            : failed.map(FailedCases::seed).orElse(new Random().nextLong() & 0xffff_ffffL));
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

  private Optional<LabMachine> machine(Set<String> wanted) {
    Optional<String> named = wanted.stream().filter(t -> t.contains("://")).findFirst();
    if (named.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        machineOptions.reach(
            named.get(), out, text -> System.err.println("daxcheck: " + text), System.err::print));
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
          .on(topology());
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
    return all.on(topology());
  }
}
