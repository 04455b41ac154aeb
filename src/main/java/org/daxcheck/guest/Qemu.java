package org.daxcheck.guest;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.daxcheck.io.IoReason;
import org.daxcheck.io.Trees;

/**
 * A running QEMU that cannot outlive us. A shell of its own session starts it and holds the other
 * end of a pipe: when the pipe closes, because we close it or are killed, the shell ends QEMU and
 * removes the folder.
 */
final class Qemu implements AutoCloseable {
  // The shell stays as QEMU's parent until the pipe closes, so that QEMU's number is not reused
  // while someone may still signal it. In a session of its own no Ctrl-C at the terminal gets
  // there.
  private static final String KEEPER =
      """
      trap '' HUP INT TERM PIPE
      folder=$1; shift
      exec 3<&0
      "$@" </dev/null 3<&- >"$folder/qemu.log" 2>&1 &
      qemu=$!
      { read -r end <&3; kill -KILL $qemu; } >/dev/null 2>&1 &
      guard=$!
      wait $qemu
      code=$?
      kill -KILL $guard 2>/dev/null
      echo "exit $code"
      read -r end <&3
      rm -rf "$folder"
      """;

  /** What QEMU prints where KVM gives a guest up, which it then stops and keeps. */
  private static final Pattern GIVEN_UP =
      Pattern.compile("^(KVM internal error.*|KVM: .*)$", Pattern.MULTILINE);

  private final Process keeper;
  private final Path folder;
  private final Optional<Qmp> monitor;
  private final CompletableFuture<Integer> exit = new CompletableFuture<>();

  /**
   * Starts QEMU.
   *
   * @param folder its own, which goes with it
   * @param monitor where it can be asked how the guest is, if that is wanted
   */
  Qemu(Path folder, List<String> commandLine, Optional<Path> monitor) throws GuestException {
    this.folder = folder;
    this.monitor = monitor.map(Qmp::new);
    List<String> argv = new ArrayList<>(List.of("setsid", "sh", "-c", KEEPER, "daxcheck-guest"));
    argv.add(folder.toString());
    argv.addAll(commandLine);
    try {
      keeper = new ProcessBuilder(argv).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    } catch (IOException e) {
      throw new GuestException("cannot start QEMU: " + IoReason.of(e), e);
    }
    Thread reader = new Thread(this::read, "daxcheck-qemu");
    reader.setDaemon(true);
    reader.start();
  }

  private void read() {
    int code = -1;
    try (BufferedReader in =
        new BufferedReader(
            new InputStreamReader(keeper.getInputStream(), StandardCharsets.US_ASCII))) {
      String line = in.readLine();
      if (line != null && line.startsWith("exit ")) {
        code = Integer.parseInt(line.substring(5));
      }
    } catch (IOException e) {
      exit.completeExceptionally(e);
    }
    exit.complete(code);
  }

  boolean alive() {
    return !exit.isDone();
  }

  /** How it ended, for a sentence; empty while it runs. */
  Optional<String> ended() {
    if (alive()) {
      return Optional.empty();
    }
    int code = exit.exceptionally(e -> -1).join();
    String complaint = complaint();
    String how =
        code > 128
            ? "was killed by signal " + (code - 128)
            : code < 0 ? "ended, and its keeper with it" : "ended with exit code " + code;
    return Optional.of("QEMU " + how + (complaint.isEmpty() ? "" : ": " + complaint));
  }

  /** Why the guest stands still in a QEMU that runs, for a sentence; asked of KVM's guests only. */
  Optional<String> stopped() {
    if (monitor.isEmpty()) {
      return Optional.empty();
    }
    Matcher said = GIVEN_UP.matcher(log());
    Optional<String> words = said.find() ? Optional.of(said.group(1).strip()) : Optional.empty();
    return words.or(() -> monitor.get().stopped()).map(why -> "QEMU stopped the guest: " + why);
  }

  /** What QEMU printed, in one line. */
  String complaint() {
    return log().strip().replace("\n", "; ");
  }

  private String log() {
    Path log = folder.resolve("qemu.log");
    try {
      return Files.exists(log) ? Files.readString(log, StandardCharsets.ISO_8859_1) : "";
    } catch (IOException e) {
      return "(cannot read its messages: " + IoReason.of(e) + ")";
    }
  }

  /** Ends QEMU and removes its folder; returns when both are done. */
  @Override
  public void close() {
    monitor.ifPresent(Qmp::close);
    List<ProcessHandle> below = keeper.descendants().toList();
    try {
      keeper.getOutputStream().close();
    } catch (IOException e) {
      // Nobody reads the pipe: the keeper is gone already, and what it left is ended below.
      System.getLogger(Qemu.class.getName()).log(System.Logger.Level.DEBUG, "keeper gone", e);
    }
    boolean ended = false;
    boolean interrupted = false;
    for (int tries = 0; tries < 2 && !ended; tries++) {
      try {
        ended = keeper.waitFor(10, TimeUnit.SECONDS);
      } catch (InterruptedException e) {
        interrupted = true; // Ending QEMU goes first; the interrupt is given back below.
      }
    }
    below.forEach(ProcessHandle::destroyForcibly);
    keeper.destroyForcibly();
    try {
      Trees.remove(folder);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException("cannot remove " + folder, e);
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
