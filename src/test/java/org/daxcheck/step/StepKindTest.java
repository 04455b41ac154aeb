package org.daxcheck.step;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.daxcheck.abi.Word;
import org.testng.annotations.Test;

/** What is known of each kind of step before it is done on somebody's machine. */
public class StepKindTest {
  @Test
  public void aKindThatSaysNothingIsTheWorst() {
    Step.Kind silent = Step.Kind.RESHAPE;
    assertThat(silent.hazard()).isEqualTo(Step.Hazard.NEVER);
    assertThat(silent.watched()).isTrue();
    assertThat(silent.lasts()).isTrue();
    assertThat(silent.actorMay()).isFalse();
    assertThat(silent.idle()).isFalse();
    assertThat(silent.observesOnly()).isFalse();
  }

  @Test
  public void whatMayBeDoneToSomebodysMachineIsOnlyThis() {
    assertThat(kinds(Step.Hazard.NONE))
        .containsExactlyInAnyOrder(
            Step.Kind.WRITE,
            Step.Kind.READ,
            Step.Kind.BIND,
            Step.Kind.UNBIND,
            Step.Kind.SET_POLICY,
            Step.Kind.BLOCK_WRITE,
            Step.Kind.PIN,
            Step.Kind.UNPIN,
            Step.Kind.AWAIT,
            Step.Kind.SLEEP,
            Step.Kind.SIGNAL,
            Step.Kind.FILL,
            Step.Kind.VERIFY,
            Step.Kind.FREE,
            Step.Kind.ACTORS,
            Step.Kind.LOOK);
    assertThat(kinds(Step.Hazard.MAY_NEED_BOOT)).containsExactly(Step.Kind.INJECT);
  }

  @Test
  public void onlyWhatChangesNothingIsNotWatched() {
    assertThat(Arrays.stream(Step.Kind.values()).filter(k -> !k.watched()))
        .containsExactlyInAnyOrder(
            Step.Kind.READ,
            Step.Kind.AWAIT,
            Step.Kind.SLEEP,
            Step.Kind.SIGNAL,
            Step.Kind.VERIFY,
            Step.Kind.LOOK);
  }

  @Test
  public void actorsAreAsHarmfulAsTheWorstOfTheirSteps() {
    Step.Actor reads = new Step.Actor("P0", List.of(new Step.Read(Step.Who.ROOT)));
    Step.Actor writes =
        new Step.Actor("P1", List.of(new Step.Sleep(1), new Step.NeighbourWrite(Word.ONLINE)));
    assertThat(new Step.Actors(List.of(reads), 1).hazard()).isEqualTo(Step.Hazard.NONE);
    assertThat(new Step.Actors(List.of(reads, writes), 1).hazard()).isEqualTo(Step.Hazard.NEVER);
  }

  @Test(dataProviderClass = OneOfEach.class, dataProvider = "kinds")
  public void whatTakesAStepBackLeavesNothingItself(Step.Kind kind) {
    Optional<Step> undo = OneOfEach.of(kind).undo();
    assertThat(undo.flatMap(Step::undo)).isEmpty();
    // What is taken back by a step does not use the target up.
    assertThat(undo.isPresent() && kind.lasts()).isFalse();
  }

  private static List<Step.Kind> kinds(Step.Hazard hazard) {
    return Arrays.stream(Step.Kind.values()).filter(k -> k.hazard() == hazard).toList();
  }
}
