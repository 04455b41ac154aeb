package org.daxcheck.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.daxcheck.guest.GuestException;
import org.daxcheck.guest.UserCache;
import org.daxcheck.io.IoReason;
import org.daxcheck.prompt.Conversation;
import org.daxcheck.run.Failure;
import org.jline.reader.Candidate;
import org.jline.reader.EndOfFileException;
import org.jline.reader.LineReader;
import org.jline.reader.LineReaderBuilder;
import org.jline.reader.UserInterruptException;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;

/** Where the lines of a conversation come from: a terminal, a pipe or a script. */
final class Prompt {
  private static final String ASKS = "daxcheck> ";
  private static final String GOES_ON = "........> ";

  private final Conversation conversation;
  private final PrintStream out;

  Prompt(Conversation conversation, PrintStream out) {
    this.conversation = conversation;
    this.out = out;
  }

  /** Lines that are known already. */
  void script(List<String> lines) {
    lines.forEach(this::says);
    say(conversation.ends());
  }

  /** Lines of a pipe, up to its end. */
  void pipe(java.io.InputStream in) {
    BufferedReader reader = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
    try {
      for (String line = reader.readLine();
          line != null && !conversation.isOver();
          line = reader.readLine()) {
        says(line);
      }
    } catch (IOException e) {
      throw new Failure("what is typed cannot be read: " + IoReason.of(e));
    }
    say(conversation.ends());
  }

  /** Lines that somebody types at a terminal, however little it can. */
  void terminal() {
    // stty does what is needed; native code would have to be unpacked first.
    try (Terminal terminal =
        TerminalBuilder.builder()
            .system(true)
            .dumb(true)
            .jni(false)
            .jna(false)
            .jansi(false)
            .ffm(false)
            .build()) {
      LineReader reader = reader(terminal);
      while (!conversation.isOver()) {
        try {
          says(reader.readLine(conversation.isOpen() ? GOES_ON : ASKS));
        } catch (UserInterruptException e) {
          // Ctrl-C gives up the line that was begun, as in a shell.
          continue;
        } catch (EndOfFileException e) {
          say(conversation.ends());
          return;
        }
      }
    } catch (IOException e) {
      throw new Failure("the terminal cannot be used: " + IoReason.of(e));
    }
  }

  private static LineReader reader(Terminal terminal) {
    LineReaderBuilder builder =
        LineReaderBuilder.builder()
            .appName("daxcheck")
            .terminal(terminal)
            .option(LineReader.Option.DISABLE_EVENT_EXPANSION, true)
            .completer(
                (r, line, candidates) -> {
                  List<String> before = line.words().subList(0, line.wordIndex());
                  Conversation.after(before).forEach(w -> candidates.add(new Candidate(w)));
                });
    history().ifPresent(file -> builder.variable(LineReader.HISTORY_FILE, file));
    return builder.build();
  }

  /** What was typed before is kept in the user's cache; without one there is no history. */
  private static Optional<Path> history() {
    try {
      return Optional.of(UserCache.folder("try").resolve("history"));
    } catch (GuestException e) {
      return Optional.empty();
    }
  }

  private void says(String line) {
    say(conversation.hears(line));
  }

  private void say(String text) {
    out.print(text);
    out.flush();
  }
}
