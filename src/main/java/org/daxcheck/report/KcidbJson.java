package org.daxcheck.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.daxcheck.suite.Run;

/**
 * A run as data for KCIDB, the kernel's database of test results; its I/O schema 5.3. Only kernels
 * are told: the model is none. Paths are the same in every run; ids hold the start of the run,
 * since they must be unique. A failure stays one though it is waived.
 */
public final class KcidbJson {
  private static final JsonMapper JSON =
      JsonMapper.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();

  private static final String ORIGIN = "daxcheck";

  /** Longest excerpt that the schema takes, in characters. */
  static final int EXCERPT = 16_384;

  private KcidbJson() {}

  /** The text of kcidb.json. */
  public static String of(Run run) {
    String unique =
        ORIGIN + ":" + run.started().toEpochMilli() + "-" + Long.toHexString(run.seed());
    ObjectNode root = JSON.createObjectNode();
    root.putObject("version").put("major", 5).put("minor", 3);
    ArrayNode checkouts = root.putArray("checkouts");
    ArrayNode builds = root.putArray("builds");
    for (Run.TargetInfo t : run.targets()) {
      if (t.kind().isKernel()) {
        String id = unique + "-" + Outcome.id(t.name());
        checkouts
            .addObject()
            .put("id", id)
            .put("origin", ORIGIN)
            .put("comment", Text.oneLine(t.kernel()));
        builds
            .addObject()
            .put("id", id)
            .put("checkout_id", id)
            .put("origin", ORIGIN)
            .put("comment", Text.oneLine(t.kernel() + ", dialect " + t.dialect()))
            .put("start_time", run.started().toString());
      }
    }
    ArrayNode tests = root.putArray("tests");
    for (Outcome o : Outcome.of(run)) {
      // A test belongs to a build; what was never reached has none.
      if (run.isKernel(o.target())) {
        test(tests.addObject(), run, unique, o);
      }
    }
    try {
      return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(root) + "\n";
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("JSON into memory failed", e);
    }
  }

  private static void test(ObjectNode node, Run run, String unique, Outcome o) {
    String target = Outcome.id(o.target());
    String path = ORIGIN + "." + target + "." + Outcome.id(o.name());
    node.put("id", unique + "-" + target + "-" + Outcome.id(o.name()));
    node.put("build_id", unique + "-" + target);
    node.put("origin", ORIGIN);
    node.put("path", path);
    node.put(
        "status",
        switch (o.result()) {
          case PASS -> "PASS";
          case FAIL, WAIVED -> "FAIL";
          case SKIP -> "SKIP";
          case ERROR -> o.aCase().flatMap(Run.Case::trace).isPresent() ? "ERROR" : "MISS";
        });
    node.put("start_time", run.started().toString());
    if (!o.why().isEmpty()) {
      node.put("comment", o.why());
    }
    run.targets().stream()
        .filter(t -> t.name().equals(o.target()) && !t.details().isEmpty())
        .forEach(t -> node.putObject("environment").put("comment", Text.oneLine(t.details())));
    o.aCase()
        .ifPresent(
            c -> {
              node.put("duration", Math.round(c.nanos() / 1e6) / 1e3);
              String excerpt = excerpt(c);
              if (!excerpt.isEmpty()) {
                node.put("log_excerpt", excerpt);
              }
              ObjectNode misc = node.putObject("misc");
              ArrayNode rules = misc.putArray("rules");
              c.scenario().rules().forEach(r -> rules.add(r.rule().toString()));
              misc.put("file", c.scenario().file());
              misc.put("verdict", c.verdict().status().name().toLowerCase(Locale.ROOT));
              misc.put("waived", o.result() == Outcome.Result.WAIVED);
            });
  }

  /** How to see each divergence by hand. */
  private static String excerpt(Run.Case c) {
    List<String> lines = new ArrayList<>();
    c.trace()
        .ifPresent(
            t ->
                c.verdict()
                    .divergences()
                    .forEach(
                        d -> {
                          lines.add(
                              d.rule()
                                  + ": expected: "
                                  + Text.oneLine(d.allowed())
                                  + "; got: "
                                  + Text.oneLine(d.seen()));
                          Reproducer.commands(t, d).forEach(l -> lines.add(Text.oneLine(l)));
                        }));
    String text = String.join("\n", lines);
    return text.length() <= EXCERPT ? text : text.substring(0, EXCERPT);
  }
}
