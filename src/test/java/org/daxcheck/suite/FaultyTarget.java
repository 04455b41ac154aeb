package org.daxcheck.suite;

import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.daxcheck.abi.Dialect;
import org.daxcheck.abi.Errno;
import org.daxcheck.abi.Policy;
import org.daxcheck.abi.RuleId;
import org.daxcheck.abi.TargetKind;
import org.daxcheck.abi.Topologies;
import org.daxcheck.abi.Word;
import org.daxcheck.model.Model;
import org.daxcheck.model.Outcome;
import org.daxcheck.model.ReturnValue;
import org.daxcheck.model.State;
import org.daxcheck.step.Observation;
import org.daxcheck.step.Reply;
import org.daxcheck.step.Step;
import org.daxcheck.target.ModelTarget;
import org.daxcheck.target.Refusals;
import org.daxcheck.target.TargetException;

/** The model with one fault. */
final class FaultyTarget extends ModelTarget {
  /** What a target does otherwise than the model; what a fault leaves alone goes as usual. */
  interface Fault {
    /** What really happens in this moment. */
    default Outcome happens(Moment at) {
      return at.usual();
    }

    /** What can be seen when the target is in this state. */
    default Observation shows(Observation usual, State now) {
      return usual;
    }

    /** What is answered at last. */
    default Reply replies(Step step, Reply usual) {
      return usual;
    }
  }

  /** A step about to be done: from where, and what the model would do. */
  record Moment(State from, Step step, List<Outcome> allowed, Outcome usual) {
    /** The bytes of a privileged write to the attribute; empty for every other step. */
    Optional<String> written() {
      return step instanceof Step.Write w && w.who() == Step.Who.ROOT && from.word().isPresent()
          ? Optional.of(w.payload().text())
          : Optional.empty();
    }

    /** The valid word of such a write. */
    Optional<Word> wanted() {
      return written()
          .map(t -> t.endsWith("\n") ? t.substring(0, t.length() - 1) : t)
          .flatMap(Word::of)
          .filter(w -> w != Word.OFFLINE);
    }

    boolean reads(Word word) {
      return from.word().filter(word::equals).isPresent();
    }

    boolean isOnline() {
      return from.word().filter(Word::isOnline).isPresent();
    }

    boolean succeeds() {
      return usual.answer() instanceof ReturnValue.Ok;
    }

    /** An accepted write of another word than the present one. */
    boolean changesTo(Word word) {
      return wanted().filter(word::equals).isPresent() && !reads(word) && succeeds();
    }

    /** A write of an online word that the model refuses. */
    boolean isRefused() {
      return wanted().filter(Word::isOnline).isPresent() && !succeeds();
    }

    /** Bytes that are no word. */
    boolean isBadWord() {
      return usual.rule().group().equals("WORD")
          && usual.answer() instanceof ReturnValue.Fails f
          && f.errno().equals(Errno.EINVAL);
    }

    boolean isFailedUnplug() {
      return wanted().filter(Word.UNPLUGGED::equals).isPresent() && !succeeds();
    }

    boolean isUnbind() {
      return step instanceof Step.Unbind && from.word().isPresent();
    }

    boolean isBind() {
      return (step instanceof Step.Bind || step instanceof Step.Load)
          && usual.next().word().isPresent()
          && from.word().isEmpty();
    }

    boolean leaks() {
      return !usual.logged().isEmpty() && usual.rule().group().equals("UNBIND");
    }

    Outcome fails(Errno errno) {
      return Faults.with(usual, new ReturnValue.Fails(errno), from);
    }

    Outcome answers(ReturnValue answer) {
      return Faults.with(usual, answer, usual.next());
    }

    Outcome does(State next) {
      return Faults.with(usual, new ReturnValue.Ok(length()), next);
    }

    Outcome endsIn(State next) {
      return Faults.with(usual, usual.answer(), next);
    }

    private long length() {
      return step instanceof Step.Write w ? w.payload().length() : 0;
    }
  }

  private final Fault fault;

  FaultyTarget(Fault fault, Dialect dialect, Policy bootPolicy, List<Integer> blocks, long seed) {
    // A refusal by chance would break other rules than the fault does.
    super(
        new Model(dialect, true, Topologies.kernelZoneReturns("cxl-ranges")),
        "cxl-ranges",
        ModelTarget.device(blocks),
        bootPolicy,
        new Random(seed),
        Refusals.none());
    this.fault = fault;
  }

  /** Not {@code model}: it is judged as a kernel is. */
  @Override
  public String name() {
    return "faulty";
  }

  @Override
  public TargetKind kind() {
    return TargetKind.GUEST;
  }

  @Override
  public List<Reply> run(List<Step> steps) throws TargetException {
    List<Reply> usual = super.run(steps);
    return java.util.stream.IntStream.range(0, usual.size())
        .mapToObj(i -> fault.replies(steps.get(i), usual.get(i)))
        .toList();
  }

  @Override
  protected Outcome choose(State from, Step step, List<Outcome> allowed) {
    return fault.happens(new Moment(from, step, allowed, super.choose(from, step, allowed)));
  }

  @Override
  protected Observation observe(State now, Step step, Outcome outcome, State before) {
    return fault.shows(super.observe(now, step, outcome, before), now);
  }

  /** A fault and the rules that it breaks: one of them must be the first that is named. */
  record Case(
      String name,
      Dialect dialect,
      Policy bootPolicy,
      java.util.function.Supplier<Fault> fault,
      List<RuleId> breaks) {
    @Override
    public String toString() {
      return name;
    }
  }
}
