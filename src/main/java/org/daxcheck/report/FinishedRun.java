package org.daxcheck.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.daxcheck.abi.RuleId;
import org.daxcheck.abi.TargetKind;
import org.daxcheck.diff.RunDiff;
import org.daxcheck.oracle.Cause;
import org.daxcheck.oracle.Verdict;
import org.daxcheck.scenario.Parser;
import org.daxcheck.scenario.Scenario;
import org.daxcheck.scenario.ScenarioException;
import org.daxcheck.step.Step;
import org.daxcheck.suite.CompletenessResult;
import org.daxcheck.suite.GateResult;
import org.daxcheck.suite.Part;
import org.daxcheck.suite.Provenance;
import org.daxcheck.suite.Run;
import org.daxcheck.trace.Trace;
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
 * @param made what it was made by; empty where that is not kept
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
    List<CompletenessResult> claims,
    List<GateResult.Retry> retries,
    Optional<Part> part,
    Optional<Provenance> made) {
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
    Path file = file(folderOrFile);
    Path journal = file.resolveSibling(RunJournal.FILE);
    if (!Files.isRegularFile(file) && Files.isRegularFile(journal)) {
      // It was ended by force; what it had judged is in its journal.
      return sofar(folder(file));
    }
    return of(file, document(folderOrFile));
  }

  /**
   * What run.json says, of a folder or as a file.
   *
   * @throws IOException with a sentence for the user where there is none, or where it is damaged
   */
  public static RunDocument document(Path folderOrFile) throws IOException {
    Path file = file(folderOrFile);
    if (!Files.isRegularFile(file)) {
      throw new IOException(
          Files.isDirectory(folderOrFile)
              ? folderOrFile + " has no run.json; name the folder of a run that came to its end"
              : folderOrFile + ": no such run; name its folder or its run.json");
    }
    return RunJson.read(file);
  }

  /** The run of a folder as its journal has it, whether it came to its end or not. */
  public static FinishedRun sofar(Path folder) throws IOException {
    Path journal = folder.resolve(RunJournal.FILE);
    return RunReader.of(journal, folder(journal), r -> r.run(RunJournal.read(journal)));
  }

  /**
   * The run of a document.
   *
   * @param file where it stood; traces are looked for beside it
   */
  public static FinishedRun of(Path file, RunDocument document) throws IOException {
    return RunReader.of(file, folder(file), r -> r.run(document));
  }

  private static Path file(Path folderOrFile) {
    return Files.isDirectory(folderOrFile) ? folderOrFile.resolve("run.json") : folderOrFile;
  }

  private static Path folder(Path file) {
    return file.toAbsolutePath().normalize().getParent();
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
                      target,
                      TargetKind.of(target).orElse(TargetKind.GUEST),
                      "never reached",
                      "unknown",
                      "",
                      "",
                      List.of()));
      sides.add(
          new RunDiff.Side(
              new RunDiff.Column(
                  name, target, info.kind(), info.kernel(), info.dialect(), info.driver()),
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
        c.scenario(), c.topology(), c.file(), cited, c.verdict(), () -> whole(c));
  }

  /** The trace; one that ends before its scenario did is no trace to compare. */
  private static Optional<Trace> whole(Case c) throws TraceFileException {
    Optional<TraceFile.Loaded> loaded = c.load();
    boolean came = c.verdict().cause() == Cause.NONE;
    if (came && loaded.isPresent() && !loaded.get().complete()) {
      throw new TraceFileException(loaded.get().notice());
    }
    return loaded.map(TraceFile.Loaded::trace);
  }
}
