package org.daxcheck.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.daxcheck.abi.Dialect;
import org.daxcheck.abi.Driver;
import org.daxcheck.abi.Errno;
import org.daxcheck.abi.Grade;
import org.daxcheck.abi.Policy;
import org.daxcheck.abi.RuleId;
import org.daxcheck.abi.Rules;
import org.daxcheck.abi.Word;
import org.daxcheck.abi.Zone;
import org.daxcheck.step.BlockRef;
import org.daxcheck.step.BlockRef.Place;
import org.daxcheck.step.Payload;
import org.daxcheck.step.Step;
import org.testng.annotations.DataProvider;
import org.testng.annotations.Test;

/**
 * The model against the documents. The tables were written by hand from the ABI text of the v4
 * patch and of Linux 7.3 (sysfs-bus-dax) and from what the drivers' code says; none is computed.
 */
public class ModelTest {
  private static final List<Integer> RANGES = List.of(1, 2, 1);
  private static final BlockRef EVERY = BlockRef.ofDevice(Place.EVERY);
  private static final String STUCK = "stuck online until reboot";

  /**
   * What a write may answer: rows are what the attribute reads, columns what is written. In
   * brackets what is legal but worth telling.
   */
  private static final String WRITES =
      """
      reads          | unplugged    | online | online_kernel | online_movable | offline | unplug
      unplugged      | ok           | ok     | ok            | ok             | EINVAL  | EINVAL
      offline        | ok           | EBUSY  | EBUSY         | EBUSY          | EINVAL  | EINVAL
      online         | EBUSY ok     | ok     | EBUSY         | EBUSY          | EINVAL  | EINVAL
      online_kernel  | EBUSY ok     | EBUSY  | ok            | EBUSY          | EINVAL  | EINVAL
      online_movable | (EBUSY) ok   | EBUSY  | EBUSY         | ok             | EINVAL  | EINVAL
      """;

  /** What a bind makes of each policy. */
  private static final String BINDS =
      """
      policy         | reads          | blocks  | zones
      offline        | offline        | OFFLINE |
      online         | online         | ONLINE  | MOVABLE NORMAL
      online_kernel  | online_kernel  | ONLINE  | NORMAL
      online_movable | online_movable | ONLINE  | MOVABLE
      """;

  /** What is left by an unbind of 7.3 from each state, and whether kmem can bind again. */
  private static final String UNBINDS =
      """
      reads          | blocks  | iomem | leaks | logged | rebind
      unplugged      | ABSENT  | no    | no    | no     | ok
      offline        | ABSENT  | no    | no    | no     | ok
      online         | ONLINE  | yes   | yes   | yes    | EBUSY
      online_kernel  | ONLINE  | yes   | yes   | yes    | EBUSY
      online_movable | ONLINE  | yes   | yes   | yes    | EBUSY
      """;

  @DataProvider
  public Object[][] writes() {
    List<Object[]> cases = new ArrayList<>();
    for (Dialect dialect : List.of(Dialect.LINUX_7_3, Dialect.V4)) {
      List<List<String>> table = table(WRITES);
      List<String> head = table.get(0);
      for (List<String> row : table.subList(1, table.size())) {
        for (int i = 1; i < head.size(); i++) {
          cases.add(new Object[] {dialect, row.get(0), head.get(i), row.get(i)});
        }
      }
    }
    return cases.toArray(Object[][]::new);
  }

  @Test(dataProvider = "writes")
  public void writeAnswersAsTheDocumentsSay(
      Dialect dialect, String state, String word, String allowed) {
    State from = reading(dialect, Word.of(state).orElseThrow());
    List<Outcome> outcomes = new Model(dialect).outcomes(from, write(word + "\n"), false);
    Set<String> answers = new TreeSet<>();
    for (Outcome o : outcomes) {
      String answer = o.answer().toString();
      answers.add(o.grade() == Grade.INTERESTING ? "(" + answer + ")" : answer);
    }
    assertThat(String.join(" ", answers)).isEqualTo(allowed);
    for (Outcome o : outcomes) {
      if (o.answer() instanceof ReturnValue.Ok ok) {
        assertThat(ok.length())
            .as("an accepted write returns its length")
            .isEqualTo(word.length() + 1L);
        assertThat(o.next().word().map(Word::text)).contains(word);
      } else {
        assertThat(o.next().ranges())
            .as("a refused write leaves all as it was")
            .isEqualTo(from.ranges());
        assertThat(o.next().word()).isEqualTo(from.word());
      }
    }
  }

  @DataProvider
  public Object[][] onlineWords() {
    return new Object[][] {
      {Word.ONLINE, EnumSet.of(Zone.NORMAL, Zone.MOVABLE)},
      {Word.ONLINE_KERNEL, EnumSet.of(Zone.NORMAL)},
      {Word.ONLINE_MOVABLE, EnumSet.of(Zone.MOVABLE)}
    };
  }

  @Test(dataProvider = "onlineWords")
  public void onlineWordsBringEveryBlockIntoTheirZone(Word word, Set<Zone> zones) {
    State up = reading(Dialect.LINUX_7_3, word);
    assertThat(up.blocks()).hasSize(4).allMatch(BlockState::isOnline);
    assertThat(up.blocks()).allSatisfy(b -> assertThat(b.zones()).isEqualTo(zones));
    assertThat(up.ranges()).allMatch(RangeState::reserved).allMatch(RangeState::added);
    State down = outcome(Dialect.LINUX_7_3, up, write("unplugged\n"), "ok").next();
    assertThat(down.blocks()).hasSize(4).noneMatch(BlockState::exists);
    assertThat(down.ranges()).noneMatch(RangeState::reserved);
    assertThat(down.word()).contains(Word.UNPLUGGED);
  }

  @DataProvider
  public Object[][] spellings() {
    return new Object[][] {
      {"online", "ok"},
      {"online\n", "ok"},
      {"online\n\n", "EINVAL"},
      {"\n", "EINVAL"},
      {" online\n", "EINVAL"},
      {"online \n", "EINVAL"},
      {"online\t", "EINVAL"},
      {"online\r\n", "EINVAL"},
      {"Online\n", "EINVAL"},
      {"ONLINE\n", "EINVAL"},
      {"onlin\n", "EINVAL"},
      {"onlinee\n", "EINVAL"},
      {"online_\n", "EINVAL"},
      {"online_movabl", "EINVAL"},
      {"online kernel", "EINVAL"},
      {"1", "EINVAL"},
      {"0\n", "EINVAL"},
      {"-1", "EINVAL"},
      {"remove\n", "EINVAL"},
      {"unknown\n", "EINVAL"},
      {"x".repeat(4095), "EINVAL"},
      {"", "ok"},
      {"online\0junk", "(EINVAL) (ok)"},
      {"online\0", "(EINVAL) (ok)"},
      {"\0online", "EINVAL"},
      {"x\0online", "EINVAL"},
    };
  }

  @Test(dataProvider = "spellings")
  public void onlyWordsAndOneNewlineAreTaken(String bytes, String allowed) {
    State from = reading(Dialect.LINUX_7_3, Word.UNPLUGGED);
    Set<String> answers = new TreeSet<>();
    for (Outcome o : new Model(Dialect.LINUX_7_3).outcomes(from, write(bytes), false)) {
      String answer = o.answer().toString();
      answers.add(o.grade() == Grade.INTERESTING ? "(" + answer + ")" : answer);
      boolean taken = o.answer() instanceof ReturnValue.Ok && !bytes.isEmpty();
      assertThat(o.next().onlineBlocks()).isEqualTo(taken ? 4 : 0);
      if (o.answer() instanceof ReturnValue.Ok ok) {
        assertThat(ok.length()).isEqualTo(bytes.length());
      }
    }
    assertThat(String.join(" ", answers)).isEqualTo(allowed);
  }

  @Test
  public void aWriteOfMoreThanAPageIsCut() {
    State from = reading(Dialect.LINUX_7_3, Word.UNPLUGGED);
    assertThat(answers(Dialect.LINUX_7_3, from, write("online\n".repeat(700))))
        .containsExactly("EINVAL");
    Outcome cut = outcome(Dialect.LINUX_7_3, from, write("online" + "\0".repeat(5000)), "ok");
    assertThat(((ReturnValue.Ok) cut.answer()).length()).isEqualTo(4096);
    assertThat(cut.grade()).isEqualTo(Grade.INTERESTING);
  }

  @Test
  public void nobodyMayReadButNotWrite() {
    for (Word word : Word.values()) {
      State s = reading(Dialect.LINUX_7_3, word);
      assertThat(answers(Dialect.LINUX_7_3, s, new Step.Read(Step.Who.NOBODY)))
          .containsExactly(word.text());
      assertThat(
              answers(
                  Dialect.LINUX_7_3, s, new Step.Write(Payload.line("unplugged"), Step.Who.NOBODY)))
          .containsExactly("EACCES");
    }
  }

  @Test
  public void whatIsNotBoundHasNoAttribute() {
    State none = unbound(reading(Dialect.LINUX_7_3, Word.UNPLUGGED));
    assertThat(answers(Dialect.LINUX_7_3, none, new Step.Read(Step.Who.ROOT)))
        .containsExactly("ENOENT");
    assertThat(answers(Dialect.LINUX_7_3, none, write("online\n"))).containsExactly("ENOENT");
    State dax = outcome(Dialect.LINUX_7_3, none, new Step.Bind(Driver.DEVICE_DAX), "ok").next();
    assertThat(answers(Dialect.LINUX_7_3, dax, new Step.Read(Step.Who.ROOT)))
        .containsExactly("ENOENT");
    assertThat(answers(Dialect.LINUX_7_3, dax, new Step.Bind(Driver.KMEM)))
        .containsExactly("EBUSY");
  }

  @DataProvider
  public Object[][] binds() {
    List<List<String>> table = table(BINDS);
    return table.subList(1, table.size()).stream()
        .map(r -> r.toArray(Object[]::new))
        .toArray(Object[][]::new);
  }

  @Test(dataProvider = "binds")
  public void linux73TakesThePolicyOfTheBind(
      String policy, String reads, String blocks, String zones) {
    Policy now = Policy.of(policy).orElseThrow();
    for (Policy boot : Policy.values()) {
      State s = unbound(State.unplugged(RANGES, boot));
      s = outcome(Dialect.LINUX_7_3, s, new Step.SetPolicy(now), "ok").next();
      assertBound(Dialect.LINUX_7_3, s, reads, blocks, zones);
    }
  }

  @Test(dataProvider = "binds")
  public void v4TakesThePolicyOfTheDevicesCreation(
      String policy, String reads, String blocks, String zones) {
    Policy boot = Policy.of(policy).orElseThrow();
    for (Policy now : Policy.values()) {
      State s = outcome(Dialect.V4, State.unplugged(RANGES, boot), new Step.Unbind(), "ok").next();
      s = outcome(Dialect.V4, s, new Step.SetPolicy(now), "ok").next();
      assertBound(Dialect.V4, s, reads, blocks, zones);
    }
  }

  private static void assertBound(
      Dialect dialect, State s, String reads, String blocks, String zones) {
    State bound = only(dialect, s, new Step.Bind(Driver.KMEM)).next();
    assertThat(bound.word().map(Word::text)).contains(reads);
    assertThat(bound.ranges()).allMatch(RangeState::reserved);
    assertThat(bound.blocks())
        .hasSize(4)
        .allSatisfy(
            b -> {
              assertThat(b.presence().name()).isEqualTo(blocks);
              assertThat(
                      b.zones().stream().map(Zone::name).sorted().collect(Collectors.joining(" ")))
                  .isEqualTo(zones);
            });
  }

  @Test
  public void aNewPolicyLeavesABoundDeviceAlone() {
    for (Word word : Word.values()) {
      State s = reading(Dialect.LINUX_7_3, word);
      for (Policy policy : Policy.values()) {
        State next = only(Dialect.LINUX_7_3, s, new Step.SetPolicy(policy)).next();
        assertThat(next.word()).contains(word);
        assertThat(next.ranges()).isEqualTo(s.ranges());
        assertThat(next.policy()).isEqualTo(policy);
      }
    }
  }

  @DataProvider
  public Object[][] unbinds() {
    List<List<String>> table = table(UNBINDS);
    return table.subList(1, table.size()).stream()
        .map(r -> r.toArray(Object[]::new))
        .toArray(Object[][]::new);
  }

  @Test(dataProvider = "unbinds")
  public void unbindLeavesWhatIsOnline(
      String reads, String blocks, String iomem, String leaks, String logged, String rebind) {
    State from = reading(Dialect.LINUX_7_3, Word.of(reads).orElseThrow());
    Outcome gone = only(Dialect.LINUX_7_3, from, new Step.Unbind());
    assertThat(gone.answer()).isEqualTo(new ReturnValue.Ok(0));
    assertThat(gone.next().driver()).isEqualTo(Driver.NONE);
    assertThat(gone.next().word()).isEmpty();
    assertThat(gone.next().blocks()).hasSize(4).allMatch(b -> b.presence().name().equals(blocks));
    assertThat(gone.next().ranges()).allMatch(r -> r.reserved() == iomem.equals("yes"));
    assertThat(gone.next().ranges()).allMatch(r -> r.leaked() == leaks.equals("yes"));
    assertThat(gone.logged().stream().anyMatch(l -> l.text().contains(STUCK)))
        .isEqualTo(logged.equals("yes"));
    assertThat(gone.mayWarn()).as("7.3 does not WARN").isFalse();
    assertThat(answers(Dialect.LINUX_7_3, gone.next(), new Step.Bind(Driver.KMEM)))
        .containsExactly(rebind);
  }

  @Test
  public void onlyRangesWithAnOnlineBlockLeak() {
    State s = reading(Dialect.LINUX_7_3, Word.ONLINE_MOVABLE);
    s = toggled(Dialect.LINUX_7_3, s, new BlockRef(Place.at(0), Place.EVERY), "offline");
    s = toggled(Dialect.LINUX_7_3, s, new BlockRef(Place.MIDDLE, Place.LAST), "offline");
    Outcome gone = only(Dialect.LINUX_7_3, s, new Step.Unbind());
    assertThat(gone.next().ranges().stream().map(RangeState::leaked))
        .containsExactly(false, true, true);
    assertThat(gone.next().ranges().get(1).blocks())
        .as("a partly online range stays whole")
        .extracting(b -> b.presence().name())
        .containsExactly("ONLINE", "OFFLINE");
    State again = outcome(Dialect.LINUX_7_3, gone.next(), new Step.Bind(Driver.KMEM), "ok").next();
    assertThat(again.ranges().get(0).added()).isTrue();
    assertThat(again.ranges().get(1)).isEqualTo(gone.next().ranges().get(1));
  }

  @Test
  public void aLeakOfTheFirstRangeMayRefuseTheBindOrBePassedOver() {
    State s = reading(Dialect.LINUX_7_3, Word.ONLINE_MOVABLE);
    s = toggled(Dialect.LINUX_7_3, s, new BlockRef(Place.LAST, Place.EVERY), "offline");
    State gone = only(Dialect.LINUX_7_3, s, new Step.Unbind()).next();
    assertThat(answers(Dialect.LINUX_7_3, gone, new Step.Bind(Driver.KMEM)))
        .containsExactly("EBUSY", "ok");
    State bound = outcome(Dialect.LINUX_7_3, gone, new Step.Bind(Driver.KMEM), "ok").next();
    assertThat(bound.ranges().get(0)).isEqualTo(gone.ranges().get(0));
    assertThat(bound.ranges().get(1).added()).isTrue();
  }

  @Test
  public void staleOnlineGoesIn73AndLeaksInV4() {
    for (Dialect dialect : List.of(Dialect.LINUX_7_3, Dialect.V4)) {
      State stale = toggled(dialect, reading(dialect, Word.ONLINE_MOVABLE), EVERY, "offline");
      assertThat(stale.word()).contains(Word.ONLINE_MOVABLE);
      Outcome gone = only(dialect, stale, new Step.Unbind());
      boolean stays = dialect == Dialect.V4;
      assertThat(gone.next().ranges()).allMatch(r -> r.leaked() == stays && r.added() == stays);
      assertThat(gone.mayWarn()).isEqualTo(stays);
      assertThat(gone.rule()).isEqualTo(RuleId.of("UNBIND-5"));
      assertThat(answers(dialect, gone.next(), new Step.Bind(Driver.KMEM)))
          .containsExactly(stays ? "EBUSY" : "ok");
    }
  }

  @Test
  public void v4WarnsWhenOnlineMemoryIsLeft() {
    for (Word word : List.of(Word.ONLINE, Word.ONLINE_KERNEL, Word.ONLINE_MOVABLE)) {
      Outcome gone = only(Dialect.V4, reading(Dialect.V4, word), new Step.Unbind());
      assertThat(gone.mayWarn()).isTrue();
      assertThat(gone.logged())
          .containsExactly(
              new Logged(
                  Logged.WARNING, Optional.empty(), true, "Hotplug memory regions " + STUCK));
      assertThat(gone.next().ranges()).allMatch(RangeState::leaked).allMatch(RangeState::reserved);
    }
  }

  @Test
  public void v4RemovesWhatIsOffline() {
    State gone = only(Dialect.V4, reading(Dialect.V4, Word.OFFLINE), new Step.Unbind()).next();
    assertThat(gone.blocks()).noneMatch(BlockState::exists);
    assertThat(gone.ranges()).noneMatch(RangeState::reserved).noneMatch(RangeState::leaked);
  }

  @Test
  public void aPinHoldsUnplugUpWhateverItsRange() {
    for (Word word : List.of(Word.ONLINE_MOVABLE, Word.ONLINE_KERNEL)) {
      for (Place range : List.of(Place.at(0), Place.MIDDLE, Place.LAST)) {
        State s = reading(Dialect.LINUX_7_3, word);
        State held =
            only(Dialect.LINUX_7_3, s, new Step.Pin(new BlockRef(range, Place.LAST))).next();
        List<Outcome> outcomes =
            new Model(Dialect.LINUX_7_3).outcomes(held, write("unplugged\n"), true);
        assertThat(outcomes).extracting(o -> o.answer().toString()).contains("EINTR");
        assertThat(outcomes).extracting(o -> o.answer().toString()).doesNotContain("ok");
        assertThat(outcomes)
            .allSatisfy(
                o -> {
                  assertThat(o.next().ranges()).isEqualTo(held.ranges());
                  assertThat(o.next().word()).contains(word);
                  assertThat(o.logged())
                      .anyMatch(
                          l -> l.text().startsWith("hotremove failed, device left online: -"));
                });
        State freed = only(Dialect.LINUX_7_3, held, new Step.Unpin()).next();
        assertThat(answers(Dialect.LINUX_7_3, freed, write("unplugged\n"))).contains("ok");
      }
    }
  }

  @Test
  public void anInterruptedUnplugIsWholeOrNothing() {
    State s = reading(Dialect.LINUX_7_3, Word.ONLINE_MOVABLE);
    List<Outcome> outcomes = new Model(Dialect.LINUX_7_3).outcomes(s, write("unplugged\n"), true);
    assertThat(outcomes).extracting(o -> o.answer().toString()).contains("ok", "EINTR");
    assertThat(outcomes)
        .allMatch(
            o ->
                o.next().ranges().equals(s.ranges())
                    || o.next().blocks().stream().noneMatch(BlockState::exists));
  }

  @Test
  public void movableMemoryMayRefuseOnceButNotTwice() {
    State s = reading(Dialect.LINUX_7_3, Word.ONLINE_MOVABLE);
    Outcome once = outcome(Dialect.LINUX_7_3, s, write("unplugged\n"), "EBUSY");
    assertThat(once.grade()).isEqualTo(Grade.INTERESTING);
    assertThat(answers(Dialect.LINUX_7_3, once.next(), write("unplugged\n"))).containsExactly("ok");
    State gone = outcome(Dialect.LINUX_7_3, once.next(), write("unplugged\n"), "ok").next();
    State again = outcome(Dialect.LINUX_7_3, gone, write("online_movable\n"), "ok").next();
    assertThat(answers(Dialect.LINUX_7_3, again, write("unplugged\n"))).contains("EBUSY");
  }

  @Test
  public void singleBlocksDoNotChangeTheWord() {
    for (Word word : List.of(Word.ONLINE_MOVABLE, Word.OFFLINE)) {
      State s = reading(Dialect.LINUX_7_3, word);
      String other = word == Word.OFFLINE ? "online_movable" : "offline";
      State one = toggled(Dialect.LINUX_7_3, s, BlockRef.ofDevice(Place.at(0)), other);
      State all = toggled(Dialect.LINUX_7_3, s, EVERY, other);
      assertThat(one.word()).contains(word);
      assertThat(all.word()).contains(word);
      assertThat(one.blocks().get(0)).isNotEqualTo(s.blocks().get(0));
      assertThat(one.blocks().subList(1, 4)).isEqualTo(s.blocks().subList(1, 4));
    }
  }

  @Test
  public void blocksOfflinedByHandDoNotStopAnUnplug() {
    State s =
        toggled(
            Dialect.LINUX_7_3, reading(Dialect.LINUX_7_3, Word.ONLINE_MOVABLE), EVERY, "offline");
    assertThat(answers(Dialect.LINUX_7_3, s, write("unplugged\n"))).containsExactly("ok");
    assertThat(answers(Dialect.LINUX_7_3, s, write("online_movable\n"))).containsExactly("ok");
    State same = outcome(Dialect.LINUX_7_3, s, write("online_movable\n"), "ok").next();
    assertThat(same.ranges()).as("the present state repairs nothing").isEqualTo(s.ranges());
  }

  @Test
  public void aModuleThatIsGoneBindsNothing() {
    State s = reading(Dialect.LINUX_7_3, Word.UNPLUGGED);
    State unloaded = only(Dialect.LINUX_7_3, s, new Step.Unload()).next();
    assertThat(unloaded.driver()).isEqualTo(Driver.NONE);
    assertThat(answers(Dialect.LINUX_7_3, unloaded, new Step.Bind(Driver.KMEM)))
        .containsExactly("ENOENT");
    State loaded = only(Dialect.LINUX_7_3, unloaded, new Step.Load()).next();
    assertThat(loaded.driver()).isEqualTo(Driver.KMEM);
    assertThat(loaded.word()).contains(Word.ONLINE_MOVABLE);
  }

  @Test
  public void askingTwiceGivesTheSame() {
    for (Word word : Word.values()) {
      State s = reading(Dialect.LINUX_7_3, word);
      assertThat(new Model(Dialect.LINUX_7_3).outcomes(s, write("unplugged\n"), true))
          .isEqualTo(new Model(Dialect.LINUX_7_3).outcomes(s, write("unplugged\n"), true));
    }
  }

  // ---- how states are reached

  private static State reading(Dialect dialect, Word word) {
    Policy boot = word == Word.OFFLINE ? Policy.OFFLINE : Policy.ONLINE_MOVABLE;
    State start = State.unplugged(RANGES, boot);
    if (word == Word.UNPLUGGED) {
      return start;
    }
    if (word == Word.OFFLINE) {
      State unbound = only(dialect, start, new Step.Unbind()).next();
      return only(dialect, unbound, new Step.Bind(Driver.KMEM)).next();
    }
    return outcome(dialect, start, write(word.text()), "ok").next();
  }

  private static State unbound(State s) {
    return only(Dialect.LINUX_7_3, s, new Step.Unbind()).next();
  }

  private static State toggled(Dialect dialect, State s, BlockRef blocks, String word) {
    return outcome(dialect, s, new Step.BlockWrite(blocks, word), "ok").next();
  }

  private static Step.Write write(String bytes) {
    return new Step.Write(Payload.exactly(bytes), Step.Who.ROOT);
  }

  private static List<String> answers(Dialect dialect, State s, Step step) {
    return new Model(dialect)
        .outcomes(s, step, false).stream().map(o -> o.answer().toString()).sorted().toList();
  }

  private static Outcome only(Dialect dialect, State s, Step step) {
    List<Outcome> all = new Model(dialect).outcomes(s, step, false);
    assertThat(all).hasSize(1);
    return all.get(0);
  }

  private static Outcome outcome(Dialect dialect, State s, Step step, String answer) {
    Optional<Outcome> found =
        new Model(dialect)
            .outcomes(s, step, false).stream()
                .filter(o -> o.answer().toString().equals(answer))
                .findFirst();
    assertThat(found).as(step + " may answer " + answer).isPresent();
    return found.orElseThrow();
  }

  private static List<List<String>> table(String text) {
    return text.lines()
        .map(l -> Arrays.stream(l.split("\\|", -1)).map(String::strip).toList())
        .toList();
  }

  @Test
  public void whatIsDoneToTheModuleIsDoneToEveryDevice() {
    State bound = State.unplugged(List.of(2), Policy.ONLINE_MOVABLE);
    Model model = new Model(Dialect.LINUX_7_3);
    for (Step all : List.of(new Step.Unload(), new Step.Load())) {
      assertThat(model.outcomes(bound, all, false))
          .as(all.toString())
          .allSatisfy(o -> assertThat(o.claims().rule(Property.NEIGHBOURS)).isEmpty());
    }
    assertThat(model.outcomes(bound, new Step.Unbind(), false))
        .allSatisfy(o -> assertThat(o.claims().rule(Property.NEIGHBOURS)).contains(Rules.ROBUST_5));
  }

  @Test
  public void aSecondPatternIsRefusedUntilTheFirstIsGivenBack() {
    Model model = new Model(Dialect.LINUX_7_3);
    State online = State.unplugged(List.of(2), Policy.ONLINE_MOVABLE);
    Step fill = new Step.Fill(1 << 20);
    State filled = model.outcomes(online, fill, false).get(0).next();
    assertThat(model.outcomes(filled, fill, false))
        .singleElement()
        .satisfies(
            o -> assertThat(o.answer()).isEqualTo(new ReturnValue.Fails(new Errno("EEXIST"))),
            o -> assertThat(o.next()).isEqualTo(filled));
    State free = model.outcomes(filled, new Step.Free(), false).get(0).next();
    assertThat(model.outcomes(free, fill, false).get(0).answer()).isEqualTo(new ReturnValue.Ok(0));
  }
}
