package org.daxcheck.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import org.daxcheck.abi.Dialect;
import org.daxcheck.guest.GuestShell;
import org.daxcheck.guest.GuestSpec;
import org.daxcheck.guest.QemuSource;
import org.daxcheck.prompt.Attempt;
import org.daxcheck.prompt.Conversation;
import org.daxcheck.report.Colours;
import org.daxcheck.report.Progress;
import org.daxcheck.report.ShellCommand;
import org.daxcheck.run.Failure;
import org.daxcheck.run.Home;
import org.daxcheck.scenario.Catalogue;
import org.daxcheck.scenario.ScenarioException;
import org.daxcheck.target.ModelSource;
import org.daxcheck.target.Target;
import org.daxcheck.target.TargetException;
import org.daxcheck.target.TargetSource;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "try",
    mixinStandardHelpOptions = true,
    description =
        "Takes steps of the scenario language from a prompt, does each in a guest, and says what the"
            + " model allows, what the kernel answered, what changed, and the verdict.",
    footer = {
      "",
      "Exit codes: 0 all was allowed, 1 a rule is broken, 2 a line or the target was wrong."
    })
final class TryCommand implements Callable<Integer>, Need.Needing {
  @Option(
      names = "-e",
      paramLabel = "STEPS",
      description =
          "does these steps, parted by ';', and ends; may be repeated. Else they come from the"
              + " terminal, or from a pipe")
  private List<String> script = List.of();

  @Option(names = "--model", description = "asks the model alone; no guest is booted")
  private boolean model;

  @CommandLine.Mixin private TopologyOption topology;

  @Option(
      names = "--dialect",
      paramLabel = "v3|v4|7.3|absent",
      description = "the dialect to judge by; else that of the kernel, 7.3 with --model")
  private String dialect;

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "seed of the model's choices; else a fresh one")
  private Long seed;

  @CommandLine.Mixin private GuestOptions options;

  @CommandLine.Spec private CommandLine.Model.CommandSpec spec;

  @Override
  public Set<Need> needs() {
    return model ? Set.of() : options.needs();
  }

  @Override
  public Integer call() throws IOException {
    Catalogue catalogue = Home.catalogue();
    try {
      Conversation.check(script);
    } catch (ScenarioException e) {
      throw new Failure("-e: " + e.getMessage());
    }
    Path hardware = topology.orUsual().file();
    Optional<Dialect> judged = Optional.ofNullable(dialect).map(TryCommand::known);
    GuestSpec asked = options.asked(GuestSpec.of(Home.folder(), hardware, Path.of("unused")));
    if (model) {
      try (TargetSource source = models(asked, judged)) {
        return talk(source, catalogue);
      }
    }
    return inGuest(asked, judged, catalogue);
  }

  private int inGuest(GuestSpec asked, Optional<Dialect> judged, Catalogue catalogue)
      throws IOException {
    Path folder = Files.createTempDirectory("daxcheck-try");
    GuestShell.Folder consoles = new GuestShell.Folder(folder);
    try (Progress progress = new Progress(System.err, Home.isTerminal(2), Home.columns())) {
      GuestSpec guest = options.built(asked.withProgress(progress::doing));
      try (TargetSource source = new QemuSource(guest, folder.resolve("console"), judged)) {
        return talk(source, catalogue);
      }
    } finally {
      consoles.close();
    }
  }

  private TargetSource models(GuestSpec asked, Optional<Dialect> judged) {
    Dialect of = judged.or(options::namedDialect).orElse(Dialect.LINUX_7_3);
    return new ModelSource(
        () -> of,
        options.bootPolicy(),
        options.hotremove(),
        ModelSource.Shapes.like(new QemuSource(asked, Path.of("unused"), Optional.empty())),
        seed == null ? new Random().nextLong() & 0xffff_ffffL : seed);
  }

  private int talk(TargetSource source, Catalogue catalogue) {
    try {
      Target target = source.fresh(topology.orUsual().name());
      try (Attempt attempt = Attempt.on(target)) {
        Conversation conversation =
            new Conversation(
                attempt,
                catalogue,
                Home.columns(),
                Colours.of(Home.isTerminal(1), System.getenv()),
                Path.of(""),
                ShellCommand.setup(spec.commandLine().getParseResult().originalArgs()));
        System.err.println(
            "daxcheck: "
                + target.kernel()
                + ", dialect "
                + target.dialect()
                + ", "
                + target.device().name()
                + " on "
                + topology.orUsual().name()
                + (script.isEmpty() ? "; 'help' says what can be typed" : ""));
        System.out.print(conversation.greeting());
        Prompt prompt = new Prompt(conversation, System.out);
        if (!script.isEmpty()) {
          prompt.script(script);
        } else if (Home.isTerminal(0)) {
          prompt.terminal();
        } else {
          prompt.pipe(System.in);
        }
        return conversation.exit().code();
      }
    } catch (TargetException e) {
      throw new Failure(e);
    }
  }

  private static Dialect known(String text) {
    return Dialect.of(text)
        .orElseThrow(
            () -> new Failure("--dialect '" + text + "' is unknown; expected v3, v4, 7.3, absent"));
  }
}
