package org.daxcheck.suite;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.daxcheck.abi.Dialect;
import org.daxcheck.abi.Errno;
import org.daxcheck.abi.Policy;
import org.daxcheck.abi.Word;
import org.daxcheck.model.Outcome;
import org.daxcheck.model.State;
import org.daxcheck.oracle.Cause;
import org.daxcheck.oracle.Divergence;
import org.daxcheck.oracle.Verdict;
import org.daxcheck.report.Reproducer;
import org.daxcheck.scenario.Catalogue;
import org.daxcheck.scenario.Parser;
import org.daxcheck.scenario.Scenario;
import org.daxcheck.scenario.ScenarioException;
import org.daxcheck.scenario.Scenarios;
import org.daxcheck.step.Observation;
import org.daxcheck.step.Reply;
import org.daxcheck.step.Result;
import org.daxcheck.step.Retouched;
import org.daxcheck.step.Step;
import org.daxcheck.target.ModelTarget;
import org.daxcheck.target.Target;
import org.daxcheck.target.TargetException;
import org.daxcheck.target.TargetSource;
import org.daxcheck.trace.Trace;
import org.testng.annotations.BeforeClass;
import org.testng.annotations.Test;

/** A run goes on whatever its targets do, and each case gets the verdict that it deserves. */
public class RunnerTest {
  private static final Path SUITES = Path.of(System.getProperty("daxcheck.home", "."), "suites");

  private static final long SEED = 7;

  private Map<String, Scenario> scenarios;

  @BeforeClass
  public void load() throws Exception {
    Catalogue catalogue = Catalogue.load(SUITES.resolve("rules.yaml"));
    scenarios = new TreeMap<>();
    Scenarios.load(List.of(SUITES), catalogue).forEach(s -> scenarios.put(s.name(), s));
  }

  @Test
  public void aKernelThatDiesIsADivergenceAndTheNextCaseGetsAFreshOne() throws Exception {
    Lab lab = new Lab();
    lab.death = new Death(TargetException.Kind.KERNEL, "the kernel panicked: Oops", 2);
    Played played =
        play(lab, "read-follows-write", "same-state-online-movable", "present-while-bound");
    Verdict first = played.verdict(0);
    assertThat(first.status()).isEqualTo(Verdict.Status.DIVERGENCE);
    assertThat(first.divergences()).hasSize(1);
    assertThat(first.divergences().get(0).rule()).hasToString("ROBUST-1");
    assertThat(first.divergences().get(0).seen()).isEqualTo("the kernel panicked: Oops");
    assertThat(first.divergences().get(0).entry()).isEqualTo(2);
    assertThat(first.reason()).isEqualTo("the kernel panicked: Oops");
    assertThat(played.cases.get(0).trace().orElseThrow().entries()).hasSize(2);
    assertThat(played.verdict(1).status()).isEqualTo(Verdict.Status.PASS);
    assertThat(played.verdict(2).status()).isEqualTo(Verdict.Status.PASS);
    assertThat(lab.made).as("a fresh one after the dead").hasSize(2);
    assertThat(lab.made).allMatch(t -> t.closed == 1);
  }

  @Test
  public void theLineOfTheDeathIsNamed() throws Exception {
    Scenario scenario = scenarios.get("read-follows-write");
    for (int answered = 0; answered < scenario.lines().size(); answered++) {
      Lab lab = new Lab();
      lab.death = new Death(TargetException.Kind.KERNEL, "gone", answered);
      Played played = play(lab, scenario.name());
      assertThat(played.verdict(0).divergences().get(0).line())
          .isEqualTo(scenario.lines().get(answered).number());
    }
  }

  @Test
  public void theLineOfADeathInALaterRoundIsNamed() throws Exception {
    Lab lab = new Lab();
    lab.death = new Death(TargetException.Kind.KERNEL, "gone", 1);
    lab.deadlyRun = 3;
    Played played = play(lab, List.of(rounds("write online_movable\nwrite unplugged")));
    Verdict verdict = played.verdict(0);
    assertThat(verdict.divergences()).hasSize(1);
    assertThat(verdict.divergences().get(0).entry()).as("two rounds and a line").isEqualTo(5);
    assertThat(verdict.divergences().get(0).line()).isEqualTo(7);
    assertThat(played.added).isEqualTo(5);
  }

  /** A kernel that dies of an unplug dies before any scenario: it boots with memory online. */
  @Test
  public void aDeathOnTheWayToTheFirstScenarioIsADivergence() throws Exception {
    Lab lab = new Lab();
    lab.beginsOnline = true;
    lab.deadlyRun = 1;
    lab.death = new Death(TargetException.Kind.KERNEL, "the kernel reported a defect: Oops", 0);
    Played played = play(lab, "read-follows-write", "present-while-bound");
    Verdict first = played.verdict(0);
    assertThat(first.status()).isEqualTo(Verdict.Status.DIVERGENCE);
    Divergence divergence = first.divergences().get(0);
    assertThat(divergence.rule()).hasToString("ROBUST-1");
    assertThat(divergence.step()).isEqualTo("write unplugged");
    assertThat(divergence.in("x.kmem")).as("no line of the scenario").isEqualTo("x.kmem");
    Trace trace = played.cases.get(0).trace().orElseThrow();
    assertThat(trace.entries()).isEmpty();
    assertThat(Reproducer.commands(trace, divergence))
        .contains("echo online_movable > /sys/bus/dax/devices/dax0.0/state")
        .endsWith("echo unplugged > /sys/bus/dax/devices/dax0.0/state");
    assertThat(played.verdict(1).status()).isEqualTo(Verdict.Status.ERROR);
    assertThat(lab.made).as("the next boot would end like this one").hasSize(1);
  }

  @Test
  public void aLabThatFailsOnTheWayToTheFirstScenarioIsAnError() throws Exception {
    Lab lab = new Lab();
    lab.beginsOnline = true;
    lab.deadlyRun = 1;
    lab.death = new Death(TargetException.Kind.INFRASTRUCTURE, "the line is cut", 0);
    Verdict first = play(lab, "read-follows-write").verdict(0);
    assertThat(first.status()).isEqualTo(Verdict.Status.ERROR);
    assertThat(first.reason()).isEqualTo("the line is cut");
  }

  @Test
  public void theSeedOfTheRunDrawsTheTimes() throws Exception {
    Scenario race = rounds("P0: sleep 0us..60s\nP1: read");
    RaceTimes draw = RaceTimes.of(SEED, race);
    List<Step> drawn =
        IntStream.range(0, race.repeats())
            .mapToObj(i -> draw.times(race.lines().get(0).step()))
            .toList();
    Trace trace = play(new Lab(), List.of(race)).cases.get(0).trace().orElseThrow();
    assertThat(trace.entries()).extracting(Trace.Entry::step).isEqualTo(drawn);
  }

  private static Scenario rounds(String lines) throws ScenarioException {
    String head = "KMEM x\n# Why.\nrule: CONC-1 (doc, clause)\nrepeat: 4 times\n\n";
    return Parser.parse("x.kmem", head + lines);
  }

  @Test
  public void aBrokenLabIsAnErrorAndTheNextCaseGetsAFreshTarget() throws Exception {
    Lab lab = new Lab();
    lab.death = new Death(TargetException.Kind.INFRASTRUCTURE, "the connection is lost", 1);
    Played played = play(lab, "read-follows-write", "same-state-online-movable");
    Verdict first = played.verdict(0);
    assertThat(first.status()).isEqualTo(Verdict.Status.ERROR);
    assertThat(first.divergences()).isEmpty();
    assertThat(first.reason()).isEqualTo("the connection is lost");
    assertThat(played.cases.get(0).trace().orElseThrow().entries())
        .as("nothing is lost")
        .hasSize(1);
    assertThat(played.verdict(1).status()).isEqualTo(Verdict.Status.PASS);
    assertThat(lab.made).hasSize(2);
  }

  @Test
  public void whatWasFoundBeforeTheConnectionWasLostIsKept() throws Exception {
    Lab lab = new Lab();
    lab.lies = true;
    lab.death = new Death(TargetException.Kind.INFRASTRUCTURE, "the connection is lost", 2);
    Played played = play(lab, "read-follows-write");
    assertThat(played.verdict(0).status()).isEqualTo(Verdict.Status.DIVERGENCE);
    assertThat(played.verdict(0).divergences())
        .extracting(d -> d.rule().toString())
        .containsExactly("ATTR-3");
    assertThat(played.verdict(0).reason()).isEqualTo("the connection is lost");
  }

  @Test
  public void aSourceWithoutTargetsIsAskedOnce() throws Exception {
    Lab lab = new Lab();
    lab.refuses = "QEMU is not installed; install qemu-system-x86";
    Played played =
        play(lab, "read-follows-write", "same-state-online-movable", "present-while-bound");
    assertThat(played.cases).hasSize(3);
    assertThat(played.cases)
        .allSatisfy(
            c -> {
              assertThat(c.verdict().status()).isEqualTo(Verdict.Status.ERROR);
              assertThat(c.verdict().reason()).isEqualTo(lab.refuses);
              assertThat(c.trace()).isEmpty();
            });
    assertThat(lab.asked).isEqualTo(1);
    assertThat(lab.closed).isEqualTo(1);
  }

  @Test
  public void aTargetThatDiesAtItsFirstLookIsClosed() throws Exception {
    Lab lab = new Lab();
    lab.deadAtBirth = true;
    Played played = play(lab, "read-follows-write", "present-while-bound");
    assertThat(played.verdict(0).status()).isEqualTo(Verdict.Status.ERROR);
    assertThat(lab.made).isNotEmpty().allMatch(t -> t.closed == 1);
  }

  @Test
  public void aCleanTargetIsKept() throws Exception {
    Lab lab = new Lab();
    Played played = play(lab, "read-follows-write", "same-state-online-movable", "from-offline");
    assertThat(played.cases).allMatch(c -> c.verdict().status() == Verdict.Status.PASS);
    assertThat(lab.made).hasSize(1);
    assertThat(lab.made.get(0).closed).isEqualTo(1);
    assertThat(played.conductor.targets()).hasSize(1);
  }

  @Test
  public void aDirtyTargetIsReplaced() throws Exception {
    Lab lab = new Lab();
    Played played = play(lab, "online-leaks", "read-follows-write");
    assertThat(played.cases).allMatch(c -> c.verdict().status() == Verdict.Status.PASS);
    assertThat(lab.made).as("the leak is left until reboot").hasSize(2);
    assertThat(lab.made.get(0).closed).isEqualTo(1);
  }

  @Test
  public void aDeviceThatCannotBeBroughtBackIsReplaced() throws Exception {
    Lab lab = new Lab();
    lab.neverUnplugs = true;
    Played played = play(lab, "unplugged-to-online-kernel", "read-follows-write");
    assertThat(lab.made).hasSizeGreaterThan(1);
    assertThat(played.cases).hasSize(2);
  }

  @Test
  public void whatDoesNotFitIsSkippedAndSaysWhy() throws Exception {
    Lab lab = new Lab();
    lab.shape = List.of(1);
    Played played = play(lab, "only-online-ranges-leak");
    assertThat(played.verdict(0).status()).isEqualTo(Verdict.Status.SKIPPED);
    assertThat(played.verdict(0).reason()).isEqualTo("the device has fewer than 3 ranges");
  }

  @Test
  public void sinksEndOnceAndSayWhetherTheirTraceIsWhole() throws Exception {
    for (boolean dies : List.of(true, false)) {
      Lab lab = new Lab();
      if (dies) {
        lab.death = new Death(TargetException.Kind.KERNEL, "gone", 1);
      }
      Played played = play(lab, "read-follows-write");
      assertThat(played.ends).containsExactly(!dies);
      assertThat(played.added)
          .isEqualTo(played.cases.get(0).trace().orElseThrow().entries().size());
    }
  }

  @Test
  public void listenersHearOfEveryCase() throws Exception {
    Lab lab = new Lab();
    Played played = play(lab, "read-follows-write", "present-while-bound");
    assertThat(played.heard)
        .containsExactly(
            "started lab/t/read-follows-write",
            "finished lab/t/read-follows-write PASS",
            "started lab/t/present-while-bound",
            "finished lab/t/present-while-bound PASS");
    assertThat(played.conductor.done()).isEqualTo(played.cases);
  }

  @Test
  public void aBootThatDoesNotBindIsToldOnceByItsRule() throws Exception {
    Lab lab = new Lab();
    lab.neverBinds = true;
    Played played = play(lab, "read-follows-write", "present-while-bound", "case-matters");
    Verdict first = played.verdict(0);
    assertThat(first.status()).isEqualTo(Verdict.Status.DIVERGENCE);
    assertThat(first.cause()).isEqualTo(Cause.BOOT_FAILED);
    assertThat(first.divergences()).hasSize(1);
    Divergence told = first.divergences().get(0);
    assertThat(told.rule()).hasToString("POLICY-5");
    assertThat(told.step()).isEqualTo("the boot's bind");
    assertThat(told.allowed()).contains("driver kmem");
    assertThat(told.seen()).contains("driver none", "a bind by hand then: ENOMEM");
    assertThat(played.cases.get(0).trace().orElseThrow().boot()).isPresent();
    for (int i : List.of(1, 2)) {
      assertThat(played.verdict(i).status()).isEqualTo(Verdict.Status.SKIPPED);
      assertThat(played.verdict(i).cause()).isEqualTo(Cause.BOOT_FAILED);
      assertThat(played.verdict(i).reason()).contains("ENOMEM");
    }
    assertThat(lab.asked).as("boots").isEqualTo(1);
    assertThat(lab.made.get(0).closed).isEqualTo(1);
  }

  @Test
  public void aKernelWithoutTheDriverIsNoErrorButNothingToJudge() throws Exception {
    Lab lab = new Lab();
    lab.refuses = "6.12-rt was built without the kmem driver";
    lab.refusal = TargetException.Kind.NOT_APPLICABLE;
    Played played = play(lab, "read-follows-write", "present-while-bound");
    for (Run.Case c : played.cases) {
      assertThat(c.verdict().status()).isEqualTo(Verdict.Status.SKIPPED);
      assertThat(c.verdict().cause()).isEqualTo(Cause.NO_DRIVER);
      assertThat(c.verdict().reason()).isEqualTo(lab.refuses);
    }
    assertThat(lab.asked).isEqualTo(1);
  }

  // ---- the lab

  private record Death(TargetException.Kind kind, String message, int answered) {}

  /** Makes model targets that fail as they are told to. */
  private static final class Lab implements TargetSource {
    private final List<Mortal> made = new ArrayList<>();
    private List<Integer> shape = List.of(1, 2, 1);
    private Death death;
    private int deadlyRun = 1;
    private String refuses;
    private TargetException.Kind refusal = TargetException.Kind.INFRASTRUCTURE;
    private boolean neverBinds;
    private boolean deadAtBirth;
    private boolean lies;
    private boolean beginsOnline;
    private boolean neverUnplugs;
    private int asked;
    private int closed;

    @Override
    public String name() {
      return "lab";
    }

    @Override
    public List<Integer> shape(String topology) {
      return shape;
    }

    @Override
    public Target fresh(String topology) throws TargetException {
      asked++;
      if (refuses != null) {
        throw new TargetException(refusal, refuses, List.of(), null);
      }
      Mortal target = new Mortal(this);
      made.add(target);
      return target;
    }

    @Override
    public void close() {
      closed++;
    }
  }

  private static final class Mortal extends ModelTarget {
    private final Lab lab;
    private int runs;
    private int closed;

    Mortal(Lab lab) {
      super(
          Dialect.LINUX_7_3,
          "t",
          ModelTarget.device(lab.shape),
          Policy.ONLINE_MOVABLE,
          new Random(3));
      this.lab = lab;
    }

    @Override
    public String name() {
      return "lab";
    }

    @Override
    public boolean isUnused() {
      return lab.neverBinds;
    }

    @Override
    public List<Reply> run(List<Step> steps) throws TargetException {
      if (lab.neverBinds) {
        if (runs++ == 0) {
          super.run(List.of(new Step.Unbind()));
        }
        return neverBound(steps);
      }
      if (lab.deadAtBirth) {
        throw new TargetException("nobody answers");
      }
      if (runs == 0 && lab.beginsOnline) {
        super.run(List.of(Step.Write.word(Word.ONLINE_MOVABLE)));
      }
      // The first is the look that opens a session; only the first target dies.
      if (runs++ == lab.deadlyRun && lab.death != null && lab.made.size() == 1) {
        Death d = lab.death;
        List<Reply> answered = super.run(steps.subList(0, d.answered()));
        throw new TargetException(d.kind(), d.message(), answered, null);
      }
      return super.run(steps);
    }

    private List<Reply> neverBound(List<Step> steps) throws TargetException {
      List<Reply> replies = new ArrayList<>();
      for (Step step : steps) {
        boolean binds = step.kind() == Step.Kind.BIND;
        Step done = binds ? Step.Look.at(Step.Aspect.DRIVER) : step;
        Reply reply = super.run(List.of(done)).get(0);
        replies.add(binds ? new Reply(Result.error(Errno.ENOMEM), reply.observation()) : reply);
      }
      return replies;
    }

    @Override
    protected Outcome choose(State from, Step step, List<Outcome> allowed) {
      List<Outcome> refusals =
          allowed.stream().filter(o -> o.answer().toString().equals("EBUSY")).toList();
      List<Outcome> others =
          allowed.stream().filter(o -> !o.answer().toString().equals("EBUSY")).toList();
      boolean refuse = lab.neverUnplugs && !refusals.isEmpty() || others.isEmpty();
      return refuse ? refusals.get(0) : others.get(0);
    }

    @Override
    protected Observation observe(State now, Step step, Outcome outcome, State before) {
      Observation o = super.observe(now, step, outcome, before);
      if (!lab.lies) {
        return o;
      }
      return Retouched.of(o)
          .attributes(
              o.attributes().stream()
                  .map(
                      a ->
                          a.present()
                              ? new Observation.Attribute(a.name(), "0666", 0, 0, "", a.text())
                              : a)
                  .toList())
          .done();
    }

    @Override
    public void close() {
      closed++;
    }
  }

  /** A run that is over. */
  private static final class Played implements RunListener, TraceSink {
    private final List<Run.Case> cases = new ArrayList<>();
    private final List<String> heard = new ArrayList<>();
    private final List<Boolean> ends = new ArrayList<>();
    private int added;
    private Runner conductor;

    Verdict verdict(int index) {
      return cases.get(index).verdict();
    }

    @Override
    public void started(PlannedCase planned) {
      heard.add("started " + planned);
    }

    @Override
    public void finished(PlannedCase planned, Run.Case done) {
      heard.add("finished " + planned + " " + done.verdict().status());
    }

    @Override
    public void begin(
        Trace.Header header, Observation before, java.util.Optional<Observation> boot) {
      assertThat(header.target()).isEqualTo("lab");
    }

    @Override
    public void add(Trace.Entry entry) {
      added++;
    }

    @Override
    public void end(boolean whole) {
      ends.add(whole);
    }
  }

  private Played play(Lab lab, String... names) {
    assertThat(scenarios).containsKeys(names);
    return play(lab, Stream.of(names).map(scenarios::get).toList());
  }

  private static Played play(Lab lab, List<Scenario> chosen) {
    Played played = new Played();
    List<PlannedCase> plan = chosen.stream().map(s -> new PlannedCase(s, "lab", "t")).toList();
    try (Runner conductor = new Runner(List.of(lab), plan, played, c -> played, SEED)) {
      played.conductor = conductor;
      plan.forEach(c -> played.cases.add(conductor.perform(c)));
    }
    return played;
  }
}
