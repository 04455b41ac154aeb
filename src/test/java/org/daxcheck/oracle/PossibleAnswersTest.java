package org.daxcheck.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.daxcheck.abi.Dialect;
import org.daxcheck.abi.Policy;
import org.daxcheck.abi.Word;
import org.daxcheck.model.State;
import org.daxcheck.step.Payload;
import org.daxcheck.step.Step;
import org.daxcheck.target.ModelTarget;
import org.daxcheck.trace.Trace;
import org.testng.annotations.Test;

/** What actors may be answered, whichever way they interleave. */
public class PossibleAnswersTest {
  private static final List<Integer> BLOCKS = List.of(2);
  private static final State UNPLUGGED = State.unplugged(BLOCKS, Policy.ONLINE_MOVABLE);
  private static final Trace.Header HEADER =
      new Trace.Header(
          "race",
          "",
          "model",
          Dialect.LINUX_7_3,
          "7.3",
          "cxl",
          "online_movable",
          ModelTarget.device(BLOCKS),
          0);

  private static Step.Actor actor(String name, Step... steps) {
    return new Step.Actor(name, List.of(steps));
  }

  private static Step write(Word word) {
    return new Step.Write(Payload.line(word.text()), Step.Who.ROOT);
  }

  private static Optional<Set<String>> of(Step.Actor... actors) {
    return PossibleAnswers.of(HEADER, List.of(UNPLUGGED), new Step.Actors(List.of(actors), 10_000));
  }

  @Test
  public void ofTwoOnlineWordsOneComesThrough() {
    assertThat(of(actor("P0", write(Word.ONLINE_MOVABLE)), actor("P1", write(Word.ONLINE_KERNEL))))
        .hasValue(Set.of("P0 ok, P1 EBUSY", "P0 EBUSY, P1 ok"));
  }

  @Test
  public void aReadSeesTheOldWordOrTheNew() {
    assertThat(
            of(
                actor("P0", new Step.Sleep(5), write(Word.ONLINE_MOVABLE)),
                actor("P1", new Step.Read(Step.Who.ROOT), new Step.Read(Step.Who.ROOT))))
        .hasValue(
            Set.of(
                "P0 ok, P1 2 x unplugged",
                "P0 ok, P1 unplugged then online_movable",
                "P0 ok, P1 2 x online_movable"));
  }

  @Test
  public void whatIsWaitedForHasCome() {
    assertThat(
            of(
                actor("P0", write(Word.ONLINE_MOVABLE)),
                actor("P1", new Step.Await(Word.ONLINE_MOVABLE, 10), write(Word.ONLINE_KERNEL))))
        .hasValue(Set.of("P0 ok, P1 ok then EBUSY"));
  }

  @Test
  public void whatAKillLeavesIsNotListed() {
    assertThat(
            of(
                actor("P0", write(Word.ONLINE_MOVABLE)),
                actor("P1", new Step.Signal("P0", "KILL", 0, 0))))
        .isEmpty();
  }

  @Test
  public void tooManyWaysAreNotListed() {
    List<Step.Actor> actors = new ArrayList<>();
    for (int a = 0; a < 6; a++) {
      Step[] steps = new Step[8];
      java.util.Arrays.fill(steps, write(a % 2 == 0 ? Word.ONLINE_MOVABLE : Word.UNPLUGGED));
      actors.add(actor("P" + a, steps));
    }
    assertThat(of(actors.toArray(Step.Actor[]::new))).isEmpty();
  }
}
