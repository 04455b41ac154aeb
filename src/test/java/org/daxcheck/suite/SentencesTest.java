package org.daxcheck.suite;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.daxcheck.abi.Dialect;
import org.daxcheck.abi.Policy;
import org.daxcheck.abi.RuleId;
import org.daxcheck.abi.TargetKind;
import org.daxcheck.oracle.Cause;
import org.daxcheck.oracle.Divergence;
import org.daxcheck.oracle.Oracle;
import org.daxcheck.oracle.Verdict;
import org.daxcheck.patch.Comparison;
import org.daxcheck.report.Coverage;
import org.daxcheck.report.ExitCode;
import org.daxcheck.report.FinishedRun;
import org.daxcheck.report.Gatekeeper;
import org.daxcheck.report.JunitXml;
import org.daxcheck.report.KcidbJson;
import org.daxcheck.report.KselftestKtap;
import org.daxcheck.report.Ktap;
import org.daxcheck.report.LavaSignals;
import org.daxcheck.report.PastRun;
import org.daxcheck.report.RuleBook;
import org.daxcheck.report.RunJson;
import org.daxcheck.report.TmtResults;
import org.daxcheck.scenario.Catalogue;
import org.daxcheck.scenario.Findings;
import org.daxcheck.scenario.Glob;
import org.daxcheck.scenario.Scenario;
import org.daxcheck.scenario.Waivers;
import org.daxcheck.step.Reply;
import org.daxcheck.step.Step;
import org.daxcheck.target.ForwardingTarget;
import org.daxcheck.target.ModelTarget;
import org.daxcheck.target.Target;
import org.daxcheck.target.TargetException;
import org.daxcheck.target.TargetSource;
import org.daxcheck.trace.Trace;
import org.testng.annotations.BeforeClass;
import org.testng.annotations.DataProvider;
import org.testng.annotations.Test;

/**
 * No decision hangs on the wording of a sentence: each sentence is changed, and nothing else is.
 */
public class SentencesTest {
  private static final List<Integer> BLOCKS = List.of(1, 2, 1);
  private static final String TOPOLOGY = "cxl-ranges";

  private List<Scenario> list;
  private RuleBook book;
  private Run run;

  /** One target for each way that a case can end; what runs on them is chosen by folder. */
  @BeforeClass
  public void runOnEveryKindOfTarget() throws Exception {
    Catalogue catalogue = FaultyRuns.catalogue();
    book = new RuleBook(catalogue.rules(), Findings.none());
    list = FaultyRuns.scenarios("attr", "word", "trans", "refuse", "policy", "unbind", "atomic");
    List<TargetSource> sources =
        List.of(
            new Source("model", TargetKind.MODEL, () -> model(Dialect.LINUX_7_3, 0)),
            new Source("v4", TargetKind.GUEST, () -> model(Dialect.V4, 1)),
            new Source("v3", TargetKind.GUEST, () -> model(Dialect.V3, 2)),
            new Source("v3-offline", TargetKind.GUEST, SentencesTest::offline),
            new Source("old", TargetKind.GUEST, () -> model(Dialect.ABSENT, 3)),
            new Source("faulty", TargetKind.GUEST, SentencesTest::faulty),
            new Source("dies", TargetKind.MACHINE, () -> new Dying(model(Dialect.V4, 4))),
            new Source("nowhere", TargetKind.GUEST, SentencesTest::none));
    List<PlannedCase> plan = new ArrayList<>();
    for (TargetSource source : sources) {
      list.forEach(s -> plan.add(new PlannedCase(s, source.name(), TOPOLOGY)));
    }
    try (Runner conductor = new Runner(sources, plan, RunListener.NONE, c -> TraceSink.NONE, 1)) {
      plan.forEach(conductor::perform);
      run =
          new Run(
              "0.1.0",
              "gate",
              Instant.parse("2026-11-22T08:00:00Z"),
              1,
              true,
              conductor.targets(),
              conductor.done(),
              new Run.Times(1, 2, 4));
    }
  }

  @DataProvider
  public Object[][] wordings() {
    Map<String, String> other = new HashMap<>();
    UnaryOperator<String> nonsense =
        s -> s.isEmpty() ? s : other.computeIfAbsent(s, x -> "zq" + other.size());
    UnaryOperator<String> alike = s -> s.isEmpty() ? s : "It is so.";
    UnaryOperator<String> liar =
        s ->
            s.isEmpty() ? s : "dialect v4 dialect v3 dialect 7.3 write unplugged model driver x.ko";
    UnaryOperator<String> silent = s -> "";
    return new Object[][] {{nonsense}, {alike}, {liar}, {silent}};
  }

  /** What is to be changed must be there, or nothing is proven. */
  @Test
  public void theRunHasCasesOfEveryKind() {
    Set<Verdict.Status> statuses = new TreeSet<>();
    Set<Cause> causes = new TreeSet<>();
    run.cases().forEach(c -> statuses.add(c.verdict().status()));
    run.cases().forEach(c -> causes.add(c.verdict().cause()));
    assertThat(statuses).containsExactlyInAnyOrder(Verdict.Status.values());
    assertThat(causes)
        .contains(
            Cause.NONE,
            Cause.NO_ATTRIBUTE,
            Cause.OTHER_DIALECT,
            Cause.FROZEN_POLICY,
            Cause.REFUSED_POLICY,
            Cause.KERNEL_DIED,
            Cause.INFRASTRUCTURE);
    Run ruled = Gatekeeper.rule(run, asked(Optional.empty()), book);
    assertThat(ruled.ruling().gate().orElseThrow().holes()).isNotEmpty();
    assertThat(ruled.ruling().waived()).anyMatch(GateResult.Waived::holds);
    assertThat(ruled.ruling().waived()).anyMatch(w -> !w.holds());
    assertThat(ruled.ruling().retries()).isNotEmpty();
  }

  @Test(dataProvider = "wordings")
  public void everySentenceChangedDecidesTheSame(UnaryOperator<String> wording) {
    Map<String, Object> decided = decided(run, Optional.empty());
    decided(reworded(run, wording), Optional.empty())
        .forEach((what, is) -> assertThat(is).as(what).isEqualTo(decided.get(what)));
    for (Run.TargetInfo t : run.targets()) {
      Run one = only(run, t.name());
      assertThat(decided(reworded(one, wording), Optional.empty()))
          .as(t.name())
          .isEqualTo(decided(one, Optional.empty()));
    }
  }

  @Test(dataProvider = "wordings")
  public void aFinishedRunIsReadTheSame(UnaryOperator<String> wording) throws Exception {
    Path folder = Files.createTempDirectory("sentences");
    try {
      FinishedRun then = finished(folder.resolve("a.json"), run);
      FinishedRun other = finished(folder.resolve("b.json"), reworded(run, wording));
      assertThat(decided(run, Optional.of(other))).isEqualTo(decided(run, Optional.of(then)));
      assertThat(coverage(PastRun.of(other))).isEqualTo(coverage(PastRun.of(run)));
      for (Run.TargetInfo t : run.targets()) {
        assertThat(exit(PastRun.of(then), PastRun.of(other), t.name()))
            .isEqualTo(exit(PastRun.of(run), PastRun.of(run), t.name()));
      }
      assertThat(other.cases().stream().map(c -> c.verdict().cause()).toList())
          .isEqualTo(run.cases().stream().map(c -> c.verdict().cause()).toList());
    } finally {
      Files.delete(folder.resolve("a.json"));
      Files.delete(folder.resolve("b.json"));
      Files.delete(folder);
    }
  }

  @Test(dataProvider = "wordings")
  public void aTraceIsJudgedTheSame(UnaryOperator<String> wording) {
    for (Run.Case c : run.cases()) {
      if (c.trace().isPresent()) {
        Verdict was = Oracle.judge(c.trace().get(), c.scenario());
        Verdict is = Oracle.judge(reworded(c.trace().get(), wording), c.scenario());
        assertThat(rules(is)).as(c.name()).isEqualTo(rules(was));
      }
    }
  }

  // ---- what is decided

  private Map<String, Object> decided(Run bare, Optional<FinishedRun> baseline) {
    Run ruled = Gatekeeper.rule(bare, asked(baseline), book);
    GateResult r = ruled.ruling();
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("exit", ExitCode.of(ruled));
    all.put(
        "holes",
        r.gate().orElseThrow().holes().stream()
            .map(h -> h.target() + " " + h.rule() + " " + h.scenarios())
            .toList());
    all.put(
        "waived",
        r.waived().stream()
            .map(w -> w.target() + " " + w.name() + " " + w.rule() + " " + w.holds())
            .toList());
    all.put("other waivers", List.of(r.needless(), r.untried()));
    all.put("retries", r.retries().stream().map(t -> t.target() + " " + t.name()).toList());
    all.put(
        "baseline",
        r.baseline()
            .map(b -> b.same() + " " + b.worse().stream().map(GateResult.Worse::diverges).toList())
            .orElse(""));
    all.put("coverage", coverage(PastRun.of(ruled)));
    all.put("junit", found("<(testcase|failure|error|skipped)\\b", JunitXml.of(ruled, book)));
    String directive = "(?m)^ *((?:not )?ok [0-9]+ \\S+(?: # (?:SKIP|ERROR|XFAIL))?)";
    all.put("ktap", found(directive, Ktap.of(ruled, book)));
    all.put("kselftest", found(directive.replace("^ *", "^[# ]*"), KselftestKtap.of(ruled)));
    all.put("lava", found("TEST_CASE_ID=\\S+ RESULT=(\\S+?)>?$", LavaSignals.of(ruled)));
    all.put("tmt", found("(?m)^ *result: (\\S+)", TmtResults.of(ruled, c -> Optional.empty())));
    all.put("kcidb", found("\"status\" : \"(\\w+)\"", KcidbJson.of(ruled)));
    return all;
  }

  private static Object exit(PastRun before, PastRun now, String target) {
    Comparison c = Comparison.of(before, now, target);
    return List.of(c.exit(now), c.silent().size(), c.failed().size(), c.lost(), c.unjudged());
  }

  private static List<String> found(String pattern, String text) {
    List<String> all = new ArrayList<>();
    Matcher m = Pattern.compile(pattern).matcher(text);
    while (m.find()) {
      all.add(m.group(1));
    }
    return all;
  }

  private List<Object> coverage(PastRun past) {
    Coverage coverage = Coverage.of(List.of(past));
    return List.of(coverage.marks(), coverage.table(book));
  }

  private static Object rules(Verdict v) {
    return List.of(
        v.status(),
        v.cause(),
        v.judged(),
        v.divergences().stream().map(d -> d.rule() + " " + d.entry()).toList());
  }

  private Gatekeeper.Asked asked(Optional<FinishedRun> baseline) {
    return new Gatekeeper.Asked(
        Optional.of(list),
        "",
        new Waivers(
            List.of(
                waiver("WORD-2", Set.of()),
                waiver("ROBUST-1", Set.of(Dialect.V4)),
                waiver("TRANS-1", Set.of(Dialect.LINUX_7_3)))),
        true,
        LocalDate.parse("2026-11-22"),
        baseline.map(b -> new Gatekeeper.Earlier("earlier", b)),
        List.of(),
        Optional.empty());
  }

  private static Waivers.Waiver waiver(String rule, Set<Dialect> dialects) {
    return new Waivers.Waiver(
        "waivers.yaml:1",
        RuleId.of(rule),
        new Glob("*"),
        dialects,
        List.of(),
        "known",
        "https://example.org/1",
        LocalDate.parse("2027-01-01"));
  }

  private FinishedRun finished(Path file, Run of) throws Exception {
    RunJson.write(file, of, book, c -> Optional.empty());
    return FinishedRun.read(file);
  }

  // ---- other words for everything

  private static Run reworded(Run of, UnaryOperator<String> as) {
    return new Run(
        of.version(),
        of.suite(),
        of.started(),
        of.seed(),
        of.complete(),
        of.targets().stream()
            .map(
                t ->
                    new Run.TargetInfo(
                        t.name(),
                        t.kind(),
                        t.kernel(),
                        t.dialect(),
                        t.driver(),
                        as.apply(t.machine()),
                        t.topologies()))
            .toList(),
        of.cases().stream().map(c -> reworded(c, as)).toList(),
        of.times());
  }

  private static Run.Case reworded(Run.Case c, UnaryOperator<String> as) {
    Verdict v = c.verdict();
    Verdict verdict =
        new Verdict(
            v.status(),
            v.divergences().stream()
                .map(
                    d ->
                        new Divergence(
                            d.rule(),
                            d.entry(),
                            d.line(),
                            as.apply(d.step()),
                            d.aspects(),
                            as.apply(d.allowed()),
                            as.apply(d.seen()),
                            d.repeats()))
                .toList(),
            v.notes().stream()
                .map(
                    n ->
                        new Verdict.Note(
                            n.rule(), n.line(), as.apply(n.step()), as.apply(n.text())))
                .toList(),
            v.judged(),
            new Verdict.Why(v.cause(), as.apply(v.reason())));
    return new Run.Case(
        c.scenario(),
        c.target(),
        c.topology(),
        verdict,
        c.trace().map(t -> reworded(t, as)),
        c.nanos());
  }

  private static Trace reworded(Trace t, UnaryOperator<String> as) {
    return new Trace(
        t.header(),
        t.before(),
        t.entries().stream()
            .map(e -> new Trace.Entry(e.phase(), e.line(), as.apply(e.text()), e.step(), e.reply()))
            .toList());
  }

  private static Run only(Run of, String target) {
    return new Run(
        of.version(),
        of.suite(),
        of.started(),
        of.seed(),
        of.complete(),
        of.targets().stream().filter(t -> t.name().equals(target)).toList(),
        of.cases().stream().filter(c -> c.target().equals(target)).collect(Collectors.toList()),
        of.times());
  }

  // ---- the targets

  private static Target model(Dialect dialect, long seed) {
    return new ModelTarget(
        dialect, TOPOLOGY, ModelTarget.device(BLOCKS), Policy.ONLINE_MOVABLE, new Random(seed));
  }

  private static Target offline() {
    return new ModelTarget(
        Dialect.V3, TOPOLOGY, ModelTarget.device(BLOCKS), Policy.OFFLINE, new Random(6));
  }

  private static Target faulty() {
    return new FaultyTarget(
        Faults.all().stream()
            .filter(f -> f.name().equals("bad word is ENOENT"))
            .findFirst()
            .orElseThrow()
            .fault()
            .get(),
        Dialect.LINUX_7_3,
        Policy.ONLINE_MOVABLE,
        BLOCKS,
        5);
  }

  private static Target none() throws TargetException {
    throw new TargetException("no guest is to be had");
  }

  /** A kernel that dies of each sixth batch of steps. */
  private static final class Dying extends ForwardingTarget {
    private final Target target;
    private int batches;

    Dying(Target target) {
      super(target);
      this.target = target;
    }

    @Override
    public List<Reply> run(List<Step> steps) throws TargetException {
      List<Reply> replies = target.run(steps);
      if (++batches % 6 == 0) {
        throw new TargetException(
            TargetException.Kind.KERNEL,
            "the kernel died",
            replies.subList(0, replies.size() - 1),
            null);
      }
      return replies;
    }

    @Override
    public void close() {
      target.close();
    }
  }

  /** Something that can be made. */
  private interface Maker {
    Target make() throws TargetException;
  }

  /** Targets of a name and kind. */
  private record Source(String name, TargetKind kind, Maker maker) implements TargetSource {
    @Override
    public List<Integer> shape(String topology) {
      return BLOCKS;
    }

    @Override
    public Target fresh(String topology) throws TargetException {
      Target target = maker.make();
      return new ForwardingTarget(target) {
        @Override
        public String name() {
          return Source.this.name();
        }

        @Override
        public TargetKind kind() {
          return Source.this.kind();
        }

        @Override
        public String details() {
          return "QEMU 10.0.2, tcg";
        }

        @Override
        public void close() {
          target.close();
        }
      };
    }

    @Override
    public void close() {
      // Nothing is kept.
    }
  }
}
