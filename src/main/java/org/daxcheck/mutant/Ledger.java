package org.daxcheck.mutant;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.daxcheck.io.IoReason;

/**
 * Results as they come, a JSON object a line, each written whole before the next begins. Whoever
 * continues a run takes those that are still true: made with the same kernel, suites and options,
 * and of the same fault.
 */
public final class Ledger implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final BufferedWriter out;
  private final Key key;
  private final Map<String, FaultResult> results = new LinkedHashMap<>();
  private final Map<String, String> stock = new LinkedHashMap<>();
  private final Map<String, Selftest> selftests = new LinkedHashMap<>();

  /**
   * What a result depends on, besides the fault and the scenarios.
   *
   * @param kernel package and version, of which the driver's source is
   * @param rules hash of the rules
   * @param seed draws the times of races
   * @param whole whether all scenarios were run
   */
  public record Key(String kernel, String rules, long seed, boolean whole) {}

  /** A line: a fault's result, or what the stock driver did in a case or in the kernel's test. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Line(Key key, FaultResult result, String stock, String verdict, Selftest selftest) {}

  private Ledger(BufferedWriter out, Key key) {
    this.out = out;
    this.key = key;
  }

  /**
   * Opens the file for new results.
   *
   * @param resume whether what stands in it counts; otherwise it is emptied
   */
  public static Ledger open(Path file, Key key, boolean resume) throws IOException {
    List<String> lines = resume && Files.exists(file) ? Files.readAllLines(file) : List.of();
    if (resume && Files.exists(file)) {
      // A line that was cut off must not take the next one with it.
      StringBuilder whole = new StringBuilder();
      lines.stream().filter(Ledger::isWhole).forEach(l -> whole.append(l).append('\n'));
      Files.writeString(file, whole);
    }
    BufferedWriter out =
        Files.newBufferedWriter(
            file,
            StandardCharsets.UTF_8,
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE,
            resume ? StandardOpenOption.APPEND : StandardOpenOption.TRUNCATE_EXISTING);
    Ledger ledger = new Ledger(out, key);
    for (String line : lines.stream().filter(Ledger::isWhole).toList()) {
      ledger.take(JSON.readValue(line, Line.class));
    }
    return ledger;
  }

  private static boolean isWhole(String line) {
    try {
      JSON.readValue(line, Line.class);
      return true;
    } catch (JsonProcessingException e) {
      // The end of a run that was killed.
      return false;
    }
  }

  private void take(Line line) {
    if (!key.equals(line.key())) {
      return;
    }
    if (line.result() != null) {
      results.put(line.result().fault(), line.result());
    } else if (line.stock() != null && line.verdict() != null) {
      stock.put(line.stock(), line.verdict());
    } else if (line.stock() != null && line.selftest() != null) {
      selftests.put(line.stock(), line.selftest());
    }
  }

  /** The last result of each fault. */
  public synchronized Map<String, FaultResult> results() {
    return new LinkedHashMap<>(results);
  }

  /** The verdicts of the stock driver, by scenario and topology. */
  public Map<String, String> stock() {
    return Map.copyOf(stock);
  }

  /** What the kernel's own test said of the stock driver, by topology. */
  public synchronized Map<String, Selftest> selftests() {
    return new LinkedHashMap<>(selftests);
  }

  /** Keeps the result of a fault. */
  public synchronized void add(FaultResult result) {
    results.put(result.fault(), result);
    write(new Line(key, result, null, null, null));
  }

  /** Keeps a verdict of the stock driver. */
  public synchronized void addStock(String planned, String verdict) {
    write(new Line(key, null, planned, verdict, null));
  }

  /** Keeps a result of the kernel's own test on the stock driver. */
  public synchronized void addStock(String topology, Selftest selftest) {
    selftests.put(topology, selftest);
    write(new Line(key, null, topology, null, selftest));
  }

  private void write(Line line) {
    try {
      out.write(JSON.writeValueAsString(line));
      out.write('\n');
      out.flush();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException("cannot write a result: " + IoReason.of(e), e);
    }
  }

  @Override
  public synchronized void close() throws IOException {
    out.close();
  }
}
