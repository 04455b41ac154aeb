package org.daxcheck.guest;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.daxcheck.io.IoReason;

/** Runs a command of the host to its end, in bounded time; it ends with this process. */
public final class Command {
  // When the pipe closes, because we close it or are killed, the guard ends the command.
  private static final String LEASH =
      """
      exec 3<&0
      "$@" </dev/null 3<&- &
      command=$!
      { read -r end <&3; kill -TERM $command; } >/dev/null 2>&1 &
      guard=$!
      wait $command
      code=$?
      kill -KILL $guard 2>/dev/null
      exit $code
      """;

  /** What a command left: its exit code, 124 where it took too long, and what it printed. */
  public record Output(int exit, String out, String err) {
    /** True where it ended with 0. */
    public boolean ok() {
      return exit == 0;
    }

    /** The last line of its complaint that says something, for a sentence to the user. */
    public String complaint() {
      if (exit == 124) {
        return "it took too long";
      }
      String[] lines = (err.isBlank() ? out : err).strip().split("\n");
      for (String line : lines) {
        if (line.startsWith("E: ") || line.contains("error:")) {
          return line.strip();
        }
      }
      return lines[lines.length - 1].strip();
    }
  }

  private Command() {}

  static Output run(Duration limit, Path folder, Map<String, String> environment, String... words)
      throws GuestException {
    return run(limit, folder, environment, line -> {}, words);
  }

  /**
   * Runs it, with somebody who hears each line that it writes to standard error as it comes.
   *
   * @param folder where it runs
   * @param environment what is added to this process's
   * @throws GuestException where it cannot be run, or this thread is interrupted
   */
  public static Output run(
      Duration limit,
      Path folder,
      Map<String, String> environment,
      Consumer<String> heard,
      String... words)
      throws GuestException {
    List<String> argv = new ArrayList<>(List.of("sh", "-c", LEASH, words[0]));
    argv.addAll(List.of("timeout", "--kill-after=5", Long.toString(limit.toSeconds())));
    argv.addAll(List.of(words));
    ProcessBuilder builder = new ProcessBuilder(argv).directory(folder.toFile());
    builder.environment().putAll(environment);
    builder.environment().put("LC_ALL", "C.UTF-8");
    Process process;
    try {
      process = builder.start();
    } catch (IOException e) {
      throw new GuestException("cannot run " + words[0] + ": " + IoReason.of(e), e);
    }
    Runnable ending = () -> end(process);
    AtExit.add(ending);
    try {
      Executor own = task -> new Thread(task, "daxcheck-command").start();
      var out = CompletableFuture.supplyAsync(() -> read(process.getInputStream()), own);
      var err = CompletableFuture.supplyAsync(() -> hear(process.getErrorStream(), heard), own);
      if (!process.waitFor(limit.toSeconds() + 10, TimeUnit.SECONDS)) {
        throw new GuestException(words[0] + " did not end within " + limit.toSeconds() + " s");
      }
      return new Output(process.exitValue(), out.get(), err.get());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new GuestException("interrupted while " + words[0] + " was running", e);
    } catch (ExecutionException e) {
      String why =
          e.getCause() instanceof UncheckedIOException io
              ? IoReason.of(io.getCause())
              : "broken off";
      throw new GuestException("cannot read what " + words[0] + " prints: " + why, e);
    } finally {
      end(process);
      AtExit.remove(ending);
    }
  }

  /** Lets go of the leash and waits until the command has noticed. */
  private static void end(Process process) {
    try {
      process.getOutputStream().close();
      process.waitFor(6, TimeUnit.SECONDS);
    } catch (IOException e) {
      // It has ended already, which is what was wanted.
      System.getLogger(Command.class.getName()).log(System.Logger.Level.DEBUG, "no leash", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    process.destroyForcibly();
  }

  private static String hear(InputStream stream, Consumer<String> heard) {
    StringBuilder all = new StringBuilder();
    try (var lines = new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        all.append(line).append('\n');
        heard.accept(line);
      }
      return all.toString();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String read(InputStream stream) {
    try (stream) {
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
