package org.daxcheck.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.daxcheck.abi.Dialect;
import org.daxcheck.abi.DialectProperties;
import org.daxcheck.abi.RuleId;
import org.daxcheck.guest.Graphviz;
import org.daxcheck.guest.GuestException;
import org.daxcheck.guest.GuestSpec;
import org.daxcheck.guest.QemuSource;
import org.daxcheck.machine.Alphabet;
import org.daxcheck.machine.Learning;
import org.daxcheck.machine.Machine;
import org.daxcheck.machine.MachineFile;
import org.daxcheck.machine.ModelMachine;
import org.daxcheck.machine.Picture;
import org.daxcheck.machine.Separation;
import org.daxcheck.report.ExitCode;
import org.daxcheck.report.Progress;
import org.daxcheck.run.Failure;
import org.daxcheck.run.Home;
import org.daxcheck.run.RunFolder;
import org.daxcheck.selection.CompleteSuites;
import org.daxcheck.step.Step;
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
final class LearnCommand implements Callable<Integer> {
  private static final int COLUMNS = 100;
  private static final String LEARNED = "learned";

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

  @Option(
      names = "--extra",
      paramLabel = "K",
      defaultValue = "1",
      description = "the last check looks for machines with up to K states more (${DEFAULT-VALUE})")
  private int extra;

  @Option(
      names = "--random",
      paramLabel = "N",
      defaultValue = "" + Learning.RANDOM_WORDS,
      description = "how many random words are asked before the last check (${DEFAULT-VALUE})")
  private int randomWords;

  @Option(
      names = "--guests",
      paramLabel = "N",
      defaultValue = "40",
      description =
          "how many fresh guests may be used where the device does not come back"
              + " (${DEFAULT-VALUE})")
  private int guests;

  @Option(
      names = "--minutes",
      paramLabel = "N",
      defaultValue = "30",
      description = "how long it may take (${DEFAULT-VALUE})")
  private int minutes;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "0",
      description = "seed of the random words (${DEFAULT-VALUE})")
  private long seed;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description =
          "folder for the machines and pictures; a new one below reports/out where none is"
              + " given")
  private Path out;

  @CommandLine.Spec private CommandLine.Model.CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    if (diff) {
      return difference();
    }
    if (!machines.isEmpty()) {
      throw usage("'" + machines.get(0) + "' is a machine; name machines with --diff only");
    }
    if (extra < 0 || extra > 3 || guests < 1 || minutes < 1) {
      throw usage("--extra is 0 to 3, --guests and --minutes are 1 or more");
    }
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
            new Learning.Bounds(extra, guests, Duration.ofMinutes(minutes), seed),
            randomWords,
            progress::doing);
    Thread interrupted =
        new Thread(
            () -> {
              progress.close();
              learning.stop();
              Learning.Result sofar = learning.sofar("interrupted");
              sofar.machine().ifPresent(m -> write(folder.path(), LEARNED, m, told(sofar)));
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
    Machine learned = result.machine().get();
    keep(folder.path(), LEARNED, learned, told(result));
    Machine model = ModelMachine.like(learned.origin(), learned.inputs());
    keep(folder.path(), "model", model, "");
    boolean same = tell(learned, model, folder.path());
    if (!result.stopped().isEmpty()) {
      System.out.println("daxcheck: learning ended early: " + result.stopped());
      return same ? Main.ERROR : ExitCode.DIVERGENCE.code();
    }
    return same ? ExitCode.PASS.code() : ExitCode.DIVERGENCE.code();
  }

  private static String told(Learning.Result r) {
    return "learned from outside by %d words of %d steps on %d %s in %.0f s"
        .formatted(
            r.queries(),
            r.steps(),
            r.guests(),
            r.guests() == 1 ? "guest" : "guests",
            r.time().toMillis() / 1e3);
  }

  private String sentence(Learning.Result r, RunFolder folder) {
    String what =
        r.machine()
            .map(
                m ->
                    "%s, dialect %s, %s, alphabet %s: a machine of %d states"
                        .formatted(
                            m.origin().who(),
                            m.origin().dialect(),
                            m.origin().topology(),
                            m.origin().alphabet(),
                            m.size()))
            .orElse("no machine");
    String end =
        r.stopped().isEmpty()
            ? "; checked to k = "
                + extra
                + ": the kernel's machine is this one, or has more than "
                + (r.machine().map(Machine::size).orElse(0) + extra)
                + " states"
            : "; not checked to the end (" + r.stopped() + ")";
    return what + ", " + told(r) + end + "\nresults in " + Home.shown(folder.path());
  }

  /** Prints and draws how two machines differ; true where they do not. */
  private boolean tell(Machine first, Machine second, Path folder) throws IOException {
    Optional<Separation> separation = Separation.of(first, second);
    if (separation.isEmpty()) {
      System.out.println(
          first.origin().inWords()
              + " and "
              + second.origin().inWords()
              + " are the same machine.");
      return true;
    }
    String scenario =
        separation.get().scenario(first, second, cited(second.origin(), separation.get().word()));
    Path file = folder.resolve("separating-word.kmem");
    Files.writeString(file, scenario);
    Files.writeString(folder.resolve("difference.dot"), Picture.difference(first, second));
    draw(folder, "difference");
    System.out.println(
        first.origin().inWords()
            + " and "
            + second.origin().inWords()
            + " differ; a shortest word that shows it, "
            + Home.shown(file)
            + ":\n");
    System.out.println(scenario.indent(4));
    return false;
  }

  /** The rule that decides about the last step in the second machine's dialect. */
  private static String cited(Machine.Origin origin, List<Step> word) {
    List<RuleId> rules = ModelMachine.rules(origin, word);
    RuleId last = rules.get(rules.size() - 1);
    return last
        + " ("
        + Home.catalogue().rule(last).map(r -> r.citations().get(0).toString()).orElseThrow()
        + ")";
  }

  // ---- two machines of before

  private int difference() throws IOException {
    if (machines.size() != 2) {
      throw usage("--diff wants two machines, found " + machines.size());
    }
    Machine first = read(machines.get(0));
    Machine second = read(machines.get(1));
    if (!first.inputs().equals(second.inputs())) {
      throw new Failure(
          "the machines have different inputs: alphabets "
              + first.origin().alphabet()
              + " and "
              + second.origin().alphabet());
    }
    RunFolder folder = RunFolder.make(out, Instant.now());
    boolean same = tell(first, second, folder.path());
    System.out.println("results in " + Home.shown(folder.path()));
    return same ? ExitCode.PASS.code() : ExitCode.DIVERGENCE.code();
  }

  private static Machine read(String name) {
    for (Path path :
        List.of(
            Path.of(name),
            Path.of(name).resolve(LEARNED + ".json"),
            Home.folder().resolve("reports/machines").resolve(name + ".json"))) {
      if (Files.isRegularFile(path)) {
        try {
          return MachineFile.read(path);
        } catch (IOException e) {
          throw new Failure(e);
        }
      }
    }
    throw new Failure(
        "'"
            + name
            + "' is no file, no folder with "
            + LEARNED
            + ".json, and not in reports/machines");
  }

  // ---- files

  private static void keep(Path folder, String name, Machine machine, String footer) {
    write(folder, name, machine, footer);
    draw(folder, name);
  }

  /** Writes the machine and its graph; no process can be started any more while we end. */
  private static void write(Path folder, String name, Machine machine, String footer) {
    try {
      MachineFile.write(folder.resolve(name + ".json"), machine);
      Files.writeString(folder.resolve(name + ".dot"), Picture.of(machine, footer));
    } catch (IOException e) {
      throw new Failure("cannot write into " + folder + ": " + e.getMessage());
    }
  }

  private static void draw(Path folder, String name) {
    try {
      Graphviz.svg(folder.resolve(name + ".dot"), folder.resolve(name + ".svg"));
    } catch (GuestException e) {
      System.err.println("daxcheck: " + e.getMessage());
    }
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
