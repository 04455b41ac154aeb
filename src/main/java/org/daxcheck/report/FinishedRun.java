package org.daxcheck.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
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
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.daxcheck.abi.RuleId;
import org.daxcheck.abi.TargetKind;
import org.daxcheck.diff.RunDiff;
import org.daxcheck.oracle.Cause;
import org.daxcheck.oracle.Divergence;
import org.daxcheck.oracle.Verdict;
import org.daxcheck.scenario.Parser;
import org.daxcheck.scenario.Scenario;
import org.daxcheck.scenario.ScenarioException;
import org.daxcheck.step.Step;
import org.daxcheck.suite.Claim;
import org.daxcheck.suite.Part;
import org.daxcheck.suite.Ruling;
import org.daxcheck.suite.Run;
import org.daxcheck.suite.Shard;
import org.daxcheck.trace.TraceFile;
import org.daxcheck.trace.TraceFileException;

/**
 * A finished run as its folder tells it. Traces are read when they are asked for.
 *
 * @param folder where run.json stands
 * @param version daxcheck's
 * @param complete false where cases are missing, such as when it was interrupted
 * @param claims what its generated parts prove of a target as a whole
 * @param retries what was tried more than once
 * @param part which part of a whole run it is; empty where it is whole
 */
public record FinishedRun(
    Path folder,
    String version,
    Instant started,
    String suite,
    long seed,
    boolean complete,
    int exitCode,
    List<Run.TargetInfo> targets,
    List<Case> cases,
    Run.Times times,
    List<Claim> claims,
    List<Ruling.Retry> retries,
    Optional<Part> part) {
  private static final ObjectMapper JSON = new ObjectMapper();

  private static final Pattern OLD_DRIVER = Pattern.compile("(?:^|, )driver ([^,]+)");

  /** Steps repeat themselves over thousands of traces; they are values and can be shared. */
  private static final Map<String, Step> STEPS = new ConcurrentHashMap<>();

  public FinishedRun {
    targets = List.copyOf(targets);
    cases = List.copyOf(cases);
    claims = List.copyOf(claims);
    retries = List.copyOf(retries);
  }

  /**
   * A scenario on a target.
   *
   * @param cited the rules that it is about, the main one first; none where it was only tried
   * @param nanos wall time in ns
   * @param trace its trace file; empty where it has none
   */
  public record Case(
      String scenario,
      String file,
      String target,
      String topology,
      List<Scenario.Cited> cited,
      Verdict verdict,
      long nanos,
      Optional<Path> trace) {
    public Case {
      cited = List.copyOf(cited);
    }

    /** As the plan had it; no two cases of a run have the same. */
    public String id() {
      return target + "/" + topology + "/" + scenario;
    }

    /** The name that a case has in every report: the scenario, a dot, the topology. */
    public String name() {
      return topology.isEmpty() ? scenario : scenario + "." + topology;
    }

    /** Reads the trace; empty where the case has none. */
    public Optional<TraceFile.Loaded> load() throws TraceFileException {
      return trace.isEmpty()
          ? Optional.empty()
          : Optional.of(TraceFile.read(trace.get(), FinishedRun::step));
    }
  }

  /** True where the target of this name is known to be a kernel, not the model. */
  public boolean isKernel(String name) {
    return targets.stream().anyMatch(t -> t.name().equals(name) && t.kind().isKernel());
  }

  /** The step of a trace's text; the same text is read once. */
  public static Step step(String text) {
    return STEPS.computeIfAbsent(
        text,
        t -> {
          try {
            return Parser.step(t);
          } catch (ScenarioException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
          }
        });
  }

  /**
   * Reads the run of a folder, or of a run.json.
   *
   * @throws IOException with a sentence for the user where there is none, or where it is damaged
   */
  public static FinishedRun read(Path folderOrFile) throws IOException {
    Path file = Files.isDirectory(folderOrFile) ? folderOrFile.resolve("run.json") : folderOrFile;
    Path journal = file.resolveSibling(RunJournal.FILE);
    if (!Files.isRegularFile(file) && Files.isRegularFile(journal)) {
      // It was ended by force; what it had judged is in its journal.
      return read(journal, RunJournal.read(journal).run());
    }
    if (!Files.isRegularFile(file)) {
      throw new IOException(
          Files.isDirectory(folderOrFile)
              ? folderOrFile + " has no run.json; name the folder of a run that came to its end"
              : folderOrFile + ": no such run; name its folder or its run.json");
    }
    try {
      return read(file, JSON.readTree(file.toFile()));
    } catch (JsonProcessingException e) {
      int line = e.getLocation() == null ? 1 : e.getLocation().getLineNr();
      throw new IOException(
          file
              + ":"
              + line
              + ": this is not JSON: "
              + e.getOriginalMessage().lines().findFirst().orElse(""),
          e);
    }
  }

  /** The run of a folder as its journal has it, whether it came to its end or not. */
  public static FinishedRun sofar(Path folder) throws IOException {
    Path journal = folder.resolve(RunJournal.FILE);
    return read(journal, RunJournal.read(journal).run());
  }

  private static FinishedRun read(Path file, JsonNode tree) throws IOException {
    try {
      return new Reading(file).run(tree);
    } catch (IllegalArgumentException | DateTimeException e) {
      throw new IOException(file + ": the run is damaged: " + e.getMessage(), e);
    }
  }

  /** The columns of this run in a comparison, one for each target. */
  public List<RunDiff.Side> sides(String name) {
    List<RunDiff.Side> sides = new ArrayList<>();
    Set<String> names = new LinkedHashSet<>();
    targets.forEach(t -> names.add(t.name()));
    cases.forEach(c -> names.add(c.target()));
    for (String target : names) {
      Run.TargetInfo info =
          targets.stream()
              .filter(t -> t.name().equals(target))
              .findFirst()
              .orElse(
                  new Run.TargetInfo(
                      target, TargetKind.GUEST, "never reached", "unknown", "", "", List.of()));
      sides.add(
          new RunDiff.Side(
              new RunDiff.Column(name, target, info.kernel(), info.dialect(), info.driver()),
              cases.stream()
                  .filter(c -> c.target().equals(target))
                  .map(FinishedRun::result)
                  .toList()));
    }
    return sides;
  }

  private static RunDiff.Result result(Case c) {
    Set<RuleId> cited = new LinkedHashSet<>();
    c.cited().forEach(r -> cited.add(r.rule()));
    return new RunDiff.Result(
        c.scenario(),
        c.topology(),
        c.file(),
        cited,
        c.verdict(),
        () -> c.load().map(TraceFile.Loaded::trace));
  }

  /** Turns run.json into a run; it knows the file for its messages. */
  private static final class Reading {
    private final Path folder;
    private final Path file;

    Reading(Path file) {
      this.file = file;
      this.folder = file.toAbsolutePath().normalize().getParent();
    }

    FinishedRun run(JsonNode run) throws IOException {
      JsonNode version = run.path("daxcheckRun");
      if (!version.isInt()) {
        throw new IOException(file + ": this is no run.json of daxcheck: no 'daxcheckRun'");
      }
      if (version.intValue() != RunJson.VERSION) {
        throw new IOException(
            file
                + ": its version is "
                + version
                + ", only "
                + RunJson.VERSION
                + " is known; use the daxcheck that wrote it");
      }
      List<Run.TargetInfo> targets = new ArrayList<>();
      for (JsonNode t : list(run, "targets", "the run")) {
        targets.add(target(t));
      }
      List<Case> cases = new ArrayList<>();
      Map<String, Integer> places = new TreeMap<>();
      for (JsonNode c : list(run, "cases", "the run")) {
        cases.add(aCase(c));
        if (c.path("place").isInt()) {
          places.put(cases.get(cases.size() - 1).id(), c.path("place").intValue());
        }
      }
      JsonNode times = run.path("timesMs");
      return new FinishedRun(
          folder,
          text(run, "version", "the run"),
          Instant.parse(text(run, "started", "the run")),
          text(run, "suite", "the run"),
          Long.parseLong(text(run, "seed", "the run")),
          run.path("complete").asBoolean(),
          run.path("exitCode").asInt(ExitCode.ERROR.code()),
          targets,
          cases,
          new Run.Times(
              nanos(times.path("boot")), nanos(times.path("kernel")), nanos(times.path("total"))),
          claims(run),
          retries(run),
          part(run.path("shard"), places));
    }

    private static List<Ruling.Retry> retries(JsonNode run) {
      List<Ruling.Retry> retries = new ArrayList<>();
      run.path("retries")
          .forEach(
              r ->
                  retries.add(
                      new Ruling.Retry(
                          text(r, "target", "a retry"),
                          text(r, "case", "a retry"),
                          text(r, "text", "a retry"))));
      return retries;
    }

    private static Optional<Part> part(JsonNode shard, Map<String, Integer> places) {
      if (shard.isMissingNode()) {
        return Optional.empty();
      }
      String text = shard.path("number").asInt() + "/" + shard.path("count").asInt();
      return Optional.of(
          new Part(
              Shard.of(text).orElseThrow(() -> new IllegalArgumentException("no shard: " + text)),
              places,
              shard.path("cases").asInt()));
    }

    private static Run.TargetInfo target(JsonNode t) {
      String name = text(t, "name", "a target");
      String kernel = text(t, "kernel", "a target");
      String dialect = text(t, "dialect", "a target");
      if (!t.has("kind")) {
        return ofOld(name, kernel, dialect, text(t, "details", "a target"));
      }
      String kind = text(t, "kind", "a target");
      List<String> topologies = new ArrayList<>();
      list(t, "topologies", "a target").forEach(o -> topologies.add(o.asText()));
      return new Run.TargetInfo(
          name,
          TargetKind.of(kind)
              .orElseThrow(
                  () ->
                      new IllegalArgumentException(
                          "target " + name + " is of the kind '" + kind + "', which is none")),
          kernel,
          dialect,
          text(t, "driver", "a target"),
          text(t, "machine", "a target"),
          topologies);
    }

    /**
     * Runs of before kinds were kept have all of it in one text, with a driver that took the place
     * of the kernel's own behind "driver "; and there were three names of targets.
     */
    private static Run.TargetInfo ofOld(
        String name, String kernel, String dialect, String details) {
      Matcher driver = OLD_DRIVER.matcher(details);
      return new Run.TargetInfo(
          name,
          TargetKind.of(name).orElse(TargetKind.GUEST),
          kernel,
          dialect,
          driver.find() ? driver.group(1).strip() : "",
          OLD_DRIVER.matcher(details).replaceAll(""),
          List.of());
    }

    /** A run without a generated part has none. */
    private static List<Claim> claims(JsonNode run) {
      List<Claim> claims = new ArrayList<>();
      if (run.has("claims")) {
        for (JsonNode c : list(run, "claims", "the run")) {
          List<String> assumes = new ArrayList<>();
          list(c, "assumes", "a claim").forEach(a -> assumes.add(a.asText()));
          claims.add(
              new Claim(
                  text(c, "target", "a claim"),
                  text(c, "what", "a claim"),
                  text(c, "proves", "a claim"),
                  assumes,
                  c.path("stands").asBoolean(),
                  text(c, "why", "a claim")));
        }
      }
      return claims;
    }

    private Case aCase(JsonNode c) {
      String scenario = text(c, "scenario", "a case");
      List<Scenario.Cited> cited = new ArrayList<>();
      for (JsonNode r : list(c, "rules", scenario)) {
        cited.add(
            new Scenario.Cited(
                RuleId.of(text(r, "rule", scenario)), text(r, "citation", scenario)));
      }
      Optional<Path> trace = Optional.empty();
      if (c.has("trace")) {
        Path named = folder.resolve(text(c, "trace", scenario)).normalize();
        if (!named.startsWith(folder)) {
          throw new IllegalArgumentException(
              "the trace of " + scenario + " is outside of the run's folder");
        }
        trace = Optional.of(named);
      }
      return new Case(
          scenario,
          text(c, "file", scenario),
          text(c, "target", scenario),
          text(c, "topology", scenario),
          cited,
          verdict(c, scenario),
          nanos(c.path("ms")),
          trace);
    }

    private static Verdict verdict(JsonNode c, String scenario) {
      Map<RuleId, Integer> judged = new TreeMap<>();
      c.path("judged")
          .properties()
          .forEach(f -> judged.put(RuleId.of(f.getKey()), f.getValue().asInt()));
      List<Divergence> divergences = new ArrayList<>();
      for (JsonNode d : list(c, "divergences", scenario)) {
        divergences.add(
            new Divergence(
                RuleId.of(text(d, "rule", scenario)),
                d.path("entry").asInt(),
                d.path("line").asInt(),
                text(d, "step", scenario),
                text(d, "aspect", scenario),
                text(d, "allowed", scenario),
                text(d, "seen", scenario),
                d.path("repeats").asInt()));
      }
      List<Verdict.Note> notes = new ArrayList<>();
      for (JsonNode n : list(c, "notes", scenario)) {
        notes.add(
            new Verdict.Note(
                RuleId.of(text(n, "rule", scenario)),
                n.path("line").asInt(),
                text(n, "step", scenario),
                text(n, "text", scenario)));
      }
      String status = text(c, "status", scenario).toUpperCase(Locale.ROOT);
      for (Verdict.Status s : Verdict.Status.values()) {
        if (s.name().equals(status)) {
          return new Verdict(s, divergences, notes, judged, why(c, s, scenario));
        }
      }
      throw new IllegalArgumentException(
          scenario + " has the status '" + c.path("status").asText() + "', which is none");
    }

    /** What is not known today, or was not kept then, counts as nothing that is known. */
    private static Verdict.Why why(JsonNode c, Verdict.Status status, String scenario) {
      String reason = text(c, "reason", scenario);
      boolean whole = status == Verdict.Status.PASS || reason.isEmpty();
      Cause otherwise =
          whole && (status == Verdict.Status.PASS || status == Verdict.Status.DIVERGENCE)
              ? Cause.NONE
              : Cause.UNKNOWN;
      return new Verdict.Why(Cause.of(c.path("cause").asText()).orElse(otherwise), reason);
    }

    private static String text(JsonNode node, String field, String where) {
      JsonNode value = node.path(field);
      if (!value.isTextual()) {
        throw new IllegalArgumentException(where + " has no text '" + field + "'");
      }
      return value.textValue();
    }

    private static JsonNode list(JsonNode node, String field, String where) {
      JsonNode value = node.path(field);
      if (!value.isArray()) {
        throw new IllegalArgumentException(where + " has no list '" + field + "'");
      }
      return value;
    }

    private static long nanos(JsonNode millis) {
      return Math.round(millis.asDouble() * 1e6);
    }
  }
}
