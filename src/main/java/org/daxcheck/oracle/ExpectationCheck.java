package org.daxcheck.oracle;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.daxcheck.abi.Errno;
import org.daxcheck.abi.Grade;
import org.daxcheck.model.Outcome;
import org.daxcheck.model.ReturnValue;
import org.daxcheck.scenario.Expected;
import org.daxcheck.scenario.Scenario;
import org.daxcheck.scenario.StepText;
import org.daxcheck.step.BlockRef;
import org.daxcheck.step.Device;
import org.daxcheck.step.Observation;
import org.daxcheck.step.Payload;
import org.daxcheck.step.Result;
import org.daxcheck.step.Step;
import org.daxcheck.trace.Trace;

/** Checks what a line of a scenario states behind its arrow: against the target, and the model. */
final class ExpectationCheck {
  /**
   * A statement that does not hold.
   *
   * @param disputed true where the model judges the same and allows what was seen, so that the
   *     statement is against the model; false where nothing but the statement judges it
   */
  record Failure(String allowed, String seen, boolean disputed) {}

  /** Level of a kernel log line from which on it counts as a warning (KERN_WARNING). */
  private static final int WARNING = 4;

  private final Trace trace;
  private final int index;
  private final Trace.Entry entry;
  private final Scenario.Line line;
  private final List<Outcome> allowedByModel;

  ExpectationCheck(Trace trace, int index, Scenario.Line line, List<Outcome> allowedByModel) {
    this.trace = trace;
    this.index = index;
    this.entry = trace.entries().get(index);
    this.line = line;
    this.allowedByModel = allowedByModel;
  }

  List<Failure> check() {
    List<Failure> failures = new ArrayList<>();
    Result result = entry.reply().result();
    check(entry.step(), line.expected(), result, failures);
    if (entry.step().kind() == Step.Kind.ACTORS) {
      Step.Actors actors = (Step.Actors) entry.step();
      for (Scenario.ActorExpectation stated : line.actorExpected()) {
        // What an actor did not come to is not held against the line.
        result.actors().stream()
            .filter(r -> r.name().equals(stated.actor()) && stated.index() < r.steps().size())
            .map(r -> r.steps().get(stated.index()))
            .forEach(done -> check(step(actors, stated), stated.expected(), done, failures));
      }
    } else if (!trace.header().kind().isKernel()
        && !line.expected().isEmpty()
        && !result.missed()) {
      disputes(failures);
    }
    return failures;
  }

  private static Step step(Step.Actors actors, Scenario.ActorExpectation of) {
    return actors.actors().stream()
        .filter(a -> a.name().equals(of.actor()))
        .findFirst()
        .orElseThrow()
        .steps()
        .get(of.index());
  }

  private void check(Step step, List<Expected> expected, Result result, List<Failure> failures) {
    if (!expected.isEmpty() && expected.stream().noneMatch(e -> holds(step, e, result))) {
      failures.add(
          new Failure(StepText.of(step, expected), seen(step, result), isJudgedByTheModel(step)));
    }
  }

  /** What else is in the kernel's log and among its uevents the model leaves to who looks there. */
  private static boolean isJudgedByTheModel(Step step) {
    if (step.kind() != Step.Kind.LOOK) {
      return true;
    }
    return switch (((Step.Look) step).aspect()) {
      case BLOCKS, ATTRIBUTE, IOMEM, MEMTOTAL, DRIVER, POLICY -> true;
      case TAINT, LOG, UEVENTS, LEAKS -> false;
    };
  }

  /**
   * The model allows an answer that the line does not: one of the two reads the documents wrong.
   */
  private void disputes(List<Failure> failures) {
    for (Outcome outcome : allowedByModel) {
      boolean counts = outcome.grade() == Grade.REQUIRED || outcome.grade() == Grade.ALLOWED;
      if (counts
          && entry.step().kind() != Step.Kind.LOOK
          && line.expected().stream().noneMatch(e -> agrees(e, outcome.answer()))) {
        failures.add(
            new Failure(
                StepText.of(entry.step(), line.expected()),
                outcome.answer() + " by rule " + outcome.rule(),
                true));
      }
    }
  }

  private static boolean agrees(Expected expected, ReturnValue answer) {
    if (answer instanceof ReturnValue.Ok) {
      return expected instanceof Expected.Succeeds;
    }
    if (answer instanceof ReturnValue.Fails fails) {
      return expected instanceof Expected.Fails e && e.errno().equals(fails.errno());
    }
    return expected instanceof Expected.Reads reads
        && ((ReturnValue.Data) answer).text().equals(reads.word() + "\n");
  }

  private boolean holds(Step step, Expected expected, Result result) {
    Observation seen = entry.reply().observation();
    if (expected instanceof Expected.Succeeds) {
      return result.errno().isEmpty() && result.killed().isEmpty() && step.isWhole(result);
    }
    if (expected instanceof Expected.Missed) {
      return result.missed();
    }
    if (expected instanceof Expected.Fails fails) {
      return result.errno().filter(fails.errno()::equals).isPresent();
    }
    if (expected instanceof Expected.Reads reads) {
      return result.errno().isEmpty() && Payload.line(reads.word()).text().equals(result.data());
    }
    if (expected instanceof Expected.Killed killed) {
      return result.killed().equals(killed.signal());
    }
    if (expected instanceof Expected.AttributePresent present) {
      return seen.attribute(trace.header().dialect().attribute()).isPresent() == present.present();
    }
    if (expected instanceof Expected.MemTotal total) {
      Device device = trace.header().device();
      long all = total.all() ? device.blocks() * device.memTotalPerBlockKib() : 0;
      return seen.memTotalKib() == trace.header().baselineKib() + all;
    }
    if (expected instanceof Expected.Iomem iomem) {
      String claim = iomem.claim().name().toLowerCase(java.util.Locale.ROOT);
      List<String> found = new ObservationCheck(trace).iomem(seen);
      boolean none = iomem.claim() == Expected.Iomem.Claim.NONE;
      // A range without a whole block is nothing that the driver could use.
      List<Integer> blocks = trace.header().device().blocksOfRanges();
      return IntStream.range(0, found.size())
          .filter(i -> none || blocks.get(i) > 0)
          .allMatch(i -> found.get(i).equals(claim));
    }
    if (expected instanceof Expected.Logged logged) {
      return sinceLastAction().stream()
          .flatMap(o -> o.log().stream())
          .anyMatch(l -> l.text().contains(logged.text()));
    }
    if (expected instanceof Expected.Is is) {
      return isText(((Step.Look) step).aspect(), is.text(), seen);
    }
    return blocksHold(((Step.Look) step).blocks(), expected, seen);
  }

  private boolean isText(Step.Aspect aspect, String text, Observation seen) {
    return switch (aspect) {
      case DRIVER -> seen.driver().equals(text);
      case POLICY -> seen.policy().equals(text);
      case TAINT -> seen.taint() == trace.before().taint();
      case LOG ->
          sinceLastAction().stream()
              .flatMap(o -> o.log().stream())
              .noneMatch(l -> l.level() <= WARNING);
      case UEVENTS ->
          sinceLastAction().stream()
              .flatMap(o -> o.uevents().stream())
              .noneMatch(e -> e.devpath().contains("/memory/memory"));
      case LEAKS -> seen.log().stream().noneMatch(l -> Splat.isLeak(l.text()));
      default -> throw new IllegalStateException(aspect + " is not stated as '" + text + "'");
    };
  }

  private List<Observation> sinceLastAction() {
    return trace.sinceAction(index);
  }

  private boolean blocksHold(BlockRef ref, Expected expected, Observation seen) {
    Device device = trace.header().device();
    List<Integer> meant = ref.in(device.blocksOfRanges());
    return meant.stream()
        .allMatch(
            i -> {
              var block = seen.block(device.blockNumber(i));
              if (expected instanceof Expected.NoBlocks) {
                return block.isEmpty();
              }
              Expected.BlocksAre are = (Expected.BlocksAre) expected;
              return block
                  .filter(b -> b.state().equals(are.state()))
                  .filter(b -> are.zone().map(z -> z.text().equals(b.zones())).orElse(true))
                  .isPresent();
            });
  }

  private String seen(Step step, Result result) {
    Observation seen = entry.reply().observation();
    if (step.kind() != Step.Kind.LOOK) {
      if (!result.killed().isEmpty()) {
        return "killed " + result.killed();
      }
      return result
          .errno()
          .map(Errno::name)
          .orElse(result.data().isEmpty() ? "ok" : ReturnValue.quoted(result.data()));
    }
    Step.Look look = (Step.Look) step;
    return switch (look.aspect()) {
      case BLOCKS ->
          Text.list(
              look.blocks().in(trace.header().device().blocksOfRanges()).stream()
                  .map(i -> trace.header().device().blockNumber(i))
                  .map(n -> seen.block(n).map(b -> b.state() + " " + b.zones()).orElse("none"))
                  .toList());
      case ATTRIBUTE ->
          seen.attributes().stream()
              .filter(Observation.Attribute::present)
              .map(Observation.Attribute::name)
              .collect(Collectors.joining(", ", "files: ", ""));
      case IOMEM -> Text.list(new ObservationCheck(trace).iomem(seen));
      case MEMTOTAL ->
          "baseline %+d KiB".formatted(seen.memTotalKib() - trace.header().baselineKib());
      case DRIVER -> seen.driver();
      case POLICY -> seen.policy();
      case TAINT -> "from " + trace.before().taint() + " to " + seen.taint();
      case LOG ->
          sinceLastAction().stream()
              .flatMap(o -> o.log().stream())
              .map(l -> Text.quoted(l.text()))
              .collect(Collectors.joining(", ", "lines: ", ""));
      case LEAKS ->
          seen.log().stream()
              .filter(l -> Splat.isLeak(l.text()))
              .map(l -> Text.quoted(l.text()))
              .collect(Collectors.joining(", "));
      case UEVENTS ->
          sinceLastAction().stream()
              .flatMap(o -> o.uevents().stream())
              .map(e -> e.action() + " " + e.devpath())
              .collect(Collectors.joining(", ", "uevents: ", ""));
    };
  }
}
