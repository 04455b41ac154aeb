package org.daxcheck.trace;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import org.daxcheck.abi.Dialect;
import org.daxcheck.abi.Errno;
import org.daxcheck.abi.Policy;
import org.daxcheck.abi.TargetKind;
import org.daxcheck.io.IoReason;
import org.daxcheck.step.Device;
import org.daxcheck.step.Observation;
import org.daxcheck.step.Reply;
import org.daxcheck.step.Result;
import org.daxcheck.step.Step;

/**
 * A trace as a file of JSON Lines: the first line has the format's version, the header and the
 * observation before; then a line for each entry, written when the step is done; then {@code
 * {"end":N}} with the number of entries. A run that is interrupted loses nothing but that last
 * line, and a reader sees that it is missing.
 */
public final class TraceFile {
  /** The version of the format that is written. */
  public static final int VERSION = 4;

  /**
   * The oldest version that is read; it has no {@code ueventsLost} and no {@code stuckIn}. Only the
   * newest has {@code missed}.
   */
  private static final int OLDEST = 2;

  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(JsonWriteFeature.ESCAPE_NON_ASCII)
          // Without these a misspelled or missing member would quietly become 0 or false.
          .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
          .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
          .build();

  private TraceFile() {}

  // What stands in the file; the records of the trace are free to change their shape.

  /** {@code boot} holds what the boot had left, or nothing. */
  private record FirstLine(
      int daxcheckTrace, FileHeader header, Observation before, List<Observation> boot) {}

  private record FileHeader(
      String scenario,
      String source,
      String target,
      String kind,
      String dialect,
      String kernel,
      String topology,
      String bootPolicy,
      FileDevice device,
      long baselineKib,
      boolean hotremove) {}

  private record FileDevice(
      String name, int node, long blockSize, long memmapKib, List<Device.Range> ranges) {}

  private record FileEntry(
      String phase, int line, String step, FileResult result, Observation observation) {}

  private record FileResult(
      long value,
      String errno,
      String data,
      long nanos,
      long started,
      boolean timeout,
      String killed,
      List<FileActor> actors,
      List<Result.StuckIn> stuckIn,
      boolean missed) {}

  private record FileActor(String name, List<FileResult> steps, boolean stuck) {}

  /**
   * A trace read from a file.
   *
   * @param complete true where the file has its last line, so that no entry is missing
   * @param notice what the reader left out and why, in a sentence; empty where it is complete
   */
  public record Loaded(Trace trace, boolean complete, String notice) {}

  /** A trace file that grows with the run. */
  public static final class Writer implements Closeable {
    private final OutputStream out;
    private int entries;

    private Writer(OutputStream out) {
      this.out = out;
    }

    /** Adds an entry; when this returns, the entry survives the end of this process. */
    public synchronized void append(Trace.Entry entry) throws IOException {
      line(
          new FileEntry(
              entry.phase().name().toLowerCase(Locale.ROOT),
              entry.line(),
              entry.text(),
              toFile(entry.reply().result()),
              entry.reply().observation()));
      entries++;
    }

    /** Marks the trace as complete: the scenario went to its end. */
    public synchronized void finish() throws IOException {
      line(JSON.createObjectNode().put("end", entries));
    }

    @Override
    public synchronized void close() throws IOException {
      out.close();
    }

    private void line(Object value) throws IOException {
      out.write((JSON.writeValueAsString(value) + "\n").getBytes(StandardCharsets.US_ASCII));
      out.flush();
    }
  }

  /**
   * Starts a new file with the header and the observation before the first step. A file that exists
   * is never overwritten.
   */
  public static Writer create(Path file, Trace.Header header, Observation before)
      throws IOException {
    return create(file, header, before, Optional.empty());
  }

  /** The same, where the boot had left this and nobody had used the target yet. */
  public static Writer create(
      Path file, Trace.Header header, Observation before, Optional<Observation> boot)
      throws IOException {
    if (file.getParent() != null) {
      Files.createDirectories(file.getParent());
    }
    Writer writer =
        new Writer(
            Files.newOutputStream(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE));
    try {
      writer.line(new FirstLine(VERSION, toFile(header), before, boot.stream().toList()));
    } catch (IOException e) {
      writer.close();
      throw e;
    }
    return writer;
  }

  /** Writes a whole trace to a new file, complete. */
  public static void write(Path file, Trace trace) throws IOException {
    try (Writer writer = create(file, trace.header(), trace.before(), trace.boot())) {
      for (Trace.Entry entry : trace.entries()) {
        writer.append(entry);
      }
      writer.finish();
    }
  }

  /**
   * Reads a trace.
   *
   * @param steps reads the text of a step in the scenario language; throws a RuntimeException with
   *     a sentence where it is none
   */
  public static Loaded read(Path file, Function<String, Step> steps) throws TraceFileException {
    return new Reading(file, steps).read();
  }

  /** One reading of one file; it knows the line for its messages. */
  private static final class Reading {
    private final Path file;
    private final Function<String, Step> steps;
    private int number;
    private int version;

    Reading(Path file, Function<String, Step> steps) {
      this.file = file;
      this.steps = steps;
    }

    Loaded read() throws TraceFileException {
      String text = text();
      // The split leaves an empty string behind the last newline; other content there was cut off.
      String[] lines = text.split("\n", -1);
      boolean cut = !lines[lines.length - 1].isEmpty();
      int whole = lines.length - 1;
      number = 1;
      if (whole == 0) {
        throw wrong("the file has no complete first line, so nothing can be judged", null);
      }
      FirstLine first = first(lines[0]);
      Trace.Header header = header(first.header());
      List<Trace.Entry> entries = new ArrayList<>();
      boolean complete = false;
      for (number = 2; number <= whole; number++) {
        if (complete) {
          throw wrong("nothing may follow the line 'end'", null);
        }
        JsonNode node = tree(lines[number - 1]);
        if (node.has("end")) {
          if (node.get("end").asInt(-1) != entries.size()) {
            throw wrong(
                "the line 'end' counts " + node.get("end") + " entries, not " + entries.size(),
                null);
          }
          complete = true;
        } else {
          complete(node.path("observation"));
          complete(node.path("result"));
          entries.add(entry(bind(node, FileEntry.class)));
        }
      }
      if (complete && cut) {
        throw wrong("nothing may follow the line 'end'", null);
      }
      String notice = "";
      if (cut) {
        notice = file + ":" + lines.length + ": the last line is cut off and was left out";
      } else if (!complete) {
        notice =
            file + ": the trace ends after " + entries.size() + " steps, without its last line";
      }
      return new Loaded(
          new Trace(header, first.before(), entries, first.boot().stream().findFirst()),
          complete,
          notice);
    }

    private String text() throws TraceFileException {
      try {
        return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
      } catch (NoSuchFileException e) {
        throw new TraceFileException(file + ": there is no such trace file", e);
      } catch (IOException e) {
        throw new TraceFileException(file + ": the trace cannot be read: " + IoReason.of(e), e);
      }
    }

    /** Gives an observation or a result of an older version what that version had not. */
    private void complete(JsonNode node) {
      if (version == VERSION || !(node instanceof ObjectNode object)) {
        return;
      }
      if (object.has("uevents") && version == OLDEST) {
        object.put("ueventsLost", false);
      }
      if (object.has("actors")) {
        if (version == OLDEST) {
          object.putArray("stuckIn");
        }
        object.put("missed", false);
        object.get("actors").forEach(a -> a.path("steps").forEach(this::complete));
      }
    }

    private FirstLine first(String line) throws TraceFileException {
      JsonNode node = tree(line);
      JsonNode told = node.get("daxcheckTrace");
      if (told == null) {
        throw wrong("this is not a trace of daxcheck: 'daxcheckTrace' is missing", null);
      }
      if (!told.isInt() || told.intValue() < OLDEST || told.intValue() > VERSION) {
        throw wrong(
            "trace version "
                + told
                + " is not known, only "
                + OLDEST
                + " to "
                + VERSION
                + "; use the daxcheck that wrote it",
            null);
      }
      version = told.intValue();
      complete(node.path("before"));
      if (node instanceof ObjectNode object && !object.has("boot")) {
        object.putArray("boot");
      }
      if (node.get("header") instanceof ObjectNode header && !header.has("kind")) {
        // Files of before kinds were kept have the name alone, which was one of three then.
        String name = header.path("target").asText();
        header.put("kind", TargetKind.of(name).orElse(TargetKind.GUEST).text());
      }
      return bind(node, FirstLine.class);
    }

    private Trace.Header header(FileHeader h) throws TraceFileException {
      Optional<Dialect> dialect = Dialect.of(h.dialect());
      if (dialect.isEmpty()) {
        throw wrong("'" + h.dialect() + "' is not a dialect", null);
      }
      if (Policy.of(h.bootPolicy()).isEmpty()) {
        throw wrong("'" + h.bootPolicy() + "' is not a policy", null);
      }
      return new Trace.Header(
          h.scenario(),
          h.source(),
          h.target(),
          kind(h),
          dialect.get(),
          h.kernel(),
          h.topology(),
          h.bootPolicy(),
          new Device(
              h.device().name(),
              h.device().node(),
              h.device().blockSize(),
              h.device().memmapKib(),
              h.device().ranges()),
          h.baselineKib(),
          h.hotremove());
    }

    private TargetKind kind(FileHeader h) throws TraceFileException {
      Optional<TargetKind> kind = TargetKind.of(h.kind());
      if (kind.isEmpty()) {
        throw wrong("'" + h.kind() + "' is no kind of target", null);
      }
      return kind.get();
    }

    private Trace.Entry entry(FileEntry e) throws TraceFileException {
      Trace.Phase phase = null;
      for (Trace.Phase p : Trace.Phase.values()) {
        if (p.name().toLowerCase(Locale.ROOT).equals(e.phase())) {
          phase = p;
        }
      }
      if (phase == null) {
        throw wrong("'" + e.phase() + "' is not a phase: setup, scenario or restore", null);
      }
      return new Trace.Entry(
          phase,
          e.line(),
          e.step(),
          step(e.step()),
          new Reply(fromFile(e.result()), e.observation()));
    }

    private Step step(String text) throws TraceFileException {
      try {
        return steps.apply(text);
      } catch (RuntimeException e) {
        throw wrong("the step '" + text + "' cannot be read: " + e.getMessage(), e);
      }
    }

    private JsonNode tree(String line) throws TraceFileException {
      try {
        JsonNode node = JSON.readTree(line);
        if (node.isObject()) {
          return node;
        }
      } catch (JsonProcessingException e) {
        throw wrong("this is not JSON: " + inALine(e), e);
      }
      throw wrong("this is not a JSON object", null);
    }

    private <T> T bind(JsonNode node, Class<T> type) throws TraceFileException {
      try {
        return JSON.treeToValue(node, type);
      } catch (JsonProcessingException e) {
        throw wrong("this is not a line of a trace: " + inALine(e), e);
      }
    }

    private TraceFileException wrong(String what, Throwable cause) {
      return new TraceFileException(file + ":" + number + ": " + what, cause);
    }
  }

  /**
   * Jackson's message without its second line, which tells only of Java, and where in the value.
   */
  private static String inALine(JsonProcessingException e) {
    String message = e.getOriginalMessage().lines().findFirst().orElse("");
    message = message.replaceAll("\\(?`?(org\\.daxcheck|java)\\.[\\w.$`]+\\)?", "the value");
    if (!(e instanceof JsonMappingException d) || d.getPath().isEmpty()) {
      return message;
    }
    StringBuilder path = new StringBuilder();
    for (JsonMappingException.Reference r : d.getPath()) {
      if (r.getFieldName() == null) {
        path.append('[').append(r.getIndex()).append(']');
      } else {
        path.append(path.isEmpty() ? "" : ".").append(r.getFieldName());
      }
    }
    return "at " + path + ": " + message;
  }

  private static FileHeader toFile(Trace.Header h) {
    Device d = h.device();
    return new FileHeader(
        h.scenario(),
        h.source(),
        h.target(),
        h.kind().text(),
        h.dialect().text(),
        h.kernel(),
        h.topology(),
        h.bootPolicy(),
        new FileDevice(d.name(), d.node(), d.blockSize(), d.memmapKib(), d.ranges()),
        h.baselineKib(),
        h.hotremove());
  }

  private static FileResult toFile(Result r) {
    return new FileResult(
        r.value(),
        r.errno().map(Errno::name).orElse(""),
        r.data(),
        r.nanos(),
        r.started(),
        r.timeout(),
        r.killed(),
        r.actors().stream()
            .map(
                a ->
                    new FileActor(
                        a.name(), a.steps().stream().map(TraceFile::toFile).toList(), a.stuck()))
            .toList(),
        r.stuckIn().stream().toList(),
        r.missed());
  }

  private static Result fromFile(FileResult r) {
    return new Result(
        r.value(),
        r.errno().isEmpty() ? Optional.empty() : Optional.of(new Errno(r.errno())),
        r.data(),
        r.nanos(),
        r.started(),
        r.timeout(),
        r.killed(),
        r.actors().stream()
            .map(
                a ->
                    new Result.ActorResult(
                        a.name(), a.steps().stream().map(TraceFile::fromFile).toList(), a.stuck()))
            .toList(),
        r.stuckIn().stream().findFirst(),
        r.missed());
  }
}
