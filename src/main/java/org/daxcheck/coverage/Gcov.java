package org.daxcheck.coverage;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.daxcheck.guest.Command;
import org.daxcheck.guest.GuestException;
import org.daxcheck.io.IoReason;
import org.daxcheck.io.Trees;
import org.daxcheck.target.KernelCounts;

/** Reads what a kernel counted, by the gcov of the compiler that built it. */
public final class Gcov implements AutoCloseable {
  private static final JsonMapper JSON = new JsonMapper();
  private static final Duration LIMIT = Duration.ofMinutes(1);

  private final Path notes;
  private final Path work;
  private final List<String> sources = new ArrayList<>();

  /**
   * A reader.
   *
   * @param notes the folder of a kernel's notes, with its sources beside them
   * @throws IOException where the notes cannot be read
   */
  public Gcov(Path notes) throws IOException {
    this.notes = notes;
    this.work = Files.createTempDirectory("daxcheck-gcov");
    KernelCounts.Notes all = new KernelCounts.Notes(notes);
    for (Map.Entry<String, Path> note : all.names().entrySet()) {
      Files.copy(note.getValue(), work.resolve(noteOf(note.getKey())));
      sources.add(all.source(note.getValue()));
    }
    if (sources.isEmpty()) {
      throw new IOException("there are no notes of gcov");
    }
  }

  /** The sources that count, as paths in the kernel's tree. */
  public List<String> sources() {
    return List.copyOf(sources);
  }

  /** The lines of such a source. */
  public List<String> text(String source) throws IOException {
    return Files.readAllLines(notes.resolve(source));
  }

  /**
   * The counts by source and line.
   *
   * @param data files of counters by their names, as {@link KernelCounts} has them
   * @throws GuestException where gcov cannot read them
   */
  public Map<String, SortedMap<Integer, CountedLine>> read(Map<String, byte[]> data)
      throws IOException, GuestException {
    List<String> words =
        new ArrayList<>(List.of("gcov", "--json-format", "--stdout", "--branch-probabilities"));
    for (Map.Entry<String, byte[]> file : data.entrySet()) {
      if (Files.exists(work.resolve(noteOf(file.getKey())))) {
        Files.write(work.resolve(file.getKey()), file.getValue());
        words.add(file.getKey());
      }
    }
    Command.Output output =
        Command.run(LIMIT, work, Map.of(), line -> {}, words.toArray(String[]::new));
    if (!output.ok() || output.err().contains("mismatch")) {
      throw new GuestException("gcov cannot read the counts: " + output.complaint());
    }
    return parse(output.out());
  }

  private static String noteOf(String data) {
    return data.replace(KernelCounts.DATA, KernelCounts.NOTE);
  }

  /** What gcov prints: a document for each file that it was given, of more sources than that. */
  Map<String, SortedMap<Integer, CountedLine>> parse(String printed) throws IOException {
    Map<String, SortedMap<Integer, CountedLine>> all = new TreeMap<>();
    try (MappingIterator<JsonNode> documents = JSON.readerFor(JsonNode.class).readValues(printed)) {
      while (documents.hasNext()) {
        for (JsonNode file : documents.next().path("files")) {
          String path = file.path("file").asText();
          sources.stream()
              .filter(s -> path.equals(s) || path.endsWith("/" + s))
              .findFirst()
              .ifPresent(s -> lines(file, all.computeIfAbsent(s, x -> new TreeMap<>())));
        }
      }
    }
    return all;
  }

  /** A line that was compiled more than once, as in a header, is told more than once. */
  private static void lines(JsonNode file, SortedMap<Integer, CountedLine> into) {
    for (JsonNode line : file.path("lines")) {
      List<Long> branches = new ArrayList<>();
      line.path("branches").forEach(b -> branches.add(b.path("count").asLong()));
      CountedLine counted = new CountedLine(line.path("count").asLong(), branches);
      into.merge(line.path("line_number").asInt(), counted, Gcov::more);
    }
  }

  private static CountedLine more(CountedLine a, CountedLine b) {
    List<Long> branches = new ArrayList<>(a.branches());
    branches.addAll(b.branches());
    return new CountedLine(Math.max(a.count(), b.count()), branches);
  }

  @Override
  public void close() {
    try {
      Trees.remove(work);
    } catch (IOException e) {
      throw new IllegalStateException("cannot remove " + work + ": " + IoReason.of(e), e);
    }
  }
}
