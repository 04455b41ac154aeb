package org.daxcheck.report;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.daxcheck.abi.TargetKind;
import org.daxcheck.suite.Part;
import org.daxcheck.suite.Run;

/**
 * What a run has judged so far, a line for each case, written when the case ends: whatever ends the
 * run, it can be read like a finished one, and gone on with.
 */
public final class RunJournal implements Closeable {
  /** Its name in the folder of a run. */
  public static final String FILE = "cases.jsonl";

  private final FileChannel out;
  private final RuleBook rules;
  private final Function<Run.Case, Optional<String>> traces;

  /**
   * What is needed to go on with a run.
   *
   * @param planned how many cases it has
   * @param command the words behind {@code run}, without those that only say where results go
   * @param directory where the command was given
   * @param module the driver that took the place of the kernel's own, by its hash; empty where none
   */
  public record Origin(int planned, List<String> command, String directory, String module) {
    public Origin {
      command = List.copyOf(command);
    }
  }

  /** Its first line. */
  record Head(
      int daxcheckRun,
      String version,
      Instant started,
      String suite,
      String seed,
      Optional<RunDocument.Shard> shard,
      boolean complete,
      int planned,
      List<String> command,
      String directory,
      String module) {}

  /** Every other line: a case, and the targets that were met so far. */
  record Line(List<Met> targets, @JsonProperty("case") RunDocument.Case judged) {}

  /** A target as far as it is known before the end. */
  record Met(
      String name,
      TargetKind kind,
      String kernel,
      String dialect,
      String driver,
      String machine,
      List<String> topologies,
      String details) {
    Met(Run.TargetInfo t) {
      this(
          t.name(),
          t.kind(),
          t.kernel(),
          t.dialect(),
          t.driver(),
          t.machine(),
          t.topologies(),
          t.details());
    }

    Run.TargetInfo info() {
      return new Run.TargetInfo(name, kind, kernel, dialect, driver, machine, topologies);
    }
  }

  /**
   * A journal that was read.
   *
   * @param bytes how much of the file is whole lines
   */
  record Read(Head head, List<Met> targets, List<RunDocument.Case> cases, long bytes) {}

  private RunJournal(FileChannel out, RuleBook rules, Function<Run.Case, Optional<String>> traces) {
    this.out = out;
    this.rules = rules;
    this.traces = traces;
  }

  /**
   * Begins the journal of a run.
   *
   * @param run without cases
   * @param traces the trace file of a case, relative to the folder, where it has one
   */
  public static RunJournal begin(
      Path folder,
      Run run,
      Origin origin,
      RuleBook rules,
      Function<Run.Case, Optional<String>> traces)
      throws IOException {
    RunJournal journal =
        new RunJournal(
            FileChannel.open(
                folder.resolve(FILE), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
            rules,
            traces);
    journal.line(
        new Head(
            RunDocument.VERSION,
            run.version(),
            run.started(),
            run.suite(),
            Long.toString(run.seed()),
            run.part().map(Documented::shard),
            false,
            origin.planned(),
            origin.command(),
            origin.directory(),
            origin.module()));
    return journal;
  }

  /** Goes on with the journal of a run, behind its last whole line. */
  public static RunJournal resume(
      Path folder, RuleBook rules, Function<Run.Case, Optional<String>> traces) throws IOException {
    long whole = read(folder.resolve(FILE)).bytes();
    FileChannel out = FileChannel.open(folder.resolve(FILE), StandardOpenOption.WRITE);
    out.truncate(whole);
    out.position(whole);
    return new RunJournal(out, rules, traces);
  }

  /**
   * Adds a case.
   *
   * @param targets all that were met so far
   * @param part which part of a whole the run is
   */
  public void add(Run.Case c, List<Run.TargetInfo> targets, Optional<Part> part)
      throws IOException {
    Run alone =
        new Run(
                "",
                "",
                Instant.EPOCH,
                0,
                false,
                targets,
                List.of(c),
                new Run.Times(0, 0, 0),
                List.of())
            .as(part);
    line(
        new Line(
            targets.stream().map(Met::new).toList(), Documented.aCase(c, alone, rules, traces)));
  }

  private synchronized void line(Object line) throws IOException {
    ByteBuffer bytes =
        ByteBuffer.wrap((RunJson.line(line) + "\n").getBytes(StandardCharsets.UTF_8));
    while (bytes.hasRemaining()) {
      out.write(bytes);
    }
  }

  @Override
  public void close() throws IOException {
    out.close();
  }

  /** What is needed to go on with the run of a folder. */
  public static Origin origin(Path folder) throws IOException {
    Head head = read(folder.resolve(FILE)).head();
    return new Origin(head.planned(), head.command(), head.directory(), head.module());
  }

  /** Reads a journal; a last line that was cut off counts as not there. */
  static Read read(Path file) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    int end = bytes.length;
    while (end > 0 && bytes[end - 1] != '\n') {
      end--;
    }
    List<String> lines = new String(bytes, 0, end, StandardCharsets.UTF_8).lines().toList();
    if (lines.isEmpty()) {
      throw new IOException(file + " ends within its first line: nothing was judged");
    }
    Head head = RunJson.line(file + ":1", lines.get(0), Head.class);
    Map<String, Met> targets = new LinkedHashMap<>();
    Map<String, RunDocument.Case> cases = new LinkedHashMap<>();
    for (int i = 1; i < lines.size(); i++) {
      Line line = RunJson.line(file + ":" + (i + 1), lines.get(i), Line.class);
      line.targets().forEach(t -> targets.put(t.name(), t));
      // A case that was run again, such as one that failed, counts as it came out last.
      cases.put(line.judged().target() + "/" + line.judged().name(), line.judged());
    }
    return new Read(head, List.copyOf(targets.values()), List.copyOf(cases.values()), end);
  }
}
