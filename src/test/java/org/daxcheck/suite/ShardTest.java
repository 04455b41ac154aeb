package org.daxcheck.suite;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.daxcheck.scenario.Catalogue;
import org.daxcheck.scenario.Scenario;
import org.daxcheck.scenario.Scenarios;
import org.testng.annotations.BeforeClass;
import org.testng.annotations.Test;

/** Shards are the whole plan, each case once, and take about the same time. */
public class ShardTest {
  private static final Path SUITES = Path.of(System.getProperty("daxcheck.home", "."), "suites");

  private List<PlannedCase> plan;

  @BeforeClass
  public void plan() throws Exception {
    List<Scenario> all =
        Scenarios.load(
            List.of(SUITES.resolve("atomic"), SUITES.resolve("unbind")),
            Catalogue.load(SUITES.resolve("rules.yaml")));
    plan =
        Stream.of("model", "qemu")
            .flatMap(
                source ->
                    IntStream.range(0, all.size())
                        .mapToObj(i -> new PlannedCase(all.get(i), source, i % 3 == 0 ? "b" : "a")))
            .toList();
  }

  @Test
  public void eachCaseIsInOneShardWithItsLikeOnOtherTargets() {
    for (int count : new int[] {1, 2, 3, 7, Shard.MOST}) {
      List<PlannedCase> together = new ArrayList<>();
      for (int number = 1; number <= count; number++) {
        List<PlannedCase> part = part(number, count, plan);
        assertThat(names(part, "model")).isEqualTo(names(part, "qemu"));
        assertThat(part).as("the plan's order").isSubsetOf(plan).isSortedAccordingTo(byPlace());
        together.addAll(part);
      }
      assertThat(together).containsExactlyInAnyOrderElementsOf(plan);
    }
  }

  @Test
  public void noShardWaitsLongForTheOthers() {
    List<Long> times =
        IntStream.rangeClosed(1, 3)
            .mapToObj(n -> part(n, 3, plan).stream().mapToLong(ShardTest::millis).sum())
            .toList();
    // Beside a boot of each topology and the longest case, nothing is uneven.
    assertThat(Collections.max(times) - Collections.min(times)).isLessThan(20_000);
    assertThat(Collections.min(times)).isGreaterThan(20_000);
  }

  @Test
  public void whatMustStayTogetherDoes() {
    Set<String> unit = new HashSet<>(Set.of(plan.get(0).id(), plan.get(5).id(), plan.get(9).id()));
    List<Long> found =
        IntStream.rangeClosed(1, 3)
            .mapToObj(
                n ->
                    new Shard(n, 3)
                            .part(
                                plan,
                                c -> unit.contains(c.id()) ? Optional.of("u") : Optional.empty(),
                                ShardTest::millis)
                            .stream()
                            .filter(c -> unit.contains(c.id()))
                            .count())
            .toList();
    assertThat(found).containsExactlyInAnyOrder(3L, 0L, 0L);
  }

  @Test
  public void onlyAPartOfAWholeIsAShard() {
    assertThat(Shard.of("2/3")).contains(new Shard(2, 3));
    assertThat(new Shard(2, 3)).hasToString("2/3");
    for (String bad :
        List.of("", "0/3", "4/3", "1/65", "1/0", "-1/3", "1", "1/3/5", "a/b", "1/ 3")) {
      assertThat(Shard.of(bad)).as(bad).isEmpty();
    }
  }

  private java.util.Comparator<PlannedCase> byPlace() {
    return java.util.Comparator.comparingInt(plan::indexOf);
  }

  private static List<PlannedCase> part(int number, int count, List<PlannedCase> plan) {
    return new Shard(number, count).part(plan, c -> Optional.empty(), ShardTest::millis);
  }

  private static long millis(PlannedCase c) {
    return 200 + new Random(c.scenario().name().hashCode()).nextInt(3000);
  }

  private static List<String> names(List<PlannedCase> part, String source) {
    return part.stream()
        .filter(c -> c.source().equals(source))
        .map(c -> c.topology() + c.scenario().name())
        .toList();
  }
}
