package org.daxcheck.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.stream.Stream;
import org.testng.annotations.DataProvider;
import org.testng.annotations.Test;

/** What a user reads when a scenario is wrong: one sentence with the place. */
public class ParserErrorsTest {
  private static final String HEAD = "KMEM bad\n# Why.\nrule: REFUSE-1 (doc, \"words\")\n";
  private static final String STEPS =
      "write, read, bind, unbind, policy, block, blocks, pin, unpin, unload, load, await, fill,"
          + " verify, free, inject, refuse, occupy, reshape, neighbour, delay, fail, actors,"
          + " attribute, iomem, memtotal, driver, log, taint, uevents or leaks";

  /** Line 5 of a scenario that is well otherwise, and the error with its place. */
  @DataProvider
  static Iterator<Object[]> badSteps() {
    return Stream.of(
            row(
                "wriet online",
                "5:1: found 'wriet', expected a step: " + STEPS + "; did you mean 'write'?"),
            row("READ", "5:1: found 'READ', expected a step: " + STEPS + "; did you mean 'read'?"),
            row("-> ok", "5:1: found '->', expected a step: " + STEPS),
            row(
                "write",
                "5:6: found the end of the line, expected a word of [A-Za-z0-9_] or bytes"
                    + " in quotes"),
            row(
                "write online-kernel -> ok",
                "5:7: found 'online-kernel', expected a word of"
                    + " [A-Za-z0-9_] or bytes in quotes"),
            row(
                "write online now",
                "5:14: found 'now', expected 'at', 'as nobody', '->' or the end of"
                    + " the line; other bytes than [A-Za-z0-9_] need quotes"),
            row("write online as root", "5:17: found 'root', expected 'nobody'"),
            row(
                "write \"online",
                "5:7: found no end of this text, expected a closing '\"' on the" + " same line"),
            row("write \"a\\q\"", "5:9: found '\\q', expected \\n, \\t, \\0, \\\\, \\\" or \\xHH"),
            row("write \"a\\x4\"", "5:9: found '\\x', expected \\n, \\t, \\0, \\\\, \\\" or \\xHH"),
            row(
                "write \"\u00e9\"",
                "5:8: found a character beyond plain ASCII, expected its bytes" + " as \\xHH"),
            row("write \"x\" * 0", "5:13: found '0', expected a number from 1 to 65536"),
            row("write \"ab\" * 32769", "5:14: found '32769', expected a number from 1 to 32768"),
            row(
                "read online",
                "5:6: found 'online', expected 'as nobody', '->' or the end of the" + " line"),
            row(
                "read # why",
                "5:6: found '#', expected 'as nobody', '->' or the end of the line;"
                    + " a comment needs a line of its own"),
            row(
                "read -> all online",
                "5:9: found 'all', expected unplugged, offline, online,"
                    + " online_kernel, online_movable or an error such as EBUSY"),
            row(
                "read -> online_kernal",
                "5:9: found 'online_kernal', expected unplugged, offline,"
                    + " online, online_kernel, online_movable or an error such as EBUSY; did you mean"
                    + " 'online_kernel'?"),
            row(
                "read -> ok",
                "5:9: found 'ok', expected unplugged, offline, online,"
                    + " online_kernel, online_movable or an error such as EBUSY"),
            row(
                "read ->",
                "5:8: found the end of the line, expected unplugged, offline, online,"
                    + " online_kernel, online_movable or an error such as EBUSY"),
            row("read -> online | online", "5:18: found 'online' twice; keep one"),
            row(
                "write online -> online",
                "5:17: found 'online', expected ok or an error such as" + " EBUSY"),
            row(
                "write online -> EBUZY",
                "5:17: found 'EBUZY', expected ok or an error such as"
                    + " EBUSY; did you mean 'EBUSY'?"),
            row(
                "write online -> ok EBUSY",
                "5:20: found 'EBUSY', expected '|' or the end of the" + " line"),
            row(
                "write online -> killed KILL",
                "5:17: found 'killed', expected ok or an error such" + " as EBUSY"),
            row("bind none", "5:6: found 'none', expected kmem or device_dax"),
            row(
                "bind device-dax",
                "5:6: found 'device-dax', expected kmem or device_dax; did you"
                    + " mean 'device_dax'?"),
            row("unbind kmem", "5:8: found 'kmem', expected '->' or the end of the line"),
            row(
                "policy onlin",
                "5:8: found 'onlin', expected offline, online, online_kernel or"
                    + " online_movable; did you mean 'online'?"),
            row(
                "policy",
                "5:7: found the end of the line, expected '->' and what is to be seen,"
                    + " or a word to write"),
            row("iomem", "5:6: found the end of the line, expected '->' and what is to be seen"),
            row(
                "blocks",
                "5:7: found the end of the line, expected '->' and what is to be seen,"
                    + " or a word to write"),
            row(
                "blocks first offline",
                "5:8: found 'first', expected offline, online,"
                    + " online_kernel or online_movable"),
            row(
                "block every offline",
                "5:7: found 'every', expected first, last, middle or a" + " number counted from 0"),
            row(
                "block lats offline",
                "5:7: found 'lats', expected first, last, middle or a number"
                    + " counted from 0; did you mean 'last'?"),
            row("block 12345 offline", "5:7: found '12345', expected a number from 0 to 9999"),
            row("block 0 of last offline", "5:12: found 'last', expected 'range'"),
            row(
                "block first -> all offline",
                "5:16: found 'all', expected none, offline or" + " online"),
            row(
                "blocks -> online",
                "5:11: found 'online', expected none, all offline or all" + " online"),
            row(
                "blocks -> all online Movible",
                "5:22: found 'Movible', expected Normal or" + " Movable; did you mean 'Movable'?"),
            row(
                "blocks -> all offline Normal",
                "5:23: found 'Normal', expected '|' or the end of" + " the line"),
            row("pin blocks", "5:5: found 'blocks', expected 'block'; did you mean 'block'?"),
            row(
                "pin block",
                "5:10: found the end of the line, expected first, last, middle or a"
                    + " number counted from 0"),
            row("await online", "5:13: found the end of the line, expected 'within'"),
            row(
                "await online within 2",
                "5:21: found '2', expected a time from 1ms to 600s, such" + " as 2s"),
            row(
                "await online within 1500us",
                "5:21: found '1500us', expected a time from 1ms to" + " 600s, such as 2s"),
            row(
                "await online within 601s",
                "5:21: found '601s', expected a time from 1ms to 600s," + " such as 2s"),
            row("attribute -> there", "5:14: found 'there', expected present or absent"),
            row("memtotal -> base", "5:13: found 'base', expected 'baseline'"),
            row("memtotal -> baseline + some", "5:24: found 'some', expected 'all'"),
            row(
                "iomem -> RAM",
                "5:10: found 'RAM', expected none, reserved or ram; did you mean" + " 'ram'?"),
            row("driver -> dax", "5:11: found 'dax', expected kmem, device_dax or none"),
            row("taint -> none", "5:10: found 'none', expected 'unchanged'"),
            row(
                "log -> \"\"",
                "5:8: found \"\", expected none or a text of the kernel log in" + " quotes"),
            row(
                "sleep 2ms",
                "5:1: found 'sleep', which only an actor can do; put 'P0:' before" + " it"),
            row(
                "fill",
                "5:5: found the end of the line, expected a size from 4K to 64G, such as 4M"),
            row("fill 4", "5:6: found '4', expected a size from 4K to 64G, such as 4M"),
            row("fill 4MB", "5:6: found '4MB', expected a size from 4K to 64G, such as 4M"),
            row("fill 3K", "5:6: found '3K', expected a size from 4K to 64G, such as 4M"),
            row("fill 65G", "5:6: found '65G', expected a size from 4K to 64G, such as 4M"),
            row("fill 4M as nobody", "5:9: found 'as', expected '->' or the end of the line"),
            row("verify 4M", "5:8: found '4M', expected '->' or the end of the line"),
            row(
                "verify -> differs",
                "5:11: found 'differs', expected ok or an error such as EBUSY"),
            row("free -> none", "5:9: found 'none', expected ok or an error such as EBUSY"),
            row("inject", "5:7: found the end of the line, expected online, offline or nothing"),
            row(
                "inject onlin EBUSY",
                "5:8: found 'onlin', expected online, offline or nothing; did you mean 'online'?"),
            row(
                "inject offline",
                "5:15: found the end of the line, expected an error that daxcheck knows, such as"
                    + " EBUSY"),
            row(
                "inject offline EBUZY",
                "5:16: found 'EBUZY', expected an error that daxcheck knows, such as EBUSY; did you"
                    + " mean 'EBUSY'?"),
            row(
                "inject nothing EBUSY",
                "5:16: found 'EBUSY', expected '->' or the end of the line"),
            row(
                "write online at",
                "5:16: found the end of the line, expected a number from 1 to 999999999"),
            row("write online at 0", "5:17: found '0', expected a number from 1 to 999999999"),
            row(
                "write online as nobody at 3",
                "5:24: found 'at', expected 'at', 'as nobody', '->' or the end of the line; other"
                    + " bytes than [A-Za-z0-9_] need quotes"),
            row("refuse", "5:7: found the end of the line, expected add or nothing"),
            row("refuse add first", "5:12: found 'first', expected 'of'"),
            row(
                "refuse add of range first",
                "5:26: found the end of the line, expected an error that daxcheck knows, such as"
                    + " EBUSY"),
            row("delay online 5ms", "5:7: found 'online', expected add, remove or nothing"),
            row("delay add 2s", "5:11: found '2s', expected a time from 1ms to 1s, such as 50ms"),
            row("fail", "5:5: found the end of the line, expected slab or page"),
            row("fail slab 0 of bind", "5:11: found '0', expected a number from 1 to 10000"),
            row("fail slab 5..5 of bind", "5:14: found '5', expected a number from 6 to 10000"),
            row("fail page 1 bind", "5:13: found 'bind', expected 'of'"),
            row(
                "fail page 1 of blocks offline",
                "5:16: found 'blocks', expected write, bind or unbind"),
            row(
                "fail page 1 of bind device_dax",
                "5:16: found a bind to another driver; only a bind to kmem can fail so"),
            row(
                "fail slab 1 of unbind now",
                "5:23: found 'now', expected '->' or the end of the line"),
            row("unbind -> missed", "5:11: found 'missed', expected ok or an error such as EBUSY"),
            row("occupy first", "5:8: found 'first', expected range or nothing"),
            row(
                "occupy range all",
                "5:14: found 'all', expected first, last, middle or a number counted from 0"),
            row(
                "reshape sizes",
                "5:9: found 'sizes', expected mapping, size, align, memmap or delete; did you mean"
                    + " 'size'?"),
            row("neighbour online", "5:11: found 'online', expected 'write'"),
            row(
                "neighbour write nonsense",
                "5:17: found 'nonsense', expected unplugged, offline, online, online_kernel or"
                    + " online_movable"),
            row(
                "P0: reshape size",
                "5:5: found 'reshape', expected a step that an actor can do: write, read, bind,"
                    + " unbind, policy, block, blocks, await, sleep, signal or neighbour"),
            row(
                "P0: verify",
                "5:5: found 'verify', expected a step that an actor can do: write, read, bind,"
                    + " unbind, policy, block, blocks, await, sleep, signal or neighbour"),
            row(
                "P0: sleep 2ms..1ms",
                "5:16: found '1ms', expected a time that is not below the first, 2ms"),
            row(
                "P0: sleep 2ms..",
                "5:16: found the end of the line, expected a time from 0us to 60s, such as 2ms"),
            row("P0: sleep 2ms. 3ms", "5:14: found '.', expected '->' or the end of the line"),
            row(
                "P0: sleep ..3ms",
                "5:11: found '..', expected a time from 0us to 60s, such as 2ms"),
            row(
                "P0: read\nP1: signal P0 INT after 1ms..61s",
                "6:30: found '61s', expected a time from 0us to 60s, such as 300ms"),
            row("P0 read", "5:4: found 'read', expected ':'"),
            row(
                "p0: read",
                "5:1: found 'p0', expected rule:, requires:, repeat:, leaks: or an actor, P0:"
                    + " to P7:; did you mean 'P0'?"),
            row(
                "P8: read",
                "5:1: found 'P8', expected rule:, requires:, repeat:, leaks: or an actor, P0:"
                    + " to P7:; did you mean 'P0'?"),
            row(
                "P0: pin block first",
                "5:5: found 'pin', expected a step that an actor can do: write, read, bind,"
                    + " unbind, policy, block, blocks, await, sleep, signal or neighbour"),
            row(
                "P0: blocks -> none",
                "5:12: found '->', expected a word for 'blocks', since an" + " actor cannot look"),
            row(
                "P0: sleep 2ms -> ok",
                "5:15: found '->', but sleep and signal have no outcome;" + " leave it out"),
            row(
                "P0: signal P1 INT after 1ms",
                "5:12: found 'P1', expected an actor of these" + " lines: P0"),
            row(
                "P0: signal P0 SIGINTR after 1ms",
                "5:15: found 'SIGINTR', expected INT, KILL,"
                    + " TERM, HUP, QUIT, USR1, USR2, STOP or CONT"),
            row(
                "P0: write online -> killed",
                "5:27: found the end of the line, expected INT,"
                    + " KILL, TERM, HUP, QUIT, USR1, USR2, STOP or CONT"),
            row(
                "actors within 5s",
                "5:1: found no actors below this line, expected a step such as" + " 'P0: read'"),
            row(
                "actors within 5s\nread",
                "6:1: found 'read', expected an actor's step, such as"
                    + " 'P0: read', after 'actors within'"),
            row(
                "read\nrule: REFUSE-2 (doc, x)",
                "6:1: found 'rule:' after the steps of line 5;"
                    + " the order is rule:, requires:, repeat:, leaks:, { start }, steps"),
            row(
                "requries: attribute",
                "5:1: found 'requries', expected rule:, requires:, repeat:, leaks:"
                    + " or an actor, P0: to P7:; did you mean 'requires'?"))
        .iterator();
  }

  @Test(dataProvider = "badSteps")
  public void badStepIsToldWithItsPlace(String steps, String error) {
    assertError("bad.kmem", HEAD + "\n" + steps + "\n", error);
  }

  /** Line 4 of a scenario: a header field or the start state. */
  @DataProvider
  static Iterator<Object[]> badHeaders() {
    return Stream.of(
            row(
                "rule: refuse-1 (doc, x)",
                "4:7: found 'refuse-1', expected the id of a rule, such" + " as REFUSE-1"),
            row(
                "rule: REFUSE-01 (doc, x)",
                "4:7: found 'REFUSE-01', expected the id of a rule," + " such as REFUSE-1"),
            row(
                "rule: REFUSE-2",
                "4:15: found the end of the line, expected the rule's citation,"
                    + " (DOCUMENT, \"WORDS\") or (DOCUMENT, CLAUSE)"),
            row(
                "rule: REFUSE-2 (doc, x",
                "4:16: found no ')' at the end of the line, expected"
                    + " (DOCUMENT, \"WORDS\") or (DOCUMENT, CLAUSE)"),
            row(
                "rule: REFUSE-2 (doc)",
                "4:16: found '(doc)', expected (DOCUMENT, \"WORDS\") or" + " (DOCUMENT, CLAUSE)"),
            row(
                "rule: REFUSE-2 (doc, \"x)",
                "4:16: found a '\"' that is not closed, expected"
                    + " (DOCUMENT, \"WORDS\") or (DOCUMENT, CLAUSE)"),
            row(
                "rule: REFUSE-1 (doc, \"words\")",
                "4:7: found REFUSE-1 twice with one citation;" + " keep one"),
            row(
                "requires: atribute",
                "4:11: found 'atribute', expected attribute, dialect, ranges,"
                    + " blocks, topology, injector, helper, fail-nth or no hotremove; did you mean 'attribute'?"),
            row("requires: ranges > 2", "4:18: found '>', expected '>='"),
            row("requires: ranges >= 0", "4:21: found '0', expected a number from 1 to 64"),
            row("requires: ranges >= 2, ranges >= 3", "4:24: found 'ranges' twice; keep one"),
            row(
                "requires: dialect 7.2",
                "4:19: found '7.2', expected v3, v4, 7.3 or absent; did" + " you mean '7.3'?"),
            row("requires: dialect v4|v4", "4:22: found 'v4' twice; keep one"),
            row(
                "requires: attribute\nrequires: attribute",
                "5:1: found a second 'requires:', the" + " first is in line 4; keep one"),
            row(
                "requires: hotremove",
                "4:11: found 'hotremove', expected attribute, dialect, ranges, blocks, topology,"
                    + " injector, helper, fail-nth or no hotremove; did you mean 'no hotremove'?"),
            row("requires: no injector", "4:14: found 'injector', expected 'hotremove'"),
            row("requires: injector, injector", "4:21: found 'injector' twice; keep one"),
            row(
                "requires: topology",
                "4:19: found the end of the line, expected the name of a topology, such as"
                    + " cxl-ranges"),
            row(
                "requires: topology cxl, topology cxl-small",
                "4:25: found 'topology' twice; keep one"),
            row("repeat: 1 times", "4:9: found '1', expected a number from 2 to 1000"),
            row("repeat: 1001 times", "4:9: found '1001', expected a number from 2 to 1000"),
            row("repeat: 30", "4:11: found the end of the line, expected 'times'"),
            row("repeat: 30 times over", "4:18: found 'over', expected the end of the line"),
            row(
                "repeat: 3 times\nrepeat: 3 times",
                "5:1: found a second 'repeat:', the first is in line 4; keep one"),
            row(
                "repeat: 3 times\nrequires: attribute",
                "5:1: found 'requires:' after the repeat: of line 4; the order is rule:, requires:,"
                    + " repeat:, leaks:, { start }, steps"),
            row(
                "repeat: 1000 times\n" + "read\n".repeat(20),
                "4:1: found 1000 times 21 steps, which is more than 20000; repeat it less often"),
            row("leaks: always", "4:8: found 'always', expected 'until'"),
            row(
                "leaks: until reboot\nrequires: attribute",
                "5:1: found 'requires:' after the"
                    + " leaks: of line 4; the order is rule:, requires:, repeat:, leaks:, { start }, steps"),
            row(
                "{ stat = online }",
                "4:3: found 'stat', expected state, policy or driver; did you" + " mean 'state'?"),
            row(
                "{ state = onlin }",
                "4:11: found 'onlin', expected unplugged, offline, online,"
                    + " online_kernel or online_movable; did you mean 'online'?"),
            row(
                "{ policy = unplugged }",
                "4:12: found 'unplugged', expected offline, online,"
                    + " online_kernel or online_movable"),
            row("{ driver = nvme }", "4:12: found 'nvme', expected kmem, device_dax or none"),
            row("{ state = online, policy = online }", "4:17: found ',', expected ';' or '}'"),
            row("{ state = online; state = online }", "4:19: found 'state' twice; keep one"),
            row("{ state = online", "4:17: found the end of the line, expected ';' or '}'"),
            row("{ }", "4:3: found '}', expected state, policy or driver"),
            row(
                "{ state = online; driver = none }",
                "4:11: found 'state = online' with 'driver ="
                    + " none', but only a device bound to kmem has memory; leave one out"))
        .iterator();
  }

  @Test(dataProvider = "badHeaders")
  public void badHeaderIsToldWithItsPlace(String header, String error) {
    assertError("bad.kmem", HEAD + header + "\n\nread\n", error);
  }

  /** A whole file, its text, and the error with its place. */
  @DataProvider
  static Iterator<Object[]> badFiles() {
    return Stream.of(
            row("bad.kmem", "", "1:1: found the end of the line, expected 'KMEM'"),
            row(
                "bad.kmem",
                "KEMM bad\n",
                "1:1: found 'KEMM', expected 'KMEM'; did you mean" + " 'KMEM'?"),
            row(
                "bad.kmem",
                "KMEM Bad\n",
                "1:6: found 'Bad', expected a name of lower-case" + " letters, digits and hyphens"),
            row(
                "suites/x/good.kmem",
                "KMEM bad\n",
                "1:6: found 'bad', expected the name of the"
                    + " file, which is 'good.kmem'; it must be the scenario's name and .kmem"),
            row(
                "bad.txt",
                "KMEM bad\n",
                "1:6: found 'bad', expected the name of the file, which"
                    + " is 'bad.txt'; it must be the scenario's name and .kmem"),
            row("bad.kmem", "KMEM bad good\n", "1:10: found 'good', expected the end of the line"),
            row(
                "bad.kmem",
                "KMEM bad\n\n# Late.\nread\n",
                "2:1: found no prose, expected lines"
                    + " with '#' that say what is tested, and why"),
            row(
                "bad.kmem",
                "KMEM bad\n#\nread\n",
                "2:1: found no prose, expected lines with '#'"
                    + " that say what is tested, and why"),
            row(
                "bad.kmem",
                "KMEM bad\n# Why.\nread\n",
                "3:1: found 'read', expected 'rule:'" + " first"),
            row(
                "bad.kmem",
                "KMEM bad\n# Why.\n",
                "3:1: found the end of the file, expected" + " 'rule:'"),
            row("bad.kmem", HEAD, "4:1: found the end of the file, expected at least one step"),
            row(
                "bad.kmem",
                HEAD + "\n" + "read\n".repeat(1001),
                "1005:1: found more than 1000" + " steps; split the scenario"))
        .iterator();
  }

  @Test(dataProvider = "badFiles")
  public void badFileIsToldWithItsPlace(String file, String text, String error) {
    assertError(file, text, error);
  }

  @Test
  public void unknownRuleIsToldAtItsPlaceWithTheNearestIds() throws ScenarioException {
    Catalogue catalogue = CatalogueTest.catalogue("REFUSE-1", "REFUSE-2", "ATTR-1");
    String text = HEAD + "rule: REFUSE-12 (doc, x)\n\nread\n";
    assertThatThrownBy(() -> Parser.parse("bad.kmem", text, catalogue))
        .isInstanceOf(ScenarioException.class)
        .hasMessage(
            "bad.kmem:4:7: no rule REFUSE-12 in the catalogue; did you mean REFUSE-1 or"
                + " REFUSE-2?");
    assertThatThrownBy(
            () -> Parser.parse("bad.kmem", text.replace("REFUSE-12", "NUMA-1"), catalogue))
        .hasMessage("bad.kmem:4:7: no rule NUMA-1 in the catalogue; its groups are REFUSE, ATTR");
  }

  @Test
  public void whatNotEveryTargetCanDoMustBeRequired() throws ScenarioException {
    Catalogue catalogue = CatalogueTest.catalogue("REFUSE-1");
    assertNeeds("inject nothing", "injector", catalogue);
    assertNeeds("refuse add of range first ENOMEM", "helper", catalogue);
    assertNeeds("occupy range last", "helper", catalogue);
    assertNeeds("delay add 50ms", "helper", catalogue);
    assertNeeds("fail slab 3 of unbind", "fail-nth", catalogue);
    // Without a catalogue, text is read as it is.
    Parser.parse("bad.kmem", HEAD + "\noccupy nothing\n");
  }

  private static void assertNeeds(String step, String feature, Catalogue catalogue)
      throws ScenarioException {
    String with = HEAD + "requires: " + feature + "\n\nread\n" + step + "\n";
    assertThat(Parser.parse("bad.kmem", with, catalogue).lines()).hasSize(2);
    String without = HEAD + "requires: attribute\n\nread\n" + step + "\n";
    assertThatThrownBy(() -> Parser.parse("bad.kmem", without, catalogue))
        .isInstanceOf(ScenarioException.class)
        .hasMessage(
            "bad.kmem:7:1: found '"
                + step
                + "', which not every target can do; add '"
                + feature
                + "' to requires:");
  }

  @Test
  public void badStepOfATraceIsTold() {
    assertThatThrownBy(() -> Parser.step("write online -> ok"))
        .hasMessage("step:1:14: found '->', expected the end of the step");
    assertThatThrownBy(() -> Parser.step("read\nread"))
        .hasMessage("step:1:1: found 2 steps, expected one");
    assertThatThrownBy(() -> Parser.step("")).hasMessage("step:1:1: found 0 steps, expected one");
  }

  private static void assertError(String file, String text, String error) {
    assertThatThrownBy(() -> Parser.parse(file, text))
        .isInstanceOf(ScenarioException.class)
        .hasMessage(file + ":" + error);
  }

  private static Object[] row(Object... cells) {
    return cells;
  }

  private static String report(String text) {
    try {
      Parser.parse("bad.kmem", text);
      return "";
    } catch (ScenarioException e) {
      return e.report();
    }
  }

  @Test
  public void allMistakesComeAtOnceEachWithACaretBelowItsColumn() {
    assertThat(report(HEAD + "{ stat = online }\n\nread\n\twrite online now\nraed -> online\n"))
        .isEqualTo(
            """
            bad.kmem:4:3: found 'stat', expected state, policy or driver; did you mean 'state'?
                { stat = online }
                  ^
            bad.kmem:7:15: found 'now', expected 'at', 'as nobody', '->' or the end of the line; \
            other bytes than [A-Za-z0-9_] need quotes
                 write online now
                              ^
            bad.kmem:8:1: found 'raed', expected a step: %s; did you mean 'read'?
                raed -> online
                ^"""
                .formatted(STEPS));
  }

  @Test
  public void aMistakeMakesNoOthers() {
    assertThat(
            report(
                "KMEM bad\n# Why.\nrule: NOSUCH\n\nactors within 2 s\nP0: writ online\n"
                    + "P1: signal P0 INT after 1ms\n\nread\n"))
        .as("neither that the rule is missing, nor that there is no P0, is a mistake of its own")
        .contains("bad.kmem:3:7: ", "bad.kmem:5:15: ", "bad.kmem:6:5: ")
        .satisfies(t -> assertThat(t.lines().filter(l -> l.startsWith("bad"))).hasSize(3));
    assertThat(report("- rule: REFUSE-1\n  scenario: x\n").lines())
        .as("what is no scenario is told once")
        .hasSize(3);
    assertThat(report("KMEM bad\n\nread\nwrite online\n").lines().filter(l -> l.startsWith("bad")))
        .as("no prose, no rule")
        .hasSize(2);
  }

  @Test
  public void onlyTheFirstTenAreTold() {
    assertThat(report(HEAD + "\n" + "raed\n".repeat(12)))
        .endsWith("These are the first 10; there may be more.")
        .contains("bad.kmem:14:1: ")
        .doesNotContain("bad.kmem:15:1: ");
  }

  @Test
  public void severalFilesAreToldAtOnce() throws Exception {
    Path folder = Files.createTempDirectory("mistakes");
    for (String name : List.of("one", "two")) {
      Files.writeString(
          folder.resolve(name + ".kmem"), HEAD.replace("bad", name) + "\nraed\nread\nwrtie x\n");
    }
    Catalogue catalogue =
        Catalogue.load(Path.of(System.getProperty("daxcheck.home", "."), "suites", "rules.yaml"));
    assertThatThrownBy(() -> Scenarios.load(List.of(folder), catalogue))
        .isInstanceOfSatisfying(
            ScenarioException.class,
            e ->
                assertThat(e.report())
                    .contains("one.kmem:5:1", "one.kmem:7:1", "two.kmem:5:1", "two.kmem:7:1"));
  }
}
