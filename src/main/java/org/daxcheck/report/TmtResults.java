package org.daxcheck.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import org.daxcheck.suite.Run;

/**
 * A run as the {@code results.yaml} that tmt takes from a test with {@code result: custom}. Source:
 * tmt's specification, tests, result, and its schema of results. A failure that is waived is {@code
 * info}, with the failure as its original result.
 */
public final class TmtResults {
  private static final YAMLMapper YAML =
      YAMLMapper.builder().disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER).build();

  private TmtResults() {}

  /**
   * The text of results.yaml.
   *
   * @param traces the trace file of a case, relative to results.yaml, where it has one
   */
  public static String of(Run run, Function<Run.Case, Optional<String>> traces) {
    ArrayNode all = YAML.createArrayNode();
    for (Outcome o : Outcome.of(run)) {
      ObjectNode node = all.addObject();
      String target = o.target().isEmpty() ? "" : "/" + Outcome.id(o.target());
      node.put("name", "/daxcheck" + target + "/" + Outcome.id(o.name()));
      node.put("result", o.result() == Outcome.Result.WAIVED ? "info" : o.word());
      if (o.result() == Outcome.Result.WAIVED) {
        node.put("original-result", "fail");
      }
      if (!o.why().isEmpty()) {
        node.putArray("note").add(o.why());
      }
      o.aCase().ifPresent(c -> node.put("duration", duration(c.nanos())));
      o.aCase().flatMap(traces).ifPresent(t -> node.putArray("log").add(t));
    }
    try {
      return YAML.writeValueAsString(all);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("YAML into memory failed", e);
    }
  }

  /** Whole seconds as hours, minutes and seconds. */
  private static String duration(long nanos) {
    long s = Math.round(nanos / 1e9);
    return String.format(Locale.ROOT, "%02d:%02d:%02d", s / 3600, s / 60 % 60, s % 60);
  }
}
