package org.daxcheck.execution;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.daxcheck.abi.Dialect;
import org.daxcheck.engine.SuiteLauncher;
import org.daxcheck.guest.AgentBinary;
import org.daxcheck.guest.Guest;
import org.daxcheck.guest.GuestException;
import org.daxcheck.guest.GuestSpec;
import org.daxcheck.guest.QemuSource;
import org.daxcheck.io.IoReason;
import org.daxcheck.lab.LabMachine;
import org.daxcheck.oracle.Verdict;
import org.daxcheck.replay.Boot;
import org.daxcheck.replay.Replay;
import org.daxcheck.replay.RunReplays;
import org.daxcheck.report.ExitCode;
import org.daxcheck.report.Gatekeeper;
import org.daxcheck.report.Progress;
import org.daxcheck.report.RunJournal;
import org.daxcheck.report.ShellCommand;
import org.daxcheck.report.Text;
import org.daxcheck.run.Failure;
import org.daxcheck.run.Home;
import org.daxcheck.run.Keeper;
import org.daxcheck.run.Origin;
import org.daxcheck.run.Results;
import org.daxcheck.run.RunFolder;
import org.daxcheck.suite.ParallelRunner;
import org.daxcheck.suite.PlannedCase;
import org.daxcheck.suite.Provenance;
import org.daxcheck.suite.Run;
import org.daxcheck.suite.RunInProgress;
import org.daxcheck.suite.RunListener;
import org.daxcheck.target.ModelSource;
import org.daxcheck.target.TargetException;
import org.daxcheck.target.TargetSource;

/** Does what a run is asked to do: plans, runs, keeps what was judged, writes the results. */
public final class RunExecution {
  /** A kernel in a guest, as a target's name. */
  public static final String QEMU = "qemu";

  /** The reference model, as a target's name. */
  public static final String MODEL = RunPlan.MODEL;

  private final RunRequest asked;
  private final Progress progress;
  private final Consumer<String> told;
  private final TargetSource shapes;
  private final List<String> order;
  private final boolean unknown;
  private final RunPlan planned;
  private final List<PlannedCase> left;
  private final Resumption.Kept kept;
  private GuestSpec guest;
  private RunFolder folder;
  private Results results;
  private Keeper keeper;
  private final RunReplays replays = new RunReplays();
  private Optional<String> stopped = Optional.empty();

  /**
   * Plans a run; nothing is made yet.
   *
   * @param told hears what the user has to know beside the results
   */
  public RunExecution(RunRequest asked, Progress progress, Consumer<String> told) {
    this.asked = asked;
    this.progress = progress;
    this.told = told;
    RunRequest.Targets targets = asked.targets();
    this.guest = targets.guests().spec();
    this.shapes =
        targets.machine().isPresent()
            ? targets.machine().get()
            : new QemuSource(guest, Path.of("unused"), Optional.empty());
    this.unknown =
        targets.forced().isEmpty()
            && (targets.machine().isPresent() || targets.guests().anyDialect());
    this.order = order(targets.named());
    this.planned =
        RunPlan.of(
            asked.selection(),
            asked.completes(),
            new RunPlan.Where(
                order,
                shapes,
                targets.machine().isPresent(),
                targets.topology(),
                targets.forced().or(targets.guests()::named).orElse(Dialect.LINUX_7_3),
                targets.bootPolicy()),
            asked.shard(),
            asked.failed(),
            asked.catalogue());
    List<PlannedCase> plan = planned.cases();
    this.kept =
        asked
            .before()
            .map(r -> r.kept(plan, asked.catalogue()))
            .orElse(new Resumption.Kept(List.of(), Map.of()));
    Set<String> done = kept.cases().stream().map(Run.Case::id).collect(Collectors.toSet());
    this.left = plan.stream().filter(c -> !done.contains(c.id())).toList();
  }

  /** A kernel that may be of any dialect goes first, so that the model can be of the same. */
  private List<String> order(List<String> named) {
    List<String> all = new ArrayList<>(named);
    if (unknown && all.remove(RunPlan.MODEL)) {
      all.add(RunPlan.MODEL);
    }
    return all;
  }

  /** Where the results are; there once it ran. */
  public RunFolder folder() {
    return folder;
  }

  /** Runs it all. The results are in files, save for the page; the verdict can be told. */
  public Run run() {
    String module = built();
    folder =
        asked.before().isPresent()
            ? RunFolder.keep(asked.out().orElseThrow())
            : RunFolder.make(asked.out().orElse(null), asked.started());
    kept.cases().forEach(folder::has);
    ParallelRunner lanes = lanes();
    Provenance made = Origin.now(asked.said(), module);
    RunInProgress measured =
        asked
            .before()
            .<RunInProgress>map(r -> new Resumption.Joined(planned.cases(), kept.cases(), r, lanes))
            .orElse(lanes);
    results =
        new Results(
            folder,
            measured,
            asked.catalogue(),
            asked.selection().name(),
            asked.started(),
            asked.begin(),
            asked.seed(),
            planned.claims()::claims,
            run -> replays.in(ruled(run, measured).madeBy(made)));
    keeper =
        Keeper.of(
            folder,
            results.sofar(),
            new RunJournal.Origin(
                planned.cases().size(),
                asked.said(),
                Path.of("").toAbsolutePath().toString(),
                module),
            asked.before().isPresent(),
            asked.catalogue());
    lanes.hear(keeper.listener(measured, planned.part()));
    endWell();
    drive(lanes);
    replay(lanes);
    progress.close();
    asked.before().ifPresent(r -> r.mustBeOf(lanes.targets()));
    return written();
  }

  private Run ruled(Run run, RunInProgress measured) {
    return Gatekeeper.rule(
        run.as(planned.part()),
        asked.gate().asked(asked.selection(), measured.retries(), Optional.empty()),
        Home.book(asked.catalogue()));
  }

  /** Builds what guests need; gives the hash of the driver that was put in, or nothing. */
  private String built() {
    if (asked.targets().named().contains(QEMU)) {
      guest = asked.targets().guests().build().apply(guest.withProgress(progress::doing));
      checkGuest();
    }
    String module = hash(guest);
    if (asked.before().isPresent() && !asked.before().get().origin().module().equals(module)) {
      throw new Failure(
          "the driver is another one than when "
              + asked.before().get().folder()
              + " began; run all of it anew");
    }
    return module;
  }

  /** A kernel or a driver that cannot be used is told once, not in every case. */
  private void checkGuest() {
    Optional<PlannedCase> first = left.stream().filter(c -> c.source().equals(QEMU)).findFirst();
    if (first.isPresent()) {
      try {
        Guest.check(guest.at(guest.topologyFile(first.get().topology()), Path.of("unused")));
      } catch (GuestException e) {
        progress.close();
        throw new Failure(e);
      }
    }
  }

  private ParallelRunner lanes() {
    RunRequest.Targets targets = asked.targets();
    List<QemuSource> guests =
        IntStream.rangeClosed(1, asked.bounds().jobs())
            .mapToObj(
                i -> new QemuSource(guest, folder.path().resolve("console/" + i), targets.forced()))
            .toList();
    ModelSource model =
        new ModelSource(
            () -> dialect(guests),
            targets.bootPolicy(),
            targets.guests().hotremove(),
            ModelSource.Shapes.like(shapes),
            asked.seed());
    planned.refusing(asked.seed()).ifPresent(model.refusals()::keepFor);
    List<? extends TargetSource> hardware =
        targets.machine().isPresent() ? List.of(targets.machine().get()) : guests;
    List<TargetSource> sources = new ArrayList<>();
    for (String target : order) {
      boolean ofModel = target.equals(RunPlan.MODEL);
      sources.addAll(ofModel ? List.of(model) : hardware);
      String name = ofModel ? RunPlan.MODEL : shapes.name();
      progress.expect(name, (int) left.stream().filter(c -> c.source().equals(name)).count());
    }
    progress.takes(left.stream().mapToLong(this::millis).sum());
    ParallelRunner lanes =
        new ParallelRunner(
            sources, List.of(left), telling(), folder::sink, asked.seed(), planned.times()::of);
    kept.taken().forEach(lanes::taken);
    if (unknown) {
      lanes.last(RunPlan.MODEL);
    }
    if (asked.bounds().failFast()) {
      lanes.hear(stopping(lanes));
    }
    if (!asked.bounds().keepGoing()) {
      lanes.bound();
    }
    return lanes;
  }

  /** What the model is of: what was said, else what a kernel was found to be. */
  private Dialect dialect(List<QemuSource> guests) {
    RunRequest.Targets targets = asked.targets();
    return targets
        .forced()
        .or(() -> guests.stream().flatMap(g -> g.found().stream()).findFirst())
        .or(() -> targets.machine().flatMap(LabMachine::found))
        .or(() -> asked.before().flatMap(Resumption::dialect))
        .or(targets.guests()::named)
        .orElse(Dialect.LINUX_7_3);
  }

  /** Keeps what was judged, and gives a machine back, whatever ends the program. */
  private void endWell() {
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  progress.close();
                  results.interrupted().ifPresent(told);
                },
                "interrupted run"));
    asked.targets().machine().ifPresent(this::take);
  }

  private void take(LabMachine machine) {
    try {
      machine.take(AgentBinary.of(Home.folder(), progress::doing));
    } catch (GuestException e) {
      machine.close();
      throw new Failure(e);
    } catch (TargetException e) {
      machine.close();
      throw new Failure(e);
    }
  }

  private void drive(ParallelRunner lanes) {
    try (lanes) {
      if (!left.isEmpty()) {
        SuiteLauncher.run(lanes, folder.path().resolve("allure-results"))
            .ifPresent(w -> progress.say("Allure's results are incomplete: " + w));
      }
    } catch (IllegalStateException e) {
      stopped = Optional.of(Failure.in(e).orElseThrow(() -> e).getMessage());
    }
    if (lanes.isSpoiled()) {
      progress.say(
          "stopped: so many cases failed and left a kernel that had to be booted anew; this does the"
              + " rest: "
              + ShellCommand.of("run", "--resume", Home.shown(folder.path()), "--keep-going"));
    }
  }

  /**
   * Whoever reads a reproducer is to know whether it works; where nothing diverged, none is run.
   */
  private void replay(ParallelRunner lanes) {
    if (stopped.isEmpty() && !lanes.isSpoiled() && asked.bounds().replays() > 0) {
      Replay fresh = new Replay(guest, folder.path().resolve("console/replay"));
      replays.run(
          RunReplays.chosen(
              results.sofar(), Home.book(asked.catalogue()), asked.bounds().replays()),
          (trace, divergence, times) -> fresh.run(trace, divergence, times).result(),
          asked.bounds().jobs(),
          progress::doing,
          progress::say);
    }
  }

  /** The results, in files where there is room for them. */
  private Run written() {
    stopped = stopped.or(folder::lost);
    if (stopped.isEmpty()) {
      try {
        return results.finished();
      } catch (Failure e) {
        stopped = Optional.of(e.getMessage());
      }
    }
    Run run = results.given();
    told.accept(
        stopped.get()
            + "; what follows is of the "
            + Text.count(run.cases().size(), "case", "cases")
            + " that were judged");
    return run;
  }

  /**
   * Writes what takes longer than the verdict, and ends.
   *
   * @return how the program ends
   */
  public ExitCode end(Run run) {
    if (stopped.isEmpty()) {
      results.page();
    }
    keeper.close(run.complete());
    folder.close();
    ExitCode code = ExitCode.of(run);
    boolean notBack = asked.targets().machine().filter(m -> !m.notBack().isEmpty()).isPresent();
    return notBack && code != ExitCode.DIVERGENCE ? ExitCode.ERROR : code;
  }

  private static String hash(GuestSpec spec) {
    try {
      return Boot.module(spec);
    } catch (IOException e) {
      throw new Failure("cannot read " + spec.kmemModule().orElseThrow() + ": " + IoReason.of(e));
    }
  }

  /** About how long a case takes, in ms; those of the model take next to nothing. */
  private long millis(PlannedCase c) {
    return c.source().equals(RunPlan.MODEL) ? 1 : planned.times().of(c);
  }

  private RunListener telling() {
    return new RunListener() {
      @Override
      public void started(PlannedCase planned) {
        progress.begin(planned.source(), planned.scenario().name());
      }

      @Override
      public void finished(PlannedCase planned, Run.Case done) {
        progress.end(done, millis(planned));
      }
    };
  }

  private static RunListener stopping(ParallelRunner lanes) {
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
}
