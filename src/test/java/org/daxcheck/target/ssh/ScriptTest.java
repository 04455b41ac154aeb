package org.daxcheck.target.ssh;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.daxcheck.abi.Driver;
import org.daxcheck.abi.Errno;
import org.daxcheck.abi.Policy;
import org.daxcheck.abi.Word;
import org.daxcheck.step.BlockRef;
import org.daxcheck.step.BlockRef.Place;
import org.daxcheck.step.Device;
import org.daxcheck.step.OneOfEach;
import org.daxcheck.step.Payload;
import org.daxcheck.step.Step;
import org.testng.annotations.BeforeMethod;
import org.testng.annotations.DataProvider;
import org.testng.annotations.Test;

/** Steps in the words of qemu/agent/PROTOCOL.md. */
public class ScriptTest {
  private static final String DEV = "/sys/bus/dax/devices/dax1.0/";
  private static final String FILE = DEV + "state";
  private static final String MEMORY = "/sys/devices/system/memory/";
  private static final long BLOCK = 128L << 20;

  private static final Device DEVICE =
      new Device(
          "dax1.0",
          2,
          BLOCK,
          List.of(
              new Device.Range(40 * BLOCK, 41 * BLOCK - 1, 40, 1),
              new Device.Range(50 * BLOCK, 52 * BLOCK - 1, 50, 2)));

  private Script script;

  @BeforeMethod
  public void fresh() {
    script = new Script(DEVICE, "state", Optional.of("dax1.1"), 1);
  }

  @DataProvider
  public Object[][] steps() {
    return new Object[][] {
      {new Step.Write(Payload.line("online"), Step.Who.ROOT), "write " + FILE + " =online%0A"},
      {new Step.Write(Payload.exactly(""), Step.Who.ROOT), "write " + FILE + " ="},
      {
        new Step.Write(Payload.exactly("a b%=\0\u00ff"), Step.Who.NOBODY),
        "uwrite " + FILE + " =a%20b%25%3D%00%FF"
      },
      {new Step.Read(Step.Who.ROOT), "read " + FILE},
      {new Step.Read(Step.Who.NOBODY), "uread " + FILE},
      {new Step.Bind(Driver.KMEM), "write /sys/bus/dax/drivers/kmem/bind =dax1.0"},
      {new Step.Unbind(), "write /sys/bus/dax/devices/dax1.0/driver/unbind =dax1.0"},
      {
        new Step.SetPolicy(Policy.ONLINE_KERNEL),
        "write " + MEMORY + "auto_online_blocks =online_kernel%0A"
      },
      {
        new Step.BlockWrite(BlockRef.ofDevice(Place.LAST), "offline"),
        "write " + MEMORY + "memory51/state =offline%0A"
      },
      {
        new Step.BlockWrite(new BlockRef(Place.at(1), Place.EVERY), "offline"),
        "write "
            + MEMORY
            + "memory50/state =offline%0A\nwrite "
            + MEMORY
            + "memory51/state =offline%0A"
      },
      {new Step.Unload(), "rmmod kmem"},
      {new Step.Await(Word.ONLINE, 250), "wait " + FILE + " =online 250"},
      {new Step.Fill(4L << 20), "fill limit=30000 filled 2 4194304 =1"},
      {new Step.Verify(), "verify limit=30000 filled"},
      {new Step.Free(), "free filled"},
      {
        new Step.Inject(Optional.of(Step.Change.ONLINE), new Errno("ENOMEM")),
        "inject online ENOMEM"
      },
      {
        new Step.Inject(Optional.of(Step.Change.OFFLINE), new Errno("EBUSY")),
        "inject offline EBUSY"
      },
      {Step.Inject.nothing(), "inject nothing"},
      {new Step.Write(Payload.line("a"), Step.Who.NOBODY, 100), "uwrite " + FILE + " =a%0A 100"},
      {new Step.RefuseAdd(Optional.of(Place.LAST), Errno.ENOMEM), "addfail 0x190000000 ENOMEM"},
      {new Step.RefuseAdd(Optional.of(Place.at(2)), Errno.ENOMEM), "addfail nothing"},
      {Step.RefuseAdd.nothing(), "addfail nothing"},
      {new Step.Delay(Optional.of(Step.Point.ADD), 50), "delay add 50"},
      {Step.Delay.nothing(), "delay nothing"},
      {
        new Step.FailNth(
            new Step.Write(Payload.line("a"), Step.Who.NOBODY, 0), Step.Memory.PAGE, 2, 2),
        "uwrite fail=page:2 " + FILE + " =a%0A"
      },
      {
        new Step.FailNth(new Step.Unbind(), Step.Memory.SLAB, 17, 17),
        "write fail=slab:17 " + DEV + "driver/unbind =dax1.0"
      },
      {new Step.Occupy(Optional.of(Place.at(1))), "occupy 0x190000000 0x19fffffff"},
      {Step.Occupy.nothing(), "occupy nothing"},
      {new Step.Reshape(Step.Shape.MAPPING), "remap dax1.0"},
      {new Step.Reshape(Step.Shape.SIZE), "write " + DEV + "size =0"},
      {new Step.Reshape(Step.Shape.ALIGN), "write " + DEV + "align =1073741824%0A"},
      {new Step.Reshape(Step.Shape.MEMMAP), "write " + DEV + "memmap_on_memory =1%0A"},
      {new Step.Reshape(Step.Shape.DELETE), "write " + DEV + "../dax_region/delete =dax1.0"},
      {
        new Step.NeighbourWrite(Word.UNPLUGGED),
        "write /sys/bus/dax/devices/dax1.1/state =unplugged%0A"
      },
      {new Step.Unpin(), "observe"},
      {Step.Look.at(Step.Aspect.LOG), "observe"},
    };
  }

  @Test(dataProvider = "steps")
  public void saysTheStep(Step step, String lines) {
    assertThat(String.join("\n", script.lines(step))).isEqualTo(lines);
  }

  @Test(dataProviderClass = OneOfEach.class, dataProvider = "kinds")
  public void everyKindHasARequestAndALimit(Step.Kind kind) {
    Step step = OneOfEach.of(kind);
    assertThat(script.lines(step)).isNotEmpty().allMatch(l -> l.matches("\\S+( \\S+)*"));
    assertThat(script.limitMillis(step)).isPositive();
    // Only what shall do nothing may do nothing.
    assertThat(script.lines(step).contains("observe"))
        .isEqualTo(kind == Step.Kind.LOOK || kind == Step.Kind.UNPIN);
  }

  @Test
  public void deviceDaxTakesItsDeviceById() {
    assertThat(script.lines(new Step.Bind(Driver.DEVICE_DAX)))
        .containsExactly(
            "write /sys/bus/dax/drivers/device_dax/new_id =dax1.0",
            "write /sys/bus/dax/drivers/device_dax/bind =dax1.0",
            "write /sys/bus/dax/drivers/device_dax/remove_id =dax1.0");
  }

  @Test
  public void loadInsertsAModule() {
    List<String> lines = script.lines(new Step.Load());
    assertThat(lines).hasSize(1);
    assertThat(lines.get(0)).matches("insmod /\\S+\\.ko");
  }

  @Test
  public void pinsNameTheAddressesOfTheirBlockAndAreLetGoById() {
    List<String> first = script.lines(new Step.Pin(BlockRef.ofDevice(Place.at(0))));
    List<String> second = script.lines(new Step.Pin(new BlockRef(Place.LAST, Place.LAST)));
    assertThat(first).hasSize(1);
    assertThat(first.get(0)).matches("!pin limit=\\d+ p0 2 0x140000000 0x148000000");
    assertThat(second.get(0)).matches("!pin limit=\\d+ p1 2 0x198000000 0x1a0000000");
    assertThat(script.lines(new Step.Unpin())).containsExactly("unpin p0", "unpin p1");
    assertThat(script.lines(new Step.Unpin()))
        .as("they are let go once")
        .containsExactly("observe");
  }

  @Test
  public void slowMemoryHasItsTime() {
    for (Step step : List.of(new Step.Fill(1 << 20), new Step.Verify())) {
      assertThat(script.lines(step).get(0)).contains("limit=" + script.limitMillis(step) + " ");
      assertThat(script.limitMillis(step)).isGreaterThan(10_000);
    }
  }

  @Test
  public void aSlowMachineHasItsTime() {
    Script slow = new Script(DEVICE, "state", Optional.empty(), 2.5);
    assertThat(slow.lines(new Step.Bind(Driver.KMEM)))
        .containsExactly("write limit=25000 /sys/bus/dax/drivers/kmem/bind =dax1.0");
    assertThat(slow.lines(new Step.Unload())).containsExactly("rmmod limit=25000 kmem");
    assertThat(slow.lines(new Step.Load()).get(0)).startsWith("insmod limit=25000 /");
    assertThat(slow.lines(new Step.Verify())).containsExactly("verify limit=75000 filled");
    assertThat(slow.lines(new Step.Await(Word.ONLINE, 6_000)))
        .as("nothing else may end it before its own limit")
        .containsExactly("wait limit=16000 " + FILE + " =online 15000");
    assertThat(slow.lines(Step.Look.at(Step.Aspect.LOG))).containsExactly("observe");
    Step.Actor actor = new Step.Actor("P0", List.of(new Step.Unbind(), new Step.Sleep(7)));
    Step actors = new Step.Actors(List.of(actor), 4_000);
    assertThat(slow.lines(actors))
        .containsExactly(
            "actors 10000 2", "P0 write " + DEV + "driver/unbind =dax1.0", "P0 sleep 7");
    assertThat(slow.limitMillis(new Step.Unbind())).isEqualTo(25_000);
    assertThat(slow.limitMillis(actors)).isEqualTo(14_000);
  }

  @Test
  public void aMemoryMapInSlowMemoryHasItsTimeToo() {
    Device slow = new Device("dax1.0", 2, BLOCK, 2048, DEVICE.ranges());
    assertThat(new Script(slow, "state", Optional.empty(), 1).lines(Step.Write.word(Word.ONLINE)))
        .containsExactly("write limit=30000 " + FILE + " =online%0A");
  }

  @Test
  public void actorsHaveNoLimitsOfTheirOwn() {
    Device slow = new Device("dax1.0", 2, BLOCK, 2048, DEVICE.ranges());
    Step.Actor actor =
        new Step.Actor("P0", List.of(new Step.Verify(), Step.Write.word(Word.ONLINE)));
    assertThat(
            new Script(slow, "state", Optional.empty(), 1)
                .lines(new Step.Actors(List.of(actor), 100)))
        .containsExactly("actors 100 2", "P0 verify filled", "P0 write " + FILE + " =online%0A");
  }

  @Test
  public void actorsAnnounceHowManyLinesFollow() {
    Step.Actors actors =
        new Step.Actors(
            List.of(
                new Step.Actor("P0", List.of(Step.Write.word(Word.UNPLUGGED))),
                new Step.Actor(
                    "P1",
                    List.of(
                        new Step.Sleep(20),
                        new Step.BlockWrite(new BlockRef(Place.at(1), Place.EVERY), "online"),
                        new Step.Signal("P0", "INT", 300_000)))),
            5000);
    assertThat(script.lines(actors))
        .containsExactly(
            "actors 5000 5",
            "P0 write " + FILE + " =unplugged%0A",
            "P1 sleep 20",
            "P1 write " + MEMORY + "memory50/state =online%0A",
            "P1 write " + MEMORY + "memory51/state =online%0A",
            "P1 signal P0 SIGINT 300000");
    assertThat(script.limitMillis(actors)).isGreaterThan(5000);
  }

  @Test
  public void everyByteComesBack() {
    byte[] all = new byte[256];
    for (int i = 0; i < all.length; i++) {
      all[i] = (byte) i;
    }
    assertThat(decoded(Script.bytes(Payload.of(all)))).isEqualTo(all);
  }

  @Test
  public void anyBytesComeBackAndAreOneToken() {
    Random random = new Random(7);
    for (int i = 0; i < 200; i++) {
      byte[] bytes = new byte[random.nextInt(40)];
      random.nextBytes(bytes);
      String token = Script.bytes(Payload.of(bytes));
      assertThat(token).startsWith("=").doesNotContain(" ", "\n", "\0");
      assertThat(token.chars()).allMatch(c -> c > 0x20 && c < 0x7f);
      assertThat(decoded(token)).isEqualTo(bytes);
    }
  }

  /** As the agent decodes a byte string. */
  private static byte[] decoded(String token) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (int i = 1; i < token.length(); i++) {
      if (token.charAt(i) == '%') {
        out.write(Integer.parseInt(token.substring(i + 1, i + 3), 16));
        i += 2;
      } else {
        out.write(token.charAt(i));
      }
    }
    return out.toByteArray();
  }
}
