package org.daxcheck.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.daxcheck.abi.Dialect;
import org.daxcheck.abi.Driver;
import org.daxcheck.abi.Policy;
import org.daxcheck.abi.RuleId;
import org.daxcheck.abi.Word;
import org.daxcheck.model.Logged;
import org.daxcheck.model.Model;
import org.daxcheck.model.Outcome;
import org.daxcheck.model.Property;
import org.daxcheck.model.RuleOf;
import org.daxcheck.model.State;
import org.daxcheck.step.BlockRef;
import org.daxcheck.step.BlockRef.Place;
import org.daxcheck.step.Device;
import org.daxcheck.step.Observation;
import org.daxcheck.step.Step;
import org.testng.annotations.DataProvider;
import org.testng.annotations.Test;

/** Each part of an observation against a state, one at a time. */
public class ObservationCheckTest {
  private static final RuleId SOME = RuleId.of("TRANS-7");
  private static final Shown KERNEL = new Shown(Dialect.LINUX_7_3);
  private static final State UNPLUGGED = State.unplugged(List.of(1, 2, 1), Policy.ONLINE_MOVABLE);
  private static final State MOVABLE =
      after(Dialect.LINUX_7_3, UNPLUGGED, word(Word.ONLINE_MOVABLE));
  private static final State UNBOUND = after(Dialect.LINUX_7_3, UNPLUGGED, new Step.Unbind());
  private static final State LEFT = after(Dialect.LINUX_7_3, MOVABLE, new Step.Unbind());
  private static final State DEVICE_DAX =
      after(Dialect.LINUX_7_3, UNBOUND, new Step.Bind(Driver.DEVICE_DAX));

  // ---- what is there

  @DataProvider
  public Object[][] sights() {
    return new Object[][] {
      // ATTR-1: the attribute exists exactly while the device is bound to kmem
      {"no attribute", MOVABLE, sight(o -> Shown.file(o, "", -1, "ENOENT", "")), "PRESENCE ATTR-1"},
      {
        "an attribute without the driver",
        UNBOUND,
        sight(o -> Shown.attributes(o, a -> file(a, "state", "unplugged\n"))),
        "PRESENCE ATTR-1"
      },
      // ATTR-2: the other name is absent
      {
        "the other dialect's name",
        MOVABLE,
        sight(o -> Shown.attributes(o, a -> file(a, "hotplug", "online\n"))),
        "NAME ATTR-2"
      },
      // ATTR-3: mode 0644, owner root
      {
        "mode", MOVABLE, sight(o -> Shown.file(o, "0600", 0, "", "online_movable\n")), "MODE ATTR-3"
      },
      {
        "owner",
        MOVABLE,
        sight(o -> Shown.file(o, "0644", 7, "", "online_movable\n")),
        "MODE ATTR-3"
      },
      // ATTR-4: one word of the table and one newline, never unknown
      {"unknown", MOVABLE, sight(o -> Shown.text(o, "unknown\n")), "FORM ATTR-4"},
      {"no newline", MOVABLE, sight(o -> Shown.text(o, "online_movable")), "FORM ATTR-4"},
      {"two newlines", MOVABLE, sight(o -> Shown.text(o, "online_movable\n\n")), "FORM ATTR-4"},
      {"nothing read", MOVABLE, sight(o -> Shown.text(o, "")), "FORM ATTR-4"},
      {"no read", MOVABLE, sight(o -> Shown.file(o, "0644", 0, "EIO", "")), "FORM ATTR-4"},
      // ATTR-7: the state
      {"another word", MOVABLE, sight(o -> Shown.text(o, "online\n")), "VALUE ATTR-7"},
      // EFFECT-1, here under the rule of what holds always
      {
        "a block offline",
        MOVABLE,
        sight(o -> Shown.block(o, 2, b -> block(b, "offline", "Normal Movable", 1))),
        "BLOCKS ROBUST-2"
      },
      {"a block gone", MOVABLE, sight(o -> Shown.block(o, 0, b -> null)), "BLOCKS ROBUST-2"},
      {
        "a block going",
        MOVABLE,
        sight(o -> Shown.block(o, 3, b -> block(b, "going-offline", "Movable", 1))),
        "BLOCKS ROBUST-2"
      },
      {
        "a block left",
        UNPLUGGED,
        sight(o -> Shown.blocks(o, List.of(new Observation.Block(number(1), "offline", "", 1)))),
        "BLOCKS ROBUST-2"
      },
      // EFFECT-2: zones of online blocks
      {
        "the other zone",
        MOVABLE,
        sight(o -> Shown.block(o, 1, b -> block(b, "online", "Normal", 1))),
        "ZONES ROBUST-2"
      },
      {
        "no zone",
        MOVABLE,
        sight(o -> Shown.block(o, 1, b -> block(b, "online", "none", 1))),
        "ZONES ROBUST-2"
      },
      // EFFECT-6: on the device's node; a kernel may not say which
      {
        "another node",
        MOVABLE,
        sight(o -> Shown.block(o, 1, b -> block(b, "online", "Movable", 0))),
        "NODES EFFECT-6"
      },
      {
        "no node told",
        MOVABLE,
        sight(o -> Shown.block(o, 1, b -> block(b, "online", "Movable", -1))),
        ""
      },
      // EFFECT-4: the device's line over each range, with System RAM (kmem) inside
      {"no reservation", MOVABLE, sight(o -> Shown.line(o, 2, l -> null)), "IOMEM ROBUST-2"},
      {"no System RAM", MOVABLE, sight(o -> Shown.line(o, 5, l -> null)), "IOMEM ROBUST-2"},
      {
        "half a reservation",
        MOVABLE,
        sight(o -> Shown.line(o, 2, l -> region(l.start(), l.end() - 0x8000000, l.name()))),
        "IOMEM ROBUST-2"
      },
      {
        "a reservation that begins late",
        MOVABLE,
        sight(o -> Shown.line(o, 2, l -> region(l.start() + 0x1000, l.end(), l.name()))),
        "IOMEM ROBUST-2"
      },
      {
        "another name",
        MOVABLE,
        sight(o -> Shown.line(o, 2, l -> region(l.start(), l.end(), "dax0.1"))),
        "IOMEM ROBUST-2"
      },
      {
        "System RAM past the range",
        MOVABLE,
        sight(o -> Shown.line(o, 1, l -> region(l.start(), l.end() + 0x1000, l.name()))),
        "IOMEM ROBUST-2"
      },
      {
        "System RAM from before the range",
        MOVABLE,
        sight(o -> Shown.line(o, 1, l -> region(l.start() - 0x1000, l.end(), l.name()))),
        "IOMEM ROBUST-2"
      },
      // EFFECT-3: after unplugged iomem shows neither
      {
        "System RAM left",
        UNPLUGGED,
        sight(o -> left(o, 0, 0x7ffffff, "System RAM (kmem)")),
        "IOMEM ROBUST-2"
      },
      {
        "a reservation left",
        UNPLUGGED,
        sight(o -> left(o, 0, 0x7ffffff, "dax0.0")),
        "IOMEM ROBUST-2"
      },
      {
        "a part of a reservation left",
        UNPLUGGED,
        sight(o -> left(o, 0, 0xfff, "dax0.0")),
        "IOMEM ROBUST-2"
      },
      {
        "more than a reservation left",
        UNPLUGGED,
        sight(o -> left(o, -0x1000, 0x7ffffff, "dax0.0")),
        "IOMEM ROBUST-2"
      },
      {
        "a reservation that begins in the last byte",
        UNPLUGGED,
        sight(o -> left(o, 0x7ffffff, 0x8000fff, "dax0.0")),
        "IOMEM ROBUST-2"
      },
      {
        "a reservation that ends in the first byte",
        UNPLUGGED,
        sight(o -> left(o, -0x1000, 0, "dax0.0")),
        "IOMEM ROBUST-2"
      },
      {"what lies around", UNPLUGGED, sight(o -> left(o, 0, 0x7ffffff, "region0")), ""},
      {"the gap behind", UNPLUGGED, sight(o -> left(o, 0x8000000, 0x8000fff, "dax0.0")), ""},
      {"the gap before", UNPLUGGED, sight(o -> left(o, -0x1000, -1, "dax0.0")), ""},
      {"bound to device_dax", DEVICE_DAX, sight(o -> o), ""},
      {
        "device_dax without a range",
        DEVICE_DAX,
        sight(o -> Shown.line(o, 1, l -> null)),
        "IOMEM ROBUST-2"
      },
      // ROBUST-2: MemTotal
      {
        "a block too few",
        MOVABLE,
        sight(o -> Shown.memTotal(o, o.memTotalKib() - (128 << 10))),
        "MEMTOTAL ROBUST-2"
      },
      {"off by a page", UNPLUGGED, sight(o -> Shown.memTotal(o, 2_000_004)), "MEMTOTAL ROBUST-2"},
      // ROBUST-2
      {"no driver", UNBOUND, sight(o -> Shown.driver(o, "device_dax")), "DRIVER ROBUST-2"},
      {"policy", MOVABLE, sight(o -> Shown.policy(o, "offline")), "POLICY ROBUST-2"},
      {"as it should be", MOVABLE, sight(o -> o), ""},
      {"as it should be", UNPLUGGED, sight(o -> o), ""},
      {"as it should be", UNBOUND, sight(o -> o), ""},
      {"as it should be", LEFT, sight(o -> o), ""},
    };
  }

  @Test(dataProvider = "sights")
  public void whatIsNotAsTheStateSaysIsTold(
      String what, State state, UnaryOperator<Observation> change, String told) {
    Observation seen = change.apply(KERNEL.of(state));
    // It was so before already: only what is there now counts.
    List<Discrepancy> found = compare(state, seen, RuleOf.always(), seen);
    assertThat(found.stream().map(m -> m.facet() + " " + m.rule()))
        .as(what + ": " + found)
        .isEqualTo(told.isEmpty() ? List.of() : List.of(told));
  }

  @Test
  public void whatIsToldSaysWhatIsAllowedAndWhatWasSeen() {
    assertThat(mismatch(MOVABLE, Shown.file(KERNEL.of(MOVABLE), "0600", 0, "", "online\n")))
        .containsExactly(
            new Discrepancy(Property.MODE, RuleId.of("ATTR-3"), "0644 owner 0", "0600 owner 0"),
            new Discrepancy(Property.VALUE, RuleId.of("ATTR-7"), "online_movable", "online"));
    assertThat(mismatch(MOVABLE, Shown.file(KERNEL.of(MOVABLE), "0644", 0, "EIO", "")))
        .extracting(Discrepancy::seen)
        .containsExactly("read fails with EIO");
    assertThat(mismatch(MOVABLE, Shown.text(KERNEL.of(MOVABLE), "a\"b\n")))
        .extracting(Discrepancy::seen)
        .containsExactly("\"a\\\"b\\n\"");
    assertThat(
            mismatch(
                MOVABLE, Shown.block(KERNEL.of(MOVABLE), 1, b -> block(b, "online", "Movable", 0))))
        .extracting(Discrepancy::allowed, Discrepancy::seen)
        .containsExactly(org.assertj.core.groups.Tuple.tuple("1", "0"));
    assertThat(mismatch(UNPLUGGED, Shown.memTotal(KERNEL.of(UNPLUGGED), 1_999_996)))
        .extracting(Discrepancy::allowed, Discrepancy::seen)
        .containsExactly(org.assertj.core.groups.Tuple.tuple("baseline", "baseline -4 KiB"));
    assertThat(mismatch(UNPLUGGED, left(KERNEL.of(UNPLUGGED), 0, 0xfff, "dax0.0")))
        .extracting(Discrepancy::allowed, Discrepancy::seen)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple(
                "all none", "0: lines that do not fit it, 1: none, 2: none"));
  }

  /** A facet that no rule speaks about is not judged. */
  @Test
  public void withoutARuleNothingIsTold() {
    Observation seen = Shown.text(Shown.policy(KERNEL.of(MOVABLE), "offline"), "online\n");
    RuleOf none = new RuleOf(java.util.Map.of(Property.DRIVER, SOME));
    assertThat(compare(MOVABLE, seen, none, seen)).isEmpty();
    RuleOf value = none.by(SOME, Property.VALUE);
    assertThat(compare(MOVABLE, seen, value, seen))
        .containsExactly(new Discrepancy(Property.VALUE, SOME, "online_movable", "online"));
  }

  /** ROBUST-3: with the memory map on the device MemTotal grows by less. */
  @Test
  public void theMemoryMapOnTheDeviceIsNoMemory() {
    Device device = new Device("dax0.0", 1, 128L << 20, 2048, Shown.DEVICE.ranges());
    Shown kernel = new Shown(Dialect.LINUX_7_3, device);
    Observation seen = kernel.of(MOVABLE);
    assertThat(seen.memTotalKib()).isEqualTo(2_000_000 + 4 * ((128 << 10) - 2048));
    assertThat(compare(kernel, MOVABLE, seen, RuleOf.always(), seen, seen)).isEmpty();
    Observation whole = Shown.memTotal(seen, 2_000_000 + 4 * (128 << 10));
    assertThat(compare(kernel, MOVABLE, whole, RuleOf.always(), whole, whole))
        .extracting(Discrepancy::facet)
        .containsExactly(Property.MEMTOTAL);
  }

  /** ROBUST-5; MemTotal counts what came or went of others. */
  @Test
  public void memoryOfOthersIsNotTheDevices() {
    String one = "dax0.1 kmem online: memory999 online Movable, memory1000 offline";
    String two = "dax0.1 kmem online: memory999 online Movable, memory1000 online Movable";
    Observation before = Shown.neighbours(KERNEL.of(UNPLUGGED), one);
    Observation up = Shown.neighbours(KERNEL.of(MOVABLE), one);
    assertThat(compare(KERNEL, MOVABLE, up, RuleOf.always(), up, before))
        .as("that was so from the beginning")
        .isEmpty();
    Observation grown = Shown.memTotal(Shown.neighbours(up, two), up.memTotalKib() + (128 << 10));
    assertThat(compare(KERNEL, MOVABLE, grown, RuleOf.always(), up, before))
        .as("the neighbour is told, its memory is accounted for")
        .extracting(m -> m.facet() + " " + m.rule())
        .containsExactly("NEIGHBOURS ROBUST-5");
  }

  /** EFFECT-8: kmem takes the whole blocks of a range, device_dax all of it. */
  @Test
  public void aRangeThatIsCutIsReservedAsItsDriverTakesIt() {
    long block = 128L << 20;
    Device device =
        new Device(
            "dax0.0",
            1,
            block,
            List.of(
                new Device.Range(100 * block - 0x1000, 102 * block - 1, 100, 2),
                new Device.Range(200 * block, 200 * block + block / 2 - 1, 201, 0)));
    Shown kernel = new Shown(Dialect.LINUX_7_3, device);
    State unplugged = State.unplugged(List.of(2, 0), Policy.OFFLINE);
    State up = after(Dialect.LINUX_7_3, unplugged, word(Word.ONLINE_MOVABLE));
    Observation cut =
        Shown.iomem(
            kernel.of(up),
            List.of(
                region(100 * block, 102 * block - 1, "dax0.0"),
                region(100 * block, 102 * block - 1, "System RAM (kmem)")));
    assertThat(compare(kernel, up, cut, RuleOf.always(), cut, cut)).isEmpty();
    Observation uncut =
        Shown.iomem(
            cut,
            List.of(
                region(100 * block - 0x1000, 102 * block - 1, "dax0.0"),
                region(100 * block, 102 * block - 1, "System RAM (kmem)")));
    assertThat(compare(kernel, up, uncut, RuleOf.always(), uncut, uncut))
        .extracting(Discrepancy::facet)
        .containsExactly(Property.IOMEM);
    Observation more =
        Shown.iomem(
            cut,
            List.of(
                cut.iomem().get(0),
                cut.iomem().get(1),
                region(200 * block, 200 * block + block / 2 - 1, "dax0.0")));
    assertThat(compare(kernel, up, more, RuleOf.always(), more, more))
        .as("a range without a whole block has no line")
        .extracting(Discrepancy::facet)
        .containsExactly(Property.IOMEM);
    State dax =
        after(
            Dialect.LINUX_7_3,
            after(Dialect.LINUX_7_3, unplugged, new Step.Unbind()),
            new Step.Bind(Driver.DEVICE_DAX));
    Observation all = kernel.of(dax);
    assertThat(all.iomem()).extracting(Observation.Region::start).contains(200 * block);
    assertThat(compare(kernel, dax, all, RuleOf.always(), all, all)).isEmpty();
  }

  // ---- the log, taint

  /** ATOMIC-6, UNBIND-3: lines that the step must log. */
  @Test
  public void aLineThatMustBeLoggedIsMissed() {
    RuleOf claims = RuleOf.always().by(SOME, Property.LOG);
    Observation o = KERNEL.of(MOVABLE);
    Logged must = new Logged(Logged.WARNING, Optional.empty(), false, "stuck online");
    for (String line : List.of("kmem dax0.0: stuck online", "kmem dax0.1: stuck online", "stuck")) {
      Observation seen = Shown.log(o, false, "something else", line);
      List<Discrepancy> found =
          lens(KERNEL, o)
              .compare(PossibleState.of(MOVABLE), seen, o, expected(claims, false, false, must));
      boolean there = line.equals("kmem dax0.0: stuck online");
      assertThat(found.stream().filter(m -> m.facet() == Property.LOG).toList())
          .as(line)
          .hasSize(there ? 0 : 1);
    }
    assertThat(
            lens(KERNEL, o)
                .compare(
                    PossibleState.of(MOVABLE),
                    Shown.log(o, true),
                    o,
                    expected(claims, false, false, must)))
        .as("it may be among the lines that were lost")
        .isEmpty();
  }

  /** ROBUST-1: no splat and no taint, save the WARN that a rule names. */
  @Test
  public void onlyTheAnnouncedWarningIsExcused() {
    String warn = "WARNING: CPU: 0 PID: 1 at drivers/dax/kmem.c:290 dax_kmem_remove+0x1/0x2 [kmem]";
    String newer = "WARNING: kmem.c:295 at dax_kmem_cleanup_resources+0x6c/0x80 [kmem], CPU#1";
    Observation o = KERNEL.of(MOVABLE);
    String why = "WARNING: [data->state != -1] drivers/dax/kmem.c:295 at dax_kmem_remove+0x1/0x2";
    for (String line : List.of(warn, newer, why)) {
      Observation seen = Shown.taint(Shown.log(o, false, line), 1L << 9);
      assertThat(health(seen, o, true)).as(line).isEmpty();
      assertThat(health(seen, o, false)).containsExactly("\"" + line + "\", new taint bits 9");
    }
    for (String line :
        List.of(
            "BUG: KASAN: slab-use-after-free in r_show+0x1/0x2",
            "WARNING: possible circular locking dependency detected",
            "UBSAN: invalid-load in drivers/dax/kmem.c:77:3",
            "WARNING: CPU: 0 PID: 1 at mm/memory_hotplug.c:99 foo+0x1/0x2",
            "WARNING: lib/refcount.c:28 at refcount_warn_saturate+0x1/0x2, CPU#0")) {
      assertThat(health(Shown.log(o, false, warn, line), o, true))
          .as("no rule names this one")
          .containsExactly("\"" + line + "\"");
    }
    assertThat(health(Shown.taint(o, 1L << 9 | 1L << 5), o, true))
        .containsExactly("new taint bits 5");
    assertThat(health(Shown.taint(o, 1), o, false)).containsExactly("new taint bits 0");
    assertThat(health(Shown.taint(o, 1L << 63), o, false)).containsExactly("new taint bits 63");
    assertThat(health(Shown.taint(o, 4), Shown.taint(o, 4), false)).as("not new").isEmpty();
  }

  private static List<String> health(Observation seen, Observation before, boolean mayWarn) {
    List<Discrepancy> found =
        lens(KERNEL, before)
            .compare(
                PossibleState.of(MOVABLE), seen, before, expected(RuleOf.always(), mayWarn, false));
    assertThat(found).allMatch(m -> m.facet() == Property.SPLAT);
    assertThat(found).allMatch(m -> m.rule().equals(RuleId.of("ROBUST-1")));
    return found.stream().map(Discrepancy::seen).toList();
  }

  // ---- uevents

  /** TRANS-7, REFUSE-3: what changes nothing sends nothing. */
  @Test
  public void whereNothingMayChangeNoUeventMayBe() {
    RuleOf quiet = RuleOf.always().by(SOME, Property.UEVENTS);
    Observation o = KERNEL.of(MOVABLE);
    assertThat(compare(MOVABLE, KERNEL.uevents(o, "offline 2", "online 2"), quiet, o))
        .containsExactly(
            new Discrepancy(
                Property.UEVENTS,
                SOME,
                "none",
                "offline memory" + number(2) + ", online memory" + number(2)));
    Observation.Uevent stranger =
        new Observation.Uevent("add", "/devices/system/memory/memory" + (number(3) + 1));
    Observation.Uevent other = new Observation.Uevent("change", "/devices/dax0.0");
    Observation strange = o.after(List.of(), false, List.of(other, stranger));
    assertThat(compare(MOVABLE, strange, quiet, o))
        .extracting(Discrepancy::seen)
        .containsExactly("add memory" + (number(3) + 1), "change");
    RuleOf everyDevice = quiet(quiet);
    Observation others = o.after(List.of(), false, List.of(stranger));
    assertThat(compare(MOVABLE, others, everyDevice, o)).as("what others send").isEmpty();
    assertThat(compare(MOVABLE, KERNEL.uevents(o, "change 0"), everyDevice, o))
        .extracting(Discrepancy::facet)
        .containsExactly(Property.UEVENTS);
    assertThat(compare(MOVABLE, o.after(List.of(), false, List.of(other)), quiet, o))
        .extracting(Discrepancy::facet)
        .containsExactly(Property.DEVICE);
  }

  /** What is done to every device says nothing of the neighbours. */
  private static RuleOf quiet(RuleOf claims) {
    var rules = new java.util.EnumMap<Property, RuleId>(claims.rules());
    rules.remove(Property.NEIGHBOURS);
    rules.remove(Property.FOREIGN);
    return new RuleOf(rules);
  }

  @DataProvider
  public Object[][] ways() {
    return new Object[][] {
      // from, to, uevents of block 1, may it have gone and come back, is that right
      {"absent", "online", "add online", false, true},
      {"absent", "offline", "add", false, true},
      {"offline", "online", "online", false, true},
      {"online", "offline", "offline", false, true},
      {"online", "absent", "offline remove", false, true},
      {"offline", "absent", "remove", false, true},
      {"online", "online", "", false, true},
      {"absent", "absent", "", false, true},
      {"absent", "online", "", false, false},
      {"absent", "online", "add", false, false},
      {"absent", "online", "online", false, false},
      {"absent", "online", "online add", false, false},
      {"absent", "offline", "add online", false, false},
      {"online", "absent", "remove", false, false},
      {"online", "absent", "offline", false, false},
      {"offline", "online", "add online", false, false},
      {"online", "offline", "", false, false},
      {"online", "online", "online", true, false},
      {"offline", "offline", "offline", true, false},
      {"offline", "offline", "add", true, false},
      {"absent", "absent", "remove", true, false},
      {"absent", "absent", "offline", true, false},
      // there and back: only where something was rolled back, or others were at work
      {"online", "online", "offline online", false, false},
      {"online", "online", "offline online", true, true},
      {"absent", "online", "add online offline online", false, false},
      {"absent", "online", "add online offline online", true, true},
      {"absent", "absent", "add online offline remove", true, true},
      {"online", "online", "offline online", true, true},
    };
  }

  /** EFFECT-7: each block that changes sends its uevents, and no other does. */
  @Test(dataProvider = "ways")
  public void ueventsLeadFromWhatABlockWasToWhatItIs(
      String from, String to, String events, boolean mayReturn, boolean right) {
    State state = UNPLUGGED;
    RuleOf only = new RuleOf(java.util.Map.of(Property.CHANGES, SOME));
    Observation before = blocks(from);
    String[] sent =
        events.isEmpty()
            ? new String[0]
            : java.util.Arrays.stream(events.split(" ")).map(e -> e + " 1").toArray(String[]::new);
    Observation seen = KERNEL.uevents(blocks(to), sent);
    List<Discrepancy> found =
        lens(KERNEL, before)
            .compare(PossibleState.of(state), seen, before, expected(only, false, mayReturn));
    assertThat(found.isEmpty()).as(found.toString()).isEqualTo(right);
    assertThat(found)
        .allSatisfy(
            m -> {
              assertThat(m.facet()).isEqualTo(Property.CHANGES);
              assertThat(m.allowed()).contains("from " + from + " to " + to).contains("block 1");
              assertThat(m.seen())
                  .isEqualTo(events.isEmpty() ? "none" : String.join(", ", events.split(" ")));
            });
  }

  private static Observation blocks(String state) {
    List<Observation.Block> blocks = new ArrayList<>();
    if (!state.equals("absent")) {
      blocks.add(new Observation.Block(number(1), state, "Movable", 1));
    }
    return Shown.blocks(KERNEL.of(UNPLUGGED), blocks);
  }

  // ---- what is known already

  @Test
  public void theSameSightIsNotToldAgainButAnotherIs() {
    Observation wrong = Shown.text(Shown.policy(KERNEL.of(MOVABLE), "offline"), "online\n");
    List<Discrepancy> first = compare(MOVABLE, wrong, RuleOf.always(), wrong);
    assertThat(first)
        .extracting(Discrepancy::facet)
        .containsExactly(Property.VALUE, Property.POLICY);
    PossibleState knows =
        PossibleState.of(MOVABLE).knowing(first.subList(0, 1)).knowing(first.subList(1, 2));
    assertThat(
            lens(KERNEL, wrong)
                .compare(knows, wrong, wrong, expected(RuleOf.always(), false, false)))
        .as("both are known")
        .isEmpty();
    Observation other = Shown.text(wrong, "offline\n");
    assertThat(
            lens(KERNEL, wrong)
                .compare(knows.in(MOVABLE), other, other, expected(RuleOf.always(), false, false)))
        .extracting(Discrepancy::seen)
        .containsExactly("offline");
  }

  // ---- from sights to states

  /** What is adopted explains what is seen, and what cannot be seen stays. */
  @Test
  public void whatIsAdoptedExplainsWhatIsSeen() {
    for (Dialect dialect : Dialect.values()) {
      Shown kernel = new Shown(dialect);
      for (State state : reachable(dialect)) {
        Observation seen = kernel.of(state);
        for (State otherwise : List.of(state, UNPLUGGED)) {
          State adopted = lens(kernel, seen).adopt(seen, otherwise);
          RuleOf claims =
              new Specification(new Model(dialect))
                  .outcomes(state, new Step.Sleep(0), false)
                  .get(0)
                  .claims();
          assertThat(compare(kernel, adopted, seen, claims, seen, seen))
              .as(dialect + " " + state)
              .isEmpty();
          assertThat(adopted.createdUnder()).isEqualTo(otherwise.createdUnder());
          assertThat(adopted.hidden()).isEqualTo(otherwise.hidden());
          assertThat(adopted.loaded()).isTrue();
        }
        State settled = lens(kernel, seen).refine(state, seen);
        assertThat(lens(kernel, seen).adopt(seen, settled)).as("%s", dialect).isEqualTo(settled);
      }
    }
  }

  @Test
  public void aModuleThatIsNotThereIsNotSeenToBe() {
    State unloaded = after(Dialect.LINUX_7_3, UNPLUGGED, new Step.Unload());
    Observation none = KERNEL.of(unloaded);
    assertThat(lens(KERNEL, none).adopt(none, unloaded).loaded()).isFalse();
    Observation bound = KERNEL.of(MOVABLE);
    assertThat(lens(KERNEL, bound).adopt(bound, unloaded).loaded()).as("it is bound").isTrue();
  }

  /** UNBIND-3: what is reserved while nobody has the device stays until a reboot. */
  @Test
  public void whatIsReservedWithoutADriverHasLeaked() {
    Observation left = KERNEL.of(LEFT);
    assertThat(lens(KERNEL, left).adopt(left, UNBOUND).ranges()).allMatch(r -> r.leaked());
    Observation up = KERNEL.of(MOVABLE);
    assertThat(lens(KERNEL, up).adopt(up, UNPLUGGED).ranges()).noneMatch(r -> r.leaked());
    Observation gone = KERNEL.of(UNBOUND);
    assertThat(lens(KERNEL, gone).adopt(gone, LEFT).ranges()).noneMatch(r -> r.leaked());
    Observation bare = Shown.line(left, 0, l -> null);
    assertThat(lens(KERNEL, bare).adopt(bare, UNBOUND).ranges().get(0))
        .matches(r -> r.leaked() && !r.reserved(), "its memory is there without a line of its own");
  }

  /** EFFECT-2: online leaves the zone to the kernel; what is seen once is known. */
  @Test
  public void aZoneIsKnownFromTheFirstSight() {
    State open = after(Dialect.LINUX_7_3, UNPLUGGED, word(Word.ONLINE));
    Observation mixed = KERNEL.of(open);
    for (int i = 0; i < 4; i++) {
      String zone = i % 2 == 0 ? "Normal" : "Movable";
      mixed = Shown.block(mixed, i, b -> block(b, "online", zone, 1));
    }
    assertThat(compare(open, mixed, RuleOf.always(), mixed)).isEmpty();
    State refined = lens(KERNEL, mixed).refine(open, mixed);
    assertThat(refined.blocks().stream().map(b -> b.zones().toString()))
        .containsExactly("[Normal]", "[Movable]", "[Normal]", "[Movable]");
    assertThat(lens(KERNEL, mixed).refine(MOVABLE, mixed)).as("known already").isEqualTo(MOVABLE);
    Observation unsaid = Shown.block(mixed, 0, b -> block(b, "online", "?", 1));
    assertThat(lens(KERNEL, unsaid).refine(open, unsaid).blocks().get(0).zones()).hasSize(2);
    assertThat(lens(KERNEL, unsaid).adopt(unsaid, MOVABLE).blocks().get(0).zones()).hasSize(2);
  }

  // ---- helpers

  /** States of a dialect that a few steps lead to. */
  private static List<State> reachable(Dialect dialect) {
    Model model = new Model(dialect);
    List<Step> steps =
        List.of(
            word(Word.ONLINE),
            new Step.Write(org.daxcheck.step.Payload.line("unplug"), Step.Who.ROOT),
            word(Word.UNPLUGGED),
            word(Word.ONLINE_MOVABLE),
            new Step.Unbind(),
            new Step.Bind(Driver.KMEM),
            new Step.Bind(Driver.DEVICE_DAX),
            new Step.SetPolicy(Policy.OFFLINE),
            new Step.Pin(BlockRef.ofDevice(Place.LAST)),
            new Step.BlockWrite(new BlockRef(Place.at(0), Place.EVERY), "offline"));
    List<State> found = new ArrayList<>();
    found.add(State.between(dialect, List.of(1, 2, 1), Policy.ONLINE_MOVABLE));
    Set<State> known = new HashSet<>(found);
    for (int i = 0; i < found.size() && found.size() < 300; i++) {
      for (Step step : steps) {
        for (Outcome o : model.outcomes(found.get(i), step, false)) {
          if (known.add(o.next())) {
            found.add(o.next());
          }
        }
      }
    }
    return found;
  }

  private static UnaryOperator<Observation> sight(UnaryOperator<Observation> change) {
    return change;
  }

  private static List<Discrepancy> mismatch(State state, Observation seen) {
    return compare(state, seen, RuleOf.always(), seen);
  }

  private static List<Discrepancy> compare(
      State state, Observation seen, RuleOf claims, Observation before) {
    return compare(KERNEL, state, seen, claims, before, before);
  }

  private static List<Discrepancy> compare(
      Shown kernel,
      State state,
      Observation seen,
      RuleOf claims,
      Observation before,
      Observation first) {
    return lens(kernel, first)
        .compare(PossibleState.of(state), seen, before, expected(claims, false, false));
  }

  /** What a step may leave behind that is none of those with lines of their own. */
  private static ObservationCheck.Expected expected(
      RuleOf claims, boolean mayWarn, boolean mayReturn, Logged... must) {
    return new ObservationCheck.Expected(
        claims, List.of(must), mayWarn, mayReturn, false, Optional.of(Step.Kind.WRITE));
  }

  private static ObservationCheck lens(Shown kernel, Observation first) {
    return new ObservationCheck(kernel.trace(first));
  }

  private static Step word(Word word) {
    return Step.Write.word(word);
  }

  private static State after(Dialect dialect, State state, Step step) {
    return new Model(dialect).outcomes(state, step, false).get(0).next();
  }

  private static long number(int index) {
    return Shown.DEVICE.blockNumber(index);
  }

  private static Observation.Attribute file(Observation.Attribute a, String name, String text) {
    return a.name().equals(name) ? new Observation.Attribute(name, "0644", 0, 0, "", text) : a;
  }

  private static Observation.Block block(
      Observation.Block b, String state, String zones, int node) {
    return new Observation.Block(b.number(), state, zones, node);
  }

  private static Observation.Region region(long start, long end, String name) {
    return new Observation.Region(start, end, name, name.equals("System RAM (kmem)") ? 3 : 2);
  }

  /** With one more line, from and to these offsets from the begin of the first range. */
  private static Observation left(Observation o, long from, long to, String name) {
    long start = Shown.DEVICE.ranges().get(0).start();
    List<Observation.Region> lines = new ArrayList<>(o.iomem());
    lines.add(region(start + from, start + to, name));
    return Shown.iomem(o, lines);
  }
}
