package org.daxcheck.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.daxcheck.abi.Dialect;
import org.daxcheck.abi.Driver;
import org.daxcheck.abi.Errno;
import org.daxcheck.abi.Policy;
import org.daxcheck.abi.RuleId;
import org.daxcheck.abi.Word;
import org.daxcheck.oracle.Specification;
import org.daxcheck.step.BlockRef;
import org.daxcheck.step.BlockRef.Place;
import org.daxcheck.step.Payload;
import org.daxcheck.step.Step;
import org.testng.annotations.DataProvider;
import org.testng.annotations.Test;

/**
 * The model of the older dialects, of kernels without the attribute or without hotremove, and of
 * kernels that were told to refuse. The tables were written by hand from the documents.
 */
public class ModelDialectsTest {
  private static final List<Integer> RANGES = List.of(1, 2, 1);

  /** What a write may answer in v3: rows are what the attribute reads. */
  private static final String V3 =
      """
      reads          | unplug | unplugged | online | online_kernel | online_movable | offline
      unplugged      | ok     | EINVAL    | ok     | EINVAL        | ok             | EINVAL
      online         | ok     | EINVAL    | ok     | EINVAL        | EBUSY          | EINVAL
      online_movable | ok     | EINVAL    | EBUSY  | EINVAL        | ok             | EINVAL
      """;

  @DataProvider
  public Object[][] v3() {
    String[] lines = V3.strip().split("\n");
    String[] head = lines[0].split("\\|");
    return Arrays.stream(lines)
        .skip(1)
        .flatMap(
            line -> {
              String[] cells = line.split("\\|");
              return java.util.stream.IntStream.range(1, cells.length)
                  .mapToObj(
                      i -> new Object[] {cells[0].strip(), head[i].strip(), cells[i].strip()});
            })
        .toArray(Object[][]::new);
  }

  @Test(dataProvider = "v3")
  public void writesOfV3(String reads, String word, String allowed) {
    State from = bound(Dialect.V3, Word.of(reads).orElseThrow());
    assertThat(answers(Dialect.V3, from, write(word))).containsExactly(allowed);
  }

  @Test
  public void anUnplugOfV3SaysOkThoughARangeStays() {
    State pinned = pinned(bound(Dialect.V3, Word.ONLINE_MOVABLE), Place.MIDDLE);
    List<Outcome> outcomes = new Model(Dialect.V3).outcomes(pinned, write("unplug"), true);
    Set<String> ends = new TreeSet<>();
    for (Outcome o : outcomes) {
      assertThat(o.answer().toString()).isEqualTo("ok");
      ends.add(shape(o.next()) + " " + o.next().word().orElseThrow().text());
    }
    assertThat(ends)
        .contains(". oo . online_movable", "o oo o online_movable", ". oo o online_movable")
        .allSatisfy(end -> assertThat(end).contains("oo").endsWith("online_movable"));
  }

  @Test
  public void whatV3OnlinedAgainStaysForEver() {
    State unplugged = only(Dialect.V3, bound(Dialect.V3, Word.ONLINE_MOVABLE), write("unplug"));
    assertThat(shape(unplugged)).isEqualTo(". .. .");
    State again = only(Dialect.V3, unplugged, write("online_movable"));
    assertThat(again.ranges()).noneMatch(RangeState::reserved);
    State gone = only(Dialect.V3, again, write("unplug"));
    assertThat(gone.word()).contains(Word.UNPLUGGED);
    assertThat(shape(gone)).isEqualTo("o oo o");
    assertThat(answers(Dialect.V3, gone, write("online"))).containsExactly("EEXIST");
  }

  @Test
  public void v3BindsUnderTwoPoliciesOnly() {
    for (Policy policy : Policy.values()) {
      State s = State.unplugged(RANGES, policy).bound(Driver.NONE, Optional.empty());
      boolean refused = policy == Policy.OFFLINE || policy == Policy.ONLINE_KERNEL;
      assertThat(answers(Dialect.V3, s, new Step.Bind(Driver.KMEM)))
          .as(policy.text())
          .containsExactly(refused ? "EINVAL" : "ok");
    }
  }

  @Test
  public void v3LeaksWhateverIsNotUnplugged() {
    State offlined =
        only(
            Dialect.V3,
            bound(Dialect.V3, Word.ONLINE_MOVABLE),
            new Step.BlockWrite(BlockRef.ofDevice(Place.EVERY), "offline"));
    Outcome o = one(Dialect.V3, offlined, new Step.Unbind());
    assertThat(o.mayWarn()).isTrue();
    assertThat(o.next().ranges()).allMatch(RangeState::leaked);
    assertThat(one(Dialect.V3, unplugged(), new Step.Unbind()).next().ranges())
        .noneMatch(RangeState::leaked);
  }

  @Test
  public void withoutTheAttributeADeviceIsUnboundBetweenScenarios() {
    State between = State.between(Dialect.ABSENT, RANGES, Policy.ONLINE_MOVABLE);
    assertThat(between.driver()).isEqualTo(Driver.NONE);
    assertThat(State.between(Dialect.LINUX_7_3, List.of(0), Policy.ONLINE).driver())
        .as("no whole block")
        .isEqualTo(Driver.NONE);
    State bound = only(Dialect.ABSENT, between, new Step.Bind(Driver.KMEM));
    assertThat(bound.word()).isEmpty();
    assertThat(shape(bound)).isEqualTo("o oo o");
    assertThat(answers(Dialect.ABSENT, bound, write("unplugged"))).containsExactly("ENOENT");
  }

  @Test
  public void withoutTheAttributeNoRuleOfItIsNamed() {
    Specification model = new Specification(new Model(Dialect.ABSENT));
    State between = State.between(Dialect.ABSENT, RANGES, Policy.OFFLINE);
    State bound = only(Dialect.ABSENT, between, new Step.Bind(Driver.KMEM));
    for (State s : List.of(between, bound)) {
      for (Step step : steps()) {
        for (Outcome o : model.outcomes(s, step, false)) {
          assertThat(model.binds(o.rule())).as(step + " names " + o.rule()).isTrue();
          for (Property facet : Property.values()) {
            assertThat(o.claims().rule(facet).map(model::binds).orElse(true))
                .as(step + " " + facet)
                .isTrue();
          }
        }
      }
    }
  }

  @Test
  public void theOldUnbindRemovesWhatIsOffline() {
    State between = State.between(Dialect.ABSENT, RANGES, Policy.ONLINE_MOVABLE);
    State bound = only(Dialect.ABSENT, between, new Step.Bind(Driver.KMEM));
    State first =
        only(Dialect.ABSENT, bound, new Step.BlockWrite(BlockRef.ofDevice(Place.at(0)), "offline"));
    Outcome o = one(Dialect.ABSENT, first, new Step.Unbind());
    assertThat(shape(o.next())).isEqualTo(". oo o");
    assertThat(o.rule()).isEqualTo(RuleId.of("UNBIND-6"));
    assertThat(o.mayWarn()).isFalse();
  }

  @Test
  public void withoutHotremoveNothingIsUnplugged() {
    Model model = new Model(Dialect.LINUX_7_3, false);
    for (Word word : List.of(Word.OFFLINE, Word.ONLINE_MOVABLE)) {
      State from = bound(Dialect.LINUX_7_3, word);
      List<Outcome> outcomes = model.outcomes(from, write("unplugged"), false);
      assertThat(outcomes).hasSize(1);
      assertThat(outcomes.get(0).answer().toString()).isEqualTo("EBUSY");
      assertThat(outcomes.get(0).rule()).isEqualTo(RuleId.of("ATOMIC-7"));
      assertThat(outcomes.get(0).next()).isEqualTo(from);
      Outcome unbound = model.outcomes(from, new Step.Unbind(), false).get(0);
      assertThat(unbound.next().ranges()).allMatch(RangeState::leaked);
    }
  }

  @Test
  public void whatCannotComeOnlineIsNotToldToBe() {
    State failing = injected(unplugged(), Step.Change.ONLINE);
    List<Outcome> outcomes =
        new Model(Dialect.LINUX_7_3).outcomes(failing, write("online_movable"), false);
    assertThat(outcomes).allMatch(o -> o.answer().equals(new ReturnValue.FailsSomehow()));
    assertThat(outcomes).allMatch(o -> o.rule().equals(RuleId.of("EFFECT-1")));
    // Nothing came, though blocks may have come and gone; or they stay, and the attribute says so.
    assertThat(outcomes.get(0).next()).isEqualTo(failing);
    assertThat(outcomes.get(0).claims().rule(Property.UEVENTS)).isEmpty();
    assertThat(outcomes.get(1).next().word()).contains(Word.OFFLINE);
    assertThat(shape(outcomes.get(1).next())).isEqualTo("x xx x");
    State healed = only(Dialect.LINUX_7_3, failing, Step.Inject.nothing());
    assertThat(answers(Dialect.LINUX_7_3, healed, write("online_movable"))).containsExactly("ok");
  }

  @Test
  public void anUnplugThatTheKernelRefusesRollsBack() {
    State failing = injected(bound(Dialect.LINUX_7_3, Word.ONLINE_MOVABLE), Step.Change.OFFLINE);
    Outcome o = one(Dialect.LINUX_7_3, failing, write("unplugged"));
    assertThat(o.answer().toString()).isEqualTo("ENOMEM");
    assertThat(o.logged())
        .containsExactly(Logged.error("hotremove failed, device left online: -12"));
    assertThat(o.next()).isEqualTo(failing);
    State offline = injected(bound(Dialect.LINUX_7_3, Word.OFFLINE), Step.Change.OFFLINE);
    assertThat(answers(Dialect.LINUX_7_3, offline, write("unplugged")))
        .as("nothing has to go offline")
        .containsExactly("ok");
    State kernel = injected(bound(Dialect.LINUX_7_3, Word.ONLINE_KERNEL), Step.Change.OFFLINE);
    assertThat(answers(Dialect.LINUX_7_3, kernel, write("unplugged")))
        .as("what cannot be moved is found before anybody is asked")
        .containsExactly("EBUSY", "ENOMEM");
  }

  @Test
  public void aBindWhoseBlocksCannotComeOnlineFailsOrTellsThatTheyAreOffline() {
    State unbound = unplugged().bound(Driver.NONE, Optional.empty());
    State failing = injected(unbound, Step.Change.ONLINE);
    List<Outcome> outcomes =
        new Model(Dialect.LINUX_7_3).outcomes(failing, new Step.Bind(Driver.KMEM), false);
    assertThat(
            outcomes.stream()
                .map(o -> o.answer() + " " + o.next().word().map(Word::text) + shape(o.next())))
        .containsExactlyInAnyOrder("ok Optional[offline]x xx x", "any error Optional.empty. .. .");
  }

  @Test
  public void memoryThatIsOnlineCanBeFilledAndRead() {
    State online = bound(Dialect.LINUX_7_3, Word.ONLINE_MOVABLE);
    assertThat(answers(Dialect.LINUX_7_3, online, new Step.Verify())).containsExactly("ENOENT");
    State filled = only(Dialect.LINUX_7_3, online, new Step.Fill(4 << 20));
    Outcome read = one(Dialect.LINUX_7_3, filled, new Step.Verify());
    assertThat(read.answer().toString()).isEqualTo("ok");
    assertThat(read.rule()).isEqualTo(RuleId.of("EFFECT-6"));
    State freed = only(Dialect.LINUX_7_3, filled, new Step.Free());
    assertThat(answers(Dialect.LINUX_7_3, freed, new Step.Verify())).containsExactly("ENOENT");
  }

  // ---- states

  private static State unplugged() {
    return State.unplugged(RANGES, Policy.ONLINE_MOVABLE);
  }

  /** Bound under the policy that gives this word; unplugged stays so. */
  private static State bound(Dialect dialect, Word word) {
    if (word == Word.UNPLUGGED) {
      return unplugged();
    }
    Policy policy =
        Arrays.stream(Policy.values()).filter(p -> p.word() == word).findFirst().orElseThrow();
    State s = State.unplugged(RANGES, policy).bound(Driver.NONE, Optional.empty());
    return only(dialect, s, new Step.Bind(Driver.KMEM));
  }

  private static State injected(State s, Step.Change change) {
    return only(Dialect.LINUX_7_3, s, new Step.Inject(Optional.of(change), Errno.ENOMEM));
  }

  private static State pinned(State s, Place place) {
    return only(Dialect.V3, s, new Step.Pin(BlockRef.ofDevice(place)));
  }

  private static List<Step> steps() {
    return List.of(
        write("online"),
        new Step.Read(Step.Who.ROOT),
        new Step.Bind(Driver.KMEM),
        new Step.Bind(Driver.DEVICE_DAX),
        new Step.Unbind(),
        new Step.SetPolicy(Policy.ONLINE),
        new Step.BlockWrite(BlockRef.ofDevice(Place.EVERY), "online"),
        new Step.Unload(),
        new Step.Load(),
        new Step.Fill(1 << 20));
  }

  private static Step write(String word) {
    return new Step.Write(Payload.line(word), Step.Who.ROOT);
  }

  private static Set<String> answers(Dialect dialect, State from, Step step) {
    return new Specification(new Model(dialect))
        .outcomes(from, step, false).stream()
            .filter(o -> o.grade() != org.daxcheck.abi.Grade.INTERESTING)
            .map(o -> o.answer().toString())
            .collect(Collectors.toCollection(TreeSet::new));
  }

  private static Outcome one(Dialect dialect, State from, Step step) {
    List<Outcome> outcomes =
        new Specification(new Model(dialect))
            .outcomes(from, step, false).stream()
                .filter(o -> o.grade() != org.daxcheck.abi.Grade.INTERESTING)
                .toList();
    assertThat(outcomes).hasSize(1);
    return outcomes.get(0);
  }

  private static State only(Dialect dialect, State from, Step step) {
    return one(dialect, from, step).next();
  }

  /** The blocks, range by range: a dot is absent, x offline, o online. */
  private static String shape(State s) {
    return s.ranges().stream()
        .map(
            r ->
                r.blocks().stream()
                    .map(b -> b.isOnline() ? "o" : b.exists() ? "x" : ".")
                    .collect(Collectors.joining()))
        .collect(Collectors.joining(" "));
  }
}
