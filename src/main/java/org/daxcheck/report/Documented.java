package org.daxcheck.report;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import org.daxcheck.abi.RuleId;
import org.daxcheck.oracle.Divergence;
import org.daxcheck.oracle.Interleavings;
import org.daxcheck.oracle.Reproduced;
import org.daxcheck.oracle.Verdict;
import org.daxcheck.scenario.Waivers.Waiver;
import org.daxcheck.suite.CompletenessResult;
import org.daxcheck.suite.GateResult;
import org.daxcheck.suite.Part;
import org.daxcheck.suite.Run;
import org.daxcheck.trace.Trace;

/** A run as the document that is written of it. */
final class Documented {
  private final Run run;
  private final RuleBook rules;
  private final Function<Run.Case, Optional<String>> traces;
  private final Function<Run.Case, Optional<Trace>> read;

  private Documented(
      Run run,
      RuleBook rules,
      Function<Run.Case, Optional<String>> traces,
      Function<Run.Case, Optional<Trace>> read) {
    this.run = run;
    this.rules = rules;
    this.traces = traces;
    this.read = read;
  }

  /**
   * The document of a run.
   *
   * @param traces the trace file of a case, relative to run.json, where it has one
   */
  static RunDocument run(Run run, RuleBook rules, Function<Run.Case, Optional<String>> traces) {
    return new Documented(run, rules, traces, Run.Case::trace).run();
  }

  /** The same without what is made of traces: races, and what does the same by hand. */
  static RunDocument outline(Run run, RuleBook rules) {
    return new Documented(run, rules, c -> Optional.empty(), c -> Optional.empty()).run();
  }

  /** One case of a run that goes on. */
  static RunDocument.Case aCase(
      Run.Case c, Run run, RuleBook rules, Function<Run.Case, Optional<String>> traces) {
    return new Documented(run, rules, traces, Run.Case::trace).aCase(c);
  }

  private RunDocument run() {
    ExitCode exit = ExitCode.of(run);
    RunSummary.Explained explained = RunSummary.explained(run, rules);
    GateResult ruling = run.ruling();
    return new RunDocument(
        RunDocument.VERSION,
        run.version(),
        run.started(),
        run.suite(),
        // As text: a number this long would lose digits in many readers of JSON.
        Long.toString(run.seed()),
        run.made()
            .map(
                m ->
                    new RunDocument.Made(
                        m.command(), m.commit(), m.program(), m.suites(), m.module())),
        run.part().map(Documented::shard),
        run.complete(),
        exit.code(),
        exit,
        times(run.times()),
        counts(RunSummary.counts(run)),
        new RunDocument.Explained(explained.explained(), explained.unexplained()),
        run.targets().stream().map(this::target).toList(),
        RunSummary.rules(run).stream().map(this::rule).toList(),
        run.claims().stream().map(Documented::claim).toList(),
        ruling.gate().map(Documented::gate),
        waivers(ruling),
        ruling.baseline().map(Documented::baseline),
        ruling.retries().stream()
            .map(r -> new RunDocument.Retry(r.target(), r.name(), r.text()))
            .toList(),
        ruling.judged().map(j -> new RunDocument.JudgedAgain(j.on(), j.version(), j.dialect())),
        run.cases().stream().map(this::aCase).toList());
  }

  static RunDocument.Shard shard(Part part) {
    return new RunDocument.Shard(part.shard().number(), part.shard().count(), part.whole());
  }

  private static RunDocument.Times times(Run.Times times) {
    return new RunDocument.Times(
        millis(times.boot()),
        millis(times.kernel()),
        millis(Math.max(0, times.total() - times.boot() - times.kernel())),
        millis(times.total()));
  }

  private static RunDocument.Counts counts(RunSummary.Counts counts) {
    return new RunDocument.Counts(
        counts.passed(), counts.diverged(), counts.skipped(), counts.errors());
  }

  private RunDocument.Target target(Run.TargetInfo t) {
    return new RunDocument.Target(
        t.name(),
        Optional.of(t.kind()),
        t.kernel(),
        t.dialect(),
        Optional.of(t.driver()),
        Optional.of(t.machine()),
        t.topologies(),
        t.details(),
        counts(RunSummary.counts(run, t.name())),
        List.copyOf(RunSummary.neverJudged(run, t.name())),
        RunSummary.judged(run, rules, t).map(Documented::coverage));
  }

  private static RunDocument.Coverage coverage(RunSummary.Judged judged) {
    return new RunDocument.Coverage(
        judged.bound(),
        judged.judged(),
        judged.missing().entrySet().stream()
            .flatMap(e -> e.getValue().stream().map(r -> new RunDocument.Missing(r, e.getKey())))
            .toList());
  }

  private RunDocument.Rule rule(RuleId rule) {
    RuleSentence text = rules.text(rule);
    Map<String, RunDocument.Counts> targets = new LinkedHashMap<>();
    for (String target : RunSummary.targets(run)) {
      targets.put(target, counts(RunSummary.counts(run, target, rule)));
    }
    return new RunDocument.Rule(rule, text.sentence(), text.citation(), targets);
  }

  private static RunDocument.Claim claim(CompletenessResult c) {
    return new RunDocument.Claim(
        c.target(), c.what(), c.proves(), c.assumes(), c.stands(), c.why());
  }

  private static RunDocument.Gate gate(GateResult.Gate gate) {
    return new RunDocument.Gate(
        gate.isOne(),
        gate.restricted(),
        gate.holes().stream()
            .map(h -> new RunDocument.Hole(h.target(), h.rule(), h.scenarios(), h.reason()))
            .toList());
  }

  private static Optional<RunDocument.Waivers> waivers(GateResult ruling) {
    if (ruling.waived().isEmpty() && ruling.needless().isEmpty() && ruling.untried().isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new RunDocument.Waivers(
            ruling.strictWaivers(),
            ruling.needless().stream().map(Documented::waiver).toList(),
            ruling.untried().stream().map(Documented::waiver).toList()));
  }

  private static RunDocument.Waiver waiver(Waiver w) {
    return new RunDocument.Waiver(
        w.place(), w.rule(), w.scenario().toString(), w.reason(), w.link(), w.expires());
  }

  private static RunDocument.UsedWaiver waiver(GateResult.Waived used) {
    Waiver w = used.waiver();
    return new RunDocument.UsedWaiver(
        w.place(),
        w.rule(),
        w.scenario().toString(),
        w.reason(),
        w.link(),
        w.expires(),
        used.expired(),
        used.counts());
  }

  private static RunDocument.Baseline baseline(GateResult.Baseline b) {
    return new RunDocument.Baseline(
        b.run(),
        b.worse().stream().map(w -> new RunDocument.Worse(w.what(), w.diverges())).toList(),
        b.better(),
        b.same());
  }

  private RunDocument.Case aCase(Run.Case c) {
    Verdict verdict = c.verdict();
    List<GateResult.Waived> waivers = run.ruling().of(c.target(), c.name());
    return new RunDocument.Case(
        Text.name(c),
        c.scenario().name(),
        c.scenario().file(),
        c.target(),
        c.topology(),
        verdict.status(),
        Optional.of(verdict.cause()),
        verdict.reason(),
        millis(c.nanos()),
        run.part().map(p -> p.places().get(c.id())),
        traces.apply(c),
        waivers.isEmpty()
            ? Optional.empty()
            : Optional.of(run.ruling().waives(c.target(), c.name())),
        waivers.stream().map(Documented::waiver).toList(),
        c.scenario().rules().stream()
            .map(r -> new RunDocument.Cited(r.rule(), r.citation()))
            .toList(),
        new TreeMap<>(verdict.judged()),
        verdict.divergences().stream().map(d -> divergence(c, d)).toList(),
        verdict.notes().stream()
            .map(n -> new RunDocument.Note(n.rule(), n.line(), n.step(), n.text()))
            .toList(),
        read.apply(c).map(Interleavings::of).orElse(List.of()).stream()
            .map(Documented::race)
            .toList());
  }

  private static RunDocument.Race race(Interleavings race) {
    return new RunDocument.Race(
        race.line(),
        race.rounds(),
        race.distinct(),
        race.outcomes().stream()
            .map(o -> new RunDocument.RaceOutcome(o.answers(), o.rounds()))
            .toList());
  }

  private RunDocument.Divergence divergence(Run.Case c, Divergence d) {
    return new RunDocument.Divergence(
        d.rule(),
        rules.text(d.rule()).citation(),
        d.entry(),
        d.line(),
        d.step(),
        d.aspect(),
        d.allowed(),
        d.seen(),
        d.repeats(),
        d.symptoms(),
        rules
            .explanation(run, c, d)
            .map(f -> new RunDocument.Finding(f.id(), f.why(), f.source(), f.status())),
        read.apply(c).map(t -> Reproducer.commands(t, d)).orElse(List.of()),
        d.reproduced().map(Documented::reproduced));
  }

  private static RunDocument.Reproduced reproduced(Reproduced r) {
    Optional<Integer> over = Optional.of(r.over()).filter(o -> o > 1);
    return new RunDocument.Reproduced(r.worked(), r.times(), over, r.why());
  }

  private static double millis(long nanos) {
    return Math.round(nanos / 1e3) / 1e3;
  }
}
