package org.daxcheck.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.daxcheck.abi.Driver;
import org.daxcheck.abi.Errno;
import org.daxcheck.abi.Policy;
import org.daxcheck.abi.RuleId;
import org.daxcheck.abi.Word;
import org.daxcheck.oracle.Aspect;
import org.daxcheck.oracle.Divergence;
import org.daxcheck.step.BlockRef;
import org.daxcheck.step.BlockRef.Place;
import org.daxcheck.step.Payload;
import org.daxcheck.step.Result;
import org.daxcheck.step.Step;
import org.daxcheck.trace.Sample;
import org.daxcheck.trace.Trace;
import org.testng.annotations.AfterClass;
import org.testng.annotations.AfterMethod;
import org.testng.annotations.BeforeClass;
import org.testng.annotations.BeforeMethod;
import org.testng.annotations.DataProvider;
import org.testng.annotations.Test;

/** A shell runs the commands, on files that stand for those of /sys. */
public class ReproducerTest {
  private static final Path HOME = Path.of(System.getProperty("daxcheck.home", "."));
  private static final String STATE = "/sys/bus/dax/devices/dax0.0/state";

  private Path programs;
  private Path root;

  /** The commands say how the agent is made; so it is. */
  @BeforeClass
  public void compile() throws Exception {
    programs = Files.createTempDirectory("agent");
    String line =
        commands(Aspect.RESULT, Step.Write.word(Word.ONLINE)).stream()
            .filter(l -> l.contains("cc "))
            .findFirst()
            .orElseThrow();
    String made =
        line.substring(line.indexOf("cc ")).replace("-o agent", "-o " + programs + "/agent");
    Process cc = new ProcessBuilder("sh", "-c", made).directory(HOME.toFile()).inheritIO().start();
    assertThat(cc.waitFor(2, TimeUnit.MINUTES)).isTrue();
    assertThat(cc.exitValue()).as(made).isZero();
  }

  @AfterClass(alwaysRun = true)
  public void removeTheAgent() throws IOException {
    Files.deleteIfExists(programs.resolve("agent"));
    Files.deleteIfExists(programs);
  }

  @BeforeMethod
  public void build() throws IOException {
    root = Files.createTempDirectory("sys");
    Files.createDirectories(root.resolve("sys/bus/dax/devices/dax0.0"));
    Files.createDirectories(root.resolve("sys/bus/dax/drivers/kmem"));
    Files.createDirectories(root.resolve("sys/devices/system/memory"));
  }

  @AfterMethod
  public void clean() throws IOException {
    try (Stream<Path> files = Files.walk(root)) {
      for (Path p : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(p);
      }
    }
  }

  private static List<String> commands(Aspect aspect, Step... steps) {
    Sample s = Sample.of("qemu");
    int line = 7;
    for (Step step : steps) {
      s.step(line++, "a step", step, Result.ok(0), s.unplugged());
    }
    return Reproducer.commands(
        s.trace(),
        new Divergence(
            RuleId.of("WORD-2"), steps.length - 1, 7, "a\nstep", aspect, "EINVAL", "ok\n`x`", 0));
  }

  private static List<String> withoutComments(List<String> commands) {
    return commands.stream().filter(l -> !l.startsWith("#")).toList();
  }

  private int shell(String shell, List<String> commands) throws Exception {
    // Indented as the text report prints them.
    String script = "    " + String.join("\n    ", commands).replace("/sys/", root + "/sys/");
    ProcessBuilder builder = new ProcessBuilder(shell, "-c", script);
    builder.environment().merge("PATH", programs.toString(), (old, own) -> own + ":" + old);
    Process p =
        builder.redirectErrorStream(true).redirectOutput(root.resolve("out").toFile()).start();
    try {
      assertThat(p.waitFor(20, TimeUnit.SECONDS)).as("the shell ends").isTrue();
      return p.exitValue();
    } finally {
      p.destroyForcibly();
    }
  }

  @DataProvider
  public Object[][] payloads() {
    String all = "";
    for (int i = 0; i < 256; i++) {
      all += (char) i;
    }
    List<Object[]> rows = new ArrayList<>();
    for (String shell : List.of("sh", "bash")) {
      for (String text :
          List.of(
              "online\n",
              "online",
              "-n\n",
              "-e",
              "on'line %s \\n\\",
              "a\0junk\n",
              "\n",
              "\n\n",
              "online\n\n",
              " online ",
              "x".repeat(5000),
              "'".repeat(60),
              all,
              "abc".repeat(2000))) {
        rows.add(new Object[] {shell, text});
      }
    }
    return rows.toArray(Object[][]::new);
  }

  @Test
  public void itStopsBeforeTheStepThatDivergedAndBeforeItsRounds() {
    Sample s = Sample.of("qemu");
    s.step(7, "a step", new Step.Unbind(), Result.ok(0), s.unplugged());
    s.step(8, "a step", Step.Write.word(Word.ONLINE), Result.ok(0), s.unplugged());
    Divergence second =
        new Divergence(RuleId.of("WORD-2"), 1, 8, "write online", Aspect.RESULT, "EINVAL", "ok", 0);
    Reproduction once = Reproducer.reproduction(s.trace(), second);
    assertThat(once.before())
        .anyMatch(l -> l.contains("unbind"))
        .noneMatch(l -> l.contains("got:"));
    assertThat(once.rest().get(0)).isEqualTo("# line 8: write online");

    Sample again = Sample.of("qemu");
    for (int round = 0; round < 3; round++) {
      again.step(7, "a step", Step.Write.word(Word.ONLINE), Result.ok(0), again.unplugged());
    }
    Divergence third =
        new Divergence(RuleId.of("WORD-2"), 2, 7, "write online", Aspect.RESULT, "EINVAL", "ok", 0);
    Reproduction rounds = Reproducer.reproduction(again.trace(), third);
    assertThat(rounds.before()).noneMatch(l -> l.startsWith("for round"));
    assertThat(rounds.rest()).anyMatch(l -> l.startsWith("for round"));
  }

  @Test(dataProvider = "payloads")
  public void writesTheExactBytes(String shell, String text) throws Exception {
    List<String> commands =
        commands(Aspect.RESULT, new Step.Write(Payload.exactly(text), Step.Who.ROOT));

    Path file = root.resolve("sys/bus/dax/devices/dax0.0/state");
    Files.createFile(file);
    List<String> step = commands.subList(commands.indexOf("# got: ok; `x`") + 1, commands.size());

    assertThat(shell(shell, step)).isZero();
    assertThat(root.resolve("out")).hasContent("= " + text.length());
    assertThat(Files.readAllBytes(file)).isEqualTo(Payload.exactly(text).bytes());
  }

  @Test(dataProvider = "payloads")
  public void writesTheExactBytesAtAnOffset(String shell, String text) throws Exception {
    Path file = root.resolve("sys/bus/dax/devices/dax0.0/state");
    Files.writeString(file, "0123456789");

    List<String> commands = commands(Aspect.RESULT, new Step.Write(bytes(text), Step.Who.ROOT, 3));
    shell(shell, commands.subList(commands.indexOf("# got: ok; `x`") + 1, commands.size()));

    byte[] wanted =
        bytes("012" + text + "0123456789".substring(Math.min(10, 3 + text.length()))).bytes();
    assertThat(Files.readAllBytes(file)).isEqualTo(wanted);
  }

  private static Payload bytes(String text) {
    return Payload.exactly(text);
  }

  @Test
  public void theNeighbourIsAnotherDeviceOfKmem() throws Exception {
    for (String name : List.of("dax0.0", "dax0.1")) {
      Files.createDirectories(root.resolve("sys/bus/dax/drivers/kmem/" + name));
    }
    Files.createFile(root.resolve("sys/bus/dax/drivers/kmem/dax0.1/state"));
    shell("sh", commands(Aspect.RESULT, new Step.NeighbourWrite(Word.UNPLUGGED)));
    assertThat(root.resolve("sys/bus/dax/drivers/kmem/dax0.1/state")).hasContent("unplugged\n");
    assertThat(root.resolve("sys/bus/dax/drivers/kmem/dax0.0/state")).doesNotExist();
  }

  @Test
  public void aNameInIomemAfterAnUnloadIsToldToOutliveItsMemory() {
    Step unbind = new Step.Unbind();
    assertThat(commands(Aspect.IOMEM, new Step.Unload()))
        .anyMatch(l -> l.contains("slab_debug=FP"));
    assertThat(commands(Aspect.RESULT, new Step.Unload())).noneMatch(l -> l.contains("slab_debug"));
    assertThat(commands(Aspect.IOMEM, unbind)).noneMatch(l -> l.contains("slab_debug"));
  }

  @Test
  public void everyStepAndAspectIsCorrectShell() throws Exception {
    BlockRef every = BlockRef.ofDevice(Place.EVERY);
    Step[] steps = {
      new Step.SetPolicy(Policy.ONLINE),
      new Step.Unbind(),
      new Step.Bind(Driver.DEVICE_DAX),
      new Step.Bind(Driver.KMEM),
      new Step.Read(Step.Who.NOBODY),
      new Step.Write(Payload.exactly("it's\n"), Step.Who.NOBODY),
      new Step.Write(Payload.exactly("z".repeat(50)), Step.Who.NOBODY),
      new Step.BlockWrite(every, "offline"),
      new Step.BlockWrite(new BlockRef(Place.LAST, Place.at(0)), "online"),
      new Step.Pin(new BlockRef(Place.LAST, Place.MIDDLE)),
      new Step.Unpin(),
      new Step.Fill(4L << 20),
      new Step.Verify(),
      new Step.Free(),
      new Step.Inject(Optional.of(Step.Change.OFFLINE), Errno.EBUSY),
      Step.Inject.nothing(),
      new Step.Unload(),
      new Step.Load(),
      new Step.Await(Word.ONLINE, 1500),
      Step.Look.at(Step.Aspect.BLOCKS),
      new Step.Actors(
          List.of(
              new Step.Actor("P0", List.of(new Step.Signal("P1", "INT", 300_000))),
              new Step.Actor("P1", List.of(Step.Write.word(Word.UNPLUGGED), new Step.Sleep(20))),
              new Step.Actor("P2", List.of(new Step.Unbind()))),
          10_000),
      new Step.Write(Payload.exactly(""), Step.Who.ROOT),
      new Step.Write(Payload.exactly(""), Step.Who.ROOT, 7),
      new Step.Write(Payload.exactly("it's\n"), Step.Who.NOBODY, 100),
      new Step.RefuseAdd(Optional.of(Place.LAST), Errno.ENOMEM),
      Step.RefuseAdd.nothing(),
      new Step.Occupy(Optional.of(Place.LAST)),
      Step.Occupy.nothing(),
      new Step.Reshape(Step.Shape.MAPPING),
      new Step.Reshape(Step.Shape.SIZE),
      new Step.Reshape(Step.Shape.ALIGN),
      new Step.Reshape(Step.Shape.MEMMAP),
      new Step.Reshape(Step.Shape.DELETE),
      new Step.NeighbourWrite(Word.UNPLUGGED),
      new Step.Delay(Optional.of(Step.Point.REMOVE), 50),
      Step.Delay.nothing(),
      new Step.FailNth(Step.Write.word(Word.ONLINE), Step.Memory.SLAB, 9, 9),
    };
    assertThat(
            Stream.of(steps)
                .flatMap(s -> Stream.concat(Stream.of(s), s.acts().stream()))
                .map(Step::kind))
        .as("a look is what the commands end with")
        .contains(Step.Kind.values());
    for (Aspect aspect : Aspect.values()) {
      List<String> all = commands(aspect, steps);
      for (String shell : List.of("sh", "bash")) {
        Process p = new ProcessBuilder(shell, "-n", "-c", String.join("\n", all)).start();
        String complaint = new String(p.getErrorStream().readAllBytes());
        assertThat(p.waitFor()).as(complaint).isZero();
      }
      assertThat(all).noneMatch(l -> l.contains("\n")).allMatch(l -> l.length() <= 96);
    }
    assertThat(commands(Aspect.BLOCKS, steps))
        .contains(
            "echo online > /sys/devices/system/memory/auto_online_blocks",
            "echo dax0.0 > /sys/bus/dax/devices/dax0.0/driver/unbind",
            "echo dax0.0 > /sys/bus/dax/drivers/kmem/bind",
            "agent uread " + STATE,
            "agent uwrite " + STATE + " =it%27s%0a",
            "agent uwrite " + STATE + " =it%27s%0a --at 100",
            "agent write " + STATE + " =",
            "agent write " + STATE + " = --at 7",
            "for n in 34 35 37 38 39; do",
            "  echo offline > /sys/devices/system/memory/memory$n/state",
            "echo online > /sys/devices/system/memory/memory37/state",
            "held=\"$held $(agent pin dax0.0 memory38)\"",
            "agent stop $held; held=",
            "fill=$(agent fill dax0.0 4194304)",
            "agent verify ${fill:-0}",
            "agent stop $fill; fill=",
            "agent inject offline EBUSY",
            "agent inject nothing",
            "agent rmmod kmem",
            "agent load kmem",
            "agent wait " + STATE + " online 1500",
            "  \"P0 signal P1 INT 300000us\" \\",
            "  \"P1 write " + STATE + " unplugged\" \\",
            "  \"P1 sleep 20us\" \\",
            "agent addfail 0x128000000 ENOMEM",
            "agent occupy 0x128000000 0x13fffffff",
            "agent occupy nothing",
            "agent delay remove 50",
            "agent delay nothing",
            "agent --fail slab:9 write " + STATE + " online",
            "agent remap dax0.0",
            "echo 0 > /sys/bus/dax/devices/dax0.0/size",
            "echo 1 > /sys/bus/dax/devices/dax0.0/memmap_on_memory",
            "echo dax0.0 > /sys/bus/dax/devices/dax0.0/../dax_region/delete",
            "echo unplugged > \"$other/state\"",
            "  (cd /sys/devices/system/memory/memory$n && echo memory$n $(cat state valid_zones))");
    List<String> busybox = List.of("perl", "strace", "bash", "nobody", "modprobe", "printf", "dd ");
    assertThat(withoutComments(commands(Aspect.RESULT, steps)))
        .as("a guest has no such program")
        .noneMatch(l -> busybox.stream().anyMatch(l::contains));
  }

  @Test
  public void aLargeDeviceIsNotListedBlockByBlock() {
    assertThat(ByHand.list(List.of(1L, 2L, 3L, 4L, 7L, 9L, 10L))).isEqualTo("$(seq 1 4) 7 9 10");
  }

  @Test
  public void whatIsHeldIsLetGoAtTheEnd() {
    Step pin = new Step.Pin(BlockRef.ofDevice(Place.LAST));
    assertThat(commands(Aspect.DRIVER, pin, Step.Write.word(Word.ONLINE)))
        .contains("held=\"$held $(agent pin dax0.0 last)\"")
        .endsWith("agent stop $held");
    assertThat(commands(Aspect.DRIVER, pin, new Step.Unpin())).doesNotContain("agent stop $held");
  }

  @Test
  public void theStateToBeginWithIsMade() throws Exception {
    Path state = root.resolve("sys/bus/dax/devices/dax0.0/state");
    Files.writeString(state, "online_kernel\n");
    Path policy = root.resolve("sys/devices/system/memory/auto_online_blocks");

    shell("sh", commands(Aspect.DRIVER, new Step.Read(Step.Who.ROOT)));

    assertThat(state).hasContent("unplugged");
    assertThat(policy).hasContent("offline");
    assertThat(root.resolve("sys/bus/dax/drivers/kmem/bind")).hasContent("dax0.0");
  }

  /** What the fake file gives is what was seen, or is not. */
  @Test
  public void aRunShowsWhatTheDivergenceSawOrNot() throws Exception {
    Files.createFile(root.resolve("sys/bus/dax/devices/dax0.0/state"));
    for (int block : List.of(34, 35, 37, 38, 39)) {
      Path folder = root.resolve("sys/devices/system/memory/memory" + block);
      Files.createDirectories(folder);
      Files.writeString(folder.resolve("state"), "online\n");
      Files.writeString(folder.resolve("valid_zones"), block == 34 ? "Normal\n" : "Movable\n");
    }
    Step write = Step.Write.word(Word.ONLINE_KERNEL);

    assertThat(isShown(List.of(Aspect.RESULT), write, Result.ok(14), false)).isTrue();
    assertThat(isShown(List.of(Aspect.RESULT), write, Result.ok(15), false)).isFalse();
    assertThat(isShown(List.of(Aspect.RESULT), write, Result.error(Errno.EBUSY), false)).isFalse();
    assertThat(isShown(List.of(Aspect.BLOCKS), write, Result.ok(14), true))
        .as("it is Normal and was Movable")
        .isFalse();
    Files.writeString(root.resolve("sys/devices/system/memory/memory34/valid_zones"), "Movable\n");
    assertThat(isShown(List.of(Aspect.BLOCKS), write, Result.ok(14), true)).isTrue();
    assertThat(isShown(List.of(Aspect.RESULT, Aspect.BLOCKS), write, Result.ok(15), true))
        .as("one of two")
        .isFalse();
  }

  private boolean isShown(List<Aspect> aspects, Step step, Result result, boolean online)
      throws Exception {
    Sample s = Sample.of("qemu");
    s.step(7, "x", step, result, online ? s.online("online", "Movable") : s.unplugged());
    Divergence seen = new Divergence(RuleId.of("WORD-2"), 0, 7, "x", aspects, "a", "b", 0);
    Reproduction reproduction = Reproducer.reproduction(s.trace(), seen);
    assertThat(reproduction.kills()).isFalse();
    shell("sh", List.of(reproduction.script(1).split("\n")));
    return reproduction.missing(Files.readString(root.resolve("out"))).isEmpty();
  }

  @Test
  public void nothingPrintedShowsNothing() {
    Sample s = Sample.of("qemu");
    s.step(7, "x", Step.Write.word(Word.ONLINE), Result.ok(7), s.unplugged());
    Divergence seen = new Divergence(RuleId.of("WORD-2"), 0, 7, "x", Aspect.DRIVER, "a", "b", 0);
    assertThat(Reproducer.reproduction(s.trace(), seen).missing("")).isPresent();
    Divergence death = new Divergence(RuleId.of("ROBUST-1"), 1, 7, "x", Aspect.LOG, "a", "b", 0);
    assertThat(Reproducer.reproduction(s.trace(), death).kills()).isTrue();
    assertThat(Reproducer.reproduction(s.trace(), death).missing("")).isPresent();
  }

  @Test
  public void aRaceIsShownByWhatItsActorsGot() {
    Sample s = Sample.of("qemu");
    Step race =
        new Step.Actors(
            List.of(
                new Step.Actor("P0", List.of(Step.Write.word(Word.UNPLUGGED))),
                new Step.Actor("P1", List.of(new Step.Signal("P0", "INT", 300_000)))),
            10_000);
    Result result =
        new Result(
            0,
            Optional.empty(),
            "",
            0,
            0,
            false,
            "",
            List.of(
                new Result.ActorResult("P0", List.of(Result.error(Errno.EBUSY)), false),
                new Result.ActorResult("P1", List.of(Result.ok(0)), false)));
    s.step(7, "x", race, result, s.unplugged());
    Reproduction r =
        Reproducer.reproduction(
            s.trace(),
            new Divergence(RuleId.of("ATOMIC-2"), 0, 7, "x", Aspect.RESULT, "a", "b", 0));
    String told = "noise\n@daxcheck 0\nP0 write = %s\nP1 signal = 0\n\n@daxcheck end\n";
    assertThat(r.missing(told.formatted("-1 EBUSY"))).isEmpty();
    assertThat(r.missing(told.formatted("-1 EINTR"))).isPresent();
    assertThat(r.missing(told.formatted("10"))).isPresent();
  }

  /** TERM, since whoever runs the tests in the background may have had INT ignored. */
  @Test
  public void aSignalReachesAnActor() throws Exception {
    List<String> commands =
        commands(
            Aspect.RESULT,
            new Step.Actors(
                List.of(
                    new Step.Actor("P1", List.of(new Step.Signal("P0", "TERM", 200_000))),
                    new Step.Actor(
                        "P0", List.of(new Step.Sleep(15_000_000), Step.Write.word(Word.ONLINE)))),
                10_000));
    long start = System.nanoTime();

    Files.createFile(root.resolve("sys/bus/dax/devices/dax0.0/state"));

    shell("sh", commands);

    assertThat(System.nanoTime() - start).isLessThan(10_000_000_000L);
    assertThat(root.resolve("out"))
        .content()
        .contains("P0 sleep = -1 EINTR", "P0 write = 7", "P1 signal = 0");
  }

  /** Setup, three rounds of two lines, and the way back. */
  private static Trace threeRounds() {
    Sample s = Sample.of("qemu");
    Step policy = new Step.SetPolicy(Policy.ONLINE);
    s.step(Trace.Phase.SETUP, 0, "policy", policy, Result.ok(0), s.unplugged());
    for (int i = 1; i <= 3; i++) {
      Step race =
          new Step.Actors(List.of(new Step.Actor("P0", List.of(new Step.Sleep(i * 100L)))), 1000);
      s.step(6, "race " + i, race, Result.ok(0), s.unplugged());
      s.step(7, "write", Step.Write.word(Word.UNPLUGGED), Result.ok(10), s.unplugged());
    }
    s.step(Trace.Phase.RESTORE, 0, "unbind", new Step.Unbind(), Result.ok(0), s.unplugged());
    return s.trace();
  }

  private static List<String> commands(int entry) {
    return Reproducer.commands(
        threeRounds(),
        new Divergence(RuleId.of("CONC-1"), entry, 6, "x", Aspect.DRIVER, "a", "b", 0));
  }

  @Test
  public void roundsAreALoopWithTheTimesOfTheOneThatDiverged() throws Exception {
    String unplug = "echo unplugged > /sys/bus/dax/devices/dax0.0/state";
    assertThat(commands(threeRounds().entries().size()))
        .as("also where the kernel dies")
        .contains("for round in $(seq 3); do");
    List<String> second = commands(3);
    assertThat(withoutComments(second))
        .containsSubsequence(
            "echo online > /sys/devices/system/memory/auto_online_blocks",
            "for round in $(seq 3); do",
            "    \"P0 sleep 200us\"",
            "  readlink /sys/bus/dax/devices/dax0.0/driver",
            "  " + unplug,
            "done")
        .doesNotContain("    \"P0 sleep 100us\"", "    \"P0 sleep 300us\"");
    assertThat(second)
        .containsSubsequence("# the scenario's lines, again and again, as in round 2", "done");
    assertThat(second.get(second.size() - 1)).isEqualTo("done");

    assertThat(withoutComments(commands(7)))
        .as("the way back stands behind the loop")
        .containsSubsequence(
            "    \"P0 sleep 300us\"",
            "done",
            "echo dax0.0 > /sys/bus/dax/devices/dax0.0/driver/unbind",
            "readlink /sys/bus/dax/devices/dax0.0/driver");
    assertThat(withoutComments(commands(0)))
        .as("what went wrong before the first round needs no round")
        .endsWith(
            "echo online > /sys/devices/system/memory/auto_online_blocks",
            "readlink /sys/bus/dax/devices/dax0.0/driver");
  }

  @Test
  public void aLoopRunsEveryRound() throws Exception {
    List<String> counted = new ArrayList<>(commands(4));
    counted.replaceAll(l -> l.startsWith("  ") ? l.replace("> /sys/bus", ">> /sys/bus") : l);

    shell("sh", counted);

    assertThat(root.resolve("sys/bus/dax/devices/dax0.0/state"))
        .hasContent("unplugged\n".repeat(4));
  }

  @Test
  public void endsWithTheStepThatDiverged() {
    Sample s = Sample.of("qemu");
    s.step(6, "a", Step.Write.word(Word.ONLINE), Result.ok(7), s.unplugged());
    s.step(7, "b", Step.Write.word(Word.UNPLUGGED), Result.ok(10), s.unplugged());
    Divergence first =
        new Divergence(RuleId.of("TRANS-1"), 0, 6, "a", Aspect.DRIVER, "kmem", "none", 0);

    assertThat(withoutComments(Reproducer.commands(s.trace(), first)))
        .endsWith(
            "echo online > /sys/bus/dax/devices/dax0.0/state",
            "readlink /sys/bus/dax/devices/dax0.0/driver")
        .noneMatch(l -> l.contains("agent"));
  }
}
