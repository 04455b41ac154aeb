package org.daxcheck.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import org.daxcheck.abi.Dialect;
import org.daxcheck.abi.DialectProperties;
import org.daxcheck.guest.Graphviz;
import org.daxcheck.guest.GuestException;
import org.daxcheck.guest.GuestSpec;
import org.daxcheck.guest.QemuSource;
import org.daxcheck.io.IoReason;
import org.daxcheck.machine.Alphabet;
import org.daxcheck.machine.Automaton;
import org.daxcheck.machine.Learning;
import org.daxcheck.machine.MachineFolder;
import org.daxcheck.machine.ModelMachine;
import org.daxcheck.report.ExitCode;
import org.daxcheck.report.Progress;
import org.daxcheck.run.Failure;
import org.daxcheck.run.Home;
import org.daxcheck.run.RunFolder;
import org.daxcheck.scenario.Catalogue;
import org.daxcheck.selection.CompleteSuites;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "learn",
    mixinStandardHelpOptions = true,
    description = {
      "Learns the machine of a kernel from outside, compares it with the model's, and draws both.",
      "With --diff it draws the difference of two machines that were learned before."
    })
final class LearnCommand implements Callable<Integer>, Need.Needing {
  private static final int COLUMNS = 100;

  @Parameters(
      paramLabel = "MACHINE",
      arity = "0..2",
      description =
          "with --diff: two machines, each a file, its folder, or a name in reports/machines")
  private List<String> machines = new ArrayList<>();

  @Option(names = "--diff", description = "draws the difference of two machines; boots nothing")
  private boolean diff;

  @CommandLine.Mixin private GuestOptions guestOptions;

  @Option(
      names = "--dialect",
      paramLabel = "auto|v3|v4|7.3",
      defaultValue = "auto",
      description = "the dialect of the ABI; auto finds it by probing")
  private String dialect;

  @Option(
      names = "--alphabet",
      paramLabel = "NAME",
      defaultValue = "words",
      description = "the inputs: words, lifecycle or wide (${DEFAULT-VALUE})")
  private String alphabet;

  @Option(
      names = "--topology",
      paramLabel = "NAME",
      description =
          "a topology of qemu/topologies; else cxl-kernel for words, cxl-ranges for others")
  private String topology;

  @CommandLine.Mixin private LearnBounds bounds;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description =
          "folder for the machines and pictures; a new one below reports/out where none is"
              + " given")
  private Path out;

  @CommandLine.Spec private CommandLine.Model.CommandSpec spec;

  @Override
  public Set<Need> needs() {
    return diff ? Set.of(Need.DOT) : Set.of(Need.DOT, Need.GUEST);
  }

  @Override
  public Integer call() throws IOException {
    if (diff) {
      return difference();
    }
    if (!machines.isEmpty()) {
      throw usage("'" + machines.get(0) + "' is a machine; name machines with --diff only");
    }
    bounds.bounds();
    return learn();
  }

  // ---- learning

  private int learn() throws IOException {
    RunFolder.check(out);
    Alphabet inputs = CompleteSuites.alphabet(alphabet);
    String where = topology == null ? CompleteSuites.topology(inputs) : topology;
    Optional<Dialect> forced = forced();
    GuestSpec asked =
        guestOptions.asked(GuestSpec.of(Home.folder(), Path.of("unused"), Path.of("unused")));
    RunFolder folder = RunFolder.make(out, Instant.now());
    Progress progress = new Progress(System.err, Home.isTerminal(2), COLUMNS);
    GuestSpec guest = guestOptions.built(asked.withProgress(progress::doing));
    QemuSource source = new QemuSource(guest, folder.path().resolve("console"), forced);
    Learning learning =
        new Learning(
            source,
            where,
            inputs.inputs(),
            inputs.text(),
            bounds.bounds(),
            bounds.randomWords(),
            progress::doing);
    Thread interrupted =
        new Thread(
            () -> {
              progress.close();
              learning.stop();
              Learning.Result sofar = learning.sofar("interrupted");
              sofar.machine().ifPresent(m -> write(folder, m, sofar));
              System.err.println("daxcheck: " + sentence(sofar, folder));
            },
            "interrupted learning");
    Runtime.getRuntime().addShutdownHook(interrupted);
    Learning.Result result;
    try (learning) {
      result = learning.learn();
    } finally {
      progress.close();
    }
    Runtime.getRuntime().removeShutdownHook(interrupted);
    System.out.println(sentence(result, folder));
    if (result.machine().isEmpty()) {
      throw new Failure("nothing was learned: " + result.stopped());
    }
    Automaton learned = result.machine().get();
    Automaton model;
    try {
      machines(folder).keep(MachineFolder.LEARNED, learned, result.effort());
      model = ModelMachine.like(learned.origin(), learned.inputs());
      machines(folder).keep("model", model, "");
    } catch (IOException e) {
      throw unwritable(folder, e);
    }
    boolean same = tell(learned, model, machines(folder));
    if (!result.stopped().isEmpty()) {
      System.out.println("daxcheck: learning ended early: " + result.stopped());
      return same ? Main.ERROR : ExitCode.DIVERGENCE.code();
    }
    return same ? ExitCode.PASS.code() : ExitCode.DIVERGENCE.code();
  }

  private String sentence(Learning.Result result, RunFolder folder) {
    return result.sentence(bounds.extra()) + "\nresults in " + Home.shown(folder.path());
  }

  /** No process can be started any more while we end, so there is no picture. */
  private static void write(RunFolder folder, Automaton machine, Learning.Result sofar) {
    try {
      machines(folder).write(MachineFolder.LEARNED, machine, sofar.effort());
    } catch (IOException e) {
      throw unwritable(folder, e);
    }
  }

  /** Prints how two machines differ; true where they do not. */
  private static boolean tell(Automaton first, Automaton second, MachineFolder folder)
      throws IOException {
    Catalogue catalogue = Home.catalogue();
    Optional<MachineFolder.Difference> difference =
        folder.difference(
            first,
            second,
            rule ->
                rule
                    + " ("
                    + catalogue.rule(rule).map(r -> r.citations().get(0).toString()).orElseThrow()
                    + ")");
    String both = first.origin().inWords() + " and " + second.origin().inWords();
    if (difference.isEmpty()) {
      System.out.println(both + " are the same machine.");
      return true;
    }
    System.out.println(
        both
            + " differ; a shortest word that shows it, "
            + Home.shown(difference.get().file())
            + ":\n");
    System.out.println(difference.get().scenario().indent(4));
    return false;
  }

  // ---- two machines of before

  private int difference() throws IOException {
    if (machines.size() != 2) {
      throw usage("--diff wants two machines, found " + machines.size());
    }
    Automaton first = read(machines.get(0));
    Automaton second = read(machines.get(1));
    if (!first.inputs().equals(second.inputs())) {
      throw new Failure(
          "the machines have different inputs: alphabets "
              + first.origin().alphabet()
              + " and "
              + second.origin().alphabet());
    }
    RunFolder folder = RunFolder.make(out, Instant.now());
    boolean same = tell(first, second, machines(folder));
    System.out.println("results in " + Home.shown(folder.path()));
    return same ? ExitCode.PASS.code() : ExitCode.DIVERGENCE.code();
  }

  private static Automaton read(String name) {
    try {
      return MachineFolder.read(name, Home.folder().resolve("reports/machines"))
          .orElseThrow(
              () ->
                  new Failure(
                      "'"
                          + name
                          + "' is no file, no folder with "
                          + MachineFolder.LEARNED
                          + ".json, and not in reports/machines"));
    } catch (IOException e) {
      throw new Failure(e);
    }
  }

  private static MachineFolder machines(RunFolder folder) {
    return new MachineFolder(folder.path(), LearnCommand::draw);
  }

  private static void draw(Path dot, Path svg) {
    try {
      Graphviz.svg(dot, svg);
    } catch (GuestException e) {
      System.err.println("daxcheck: " + e.getMessage());
    }
  }

  private static Failure unwritable(RunFolder folder, IOException e) {
    return new Failure("cannot write into " + folder.path() + ": " + IoReason.of(e));
  }

  private Optional<Dialect> forced() {
    if (dialect.equals("auto")) {
      return Optional.empty();
    }
    return Optional.of(
        Dialect.of(dialect)
            .filter(d -> DialectProperties.of(d).hasAttribute())
            .orElseThrow(
                () -> usage("--dialect '" + dialect + "' is unknown; expected auto, v3, v4, 7.3")));
  }

  private CommandLine.ParameterException usage(String message) {
    return new CommandLine.ParameterException(spec.commandLine(), message);
  }
}
