package org.daxcheck.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.daxcheck.abi.Dialect;
import org.daxcheck.abi.Driver;
import org.daxcheck.abi.Errno;
import org.daxcheck.abi.Policy;
import org.daxcheck.abi.RuleId;
import org.daxcheck.abi.Word;
import org.daxcheck.abi.Zone;
import org.daxcheck.step.BlockRef;
import org.daxcheck.step.BlockRef.Place;
import org.daxcheck.step.Payload;
import org.daxcheck.step.Step;
import org.daxcheck.step.Step.Aspect;
import org.daxcheck.step.Step.Who;
import org.testng.annotations.Test;

public class ParserTest {
  private static final Step.Read READ = new Step.Read(Who.ROOT);

  @Test
  public void readsEveryPartOfAScenario() throws ScenarioException {
    String text =
        """
        KMEM every-part
        # What it shows,
        #
        #   and why.
        rule: REFUSE-1 (sysfs-bus-dax, "from the unplugged state")
        rule: ATOMIC-2 ( drivers/dax/kmem.c , dax_kmem_remove() )
        requires: blocks >= 4, attribute, dialect 7.3|v4, ranges >= 3
        leaks: until reboot
        { driver = kmem; state = online_movable; policy = offline }

        # A word about the step.
        write online_kernel -> EBUSY | ok
        read
        """;
    Scenario scenario = Parser.parse("suites/x/every-part.kmem", text);

    assertThat(scenario)
        .isEqualTo(
            new Scenario(
                "every-part",
                "suites/x/every-part.kmem",
                List.of("What it shows,", "", "and why."),
                List.of(
                    new Scenario.Cited(
                        RuleId.of("REFUSE-1"), "sysfs-bus-dax, \"from the unplugged state\""),
                    new Scenario.Cited(
                        RuleId.of("ATOMIC-2"), "drivers/dax/kmem.c, dax_kmem_remove()")),
                new Scenario.Needs(true, 3, 4, Set.of(Dialect.V4, Dialect.LINUX_7_3)),
                new Scenario.Start(
                    Optional.of(Word.ONLINE_MOVABLE),
                    Optional.of(Policy.OFFLINE),
                    Optional.of(Driver.KMEM)),
                true,
                List.of(
                    new Scenario.Line(
                        12,
                        new Step.Write(Payload.line("online_kernel"), Who.ROOT),
                        List.of(new Expected.Fails(Errno.EBUSY), new Expected.Succeeds())),
                    new Scenario.Line(13, READ, List.of())),
                text));
  }

  @Test
  public void whatIsNotSaidHasItsDefault() throws ScenarioException {
    Scenario scenario = parse("read");
    assertThat(scenario.needs()).isEqualTo(new Scenario.Needs(false, 1, 1, Set.of()));
    assertThat(scenario.start())
        .isEqualTo(new Scenario.Start(Optional.empty(), Optional.empty(), Optional.empty()));
    assertThat(scenario.leaks()).isFalse();
  }

  @Test
  public void readsWhatRacesAndHardCasesNeed() throws ScenarioException {
    Scenario scenario =
        Parser.parse(
            "x.kmem",
            """
            KMEM x
            # Why.
            rule: ATTR-1 (doc, clause)
            requires: no hotremove, injector, topology cxl-small, attribute
            repeat: 30 times
            leaks: until reboot
            { driver = none }

            read
            """);
    assertThat(scenario.repeats()).isEqualTo(30);
    assertThat(scenario.leaks()).isTrue();
    assertThat(scenario.needs())
        .as("no block is needed where the topology is named")
        .isEqualTo(
            new Scenario.Needs(
                true,
                1,
                0,
                Set.of(),
                Set.of(Scenario.Feature.INJECTOR, Scenario.Feature.NO_HOTREMOVE),
                Optional.of("cxl-small")));
    assertThat(parse("read").repeats()).isEqualTo(1);
  }

  @Test
  public void aReshapeMayBeUnknownToTheKernel() throws ScenarioException {
    assertThat(parse("reshape memmap -> EBUSY | EOPNOTSUPP").lines().get(0).expected())
        .containsExactly(
            new Expected.Fails(Errno.EBUSY), new Expected.Fails(new Errno("EOPNOTSUPP")));
  }

  @Test
  public void timesMayBeRanges() throws ScenarioException {
    Step.Actors actors =
        (Step.Actors)
            step("P0: sleep 0us..800us\nP0: sleep 2ms..2ms\nP0: signal P0 INT after 1ms .. 40ms");
    assertThat(actors.actors().get(0).steps())
        .containsExactly(
            new Step.Sleep(0, 800),
            new Step.Sleep(2000),
            new Step.Signal("P0", "INT", 1000, 40_000));
  }

  @Test
  public void actorsMayWriteToTheNeighbourAndSendSignalsThatRestartCalls()
      throws ScenarioException {
    Step.Actors actors =
        (Step.Actors)
            step("P0: neighbour write offline\nP1: signal P0 USR2 after 1ms\nP1: write a at 9");
    assertThat(actors.acts())
        .containsExactly(
            new Step.NeighbourWrite(Word.OFFLINE),
            new Step.Signal("P0", "USR2", 1000),
            new Step.Write(Payload.line("a"), Who.ROOT, 9));
  }

  @Test
  public void readsEachStep() throws ScenarioException {
    assertThat(step("write unplugged")).isEqualTo(Step.Write.word(Word.UNPLUGGED));
    assertThat(step("write -> ok".replace("->", "bogus ->")))
        .isEqualTo(new Step.Write(Payload.exactly("bogus\n"), Who.ROOT));
    assertThat(step("write \"a\\n\\t\\0\\\\\\\"\\xfF#\" as nobody"))
        .isEqualTo(new Step.Write(Payload.exactly("a\n\t\0\\\"\u00ff#"), Who.NOBODY));
    assertThat(step("write \"xy\" * 3"))
        .isEqualTo(new Step.Write(Payload.exactly("xyxyxy"), Who.ROOT));
    assertThat(step("read as nobody")).isEqualTo(new Step.Read(Who.NOBODY));
    assertThat(step("bind")).isEqualTo(new Step.Bind(Driver.KMEM));
    assertThat(step("bind device_dax")).isEqualTo(new Step.Bind(Driver.DEVICE_DAX));
    assertThat(step("unbind")).isEqualTo(new Step.Unbind());
    assertThat(step("policy online_movable")).isEqualTo(new Step.SetPolicy(Policy.ONLINE_MOVABLE));
    assertThat(step("blocks offline"))
        .isEqualTo(new Step.BlockWrite(BlockRef.ofDevice(Place.EVERY), "offline"));
    assertThat(step("block last of range middle online_kernel"))
        .isEqualTo(new Step.BlockWrite(new BlockRef(Place.MIDDLE, Place.LAST), "online_kernel"));
    assertThat(step("pin block 3 of range 0"))
        .isEqualTo(new Step.Pin(new BlockRef(Place.at(0), Place.at(3))));
    assertThat(step("unpin")).isEqualTo(new Step.Unpin());
    assertThat(step("unload")).isEqualTo(new Step.Unload());
    assertThat(step("load")).isEqualTo(new Step.Load());
    assertThat(step("fill 4K")).isEqualTo(new Step.Fill(4096));
    assertThat(step("fill 4M")).isEqualTo(new Step.Fill(4L << 20));
    assertThat(step("fill 64G")).isEqualTo(new Step.Fill(64L << 30));
    assertThat(step("verify -> ok | EIO")).isEqualTo(new Step.Verify());
    assertThat(step("free")).isEqualTo(new Step.Free());
    assertThat(step("inject online ENOMEM"))
        .isEqualTo(new Step.Inject(Optional.of(Step.Change.ONLINE), Errno.ENOMEM));
    assertThat(step("inject offline EBUSY"))
        .isEqualTo(new Step.Inject(Optional.of(Step.Change.OFFLINE), Errno.EBUSY));
    assertThat(step("inject nothing")).isEqualTo(Step.Inject.nothing());
    assertThat(step("await unplugged within 2s")).isEqualTo(new Step.Await(Word.UNPLUGGED, 2000));
  }

  @Test
  public void readsWhatALookMustSee() throws ScenarioException {
    assertLook("attribute -> absent", Aspect.ATTRIBUTE, new Expected.AttributePresent(false));
    assertLook("blocks -> none", Aspect.BLOCKS, new Expected.NoBlocks());
    assertLook(
        "blocks -> all online | all offline",
        Aspect.BLOCKS,
        new Expected.BlocksAre("online", Optional.empty()),
        new Expected.BlocksAre("offline", Optional.empty()));
    assertLook("iomem -> ram", Aspect.IOMEM, new Expected.Iomem(Expected.Iomem.Claim.RAM));
    assertLook("memtotal -> baseline", Aspect.MEMTOTAL, new Expected.MemTotal(false));
    assertLook("memtotal -> baseline + all", Aspect.MEMTOTAL, new Expected.MemTotal(true));
    assertLook("driver -> none", Aspect.DRIVER, new Expected.Is("none"));
    assertLook("policy -> offline", Aspect.POLICY, new Expected.Is("offline"));
    assertLook(
        "log -> \"a -> b\" | none",
        Aspect.LOG,
        new Expected.Logged("a -> b"),
        new Expected.Is("none"));
    assertLook("taint -> unchanged", Aspect.TAINT, new Expected.Is("unchanged"));
    assertLook("uevents -> none", Aspect.UEVENTS, new Expected.Is("none"));
    assertLook("leaks -> none", Aspect.LEAKS, new Expected.Is("none"));
  }

  @Test
  public void aLookAtOneBlockNeedsNoAll() throws ScenarioException {
    assertThat(parse("block 2 of range last -> online Movable").lines())
        .containsExactly(
            new Scenario.Line(
                5,
                new Step.Look(Aspect.BLOCKS, new BlockRef(Place.LAST, Place.at(2))),
                List.of(new Expected.BlocksAre("online", Optional.of(Zone.MOVABLE)))));
  }

  @Test
  public void linesOfActorsAreOneStep() throws ScenarioException {
    Scenario scenario =
        parse(
            """
            P1: sleep 20us
            # A comment does not end the group.
            P0: write unplugged  -> EINTR | killed KILL
            P1: signal P0 KILL after 300ms
            P1: read  -> online
            """);
    assertThat(scenario.lines())
        .containsExactly(
            new Scenario.Line(
                5,
                new Step.Actors(
                    List.of(
                        new Step.Actor(
                            "P1",
                            List.of(
                                new Step.Sleep(20), new Step.Signal("P0", "KILL", 300_000), READ)),
                        new Step.Actor("P0", List.of(Step.Write.word(Word.UNPLUGGED)))),
                    10_000),
                List.of(),
                List.of(
                    new Scenario.ActorExpectation(
                        "P0",
                        0,
                        7,
                        List.of(new Expected.Fails(Errno.EINTR), new Expected.Killed("KILL"))),
                    new Scenario.ActorExpectation(
                        "P1", 2, 9, List.of(new Expected.Reads("online"))))));
  }

  @Test
  public void aBlankLineOrALimitBeginsNewActors() throws ScenarioException {
    List<Scenario.Line> lines =
        parse("P0: read\n\nP0: read\nactors within 5s\nP0: read\nread\n").lines();
    assertThat(lines).extracting(Scenario.Line::number).containsExactly(5, 7, 8, 10);
    assertThat(lines.subList(0, 3))
        .extracting(line -> ((Step.Actors) line.step()).limitMillis())
        .containsExactly(10_000, 10_000, 5_000);
  }

  @Test
  public void lineEndsOfOtherSystemsAreRead() throws ScenarioException {
    assertThat(parse("read\r\nread\r\n").lines()).hasSize(2);
  }

  @Test
  public void aThousandStepsAreAllowed() throws ScenarioException {
    assertThat(parse("read\n".repeat(1000)).lines())
        .extracting(Scenario.Line::number)
        .containsExactlyElementsOf(IntStream.range(5, 1005).boxed().toList());
  }

  private static void assertLook(String line, Aspect aspect, Expected... expected)
      throws ScenarioException {
    assertThat(parse(line).lines())
        .containsExactly(new Scenario.Line(5, Step.Look.at(aspect), List.of(expected)));
  }

  private static Step step(String line) throws ScenarioException {
    return parse(line).lines().get(0).step();
  }

  private static Scenario parse(String steps) throws ScenarioException {
    return Parser.parse("x.kmem", "KMEM x\n# Why.\nrule: ATTR-1 (doc, clause)\n\n" + steps);
  }
}
