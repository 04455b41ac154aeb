package org.daxcheck.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.daxcheck.suite.Part;
import org.daxcheck.suite.Run;

/**
 * What a run has judged so far, a line for each case, written when the case ends: whatever ends the
 * run, it can be read like a finished one, and gone on with.
 */
public final class RunJournal implements Closeable {
  /** Its name in the folder of a run. */
  public static final String FILE = "cases.jsonl";

  private static final JsonMapper JSON = JsonMapper.builder().build();

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

  /**
   * A journal that was read.
   *
   * @param run as run.json would have it
   * @param bytes how much of the file is whole lines
   */
  record Read(ObjectNode run, Origin origin, long bytes) {}

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
    ObjectNode head = JSON.createObjectNode();
    head.put("daxcheckRun", RunJson.VERSION);
    head.put("version", run.version());
    head.put("started", run.started().toString());
    head.put("suite", run.suite());
    head.put("seed", Long.toString(run.seed()));
    head.put("complete", false);
    run.part().ifPresent(p -> RunJson.shard(head, p));
    head.put("planned", origin.planned());
    ArrayNode command = head.putArray("command");
    origin.command().forEach(command::add);
    head.put("directory", origin.directory());
    head.put("module", origin.module());
    journal.line(head);
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
    ObjectNode line = JSON.createObjectNode();
    RunJson.caseOf(line, c, targets, part, rules, traces);
    line(line);
  }

  private synchronized void line(ObjectNode line) throws IOException {
    ByteBuffer bytes =
        ByteBuffer.wrap((JSON.writeValueAsString(line) + "\n").getBytes(StandardCharsets.UTF_8));
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
    return read(folder.resolve(FILE)).origin();
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
    ObjectNode run = object(file, 1, lines.get(0));
    Map<String, JsonNode> cases = new LinkedHashMap<>();
    Map<String, JsonNode> targets = new LinkedHashMap<>();
    for (int i = 1; i < lines.size(); i++) {
      ObjectNode line = object(file, i + 1, lines.get(i));
      line.path("targets").forEach(t -> targets.put(t.path("name").asText(), t));
      JsonNode c = line.path("case");
      // A case that was run again, such as one that failed, counts as it came out last.
      cases.put(c.path("target").asText() + "/" + c.path("name").asText(), c);
    }
    run.putArray("targets").addAll(targets.values());
    run.putArray("cases").addAll(cases.values());
    List<String> command = new ArrayList<>();
    run.path("command").forEach(w -> command.add(w.asText()));
    return new Read(
        run,
        new Origin(
            run.path("planned").asInt(),
            command,
            run.path("directory").asText(),
            run.path("module").asText()),
        end);
  }

  private static ObjectNode object(Path file, int number, String line) throws IOException {
    try {
      if (JSON.readTree(line) instanceof ObjectNode node) {
        return node;
      }
      throw new IOException(file + ":" + number + ": this is no line of a run's journal");
    } catch (JsonProcessingException e) {
      throw new IOException(
          file + ":" + number + ": this is not JSON: " + e.getOriginalMessage(), e);
    }
  }
}
