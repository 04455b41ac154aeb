package org.daxcheck.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.daxcheck.abi.Driver;
import org.daxcheck.abi.Errno;
import org.daxcheck.abi.Word;
import org.daxcheck.step.BlockRef;
import org.daxcheck.step.BlockRef.Place;
import org.daxcheck.step.OneOfEach;
import org.daxcheck.step.Payload;
import org.daxcheck.step.Step;
import org.testng.annotations.Test;

public class StepTextTest {
  private static final int ROUNDS = 5_000;

  @Test
  public void aStepReadAgainIsTheSame() throws ScenarioException {
    RandomSteps random = new RandomSteps(73);
    Set<Step.Kind> drawn = EnumSet.noneOf(Step.Kind.class);
    for (int i = 0; i < ROUNDS; i++) {
      Step step = random.step();
      assertThat(Parser.step(StepText.of(step))).as(StepText.of(step)).isEqualTo(step);
      drawn.add(step.kind());
      step.acts().forEach(act -> drawn.add(act.kind()));
    }
    assertThat(drawn).containsExactlyInAnyOrder(Step.Kind.values());
  }

  @Test(dataProviderClass = OneOfEach.class, dataProvider = "kinds")
  public void everyKindReadAgainIsTheSame(Step.Kind kind) throws ScenarioException {
    Step step = OneOfEach.of(kind);
    assertThat(step.kind()).isEqualTo(kind);
    assertThat(Parser.step(StepText.of(step))).isEqualTo(step);
  }

  @Test
  public void aLineOfAScenarioReadAgainIsTheSame() throws ScenarioException {
    RandomSteps random = new RandomSteps(74);
    for (int i = 0; i < ROUNDS; i++) {
      Step step = random.step();
      List<Expected> outcomes = random.outcomes(step);
      String line =
          StepText.of(step) + (outcomes.isEmpty() ? "" : " -> " + StepText.of(step, outcomes));
      Scenario read = Parser.parse("x.kmem", "KMEM x\n# Why.\nrule: A-1 (b, c)\n\n" + line);
      assertThat(read.lines()).as(line).hasSize(1);
      assertThat(read.lines().get(0).step()).as(line).isEqualTo(step);
      assertThat(read.lines().get(0).expected()).as(line).isEqualTo(outcomes);
    }
  }

  @Test
  public void thereIsOneSpelling() {
    assertThat(StepText.of(Step.Write.word(Word.ONLINE))).isEqualTo("write online");
    assertThat(write("online")).isEqualTo("write \"online\"");
    assertThat(write("a b\n")).isEqualTo("write \"a b\\n\"");
    assertThat(write("")).isEqualTo("write \"\"");
    assertThat(write("\0\u0080\"\\")).isEqualTo("write \"\\0\\x80\\\"\\\\\"");
    assertThat(write("x".repeat(5000))).isEqualTo("write \"x\" * 5000");
    assertThat(write("ab".repeat(8))).isEqualTo("write \"ab\" * 8");
    assertThat(write("xxxxxxx")).isEqualTo("write \"xxxxxxx\"");
    assertThat(StepText.of(new Step.Bind(Driver.KMEM))).isEqualTo("bind");
    assertThat(StepText.of(new Step.Pin(new BlockRef(Place.at(1), Place.at(0)))))
        .isEqualTo("pin block first of range 1");
    assertThat(StepText.of(new Step.Await(Word.ONLINE, 1500)))
        .isEqualTo("await online within 1500ms");
    assertThat(StepText.of(new Step.Await(Word.ONLINE, 60_000)))
        .isEqualTo("await online within 60s");
    assertThat(StepText.of(new Step.Sleep(0))).isEqualTo("sleep 0us");
    assertThat(StepText.of(new Step.Sleep(0, 800))).isEqualTo("sleep 0us..800us");
    assertThat(StepText.of(new Step.Signal("P0", "INT", 1000, 40_000)))
        .isEqualTo("signal P0 INT after 1ms..40ms");
    assertThat(StepText.of(new Step.Fill(4L << 10))).isEqualTo("fill 4K");
    assertThat(StepText.of(new Step.Fill(5L << 19))).isEqualTo("fill 2560K");
    assertThat(StepText.of(new Step.Fill(2L << 30))).isEqualTo("fill 2G");
    assertThat(StepText.of(new Step.Inject(Optional.of(Step.Change.ONLINE), Errno.ENOMEM)))
        .isEqualTo("inject online ENOMEM");
    assertThat(StepText.of(Step.Inject.nothing())).isEqualTo("inject nothing");
    assertThat(StepText.of(new Step.Write(Payload.line("online"), Step.Who.NOBODY, 100)))
        .isEqualTo("write online at 100 as nobody");
    assertThat(StepText.of(new Step.RefuseAdd(Optional.of(Place.at(0)), Errno.ENOMEM)))
        .isEqualTo("refuse add of range first ENOMEM");
    assertThat(StepText.of(Step.RefuseAdd.nothing())).isEqualTo("refuse nothing");
    assertThat(StepText.of(new Step.Occupy(Optional.of(Place.LAST))))
        .isEqualTo("occupy range last");
    assertThat(StepText.of(Step.Occupy.nothing())).isEqualTo("occupy nothing");
    assertThat(StepText.of(new Step.Delay(Optional.of(Step.Point.REMOVE), 50)))
        .isEqualTo("delay remove 50ms");
    assertThat(StepText.of(Step.Delay.nothing())).isEqualTo("delay nothing");
    assertThat(StepText.of(new Step.FailNth(new Step.Unbind(), Step.Memory.SLAB, 3, 3)))
        .isEqualTo("fail slab 3 of unbind");
    assertThat(
            StepText.of(new Step.FailNth(Step.Write.word(Word.UNPLUGGED), Step.Memory.PAGE, 1, 40)))
        .isEqualTo("fail page 1..40 of write unplugged");
    assertThat(StepText.of(new Step.Reshape(Step.Shape.MEMMAP))).isEqualTo("reshape memmap");
    assertThat(StepText.of(new Step.NeighbourWrite(Word.UNPLUGGED)))
        .isEqualTo("neighbour write unplugged");
    assertThat(
            StepText.of(
                new Step.Actors(
                    List.of(
                        new Step.Actor("P0", List.of(new Step.Unbind())),
                        new Step.Actor("P1", List.of(new Step.Signal("P0", "INT", 1000)))),
                    5000)))
        .isEqualTo("actors within 5s\nP0: unbind\nP1: signal P0 INT after 1ms");
  }

  private static String write(String bytes) {
    return StepText.of(new Step.Write(Payload.exactly(bytes), Step.Who.ROOT));
  }
}
