package org.daxcheck.cli;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.daxcheck.abi.Dialect;
import org.daxcheck.abi.Policy;
import org.daxcheck.guest.GuestSpec;
import org.daxcheck.guest.QemuSource;
import org.daxcheck.run.Failure;
import org.daxcheck.run.Home;
import org.daxcheck.run.Results;
import org.daxcheck.run.RunFolder;
import org.daxcheck.scenario.Catalogue;
import org.daxcheck.selection.Selection;
import org.daxcheck.suite.Plan;
import org.daxcheck.suite.PlannedCase;
import org.daxcheck.suite.RunListener;
import org.daxcheck.suite.Runner;
import org.daxcheck.target.ModelSource;
import org.daxcheck.target.TargetSource;
import picocli.CommandLine;

/** Makes folders of finished runs on the model, and runs commands on them. */
final class Finished {
  static final Path HOME =
      Path.of(System.getProperty("daxcheck.home", ".")).toAbsolutePath().normalize();

  private Finished() {}

  /** A run of these scenarios on the model of this dialect, into this folder. */
  static Path run(Path folder, Dialect dialect, long seed, String... files) throws Exception {
    Catalogue catalogue = Home.catalogue();
    Selection selection =
        Selection.files(Stream.of(files).map(HOME.resolve("suites")::resolve).toList(), catalogue);
    QemuSource shapes =
        new QemuSource(
            GuestSpec.of(HOME, Path.of("unused"), Path.of("unused")),
            folder.resolve("console"),
            Optional.of(dialect));
    List<TargetSource> sources =
        List.of(new ModelSource(() -> dialect, Policy.ONLINE_MOVABLE, true, shapes::shape, seed));
    List<PlannedCase> plan = Plan.of(selection.scenarios(), selection.topologies(), sources);
    RunFolder into = RunFolder.make(folder, Instant.now());
    try (Runner conductor = new Runner(sources, plan, RunListener.NONE, into::sink, seed)) {
      plan.forEach(conductor::perform);
      new Results(
              into,
              conductor,
              catalogue,
              "some",
              Instant.parse("2026-11-22T01:02:03Z"),
              System.nanoTime(),
              seed,
              cases -> List.of())
          .finished();
    }
    return folder;
  }

  /** What a command printed, and how it ended. */
  record Said(int code, String out, String err) {
    /** What was printed, however its lines were broken. */
    String flat() {
      return out.replaceAll("\\s+", " ");
    }
  }

  static Said say(Object command, Object... words) {
    PrintStream usual = System.out;
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    StringWriter err = new StringWriter();
    try (PrintStream captured = new PrintStream(out, true, StandardCharsets.UTF_8)) {
      System.setOut(captured);
      CommandLine line = new CommandLine(command);
      line.setErr(new PrintWriter(err, true));
      line.setExecutionExceptionHandler(
          (e, at, parsed) -> {
            if (!(e instanceof Failure)) {
              throw e;
            }
            at.getErr().println(e.getMessage());
            return Main.ERROR;
          });
      int code = line.execute(Stream.of(words).map(Object::toString).toArray(String[]::new));
      return new Said(code, out.toString(StandardCharsets.UTF_8), err.toString());
    } finally {
      System.setOut(usual);
    }
  }

  static void delete(Path folder) throws IOException {
    if (folder == null || !Files.exists(folder)) {
      return;
    }
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }
}
