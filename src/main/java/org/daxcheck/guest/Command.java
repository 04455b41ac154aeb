package org.daxcheck.guest;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

/** Runs a command of the host to its end, in bounded time. */
final class Command {
  /** What a command left: its exit code, 124 where it took too long, and what it printed. */
  record Output(int exit, String out, String err) {
    boolean ok() {
      return exit == 0;
    }

    /** The last line of its complaint that says something, for a sentence to the user. */
    String complaint() {
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
    // timeout(1) ends the command also when this process is killed and cannot.
    List<String> argv = new ArrayList<>(List.of("timeout", "--kill-after=5"));
    argv.add(Long.toString(limit.toSeconds()));
    argv.addAll(List.of(words));
    ProcessBuilder builder = new ProcessBuilder(argv).directory(folder.toFile());
    builder.environment().putAll(environment);
    builder.environment().put("LC_ALL", "C.UTF-8");
    Process process;
    try {
      process = builder.start();
      process.getOutputStream().close();
    } catch (IOException e) {
      throw new GuestException("cannot run " + words[0] + ": " + e.getMessage(), e);
    }
    Runnable ending = process::destroy;
    AtExit.add(ending);
    try {
      CompletableFuture<String> out = CompletableFuture.supplyAsync(() -> read(process, true));
      CompletableFuture<String> err = CompletableFuture.supplyAsync(() -> read(process, false));
      if (!process.waitFor(limit.toSeconds() + 10, TimeUnit.SECONDS)) {
        throw new GuestException(words[0] + " did not end within " + limit.toSeconds() + " s");
      }
      return new Output(process.exitValue(), out.get(), err.get());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new GuestException("interrupted while " + words[0] + " was running", e);
    } catch (ExecutionException e) {
      throw new GuestException("cannot read what " + words[0] + " prints: " + e.getCause(), e);
    } finally {
      process.destroy();
      AtExit.remove(ending);
    }
  }

  private static String read(Process process, boolean out) {
    try (var stream = out ? process.getInputStream() : process.getErrorStream()) {
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
