package org.daxcheck.suite;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.daxcheck.abi.Dialect;
import org.daxcheck.abi.Policy;
import org.daxcheck.abi.TargetKind;
import org.daxcheck.model.Outcome;
import org.daxcheck.oracle.Oracle;
import org.daxcheck.oracle.Verdict;
import org.daxcheck.report.RuleBook;
import org.daxcheck.report.RunJson;
import org.daxcheck.scenario.Catalogue;
import org.daxcheck.scenario.Findings;
import org.daxcheck.scenario.Scenario;
import org.daxcheck.scenario.Scenarios;
import org.daxcheck.target.ModelTarget;
import org.daxcheck.target.TargetException;
import org.daxcheck.trace.Trace;
import org.daxcheck.trace.TraceFile;

/** Whole runs without a guest: the model, and beside it a target with faults. */
public final class FaultyRuns {
  private static final Path SUITES = Path.of(System.getProperty("daxcheck.home", "."), "suites");
  private static final String TOPOLOGY = "cxl-ranges";
  private static final List<Integer> BLOCKS = List.of(1, 2, 1);

  private FaultyRuns() {}

  /** The rules. */
  public static Catalogue catalogue() throws Exception {
    return Catalogue.load(SUITES.resolve("rules.yaml"));
  }

  /** The scenarios of these folders below suites. */
  public static List<Scenario> scenarios(String... folders) throws Exception {
    List<Path> paths = new ArrayList<>();
    for (String folder : folders) {
      paths.add(SUITES.resolve(folder));
    }
    return Scenarios.load(paths, catalogue());
  }

  /**
   * Runs the scenarios on the model and on a target with these faults of {@link Faults}.
   *
   * @param change changes each trace of the faulty target before it is judged
   */
  public static Run run(List<Scenario> scenarios, List<String> faults, UnaryOperator<Trace> change)
      throws TargetException {
    List<Run.Case> cases = new ArrayList<>();
    for (Scenario scenario : scenarios) {
      cases.add(
          aCase(
              scenario,
              "model",
              new ModelTarget(
                  Dialect.LINUX_7_3,
                  TOPOLOGY,
                  ModelTarget.device(BLOCKS),
                  Policy.ONLINE_MOVABLE,
                  new java.util.Random(1)),
              UnaryOperator.identity()));
      cases.add(
          aCase(
              scenario,
              "faulty",
              new FaultyTarget(both(faults), Dialect.LINUX_7_3, Policy.ONLINE_MOVABLE, BLOCKS, 1),
              change));
    }
    return of(cases);
  }

  /** A run of these cases. */
  public static Run of(List<Run.Case> cases) {
    return new Run(
        "0.1.0",
        "made by hand",
        Instant.parse("2026-11-22T08:00:00Z"),
        1,
        true,
        List.of(
            new Run.TargetInfo(
                "model", TargetKind.MODEL, "model of 7.3", "7.3", "", "", List.of(TOPOLOGY)),
            new Run.TargetInfo(
                "faulty",
                TargetKind.GUEST,
                "7.3.4-faulty",
                "7.3",
                "",
                "QEMU 10.0.2, tcg",
                List.of(TOPOLOGY))),
        cases,
        new Run.Times(1_000_000_000L, 2_000_000_000L, 4_000_000_000L));
  }

  private static Run.Case aCase(
      Scenario scenario, String name, ModelTarget target, UnaryOperator<Trace> change)
      throws TargetException {
    Optional<Verdict.Why> misfit = Misfit.of(scenario, target);
    if (misfit.isPresent()) {
      return new Run.Case(scenario, name, "", Verdict.skipped(misfit.get()), Optional.empty(), 0);
    }
    Trace trace = change.apply(Session.open(target).run(scenario, TraceSink.NONE));
    return new Run.Case(
        scenario, name, TOPOLOGY, Oracle.judge(trace, scenario), Optional.of(trace), 12_000_000L);
  }

  private static FaultyTarget.Fault both(List<String> names) {
    List<FaultyTarget.Fault> faults =
        Faults.all().stream()
            .filter(f -> names.contains(f.name()))
            .map(f -> f.fault().get())
            .toList();
    if (faults.size() != names.size()) {
      throw new IllegalArgumentException("not all of " + names + " are faults");
    }
    return new FaultyTarget.Fault() {
      @Override
      public Outcome happens(FaultyTarget.Moment at) {
        for (FaultyTarget.Fault fault : faults) {
          Outcome other = fault.happens(at);
          if (other != at.usual()) {
            return other;
          }
        }
        return at.usual();
      }
    };
  }

  /** Writes run.json and the traces as a run does; several cases may have one trace. */
  public static Path write(Path folder, Run run) throws Exception {
    RuleBook book = new RuleBook(catalogue().rules(), Findings.none());
    Files.createDirectories(folder);
    RunJson.write(folder.resolve("run.json"), run, book, c -> c.trace().map(t -> file(folder, t)));
    return folder;
  }

  private static String file(Path folder, Trace trace) {
    Trace.Header h = trace.header();
    String name = "traces/" + h.target() + "/" + h.topology() + "/" + h.scenario() + ".jsonl";
    if (!Files.exists(folder.resolve(name))) {
      try {
        TraceFile.write(folder.resolve(name), trace);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return name;
  }
}
