package org.daxcheck.suite;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/**
 * How long each case took on a guest; what was never measured is guessed.
 *
 * @param millis by the name of the case, such as {@code case-matters.cxl}, in ms
 */
public record MeasuredTimes(Map<String, Long> millis) {
  private static final YAMLMapper YAML = new YAMLMapper();

  public MeasuredTimes {
    millis = Map.copyOf(millis);
  }

  /** About how long a case takes, in ms. */
  public long of(PlannedCase c) {
    return millis.getOrDefault(c.scenario().name() + "." + c.topology(), ParallelRunner.guess(c));
  }

  /**
   * Reads what {@link #text()} wrote.
   *
   * @throws IOException with a sentence for the user where the file cannot be read
   */
  public static MeasuredTimes load(Path file) throws IOException {
    try {
      return new MeasuredTimes(
          YAML.readValue(Files.readString(file), new TypeReference<Map<String, Long>>() {}));
    } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
      throw new IOException(
          file
              + " is no list of times in ms: "
              + e.getOriginalMessage().lines().findFirst().orElse(""),
          e);
    }
  }

  /** The text of a file of them. */
  public String text() {
    StringBuilder out =
        new StringBuilder("# Written by ./daxcheck coverage --times FILE; do not edit. In ms.\n");
    new TreeMap<>(millis)
        .forEach((name, ms) -> out.append(name).append(": ").append(ms).append('\n'));
    return out.toString();
  }
}
