package org.daxcheck.show;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.daxcheck.abi.Errno;
import org.daxcheck.abi.Word;
import org.daxcheck.step.Result;
import org.daxcheck.step.Step;
import org.testng.annotations.Test;

/** Bars overlap in the picture exactly where the operations did. */
public class TimelineTest {
  private static final Step WRITE = Step.Write.word(Word.UNPLUGGED);
  private static final Step READ = new Step.Read(Step.Who.ROOT);

  private static Result result(long from, long nanos, Optional<Errno> errno) {
    return new Result(10, errno, "", nanos, from, false, "", List.of());
  }

  private static Result together(Result.ActorResult... actors) {
    return new Result(0, Optional.empty(), "", 0, 0, false, "", List.of(actors));
  }

  private static int first(String line) {
    return line.chars().filter(c -> "[|!.".indexOf(c) >= 0).findFirst().isEmpty()
        ? -1
        : line.replaceFirst("[\\[|!].*", "").length();
  }

  private static int last(String line) {
    return Math.max(line.lastIndexOf(']'), line.lastIndexOf('|'));
  }

  @Test
  public void aBarGoesFromTheCallToTheReturnWithTheAnswerBehindIt() {
    Step.Actors actors =
        new Step.Actors(
            List.of(
                new Step.Actor("P0", List.of(WRITE)),
                new Step.Actor("P1", List.of(new Step.Signal("P0", "INT", 300_000)))),
            10_000);
    List<String> lines =
        Timeline.of(
            actors,
            together(
                new Result.ActorResult(
                    "P0", List.of(result(0, 400_000_000, Optional.of(Errno.EINTR))), false),
                new Result.ActorResult(
                    "P1", List.of(result(300_000_000, 1_000, Optional.empty())), true)),
            90);
    assertThat(lines.get(0)).contains("0 ").endsWith("400.0 ms");
    assertThat(lines.get(1))
        .startsWith("P0 write unplugged")
        .contains("[=====", "]  EINTR  400.0 ms");
    assertThat(lines.get(2)).contains("signal P0 INT after 300ms", "!", "ok  1 us");
    assertThat(lines.get(2).indexOf('!')).isBetween(lines.get(1).indexOf('['), last(lines.get(1)));
    assertThat(lines.get(3)).isEqualTo("P1 could not be ended");
  }

  @Test
  public void barsOverlapExactlyWhereTheOperationsDid() {
    Random random = new Random(1);
    for (int round = 0; round < 300; round++) {
      List<Step.Actor> actors = new ArrayList<>();
      List<Result.ActorResult> results = new ArrayList<>();
      List<long[]> times = new ArrayList<>();
      for (int a = 0; a < 4; a++) {
        // Some are over in no time beside one that takes long.
        long from = random.nextInt(1_000_000);
        long nanos = random.nextBoolean() ? 1 + random.nextInt(100) : random.nextInt(4_000_000) + 1;
        actors.add(new Step.Actor("P" + a, List.of(READ)));
        results.add(
            new Result.ActorResult("P" + a, List.of(result(from, nanos, Optional.empty())), false));
        times.add(new long[] {from, from + nanos});
      }
      List<String> lines =
          Timeline.of(
              new Step.Actors(actors, 10_000),
              together(results.toArray(Result.ActorResult[]::new)),
              80);
      for (int a = 0; a < 4; a++) {
        for (int b = 0; b < 4; b++) {
          boolean did = times.get(a)[0] < times.get(b)[1] && times.get(b)[0] < times.get(a)[1];
          String one = lines.get(1 + a);
          String other = lines.get(1 + b);
          boolean shown = first(one) < last(other) && first(other) < last(one);
          assertThat(shown).as("%s%n%s", one, other).isEqualTo(did);
        }
      }
    }
  }

  @Test
  public void whatWasNotDoneIsSaid() {
    Step.Actors actors =
        new Step.Actors(List.of(new Step.Actor("P0", List.of(WRITE, READ))), 10_000);
    assertThat(
            Timeline.of(
                actors,
                together(
                    new Result.ActorResult(
                        "P0", List.of(result(5, 5_000, Optional.empty())), false)),
                80))
        .anyMatch(l -> l.equals("P0 read  not done"));
    assertThat(Timeline.of(actors, together(), 80))
        .containsExactly("P0 write unplugged  not done", "P0 read  not done");
  }
}
