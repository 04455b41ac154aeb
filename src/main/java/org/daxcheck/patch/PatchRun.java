package org.daxcheck.patch;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.daxcheck.guest.GuestException;
import org.daxcheck.guest.GuestFailure;
import org.daxcheck.guest.GuestSpec;
import org.daxcheck.guest.KernelChoice;
import org.daxcheck.guest.KmemBuild;
import org.daxcheck.html.Headline;
import org.daxcheck.kernel.BuiltKernel;
import org.daxcheck.kernel.KernelBuild;
import org.daxcheck.kernel.KernelRecipe;
import org.daxcheck.oracle.Verdict.Status;
import org.daxcheck.replay.RunReplays;
import org.daxcheck.report.Colours;
import org.daxcheck.report.PastRun;
import org.daxcheck.report.Progress;
import org.daxcheck.report.RuleBook;
import org.daxcheck.report.Sighting;
import org.daxcheck.report.Text;
import org.daxcheck.run.Failure;
import org.daxcheck.run.Home;
import org.daxcheck.run.Results;
import org.daxcheck.run.RunFolder;
import org.daxcheck.run.Version;
import org.daxcheck.scenario.Catalogue;
import org.daxcheck.suite.Run;

/** Judges a patch: builds the driver, runs the cases without and with it, and compares. */
public final class PatchRun {
  private static final String PATCHED = "patched";

  private final PatchRequest request;
  private final Lab lab;
  private final Catalogue catalogue;
  private final Progress progress;
  private final Measurement measurement;
  private final Drivers drivers;
  private final long begin;
  private final AtomicLong quickNanos = new AtomicLong();

  /**
   * A patch to be judged.
   *
   * @param told takes what is to be told to the user where a run is interrupted
   * @param begin when the user asked, by {@link System#nanoTime}
   */
  public PatchRun(
      PatchRequest request,
      Lab lab,
      Catalogue catalogue,
      Progress progress,
      Consumer<String> told,
      long begin) {
    this.request = request;
    this.lab = lab;
    this.catalogue = catalogue;
    this.progress = progress;
    this.begin = begin;
    this.measurement = new Measurement(lab, catalogue, request.jobs(), progress, told);
    this.drivers = new Drivers(request, lab);
  }

  /** What came of a patch. */
  public sealed interface Outcome {}

  /** There is no driver of it. */
  public record Refused(KmemBuild.Refused why) implements Outcome {}

  /**
   * It was judged, and all files are written.
   *
   * @param folder of the results
   * @param unpatched the run without the patch, as the user would write it
   * @param mail for the list, where something can be said of the patch
   */
  public record Judged(PatchVerdict judgement, Path folder, String unpatched, Optional<String> mail)
      implements Outcome {}

  /**
   * Both drivers as guests.
   *
   * @param notes what the user should know of how the patched one was made
   */
  private record Pair(GuestSpec unpatched, GuestSpec patched, List<String> notes) {}

  /**
   * Judges it.
   *
   * @param out folder for the results; a new one where it is null
   * @throws IOException where results cannot be read or written
   * @throws Failure with a sentence for the user where nothing can be judged here
   */
  public Outcome judge(Path out) throws IOException {
    request.check();
    List<PatchFile> heads = request.heads();
    RunFolder.check(out);
    Instant started = Instant.now();
    // A tree has the patches already, whatever stands in the files.
    Optional<KmemBuild.Refused> damage =
        request.tree().isPresent() ? Optional.empty() : drivers.damage();
    if (damage.isPresent()) {
      return new Refused(damage.get());
    }
    Optional<KernelBuild.Result> kernel = request.patchedRecipe().map(this::kernel);
    if (kernel.isPresent() && kernel.get() instanceof KernelBuild.Refused refused) {
      return new Refused(refused.why());
    }
    GuestSpec base = base();
    Work work;
    Pair pair;
    if (kernel.isPresent()) {
      work = Work.of(request, lab, base, catalogue);
      pair = pair(base, ((KernelBuild.Built) kernel.get()).kernel());
    } else if (request.patchedKernel().isPresent()) {
      work = Work.of(request, lab, base, catalogue);
      GuestSpec patched = base.withKernel(request.patchedKernel().get());
      pair = new Pair(base, patched.withKmemModule(Optional.empty()), List.of());
    } else {
      // The compiler works while the plan is made.
      Drivers.Building building = drivers.patched(base);
      work = Work.of(request, lab, base, catalogue);
      KmemBuild.Result result = building.await();
      if (result instanceof KmemBuild.Refused refused) {
        return new Refused(refused);
      }
      pair = pair(base, (KmemBuild.Built) result);
    }
    try (RunFolder folder = RunFolder.make(out, started)) {
      return judged(heads, work, pair, folder.path());
    }
  }

  private KernelBuild.Result kernel(KernelRecipe recipe) {
    try {
      return lab.build(recipe, progress::doing);
    } catch (GuestException e) {
      throw new Failure(e);
    }
  }

  /** The kernel that runs without the patches, built where a whole one is. */
  private KernelChoice unpatchedKernel() {
    if (request.kernel().isEmpty()) {
      return request.unpatchedKernel();
    }
    KernelBuild.Result result = kernel(request.kernel().get());
    if (result instanceof KernelBuild.Refused refused) {
      throw new Failure("without the patches: " + refused.why().sentence());
    }
    return ((KernelBuild.Built) result).kernel().choice();
  }

  /** The guest without the patches, its kernel named to the last digit. */
  private GuestSpec base() {
    try {
      return lab.pinned(
          GuestSpec.of(Home.folder(), Path.of("unused"), Path.of("unused"))
              .withKernel(unpatchedKernel())
              .withBootPolicy(request.bootPolicy())
              .withQemu(request.qemu())
              .withProgress(progress::doing));
    } catch (GuestException e) {
      throw new Failure(e);
    }
  }

  private Pair pair(GuestSpec base, BuiltKernel patched) {
    List<String> outside = PatchRequest.outsideTheModule(request.patches());
    List<String> notes = new ArrayList<>();
    notes.add(
        "on kernels built of "
            + patched.made()
            + (outside.isEmpty()
                ? ""
                : ", since the module alone is not enough for " + String.join(", ", outside)));
    notes.addAll(patched.notes());
    return new Pair(base, base.withKernel(patched.choice()), told(notes));
  }

  private List<String> told(List<String> ofBuild) {
    List<String> notes = new ArrayList<>(drivers.notes());
    notes.addAll(ofBuild);
    notes.forEach(n -> progress.say("note: " + n));
    return notes;
  }

  private Pair pair(GuestSpec base, KmemBuild.Built built) {
    List<String> notes = told(built.notes());
    GuestSpec unpatched =
        request.source().isPresent()
            ? base.withKmemModule(Optional.of(drivers.unpatched(base)))
            : base;
    return new Pair(unpatched, unpatched.withKmemModule(Optional.of(built.module())), notes);
  }

  private Judged judged(List<PatchFile> heads, Work work, Pair pair, Path folder)
      throws IOException {
    Path unpatched = folder.resolve("unpatched");
    Unpatched.Known known =
        new Unpatched(lab, progress, request.seed())
            .of(pair.unpatched(), work, request.fresh(), measurement, unpatched);
    Baseline baseline = known.baseline();
    Run run = patched(pair.patched(), work, folder.resolve(PATCHED), baseline);
    Comparison comparison = Comparison.of(baseline.run(), PastRun.of(run), work.target());
    if (request.tree().isEmpty() && request.kernel().isEmpty()) {
      sameKernel(baseline, run);
    }
    Optional<String> dead = dead(pair, baseline, run, folder.resolve("control"));
    PatchVerdict judgement =
        new PatchVerdict(
            Version.TEXT,
            heads,
            request.tree(),
            pair.notes(),
            run,
            baseline,
            known.kept(),
            work.whole(),
            dead.map(comparison::withDead).orElse(comparison),
            quickNanos.get(),
            System.nanoTime() - begin);
    Run told = replayed(judgement, pair.patched(), folder.resolve(PATCHED));
    progress.close();
    return written(
        judgement.with(told), folder, Home.shown(known.kept() ? baseline.folder() : unpatched));
  }

  /** The patched run, with what came of the reproducers of what the patch lost. */
  private Run replayed(PatchVerdict judgement, GuestSpec patched, Path into) throws IOException {
    Run run = judgement.patched();
    List<Sighting.InCase> chosen =
        judgement.causes(judgement.comparison().lost()).stream()
            .map(cause -> cause.own().get(0))
            .filter(s -> s.aCase().trace().isPresent())
            .limit(request.replays())
            .toList();
    if (chosen.isEmpty()) {
      return run;
    }
    RunReplays replays = new RunReplays();
    replays.run(
        chosen,
        lab.replays(patched, into.resolve("console/replay")),
        request.jobs(),
        progress::doing,
        progress::say);
    Run told = replays.in(run);
    try (RunFolder folder = RunFolder.keep(into)) {
      told.cases().stream().filter(c -> c.trace().isPresent()).forEach(folder::has);
      Results.files(told, folder, catalogue);
    }
    return told;
  }

  private Run patched(GuestSpec patched, Work work, Path into, Baseline baseline) {
    LiveDeltas news = new LiveDeltas(baseline, progress, begin);
    progress.expect(PATCHED, work.all().size());
    Consumer<Integer> partDone =
        part -> {
          if (part == 0 && !work.first().isEmpty()) {
            quickNanos.set(System.nanoTime() - begin);
            progress.say(
                "quick: "
                    + news.sum()
                    + " in "
                    + work.first().size()
                    + " cases after "
                    + Text.seconds(quickNanos.get())
                    + (work.rest().isEmpty()
                        ? ""
                        : "; going on with the other " + work.rest().size()));
          }
        };
    return measurement.run(
        patched,
        work,
        into,
        request.seed().orElse(baseline.seed()),
        baseline.millis(),
        news,
        partDone);
  }

  private static void sameKernel(Baseline baseline, Run run) {
    Optional<String> before =
        baseline.run().targets().stream().map(PastRun.Target::kernel).findFirst();
    Optional<String> now = run.targets().stream().map(Run.TargetInfo::kernel).findFirst();
    if (before.isPresent() && now.isPresent() && !before.equals(now)) {
      throw new Failure(
          "the patched driver ran on "
              + now.get()
              + ", the unpatched on "
              + before.get()
              + "; measure both again by --fresh");
    }
  }

  /**
   * Why no guest with the patch gets ready, where some case had none, and one without the patch
   * gets ready at the same moment. Trouble of QEMU or of the lab is nothing that a patch is blamed
   * for.
   */
  private Optional<String> dead(Pair pair, Baseline baseline, Run run, Path consoles) {
    Optional<Run.Case> first =
        run.cases().stream()
            .filter(c -> c.verdict().status() == Status.ERROR && c.trace().isEmpty())
            .filter(
                c ->
                    baseline
                        .find(c.scenario().name(), c.topology())
                        .filter(b -> b.status() == Status.PASS || b.status() == Status.DIVERGENCE)
                        .isPresent())
            .findFirst();
    if (first.isEmpty()) {
      return Optional.empty();
    }
    progress.say("a guest did not get ready; trying one with the patch and one without");
    String topology = first.get().topology();
    try {
      Optional<GuestFailure> death =
          lab.death(pair.patched(), topology, consoles.resolve("patched.log"));
      if (death.isEmpty()
          || lab.death(pair.unpatched(), topology, consoles.resolve("unpatched.log")).isPresent()) {
        return Optional.empty();
      }
      return Optional.of("on " + topology + ": " + death.get().sentence());
    } catch (GuestException e) {
      throw new Failure(e);
    }
  }

  /** Writes what is said of the patch, the page last. */
  private Judged written(PatchVerdict judgement, Path folder, String unpatched) throws IOException {
    RuleBook book = Home.book(catalogue);
    Optional<String> mail = ListMail.of(judgement, book);
    if (mail.isPresent()) {
      Files.writeString(folder.resolve("mail.txt"), mail.get());
    } else {
      Files.deleteIfExists(folder.resolve("mail.txt"));
    }
    Files.writeString(folder.resolve("patch.json"), PatchJson.of(judgement, book));
    Files.writeString(
        folder.resolve("report.txt"), PatchReport.of(judgement, book, unpatched, Colours.OFF));
    Results.page(
        folder.resolve("report.html"),
        List.of(folder.resolve("unpatched"), folder.resolve(PATCHED)),
        catalogue,
        new Headline(judgement.exit(), judgement.sentence()));
    return new Judged(judgement, folder, unpatched, mail);
  }
}
