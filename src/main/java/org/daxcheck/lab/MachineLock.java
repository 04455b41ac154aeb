package org.daxcheck.lab;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.function.Consumer;
import org.daxcheck.target.TargetException;
import org.daxcheck.target.ssh.Connection;
import org.daxcheck.target.ssh.LongCommand;

/**
 * A machine has one user at a time. The lock is held by a process on the machine that lives as long
 * as its connection, so one whose holder died is known for dead. Beside it stands how the machine
 * was before its holder changed anything, until the machine is known to be so again.
 */
final class MachineLock {
  /** The fact of a record that tells which device it is about. */
  static final String DEVICE = "device";

  private static final long ANSWER_MILLIS = 30_000;
  private static final long BUSY_MILLIS = 180_000;

  private final LabMachine.Wish wish;
  private final LongCommand held;
  private final String file;
  private final Optional<String> dead;

  private MachineLock(LabMachine.Wish wish, LongCommand held, String file, Optional<String> dead) {
    this.wish = wish;
    this.held = held;
    this.file = file;
    this.dead = dead;
  }

  /**
   * How a machine was when somebody took it.
   *
   * @param who who did, in words
   * @param survey the machine, with that user's device
   */
  record Record(String who, Survey survey) {}

  /**
   * Takes the machine. Where that of a killed run is being put back, this waits for it.
   *
   * @param told hears what it waits for
   * @throws TargetException with who has it, where somebody has
   */
  static MachineLock take(LabMachine.Wish wish, Consumer<String> told) throws TargetException {
    return new Taking(wish, told).take();
  }

  /** Who has the machine, in a sentence; empty where nobody has. Nothing is changed. */
  static Optional<String> inUse(LabMachine.Wish wish) throws TargetException {
    return new Taking(wish, text -> {}).look();
  }

  /** One talk with lock.sh. */
  private static final class Taking {
    private final LabMachine.Wish wish;
    private final Consumer<String> told;

    Taking(LabMachine.Wish wish, Consumer<String> told) {
      this.wish = wish;
      this.told = told;
    }

    private LongCommand start(String mode) throws TargetException {
      String script = MachineShell.script("alive.sh") + MachineShell.script("lock.sh");
      String words = "sh -c %s lock %s %s";
      return LongCommand.start(
          wish.login(),
          MachineShell.root(
              wish,
              words.formatted(
                  Survey.quoted(script), Survey.quoted(mode), Survey.quoted(wish.holder()))));
    }

    Optional<String> look() throws TargetException {
      try (LongCommand command = start("look")) {
        while (true) {
          String line = answer(command, ANSWER_MILLIS);
          String rest = rest(line);
          switch (line.split(" ", 2)[0]) {
            case "held" -> {
              return Optional.of(held(rest));
            }
            case "ready" -> {
              return Optional.empty();
            }
            default -> {
              // Where the lock is does not matter to who only looks.
            }
          }
        }
      }
    }

    MachineLock take() throws TargetException {
      LongCommand command = start("take");
      try {
        long limit = ANSWER_MILLIS;
        Optional<String> dead = Optional.empty();
        while (true) {
          String line = answer(command, limit);
          String rest = rest(line);
          switch (line.split(" ", 2)[0]) {
            case "ready" -> {
              return new MachineLock(wish, command, rest, dead);
            }
            case "held" -> throw wrong(held(rest));
            case "wrong" -> throw wrong("it cannot be locked: " + rest);
            case "left" -> dead = Optional.of(rest);
            case "busy" -> {
              String after = dead.map(who -> " after " + who + ", which has ended").orElse("");
              told.accept(wish.login().address() + " is being put back" + after + "; waiting");
              limit = BUSY_MILLIS;
            }
            default -> {
              // Where the lock is comes again with the last line.
            }
          }
        }
      } catch (TargetException e) {
        command.close();
        throw e;
      }
    }

    private String answer(LongCommand command, long limit) throws TargetException {
      return command
          .line(limit)
          .orElseThrow(
              () ->
                  wrong(
                      limit == BUSY_MILLIS
                          ? "an earlier run is not done with putting it back; look there for a"
                              + " process 'serve.sh' that hangs"
                          : "it does not answer whether somebody uses it"));
    }

    private static String rest(String line) {
      return line.contains(" ") ? line.substring(line.indexOf(' ') + 1) : "";
    }

    /** NUMBER HOLDER in words. */
    private String held(String rest) {
      return "it is in use by "
          + rest(rest)
          + "; wait until that ends, or end process "
          + rest.split(" ", 2)[0]
          + " on the machine if it is gone";
    }

    private TargetException wrong(String sentence) {
      return MachineShell.wrong(wish, sentence);
    }
  }

  /** Who had it last, where that one ended without giving it back. */
  Optional<String> dead() {
    return dead;
  }

  /** The file that stands for the holder, on the machine. */
  String file() {
    return file;
  }

  /** Its folder on the machine. */
  String folder() {
    return file.substring(0, file.lastIndexOf('/'));
  }

  private String was() {
    return folder() + "/was";
  }

  /** How an earlier run found the machine, where it is not known that it was put back. */
  Optional<Record> record(MachineShell shell) throws TargetException {
    Connection.Output said =
        shell.sh("if [ -e %1$s ]; then cat %1$s; fi".formatted(was()), new byte[0]);
    String text = MachineShell.text(said.out());
    if (said.exit() != 0) {
      throw new TargetException("the machine's " + was() + " cannot be read");
    }
    if (text.isEmpty()) {
      return Optional.empty();
    }
    int line = Math.max(0, text.indexOf('\n'));
    try {
      return Optional.of(new Record(text.substring(0, line), Survey.of(text.substring(line))));
    } catch (TargetException e) {
      throw new TargetException(
          wish.login().address()
              + ": what an earlier run wrote to "
              + was()
              + " makes no sense; bring the machine to what it should be, and remove that file",
          e);
    }
  }

  /**
   * Writes how the machine is, before anything is changed there.
   *
   * @param survey what survey.sh said
   */
  void write(MachineShell shell, String device, String survey) throws TargetException {
    String text = "%s\n%s %s\n%s".formatted(wish.holder(), DEVICE, device, survey);
    byte[] content = text.getBytes(StandardCharsets.UTF_8);
    // Whole or not at all.
    Connection.Output said =
        shell.sh("umask 077; cat >%1$s.new && mv %1$s.new %1$s".formatted(was()), content);
    if (said.exit() != 0) {
      throw new TargetException(
          "cannot write " + was() + " on the machine: " + MachineShell.text(said.err()).strip());
    }
  }

  /** Forgets how the machine was: it is so again. */
  void forget(MachineShell shell) throws TargetException {
    shell.sh("rm -f " + was(), new byte[0]);
  }

  /** Gives the machine to the next. */
  void release(MachineShell shell) throws TargetException {
    try {
      shell.sh("rm -f %s; rmdir %s 2>/dev/null".formatted(file, folder()), new byte[0]);
    } finally {
      held.close();
    }
  }
}
