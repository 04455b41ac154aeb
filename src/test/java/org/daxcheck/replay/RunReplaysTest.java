package org.daxcheck.replay;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.daxcheck.abi.RuleId;
import org.daxcheck.abi.TargetKind;
import org.daxcheck.abi.Word;
import org.daxcheck.oracle.Aspect;
import org.daxcheck.oracle.Divergence;
import org.daxcheck.oracle.Reproduced;
import org.daxcheck.oracle.Verdict;
import org.daxcheck.report.RuleBook;
import org.daxcheck.scenario.Findings;
import org.daxcheck.scenario.Parser;
import org.daxcheck.scenario.Scenario;
import org.daxcheck.step.Result;
import org.daxcheck.step.Step;
import org.daxcheck.suite.Run;
import org.daxcheck.target.TargetException;
import org.daxcheck.trace.Sample;
import org.testng.annotations.BeforeMethod;
import org.testng.annotations.Test;

/** Which reproducers of a run are run; the guests are fake. */
public class RunReplaysTest {
  private static final String SOURCE =
      "KMEM %s\n# A scenario.\nrule: WORD-2 (kmem.c, \"x\")\n\nwrite online -> ok\n";

  private final List<String> ran = Collections.synchronizedList(new ArrayList<>());
  private final List<String> told = Collections.synchronizedList(new ArrayList<>());

  @BeforeMethod
  public void nothingRan() {
    ran.clear();
    told.clear();
  }

  private Reproduced guests(String rule, int times) throws TargetException {
    ran.add(rule + " " + times);
    if (rule.equals("WORD-4")) {
      throw new TargetException("no guest");
    }
    return new Reproduced(times - 1, times, 1, "got ok, not EINVAL");
  }

  private Run replayed(Run run, int rules) {
    RunReplays replays = new RunReplays();
    replays.run(
        RunReplays.chosen(run, new RuleBook(List.of(), Findings.none()), rules),
        (trace, divergence, times) -> guests(divergence.rule().toString(), times),
        2,
        text -> {},
        told::add);
    return replays.in(run);
  }

  private static Run.Case aCase(String target, String name, String... rules) throws Exception {
    Scenario scenario = Parser.parse(name + ".kmem", SOURCE.formatted(name));
    Sample s = Sample.of(target);
    s.step(5, "write online", Step.Write.word(Word.ONLINE), Result.ok(7), s.unplugged());
    List<Divergence> all = new ArrayList<>();
    for (String rule : rules) {
      all.add(
          new Divergence(RuleId.of(rule), 0, 5, "write online", Aspect.RESULT, "EINVAL", "ok", 0));
    }
    Verdict.Status status = all.isEmpty() ? Verdict.Status.PASS : Verdict.Status.DIVERGENCE;
    return new Run.Case(
        scenario,
        target,
        "cxl",
        new Verdict(status, all, List.of(), Map.of()),
        Optional.of(s.trace()),
        1);
  }

  private static Run run(Run.Case... cases) {
    return new Run(
        "0",
        "gate",
        Instant.EPOCH,
        1,
        true,
        List.of(target("qemu", TargetKind.GUEST), target("lab", TargetKind.MACHINE)),
        List.of(cases),
        new Run.Times(0, 0, 0));
  }

  private static Run.TargetInfo target(String name, TargetKind kind) {
    return new Run.TargetInfo(name, kind, "7.3.4", "7.3", "", "", List.of("cxl"));
  }

  private static List<String> told(Run run) {
    return run.cases().stream()
        .flatMap(c -> c.verdict().divergences().stream())
        .map(d -> d.rule() + " " + d.reproduced().map(Reproduced::text).orElse("not run"))
        .toList();
  }

  @Test
  public void theFirstCausesAreRunEachThreeTimes() throws Exception {
    Run run =
        run(
            aCase("qemu", "a", "WORD-2"),
            aCase("qemu", "b", "WORD-3"),
            aCase("qemu", "c", "WORD-5"));
    assertThat(told(replayed(run, 2)))
        .containsExactly(
            "WORD-2 worked 2 of 3: got ok, not EINVAL",
            "WORD-3 worked 2 of 3: got ok, not EINVAL",
            "WORD-5 not run");
    assertThat(ran).containsExactlyInAnyOrder("WORD-2 3", "WORD-3 3");
  }

  @Test
  public void whatOneStepBrokeIsRunOnce() throws Exception {
    assertThat(told(replayed(run(aCase("qemu", "a", "WORD-2", "WORD-3")), 3)))
        .containsExactly("WORD-2 worked 2 of 3: got ok, not EINVAL", "WORD-3 not run");
  }

  @Test
  public void aRunWithoutDivergenceBootsNothing() throws Exception {
    Run run = run(aCase("qemu", "a"));
    assertThat(replayed(run, 3)).isSameAs(run);
    assertThat(ran).isEmpty();
  }

  @Test
  public void aMachineOfALabIsLeftAlone() throws Exception {
    assertThat(told(replayed(run(aCase("lab", "a", "WORD-2")), 3)))
        .containsExactly("WORD-2 not run");
    assertThat(ran).isEmpty();
  }

  @Test
  public void withoutAGuestItIsNotRunAndThatIsTold() throws Exception {
    assertThat(told(replayed(run(aCase("qemu", "a", "WORD-4"), aCase("qemu", "b", "WORD-5")), 3)))
        .containsExactly("WORD-4 not run", "WORD-5 worked 2 of 3: got ok, not EINVAL");
    assertThat(told).containsExactly("the reproducer of WORD-4 was not run: no guest");
  }
}
