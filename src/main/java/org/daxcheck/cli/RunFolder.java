package org.daxcheck.cli;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.daxcheck.step.Observation;
import org.daxcheck.suite.PlannedCase;
import org.daxcheck.suite.Run;
import org.daxcheck.suite.TraceSink;
import org.daxcheck.trace.Trace;
import org.daxcheck.trace.TraceFile;

/** Where the results of a run go. */
final class RunFolder {
  /** What a run writes; with an own folder, only these are replaced. */
  private static final List<String> OURS =
      List.of(
          "run.json",
          "results.ktap",
          "results.kselftest.ktap",
          "results.yaml",
          "kcidb.json",
          "lava.txt",
          "mail.txt",
          "junit.xml",
          "report.txt",
          "report.html",
          "traces",
          "console",
          "allure-results");

  private final Path path;
  private final Map<String, String> traces = new ConcurrentHashMap<>();

  private RunFolder(Path path) {
    this.path = path;
  }

  /**
   * The folder the user named, emptied of an earlier run, or a new one with the time in its name.
   */
  static RunFolder make(Path named, Instant started) {
    try {
      if (named != null) {
        Files.createDirectories(named);
        for (String old : OURS) {
          remove(named.resolve(old));
        }
        return new RunFolder(named);
      }
      Path all = Home.folder().resolve("reports/out");
      Files.createDirectories(all);
      String time =
          DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss").withZone(ZoneOffset.UTC).format(started);
      for (int i = 1; ; i++) {
        Path fresh = all.resolve(i == 1 ? time : time + "-" + i);
        try {
          Files.createDirectory(fresh);
        } catch (FileAlreadyExistsException e) {
          // Two runs began in the same second; the later takes the next name.
          continue;
        }
        Path link = all.resolve("latest.new." + fresh.getFileName());
        Files.deleteIfExists(link);
        Files.createSymbolicLink(link, fresh.getFileName());
        Files.move(
            link,
            all.resolve("latest"),
            StandardCopyOption.REPLACE_EXISTING,
            StandardCopyOption.ATOMIC_MOVE);
        return new RunFolder(fresh);
      }
    } catch (IOException e) {
      throw new Failure("cannot write results: " + e.getMessage() + "; name a folder with --out");
    }
  }

  /** Removes a file, or a folder with all below it; nothing where there is none. */
  static void remove(Path old) throws IOException {
    if (!Files.exists(old)) {
      return;
    }
    try (Stream<Path> below = Files.walk(old)) {
      for (Path file : below.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  Path path() {
    return path;
  }

  /** The trace file of a case, relative to the folder, where it has one. */
  Optional<String> traceOf(Run.Case done) {
    return Optional.ofNullable(traces.get(done.id()));
  }

  /** What takes the trace of a case: a file below {@code traces}. */
  TraceSink sink(PlannedCase planned) {
    String relative = "traces/" + planned.id() + ".jsonl";
    Path file = path.resolve(relative);
    return new TraceSink() {
      private TraceFile.Writer writer;

      @Override
      public void begin(Trace.Header header, Observation before, Optional<Observation> boot) {
        try {
          Files.deleteIfExists(file);
          writer = TraceFile.create(file, header, before, boot);
          traces.put(planned.id(), relative);
        } catch (IOException e) {
          throw new Failure("cannot write " + file + ": " + e.getMessage());
        }
      }

      @Override
      public void add(Trace.Entry entry) {
        try {
          writer.append(entry);
        } catch (IOException e) {
          throw new Failure("cannot write " + file + ": " + e.getMessage());
        }
      }

      @Override
      public void end(boolean whole) {
        if (writer == null) {
          return;
        }
        try (TraceFile.Writer last = writer) {
          if (whole) {
            last.finish();
          }
        } catch (IOException e) {
          throw new Failure("cannot write " + file + ": " + e.getMessage());
        }
      }
    };
  }
}
