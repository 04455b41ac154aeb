package org.daxcheck.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.Callable;
import org.daxcheck.abi.Policy;
import org.daxcheck.guest.KmemBuild;
import org.daxcheck.kernel.KernelRecipe;
import org.daxcheck.patch.PatchJson;
import org.daxcheck.patch.PatchReport;
import org.daxcheck.patch.PatchRequest;
import org.daxcheck.patch.PatchRun;
import org.daxcheck.patch.QemuLab;
import org.daxcheck.report.Colours;
import org.daxcheck.report.ExitCode;
import org.daxcheck.report.Progress;
import org.daxcheck.report.RuleBook;
import org.daxcheck.run.Home;
import org.daxcheck.run.Version;
import org.daxcheck.scenario.Catalogue;
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
final class PatchCommand implements Callable<Integer>, Need.Needing {
  private static final int COLUMNS = 100;

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
      names = "--kernel",
      description =
          "build whole kernels without and with the patches, as is done anyway where they change"
              + " more than the module; --tree is the source where it is not Debian's newest")
  private boolean wholeKernel;

  @Option(
      names = "--kernel-config",
      paramLabel = "small|debug|FILE",
      description = "the config of such kernels, which --kernel takes as small")
  private String config;

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

  @CommandLine.Mixin private ReplayOptions replays;

  @Option(names = "--quick", description = "end after the quick part of the suite")
  private boolean quick;

  @CommandLine.Mixin private QemuOptions qemu;

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

  @Override
  public Set<Need> needs() {
    Set<Need> needs = EnumSet.copyOf(qemu.needs());
    needs.add(Need.PATCH);
    if (isOfWholeKernels(patches())) {
      needs.add(Need.KERNEL);
    }
    return needs;
  }

  @Override
  public Integer call() throws IOException {
    Catalogue catalogue = Home.catalogue();
    RuleBook book = Home.book(catalogue);
    PatchRequest request = request();
    Progress progress = new Progress(System.err, Home.isTerminal(2), COLUMNS);
    PatchRun run =
        new PatchRun(
            request,
            new QemuLab(),
            catalogue,
            progress,
            told -> System.err.println("daxcheck: " + told),
            begin);
    PatchRun.Outcome outcome = run.judge(out);
    progress.close();
    if (outcome instanceof PatchRun.Refused refused) {
      return refused(request.patches(), refused.why());
    }
    PatchRun.Judged judged = (PatchRun.Judged) outcome;
    print(judged, book);
    return judged.judgement().exit().code();
  }

  private List<Path> patches() {
    return files.stream().filter(f -> !PatchRequest.isScenario(f)).toList();
  }

  private PatchRequest request() {
    List<Path> patches = patches();
    List<Path> scenarios = files.stream().filter(PatchRequest::isScenario).toList();
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
    boolean built = isOfWholeKernels(patches);
    if (built && (patches.isEmpty() || source != null || packaged != null || baseTree != null)) {
      throw usage(
          "--kernel needs a patch, and excludes --source, --kernel-package and --base-tree");
    }
    Optional<Path> given = Optional.ofNullable(tree);
    return new PatchRequest(
        patches,
        scenarios,
        Optional.ofNullable(source),
        built ? Optional.empty() : given,
        Optional.ofNullable(baseTree),
        built
            ? Optional.of(KernelRecipe.plain(given, config == null ? "small" : config))
            : Optional.empty(),
        Optional.ofNullable(packaged),
        bootPolicy(),
        qemu.choice(),
        Optional.ofNullable(suite),
        quick,
        fuzz,
        jobs.number(),
        fresh,
        seed == null ? OptionalLong.empty() : OptionalLong.of(seed),
        replays.causes(quick));
  }

  private boolean isOfWholeKernels(List<Path> patches) {
    return wholeKernel
        || config != null
        || source == null
            && tree == null
            && packaged == null
            && !PatchRequest.outsideTheModule(patches).isEmpty();
  }

  private Policy bootPolicy() {
    return Policy.of(policy)
        .orElseThrow(
            () ->
                usage(
                    "--policy '"
                        + policy
                        + "' is unknown; expected offline, online, online_kernel, online_movable"));
  }

  private CommandLine.ParameterException usage(String message) {
    return new CommandLine.ParameterException(spec.commandLine(), message);
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

  private void print(PatchRun.Judged judged, RuleBook book) {
    Colours colours = Colours.of(Home.isTerminal(1), System.getenv());
    System.out.print(
        switch (format) {
          case text ->
              PatchReport.of(judged.judgement(), book, judged.unpatched(), colours)
                  + "results in "
                  + Home.shown(judged.folder())
                  + "\n"
                  + judged
                      .mail()
                      .map(
                          m ->
                              "\n--- mail for the list, also in "
                                  + Home.shown(judged.folder().resolve("mail.txt"))
                                  + "\n"
                                  + m)
                      .orElse("");
          case json -> PatchJson.of(judged.judgement(), book);
        });
    System.out.flush();
  }
}
