package org.daxcheck.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.SplittableRandom;
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
import org.daxcheck.report.KselftestKtap;
import org.daxcheck.report.Ktap;
import org.daxcheck.report.LavaSignals;
import org.daxcheck.report.Progress;
import org.daxcheck.report.RunJson;
import org.daxcheck.report.TextReport;
import org.daxcheck.scenario.Catalogue;
import org.daxcheck.suite.Lanes;
import org.daxcheck.suite.MeasuredTimes;
import org.daxcheck.suite.Part;
import org.daxcheck.suite.Plan;
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

  private static final String MODEL = "model";
  private static final String QEMU = "qemu";

  enum Format {
    text,
    ktap,
    kselftest,
    lava,
    json
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
      names = "--rerun-failed",
      paramLabel = "RUN",
      description = "what diverged or failed in this finished run, with its seed")
  private Path rerun;

  @Option(names = "--fail-fast", description = "begins no other case behind the first divergence")
  private boolean failFast;

  @CommandLine.Spec private CommandLine.Model.CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    long begin = System.nanoTime();
    Instant started = Instant.now();
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

    RunFolder folder = RunFolder.make(out, started);
    Progress progress = new Progress(System.err, Home.isTerminal(2), COLUMNS);
    GuestSpec guest =
        wanted.contains(QEMU) ? guestOptions.built(asked.withProgress(progress::doing)) : asked;
    List<QemuSource> guests =
        IntStream.rangeClosed(1, jobs.number())
            .mapToObj(i -> new QemuSource(guest, folder.path().resolve("console/" + i), forced))
            .toList();
    // A kernel that may be of any dialect goes first, so that the model can be of the same.
    List<String> order = new ArrayList<>(wanted);
    if (unknown && order.remove(MODEL)) {
      order.add(MODEL);
    }
    List<? extends TargetSource> hardware = machine.isPresent() ? List.of(machine.get()) : guests;
    TargetSource shaped = hardware.get(0);
    ModelSource model =
        new ModelSource(
            () ->
                forced
                    .or(() -> guests.stream().flatMap(g -> g.found().stream()).findFirst())
                    .or(() -> machine.flatMap(Machine::found))
                    .or(guestOptions::namedDialect)
                    .orElse(Dialect.LINUX_7_3),
            bootPolicy,
            guestOptions.hotremove(),
            shaped::shape,
            chosenSeed);
    List<TargetSource> sources = new ArrayList<>();
    List<TargetSource> planned = new ArrayList<>();
    for (String target : order) {
      sources.addAll(target.equals(MODEL) ? List.of(model) : hardware);
      planned.add(target.equals(MODEL) ? model : shaped);
    }
    Selection.Made made =
        selection.made(
            completes,
            forced.or(guestOptions::namedDialect).orElse(Dialect.LINUX_7_3),
            machine.map(m -> Machine.NAME).or(() -> Optional.ofNullable(topology)),
            bootPolicy,
            shaped::shape,
            catalogue);
    List<PlannedCase> whole;
    try {
      whole =
          Plan.of(
              made.scenarios(),
              machine.isPresent() ? List.of(Machine.NAME) : made.topologies(),
              planned);
    } catch (TargetException e) {
      throw new Failure(e);
    }
    // One scenario of the whole plan, so that every shard and order gives the same.
    whole.stream()
        .map(c -> c.scenario().name())
        .min(
            Comparator.comparingLong(
                n -> new SplittableRandom(chosenSeed ^ n.hashCode()).nextLong()))
        .ifPresent(model.refusals()::keepFor);
    MeasuredTimes times = PastTimes.known();
    List<PlannedCase> plan =
        part
            .map(p -> p.part(whole, c -> made.complete().unit(c.scenario()), times::of))
            .orElse(whole)
            .stream()
            .filter(c -> failed.isEmpty() || failed.get().wants(c))
            .toList();
    CompleteSuites claiming = made.complete().within(plan);
    for (TargetSource source : planned) {
      progress.expect(
          source.name(), (int) plan.stream().filter(c -> c.source().equals(source.name())).count());
    }
    Lanes lanes =
        new Lanes(sources, List.of(plan), telling(progress), folder::sink, chosenSeed, times::of);
    if (unknown) {
      lanes.last(MODEL);
    }
    if (failFast) {
      lanes.hear(stopping(lanes));
    }
    Ending ending =
        new Ending(
            folder,
            lanes,
            catalogue,
            selection.name(),
            started,
            begin,
            chosenSeed,
            claiming::claims,
            run ->
                Gatekeeper.rule(
                    run.as(part.map(p -> placed(p, whole, plan))),
                    gate.asked(selection, lanes.retries(), Optional.empty()),
                    Home.book(catalogue)));
    Thread interrupted =
        new Thread(
            () -> {
              progress.close();
              ending.interrupted();
            },
            "interrupted run");
    Runtime.getRuntime().addShutdownHook(interrupted);
    machine.ifPresent(
        m -> {
          Runtime.getRuntime().addShutdownHook(new Thread(m::close, "machine given back"));
          MachineOptions.take(m, progress::doing);
        });
    try (lanes) {
      if (!plan.isEmpty()) {
        SuiteLauncher.run(lanes, folder.path().resolve("allure-results"));
      }
    }
    progress.close();
    Run run = ending.finished();
    print(run, catalogue, folder);
    // Who waits for the verdict has it by now.
    ending.page();
    int code = ExitCode.of(run).code();
    boolean left = machine.filter(m -> !m.notBack().isEmpty()).isPresent();
    return left && code != ExitCode.DIVERGENCE.code() ? ExitCode.ERROR.code() : code;
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

  private static Part placed(Shard shard, List<PlannedCase> whole, List<PlannedCase> plan) {
    Map<String, Integer> places = new HashMap<>();
    for (int i = 0; i < whole.size(); i++) {
      places.put(whole.get(i).id(), i);
    }
    places.keySet().retainAll(plan.stream().map(PlannedCase::id).collect(Collectors.toSet()));
    return new Part(shard, places, whole.size());
  }

  private Set<String> wanted() {
    Set<String> all = new LinkedHashSet<>(targets.isEmpty() ? List.of(MODEL, QEMU) : targets);
    for (String target : all) {
      if (!target.equals(MODEL) && !target.equals(QEMU) && !target.contains("://")) {
        throw usage("--target '" + target + "' is none of model, qemu, ssh://user@host[:port]");
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
        switch (format) {
          case text ->
              TextReport.of(run, texts, Colours.of(Home.isTerminal(1), System.getenv()))
                  + "results in "
                  + Home.shown(folder.path())
                  + "\n";
          case ktap -> Ktap.of(run, texts);
          case kselftest -> KselftestKtap.of(run);
          case lava -> LavaSignals.of(run);
          case json -> RunJson.of(run, texts, folder::traceOf);
        };
    System.out.print(text);
    System.out.flush();
  }

  private Optional<Dialect> forcedDialect() {
    if (dialect.equals("auto")) {
      return Optional.empty();
    }
    Optional<Dialect> known = Dialect.of(dialect);
    if (known.isEmpty()) {
      throw usage("--dialect '" + dialect + "' is none of auto, v3, v4, 7.3, absent");
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
    return all.on(topology);
  }
}
