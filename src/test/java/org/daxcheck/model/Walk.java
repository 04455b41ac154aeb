package org.daxcheck.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.daxcheck.abi.Dialect;
import org.daxcheck.abi.Driver;
import org.daxcheck.abi.Errno;
import org.daxcheck.abi.Grade;
import org.daxcheck.abi.Policy;
import org.daxcheck.abi.RuleId;
import org.daxcheck.oracle.Blamed;
import org.daxcheck.oracle.Specification;
import org.daxcheck.step.BlockRef;
import org.daxcheck.step.BlockRef.Place;
import org.daxcheck.step.Payload;
import org.daxcheck.step.Step;

/** A state of a dialect's model, and the steps that lead on from it. */
record Walk(Specification model, State state) {
  static final Step UNBIND = new Step.Unbind();
  static final Step BIND = new Step.Bind(Driver.KMEM);
  static final Step BIND_DEVICE_DAX = new Step.Bind(Driver.DEVICE_DAX);
  static final Step READ = new Step.Read(Step.Who.ROOT);

  /** Between scenarios, booted with a policy; the ranges have these numbers of blocks. */
  static Walk booted(Dialect dialect, Policy policy, Integer... ranges) {
    return new Walk(
        new Specification(new Model(dialect)), State.between(dialect, List.of(ranges), policy));
  }

  /** Three ranges of one, two and one block, booted with online_movable. */
  static Walk of(Dialect dialect) {
    return booted(dialect, Policy.ONLINE_MOVABLE, 1, 2, 1);
  }

  static Step write(String word) {
    return new Step.Write(Payload.line(word), Step.Who.ROOT);
  }

  static Step bytes(String exactly) {
    return new Step.Write(Payload.exactly(exactly), Step.Who.ROOT);
  }

  static Step.BlockWrite block(int index, String word) {
    return new Step.BlockWrite(BlockRef.ofDevice(Place.at(index)), word);
  }

  static Step.BlockWrite blocks(String word) {
    return new Step.BlockWrite(BlockRef.ofDevice(Place.EVERY), word);
  }

  static Step.BlockWrite range(int range, String word) {
    return new Step.BlockWrite(new BlockRef(Place.at(range), Place.EVERY), word);
  }

  static Step pin(int index) {
    return new Step.Pin(BlockRef.ofDevice(Place.at(index)));
  }

  static Step inject(Step.Change change, Errno errno) {
    return new Step.Inject(Optional.of(change), errno);
  }

  List<Outcome> outcomes(Step step) {
    return model.outcomes(state, step, false);
  }

  /** What the step does where nothing unusual happens: the only outcome that is not interesting. */
  Outcome usual(Step step) {
    List<Outcome> found =
        outcomes(step).stream().filter(o -> o.grade() != Grade.INTERESTING).toList();
    assertThat(found).as(step.toString()).hasSize(1);
    return found.get(0);
  }

  /** The rule that the step breaks which is answered like this instead of as usual. */
  RuleId blames(Step step, String seen) {
    return Blamed.answer(model, state, step, outcomes(step).get(0), seen, false);
  }

  /** The states that would betray a fault of the step, where it ends in this outcome. */
  List<Blamed.Suspect> suspects(Step step, Outcome outcome) {
    return Blamed.suspects(model, state, step, outcome);
  }

  /** The first outcome with this answer. */
  Outcome outcome(Step step, String answer) {
    Optional<Outcome> found =
        outcomes(step).stream().filter(o -> o.answer().toString().equals(answer)).findFirst();
    assertThat(found).as(step + " may answer " + answer).isPresent();
    return found.orElseThrow();
  }

  /** On from here by usual outcomes. */
  Walk does(Step... steps) {
    Walk at = this;
    for (Step step : steps) {
      at = new Walk(model, at.usual(step).next());
    }
    return at;
  }

  /** On from here by the outcome with this answer. */
  Walk does(Step step, String answer) {
    return new Walk(model, outcome(step, answer).next());
  }

  /** Every answer with its grade, sorted. */
  List<String> graded(Step step, boolean interrupted) {
    return model.outcomes(state, step, interrupted).stream()
        .map(o -> o.answer() + " " + o.grade().name().toLowerCase(Locale.ROOT))
        .sorted()
        .toList();
  }

  List<String> graded(Step step) {
    return graded(step, false);
  }

  /** The blocks, range by range: a dot is absent, x offline, o online. */
  String shape() {
    return shape(state);
  }

  static String shape(State s) {
    StringBuilder out = new StringBuilder();
    for (RangeState range : s.ranges()) {
      out.append(out.isEmpty() ? "" : " ");
      range.blocks().forEach(b -> out.append(b.isOnline() ? 'o' : b.exists() ? 'x' : '.'));
    }
    return out.toString();
  }
}
