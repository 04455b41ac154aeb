package org.daxcheck.html;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.daxcheck.oracle.Splat;
import org.daxcheck.report.FinishedRun;
import org.daxcheck.report.RunDocument;
import org.daxcheck.trace.Trace;
import org.daxcheck.trace.TraceFile;
import org.daxcheck.trace.TraceFileException;

/**
 * The folder of a finished or interrupted run.
 *
 * @param file its run.json
 * @param folder where it lies
 * @param json what its run.json says
 * @param finished the same, read as far as a comparison needs it
 * @param name what it is called beside others
 */
record PastFolder(Path file, Path folder, RunDocument json, FinishedRun finished, String name) {
  /** How many lines of a guest's console are kept, from its end. */
  private static final int LINES = 25;

  /** How many lines before those that tell of a broken kernel are kept. */
  private static final int SPLATS = 20;

  private static final Pattern COLOURS = Pattern.compile("\u001b\\[[0-9;?]*[A-Za-z]");

  /**
   * A guest's console, shortened.
   *
   * @param name of its file, without the folder
   * @param left how many lines were left out
   */
  record Console(String name, List<String> lines, int left) {}

  /**
   * Reads a run.
   *
   * @param named the run's folder, or its run.json
   * @throws IOException with a sentence for the user where it is none
   */
  static PastFolder read(Path named) throws IOException {
    Path file = Files.isDirectory(named) ? named.resolve("run.json") : named;
    RunDocument json = FinishedRun.document(named);
    FinishedRun finished = FinishedRun.of(file, json);
    return new PastFolder(file, finished.folder(), json, finished, last(finished.folder(), 1));
  }

  /** Each called by as much of its path, from the end, as tells it from the others. */
  static List<PastFolder> named(List<PastFolder> runs) {
    List<PastFolder> named = new ArrayList<>();
    for (int i = 0; i < runs.size(); i++) {
      PastFolder run = runs.get(i);
      int parts = 1;
      while (parts < run.folder.getNameCount() && isShared(last(run.folder, parts), parts, runs)) {
        parts++;
      }
      String name = last(run.folder, parts);
      // The same folder twice.
      name += isShared(name, parts, runs) ? " (" + (i + 1) + ")" : "";
      named.add(new PastFolder(run.file, run.folder, run.json, run.finished, name));
    }
    return named;
  }

  private static boolean isShared(String name, int parts, List<PastFolder> runs) {
    return runs.stream().filter(r -> last(r.folder, parts).equals(name)).count() > 1;
  }

  /** The last names of a path; all of it where it has no more. */
  private static String last(Path folder, int parts) {
    int all = folder.getNameCount();
    return all == 0 ? folder.toString() : folder.subpath(Math.max(0, all - parts), all).toString();
  }

  /**
   * The trace of a case; empty where it has none.
   *
   * @throws TraceFileException where it is there and cannot be read
   */
  Optional<Trace> trace(RunDocument.Case aCase) throws TraceFileException {
    if (aCase.trace().isEmpty()) {
      return Optional.empty();
    }
    Path file = folder.resolve(aCase.trace().get()).normalize();
    // A run.json from elsewhere must not make us show other files.
    if (!file.startsWith(folder) || !Files.isRegularFile(file)) {
      return Optional.empty();
    }
    return Optional.of(TraceFile.read(file, FinishedRun::step).trace());
  }

  /** The consoles of its guests, by name. */
  List<Console> consoles() throws IOException {
    Path console = folder.resolve("console");
    if (!Files.isDirectory(console)) {
      return List.of();
    }
    List<Console> all = new ArrayList<>();
    try (Stream<Path> files = Files.list(console)) {
      for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
        all.add(console(file));
      }
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    return all;
  }

  private static Console console(Path file) throws IOException {
    String text = new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
    List<String> lines =
        COLOURS.matcher(text).replaceAll("").lines().map(String::stripTrailing).toList();
    int tail = Math.max(0, lines.size() - LINES);
    List<String> kept = new ArrayList<>();
    lines.subList(0, tail).stream().filter(Splat::isOne).limit(SPLATS).forEach(kept::add);
    int left = tail - kept.size();
    kept.addAll(lines.subList(tail, lines.size()));
    return new Console(String.valueOf(file.getFileName()), kept, left);
  }
}
