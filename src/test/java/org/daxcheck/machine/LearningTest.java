package org.daxcheck.machine;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import org.daxcheck.abi.Dialect;
import org.daxcheck.abi.Policy;
import org.daxcheck.model.Model;
import org.daxcheck.target.ModelTarget;
import org.daxcheck.target.Target;
import org.testng.annotations.DataProvider;
import org.testng.annotations.Test;

/** Learning finds the machine that is there, and tells what keeps it from doing so. */
public class LearningTest {
  private static final Learning.Bounds BOUNDS =
      new Learning.Bounds(1, 2000, Duration.ofMinutes(2), 7);

  private static Learning.Result learn(
      Supplier<Target> fresh, Alphabet alphabet, Learning.Bounds bounds) {
    try (Learning learning =
        new Learning(
            Machines.source(fresh),
            "cxl-kernel",
            alphabet.inputs(),
            alphabet.text(),
            bounds,
            Learning.RANDOM_WORDS,
            line -> {})) {
      return learning.learn();
    }
  }

  private static Target usual(Dialect dialect) {
    return new UsualTarget(dialect, "cxl-kernel", Machines.TWO_BLOCKS, Policy.ONLINE_MOVABLE);
  }

  @DataProvider
  static Object[][] models() {
    return new Object[][] {
      {Dialect.LINUX_7_3, Alphabet.WORDS},
      {Dialect.LINUX_7_3, Alphabet.LIFECYCLE},
      {Dialect.V4, Alphabet.LIFECYCLE},
      {Dialect.V3, Alphabet.WORDS},
    };
  }

  @Test(dataProvider = "models")
  public void theModelIsLearned(Dialect dialect, Alphabet alphabet) {
    Learning.Result result = learn(() -> usual(dialect), alphabet, BOUNDS);
    assertThat(result.stopped()).isEmpty();
    Automaton learned = result.machine().orElseThrow();
    Automaton model = ModelMachine.like(learned.origin(), learned.inputs());
    assertThat(Separation.of(learned, model)).isEmpty();
    assertThat(learned.size()).isEqualTo(model.size());
    assertThat(result.guests() > 1).as("guests used up").isEqualTo(dialect == Dialect.V3);
  }

  @Test
  public void aFaultIsSeparatedByAWord() {
    Learning.Result result = learn(CompleteSuiteTest.OddSequence::new, Alphabet.WORDS, BOUNDS);
    assertThat(result.stopped()).isEmpty();
    Automaton learned = result.machine().orElseThrow();
    Separation separation =
        Separation.of(learned, ModelMachine.like(learned.origin(), learned.inputs())).orElseThrow();
    assertThat(separation.word().stream().map(Alphabet::label))
        .containsExactly("online_movable", "nonsense", "online");
    assertThat(separation.first().answer()).isEqualTo("EIO");
    assertThat(separation.second().answer()).isEqualTo("EBUSY");
  }

  @Test
  public void twoOutputsForOneWordAreTold() {
    Random choices = new Random(1);
    Learning.Result result =
        learn(
            () ->
                // A kernel that keeps what it has of the device, though another one is there for
                // it.
                new ModelTarget(
                    new Model(Dialect.LINUX_7_3),
                    "cxl-kernel",
                    ModelTarget.device(List.of(2)),
                    Policy.ONLINE_MOVABLE,
                    choices),
            Alphabet.WORDS,
            BOUNDS);
    assertThat(result.stopped())
        .startsWith("the kernel gave two outputs for the same word")
        .contains("EBUSY");
  }

  @Test
  public void aBoundEndsItWithTheHypothesisSoFar() {
    Learning.Result result =
        learn(
            () -> usual(Dialect.V3),
            Alphabet.WORDS,
            new Learning.Bounds(1, 12, Duration.ofMinutes(2), 7));
    assertThat(result.stopped()).isEqualTo("all 12 guests are used up");
    assertThat(result.guests()).isEqualTo(12);
    assertThat(learn(() -> usual(Dialect.V3), Alphabet.WORDS, BOUNDS).guests()).isGreaterThan(12);
  }
}
