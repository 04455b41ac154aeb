package org.daxcheck.cli;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.daxcheck.abi.Dialect;
import org.daxcheck.abi.Policy;
import org.daxcheck.guest.Death;
import org.daxcheck.guest.Guest;
import org.daxcheck.guest.GuestException;
import org.daxcheck.guest.GuestIdentity;
import org.daxcheck.guest.GuestSpec;
import org.daxcheck.guest.KernelChoice;
import org.daxcheck.guest.KmemBuild;
import org.daxcheck.guest.QemuSource;
import org.daxcheck.guest.UserCache;
import org.daxcheck.html.Headline;
import org.daxcheck.oracle.Verdict.Status;
import org.daxcheck.patch.Baseline;
import org.daxcheck.patch.BaselineStore;
import org.daxcheck.patch.Comparison;
import org.daxcheck.patch.Fingerprint;
import org.daxcheck.patch.Judgement;
import org.daxcheck.patch.ListMail;
import org.daxcheck.patch.News;
import org.daxcheck.patch.PatchFile;
import org.daxcheck.patch.PatchJson;
import org.daxcheck.patch.PatchReport;
import org.daxcheck.report.Colours;
import org.daxcheck.report.ExitCode;
import org.daxcheck.report.PastRun;
import org.daxcheck.report.Progress;
import org.daxcheck.report.RuleBook;
import org.daxcheck.report.Text;
import org.daxcheck.run.Failure;
import org.daxcheck.run.Home;
import org.daxcheck.run.Results;
import org.daxcheck.run.RunFolder;
import org.daxcheck.run.Version;
import org.daxcheck.scenario.Catalogue;
import org.daxcheck.scenario.Scenario;
import org.daxcheck.selection.Selection;
import org.daxcheck.suite.Lanes;
import org.daxcheck.suite.Plan;
import org.daxcheck.suite.PlannedCase;
import org.daxcheck.suite.Run;
import org.daxcheck.suite.RunListener;
import org.daxcheck.target.TargetException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "patch",
    mixinStandardHelpOptions = true,
    description =
        "Judges a patch to the kmem driver: which rules it gains and loses, with a mail for the"
            + " list.",
    footer = {
      "",
      "Exit codes: 0 nothing lost, 1 a rule or a judgement lost, 2 error: the patch does not apply,"
          + " does not compile, touches what is not in the module, or a case failed."
    })
final class PatchCommand implements Callable<Integer> {
  private static final int COLUMNS = 100;
  private static final String QEMU = "qemu";
  private static final String QUICK = "quick";
  private static final String SCENARIO = ".kmem";

  enum Format {
    text,
    json
  }

  @Parameters(
      paramLabel = "FILE",
      description =
          "patches, applied in order; files that end in .kmem, and folders, are scenarios instead"
              + " of a suite")
  private List<Path> files = new ArrayList<>();

  @Option(
      names = "--source",
      paramLabel = "FILE.c",
      description = "the driver that the patches are for, instead of the one in linux-source")
  private Path source;

  @Option(
      names = "--tree",
      paramLabel = "DIR",
      description =
          "a built kernel tree, or a folder that kernel and modules were installed to: it is the"
              + " patched kernel, as it is; patches that are named serve for the mail")
  private Path tree;

  @Option(
      names = "--base-tree",
      paramLabel = "DIR",
      description = "with --tree: the kernel without the patches, instead of Debian's newest")
  private Path baseTree;

  @Option(
      names = "--kernel-package",
      paramLabel = "NAME[=VERSION]",
      description = "the kernel package of Debian; the newest with the attribute if not given")
  private String packaged;

  @Option(
      names = "--policy",
      paramLabel = "POLICY",
      defaultValue = "online_movable",
      description = "memhp_default_state of the guest (${DEFAULT-VALUE})")
  private String policy;

  @Option(
      names = "--suite",
      paramLabel = "NAME",
      description = "quick, smoke, gate or full; gate where no scenarios are given")
  private String suite;

  @Option(
      names = "--fuzz",
      description =
          "apply a patch though lines around a hunk differ, or its last hunk is cut off; a note"
              + " says where")
  private boolean fuzz;

  @Option(names = "--quick", description = "end after the quick part of the suite")
  private boolean quick;

  @CommandLine.Mixin private JobsOption jobs;

  @Option(names = "--fresh", description = "measure the unpatched driver again")
  private boolean fresh;

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "seed of the times of races; else that of the unpatched driver's run")
  private Long seed;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "folder for the results; a new one below reports/out where none is given")
  private Path out;

  @Option(
      names = "--format",
      paramLabel = "text|json",
      defaultValue = "text",
      description = "what is printed at the end (${DEFAULT-VALUE})")
  private Format format;

  @CommandLine.Spec private CommandLine.Model.CommandSpec spec;

  private final long begin = System.nanoTime();
  private final AtomicLong quickNanos = new AtomicLong();
  private Catalogue catalogue;
  private RuleBook book;

  /**
   * What is to be run.
   *
   * @param suite its name
   * @param first the quick part; may be empty
   * @param whole how many cases the suite has, those that --quick leaves out among them
   */
  private record Work(String suite, List<PlannedCase> first, List<PlannedCase> rest, int whole) {
    List<PlannedCase> all() {
      List<PlannedCase> all = new ArrayList<>(first);
      all.addAll(rest);
      return all;
    }
  }

  @Override
  public Integer call() throws IOException {
    catalogue = Home.catalogue();
    book = Home.book(catalogue);
    List<Path> patches = new ArrayList<>();
    List<Path> scenarios = new ArrayList<>();
    for (Path file : files) {
      (isScenario(file) ? scenarios : patches).add(file);
    }
    check(patches, scenarios);
    List<PatchFile> heads = new ArrayList<>();
    for (Path patch : patches) {
      heads.add(read(patch));
    }
    RunFolder.check(out);
    Instant started = Instant.now();
    Progress progress = new Progress(System.err, Home.isTerminal(2), COLUMNS);
    GuestSpec base = base(progress);
    // The compiler works while the plan is made.
    GuestSpec unbuilt = base;
    Future<KmemBuild.Result> build =
        tree != null
            ? CompletableFuture.completedFuture(null)
            : inBackground(() -> build(unbuilt, patches, "kmem-patched"));
    Work work = work(scenarios, base);
    String fingerprint = source != null ? "" : fingerprint(base, work);
    GuestSpec patched;
    List<String> notes;
    if (tree != null) {
      patched = base.withKernel(tree(tree)).withKmemModule(Optional.empty());
      notes = List.of();
    } else {
      KmemBuild.Result result = await(build);
      if (result instanceof KmemBuild.Refused refused) {
        progress.close();
        return refused(patches, refused);
      }
      KmemBuild.Built built = (KmemBuild.Built) result;
      patched = base.withKmemModule(Optional.of(built.module()));
      notes = built.notes();
      notes.forEach(n -> progress.say("note: " + n));
      if (source != null) {
        base = base.withKmemModule(Optional.of(unpatchedSource(base)));
        fingerprint = fingerprint(base, work);
      }
    }
    Path folder = RunFolder.make(out, started).path();
    Optional<Baseline> known = Optional.empty();
    BaselineStore store = store();
    if (!fresh) {
      known = store.find(fingerprint, work.all());
    }
    Baseline baseline;
    Path unpatched = folder.resolve("unpatched");
    if (known.isPresent()) {
      baseline = known.get();
      RunFolder.remove(unpatched);
      BaselineStore.copy(baseline.folder(), unpatched);
    } else {
      progress.say("the unpatched driver is measured first; later calls need not do that again");
      baseline = measured(base, work, unpatched, progress);
      if (store.keep(fingerprint, baseline)) {
        baseline = store.find(fingerprint, work.all()).orElse(baseline);
      }
    }
    Run run = patched(patched, work, folder.resolve("patched"), baseline, progress);
    Comparison comparison = Comparison.of(baseline.run(), PastRun.of(run), QEMU);
    if (tree == null) {
      sameKernel(baseline, run);
    }
    Optional<String> dead = dead(base, patched, baseline, run, folder, progress);
    if (dead.isPresent()) {
      comparison = comparison.withDead(dead.get());
    }
    progress.close();
    Judgement judgement =
        new Judgement(
            Version.TEXT,
            heads,
            Optional.ofNullable(tree),
            notes,
            run,
            baseline,
            known.isPresent(),
            work.whole(),
            comparison,
            quickNanos.get(),
            System.nanoTime() - begin);
    print(judgement, folder);
    Results.page(
        folder.resolve("report.html"),
        List.of(unpatched, folder.resolve("patched")),
        catalogue,
        new Headline(judgement.exit(), judgement.sentence()));
    return judgement.exit().code();
  }

  // --- what is asked
  // ------------------------------------------------------------------------------

  private static boolean isScenario(Path file) {
    return file.toString().endsWith(SCENARIO) || Files.isDirectory(file);
  }

  private void check(List<Path> patches, List<Path> scenarios) {
    if (patches.isEmpty() && tree == null) {
      throw usage("no patch is given; name one, or a built kernel tree by --tree");
    }
    if (suite != null && !scenarios.isEmpty()) {
      throw usage("--suite " + suite + " and scenario files exclude each other");
    }
    if (baseTree != null && tree == null) {
      throw usage("--base-tree is for --tree");
    }
    if (tree != null && (source != null || packaged != null)) {
      throw usage("--tree excludes --source and --kernel-package: the tree has its own driver");
    }
    for (Path patch : patches) {
      if (!Files.isReadable(patch)) {
        throw new Failure(patch + ": no such file; name a patch");
      }
    }
    if (tree != null) {
      // What is not there must be told before anything is fetched.
      tree(tree);
    }
    if (source != null && !Files.isReadable(source)) {
      throw new Failure("--source " + source + ": no such file; name a driver such as kmem.c");
    }
  }

  private static PatchFile read(Path patch) {
    try {
      return PatchFile.read(patch);
    } catch (IOException e) {
      throw new Failure(patch + ": cannot be read: " + e.getMessage());
    }
  }

  private CommandLine.ParameterException usage(String message) {
    return new CommandLine.ParameterException(spec.commandLine(), message);
  }

  private static KernelChoice tree(Path folder) {
    try {
      return KernelChoice.ofTree(folder);
    } catch (GuestException e) {
      throw new Failure(e);
    }
  }

  /** The guest without the patches, its kernel named to the last digit. */
  private GuestSpec base(Progress progress) {
    Policy boot =
        Policy.of(policy)
            .orElseThrow(
                () ->
                    usage(
                        "--policy '"
                            + policy
                            + "' is unknown; expected offline, online, online_kernel, online_movable"));
    try {
      KernelChoice choice =
          baseTree != null
              ? KernelChoice.ofTree(baseTree)
              : packaged != null ? KernelChoice.Packaged.of(packaged) : new KernelChoice.Newest();
      return GuestIdentity.pinned(
          GuestSpec.of(Home.folder(), Path.of("unused"), Path.of("unused"))
              .withKernel(choice)
              .withBootPolicy(boot)
              .withProgress(progress::doing));
    } catch (GuestException e) {
      throw new Failure(e);
    }
  }

  /**
   * The plan: its quick part, where it has one, and the rest, those that take little time first.
   */
  private Work work(List<Path> scenarios, GuestSpec any) {
    Selection selection =
        scenarios.isEmpty()
            ? Selection.suite(suite == null ? "gate" : suite, catalogue)
            : Selection.files(scenarios, catalogue);
    List<PlannedCase> plan;
    try (QemuSource source = new QemuSource(any, Path.of("unused"), Optional.empty())) {
      Selection.Made made =
          selection.made(
              selection.complete(),
              Dialect.LINUX_7_3,
              Optional.empty(),
              any.bootPolicy(),
              source::shape,
              catalogue);
      plan = Plan.of(made.scenarios(), made.topologies(), List.of(source));
    } catch (TargetException e) {
      throw new Failure(e);
    }
    Set<String> quickly = new HashSet<>();
    if (scenarios.isEmpty() && !selection.name().equals(QUICK)) {
      Selection.suite(QUICK, catalogue).scenarios().stream()
          .map(Scenario::name)
          .forEach(quickly::add);
    }
    List<PlannedCase> first =
        plan.stream().filter(c -> quickly.contains(c.scenario().name())).toList();
    List<PlannedCase> rest =
        plan.stream().filter(c -> !quickly.contains(c.scenario().name())).toList();
    if (quick && !first.isEmpty()) {
      rest = List.of();
    }
    return new Work(selection.name(), first, rest, plan.size());
  }

  // --- building
  // ------------------------------------------------------------------------------------

  private KmemBuild.Result build(GuestSpec base, List<Path> patches, String name) {
    try {
      return KmemBuild.of(
          base, new KmemBuild.Recipe(Optional.ofNullable(source), patches, fuzz, List.of()), name);
    } catch (GuestException e) {
      throw new Failure(e);
    }
  }

  private static <T> Future<T> inBackground(Callable<T> task) {
    FutureTask<T> future = new FutureTask<>(task);
    Thread thread = new Thread(future, "build");
    thread.setDaemon(true);
    thread.start();
    return future;
  }

  private static <T> T await(Future<T> future) {
    try {
      return future.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof Failure failure) {
        throw failure;
      }
      throw new IllegalStateException("the build broke off: " + e.getCause(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Failure("interrupted while the driver was built");
    }
  }

  private Path unpatchedSource(GuestSpec base) {
    KmemBuild.Result result = build(base, List.of(), "kmem-unpatched");
    if (result instanceof KmemBuild.Refused refused) {
      throw new Failure(
          String.join("\n", refused.words())
              + "\ndaxcheck: --source "
              + source
              + " does not compile even without the patches: "
              + refused.sentence());
    }
    return ((KmemBuild.Built) result).module();
  }

  /** Says why there is no driver: the words of patch(1) or the compiler, then our sentence. */
  private int refused(List<Path> patches, KmemBuild.Refused refused) {
    refused.words().forEach(System.err::println);
    System.err.println("daxcheck: " + refused.sentence());
    if (format == Format.json) {
      System.out.print(
          PatchJson.refused(
              Version.TEXT, patches, refused.reason().text(), refused.sentence(), refused.words()));
      System.out.flush();
    }
    return ExitCode.ERROR.code();
  }

  // --- the unpatched driver
  // ------------------------------------------------------------------------

  private static BaselineStore store() {
    try {
      return new BaselineStore(UserCache.folder("unpatched"));
    } catch (GuestException e) {
      throw new Failure(e);
    }
  }

  /** Of all that the unpatched driver's results depend on. */
  private String fingerprint(GuestSpec base, Work work) throws IOException {
    Fingerprint all = new Fingerprint();
    try {
      Path topologies = Home.folder().resolve("qemu/topologies");
      String first = work.all().stream().map(PlannedCase::topology).findFirst().orElse("cxl");
      all.add(GuestIdentity.digest(base, List.of(topologies.resolve(first + ".topology"))));
    } catch (GuestException e) {
      throw new Failure(e);
    }
    all.add(base.kernel() instanceof KernelChoice.Packaged p ? p.toString() : "");
    all.add(Home.suites());
    all.add(Home.folder().resolve("qemu"));
    all.add(application());
    all.add(seed == null ? "any seed" : "seed " + seed);
    for (PlannedCase c : work.all()) {
      // Scenarios of the user's own are known by what they say.
      if (!c.scenario().file().startsWith("suites/")) {
        all.add(c.scenario().source());
      }
    }
    return all.text();
  }

  /** What this program is: other code may judge in another way. */
  private static String application() throws IOException {
    CodeSource code = Main.class.getProtectionDomain().getCodeSource();
    if (code == null) {
      return Instant.now().toString();
    }
    try {
      return new Fingerprint().add(Path.of(code.getLocation().toURI())).text();
    } catch (URISyntaxException e) {
      throw new IOException("cannot find the program's own files", e);
    }
  }

  private Baseline measured(GuestSpec base, Work work, Path into, Progress progress)
      throws IOException {
    long chosen = seed != null ? seed : new Random().nextLong() & 0xffff_ffffL;
    RunListener nobody =
        new RunListener() {
          @Override
          public void started(PlannedCase planned) {
            progress.begin("unpatched", planned.scenario().name());
          }

          @Override
          public void finished(PlannedCase planned, Run.Case done) {
            progress.end(done.under("unpatched"));
          }
        };
    progress.expect("unpatched", work.all().size());
    run(base, work, into, chosen, Map.of(), nobody, part -> {}, progress);
    return Baseline.read(into);
  }

  // --- the patched driver
  // --------------------------------------------------------------------------

  private Run patched(GuestSpec patched, Work work, Path into, Baseline baseline, Progress progress)
      throws IOException {
    News news = new News(baseline, progress, begin);
    progress.expect("patched", work.all().size());
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
    long same = seed != null ? seed : baseline.seed();
    return run(patched, work, into, same, baseline.millis(), news, partDone, progress);
  }

  private Run run(
      GuestSpec guest,
      Work work,
      Path into,
      long chosenSeed,
      Map<String, Long> millis,
      RunListener listener,
      Consumer<Integer> partDone,
      Progress progress) {
    Instant started = Instant.now();
    long from = System.nanoTime();
    RunFolder folder = RunFolder.below(into);
    List<QemuSource> sources =
        IntStream.rangeClosed(1, Math.min(jobs.number(), Math.max(1, work.all().size())))
            .mapToObj(
                i -> new QemuSource(guest, folder.path().resolve("console/" + i), Optional.empty()))
            .toList();
    Lanes lanes =
        new Lanes(
            sources,
            List.of(work.first(), work.rest()),
            listener,
            folder::sink,
            chosenSeed,
            c -> millis.getOrDefault(key(c), Lanes.guess(c)));
    Ending ending =
        new Ending(
            folder, lanes, catalogue, work.suite(), started, from, chosenSeed, run -> List.of());
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  progress.close();
                  ending.interrupted();
                },
                "interrupted run"));
    try (lanes) {
      lanes.run(partDone);
    }
    return ending.finished();
  }

  private static String key(PlannedCase c) {
    return Comparison.key(c.scenario().name(), c.topology());
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
  private static Optional<String> dead(
      GuestSpec base,
      GuestSpec patched,
      Baseline baseline,
      Run run,
      Path folder,
      Progress progress) {
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
    Path topology =
        Home.folder().resolve("qemu/topologies/" + first.get().topology() + ".topology");
    Path console = folder.resolve("control");
    Optional<Death> death = death(patched.at(topology, console.resolve("patched.log")));
    if (death.isEmpty() || death(base.at(topology, console.resolve("unpatched.log"))).isPresent()) {
      return Optional.empty();
    }
    return Optional.of("on " + first.get().topology() + ": " + death.get().sentence());
  }

  /** How a guest that cannot get ready ends by its own fault; a lab in trouble is a failure. */
  private static Optional<Death> death(GuestSpec guest) {
    try {
      Guest.boot(guest).close();
      return Optional.empty();
    } catch (GuestException e) {
      if (e.death().filter(d -> d.kind() != Death.Kind.QEMU).isEmpty()) {
        throw new Failure(e);
      }
      return e.death();
    }
  }

  // --- the end
  // -------------------------------------------------------------------------------------

  private void print(Judgement judgement, Path folder) throws IOException {
    String unpatched =
        Home.shown(judgement.kept() ? judgement.baseline().folder() : folder.resolve("unpatched"));
    Optional<String> mail = ListMail.of(judgement, book);
    if (mail.isPresent()) {
      Files.writeString(folder.resolve("mail.txt"), mail.get());
    } else {
      Files.deleteIfExists(folder.resolve("mail.txt"));
    }
    String json = PatchJson.of(judgement, book);
    Files.writeString(folder.resolve("patch.json"), json);
    Files.writeString(
        folder.resolve("report.txt"), PatchReport.of(judgement, book, unpatched, Colours.OFF));
    String text =
        switch (format) {
          case text ->
              PatchReport.of(
                      judgement, book, unpatched, Colours.of(Home.isTerminal(1), System.getenv()))
                  + "results in "
                  + Home.shown(folder)
                  + "\n"
                  + mail.map(
                          m ->
                              "\n--- mail for the list, also in "
                                  + Home.shown(folder.resolve("mail.txt"))
                                  + "\n"
                                  + m)
                      .orElse("");
          case json -> json;
        };
    System.out.print(text);
    System.out.flush();
  }
}
