package org.daxcheck.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.daxcheck.abi.Dialect;
import org.daxcheck.abi.RuleId;
import org.daxcheck.oracle.Divergence;
import org.daxcheck.oracle.Verdict.Status;
import org.daxcheck.scenario.Scenario;
import org.daxcheck.suite.Run;

/**
 * Of a run, that which tells how well the rules are covered; read from run.json, or of a run that
 * just ended.
 */
public record PastRun(Instant started, List<Target> targets, List<Case> cases) {
  private static final Pattern DRIVER = Pattern.compile("(?:^|, )driver ([^,]+)");

  public PastRun {
    targets = List.copyOf(targets);
    cases = List.copyOf(cases);
  }

  /**
   * A target.
   *
   * @param dialect as text
   * @param driver the driver that took the place of the kernel's own; empty where none did
   */
  public record Target(String name, String kernel, String dialect, String driver) {
    /** True where a kernel ran, not the model. */
    public boolean isGuest() {
      return !name.equals("model");
    }

    Optional<Dialect> knownDialect() {
      return Dialect.of(dialect);
    }
  }

  /**
   * A scenario on a target.
   *
   * @param reason why it was skipped or failed
   * @param cited the rules that the scenario is about
   * @param judged how often each rule decided, whether the scenario is about it or not
   * @param broken the rules that were broken
   */
  public record Case(
      String scenario,
      String target,
      String topology,
      Status status,
      String reason,
      Set<RuleId> cited,
      Map<RuleId, Integer> judged,
      Set<RuleId> broken) {

    /** Whether the scenario is about the rule and the rule decided. */
    boolean judges(RuleId rule) {
      return cited.contains(rule) && judged.getOrDefault(rule, 0) > 0;
    }
  }

  /** That of a run that just ended. */
  public static PastRun of(Run run) {
    List<Target> targets =
        run.targets().stream()
            .map(t -> new Target(t.name(), t.kernel(), t.dialect(), driver(t.details())))
            .toList();
    List<Case> cases = new ArrayList<>();
    for (Run.Case c : run.cases()) {
      Set<RuleId> cited = new LinkedHashSet<>();
      c.scenario().rules().stream().map(Scenario.Cited::rule).forEach(cited::add);
      Set<RuleId> broken = new LinkedHashSet<>();
      c.verdict().divergences().stream().map(Divergence::rule).forEach(broken::add);
      cases.add(
          new Case(
              c.scenario().name(),
              c.target(),
              c.topology(),
              c.verdict().status(),
              c.verdict().reason(),
              cited,
              c.verdict().judged(),
              broken));
    }
    return new PastRun(run.started(), targets, cases);
  }

  /**
   * Reads a run.json.
   *
   * @throws IOException with a sentence for the user where it is none
   */
  public static PastRun read(Path file) throws IOException {
    JsonNode run = new ObjectMapper().readTree(file.toFile());
    int version = run.path("daxcheckRun").asInt();
    if (version != RunJson.VERSION) {
      throw new IOException(
          version == 0
              ? "it is no run.json of daxcheck"
              : "its version is " + version + ", expected " + RunJson.VERSION);
    }
    List<Target> targets = new ArrayList<>();
    for (JsonNode t : run.path("targets")) {
      targets.add(
          new Target(
              t.path("name").asText(),
              t.path("kernel").asText(),
              t.path("dialect").asText(),
              driver(t.path("details").asText())));
    }
    try {
      List<Case> cases = new ArrayList<>();
      for (JsonNode c : run.path("cases")) {
        cases.add(aCase(c));
      }
      return new PastRun(Instant.parse(run.path("started").asText()), targets, cases);
    } catch (IllegalArgumentException | DateTimeException e) {
      throw new IOException("it is damaged: " + e.getMessage(), e);
    }
  }

  private static Case aCase(JsonNode c) {
    Set<RuleId> cited = new LinkedHashSet<>();
    c.path("rules").forEach(r -> cited.add(RuleId.of(r.path("rule").asText())));
    Map<RuleId, Integer> judged = new TreeMap<>();
    c.path("judged")
        .properties()
        .forEach(f -> judged.put(RuleId.of(f.getKey()), f.getValue().asInt()));
    Set<RuleId> broken = new LinkedHashSet<>();
    c.path("divergences").forEach(d -> broken.add(RuleId.of(d.path("rule").asText())));
    return new Case(
        c.path("scenario").asText(),
        c.path("target").asText(),
        c.path("topology").asText(),
        Status.valueOf(c.path("status").asText().toUpperCase(Locale.ROOT)),
        c.path("reason").asText(),
        cited,
        judged,
        broken);
  }

  /** The target of a case, where it was ever reached. */
  Optional<Target> target(Case c) {
    return targets.stream().filter(t -> t.name().equals(c.target())).findFirst();
  }

  /** The driver that a target's details name. */
  static String driver(String details) {
    Matcher m = DRIVER.matcher(details);
    return m.find() ? m.group(1).strip() : "";
  }
}
