package org.daxcheck.prompt;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.daxcheck.io.IoReason;
import org.daxcheck.oracle.Verdict;
import org.daxcheck.report.Colours;
import org.daxcheck.report.ExitCode;
import org.daxcheck.report.ShellCommand;
import org.daxcheck.scenario.Catalogue;
import org.daxcheck.scenario.Parser;
import org.daxcheck.scenario.Scenario;
import org.daxcheck.scenario.ScenarioException;
import org.daxcheck.scenario.Vocabulary;
import org.daxcheck.show.StepShown;
import org.daxcheck.target.TargetException;

/** What is answered to each line that somebody types, wherever the lines come from. */
public final class Conversation {
  private static final String HELP =
      """
      Type a step of the scenario language, such as
        write online_movable      read      blocks      unbind      bind      policy offline
        write "online"            block first offline   pin block last        unpin
      It is done on the target; the model says what it allows, and the oracle judges. An arrow, as in
      'write online -> EBUSY', says what you expect. ';' parts steps of one line. Lines of actors,
      'P0: write unplugged', are done together when an empty line or another step follows.
        state       what is seen of the device, and the states that the model holds
        save NAME   writes NAME.kmem, a scenario of the steps so far
        help, quit
      The language is described in suites/README.md.
      """;

  /** What is no step. */
  private enum Command {
    HELP,
    STATE,
    SAVE,
    QUIT;

    String word() {
      return name().toLowerCase(Locale.ROOT);
    }

    static Optional<Command> of(String text) {
      String first = text.split("\\s+", 2)[0];
      return Arrays.stream(values()).filter(c -> c.word().equals(first)).findFirst();
    }
  }

  private final Attempt attempt;
  private final StepShown shown;
  private final Path folder;
  private final List<String> setup;
  private final Lines lines = new Lines();
  private boolean ended;
  private boolean wrong;
  private Optional<TargetException> gone = Optional.empty();

  /**
   * A conversation about what is tried.
   *
   * @param folder where scenarios are saved
   * @param setup the options that a run of a saved one needs to be on the same kernel and driver
   */
  public Conversation(
      Attempt attempt,
      Catalogue catalogue,
      int width,
      Colours colours,
      Path folder,
      List<String> setup) {
    this.attempt = attempt;
    this.shown = new StepShown(catalogue, width, colours);
    this.folder = folder;
    this.setup = List.copyOf(setup);
  }

  /** What the boot did against a rule; empty where it did nothing. */
  public String greeting() {
    return shown.boot(attempt.trace(), attempt.verdict());
  }

  /**
   * The answer to a line; empty where there is none. What is wrong with the line is one sentence,
   * and nothing behind it in the line is done.
   */
  public String hears(String line) {
    StringBuilder text = new StringBuilder();
    try {
      for (String part : Lines.parts(line)) {
        for (String complete : lines.complete(part)) {
          text.append(does(complete));
        }
      }
    } catch (ScenarioException e) {
      wrong = true;
      text.append(e.getMessage()).append('\n');
    }
    return text.toString();
  }

  /** The answer to the end of all lines. */
  public String ends() {
    try {
      StringBuilder text = new StringBuilder();
      for (String complete : lines.end()) {
        text.append(does(complete));
      }
      return text.toString();
    } catch (ScenarioException e) {
      wrong = true;
      return e.getMessage() + "\n";
    }
  }

  private String does(String text) throws ScenarioException {
    if (ended) {
      return "";
    }
    Optional<Command> command = Command.of(text);
    if (command.isPresent()) {
      return switch (command.get()) {
        case HELP -> HELP;
        case STATE -> shown.state(attempt.trace(), attempt.last());
        case SAVE -> save(text.substring(Command.SAVE.word().length()).strip());
        case QUIT -> {
          ended = true;
          yield "";
        }
      };
    }
    if (gone.isPresent()) {
      throw new ScenarioException(
          "typed", 1, 1, "the target is gone, nothing can be done on it; 'save' and 'quit' can");
    }
    Scenario.Line line = Parser.line(text, attempt.lines().size() + 1);
    try {
      Attempt.Done done = attempt.does(line);
      return shown.step(
          attempt.trace(), done.entry(), done.account(), done.news(), done.notes(), done.open());
    } catch (TargetException e) {
      gone = Optional.of(e);
      return shown.dead(text, e.kind() == TargetException.Kind.KERNEL, e.getMessage());
    }
  }

  private String save(String name) throws ScenarioException {
    if (!name.matches("[a-z0-9-]+")) {
      throw new ScenarioException(
          "typed",
          1,
          1,
          "found the name '" + name + "', expected lower-case letters, digits and hyphens");
    }
    Path file = folder.resolve(name + ".kmem");
    try {
      Files.writeString(file, SavedScenario.of(name, attempt), StandardOpenOption.CREATE_NEW);
    } catch (FileAlreadyExistsException e) {
      throw new ScenarioException("typed", 1, 1, file + " is there already; take another name");
    } catch (IOException e) {
      throw new ScenarioException("typed", 1, 1, file + " cannot be written: " + IoReason.of(e));
    }
    List<String> words = new ArrayList<>(List.of("run", file.toString()));
    words.addAll(setup);
    return "saved " + file + "; this runs it: " + ShellCommand.of(words) + "\n";
  }

  /**
   * Says what is wrong in lines before anything is done; for scripts.
   *
   * @throws ScenarioException for the first step that is none
   */
  public static void check(List<String> script) throws ScenarioException {
    Lines lines = new Lines();
    List<String> all = new ArrayList<>();
    for (String line : script) {
      for (String part : Lines.parts(line)) {
        all.addAll(lines.complete(part));
      }
    }
    all.addAll(lines.end());
    for (String text : all) {
      if (Command.of(text).isEmpty()) {
        Parser.line(text, 1);
      }
    }
  }

  /** The words that can come behind those of a line, for completion. */
  public static List<String> after(List<String> words) {
    List<String> next = new ArrayList<>(Vocabulary.after(words));
    if (words.isEmpty()) {
      Arrays.stream(Command.values()).map(Command::word).forEach(next::add);
    }
    return next;
  }

  /** True once somebody has said that it is over. */
  public boolean isOver() {
    return ended;
  }

  /** True while lines of actors wait for more of them. */
  public boolean isOpen() {
    return lines.isOpen();
  }

  /** How it ends, as a run does: what is against a rule counts before what went wrong. */
  public ExitCode exit() {
    boolean died = gone.filter(e -> e.kind() == TargetException.Kind.KERNEL).isPresent();
    if (died || attempt.verdict().status() == Verdict.Status.DIVERGENCE) {
      return ExitCode.DIVERGENCE;
    }
    boolean failed =
        wrong || gone.isPresent() || attempt.verdict().status() == Verdict.Status.ERROR;
    return failed ? ExitCode.ERROR : ExitCode.PASS;
  }
}
