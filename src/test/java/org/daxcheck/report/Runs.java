package org.daxcheck.report;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import org.daxcheck.abi.Dialect;
import org.daxcheck.abi.Errno;
import org.daxcheck.abi.Grade;
import org.daxcheck.abi.RuleId;
import org.daxcheck.abi.TargetKind;
import org.daxcheck.abi.Word;
import org.daxcheck.oracle.Aspect;
import org.daxcheck.oracle.Cause;
import org.daxcheck.oracle.Divergence;
import org.daxcheck.oracle.KernelReport;
import org.daxcheck.oracle.Verdict;
import org.daxcheck.scenario.Catalogue;
import org.daxcheck.scenario.Findings;
import org.daxcheck.scenario.Scenario;
import org.daxcheck.step.Observation;
import org.daxcheck.step.Result;
import org.daxcheck.step.Step;
import org.daxcheck.suite.Run;
import org.daxcheck.trace.Sample;
import org.daxcheck.trace.Trace;

/** Builds runs by hand. */
final class Runs {
  static final RuleBook RULES = book(Findings.none());

  /** A book of the rules that these runs name, all of them alike, and one that none names. */
  static RuleBook book(Findings findings) {
    return new RuleBook(
        Stream.of(
                "ATTR-1",
                "ATTR-4",
                "TRANS-4",
                "REFUSE-1",
                "ATOMIC-2",
                "UNBIND-3",
                "CONC-1",
                "ROBUST-1")
            .map(id -> rule(id, Map.of()))
            .toList(),
        findings);
  }

  static Catalogue.Rule rule(String id, Map<Dialect, String> unjudged) {
    return new Catalogue.Rule(
        RuleId.of(id),
        "A device that is online refuses " + id + " & <every> other online type with EBUSY.",
        List.of(
            new Catalogue.Citation(
                "sysfs-bus-dax", "\"A device can only be onlined from the unplugged state\"")),
        id.equals("CONC-1") ? Set.of(Dialect.V4) : Set.of(Dialect.V4, Dialect.LINUX_7_3),
        Grade.REQUIRED,
        "",
        unjudged);
  }

  static final Function<Run.Case, Optional<String>> TRACES =
      c -> c.trace().map(t -> "traces/" + c.target() + "/" + Text.name(c) + ".jsonl");

  private final List<Run.TargetInfo> targets = new ArrayList<>();
  private final List<Run.Case> cases = new ArrayList<>();

  Runs target(String name) {
    TargetKind kind = TargetKind.of(name).orElse(TargetKind.GUEST);
    targets.add(
        new Run.TargetInfo(
            name, kind, "7.3.4", "7.3", "", "QEMU 10.0 & <TCG>", List.of("cxl", "cxl-ranges")));
    return this;
  }

  Runs pass(String target, String scenario, String rule) {
    return add(
        target,
        scenario,
        rule,
        "cxl",
        new Verdict(Verdict.Status.PASS, List.of(), List.of(), Map.of(RuleId.of(rule), 2)));
  }

  Runs diverge(String target, String scenario, String rule, String seen) {
    Divergence d =
        new Divergence(
            RuleId.of(rule), 1, 7, "write online_kernel", Aspect.RESULT, "EBUSY", seen, 2);
    Verdict.Note n =
        new Verdict.Note(RuleId.of("TRANS-4"), 8, "write unplugged", "refused once, then accepted");
    return add(
        target,
        scenario,
        rule,
        "cxl",
        new Verdict(Verdict.Status.DIVERGENCE, List.of(d), List.of(n), Map.of(RuleId.of(rule), 1)));
  }

  /** A scenario of two writers, in as many rounds: the first wins where the round is even. */
  Runs race(String target, String scenario, int rounds) {
    Step.Actors race =
        new Step.Actors(
            List.of(
                new Step.Actor("P0", List.of(Step.Write.word(Word.ONLINE))),
                new Step.Actor("P1", List.of(Step.Write.word(Word.ONLINE_MOVABLE)))),
            1000);
    Sample s = Sample.of(target);
    for (int i = 0; i < rounds; i++) {
      Result won = new Result(7, Optional.empty(), "", 100, 10L * i, false, "", List.of());
      Result lost = new Result(-1, Optional.of(Errno.EBUSY), "", 100, 10, false, "", List.of());
      List<Result.ActorResult> both =
          List.of(
              new Result.ActorResult("P0", List.of(i % 2 == 0 ? won : lost), false),
              new Result.ActorResult("P1", List.of(i % 2 == 0 ? lost : won), false));
      Result all = new Result(0, Optional.empty(), "", 0, 0, false, "", both);
      s.step(6, "race", race, all, s.unplugged());
    }
    Verdict verdict =
        new Verdict(Verdict.Status.PASS, List.of(), List.of(), Map.of(RuleId.of("CONC-1"), rounds));
    cases.add(
        new Run.Case(
            scenario(scenario, "CONC-1"), target, "cxl", verdict, Optional.of(s.trace()), 1));
    return this;
  }

  /** A scenario in which a step made the kernel log this, a report among it. */
  Runs logs(String target, String scenario, List<String> log) {
    Sample s = Sample.of(target);
    s.step(
        8,
        "write online",
        Step.Write.word(Word.ONLINE),
        Result.ok(7),
        s.online(
            "online",
            "Normal",
            log.stream()
                .map(l -> new Observation.LogLine(4, 0, l))
                .toArray(Observation.LogLine[]::new)));
    Trace trace = s.trace();
    String seen = KernelReport.in(trace.entries().get(0).reply().observation().log()).get(0).text();
    Divergence d =
        new Divergence(RuleId.of("ROBUST-1"), 0, 8, "write online", Aspect.SPLAT, "none", seen, 0);
    Verdict verdict =
        new Verdict(
            Verdict.Status.DIVERGENCE, List.of(d), List.of(), Map.of(RuleId.of("ROBUST-1"), 1));
    cases.add(
        new Run.Case(
            scenario(scenario, "ROBUST-1"), target, "cxl", verdict, Optional.of(trace), 1));
    return this;
  }

  /** A scenario in which two steps made the kernel warn. */
  Runs splats(String target, String scenario) {
    Sample s = Sample.of(target);
    for (String log : List.of("WARNING: one", "nothing of note", "WARNING: two")) {
      s.step(
          log.endsWith("two") ? 9 : 8,
          "write online",
          Step.Write.word(Word.ONLINE),
          Result.ok(7),
          s.online("online", "Normal", new Observation.LogLine(4, 0, log)));
    }
    Divergence d =
        new Divergence(
            RuleId.of("ROBUST-1"),
            0,
            8,
            "write online",
            Aspect.SPLAT,
            "none",
            "\"WARNING: one\"",
            1);
    Verdict verdict =
        new Verdict(
            Verdict.Status.DIVERGENCE, List.of(d), List.of(), Map.of(RuleId.of("ROBUST-1"), 3));
    cases.add(
        new Run.Case(
            scenario(scenario, "ROBUST-1"), target, "cxl", verdict, Optional.of(s.trace()), 1));
    return this;
  }

  Runs skip(String target, String scenario, String rule, String reason) {
    return skip(target, scenario, rule, Cause.TOO_FEW_RANGES, reason);
  }

  Runs skip(String target, String scenario, String rule, Cause cause, String reason) {
    return add(target, scenario, rule, "", Verdict.skipped(cause, reason));
  }

  Runs error(String target, String scenario, String rule, String reason) {
    return add(target, scenario, rule, "cxl", Verdict.error(Cause.INFRASTRUCTURE, reason));
  }

  Runs add(String target, String scenario, String rule, String topology, Verdict verdict) {
    Optional<Trace> trace = topology.isEmpty() ? Optional.empty() : Optional.of(trace(target));
    cases.add(new Run.Case(scenario(scenario, rule), target, topology, verdict, trace, 12_345_678));
    return this;
  }

  Run run() {
    return run(true);
  }

  Run run(boolean complete) {
    return new Run(
        "0.1.0",
        "gate",
        Instant.parse("2026-11-21T22:00:00Z"),
        Long.MAX_VALUE,
        complete,
        targets,
        cases,
        new Run.Times(8_400_000_000L, 2_000_000_000L, 12_500_000_000L));
  }

  /** A run with a case of every kind. */
  static Runs mixed() {
    return new Runs()
        .target("model")
        .target("qemu")
        .pass("model", "type-change", "REFUSE-1")
        .pass("model", "other-change", "REFUSE-1")
        .pass("model", "reads-back", "ATTR-4")
        .pass("qemu", "reads-back", "ATTR-4")
        .diverge("qemu", "type-change", "REFUSE-1", "EINVAL\u0000 \u001b[31m # SKIP ]]> \ud800")
        .diverge("qemu", "other-change", "REFUSE-1", "EINVAL\u0000 \u001b[31m # SKIP ]]> \ud800")
        .skip("qemu", "pins", "ATOMIC-2", "needs 3 ranges # SKIP not, the target has 1")
        .error("qemu", "hangs", "UNBIND-3", "guest gone: reboot: System halted\nmore");
  }

  static Trace trace(String target) {
    Sample s = Sample.of(target);
    return s.step(
            6,
            "write online_movable",
            Step.Write.word(Word.ONLINE_MOVABLE),
            Result.ok(15),
            s.online("online_movable", "Movable"))
        .step(
            7,
            "write online_kernel",
            Step.Write.word(Word.ONLINE_KERNEL),
            Result.ok(14),
            s.online("online_kernel", "Normal"))
        .trace();
  }

  static Scenario scenario(String name, String rule) {
    return new Scenario(
        name,
        "suites/" + name + ".kmem",
        List.of("Says something."),
        List.of(new Scenario.Cited(RuleId.of(rule), "sysfs-bus-dax, \"x\"")),
        new Scenario.Needs(true, 1, 1, Set.of()),
        new Scenario.Start(Optional.empty(), Optional.empty(), Optional.empty()),
        false,
        List.of(),
        "KMEM " + name + "\n");
  }
}
