package org.daxcheck.oracle;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.daxcheck.abi.Dialect;
import org.daxcheck.abi.Policy;
import org.daxcheck.abi.RuleId;
import org.daxcheck.model.Outcome;
import org.daxcheck.model.State;
import org.daxcheck.scenario.Parser;
import org.daxcheck.scenario.Scenario;
import org.daxcheck.scenario.ScenarioException;
import org.daxcheck.scenario.StepText;
import org.daxcheck.step.Device;
import org.daxcheck.step.Observation;
import org.daxcheck.step.Reply;
import org.daxcheck.step.Result;
import org.daxcheck.step.Step;
import org.daxcheck.target.ModelTarget;
import org.daxcheck.target.TargetException;
import org.daxcheck.trace.Trace;

/** A target that does steps one by one, each reply of which may be made wrong. */
class Story extends ModelTarget {
  private final List<Trace.Entry> entries = new ArrayList<>();
  private Observation before;
  private String answer = "ok";
  private Scenario scenario = about(List.of());

  Story() throws TargetException {
    this(Dialect.LINUX_7_3, 1);
  }

  Story(Dialect dialect, long seed) throws TargetException {
    this(dialect, seed, 0);
  }

  Story(Dialect dialect, long seed, long taint) throws TargetException {
    this(dialect, seed, taint, Shown.DEVICE);
  }

  Story(Device device) throws TargetException {
    this(Dialect.LINUX_7_3, 1, 0, device);
  }

  private Story(Dialect dialect, long seed, long taint, Device device) throws TargetException {
    super(dialect, "cxl-ranges", device, Policy.ONLINE_MOVABLE, new Random(seed));
    Step look = Step.Look.at(Step.Aspect.ATTRIBUTE);
    this.before = Shown.taint(run(List.of(look)).get(0).observation(), taint);
  }

  /** From now on the outcome with this answer is taken where there are several. */
  Story answering(String text) {
    answer = text;
    return this;
  }

  Outcome takes(State from, Step step, Outcome usual) {
    return usual;
  }

  @Override
  protected Outcome choose(State from, Step step, List<Outcome> allowed) {
    Outcome usual =
        allowed.stream()
            .filter(o -> o.answer().toString().equals(answer))
            .findFirst()
            .orElse(allowed.get(0));
    return takes(from, step, usual);
  }

  void does(Step step, UnaryOperator<Reply> wrong) throws TargetException {
    does(step, wrong, true);
  }

  /** The device was not seen as it is before the first step. */
  Story begins(UnaryOperator<Observation> otherwise) {
    before = otherwise.apply(before);
    return this;
  }

  /** It is a story of these lines, in the scenario language. */
  Story tells(String... lines) throws ScenarioException {
    scenario =
        Parser.parse(
            "suites/x/story.kmem",
            "KMEM story\n# A story.\nrule: CONC-4 (a test, clause)\n"
                + String.join("\n", lines)
                + "\n");
    return this;
  }

  /** A step of setup or of the way back. */
  void aside(Trace.Phase phase, Step step, UnaryOperator<Reply> wrong) throws TargetException {
    does(step, wrong);
    Trace.Entry e = entries.remove(entries.size() - 1);
    entries.add(new Trace.Entry(phase, 0, e.text(), e.step(), e.reply()));
  }

  /** {@code really} false leaves the target alone: the reply is all of the step. */
  void does(Step step, UnaryOperator<Reply> wrong, boolean really) throws TargetException {
    Reply usual = really ? run(List.of(step)).get(0) : new Reply(Result.ok(0), last());
    entries.add(
        new Trace.Entry(
            Trace.Phase.SCENARIO, entries.size() + 1, StepText.of(step), step, wrong.apply(usual)));
  }

  Observation last() {
    return entries.isEmpty() ? before : entries.get(entries.size() - 1).reply().observation();
  }

  Trace trace() {
    return new Trace(
        new Trace.Header(
            "story",
            "",
            "qemu",
            dialect(),
            kernel(),
            topology(),
            bootPolicy().text(),
            device(),
            before.memTotalKib()),
        before,
        entries);
  }

  Scenario scenario() {
    return scenario;
  }

  private static Scenario about(List<Scenario.Line> lines) {
    return new Scenario(
        "story",
        "story.kmem",
        List.of("A story."),
        List.of(new Scenario.Cited(RuleId.of("ROBUST-2"), "a test")),
        new Scenario.Needs(true, 1, 1, Set.of()),
        new Scenario.Start(Optional.empty(), Optional.empty(), Optional.empty()),
        false,
        lines,
        "");
  }

  Verdict verdict() {
    return Oracle.judge(trace(), scenario());
  }
}
