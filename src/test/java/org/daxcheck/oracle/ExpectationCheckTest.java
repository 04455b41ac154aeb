package org.daxcheck.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.daxcheck.abi.Dialect;
import org.daxcheck.abi.Driver;
import org.daxcheck.abi.Errno;
import org.daxcheck.abi.Policy;
import org.daxcheck.abi.Word;
import org.daxcheck.model.Model;
import org.daxcheck.model.Outcome;
import org.daxcheck.model.State;
import org.daxcheck.scenario.Parser;
import org.daxcheck.scenario.Scenario;
import org.daxcheck.scenario.ScenarioException;
import org.daxcheck.step.Observation;
import org.daxcheck.step.Reply;
import org.daxcheck.step.Result;
import org.daxcheck.step.Step;
import org.daxcheck.trace.Trace;
import org.testng.annotations.DataProvider;
import org.testng.annotations.Test;

/** What stands behind an arrow means what suites/README.md says. */
public class ExpectationCheckTest {
  private static final Shown KERNEL = new Shown(Dialect.LINUX_7_3);
  private static final State UNPLUGGED = State.unplugged(List.of(1, 2, 1), Policy.ONLINE_MOVABLE);
  private static final State MOVABLE = after(UNPLUGGED, Step.Write.word(Word.ONLINE_MOVABLE));
  private static final State EITHER = after(UNPLUGGED, Step.Write.word(Word.ONLINE));
  private static final State UNBOUND = after(UNPLUGGED, new Step.Unbind());
  private static final State OFFLINE =
      after(
          State.unplugged(List.of(1, 2, 1), Policy.OFFLINE),
          new Step.Unbind(),
          new Step.Bind(Driver.KMEM));
  private static final State DEVICE_DAX = after(UNBOUND, new Step.Bind(Driver.DEVICE_DAX));
  private static final State LEFT = after(MOVABLE, new Step.Unbind());

  // ---- results

  @DataProvider
  public Object[][] results() {
    Result busy = Result.error(Errno.EBUSY);
    return new Object[][] {
      // ok: all of it
      {"write online -> ok", Result.ok(7), true},
      {"write online -> ok", Result.ok(6), false},
      {"write online -> ok", busy, false},
      {"write \"online\" -> ok", Result.ok(6), true},
      {"write \"\" -> ok", Result.ok(0), true},
      {"write \"\" -> ok", Result.ok(1), false},
      {"unbind -> ok", Result.ok(0), true},
      {"unbind -> ok", Result.ok(6), true},
      {"unbind -> ok", busy, false},
      {"unbind -> ok", killed("KILL"), false},
      // errors by their names
      {"write online -> EBUSY", busy, true},
      {"write online -> EBUSY", Result.error(Errno.EINVAL), false},
      {"write online -> EBUSY", Result.ok(7), false},
      {"bind -> EBUSY", Result.ok(0), false},
      // any of several
      {"write online -> ok | EBUSY", Result.ok(7), true},
      {"write online -> ok | EBUSY", busy, true},
      {"write online -> ok | EBUSY", Result.ok(3), false},
      {"write online -> ok | EBUSY", Result.error(Errno.EINVAL), false},
      // reads: the word and one newline
      {"read -> online_movable", Result.data("online_movable\n"), true},
      {"read -> online_movable", Result.data("online_movable"), false},
      {"read -> online_movable", Result.data("online_movable\n\n"), false},
      {"read -> online_movable", Result.data("online\n"), false},
      {"read -> online_movable", Result.error(Errno.ENOENT), false},
      {"read -> unplugged | ENOENT", Result.error(Errno.ENOENT), true},
      // nothing stated
      {"write online", busy, true},
    };
  }

  @Test(dataProvider = "results")
  public void aResultIsAsStated(String line, Result result, boolean holds) throws Exception {
    assertThat(check("qemu", line, result, KERNEL.of(UNPLUGGED), List.of()).isEmpty())
        .as(line + ": " + result)
        .isEqualTo(holds);
  }

  @Test
  public void whatDoesNotHoldSaysBothSides() throws Exception {
    Observation o = KERNEL.of(UNPLUGGED);
    assertThat(
            check("qemu", "write online -> ok | EBUSY", Result.error(Errno.EINVAL), o, List.of()))
        .containsExactly(new ExpectationCheck.Failure("ok | EBUSY", "EINVAL", true));
    assertThat(check("qemu", "read -> online", Result.data("offline\n"), o, List.of()))
        .containsExactly(new ExpectationCheck.Failure("online", "offline", true));
    assertThat(check("qemu", "unbind -> EBUSY", Result.ok(0), o, List.of()))
        .containsExactly(new ExpectationCheck.Failure("EBUSY", "ok", true));
    assertThat(check("qemu", "unbind -> EBUSY", killed("KILL"), o, List.of()))
        .extracting(ExpectationCheck.Failure::seen)
        .containsExactly("killed KILL");
  }

  // ---- looks

  @DataProvider
  public Object[][] looks() {
    Observation up = KERNEL.of(MOVABLE);
    Observation none = KERNEL.of(UNPLUGGED);
    Observation offline = KERNEL.of(OFFLINE);
    Observation mixed = zone(up, 3, "Normal");
    Observation hole = Shown.block(up, 3, b -> null);
    return new Object[][] {
      {"attribute -> present", up, true},
      {"attribute -> absent", up, false},
      {"attribute -> absent", KERNEL.of(UNBOUND), true},
      {"attribute -> present", KERNEL.of(UNBOUND), false},
      {"blocks -> none", none, true},
      {"blocks -> none", up, false},
      {"blocks -> none", Shown.blocks(up, up.blocks().subList(3, 4)), false},
      {"blocks -> all online", up, true},
      {"blocks -> all online", mixed, true},
      {"blocks -> all online", hole, false},
      {"blocks -> all online", offline, false},
      {"blocks -> all online", none, false},
      {"blocks -> all offline", offline, true},
      {"blocks -> all offline", up, false},
      {"blocks -> all online Movable", up, true},
      {"blocks -> all online Movable", mixed, false},
      {"blocks -> all online Normal", up, false},
      {"blocks of range first -> all online Movable", mixed, true},
      {"blocks of range last -> all online Movable", mixed, false},
      {"blocks of range middle -> all online Movable", mixed, true},
      {"block last -> online Normal", mixed, true},
      {"block first -> online Normal", mixed, false},
      {"block last -> none", hole, true},
      {"block 2 -> none", hole, false},
      {"block last of range middle -> online", hole, true},
      {"blocks -> none | all offline", offline, true},
      {"iomem -> none", none, true},
      {"iomem -> none", up, false},
      {"iomem -> ram", up, true},
      {"iomem -> ram", Shown.line(up, 5, l -> null), false},
      {"iomem -> ram", Shown.line(up, 4, l -> null), false},
      {"iomem -> reserved", up, false},
      {"iomem -> reserved", KERNEL.of(DEVICE_DAX), true},
      {"iomem -> reserved", none, false},
      {"iomem -> none", Shown.iomem(up, up.iomem().subList(4, 5)), false},
      {"memtotal -> baseline", none, true},
      {"memtotal -> baseline", up, false},
      {"memtotal -> baseline", Shown.memTotal(none, 2_000_004), false},
      {"memtotal -> baseline + all", up, true},
      {"memtotal -> baseline + all", none, false},
      {"memtotal -> baseline + all", Shown.memTotal(up, up.memTotalKib() - 4), false},
      {"driver -> kmem", up, true},
      {"driver -> none", up, false},
      {"driver -> none", KERNEL.of(LEFT), true},
      {"driver -> device_dax", KERNEL.of(DEVICE_DAX), true},
      {"policy -> online_movable", up, true},
      {"policy -> offline", up, false},
      {"taint -> unchanged", up, true},
      {"taint -> unchanged", Shown.taint(up, 512), false},
      {"log -> none", up, true},
      {"log -> none", logged(up, 4, "Hotplug regions stuck"), false},
      {"log -> none", logged(up, 3, "Hotplug regions stuck"), false},
      {"log -> none", logged(up, 5, "a notice"), true},
      {"log -> \"regions stuck\"", logged(up, 6, "Hotplug regions stuck online"), true},
      {"log -> \"regions stuck\"", logged(up, 4, "regions"), false},
      {"log -> \"regions stuck\"", up, false},
      {"uevents -> none", up, true},
      {"uevents -> none", KERNEL.uevents(up, "online 2"), false},
      {"uevents -> none", sent(up, "/devices/platform/dax0.0"), true},
    };
  }

  @Test(dataProvider = "looks")
  public void aLookIsAsStated(String line, Observation seen, boolean holds) throws Exception {
    assertThat(check("qemu", line, Result.ok(0), seen, List.of()).isEmpty())
        .as(line + ": " + seen)
        .isEqualTo(holds);
  }

  @Test
  public void aLookThatDoesNotHoldSaysWhatWasSeen() throws Exception {
    Observation mixed = Shown.block(zone(KERNEL.of(EITHER), 3, "Normal"), 0, b -> null);
    mixed = zone(zone(mixed, 0, "Movable"), 1, "Movable");
    assertThat(seen("blocks -> none", mixed))
        .isEqualTo("0: none, 1: online Movable, 2: online Movable, 3: online Normal");
    assertThat(seen("block last -> offline", mixed)).isEqualTo("online Normal");
    assertThat(seen("attribute -> absent", mixed)).isEqualTo("files: state");
    assertThat(seen("iomem -> none", mixed)).isEqualTo("all ram");
    assertThat(seen("memtotal -> baseline", mixed)).isEqualTo("baseline +524288 KiB");
    assertThat(seen("driver -> none", mixed)).isEqualTo("kmem");
    assertThat(seen("policy -> offline", mixed)).isEqualTo("online_movable");
    assertThat(seen("taint -> unchanged", Shown.taint(mixed, 512))).isEqualTo("from 0 to 512");
    assertThat(seen("log -> none", logged(mixed, 4, "a \"b\"")))
        .isEqualTo("lines: \"a \\\"b\\\"\"");
    assertThat(seen("uevents -> none", KERNEL.uevents(mixed, "online 2")))
        .isEqualTo("uevents: online /devices/system/memory/memory" + Shown.DEVICE.blockNumber(2));
  }

  private static String seen(String line, Observation seen) throws Exception {
    List<ExpectationCheck.Failure> failures = check("qemu", line, Result.ok(0), seen, List.of());
    assertThat(failures).as(line).hasSize(1);
    return failures.get(0).seen();
  }

  /** "Since the step before": looks in between change nothing, so their lines count too. */
  @Test
  public void aLookAtTheLogGoesBackToTheLastStepThatDidSomething() throws Exception {
    Scenario scenario =
        parse("unbind -> ok", "driver -> none", "log -> \"stuck\"", "uevents -> none");
    Observation quiet = KERNEL.of(LEFT);
    Observation loud = KERNEL.uevents(logged(quiet, 4, "regions stuck"), "offline 1");
    for (int loudAt = -1; loudAt < 4; loudAt++) {
      List<Trace.Entry> entries = new ArrayList<>();
      entries.add(
          entry(
              Trace.Phase.SETUP,
              Step.Write.word(Word.ONLINE_MOVABLE),
              Result.ok(15),
              loudAt == -1 ? loud : quiet));
      for (int i = 0; i < 4; i++) {
        entries.add(
            entry(
                Trace.Phase.SCENARIO,
                scenario.lines().get(i).step(),
                Result.ok(0),
                i == loudAt ? loud : quiet));
      }
      Trace trace = trace("qemu", entries);
      boolean log =
          new ExpectationCheck(trace, 3, scenario.lines().get(2), List.of()).check().isEmpty();
      boolean none =
          new ExpectationCheck(trace, 4, scenario.lines().get(3), List.of()).check().isEmpty();
      assertThat(log).as("logged at %d", loudAt).isEqualTo(loudAt >= 0 && loudAt < 3);
      assertThat(none).as("sent at %d", loudAt).isEqualTo(loudAt < 0);
    }
  }

  @Test
  public void aLookAtTheLogEndsWithTheTrace() throws Exception {
    assertThat(check("qemu", "log -> none", Result.ok(0), KERNEL.of(UNPLUGGED), List.of()))
        .as("the first entry of all")
        .isEmpty();
  }

  // ---- actors

  @Test
  public void whatActorsStateIsHeldAgainstTheirOwnResults() throws Exception {
    Scenario race =
        parse(
            "P0: write unplugged -> EINTR | killed KILL",
            "P0: read -> online_movable",
            "P1: write online -> EBUSY",
            "P2: signal P0 INT after 300ms");
    Result eintr = Result.error(Errno.EINTR);
    Result reads = Result.data("online_movable\n");
    Result busy = Result.error(Errno.EBUSY);
    assertThat(actors(race, done("P0", eintr, reads), done("P1", busy), done("P2", Result.ok(0))))
        .isEmpty();
    assertThat(actors(race, done("P2", Result.ok(0)), done("P1", busy), done("P0", eintr, reads)))
        .as("in whatever order they come")
        .isEmpty();
    assertThat(actors(race, done("P0", killed("KILL")), done("P1", busy)))
        .as("what it did not come to is not held against it")
        .isEmpty();
    assertThat(actors(race, done("P0", killed("INT")), done("P1", busy)))
        .containsExactly(new ExpectationCheck.Failure("EINTR | killed KILL", "killed INT", true));
    assertThat(actors(race, done("P0", eintr, Result.data("unplugged\n")), done("P1", busy)))
        .containsExactly(new ExpectationCheck.Failure("online_movable", "unplugged", true));
    assertThat(actors(race, done("P0", eintr, reads), done("P1", eintr)))
        .containsExactly(new ExpectationCheck.Failure("EBUSY", "EINTR", true));
    assertThat(actors(race, done("P0", busy, busy), done("P1", eintr))).hasSize(3);
  }

  /** Each write has its own length. */
  @Test
  public void whatAnActorWroteWholeIsWhatItWasGiven() throws Exception {
    Scenario race = parse("P0: write online -> ok", "P1: read", "P1: write online_kernel -> ok");
    Result read = Result.data("unplugged\n");
    assertThat(actors(race, done("P0", Result.ok(7)), done("P1", read, Result.ok(14)))).isEmpty();
    assertThat(actors(race, done("P0", Result.ok(14)), done("P1", read, Result.ok(7)))).hasSize(2);
  }

  private static List<ExpectationCheck.Failure> actors(Scenario race, Result.ActorResult... each) {
    Scenario.Line line = race.lines().get(0);
    Result all = new Result(0, Optional.empty(), "", 0, 0, false, "", List.of(each));
    Trace trace =
        trace(
            "model", List.of(entry(Trace.Phase.SCENARIO, line.step(), all, KERNEL.of(UNPLUGGED))));
    return new ExpectationCheck(trace, 0, line, List.of()).check();
  }

  private static Result.ActorResult done(String name, Result... steps) {
    return new Result.ActorResult(name, List.of(steps), false);
  }

  // ---- the line against the model

  /** A line that excludes what the model allows reads the documents otherwise, and is told. */
  @Test
  public void aLineMayNotExcludeWhatTheModelAllows() throws Exception {
    State kernel = after(UNPLUGGED, Step.Write.word(Word.ONLINE_KERNEL));
    Step unplug = Step.Write.word(Word.UNPLUGGED);
    List<Outcome> either = new Model(Dialect.LINUX_7_3).outcomes(kernel, unplug, false);
    Observation o = KERNEL.of(UNPLUGGED);
    assertThat(check("model", "write unplugged -> ok | EBUSY", Result.ok(10), o, either)).isEmpty();
    assertThat(check("model", "write unplugged -> ok", Result.ok(10), o, either))
        .containsExactly(new ExpectationCheck.Failure("ok", "EBUSY by rule ATOMIC-3", true));
    assertThat(check("model", "write unplugged -> EBUSY", Result.error(Errno.EBUSY), o, either))
        .extracting(ExpectationCheck.Failure::seen)
        .containsExactly("ok by rule TRANS-5");
    assertThat(check("model", "write unplugged -> EINVAL", Result.error(Errno.EINVAL), o, either))
        .hasSize(2);
    assertThat(check("model", "write unplugged", Result.ok(10), o, either))
        .as("it states nothing")
        .isEmpty();
    assertThat(check("qemu", "write unplugged -> ok", Result.ok(10), o, either))
        .as("a kernel may take either")
        .isEmpty();
    // TRANS-4: what is merely worth telling need not be stated
    List<Outcome> movable = new Model(Dialect.LINUX_7_3).outcomes(MOVABLE, unplug, false);
    assertThat(movable).hasSize(2);
    assertThat(check("model", "write unplugged -> ok", Result.ok(10), o, movable)).isEmpty();
    // REFUSE-1 is required
    List<Outcome> refused =
        new Model(Dialect.LINUX_7_3).outcomes(MOVABLE, Step.Write.word(Word.ONLINE), false);
    assertThat(check("model", "write online -> ok | EINVAL", Result.ok(7), o, refused))
        .extracting(ExpectationCheck.Failure::seen)
        .containsExactly("EBUSY by rule REFUSE-1");
  }

  @Test
  public void aReadMayNotExcludeTheWordOfTheModel() throws Exception {
    List<Outcome> reads =
        new Model(Dialect.LINUX_7_3).outcomes(MOVABLE, new Step.Read(Step.Who.ROOT), false);
    Observation o = KERNEL.of(MOVABLE);
    Result online = Result.data("online\n");
    assertThat(check("model", "read -> online_movable", Result.data("online_movable\n"), o, reads))
        .isEmpty();
    assertThat(check("model", "read -> online", online, o, reads))
        .extracting(ExpectationCheck.Failure::seen)
        .containsExactly("online_movable by rule ATTR-7");
    assertThat(check("model", "read -> ENOENT", Result.error(Errno.ENOENT), o, reads)).hasSize(1);
  }

  @Test
  public void aLookIsNoDisputeWithTheModel() throws Exception {
    List<Outcome> quiet =
        new Model(Dialect.LINUX_7_3).outcomes(MOVABLE, Step.Look.at(Step.Aspect.DRIVER), false);
    assertThat(check("model", "driver -> kmem", Result.ok(0), KERNEL.of(MOVABLE), quiet)).isEmpty();
  }

  // ---- helpers

  private static List<ExpectationCheck.Failure> check(
      String target, String line, Result result, Observation seen, List<Outcome> allowed)
      throws ScenarioException {
    Scenario.Line stated = parse(line).lines().get(0);
    Trace trace = trace(target, List.of(entry(Trace.Phase.SCENARIO, stated.step(), result, seen)));
    return new ExpectationCheck(trace, 0, stated, allowed).check();
  }

  private static Scenario parse(String... lines) throws ScenarioException {
    return Parser.parse(
        "suites/x/stated.kmem",
        "KMEM stated\n# A test.\nrule: REFUSE-1 (sysfs-bus-dax, \"words\")\n\n"
            + String.join("\n", lines)
            + "\n");
  }

  private static Trace.Entry entry(Trace.Phase phase, Step step, Result result, Observation seen) {
    return new Trace.Entry(phase, 1, "step", step, new Reply(result, seen));
  }

  private static Trace trace(String target, List<Trace.Entry> entries) {
    Trace of = KERNEL.trace(KERNEL.of(UNPLUGGED));
    Trace.Header h = of.header();
    return new Trace(
        new Trace.Header(
            h.scenario(),
            h.source(),
            target,
            h.dialect(),
            h.kernel(),
            h.topology(),
            h.bootPolicy(),
            h.device(),
            h.baselineKib()),
        of.before(),
        entries);
  }

  private static State after(State state, Step... steps) {
    State at = state;
    for (Step step : steps) {
      at = new Model(Dialect.LINUX_7_3).outcomes(at, step, false).get(0).next();
    }
    return at;
  }

  private static Result killed(String signal) {
    return new Result(-1, Optional.empty(), "", 100, 0, false, signal, List.of());
  }

  private static Observation zone(Observation o, int index, String zone) {
    UnaryOperator<Observation.Block> change =
        b -> new Observation.Block(b.number(), b.state(), zone, b.node());
    return Shown.block(o, index, change);
  }

  private static Observation logged(Observation o, int level, String text) {
    return o.after(List.of(new Observation.LogLine(level, 1, text)), false, o.uevents());
  }

  private static Observation sent(Observation o, String devpath) {
    return o.after(o.log(), false, List.of(new Observation.Uevent("change", devpath)));
  }
}
